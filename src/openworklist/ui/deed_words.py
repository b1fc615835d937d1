"""What the deeds of the audit trail are called in words, by the kind of what they are done to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from openworklist.ui.language import mark

# A kind and a dot stand for all of the kind; "" are those that have none.
DEEDS: Final[Mapping[str, tuple[str, Mapping[str, str]]]] = {
    "": (mark("Coming and going"), {
        "login": mark("logged in"),
        "login-failed": mark("wrong password at the login"),
        "unlock": mark("unlocked the session"),
        "unlock-failed": mark("wrong password at the lock"),
        "password-failed": mark("wrong password for a new one"),
        "logout": mark("logged out"),
    }),
    "record": (mark("Records"), {
        "record.view": mark("saw a record"),
        "record.create": mark("made a record"),
        "record.edit": mark("edited a record"),
        "record.delete": mark("deleted a record"),
        "record.restore": mark("brought a record back"),
        "record.copy": mark("copied a record"),
        "record.export": mark("exported a record"),
        "record.send": mark("sent a record"),
        "record.why": mark("asked why a scanner shows a record"),
    }),
    "message": (mark("Messages"), {
        "message.view": mark("saw a message"),
        "message.download": mark("downloaded a message"),
        "message.send": mark("sent a message"),
        "message.post": mark("handed messages over"),
        "message.queue": mark("put a message in the queue"),
        "message.process": mark("processed messages again"),
        "message.reprocess": mark("processed messages again"),
        "message.preview": mark("looked what processing again would change"),
        "message.compare": mark("compared messages"),
        "message.compare-export": mark("exported a comparison"),
    }),
    "outbound": (mark("Outbound queue"), {
        "outbound.put": mark("put a message in the queue"),
        "outbound.view": mark("saw an outgoing message"),
        "outbound.download": mark("downloaded an outgoing message"),
        "outbound.retry": mark("had a message tried again"),
        "outbound.drop": mark("dropped an outgoing message"),
    }),
    "file": (mark("Files"), {"file.import": mark("imported a file")}),
    "worklist": (mark("Questions by DICOM's web services"), {"worklist.search": mark("asked the worklist")}),
    "study": (mark("Studies"), {
        "study.list": mark("saw a list of studies"),
        "study.view": mark("saw a study"),
    }),
    "node": (mark("Other worklists"), {
        "node.query": mark("asked another worklist"),
        "node.ask": mark("asked another worklist"),
        "node.import": mark("imported from another worklist"),
        "node.echo": mark("tried the connection"),
        "node.change": mark("changed another worklist"),
        "node.delete": mark("deleted another worklist"),
        "node.restore": mark("brought another worklist back"),
    }),
    "step": (mark("Performed steps"), {
        "step.list": mark("saw a list of performed steps"),
        "step.view": mark("saw a performed step"),
    }),
    "scanner": (mark("Scanners"), {
        "scanner.see": mark("looked what a scanner gets"),
        "scanner.sees": mark("looked what a scanner gets"),
        "scanner.questions": mark("looked what a scanner asked"),
        "scanner.change": mark("changed a scanner"),
        "scanner.allow": mark("allowed a scanner"),
        "scanner.refuse": mark("turned a scanner away"),
        "scanner.delete": mark("forgot a scanner"),
        "scanner.restore": mark("brought a scanner back"),
    }),
    "system": (mark("Systems"), {
        "system.change": mark("changed a system"),
        "system.save": mark("changed a system"),
        "system.confirm": mark("confirmed a system"),
        "system.delete": mark("forgot a system"),
        "system.restore": mark("brought a system back"),
    }),
    "subscriber": (mark("Systems told"), {
        "subscriber.change": mark("changed a system that is told"),
        "subscriber.delete": mark("deleted a system that is told"),
        "subscriber.restore": mark("brought a system that is told back"),
    }),
    "mapping": (mark("Mapping"), {
        "mapping.save": mark("saved a mapping"),
        "mapping.delete": mark("deleted a mapping"),
        "mapping.restore": mark("brought a mapping back"),
        "mapping.suggest": mark("had a mapping suggested"),
        "mapping.try": mark("tried a mapping on messages"),
    }),
    "filter": (mark("Filters"), {
        "filter.change": mark("changed a filter"),
        "filter.move": mark("moved a filter"),
        "filter.delete": mark("deleted a filter"),
        "filter.restore": mark("brought a filter back"),
    }),
    "station": (mark("Station rules"), {
        "station.change": mark("changed a station rule"),
        "station.move": mark("moved a station rule"),
        "station.delete": mark("deleted a station rule"),
        "station.restore": mark("brought a station rule back"),
    }),
    "study-token": (mark("Links to studies"), {
        "study-token.make": mark("made the token of a study"),
        "study-token.show": mark("saw the links of a study"),
        "study-token.list": mark("saw a list of links to studies"),
        "study-token.ask": mark("asked for links on the HL7 port"),
        "study-token.ask-refused": mark("may not ask for links on the HL7 port"),
        "study-token.use": mark("opened a study by its link"),
        "study-token.guess": mark("came with a link that opens nothing"),
        "study-token.revoke": mark("withdrew the links of a study"),
        "study-token.rotate-key": mark("changed the key of links"),
        "study-token.begin-anew": mark("withdrew all links, since their key was lost"),
    }),
    "study-uids": (mark("Study UIDs"), {"study-uids.save": mark("changed Study Instance UIDs")}),
    "option": (mark("Settings"), {"option.set": mark("changed a setting")}),
    "archive": (mark("Archive"), {"archive.echo": mark("tried the connection")}),
    "user": (mark("Users"), {
        "user.add": mark("added a user"),
        "user.role": mark("changed a role"),
        "user.password": mark("gave a new password"),
        "user.activate": mark("let a user in again"),
        "user.deactivate": mark("deactivated a user"),
        "user.sessions-end": mark("ended sessions"),
        "user.delete": mark("deleted a user"),
    }),
    "key": (mark("Keys for programs"), {
        "key.add": mark("made a key"),
        "key.revoke": mark("revoked a key"),
    }),
    "backup": (mark("Backups"), {
        "backup.make": mark("made a backup"),
        "backup.restore": mark("restored a backup"),
    }),
    "audit": (mark("Audit trail"), {"audit.export": mark("exported the audit trail")}),
    "trial": (mark("First run"), {"trial": mark("tried the ports")}),
}  # fmt: skip
_WORDS: Final = {action: words for _, deeds in DEEDS.values() for action, words in deeds.items()}


def find_words(action: str) -> str:
    """A deed, or all of a kind, in English words; what has none stands as it is."""
    kind, dot, rest = action.partition(".")
    if dot and not rest and kind in DEEDS:
        return DEEDS[kind][0]
    return _WORDS.get(action, action)
