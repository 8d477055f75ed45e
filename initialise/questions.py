"""What `make init` has to know: one row a question, each answered by a flag, by a person, or by what was found."""

import re
import subprocess
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from initialise.folder import ServiceFolder, look, services_in
from initialise.packages import LEAVE, LOCK, WAIVE, are_unpinned
from reporting.errors import CannotRunError
from settings import formats
from settings.service import HIGHEST_PORT, LOWEST_PORT
from settings.toml_table import Shape, shortened
from system_model.demanded_variables import demanded
from system_model.repository import Repository

USUAL_PORT = 8080
_ANYTHING = re.compile(".*")
_NO_NAME = re.compile("[^a-z0-9]+")


@dataclass
class Known:
    """What is known so far: where the project lies, the service to be added (empty for a new system), the answers."""

    root: Path
    service: str
    present_folders: Collection[str]
    """The folders of the services that the settings have now."""
    answers: dict[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The service's name."""
        return self.service or as_name(self.answers["folder"].rpartition("/")[2])

    @property
    def top(self) -> Path:
        """The service's folder."""
        return self.root / self.answers["folder"]

    @property
    def found(self) -> ServiceFolder:
        """What lies in the service's folder."""
        return look(self.root, self.answers["folder"])

    @property
    def locks(self) -> bool:
        """Whether the service's packages are to be locked."""
        return self.answers.get("packages") == LOCK


@dataclass(frozen=True)
class Question:
    """``guess`` gives the answer that is likely, or nothing; ``shape`` says what may be answered."""

    key: str
    text: str
    shape: Shape
    guess: Callable[[Known], str]
    of_system: bool = False
    """Whether it is about the system, so that it isn't asked for a service that is added to one."""
    of_addition: bool = False
    """Whether it is asked for an added service alone."""
    applies: Callable[[Known], bool] = lambda _: True
    """Whether there is anything to answer; a flag that says it nevertheless is not wrong."""


def _is_port(text: str) -> bool:
    return text.isascii() and text.isdigit() and LOWEST_PORT <= int(text) <= HIGHEST_PORT


class _Port(Shape):
    def fits(self, text: str) -> bool:
        """Return whether it is the number of a port that a service may have."""
        return _is_port(text[:6])


class _List(Shape):
    """Nothing, or several of a shape with commas between; each may have ``=value`` behind it."""

    def fits(self, text: str) -> bool:
        """Return whether each one has the pattern, and none comes twice."""
        names = list(secrets_of(text))
        return all(self.pattern.fullmatch(name) for name in names) and len(names) == len(_parts(text))


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def secrets_of(text: str) -> Mapping[str, str]:
    """Return the names of secrets, each with the value that it has on this machine."""
    pairs = (part.partition("=") for part in _parts(text))
    return {name.strip(): value.strip() or "only-for-rehearsals" for name, _, value in pairs}


def as_name(text: str) -> str:
    """Return ``text`` as a name that a service or an application may have."""
    return _NO_NAME.sub("-", text.lower()).strip("-")


def _folder(known: Known) -> str:
    if known.service:
        return known.service
    others = [folder for folder in services_in(known.root) if folder not in known.present_folders]
    return others[0] if len(others) == 1 else ""


def _repository(known: Known) -> str:
    words = ["git", "-C", str(known.root), "remote", "get-url", "origin"]
    told = subprocess.run(words, capture_output=True, text=True, check=False).stdout.strip()
    name = told.partition("github.com")[2].lstrip(":/").rstrip("/").removesuffix(".git")
    return name if formats.REPOSITORY.fits(name) else ""


def _application(known: Known) -> str:
    return as_name(known.answers["repository"].rpartition("/")[2])[:20].strip("-")


def _demanded(known: Known) -> Collection[str]:
    """Return the variables that the service can't start without."""
    return demanded(Repository(known.root), known.answers["folder"], [known.found.application])


QUESTIONS = (
    Question("folder", "Folder of the service", formats.FOLDER, _folder),
    Question("repository", "GitHub repository, as owner/name", formats.REPOSITORY, _repository, of_system=True),
    Question("application", "Name of the application", formats.APPLICATION, _application, of_system=True),
    Question(
        "port",
        "Port that it listens on",
        _Port(_ANYTHING, f"a number from {LOWEST_PORT} to {HIGHEST_PORT}"),
        lambda known: str(known.found.port or USUAL_PORT),
    ),
    Question(
        "health",
        "Path that answers 200 when it is well",
        formats.URL_PATH,
        lambda known: known.found.health_check_path or "/",
    ),
    Question(
        "paths",
        "Requests that it gets",
        formats.PATH_PATTERN,
        lambda known: f"/{known.name}/*",
        of_addition=True,
    ),
    Question(
        "secrets",
        "Secrets that it reads, as NAME,OTHER_NAME (with =value: what to rehearse with)",
        _List(formats.VARIABLE.pattern, f"names with commas between, none twice, each {formats.VARIABLE.allowed}"),
        lambda known: ",".join(sorted(name for name in _demanded(known) if formats.VARIABLE.fits(name))),
    ),
    Question(
        "packages",
        "Packages without exact versions: lock them, waive the checks that need it for 90 days, or leave it",
        Shape(re.compile(f"{LOCK}|{WAIVE}|{LEAVE}"), f"{LOCK}, {WAIVE} or {LEAVE}"),
        # A Dockerfile that is there may install them in a way that takes no hashes.
        lambda known: LEAVE if (known.top / "Dockerfile").is_file() else LOCK,
        applies=lambda known: are_unpinned(known.top, known.found),
    ),
)


def answered(known: Known, flags: Mapping[str, str | None], ask: Callable[[str], str] | None) -> Known:
    """Fill in the answers: what flags say, then what ``ask`` brings from a person, then what is likely."""
    for question in QUESTIONS:
        if question.of_system if known.service else question.of_addition:
            if flags[question.key] is not None:
                when = "for a new system, not with --service" if known.service else "with --service alone"
                raise CannotRunError(f"--{question.key}: found one; allowed: {when}.")
            continue
        given = flags[question.key]
        if given is None and not question.applies(known):
            continue
        if given is None:
            given = _asked(question, question.guess(known), ask)
        refused = _refusal(question, given)
        if refused:
            raise CannotRunError(refused)
        known.answers[question.key] = given
        if question.key == "folder":
            _ = known.found  # refused here, before more is asked
    return known


def _asked(question: Question, guess: str, ask: Callable[[str], str] | None) -> str:
    if ask is None:
        return guess
    while True:
        said = ask(f"{question.text}{f' [{guess}]' if guess else ''}: ").strip() or guess
        refused = _refusal(question, said)
        if not refused:
            return said
        print(refused)


def _refusal(question: Question, given: str) -> str:
    if question.shape.fits(given):
        return ""
    found = f"the text {shortened(given)!r}" if given else "nothing"
    return f"--{question.key}: found {found}; allowed: {question.shape.allowed}."
