"""`python -m screenshots`: the pictures of the README anew; with a folder, every page in every size."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from screenshots.camera import open_camera
from screenshots.everything import shoot_everything
from screenshots.hospital import open_hospital
from screenshots.phantom import send_study
from screenshots.readme import shoot_readme

_IMAGES = Path(__file__).resolve().parent.parent / "docs" / "images"


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m screenshots", description=__doc__)
    parser.add_argument("--all", type=Path, metavar="FOLDER", help="every page, in both themes and all sizes")
    parser.add_argument("--only", default="", help="of these the pages whose name has this in it")
    options = parser.parse_args(arguments)
    with open_camera() as camera, open_hospital("--demo", "--no-login") as hospital:
        hospital.wait_until_filled()
        if options.all is None:
            shoot_readme(camera, hospital, _IMAGES)
        else:
            send_study(hospital.dicom)
            with open_hospital("--no-login") as empty, open_hospital() as closed:
                servers = {"demo": hospital, "empty": empty, "closed": closed}
                shoot_everything(camera, servers, options.all, options.only)


main()
