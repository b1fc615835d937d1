"""A hospital that orders: realistic messages for trying out and for tests. No patient here exists."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

# Family and given names by the character set they are sent in; the third is the ideographic form.
_NAMES: Final[dict[str, tuple[tuple[str, str, str], ...]]] = {
    "ASCII": (("SMITH", "MARY", ""), ("JOHNSON", "PETER", ""), ("GARCIA", "LUCIA", ""), ("DOE", "JOHN", "")),
    "8859/1": (("MÜLLER", "JÜRGEN", ""), ("SØRENSEN", "BJØRN", ""), ("LEFÈVRE", "ZOÉ", "")),
    "8859/2": (("DVOŘÁK", "JIŘÍ", ""), ("WIŚNIEWSKA", "ŁUCJA", ""), ("NAGY", "ERZSÉBET", "")),
    "8859/5": (("ИВАНОВ", "ПЁТР", ""), ("КОВАЛЕНКО", "ОЛЬГА", ""), ("ПЕТРОВИЋ", "МИЛИЦА", "")),
    "8859/6": (("الحسيني", "أحمد", ""), ("قباني", "لنزار", "")),
    "8859/7": (("ΠΑΠΑΔΟΠΟΎΛΟΥ", "ΕΛΈΝΗ", ""), ("ΔΙΟΝΥΣΙΟΣ", "ΓΕΏΡΓΙΟΣ", "")),
    "8859/8": (("כהן", "שרון", ""), ("לוי", "דבורה", "")),
    "8859/9": (("YILDIZ", "AYŞE", ""), ("ÇELİK", "OĞUZ", "")),
    "UNICODE UTF-8": (
        ("YAMADA", "TAROU", "山田^太郎"),
        ("HONG", "GILDONG", "洪^吉洞"),
        ("WANG", "XIAODONG", "王^小东"),
        ("ใจดี", "สมชาย", ""),
    ),
    "GB 18030-2000": (("ZHANG", "WEI", "张^伟"), ("LI", "NA", "李^娜")),
}
_CODECS: Final = {
    "ASCII": "ascii",
    "UNICODE UTF-8": "utf_8",
    "GB 18030-2000": "gb18030",
    **{f"8859/{number}": f"iso8859_{number}" for number in (1, 2, 5, 6, 7, 8, 9)},
}
_PROCEDURES: Final = (
    ("CTHEAD", "CT head without contrast", "CT", ("CT01", "CT02")),
    ("CTABD", "CT abdomen with contrast", "CT", ("CT01", "CT02")),
    ("MRBRAIN", "MR brain", "MR", ("MR01",)),
    ("MRKNEE", "MR knee left", "MR", ("MR01", "MR02")),
    ("CHEST2V", "Chest two views", "DX", ("DX01", "DX02", "DX03")),
    ("HANDR", "Hand right", "DX", ("DX01", "DX02")),
    ("USABD", "Ultrasound abdomen", "US", ("US01", "US02", "US03")),
    ("MAMMO", "Mammography both sides", "MG", ("MG01",)),
    ("BONESC", "Bone scan", "NM", ("NM01",)),
)
_PHYSICIANS: Final = ("WELBY", "GREY", "HOUSE", "QUINN")


@dataclass(slots=True)
class Hospital:
    """Orders one after the other, for one of its stations at a time of the coming days.

    The same seed, `run` and clock give the same orders; `run` keeps the numbers of two runs apart.
    """

    random: random.Random
    run: str
    count: int = 0

    def next_order(self, now: datetime) -> bytes:
        """One ORM^O01 with the fields where the classic profile looks for them."""
        self.count += 1
        draw = self.random
        charset = draw.choice(tuple(_NAMES))
        family, given, ideographic = draw.choice(_NAMES[charset])
        code, description, modality, stations = draw.choice(_PROCEDURES)
        station = draw.choice(stations)
        start = now + timedelta(minutes=5 * draw.randrange(0, 600))
        birth = now - timedelta(days=draw.randrange(1, 36_000))
        accession = f"{self.run}{self.count:06}"
        name = f"{family}^{given}"
        if ideographic:
            name += f"^^^^^L^A~{ideographic}^^^^^L^I"
        stamp = f"{now:%Y%m%d%H%M%S}"
        requested = f"RP{accession}"
        segments = (
            f"MSH|^~\\&|HIS|GENERAL|OPENWORKLIST|RADIOLOGY|{stamp}||ORM^O01|{accession}|P|2.3.1||||||{charset}",
            f"PID|1||P{draw.randrange(10**7):07}^^^GENERAL||{name}||{birth:%Y%m%d}|{draw.choice('FMO')}",
            "PV1|1|O|RAD^^^GENERAL",
            f"ORC|NW|{accession}|||SC||||{stamp}||||||{start:%Y%m%d%H%M}",
            "|".join(
                (
                    *("OBR", "1", accession, "", f"{requested}^{description}^{code}"),
                    *("", "", "", "", "", "", "", "", "", "", ""),
                    draw.choice(_PHYSICIANS),
                    *("", modality, "", "", station, "", "", station, "", "", "R"),
                )
            ),
        )
        return ("\r".join(segments) + "\r").encode(_CODECS[charset])
