"""Runs the scripts of one build where the build runs, one after another, as this program's only words ask for them.

It imports nothing of this project: in a sandbox, no other file of it is there. A request is a line of JSON on the
socket whose descriptor is the argument (``command``, ``text`` for its input, ``captured``), and so is the answer
(``status``, ``answer``). Standard output and standard error are the build's log.
"""

import contextlib
import json
import socket
import subprocess
import sys
import tempfile
from typing import Any

LONGEST_ANSWER = 1 << 20


def main() -> None:
    """Answer requests until the socket is closed."""
    with socket.socket(fileno=int(sys.argv[1])) as connection, connection.makefile("rw", encoding="utf-8") as channel:
        for line in channel:
            channel.write(f"{json.dumps(run(json.loads(line)))}\n")
            channel.flush()


def run(asked: dict[str, Any]) -> dict[str, Any]:
    """Run one script."""
    with tempfile.TemporaryFile() as answer:
        try:
            process = subprocess.Popen(
                asked["command"],
                stdin=subprocess.PIPE,
                stdout=answer if asked["captured"] else None,
                start_new_session=True,
            )
        except OSError as error:
            print(f"{asked['command'][0]}: {error.strerror}", file=sys.stderr, flush=True)
            return {"status": 127, "answer": ""}
        # A script that ends before it has read all says so by its status.
        with contextlib.suppress(BrokenPipeError), process.stdin:  # type: ignore[union-attr] # it is a pipe
            process.stdin.write(asked["text"].encode("utf-8", "surrogateescape"))  # type: ignore[union-attr]
        status = process.wait()
        answer.seek(0)
        return {"status": status, "answer": answer.read(LONGEST_ANSWER).decode("utf-8", "replace")}


if __name__ == "__main__":
    main()
