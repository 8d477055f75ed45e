from collections.abc import Iterator

from lint_rules.codepipeline.structure import Action, Pipeline, PipelineRule
from lint_rules.model.rule import Fault, fault


class ArtifactTooLate(PipelineRule):
    """Artifacts that are made beside or after the action that consumes them."""

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
