from pathlib import Path

import pytest

from openworklist.services.doctor.disk import find_mount, measure_writes

MOUNTS = r"""/dev/sda1 / ext4 rw,relatime 0 0
proc /proc proc rw 0 0
fileserver:/export /srv nfs4 rw,vers=4.2 0 0
/dev/sdb1 /srv/with\040blank xfs ro,relatime 0 0
tmpfs /srv2 tmpfs rw 0 0
overlay /srv2 overlay rw 0 0
broken line
"""


@pytest.mark.parametrize(
    ("folder", "kind", "is_read_only"),
    [
        ("/var/lib/openworklist", "ext4", False),
        ("/srv/data", "nfs4", False),
        ("/srv", "nfs4", False),
        ("/srvX", "ext4", False),
        ("/srv/with blank/data", "xfs", True),
        ("/srv2/data", "overlay", False),  # mounted over the one before
    ],
)
def test_the_mount_of_a_folder_is_the_nearest(folder: str, kind: str, is_read_only: bool) -> None:
    mount = find_mount(Path(folder), MOUNTS)

    assert mount is not None
    assert (mount.kind, mount.is_read_only) == (kind, is_read_only)


def test_measuring_leaves_nothing_behind(tmp_path: Path) -> None:
    assert measure_writes(tmp_path) > 0
    assert list(tmp_path.iterdir()) == []
