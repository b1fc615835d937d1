"""The two pictures of the README, each in both themes."""

from pathlib import Path

from screenshots.camera import THEMES, Camera, Size
from screenshots.hospital import Hospital

_WINDOW = Size("whole", 1440, 900)
_STRIP = Size("strip", 1440, 620)  # as much as the page fills


def shoot_readme(camera: Camera, hospital: Hospital, folder: Path) -> None:
    """The worklist with an exam selected, and why a scanner does not show another."""
    selected = hospital.find_record("mod:CT date:today status:started")
    hidden = hospital.find_record("mod:MG date:today status:scheduled")  # for another station than asked
    pictures = (
        ("worklist", f"/worklist?record={selected}", _WINDOW),
        ("why", f"/why?record={hidden}&scanner=MAMMO1", _STRIP),
    )
    for theme in THEMES:
        for name, address, size in pictures:
            with camera.open(hospital.url, size, theme) as page:
                page.goto(address)
                camera.settle(page)
                camera.shoot(page, folder / f"{name}-{theme}.png")
