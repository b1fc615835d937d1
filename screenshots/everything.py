"""Every page in both themes and all sizes, in a folder; says which of them is wider than its window."""

from collections.abc import Mapping
from pathlib import Path

from screenshots.camera import THEMES, Camera, Size, Theme
from screenshots.hospital import Hospital
from screenshots.scenes import SCENES, Scene, find_numbers

_SIZES = (
    Size("1440", 1440, 900),
    Size("1024", 1024, 768),
    Size("720", 720, 450, scale=2),  # 200 %
    Size("360", 360, 740),
)
_TALLEST = 2400
_WIDTH = """[document.documentElement, document.querySelector('main')]
  .some(each => each && each.scrollWidth > each.clientWidth)"""
_UNSEEN = """(main => main ? main.scrollHeight - main.clientHeight : 0)
  (document.querySelector('main:not(.panes)'))"""


def shoot_everything(camera: Camera, servers: Mapping[str, Hospital], folder: Path, only: str) -> None:
    """`only` is part of a scene's name, of the theme or the size: `worklist`, `dark`, `360`."""
    numbers = find_numbers(servers["demo"])
    for scene in SCENES:
        url = servers[scene.at].url
        for size in _SIZES:
            for theme in THEMES:
                name = f"{scene.name}-{size.name}-{theme}"
                if only in name:
                    _shoot(camera, url, scene, size, theme, numbers, folder / f"{name}.png")


def _shoot(
    camera: Camera,
    url: str,
    scene: Scene,
    size: Size,
    theme: Theme,
    numbers: dict[str, int | str],
    path: Path,
) -> None:
    with camera.open(url, size, theme) as page:
        page.goto(scene.path.format_map(numbers))
        camera.settle(page)
        if scene.act:
            scene.act(page)
            camera.settle(page)
        if page.evaluate(_WIDTH):
            print(f"wider than its window: {path.name}")
        # The page whole, where the window scrolls it.
        unseen = int(page.evaluate(_UNSEEN))
        page.set_viewport_size({"width": size.width, "height": min(size.height + unseen, _TALLEST)})
        camera.shoot(page, path)
        if scene.undo:
            scene.undo(page)
