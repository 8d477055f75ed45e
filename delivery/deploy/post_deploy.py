"""What an environment wants done once all stacks stand: the things that a person does by hand in AWS."""

import shlex
import subprocess

from delivery.stacks.record import Work
from settings.root import PROJECT_ROOT

LONGEST_COMMAND = 600
"""Seconds that one command may take."""


def run(work: Work) -> list[str]:
    """Run the environment's commands, one after another, and return those that failed: each is reported at once.

    A failure undoes nothing that was deployed. What they write goes to standard error: standard output is the
    deployment's own.
    """
    environment, teller = work.aws.environment, work.teller
    failed = []
    for words in environment.after_deploy_commands:
        command = shlex.join(words)
        teller.clear()
        try:
            code = subprocess.run(
                words, cwd=PROJECT_ROOT, check=False, stdin=subprocess.DEVNULL, stdout=2, timeout=LONGEST_COMMAND
            ).returncode
            reason = f"it ended with {code}; the lines above say why"
        except subprocess.TimeoutExpired:
            code, reason = 1, f"it did not end in {LONGEST_COMMAND} s"
        except OSError as error:
            code, reason = 1, f"it can't be run: {error.strerror}"
        if code:
            failed.append(command)
            work.record.note(f"`{command}` failed")
            teller.say(
                f"The stacks are deployed, but `{command}`, which environment {environment.name} runs after a "
                f"deployment, failed: {reason}. Run it again on its own.",
                command=command,
                failed=True,
            )
    return failed
