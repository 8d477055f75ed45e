"""Two systems with three services, one of them not in Python, are deployed and released side by side in one account."""

import json
import shutil
import subprocess
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from proofs.rehearsal.repository import start_repository
from tests.local_aws_fixture import local_aws_in
from tests.project_copy import copy_project
from tests.scenarios import changed_templates
from tests.scenarios.place import Place
from tests.scenarios.scenario import Templates

APPLICATION = "depot"
SERVICES = {"orders": "/*", "stock": "/stock/*"}
BASE_IMAGE = "public.ecr.aws/docker/library/python:3.13-slim-bookworm"
DOCKERFILE = """\
FROM {image}
COPY {source} /app/
USER 10001:10001
EXPOSE 8080
CMD ["{program}", "/app/{source}"]
"""
PYTHON = """\
import http.server, signal, sys
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200 if self.path == "/orders/health" else 404)
        self.end_headers()
        self.wfile.write(b"orders")
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
http.server.ThreadingHTTPServer(("", 8080), Handler).serve_forever()
"""
PERL = """\
use strict; use IO::Socket::INET;
$SIG{TERM} = sub { exit 0 };
my $server = IO::Socket::INET->new(LocalPort => 8080, Listen => 16, ReuseAddr => 1) or die $!;
while (my $client = $server->accept) {
    my $request = <$client>;
    while (my $line = <$client>) { last if $line =~ /^\\r?$/ }
    my $status = $request =~ m{^GET /stock/health } ? "200 OK" : "404 Not Found";
    print $client "HTTP/1.1 $status\\r\\nContent-Length: 5\\r\\nConnection: close\\r\\n\\r\\nstock";
    close $client;
}
"""
SOURCES = {"orders": ("server.py", "python3", PYTHON), "stock": ("server.pl", "perl", PERL)}
SECURITY_BUILDSPEC = """\
version: 0.2
phases:
  build:
    commands:
      - echo '[]' > results.json
artifacts:
  files:
    - results.json
"""


def write_service(folder: Path, name: str) -> None:
    """Write one service of the second system below ``folder``, without what `make init` adds."""
    source, program, text = SOURCES[name]
    files = {
        source: text,
        "Dockerfile": DOCKERFILE.format(image=BASE_IMAGE, source=source, program=program),
        "security/buildspec.yml": SECURITY_BUILDSPEC,
    }
    for path, content in files.items():
        target = folder / name / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(content, "utf-8")


def build_second(folder: Path) -> Path:
    """Initialise the second system in a copy of the project; return the folder of its templates."""
    project = copy_project(folder)
    shutil.rmtree(folder / "backend-flask")
    for number, (name, path) in enumerate(SERVICES.items()):
        write_service(folder, name)
        of_system = ("--application", APPLICATION, "--repository", "owner/depot", "--folder", name)
        words = ("--service", name, "--paths", path) if number else of_system
        done = project.run("bin/init", "--yes", "--health", f"/{name}/health", *words)
        assert done.returncode == 0, done.stdout + done.stderr
    done = project.run("bin/templates")
    assert done.returncode == 0, done.stdout + done.stderr
    return folder / "build"


@dataclass
class SecondPlace(Place):
    """The second system, whose repository and connection are its own."""

    @property
    def environment(self) -> Path:
        state = ["--state", str(self.aws.state_folder)]
        after = [["bin/local-aws", "handshake", APPLICATION, "--repository", str(self.repository), *state]]
        return self.aws.environment_file(self.folder / "here.toml", {"Protocol": "HTTP"}, after_deploy_commands=after)

    def commit_services(self) -> None:
        """Commit both services, and what bake, Admit and Verify run."""
        self._copy(("admission", "security_checks", "verification", "reporting"))
        for name in SERVICES:
            shutil.copytree(self.build.parent / name, self.repository / name)
        self.record()


@pytest.fixture
def systems(tmp_path: Path) -> Iterator[tuple[Place, SecondPlace]]:
    if shutil.which("docker") is None:
        pytest.skip("no Docker")
    first, second = tmp_path / "first", tmp_path / "second"
    first.mkdir()
    second.mkdir()
    with local_aws_in(tmp_path / "state") as aws:
        one = Place(first, aws, changed_templates.write(first, Templates()))
        two = SecondPlace(second, aws, build_second(second / "project"))
        with closing(one.gate), closing(two.gate):
            for place in (one, two):
                start_repository(place.repository)
            one.gate.open()
            one.commit()
            two.commit_services()
            yield one, two


def answer(place: Place, application: str, path: str) -> str:
    stacks = place.aws.client("cloudformation").describe_stacks(StackName=f"{application}-runtime")["Stacks"]
    url = next(one["OutputValue"] for one in stacks[0]["Outputs"] if one["OutputKey"] == "Url")
    with urllib.request.urlopen(f"{url}{path}", timeout=10) as got:  # noqa: S310 - our own load balancer
        text: str = got.read().decode()
        return text


def succeed(done: subprocess.CompletedProcess[str]) -> str:
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_both_are_deployed_and_all_three_services_released(systems: tuple[Place, SecondPlace]) -> None:
    one, two = systems
    succeed(one.command("deploy", "--yes"))
    succeed(two.command("deploy", "--yes"))
    releases = [(one, ()), *((two, ("--service", name)) for name in SERVICES)]
    with ThreadPoolExecutor() as together:
        for done in together.map(lambda each: each[0].command("release", *each[1]), releases):
            succeed(done)
    assert answer(two, APPLICATION, "/orders/health") == "orders"
    assert answer(two, APPLICATION, "/stock/health") == "stock"
    assert json.loads(answer(one, "cruddur", "/api/health-check"))["success"]
    for place in (one, two):
        assert "nothing to change" in succeed(place.command("deploy", "--yes"))
        assert "updated" not in succeed(place.command("deploy", "--yes")).splitlines()[-1]
    repositories = two.aws.client("ecr").describe_repositories()["repositories"]
    assert {one["repositoryName"] for one in repositories} == {"backend-flask", "depot-orders", "depot-stock"}
