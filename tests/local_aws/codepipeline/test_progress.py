"""What comes next within a stage."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local_aws.services.codepipeline.engine.scheduling import Done, Launch, Wait, next_move

OK, RUNS, BAD = "Succeeded", "InProgress", "Failed"
GROUPS = [["a", "b"], ["c"]]


@pytest.mark.parametrize(
    ("states", "stopping", "move"),
    [
        ({}, False, Launch(("a", "b"))),
        ({}, True, Done(succeeded=False)),
        ({"a": RUNS, "b": OK}, False, Wait()),
        ({"a": RUNS, "b": BAD}, False, Wait()),
        ({"a": BAD, "b": OK}, False, Done(succeeded=False)),
        ({"a": OK, "b": OK}, False, Launch(("c",))),
        ({"a": OK, "b": OK}, True, Done(succeeded=False)),
        ({"a": OK}, False, Launch(("b",))),
        ({"a": RUNS}, False, Launch(("b",))),
        ({"a": RUNS}, True, Wait()),
        ({"a": OK, "b": OK, "c": OK}, False, Done(succeeded=True)),
        ({"a": OK, "b": OK, "c": OK}, True, Done(succeeded=True)),
        ({"a": OK, "b": OK, "c": "Abandoned"}, True, Done(succeeded=False)),
    ],
)
def test_moves(states: dict[str, str], stopping: bool, move: object) -> None:  # noqa: FBT001
    assert next_move(GROUPS, states, stopping=stopping) == move


@given(
    st.lists(st.integers(1, 3), min_size=1, max_size=4),
    st.data(),
)
def test_a_stage_always_ends_and_never_runs_a_group_before_the_one_in_front(
    sizes: list[int], data: st.DataObject
) -> None:
    groups = [[f"{group}.{member}" for member in range(size)] for group, size in enumerate(sizes)]
    states: dict[str, str] = {}
    for _ in range(4 * sum(sizes) + 1):
        move = next_move(groups, states, stopping=False)
        if isinstance(move, Done):
            assert move.succeeded == all(states.get(name) == OK for group in groups for name in group)
            return
        if isinstance(move, Launch):
            number = int(move.actions[0].split(".")[0])
            assert all(states[name] == OK for group in groups[:number] for name in group)
            states |= dict.fromkeys(move.actions, RUNS)
        else:
            running = sorted(name for name, state in states.items() if state == RUNS)
            assert running, "it waits for nothing"
            states[data.draw(st.sampled_from(running))] = data.draw(st.sampled_from([OK, OK, BAD]))
    pytest.fail("the stage never ended")
