"""`make fuzz`: broken DICOM from a seed of its own, as much as is asked for.

What fails is named by seed and number: the same options with `--first NUMBER --count 1` make it again.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from secrets import randbelow
from tempfile import TemporaryDirectory

from openworklist.store.database import open_database
from openworklist.store.records import insert_record
from players.sabotage_checks import check_all
from players.saboteur import Saboteur
from players.scanner_questions import RECORDS, make_record

_SHARE = 1_000  # numbers between which it says how far it is


def main() -> None:
    parser = argparse.ArgumentParser(prog="make fuzz", description=__doc__)
    parser.add_argument("--seed", type=int, default=randbelow(10**9), help="default: a new one")
    parser.add_argument("--first", type=int, default=0, help="the number to begin with")
    parser.add_argument("--count", type=int, default=100_000, help="how many of each kind")
    options = parser.parse_args()
    print(f"seed {options.seed}", flush=True)
    read: dict[str, int] = {}
    with TemporaryDirectory(prefix="openworklist-fuzz-") as folder:
        database = open_database("", Path(folder))
        for accession in RECORDS:
            record = make_record(accession)
            database.write(lambda found, each=record, key=accession: insert_record(found, each, key, 1))
        last = options.first + options.count
        for begin in range(options.first, last, _SHARE):
            numbers = range(begin, min(begin + _SHARE, last))
            came = database.read(
                lambda found, numbers=numbers: check_all(Saboteur(options.seed), numbers, found)
            )
            read = {kind: read.get(kind, 0) + count for kind, count in came.items()}
            print(f"to {numbers[-1]}: read {read}", flush=True)
        database.close()


if __name__ == "__main__":
    main()
