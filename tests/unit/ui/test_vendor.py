import re
from hashlib import sha256
from importlib.resources import files


def test_files_by_others_are_what_the_page_beside_them_says() -> None:
    folder = files("openworklist.ui").joinpath("static", "vendor")
    page = folder.joinpath("README.md").read_text("utf-8")
    rows = re.findall(r"^\| (\S+\.js) \|.*\| ([0-9a-f]{64}) \|$", page, re.MULTILINE)

    assert {name for name, _ in rows} == {each.name for each in folder.iterdir() if each.name.endswith(".js")}
    for name, wanted in rows:
        assert sha256(folder.joinpath(name).read_bytes()).hexdigest() == wanted
