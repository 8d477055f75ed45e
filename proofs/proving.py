"""The command `make prove`: plays the scenarios, holds the roles against what they asked for, says what came of it."""

import argparse
import tempfile
from collections.abc import Sequence
from pathlib import Path

from proofs import sampling
from proofs.analysis.analysis import Judged, Question, calls_for, judge
from proofs.analysis.evaluation import Evaluator
from proofs.rehearsal.builds import roles_in, with_all_asked_for, without
from proofs.rehearsal.rehearsal_runner import Evidence, Rehearsed, rehearsed
from proofs.report import page, record, report
from reporting.command import argument_parser, problem_as_json
from reporting.errors import CannotRunError
from reporting.exit_codes import ExitCode
from reporting.findings import Finding
from reporting.terminal import Progress
from settings.root import BUILD
from system_model.roles import Role

DESCRIPTION = """\
Shows by execution that each role of build/ may do enough, and nothing more: plays releases in a local AWS of its own,
holds what is granted against what was asked for, and tries what must be refused. When all is in order, it writes
docs/permissions.md. Exit codes: 0 proven; 1 findings, or a scenario that failed; 2 not all scenarios could be played,
for they need Docker."""


def main(words: Sequence[str]) -> ExitCode:
    """Run `bin/prove` with the words of its command line."""
    chosen = _parser().parse_args(words)
    with problem_as_json(wanted=chosen.json):
        return _prove(chosen)


def _prove(chosen: argparse.Namespace) -> ExitCode:
    roles_in(chosen.build)  # what can't be read is told before anything is started
    progress = Progress()
    try:
        if chosen.without:
            return _without(chosen, progress)
        with rehearsed(chosen.build, progress.show) as played:
            progress.show("holding what is granted against what was asked for ...")
            shipped, everything = judged(played)
        return _tell(chosen, played.evidence, shipped, everything, progress)
    finally:
        progress.clear()


def _tell(
    chosen: argparse.Namespace, evidence: Evidence, shipped: Judged, everything: Judged, progress: Progress
) -> ExitCode:
    found = (
        list(sampling.samples(everything.held, chosen.build, progress.show))
        if chosen.samples and evidence.is_whole
        else []
    )
    progress.clear()
    findings: list[Finding] = list(dict.fromkeys([*shipped.findings, *everything.findings, *sampling.faults(found)]))
    if chosen.json:
        report.show(report.as_json(report.members(everything, evidence, findings)))
    else:
        report.show(report.told(everything, evidence, findings, [sampling.told(one) for one in found]))
    if findings or evidence.failure:
        return ExitCode.FINDINGS
    if evidence.left_out:
        return ExitCode.COULD_NOT_RUN
    if chosen.build == BUILD:
        made = record.of({"shipped": shipped.roles, "everything": everything.roles}, evidence.calls)
        record.FILE.write_text(record.written(made), "utf-8")
        page.FILE.write_text(page.page(everything, shipped), "utf-8")
    return ExitCode.CLEAN


def judged(played: Rehearsed) -> tuple[Judged, Judged]:
    """Return the verdicts on the templates as shipped, and on those with everything asked for."""
    evaluator, evidence = Evaluator(played.place.decisions), played.evidence
    verdicts = [
        judge(
            Question(build, calls_for(evidence.calls, everything=everything), evidence.is_whole, everything), evaluator
        )
        for build, everything in ((played.shipped, False), (played.everything, True))
    ]
    return verdicts[0], verdicts[1]


def _without(chosen: argparse.Namespace, progress: Progress) -> ExitCode:
    """Play the scenarios with one statement taken away, up to the first that fails."""
    _check(chosen.without, chosen.build)
    role, _, sid = chosen.without.partition(":")
    with rehearsed(chosen.build, progress.show, without(role, sid)) as played:
        progress.clear()
        refused = report.refused(played.evidence)
        if chosen.json:
            report.show(report.as_json(report.members_of_removal(chosen.without, played.evidence, refused)))
        else:
            report.show(report.told_of_removal(chosen.without, played.evidence, refused))
        if played.evidence.failure or refused:
            return ExitCode.FINDINGS
        return ExitCode.COULD_NOT_RUN if played.evidence.left_out else ExitCode.CLEAN


def _check(named: str, build: Path) -> None:
    """Refuse what is no statement of a role, of the templates as they are or with everything asked for."""
    known = _statements(roles_in(build))
    if named not in known:
        with tempfile.TemporaryDirectory(prefix="prove-") as folder:
            known = list(dict.fromkeys([*known, *_statements(roles_in(with_all_asked_for(Path(folder))))]))
    if named not in known:
        raise CannotRunError(f"--without: found {named!r}; allowed is one of {', '.join(known)}.")


def _statements(roles: Sequence[Role]) -> list[str]:
    return [f"{role.id}:{one.sid}" for role in roles for one in role.grants]


def _parser() -> argparse.ArgumentParser:
    parser = argument_parser("bin/prove", DESCRIPTION)
    parser.add_argument(
        "--without",
        metavar="ROLE:SID",
        help="take this statement away, and show where the release fails and with which message",
    )
    parser.add_argument(
        "--build", type=Path, default=BUILD, metavar="DIR", help="the folder with the templates (default: build/)"
    )
    parser.add_argument(
        "--samples",
        action="store_true",
        help="play the scenarios without a statement of each role too, and compare with what recorded requests tell",
    )
    parser.add_argument("--json", action="store_true", help="for machines")
    return parser
