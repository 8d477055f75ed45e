"""The decisions on who enters which stage, over every course that hypothesis can think of."""

from dataclasses import dataclass, field, replace

from hypothesis import given
from hypothesis import strategies as st

from local_aws.services.codepipeline.engine.scheduling import (
    PARALLEL,
    QUEUED,
    SUPERSEDED,
    Enter,
    Position,
    Supersede,
    next_steps,
)

STAGES = 3

moves = st.lists(
    st.one_of(
        st.just(("start", 0)),
        st.tuples(st.just("succeed"), st.integers(0, 9)),
        st.tuples(st.just("fail"), st.integers(0, 9)),
        st.tuples(st.just("stop"), st.integers(0, 9)),
        st.tuples(st.just("toggle"), st.integers(0, STAGES - 1)),
    ),
    max_size=60,
)


@dataclass
class Course:
    """A pipeline of three stages played by hand: what next_steps says is done at once."""

    mode: str
    positions: list[Position] = field(default_factory=list)
    closed: set[int] = field(default_factory=set)
    ended: dict[str, str] = field(default_factory=dict)
    entered: dict[int, list[int]] = field(default_factory=dict)
    started: int = 0

    def play(self, move: str, number: int) -> None:
        inside = [each for each in self.positions if each.inside]
        if move == "start":
            self.started += 1
            self.positions.append(Position(f"e{self.started}", self.started, 0, inside=False))
        elif move == "toggle":
            self.closed ^= {number}
        elif move == "stop" and self.positions:
            self._end(self.positions[number % len(self.positions)], "stopped")
        elif inside and move == "fail":
            self._end(inside[number % len(inside)], "failed")
        elif inside and move == "succeed":
            self._succeed(inside[number % len(inside)])
        self.settle()

    def settle(self) -> None:
        for step in next_steps(self.mode, self.positions, self.closed):
            found = next(each for each in self.positions if each.execution == step.execution)
            if isinstance(step, Supersede):
                assert next(each for each in self.positions if each.execution == step.by).order > found.order
                self._end(found, "superseded")
            else:
                self.entered.setdefault(found.stage, []).append(found.order)
                self.positions[self.positions.index(found)] = replace(found, inside=True)
        assert next_steps(self.mode, self.positions, self.closed) == []

    def _succeed(self, position: Position) -> None:
        if position.stage == STAGES - 1:
            self._end(position, "succeeded")
        else:
            moved = replace(position, stage=position.stage + 1, inside=False)
            self.positions[self.positions.index(position)] = moved

    def _end(self, position: Position, how: str) -> None:
        self.positions.remove(position)
        self.ended[position.execution] = how

    def check(self) -> None:
        assert len(self.positions) + len(self.ended) == self.started, "an execution was lost"
        if self.mode == PARALLEL:
            assert all(each.inside for each in self.positions)
            return
        for stage in range(STAGES):
            assert sum(1 for each in self.positions if each.inside and each.stage == stage) <= 1
            if self.mode == SUPERSEDED:
                assert sum(1 for each in self.positions if not each.inside and each.stage == stage) <= 1
            assert self.entered.get(stage, []) == sorted(self.entered.get(stage, [])), "one overtook another"
        if self.mode == QUEUED:
            assert "superseded" not in self.ended.values()


@given(st.sampled_from((QUEUED, SUPERSEDED, PARALLEL)), moves)
def test_invariants_hold_at_every_moment_and_every_execution_ends(mode: str, course: list[tuple[str, int]]) -> None:
    played = Course(mode)
    for move, number in course:
        played.play(move, number)
        played.check()
    played.closed.clear()
    played.settle()
    for _ in range(STAGES * (played.started + 1)):
        played.play("succeed", 0)
        played.check()
    assert not played.positions, "an execution never ended"


def test_what_is_being_stopped_enters_nothing() -> None:
    assert next_steps(QUEUED, [Position("a", 1, 1, inside=False, held=True)], set()) == []


def test_a_newer_one_supersedes_in_front_of_a_closed_transition() -> None:
    waiting = [Position("a", 1, 1, inside=False), Position("b", 2, 1, inside=False)]
    assert next_steps(SUPERSEDED, waiting, {1}) == [Supersede("a", "b")]
    assert next_steps(SUPERSEDED, waiting, set()) == [Supersede("a", "b"), Enter("b")]
    assert next_steps(QUEUED, waiting, {1}) == []
    assert next_steps(QUEUED, waiting, set()) == [Enter("a")]
