"""The description of this service that machines read: OpenAPI."""

from importlib.resources import files

from flask import Blueprint, Response


def blueprint() -> Blueprint:
    """`/api/openapi.json`: the document beside this package's code, as it stands."""
    routes = Blueprint("documentation", __name__)
    document = files("cruddur").joinpath("openapi.json").read_bytes()

    @routes.get("/api/openapi.json")
    def openapi() -> Response:
        return Response(document, mimetype="application/json")

    return routes
