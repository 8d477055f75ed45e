"""UPLOAD_ARTIFACTS: artifacts, reports and cache, once the commands are done."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from buildspecs.reading.model import Artifacts, Buildspec
from local_aws.platform.service import Json
from local_aws.services.codebuild.api.request_validation import shown_artifact
from local_aws.services.codebuild.api.store import Build
from local_aws.services.codebuild.artifacts import artifacts
from local_aws.services.codebuild.artifacts.artifacts import Upload
from local_aws.services.codebuild.artifacts.stored_object import StoredObject
from local_aws.services.codebuild.builds.build_log import BuildLog
from local_aws.services.codebuild.machine.workspace import Workspace


@dataclass(frozen=True)
class ArtifactUpload:
    """The artifacts of one build; ``texts`` are their names with the variables done."""

    build: Build
    workspace: Workspace
    texts: Mapping[str, str]
    log: BuildLog
    upload: Upload

    def all(self, buildspec: Buildspec) -> Json:
        """Collect and store all; gives ``artifacts`` and ``secondaryArtifacts`` as BatchGetBuilds shows them."""
        settings = self.build.settings
        shown: Json = {
            "artifacts": shown_artifact(settings["artifacts"]),
            "secondaryArtifacts": [shown_artifact(item) for item in settings["secondaryArtifacts"]],
        }
        if settings["artifacts"]["type"] != "NO_ARTIFACTS" and buildspec.artifacts:
            shown["artifacts"] |= self._one(settings["artifacts"], buildspec.artifacts)
        if settings["secondaryArtifacts"]:
            self.log.event("Preparing to copy secondary artifacts")
        for item, place in zip(settings["secondaryArtifacts"], shown["secondaryArtifacts"], strict=True):
            wanted = self._secondary(item, buildspec)
            if wanted:
                place.update(self._one(item, wanted))
        return shown

    def _secondary(self, settings: Json, buildspec: Buildspec) -> Artifacts | None:
        identifier = settings.get("artifactIdentifier", "")
        wanted = buildspec.secondary_artifacts.get(identifier)
        if wanted is None:
            self.log.event(f"No secondary artifact {identifier} defined in buildspec")
        return wanted

    def _one(self, settings: Json, wanted: Artifacts) -> Json:
        files = artifacts.collect(wanted, self.workspace.source, self.log)
        target = self._target(settings, wanted)
        if settings["type"] == "S3" and settings.get("packaging", "NONE") != "ZIP":
            return self._unpacked(target, files)
        archive = self.workspace.transfer / "artifact.zip"
        artifacts.zipped(files, archive, keep_links=wanted.enable_symlinks)
        hashes = self.upload.put(target, archive)
        archive.unlink()
        return {"location": target.arn, **hashes}

    def _unpacked(self, target: StoredObject, files: Mapping[str, Path]) -> Json:
        for name, path in files.items():
            self.upload.put(StoredObject(target.bucket, f"{target.key}/{name}".strip("/")), path)
        return {"location": target.arn}

    def _target(self, settings: Json, wanted: Artifacts) -> StoredObject:
        if settings["type"] == "CODEPIPELINE":
            return StoredObject(settings["location"], settings["name"])
        named = settings.get("overrideArtifactName") and wanted.name
        name = self.texts[wanted.name] if named else settings.get("name") or self.build.record["projectName"]
        return artifacts.target_of(settings, self.build.id, name, wanted.s3_prefix)
