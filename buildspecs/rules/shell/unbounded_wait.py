import re
from collections.abc import Iterator, Sequence

from buildspecs.rules.rule import Command, Fault, Rule
from buildspecs.rules.subject import Subject
from buildspecs.shell import Block, SimpleCommand

IDLE = {"sleep", "echo", "printf", ":", "true", "date"}
BOUNDS = re.compile(r"\(\(|-(?:lt|le|gt|ge)\b|\bSECONDS\b|\bexit\b|\breturn\b|\btimeout\b")
"""What counts, or leaves the loop with a failure."""

ALWAYS = {"true", ":"}

ENDS_BY_ITSELF = {"read", "shift", "getopts"}


class UnboundedWait(Rule):
    id = "W9742"
    shortdesc = "A loop waits without end"
    description = (
        "A loop that sleeps until something answers never ends when it does not start: the build runs, and costs, "
        "until its time limit, and says nothing of the cause."
    )
    source_url = "https://docs.aws.amazon.com/codebuild/latest/userguide/builds-timeout.html"

    def faults(self, subject: Subject) -> Iterator[Fault]:
        for command in subject.commands:
            for block in command.script.blocks:
                if block.kind in ("while", "until") and _waits(command, block):
                    sentence = f"This {block.kind} loop waits without end when what it waits for never comes."
                    remedy = (
                        "Bound it (for attempt in $(seq 60); do ... done, or timeout 60), and fail with the reason."
                    )
                    yield Fault(command.position(block.line), command.path, sentence, remedy)


def _waits(command: Command, block: Block) -> bool:
    condition = command.script.inside(block, in_condition=True)
    body = command.script.inside(block, in_condition=False)
    inside = [*condition, *body]
    if block.after == "&" or block.redirected or not condition:
        return False
    limited = any(one.block.kind == "timeout" for simple in inside for one in simple.within)
    words = " ".join(word.text for simple in inside for word in (*simple.words, *simple.assignments))
    if limited or BOUNDS.search(words) or any(simple.assignments or simple.after == "&" for simple in inside):
        return False
    programs = [simple.program for simple in body]
    if {simple.program for simple in condition} <= ALWAYS:
        # Left as soon as something answers: the body asks, and sleeps until then.
        return "break" in programs and "sleep" in programs and _asks_others(body)
    return _asks_others(condition) and all(program in IDLE for program in programs)


def _asks_others(condition: Sequence[SimpleCommand]) -> bool:
    """Report a condition that something outside answers from one that the loop itself ends."""
    programs = {simple.program for simple in condition}
    return not programs & (ENDS_BY_ITSELF | {""}) and not any("timeout" in simple.wrappers for simple in condition)
