"""Every page, and what can come up on it: a name, an address, what to do there, and on which server."""

from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Page

from screenshots.hospital import Hospital
from screenshots.phantom import STUDY

Act = Callable[[Page], None]


@dataclass(frozen=True, slots=True)
class Scene:
    """`path` has the names of `find_numbers` in it; `act` is done before the picture, `undo` after it."""

    name: str
    path: str
    act: Act | None = None
    at: str = "demo"  # or a server that is "empty", or one that is "closed": who comes must log in
    undo: Act | None = None


def find_numbers(hospital: Hospital) -> dict[str, int | str]:
    """Records, messages and a study of the demo that are worth looking at."""
    refused = hospital.ask("messages?outcome=refused&limit=1")["messages"][0]["id"]
    applied = [each["id"] for each in hospital.ask("messages?outcome=applied&limit=2")["messages"]]
    return {
        "record": hospital.find_record("mod:CT date:today status:started"),
        "written": hospital.find_record("KIRISHIMA date:today"),
        "hidden": hospital.find_record("mod:MG date:today -status:completed"),
        "tomorrow": hospital.find_record("date:tomorrow"),
        "refused": refused,
        "message": applied[0],
        "other": applied[1],
        "outgoing": hospital.ask("outbound?limit=1")[0]["id"],
        "study": STUDY,
        "token": _find_token(hospital),
    }


def _find_token(hospital: Hospital) -> str:
    links = hospital.tell(f"studies/{STUDY}/links")
    return next(str(each["url"]).rpartition("/")[2] for each in links if each["kind"] == "page")


def _press(selector: str) -> Act:
    def act(page: Page) -> None:
        page.locator(selector).first.click()
        page.wait_for_load_state("load")

    return act


def _tick(page: Page) -> None:
    for tick in page.locator("tbody .tick input").all()[1:4]:
        tick.check()


def _delete(page: Page) -> None:
    _tick(page)
    page.locator(".chosen-bar .danger").click()
    page.wait_for_load_state("load")


def _hover_file(page: Page) -> None:
    page.locator("[data-drop]").first.evaluate("place => place.classList.add('over')")


def _show_pane(name: str) -> Act:
    def act(page: Page) -> None:
        tab = page.locator(f"[data-pane={name}]")
        if tab.is_visible():
            tab.click()

    return act


def _save(page: Page) -> None:
    _press("main form[method=post] .button.primary")(page)


def _compare(page: Page) -> None:
    _press("form[action='/compare'] .button.primary")(page)
    page.wait_for_url("**/compare/*")


def _ask(page: Page) -> None:
    _press("form[action='/query'] .button.primary")(page)
    page.wait_for_url("**/query/*")


def _delete_one(page: Page) -> None:
    _show_pane("record")(page)
    page.locator("#record .command.danger").click()
    page.locator("#notice :is(p, form)").first.wait_for()


def _copy(page: Page) -> None:
    _show_pane("record")(page)
    page.locator("[data-copy-url]").click()
    page.locator("#status:not(:empty)").wait_for()


def _type(*keys: str) -> Act:
    """Keys for the study page, once its image is there; until that of each view is."""

    def act(page: Page) -> None:
        for key in ("", *keys):
            if key:
                page.keyboard.press(key)
            for view in page.locator(".view:visible").all():
                view.locator("[data-part=zoom]:not(:empty)").wait_for()
        page.wait_for_load_state("networkidle")

    return act


def _draw_line(page: Page) -> None:
    _type()(page)
    page.locator("[data-tool=ruler]").click()
    box = page.locator("canvas").first.bounding_box() or {"x": 0, "y": 0, "width": 0, "height": 0}
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x - 60, y - 10)
    page.mouse.down()
    page.mouse.move(x + 60, y + 25)
    page.mouse.up()


