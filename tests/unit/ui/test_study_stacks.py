import pytest

from openworklist.domain.study import Series, StudyInstance
from openworklist.ui.study_stacks import WORDS, count_frames, find_kind, make_stacks

ROOT = "1.2.840.10008.5.1.4.1.1"
CT = f"{ROOT}.2"


def instance(
    uid: str, sop_class: str = CT, *, series: str = "1.1", syntax: str = "1.2.840.10008.1.2.1", **values: str
) -> StudyInstance:
    known = {"rows": "512", "number_of_frames": "", **values}
    return StudyInstance("1", series, uid, sop_class, syntax, known, file=f"{uid}.dcm")


def series(uid: str = "1.1") -> Series:
    return Series("1", uid, {"modality": "CT"}, 0)


@pytest.mark.parametrize(
    ("kind", "sop_class"),
    [
        ("image", "2"),
        ("image", "128"),
        ("image", "481.2"),
        ("image", "77.1.1.1"),
        ("video", "77.1.1.1.1"),
        ("pdf", "104.1"),
        ("document", "104.2"),
        ("report", "88.33"),
        ("key-images", "88.59"),
        ("waveform", "9.1.1"),
        ("presentation", "11.1"),
        ("structures", "481.3"),
        ("plan", "481.5"),
    ],
)
def test_the_sop_class_says_what_an_instance_is(kind: str, sop_class: str) -> None:
    assert find_kind(instance("1.1.1", f"{ROOT}.{sop_class}")) == kind


def test_a_video_is_known_by_its_transfer_syntax_too() -> None:
    clip = instance("1.1.1", f"{ROOT}.3.1", syntax="1.2.840.10008.1.2.4.102")

    assert find_kind(clip) == "video"


def test_what_has_no_size_is_no_image_unless_an_archive_does_not_say() -> None:
    private = instance("1.1.1", "1.2.3", rows="")
    far = StudyInstance("1", "1.1", "1.1.1", "1.2.3", "", {})

    assert find_kind(private) == "other"
    assert find_kind(far) == "image"


def test_images_of_a_series_are_one_stack_and_each_clip_one_of_its_own() -> None:
    found = make_stacks(
        [series("1.1"), series("1.2")],
        [
            instance("1.1.1"),
            instance("1.1.2", number_of_frames="1"),
            instance("1.1.3", number_of_frames="30"),
            instance("1.2.1", series="1.2"),
        ],
    )

    assert [(each.series.uid, each.count, each.is_clip) for each in found] == [
        ("1.1", 2, False),
        ("1.1", 30, True),
        ("1.2", 1, False),
    ]
    assert found[0].left_out == ("1.1.3",)
    assert found[1].middle == (found[1].instances[0], 15)


def test_papers_of_one_kind_share_a_tile_behind_the_images() -> None:
    report = f"{ROOT}.88.33"
    found = make_stacks([series()], [instance("1", report), instance("2", report), instance("3")])

    assert [(each.kind, each.count) for each in found] == [("image", 1), ("report", 2)]
    assert {each.kind for each in found if not each.is_image} <= set(WORDS)


def test_an_instance_of_a_series_that_is_not_there_is_left_out() -> None:
    assert make_stacks([series()], [instance("1", series="9")]) == []


@pytest.mark.parametrize(
    ("text", "count"), [("", 1), ("0", 1), ("12", 12), (" 3 ", 3), ("many", 1), ("²", 1)]
)
def test_the_number_of_frames_is_one_where_it_is_none(text: str, count: int) -> None:
    assert count_frames(instance("1", number_of_frames=text)) == count
