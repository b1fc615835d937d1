"""The patients of the demo: forty people in ten scripts. None of them exists."""

from __future__ import annotations

from typing import Final, NamedTuple

from openworklist.services.simulate import Patient, write_name


class Script(NamedTuple):
    """Letters, the character set that their messages are sent in, and people who write themselves so."""

    name: str
    charset: str
    people: tuple[Person, ...]


class Person(NamedTuple):
    """`name` is family^given, in up to three groups with = between them."""

    name: str
    birth_date: str
    sex: str


SCRIPTS: Final = (
    Script("Latin", "ASCII", (
        Person("HARGREAVE^MARIANNE", "19580412", "F"),
        Person("OKONJO^DANIEL", "19791103", "M"),
        Person("BELLWETHER^RUTH", "19440229", "F"),
        Person("DUVALLE^TOBIAS", "20150718", "M"),
    )),
    Script("German", "8859/1", (
        Person("MÜLLERSCHÖN^JÜRGEN", "19510606", "M"),
        Person("GRÖßINGER^ÄNNE", "19660923", "F"),
        Person("KÖNIGSDÖRFER^SÖREN", "19880114", "M"),
        Person("STRÄßLE^URSULA", "19371230", "F"),
    )),
    Script("Greek", "8859/7", (
        Person("ΠΑΠΑΔΆΚΗ^ΕΛΈΝΗ", "19620317", "F"),
        Person("ΔΙΟΝΥΣΆΤΟΣ^ΓΕΏΡΓΙΟΣ", "19491008", "M"),
        Person("ΚΑΛΟΓΕΡΊΔΗ^ΣΟΦΊΑ", "19930505", "F"),
        Person("ΒΛΑΧΟΓΙΆΝΝΗΣ^ΘΩΜΆΣ", "19710829", "M"),
    )),
    Script("Cyrillic", "8859/5", (
        Person("ВЕРЕЩАГИНА^АЛЁНА", "19840219", "F"),
        Person("КОВАЛЬЧУК^ТАРАС", "19560711", "M"),
        Person("ПЕТРОВИЋ^МИЛИЦА", "19991225", "F"),
        Person("ЗАХАРЬЕВ^ФЁДОР", "19480401", "M"),
    )),
    Script("Arabic", "8859/6", (
        Person("الشامي^ليلى", "19751016", "F"),
        Person("القاسمي^يوسف", "19600203", "M"),
        Person("البغدادي^مريم", "20020909", "F"),
        Person("الحلبي^إبراهيم", "19530527", "M"),
    )),
    Script("Hebrew", "8859/8", (
        Person("אלמוג^דבורה", "19691121", "F"),
        Person("ברקאי^יונתן", "19820630", "M"),
        Person("שטרן^רחל", "19460815", "F"),
        Person("כרמלי^אורי", "20110302", "M"),
    )),
    Script("Thai", "UNICODE UTF-8", (
        Person("ใจดีงาม^สมชาย", "19640704", "M"),
        Person("ศรีสุวรรณ^มาลี", "19871212", "F"),
        Person("ทองประเสริฐ^นภา", "19550920", "F"),
        Person("วงศ์รัตนะ^อนันต์", "19960128", "M"),
    )),
    Script("Japanese", "UNICODE UTF-8", (
        Person("YAMANOBE^TAROU=山野辺^太郎=やまのべ^たろう", "19500310", "M"),
        Person("KIRISHIMA^SAKURA=霧島^桜=きりしま^さくら", "19780425", "F"),
        Person("HOSHINO^KENJI=星野^健二=ほしの^けんじ", "19901117", "M"),
        Person("MINAZUKI^HARUKA=水無月^遥=みなづき^はるか", "20060601", "F"),
    )),
    Script("Korean", "UNICODE UTF-8", (
        Person("HONG^GILSEON=洪^吉善=홍^길선", "19590813", "M"),
        Person("SEO^YEONHWA=徐^蓮花=서^연화", "19850207", "F"),
        Person("NAMGUNG^HYEON=南宮^賢=남궁^현", "19720522", "M"),
        Person("BAEK^DOYUN=白^道允=백^도윤", "20130919", "M"),
    )),
    Script("Chinese", "GB 18030-2000", (
        Person("OUYANG^MINGHUA=欧阳^明华", "19680126", "M"),
        Person("LIN^XIAOYUE=林^晓月", "19920814", "F"),
        Person("ZHUGE^WENBO=诸葛^文博", "19411005", "M"),
        Person("TANG^YULAN=唐^玉兰", "19800323", "F"),
    )),
)  # fmt: skip


def _make_patients() -> tuple[Patient, ...]:
    """One of each script after the other, so that every list of some shows many of them."""
    rounds = zip(*(script.people for script in SCRIPTS), strict=True)
    people = [pair for each in rounds for pair in zip(SCRIPTS, each, strict=True)]
    return tuple(
        Patient(
            f"{4100 + number * 7}", write_name(person.name), person.birth_date, person.sex, script.charset
        )
        for number, (script, person) in enumerate(people)
    )


PATIENTS: Final = _make_patients()
