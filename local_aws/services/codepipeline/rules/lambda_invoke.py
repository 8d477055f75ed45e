"""LambdaInvoke: passes when a function ends without an error; after a failure of the stage, when it ends with one.

https://docs.aws.amazon.com/codepipeline/latest/userguide/rule-reference-LambdaInvoke.html
https://docs.aws.amazon.com/codepipeline/latest/userguide/concepts-how-it-works-conditions.html
What the function is given is documented for actions alone, and is the same here, without credentials for artifacts:
https://docs.aws.amazon.com/codepipeline/latest/userguide/actions-invoke-lambda-function.html
"""

import json
from typing import Any

from local_aws.platform.functions import FunctionError, Functions, NotInvokedError
from local_aws.services.codepipeline.engine.plan import ON_FAILURE
from local_aws.services.codepipeline.engine.ports import ActionError, RuleContext, RuleResult

LONGEST_ANSWER = 200
DENIED = ("AccessDenied", "AccessDeniedException")


def lambda_invoke(functions: Functions, context: RuleContext) -> RuleResult:
    """Invoke the function as the rule's role, and wait for its end; what it answers is told, and decides nothing."""
    name = context.configuration["FunctionName"]
    failed = context.condition == ON_FAILURE
    try:
        answer = functions.answer(name, _event(context), context.credentials())
    except NotInvokedError as error:
        code = "PermissionError" if error.code in DENIED else "ConfigurationError"
        raise ActionError(code, str(error)) from error
    except FunctionError as error:
        return RuleResult(failed, str(error))
    return RuleResult(not failed, f"Function {name} answered {json.dumps(answer)[:LONGEST_ANSWER]}.")


def _event(context: RuleContext) -> dict[str, Any]:
    inputs = [
        {
            "name": name,
            "location": {"type": "S3", "s3Location": {"bucketName": place.bucket, "objectKey": place.key}},
        }
        for name, place in context.inputs.items()
    ]
    data = {
        "actionConfiguration": {"configuration": dict(context.configuration)},
        "inputArtifacts": inputs,
        "outputArtifacts": [],
    }
    return {"CodePipeline.job": {"id": context.id, "accountId": context.role_arn.split(":")[4], "data": data}}
