# What building and pushing agree on: the image's name, whether the registry has it, and how it is told of. Sourced.
# shellcheck disable=SC2034 # what is assigned is read by who sources this

fail() {
  echo "bake: $*" >&2
  exit 2
}

for name in AWS_ACCOUNT_ID IMAGE_URL REPOSITORY_NAME CONTAINER_NAME CODEBUILD_RESOLVED_SOURCE_VERSION; do
  [[ -n ${!name:-} ]] || fail "$name is missing; backend-flask/buildspec.yml says where it comes from"
done

repository=$IMAGE_URL/$REPOSITORY_NAME
tag=$CODEBUILD_RESOLVED_SOURCE_VERSION
# What the next build takes layers from: the requirements, and the image as a whole, which shares all but the code.
caches=()
if [[ -n ${CACHE_TAG:-} ]]; then
  caches=("$repository:$CACHE_TAG" "$repository:$CACHE_TAG-image")
fi
# What a registry allows: https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pulling-manifests
[[ $tag =~ ^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$ ]] || fail "the source version '$tag' cannot be an image's tag"

# Prints the digest that the registry has for the tag, or None.
digest_in_registry() {
  aws ecr batch-get-image --registry-id "$AWS_ACCOUNT_ID" --repository-name "$REPOSITORY_NAME" \
    --image-ids "imageTag=$tag" --query 'images[0].imageId.imageDigest' --output text
}

# Writes down which image to deploy, by its digest:
# https://docs.aws.amazon.com/codepipeline/latest/userguide/file-reference.html
definitions=imagedefinitions.json
define() {
  printf '[{"name":"%s","imageUri":"%s@%s"}]\n' "$CONTAINER_NAME" "$repository" "$1" >"$definitions"
  cat "$definitions"
}
