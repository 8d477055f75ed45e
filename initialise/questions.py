"""What `make init` has to know: one row a question, each answered by a flag, by a person, or by what was found."""

import re
import subprocess
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from initialise.folder import DATABASE_ADDRESS, ServiceFolder, look, services_in
from initialise.packages import LEAVE, LOCK, WAIVE, are_unpinned
from reporting.errors import CannotRunError
from settings import formats
from settings.project import Project
from settings.service import HIGHEST_PORT, LOWEST_PORT, Service
from settings.toml_table import Shape, shortened
from system_model.demanded_variables import demanded
from system_model.repository import Repository

USUAL_PORT = 8080
_NO_NAME = re.compile("[^a-z0-9]+")
_EXAMPLE = "backend-flask"
"""The folder of the service that the project comes with; it gives way to the first of one's own."""


@dataclass
class Known:
    """What is known so far: where the project lies, the service to be added (empty for a new system), the answers."""

    root: Path
    service: str
    present: Project
    """What the settings say now."""
    answers: dict[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The service's name."""
        own = self.settled
        return own.name if own else self.service or _as_name(self.answers["folder"].rpartition("/")[2], "service", 28)

    @property
    def own(self) -> Mapping[str, Service]:
        """The services of the settings by their folders, without the example."""
        return {one.delivered.folder: one for one in self.present.services if one.delivered.folder != _EXAMPLE}

    @property
    def settled(self) -> Service | None:
        """The service that the settings have already, if it is one of these: they are left as they are."""
        return None if self.service else self.own.get(self.answers["folder"])

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
    settled: Callable[[Project, Service], str] | None = None
    """What the settings say of a service that they have."""
    clean: Callable[[str], str] = str.strip
    applies: Callable[[Known], bool] = lambda _: True
    """Whether there is anything to answer; a flag that says it nevertheless is not wrong."""


class _Port(Shape):
    def fits(self, text: str) -> bool:
        """Return whether it is the number of a port that a service may have."""
        return self.pattern.fullmatch(text) is not None and LOWEST_PORT <= int(text) <= HIGHEST_PORT


class _List(Shape):
    """Nothing, or several of a shape with commas between; each may have ``=value`` behind it."""

    def fits(self, text: str) -> bool:
        """Return whether each one has the pattern, and none comes twice."""
        names = list(secrets_of(text))
        return all(self.pattern.fullmatch(name) for name in names) and len(names) == len(_parts(text))


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def secrets_of(text: str) -> Mapping[str, str]:
    """Return the names of secrets, each with the value that it has on this machine; empty where none was said."""
    pairs = (part.partition("=") for part in _parts(text))
    return {name.strip(): value.strip() for name, _, value in pairs}


def is_rehearsed(name: str, value: str) -> bool:
    """Return whether a secret has the name of a PostgreSQL's address and no value: it is given one on this machine."""
    return not value and DATABASE_ADDRESS.fullmatch(name) is not None


def _as_name(text: str, kind: str, longest: int) -> str:
    """Return ``text`` as a name that a ``kind`` may have; the kind stands before what is short or has a digit first."""
    name = _NO_NAME.sub("-", text.lower()).strip("-")
    fits = len(name) > 1 and name[0].isalpha()
    return (name if fits else f"{kind}-{name}")[:longest].strip("-")


def _folder(known: Known) -> str:
    if known.service:
        return known.service
    folders = list(known.own) or _candidates(known)
    return folders[0] if len(folders) == 1 else ""


def _candidates(known: Known) -> list[str]:
    taken = [one.delivered.folder for one in known.present.services]
    return [folder for folder in services_in(known.root) if folder not in taken]


def _repository(known: Known) -> str:
    words = ["git", "-C", str(known.root), "remote", "get-url", "origin"]
    told = subprocess.run(words, capture_output=True, text=True, check=False).stdout.strip()
    name = told.partition("github.com")[2].lstrip(":/").rstrip("/").removesuffix(".git")
    return name if formats.REPOSITORY.fits(name) else ""


def _application(known: Known) -> str:
    return _as_name(known.answers["repository"].rpartition("/")[2], "app", 20)


def _demanded(known: Known) -> Collection[str]:
    """Return the variables that the service can't start without, and those of its databases."""
    found = known.found
    return {*demanded(Repository(known.root), known.answers["folder"], [found.application]), *found.databases}


QUESTIONS = (
    Question(
        "folder",
        "Folder of the service",
        formats.FOLDER,
        _folder,
        # As a shell completes it.
        clean=lambda text: text.strip().removeprefix("./").rstrip("/"),
    ),
    Question(
        "repository",
        "GitHub repository, as owner/name",
        formats.REPOSITORY,
        _repository,
        of_system=True,
        settled=lambda system, _: system.repository.full_name,
    ),
    Question(
        "application",
        "Name of the application",
        formats.APPLICATION,
        _application,
        of_system=True,
        settled=lambda system, _: system.application,
    ),
    Question(
        "port",
        "Port that it listens on",
        _Port(
            re.compile("[1-9][0-9]{3,4}"),
            f"a number from {LOWEST_PORT} to {HIGHEST_PORT}, as its container has no rights of root",
        ),
        lambda known: str(known.found.port or USUAL_PORT),
        settled=lambda _, service: str(service.port),
    ),
    Question(
        "health",
        "Path that answers 200 when it is well",
        formats.URL_PATH,
        lambda known: known.found.health_check_path or "/",
        settled=lambda _, service: service.health_check_path,
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
        settled=lambda _, service: ",".join(service.secrets),
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
        given = flags[question.key]
        if question.of_system if known.service else question.of_addition:
            if given is not None:
                when = "for a new system, not with --service" if known.service else "with --service alone"
                raise CannotRunError(f"--{question.key}: found one; allowed: {when}.")
            continue
        if question.key in known.answers:
            _refuse_another(known, question, given)
            continue
        if given is None and not question.applies(known):
            continue
        given = _asked(known, question, ask) if given is None else question.clean(given)
        refused = _refusal(known, question, given)
        if refused:
            raise CannotRunError(refused)
        known.answers[question.key] = given
        if question.key == "folder":
            _ = known.found  # refused here, before more is asked
            _refuse_replacing(known)
            own = known.settled
            known.answers |= {one.key: one.settled(known.present, own) for one in QUESTIONS if one.settled and own}
    return known


def _refuse_another(known: Known, question: Question, given: str | None) -> None:
    answer = known.answers[question.key]
    if given is not None and secrets_of(given).keys() != secrets_of(answer).keys():  # the settings have names alone
        raise CannotRunError(
            f"--{question.key}: found the text {shortened(given)!r}, and config/system.toml has {known.name} already, "
            f"with {answer!r}; change it there, and in the service's files that have it too."
        )


def _refuse_replacing(known: Known) -> None:
    """Let a new system take the example's place, and never that of a service of one's own."""
    if not known.service and known.own and known.settled is None:
        names = ", ".join(one.name for one in known.own.values())
        raise CannotRunError(
            f"--folder: found {known.answers['folder']!r}, and config/system.toml has {names} already; "
            "allowed: --service NAME (make init SERVICE=name), which adds one beside."
        )


def _asked(known: Known, question: Question, ask: Callable[[str], str] | None) -> str:
    guess = question.guess(known)
    if ask is None:
        return guess
    while True:
        said = question.clean(ask(f"{question.text}{f' [{guess}]' if guess else ''}: ")) or guess
        refused = _refusal(known, question, said)
        if not refused:
            return said
        print(refused)


def _refusal(known: Known, question: Question, given: str) -> str:
    if question.shape.fits(given):
        return ""
    if not given and question.key == "folder":
        folders = ", ".join(list(known.own) or _candidates(known))
        return (
            f"--folder: found several that could be it; allowed: one of {folders}."
            if folders
            else "--folder: found no folder with a Dockerfile, or an application of Flask, FastAPI or Django and its "
            "requirements.txt or pyproject.toml, that is not a service yet; put your service into a folder here."
        )
    found = f"the text {shortened(given)!r}" if given else "nothing"
    return f"--{question.key}: found {found}; allowed: {question.shape.allowed}."