SCENES = (
    Scene("worklist", "/worklist?record={record}"),
    Scene("worklist-search", "/worklist", _show_pane("search")),
    Scene("worklist-record", "/worklist?record={written}", _show_pane("record")),
    Scene("worklist-chips", "/worklist?text=mod:CT date:week -status:completed"),
    Scene("worklist-nothing", "/worklist?text=mod:PT date:today"),
    Scene("worklist-wrong", "/worklist?text=date:yesteryear"),
    Scene("worklist-ticked", "/worklist", _tick),
    Scene("worklist-columns", "/worklist", _press(".columns-menu summary")),
    Scene("worklist-keys", "/worklist", lambda page: page.keyboard.press("?")),
    Scene("worklist-menu", "/worklist", _press(".top .menu summary")),
    Scene("worklist-copied", "/worklist?record={record}", _copy),
    Scene("worklist-deleted", "/worklist?text=date:tomorrow", _delete),
    Scene(
        "worklist-undo",
        "/worklist?text=date:tomorrow&record={tomorrow}",
        _delete_one,
        undo=_press("#notice form button"),
    ),
    Scene("worklist-empty", "/worklist", at="empty"),
    Scene("record", "/records/{written}"),
    Scene("record-edit", "/records/{written}/edit"),
    Scene("record-new", "/records/new"),
    Scene("record-wrong", "/records/new", _save),
    Scene("records-deleted", "/records/deleted"),
    Scene("records-deleted-empty", "/records/deleted", at="empty"),
    Scene("import", "/import"),
    Scene("import-drop", "/import", _hover_file),
    Scene("dashboard", "/dashboard"),
    Scene("dashboard-empty", "/dashboard", at="empty"),
    Scene("messages", "/messages"),
    Scene("messages-empty", "/messages", at="empty"),
    Scene("message", "/messages/{message}"),
    Scene("message-refused", "/messages/{refused}"),
    Scene("outbound", "/messages/outbound"),
    Scene("outbound-one", "/messages/outbound/{outgoing}"),
    Scene("outbound-empty", "/messages/outbound", at="empty"),
    Scene("polls", "/messages/polls"),
    Scene("polls-empty", "/messages/polls", at="empty"),
    Scene("compare", "/compare?left={message}&right={other}"),
    Scene("compare-wrong", "/compare", _save),
    Scene("compare-result", "/compare?left={message}&right={other}", _compare),
    Scene("compose", "/compose"),
    Scene("compose-record", "/compose?record={record}"),
    Scene("systems", "/nodes/systems"),
    Scene("systems-empty", "/nodes/systems", at="empty"),
    Scene("system", "/nodes/systems/edit?name=HIS|CITY"),
    Scene("system-wrong", "/nodes/systems/edit", _save),
    Scene("scanners", "/nodes/scanners"),
    Scene("scanners-empty", "/nodes/scanners", at="empty"),
    Scene("scanner", "/nodes/scanners/one?title=CT1"),
    Scene("worklists", "/nodes/worklists"),
    Scene("worklists-empty", "/nodes/worklists", at="empty"),
    Scene("worklists-edit", "/nodes/worklists/edit?name=north-clinic"),
    Scene("worklists-wrong", "/nodes/worklists/edit", _save),
    Scene("told", "/nodes/told"),
    Scene("told-edit", "/nodes/told/edit?name=HIS|CITY"),
    Scene("rules", "/nodes/rules"),
    Scene("rules-empty", "/nodes/rules", at="empty"),
    Scene("rule-filter", "/nodes/rules/edit?shape=filter"),
    Scene("rule-station", "/nodes/rules/edit?shape=rule"),
    Scene("query", "/query?node=north-clinic"),
    Scene("query-answer", "/query?node=north-clinic", _ask),
    Scene("why", "/why?record={hidden}&scanner=MAMMO1"),
    Scene("why-asks", "/why?record={hidden}"),
    Scene("why-empty", "/why", at="empty"),
    Scene("mapping", "/mapping"),
    Scene("mapping-edit", "/mapping/edit?name=City HIS&sample={message}"),
    Scene("mapping-bare", "/mapping/edit?name=auto"),
    Scene("mapping-more", "/mapping/edit?name=City HIS&sample={message}", _press(".more-cell .button")),
    Scene("mapping-versions", "/mapping/versions?name=City HIS"),
    Scene("mapping-again", "/mapping/again"),
    Scene("mapping-again-shown", "/mapping/again", _save),
    Scene("study-uids", "/mapping/study-uids"),
    Scene("settings", "/settings"),
    Scene("begin", "/begin", at="empty"),
    Scene("login", "/login", at="closed"),
    Scene("first-run", "/first-run?token=none", at="closed"),
    Scene("api-docs", "/api/docs"),
    Scene("study", "/studies/by-token/{token}", _type()),
    Scene("study-two", "/studies/by-token/{token}", _type("t", "s")),
    Scene("study-keys", "/studies/by-token/{token}", _type("?")),
    Scene("study-ruler", "/studies/by-token/{token}", _draw_line),
    Scene("study-gone", "/studies/by-token/none"),
    Scene("missing", "/records/99999"),
)
