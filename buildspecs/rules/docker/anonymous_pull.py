from collections.abc import Iterator

from buildspecs.rules.rule import Fault, Rule, of
from buildspecs.rules.subject import Subject
from buildspecs.shell import Word


class AnonymousPull(Rule):
    """Images of Docker Hub, pulled without a login."""

    id = "W9756"
    shortdesc = "Images of Docker Hub are pulled with a login, or from elsewhere"
    description = (
        "Docker Hub counts anonymous pulls by address, and builds share theirs with those of other accounts: "
        "toomanyrequests: You have reached your pull rate limit. Public ECR has the official images, too."
    )
    source_url = "https://docs.aws.amazon.com/codebuild/latest/userguide/troubleshooting.html"

    def faults(self, subject: Subject) -> Iterator[Fault]:
        found = list(subject.simple_commands("docker", "podman"))
        logins = [simple.words for _, simple in found if any(word.text == "login" for word in simple.arguments)]
        if not all(_is_of_ecr(words) for words in logins):
            return
        for command, simple in found:
            words = [word for word in simple.arguments if not word.text.startswith("-")]
            if len(words) == 2 and words[0].text == "pull" and words[1].literal and _is_of_hub(words[1].text):  # noqa: PLR2004 - pull IMAGE
                sentence = f"{words[1].text} is pulled from Docker Hub without a login: toomanyrequests."
                name = words[1].text if "/" in words[1].text else f"library/{words[1].text}"
                yield of(command, simple, sentence, f"Pull public.ecr.aws/docker/{name}, or log in before.")


def _is_of_ecr(words: tuple[Word, ...]) -> bool:
    text = " ".join(word.text for word in words)
    return "ecr" in text.lower() or "AWS" in text


def _is_of_hub(image: str) -> bool:
    host, slash, _ = image.partition("/")
    return not slash or (not any(sign in host for sign in ".:$") and host != "localhost")
