"""What a build reaches of the container engine: nothing, or, where it is privileged, what is its own."""

import os
import shlex
import uuid
from collections.abc import Iterator

import pytest

from local_aws.services.codebuild.docker_proxy.client import Engine
from tests.local_aws.codebuild.conftest import Bench, docker, spec

FOREVER = "'trap exit TERM; while sleep 0.2; do true; done'"


@pytest.fixture
def privileged(bench: Bench, image: str) -> Bench:
    assert image
    bench.project["environment"]["privilegedMode"] = True
    return bench


@pytest.fixture
def other(image: str) -> Iterator[str]:
    """Start a container that no build made."""
    name = f"other-{uuid.uuid4().hex[:8]}"
    command = ("--entrypoint", "/bin/sh", image, "-c", "trap exit TERM; while sleep 0.2; do true; done")
    docker("run", "--detach", "--name", name, "--env", "TOKEN=theirs", "--volume", f"vol-{name}:/kept", *command)
    yield name
    docker("rm", "--force", "--volumes", name)
    docker("volume", "rm", f"vol-{name}")


def line(command: str) -> str:
    """Write a command as a line of YAML."""
    return "'" + command.replace("'", "''") + "'"


def test_without_privileged_there_is_no_engine(bench: Bench) -> None:
    outcome = bench.run(spec("docker run --rm hello-world", line("ls /run /var/run")))
    assert "Cannot connect to the Docker daemon at unix:///var/run/docker.sock" in outcome.log
    assert outcome.status == "FAILED"


def test_containers_that_a_build_leaves_behind_end_with_it(privileged: Bench, image: str) -> None:
    name = f"left-{uuid.uuid4().hex[:8]}"
    run = f"docker run -d --name {name} --entrypoint /bin/sh {image} -c {FOREVER}"
    fails = f"printf 'FROM {image}\\nRUN echo {name} && false\\n' >Dockerfile; docker build . || true"
    outcome = privileged.run(spec(line(run), line(fails), f"docker ps --filter name={name} -q | wc -l"))
    assert outcome.status == "SUCCEEDED", outcome.log
    assert outcome.output[-1] == "1"
    assert f"echo {name} && false" in outcome.log
    assert name not in docker("ps", "-a", "--no-trunc", "--format", "{{.Names}} {{.Command}}")


def test_what_a_release_needs_works(privileged: Bench, image: str) -> None:
    tag, name = f"built-{uuid.uuid4().hex[:8]}", f"own-{uuid.uuid4().hex[:8]}"
    commands = (
        "docker version --format '{{.Server.Os}}' && docker info >info",
        "echo held >file",
        f"printf 'FROM {image}\\nCOPY file /file\\nRUN cat /file\\n' >Dockerfile",
        f"docker build --quiet --tag {tag} . >id",
        f"docker run --rm --entrypoint cat {tag} /file",
        f"docker run --rm --entrypoint cat -v $PWD:/here:ro {tag} /here/file",
        f"docker run --rm --entrypoint cat --mount type=bind,source=$PWD,target=/here {tag} /here/file",
        f"docker run -d --name {name} -p 127.0.0.1::80 -v data-{name}:/data --entrypoint sh {tag} -c {FOREVER}",
        f"docker port {name} 80/tcp | grep --count 127.0.0.1; docker exec {name} cat /file; docker cp {name}:/file -",
        f"echo piped | docker run --rm -i --network container:{name} --entrypoint cat {tag} -",
        f"docker network create net-{name} && docker network connect net-{name} {name}",
        f"docker logs {name}; docker stop -t 1 {name}; docker rm {name}; docker rmi {tag}; docker ps -aq | wc -l",
    )
    outcome = privileged.run(spec(*map(line, commands)))
    assert outcome.status == "SUCCEEDED", outcome.log
    assert [text for text in outcome.output if text in ("held", "piped", "0", "1", "linux")] == [
        *("linux", "held", "held", "held", "1", "held", "piped", "0")
    ], outcome.log
    assert not docker("image", "inspect", tag)
    assert not docker("network", "ls", "-q", "--filter", f"name=net-{name}")
    assert not docker("volume", "ls", "-q", "--filter", f"name=data-{name}")


