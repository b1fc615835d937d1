"""A profile is the same after it was written and read; whatever else is read ends in an error of ours."""

from hypothesis import given
from hypothesis import strategies as st

from openworklist.domain.errors import MappingError
from openworklist.hl7.profile import Profile
from openworklist.hl7.profile_json import from_json, read_profile, to_json, write_profile
from players.profiles import (
    everything,
    paths,
    profiles,
    words,
)


@given(profiles)
def test_a_profile_is_the_same_after_it_was_written_and_read(profile: Profile) -> None:
    assert everything(from_json(to_json(profile))) == everything(profile)
    assert everything(read_profile(write_profile(profile))) == everything(profile)


junk = st.recursive(
    st.none() | st.booleans() | st.integers() | words | paths.map(str),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["path", "shape", "where", "value", "sources", "table", "pattern", "default", "constant",
                 "vr", "creator", "modality", "patient_name", "name", "when", "rules", "(0018,1030)"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)  # fmt: skip


@given(junk, junk)
def test_whatever_is_read_is_a_profile_or_an_error_with_its_place(found: object, more: object) -> None:
    data = {"format": "openworklist-mapping", "version": 1, "name": "x", "rules": found, "variants": [more]}
    for each in (data, {**data, "variants": []}, {**data, "rules": {"modality": found}, "variants": []}):
        try:
            profile = from_json(each)
        except MappingError as error:
            assert error.where  # noqa: PT017
        else:
            assert everything(from_json(to_json(profile))) == everything(profile)
