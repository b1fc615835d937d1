from pynetdicom.fsm import ACTIONS, TRANSITION_TABLE

from openworklist.dicom.states import TABLE, State, Timer


def test_the_table_is_that_of_another_implementation() -> None:
    """pynetdicom writes PS3.8 table 9-10 as names; its rows of the requestor are left out."""
    ours = {
        (f"Evt{trigger.value}", f"Sta{state.value}"): action.name
        for (trigger, state), action in TABLE.items()
    }
    ours_states = {f"Sta{state.value}" for state in State}
    theirs = {
        cell: action
        for cell, action in TRANSITION_TABLE.items()
        if cell[1] in ours_states and cell[0] not in ("Evt1", "Evt2")
    }
    assert ours == theirs


def test_every_action_leads_where_the_standard_says() -> None:
    for action in set(TABLE.values()):
        ends = ACTIONS[action.name][2]
        # AE-6 rejects by way of Sta3; AR-8 ends in Sta10 for the side that accepts.
        expected = {"AE-6": "Sta3", "AR-8": "Sta10"}.get(action.name, ends)
        assert f"Sta{action.state.value}" == expected, action.name


def test_whoever_waits_for_the_peer_to_open_or_close_has_a_timer() -> None:
    for (_, state), action in TABLE.items():
        enters = action.state in (State.AWAITING_REQUEST, State.AWAITING_CLOSE) and state is not action.state
        assert (action.timer is Timer.START) >= enters, action.name
