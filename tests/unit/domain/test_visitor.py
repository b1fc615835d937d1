import pytest

from openworklist.domain.errors import AccessError
from openworklist.domain.role import Role
from openworklist.domain.visitor import LOCAL, Visitor


def test_each_role_covers_those_before_it() -> None:
    ranks = [Role.VIEWER, Role.OPERATOR, Role.ADMINISTRATOR]
    for place, role in enumerate(ranks):
        assert [role.covers(other) for other in ranks] == [rank <= place for rank in range(3)]


def test_a_visitor_is_named_as_an_actor() -> None:
    assert Visitor("ada", Role.VIEWER, "session").actor == "user:ada"
    assert Visitor("robot", Role.VIEWER, "key").actor == "key:robot"
    assert LOCAL.actor == "local"


def test_what_takes_another_role_is_denied() -> None:
    visitor = Visitor("ada", Role.OPERATOR, "session")
    visitor.require(Role.VIEWER)
    visitor.require(Role.OPERATOR)
    with pytest.raises(AccessError) as caught:
        visitor.require(Role.ADMINISTRATOR)
    assert caught.value.code == "access.denied"
