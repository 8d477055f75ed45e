"""ECR's scans: DescribeImageScanFindings, and which kind of scan the registry has.

An image is scanned when its findings are asked for: what a scan on push has come to by then; of the first time
EventBridge is told. Findings of more than one page are not divided.
https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-scanning.html
"""

from local_aws.ministack import images
from local_aws.ministack.cloudformation.events import Publisher
from local_aws.platform.json_store import Records
from local_aws.platform.service import ServiceError
from local_aws.services.ecr import operations
from local_aws.services.ecr.blobs import Blobs
from local_aws.services.ecr.operations import Json, Operations
from local_aws.services.ecr.scanning.findings import BASIC, ENHANCED, described, events_of, seen, vulnerabilities
from local_aws.services.ecr.scanning.images import packages_of

CONFIGURATION = "configuration"
UNSUPPORTED = "UnsupportedImageError: The operating system and/or package manager are not supported."


class Scans:
    """The scans of an account and region, whose layers are ``blobs``."""

    def __init__(self, blobs: Blobs, records: Records, account_id: str, publish: Publisher) -> None:
        self._blobs = blobs
        self._records = records
        self._account_id = account_id
        self._publish = publish
        self._operations: Operations = {
            "DescribeImageScanFindings": self._describe,
            "GetRegistryScanningConfiguration": self._get_configuration,
            "PutRegistryScanningConfiguration": self._put_configuration,
        }

    def install(self) -> None:
        """Answer these operations in place of MiniStack, which lacks them."""
        operations.answer_with(self._operations)

    def _describe(self, asked: Json) -> Json:
        repository, image, about = operations.image_asked_for(asked, self._account_id)
        name = about["repositoryName"]
        kind = str((self._records.get(CONFIGURATION) or {}).get("scanType", BASIC))
        if kind == BASIC and not repository.get("imageScanningConfiguration", {}).get("scanOnPush"):
            place = f"the repository with name '{name}' in the registry with id '{self._account_id}'"
            message = f"Image scan does not exist for the image with {operations.told(asked['imageId'])} in {place}"
            raise ServiceError("ScanNotFoundException", message)
        scanned = self._scanned(name, image, kind)
        self._tell_once(name, image, scanned, kind)
        return {**about, **scanned}

    def _tell_once(self, name: str, image: Json, scanned: Json, kind: str) -> None:
        key = f"{kind} {name}@{image['imageDigest']}"
        if self._records.get(key) is not None:
            return
        self._records.put(key, {"told": True})
        resources = [str((images.repository(name) or {}).get("repositoryArn", ""))]
        for source, detail_type, detail in events_of(name, image, scanned, kind):
            self._publish(source=source, detail_type=detail_type, detail=detail, resources=resources)

    def _scanned(self, name: str, image: Json, kind: str) -> Json:
        found = packages_of(self._blobs, name, image)
        if not seen(found, kind):
            return {"imageScanStatus": {"status": "UNSUPPORTED_IMAGE", "description": UNSUPPORTED}}
        status = ("ACTIVE", "Continuous scan is selected for image.")
        if kind == BASIC:
            status = ("COMPLETE", "The scan was completed successfully.")
        return {
            "imageScanStatus": {"status": status[0], "description": status[1]},
            "imageScanFindings": {
                "imageScanCompletedAt": image["imagePushedAt"],
                "vulnerabilitySourceUpdatedAt": image["imagePushedAt"],
                **described(vulnerabilities(found, kind), kind),
            },
        }

    def _get_configuration(self, _asked: Json) -> Json:
        found = self._records.get(CONFIGURATION) or {"scanType": BASIC, "rules": []}
        return {"registryId": self._account_id, "scanningConfiguration": found}

    def _put_configuration(self, asked: Json) -> Json:
        kind = asked.get("scanType", BASIC)
        if kind not in (BASIC, ENHANCED):
            raise ServiceError("ValidationException", f"scanType is {kind!r}; allowed are {BASIC} and {ENHANCED}.")
        kept = {"scanType": kind, "rules": asked.get("rules", [])}
        self._records.put(CONFIGURATION, kept)
        return {"registryScanningConfiguration": kept}
