"""The Test action as it was: the environment is made anew by each build, and one process runs all tests."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from reporting.errors import FailedError

BUILDSPEC = Path("backend-flask", "tests", "buildspec.yml")
EARLIER = {
    'bash backend-flask/tests/make-environment "$VIRTUAL_ENV" "$HOME/.cache/backend-flask-environment"': (
        'python3 -m venv "$VIRTUAL_ENV" && "$VIRTUAL_ENV/bin/pip" install --quiet --disable-pip-version-check'
        " --require-hashes --no-deps --no-compile --requirement backend-flask/requirements-test.txt"
    ),
    # Under a key of its own, or what today's form keeps would be gone.
    "  paths:\n    - /root/.cache/backend-flask-environment/": "  key: earlier\n  paths:\n    - /root/.cache/pip/",
    "  variables:\n": '  variables:\n    TEST_PROCESSES: "0"\n',
}
"""What is written in today's buildspec, and what was in its place."""


@contextmanager
def earlier_tests(repository: Path) -> Iterator[None]:
    """Have the buildspec of the tests in ``repository`` as it was, and afterwards as it is; nothing is committed."""
    file = repository / BUILDSPEC
    today = text = file.read_text()
    for now, before in EARLIER.items():
        if text.count(now) != 1:
            raise FailedError(f"{BUILDSPEC} has not once what benchmarks/earlier_tests.py replaces:", now)
        text = text.replace(now, before)
    file.write_text(text)
    yield
    file.write_text(today)
