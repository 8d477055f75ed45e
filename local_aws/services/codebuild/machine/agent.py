"""Runs the scripts of one build where the build runs, one after another, as this program's only words ask for them.

It imports nothing of this project: in a sandbox, no other file of it is there; and little of Python, as it starts with
each build. A request is a line of JSON on the socket whose descriptor is the argument (``command``, ``text`` for its
input, ``captured``), and so is the answer (``status``, ``answer``). Standard output and standard error are the build's
log.
"""

import json
import os
import signal
import sys

LONGEST_ANSWER = 1 << 20
MISSING = 127


def main() -> None:
    """Answer requests until the socket is closed."""
    connection = int(sys.argv[1])
    os.set_inheritable(connection, False)  # noqa: FBT003 - it has no name
    with os.fdopen(connection, encoding="utf-8") as requests, os.fdopen(os.dup(connection), "w") as answers:
        for line in requests:
            status, answer = run(**json.loads(line))
            answers.write(f"{json.dumps({'status': status, 'answer': answer})}\n")
            answers.flush()


def run(command: list[str], text: str, *, captured: bool) -> tuple[int, str]:
    """Run one script; return its exit status, or the negative number of a signal, and what it printed, if captured."""
    reading, writing = os.pipe()
    output = unnamed_file()
    process = os.fork()
    if process == 0:
        become(command, reading, output if captured else 1)
    os.close(reading)
    hand_over(text.encode("utf-8", "surrogateescape"), writing)
    _, status = os.waitpid(process, 0)
    answer = os.pread(output, LONGEST_ANSWER, 0)
    os.close(output)
    return os.waitstatus_to_exitcode(status), answer.decode("utf-8", "replace")


def become(command: list[str], reading: int, output: int) -> None:
    """Become the command, in a session of its own and with the signals that a program starts with."""
    try:
        os.setsid()
        os.dup2(reading, 0)
        os.dup2(output, 1)
        for number in (signal.SIGPIPE, signal.SIGXFSZ):
            signal.signal(number, signal.SIG_DFL)
        os.execvp(command[0], command)  # noqa: S606 - without a shell, as it is one
    except OSError as error:
        os.write(2, f"{command[0]}: {error.strerror}\n".encode())
    finally:
        os._exit(MISSING)


def hand_over(text: bytes, writing: int) -> None:
    """Write the input of a script; one that ends before it has read all says so by its status."""
    try:
        while text:
            text = text[os.write(writing, text) :]
    except BrokenPipeError:
        pass
    finally:
        os.close(writing)


def unnamed_file() -> int:
    """Return a file that is nowhere."""
    path = f"{os.environ.get('TMPDIR', '/tmp')}/answer-{os.getpid()}-{os.urandom(8).hex()}"  # noqa: S108 - the build's own
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    os.unlink(path)  # noqa: PTH108 - pathlib takes as long to import as all of this
    return descriptor


if __name__ == "__main__":
    main()
