from collections.abc import Iterator

from buildspecs.rules.rule import Fault, Rule
from buildspecs.rules.subject import Subject
from buildspecs.shell import FaultKind


class HereDocumentCut(Rule):
    """A here-document whose end is not in the command."""

    id = "W9741"
    shortdesc = "A here-document has no end in its command"
    description = (
        "The lines of a here-document must be part of the same item. YAML joins the lines of an item to one, unless "
        "it begins with |; then, or when they are items of their own, the file that is written is empty or wrong."
    )

    def faults(self, subject: Subject) -> Iterator[Fault]:
        for command in subject.commands:
            for fault in command.script.faults:
                if fault.kind is FaultKind.HERE_DOCUMENT:
                    sentence = f"The here-document has no line '{fault.text}' that ends it."
                    remedy = "Write the command as one item below a |, with the delimiter on a line of its own."
                    yield Fault(command.position(fault.line), command.path, sentence, remedy)