ATTACKS = [
    "docker run --rm -v /:/host IMAGE true",
    "docker run --rm -v /etc:/host:ro IMAGE true",
    "docker run --rm -v $PWD/link:/host IMAGE true",
    "docker run --rm -v $PWD/..:/host IMAGE true",
    "docker run --rm -v /var/run/docker.sock:/s IMAGE true",
    "docker run --rm --mount type=bind,source=/,target=/host IMAGE true",
    "docker run --rm --mount type=bind,source=$PWD,target=/h,bind-propagation=rshared IMAGE true",
    "docker run --rm --mount type=volume,target=/h,volume-opt=type=none,volume-opt=device=/ IMAGE true",
    "docker run --rm -v $PWD:/h:rshared IMAGE true",
    "docker run --rm -v vol-OTHER:/h IMAGE true",
    "docker run --rm --mount type=volume,source=vol-OTHER,target=/h IMAGE true",
    "docker volume create -d local -o type=none -o o=bind -o device=/ evil",
    "docker volume ls -q | grep vol-OTHER",
    "docker volume inspect vol-OTHER",
    "docker volume rm --force vol-OTHER",
    "docker run --rm --privileged IMAGE true",
    "docker run --rm --cap-add SYS_ADMIN IMAGE true",
    "docker run --rm --device /dev/null IMAGE true",
    "docker run --rm --device-cgroup-rule 'b *:* rwm' IMAGE true",
    "docker run --rm --network host IMAGE true",
    "docker run --rm --network container:OTHER IMAGE true",
    "docker run --rm --pid host IMAGE true",
    "docker run --rm --pid container:OTHER IMAGE true",
    "docker run --rm --ipc host IMAGE true",
    "docker run --rm --uts host IMAGE true",
    "docker run --rm --userns host IMAGE true",
    "docker run --rm --cgroupns host IMAGE true",
    "docker run --rm --cgroup-parent / IMAGE true",
    "docker run --rm --security-opt seccomp=unconfined IMAGE true",
    "docker run --rm --security-opt systempaths=unconfined IMAGE true",
    "docker run --rm --volumes-from OTHER IMAGE true",
    "docker run --rm --link OTHER IMAGE true",
    "docker run --rm --sysctl net.ipv4.ip_forward=1 IMAGE true",
    "docker run --rm --runtime runc IMAGE true",
    "docker run --rm --oom-score-adj -900 IMAGE true",
    "docker run --rm --log-driver syslog IMAGE true",
    "docker build --network host - <Dockerfile",
    "docker build --network container:OTHER - <Dockerfile",
    "docker build --cgroup-parent / - <Dockerfile",
    "docker network create --driver macvlan --opt parent=eth0 evil",
    "docker network connect bridge OTHER",
    "docker network create net-OTHER && docker network connect net-OTHER OTHER",
    "docker network inspect bridge",
    "docker network ls | grep -w host",
    "docker ps -a --format {{.Names}} | grep OTHER",
    "docker events --since 10m --until 0s | grep OTHER",
    "docker exec OTHER env",
    "docker inspect OTHER",
    "docker logs OTHER",
    "docker cp OTHER:/etc/passwd -",
    "docker stop OTHER",
    "docker rm --force OTHER; false",
    "docker rename OTHER mine",
    "docker commit OTHER stolen",
    "docker attach OTHER",
    "docker update --memory 1g OTHER",
    "docker rmi --force IMAGE",
    "docker rmi --force $(docker images -q --no-trunc IMAGE)",
    "docker swarm init",
    "docker plugin install --grant-all-permissions evil",
    "docker system df",
]


# An attack that the engine itself refuses, on this machine, got through to it all the same.
ATTEMPT = """\
attempt() {
  if (eval "$1") >out 2>&1; then echo "reached: $1"
  elif grep -q . out && ! grep -qiE 'the local AWS confines|no such container|no such volume|network .* not found' out
  then echo "let through: $1: $(cat out)"; fi
  cat out >>all
}
"""


def test_nothing_reaches_out_of_the_build(privileged: Bench, image: str, other: str) -> None:
    before = docker("image", "inspect", "--format", "{{.Id}}", image)
    own = f"docker create --name own-{other} --entrypoint true {image} && docker exec --privileged own-{other} true"
    tries = [attack.replace("IMAGE true", f"--entrypoint true {image}").replace("IMAGE", image) for attack in ATTACKS]
    script = "\n".join(f"attempt {shlex.quote(attack.replace('OTHER', other))}" for attack in [*tries, own])
    text = spec("ln -s / link", f"printf 'FROM {image}\\n' >Dockerfile")
    body = "".join(f"        {text_line}\n" for text_line in [*f"{ATTEMPT}{script}".splitlines(), "cat all"])
    outcome = privileged.run(f"{text}      - |\n{body}")
    assert [text for text in outcome.output if text.startswith(("reached", "let through"))] == []
    assert outcome.log.count("the local AWS confines") >= 40, outcome.log
    assert "TOKEN=theirs" not in outcome.log
    assert docker("inspect", "--format", "{{.State.Running}} {{.Name}}", other) == f"true /{other}"
    assert docker("image", "inspect", "--format", "{{.Id}}", image) == before


def test_a_prune_takes_what_is_the_builds_alone(privileged: Bench, image: str, other: str) -> None:
    docker("stop", "--time", "1", other)
    commands = (
        f"docker create --entrypoint true {image} >id",
        "docker system prune --force --volumes",
        "docker ps -aq",
    )
    outcome = privileged.run(spec(*commands))
    assert outcome.status == "SUCCEEDED", outcome.log
    assert docker("inspect", "--format", "{{.Name}}", other) == f"/{other}"


