"""Which images are pulled and pushed."""

from collections.abc import Iterator, Sequence

from buildspecs.rules.rule import Command, Fault, Rule, of
from buildspecs.rules.subject import Subject
from buildspecs.shell import Word


class AnonymousPull(Rule):
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


class OnlyLatestPushed(Rule):
    id = "W9753"
    shortdesc = "Images are pushed as latest alone"
    description = (
        "A tag that moves leaves nothing to roll back to: a release that is rolled back deploys the same name, "
        "which is the new image, and a repository whose tags are immutable refuses the second push."
    )
    source_url = "https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-tag-mutability.html"

    def faults(self, subject: Subject) -> Iterator[Fault]:
        pushed = list(_pushed(subject))
        if pushed and all(_is_latest(name) for _, name in pushed):
            command, name = pushed[0]
            tag = "latest" if ":" in name.text.rpartition("/")[2] else "no tag, which is latest"
            sentence = f"'{name.text}' is pushed with {tag}, and no image with another tag."
            remedy = "Tag it with the commit (CODEBUILD_RESOLVED_SOURCE_VERSION) too, and deploy that or its digest."
            yield of(command, name, sentence, remedy)


def _pushed(subject: Subject) -> Iterator[tuple[Command, Word]]:
    for command, simple in subject.simple_commands("docker"):
        words = simple.arguments
        plain = [word for word in words if not word.text.startswith("-")]
        if "--push" in simple.options() or "--all-tags" in simple.options() or "-a" in simple.options():
            return
        if _is(plain, "push") or _is(plain, "image", "push"):
            yield command, plain[-1]
        elif _is(plain, "compose") or _is(plain, "manifest"):
            return


def _is(words: Sequence[Word], *expected: str) -> bool:
    return [word.text for word in words[: len(expected)]] == list(expected) and len(words) > len(expected)


def _is_latest(name: Word) -> bool:
    """Report a name that ends with :latest or has no tag; a variable at its end may hold any tag."""
    folders, _, last = name.text.rpartition("/")
    return last.endswith(":latest") or bool(folders and last and not set(last) & set(":@$`"))
