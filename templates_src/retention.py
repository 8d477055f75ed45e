"""What outlives its stack. Each resource that holds what can't be made again is given ``**RETAINED``.

A create that fails takes even these away, since they hold nothing yet; and what was left behind by a deleted stack is
taken up again by name at the next deployment.
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html
"""

from typing import Any

RETAINED: dict[str, Any] = {"DeletionPolicy": "RetainExceptOnCreate", "UpdateReplacePolicy": "Retain"}
