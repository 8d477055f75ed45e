import re
from collections.abc import Iterator

from buildspecs.rules.rule import Fault, Rule, of
from buildspecs.rules.shell.downloads import DOWNLOADERS, INSTANCE_METADATA, addresses
from buildspecs.rules.subject import Subject

LATEST = re.compile(r"[/_.-](?:latest|nightly)(?:[/_.-]|$)")
NOT_A_FILE = ("https://api.", "http://localhost", "http://127.")


class LatestDownload(Rule):
    """A download of whatever is newest."""

    id = "W9746"
    shortdesc = "A download names no version but the latest"
    description = (
        "An address with latest in it returns another file after each release of its maker: the same commit builds "
        "today and fails tomorrow, and nothing shows what it was built with."
    )
    source_url = "https://docs.aws.amazon.com/codebuild/latest/userguide/security-best-practices.html"

    def faults(self, subject: Subject) -> Iterator[Fault]:
        for command, simple in subject.simple_commands(*DOWNLOADERS):
            for address in addresses(simple):
                if LATEST.search(address) and not address.startswith((*INSTANCE_METADATA, *NOT_A_FILE)):
                    sentence = f"'{address}' is another file after each release."
                    yield of(command, simple, sentence, "Name a version in the address, and check the file's sum.")
        for command, simple in subject.simple_commands("go"):
            module = next((word.text for word in simple.arguments if word.text.endswith("@latest")), "")
            if module and simple.arguments[0].text in ("install", "run", "get"):
                sentence = f"'{module}' is another program after each release."
                yield of(command, simple, sentence, "Name a version instead of latest.")