RAW = """\
python3 - <<'END'
import json, socket
def ask(text):
    with socket.socket(socket.AF_UNIX) as engine:
        engine.connect("/var/run/docker.sock")
        engine.sendall((text.replace("H:", "Host: x\\r\\n")).encode())
        engine.shutdown(socket.SHUT_WR)
        answer = b""
        while part := engine.recv(65536):
            answer += part
    by = "engine" if b"\\r\\nApi-Version: " in answer else "proxy"
    print(answer.split(b"\\r\\n")[0].decode(), answer.count(b"HTTP/1.1 "), by)
def create(body, path="/containers/create", more=""):
    ask(f"POST {path} HTTP/1.1\\r\\nH:{more}Content-Length: {len(body)}\\r\\n\\r\\n{body}")
image = "IMAGE"
create(json.dumps({"Image": image, "hostconfig": {"Privileged": True}}))
create(json.dumps({"Image": image, "HostConfig": {"privileged": True}}))
create('{"Image": "%s", "HostConfig": {}, "HostConfig": {"Binds": ["/:/x"]}}' % image)
create(json.dumps({"Image": image, "Ho\\u017ftConfig": {"Privileged": True}}))
create(json.dumps({"Image": image}), "/v1.41/../containers/create")
create(json.dumps({"Image": image}), "//containers/create")
create(json.dumps({"Image": image}), "/containers/%63reate")
create(json.dumps([image]))
create(json.dumps({"Image": image, "HostConfig": {"Binds": "/:/x"}}))
create(json.dumps({"Image": image, "HostConfig": {"MaskedPaths": []}}))
whole = json.dumps({"Image": image})
create(f"{len(whole):x}\\r\\n{whole}\\r\\n0\\r\\n\\r\\n", more="Transfer-Encoding: chunked\\r\\n")
create(json.dumps({"Image": image, "HostConfig": [1]}))
create(json.dumps({"Image": image, "HostConfig": {"Binds": [1]}}))
create(json.dumps({"Image": image}), more="Content-Length: 0\\r\\n")
second = "POST /containers/prune HTTP/1.1\\r\\nH:\\r\\n"
ask(f"GET /_ping HTTP/1.1\\r\\nH:Upgrade: tcp\\r\\nConnection: Upgrade\\r\\n\\r\\n{second}")
ask(f"GET /_ping HTTP/1.1\\r\\nH:Content-Length: 30\\r\\n\\r\\n{second}")
ask("GET /secrets HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n")
ask("GET /info HTTP/1.0\\r\\n\\r\\n")
ask("GET /exec/EXECUTION/json HTTP/1.1\\r\\nH:\\r\\n")
create("{}", "/exec/EXECUTION/start")
END
"""


def test_requests_that_could_be_read_in_two_ways_are_refused(privileged: Bench, image: str, other: str) -> None:
    engine = Engine(privileged.machine.engine)
    execution = engine.ask("POST", f"/containers/{other}/exec", {"Cmd": ["env"], "AttachStdout": True})["Id"]
    raw = RAW.replace("IMAGE", image).replace("EXECUTION", execution)
    body = "".join(f"        {text}\n" for text in raw.splitlines())
    outcome = privileged.run(f"version: 0.2\nphases:\n  build:\n    commands:\n      - |\n{body}")
    told = [text for text in outcome.output if text.startswith("HTTP/1.1")]
    codes = "403 403 403 403 400 400 400 400 403 403 400 400 400 400 200 200 403 400 404 404"
    assert " ".join(text.split()[1] for text in told) == codes, outcome.log
    assert [text.split()[-2:] for text in told] == [
        ["1", "engine" if text.split()[1] == "200" else "proxy"] for text in told
    ], outcome.log


SLOW = """\
python3 - <<'END'
import socket, time
with socket.socket(socket.AF_UNIX) as engine:
    engine.connect("/var/run/docker.sock")
    engine.sendall(b"POST /swarm/init HTTP/1.1\\r\\nHost: x\\r\\nContent-Length: 200000\\r\\n\\r\\n")
    for _ in range(4):
        time.sleep(0.1)
        engine.sendall(b" " * 50000)
    print("answer:", engine.recv(65536).splitlines()[0].decode())
END
"""


def test_a_client_that_still_sends_reads_why_it_is_refused(privileged: Bench) -> None:
    body = "".join(f"        {text}\n" for text in SLOW.splitlines())
    outcome = privileged.run(f"version: 0.2\nphases:\n  build:\n    commands:\n      - |\n{body}")
    assert [text for text in outcome.output if text.startswith("answer:")] == ["answer: HTTP/1.1 403 Refused"], (
        outcome.log
    )


def test_an_engine_that_is_not_there_is_told(privileged: Bench) -> None:
    from dataclasses import replace  # noqa: PLC0415

    privileged.machine = replace(privileged.machine, engine=f"unix://{os.devnull}/none")
    outcome = privileged.run(spec("docker version"))
    assert outcome.status == "FAILED"
    assert "the container engine of this machine does not answer" in outcome.log
