"""Artifacts: how many an action takes and makes, and which of them are there when it runs."""

from collections.abc import Iterator

from lint_rules.codepipeline.structure import Action, ActionRule, Pipeline, PipelineRule, could_be, count
from lint_rules.model.rule import Fault, fault


class ArtifactCount(ActionRule):
    id = "E9110"
    shortdesc = "An action must have as many input and output artifacts as its type takes"
    description = (
        "CreatePipeline refuses an action with fewer or more artifacts than its type takes. Types whose artifacts "
        "cfn-lint counts itself (E3702) are left to it."
    )
    source_url = "https://docs.aws.amazon.com/codepipeline/latest/userguide/reference-action-artifacts.html"

    def faults_of(self, action: Action) -> Iterator[Fault]:
        if action.kind and not action.kind.get("counted_by_cfn_lint"):
            yield from _miscounted(action, "InputArtifacts", "inputs")
            yield from _miscounted(action, "OutputArtifacts", "outputs")


def _miscounted(action: Action, name: str, fact: str) -> Iterator[Fault]:
    number = count(action[name])
    fewest, most = action.kind[fact]
    if number is not None and not fewest <= number <= most:
        allowed = f"{fewest}" if fewest == most else f"{fewest} to {most}"
        at = action[name] if action[name].present else action.node
        remedy = f"Give it {allowed}" if most else "Take them out"
        yield fault(at, f"{action.provider} takes {allowed} {name}, and there are {number}. {remedy}.")


class ArtifactInConfiguration(ActionRule):
    id = "E9111"
    shortdesc = "An artifact that the configuration names must be an input artifact of the action"
    description = (
        "An action sees its own input artifacts only. A primary source, or the artifact of a file, that is not "
        "among them makes the action fail. A template's path is left to cfn-lint (E3703)."
    )
    source_url = "https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference.html"

    def faults_of(self, action: Action) -> Iterator[Fault]:
        names = {one.pattern for one in action.inputs}
        if count(action["InputArtifacts"]) is None or None in names:
            return
        for key, value in action.configuration.entries:
            artifact = _artifact(action, key, value.text or "")
            is_only = key in action.kind.get("artifacts", ()) and len(names) == 1  # which it is needs no name
            if artifact and not is_only and not any(could_be(artifact, name) for name in names if name):
                yield fault(
                    value, f"{key} names {artifact}, which is not an input artifact of {action.name}. {_advice(action)}"
                )


def _artifact(action: Action, key: str, text: str) -> str:
    """Return the artifact that a value names; empty if it names none."""
    if "#{" in text:
        return ""
    if key in action.kind.get("artifacts", ()):
        return text
    return text.partition("::")[0] if key in action.kind.get("paths", ()) and "::" in text else ""


def _advice(action: Action) -> str:
    known = ", ".join(one.text for one in action.inputs if one.text)
    return f"Its inputs: {known}." if known else "Add it to InputArtifacts."


class ArtifactTooLate(PipelineRule):
    id = "E9112"
    shortdesc = "An artifact must be made in an earlier stage or at a lower RunOrder than it is consumed"
    description = (
        "Actions of one stage with the same RunOrder run side by side, and the default is 1. CreatePipeline "
        "refuses an action that consumes what an action beside it, or after it, makes. Artifacts that nothing "
        "makes are left to cfn-lint (E3701)."
    )
    source_url = "https://docs.aws.amazon.com/codepipeline/latest/userguide/action-requirements.html"

    def faults_of(self, pipeline: Pipeline) -> Iterator[Fault]:
        makers = {name.text: action for action in reversed(pipeline.actions) for name in action.outputs if name.text}
        for action in pipeline.actions:
            for name in action.inputs:
                maker = makers.get(name.text or "")
                if maker is not None and maker.stage == action.stage and maker.runs_before(action) is False:
                    yield fault(name, _sentence(name.text or "", maker, action))


def _sentence(artifact: str, maker: Action, action: Action) -> str:
    if maker is action:
        return f"{action.name} consumes {artifact}, which it makes itself. Name an artifact of an earlier action."
    when = "at the same time as" if maker.run_order == action.run_order else "after"
    remedy = f"Give {action.name} a RunOrder above {maker.run_order}"
    return f"{artifact} is made by {maker.name}, which runs {when} {action.name}. {remedy}."


class RuleArtifact(PipelineRule):
    id = "E9113"
    shortdesc = "An input artifact of a condition's rule must be made before the condition is looked at"
    description = (
        "A rule of an entry condition can read what earlier stages make; one of a condition on success or failure "
        "also what its own stage makes. CreatePipeline refuses others."
    )
    source_url = "https://docs.aws.amazon.com/codepipeline/latest/userguide/rule-reference.html"

    def faults_of(self, pipeline: Pipeline) -> Iterator[Fault]:
        makers = {name.text: action for action in pipeline.actions for name in action.outputs if name.text}
        for stage in pipeline.stages:
            for kind, rule in stage.rules:
                last = stage.number - 1 if kind == "BeforeEntry" else stage.number
                for item in rule["InputArtifacts"].items:
                    name = item["Name"]
                    maker = makers.get(name.text or "")
                    if maker is not None and maker.stage > last:
                        yield fault(
                            name, f"{name.text} is made by {maker.name}, after this condition. Name an earlier one."
                        )
                    elif maker is None and name.text and pipeline.whole and _all_known(pipeline):
                        yield fault(name, f"No action makes {name.text}. Name an output artifact of an earlier action.")


def _all_known(pipeline: Pipeline) -> bool:
    """Return whether the names of all output artifacts are known."""
    return all(name.text for action in pipeline.actions for name in action.outputs)


CLONE_ADVICE = "Set OutputArtifactFormat to CODE_ZIP, or give it what a build makes."


class FullClone(PipelineRule):
    id = "E9151"
    shortdesc = "A source action's full clone must be consumed by CodeBuild alone"
    description = (
        "With OutputArtifactFormat CODEBUILD_CLONE_REF the artifact is a reference to the repository, which "
        "CodeBuild follows. Any other action finds no files in it and fails in every execution."
    )
    source_url = (
        "https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-CodestarConnectionSource.html"
    )

    def faults_of(self, pipeline: Pipeline) -> Iterator[Fault]:
        clones: set[str | None] = set()
        for action in pipeline.actions:
            if action.configuration["OutputArtifactFormat"].text == "CODEBUILD_CLONE_REF":
                clones.update(name.text for name in action.outputs)
            elif action.kind and action.provider != "CodeBuild" and not action.kind.get("managed_compute"):
                for name in action.inputs:
                    if name.text is not None and name.text in clones:
                        yield fault(
                            name, f"{name.text} is a full clone, which {action.provider} can't read. {CLONE_ADVICE}"
                        )
