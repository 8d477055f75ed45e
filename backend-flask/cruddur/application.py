"""Putting the service together."""

from typing import Final

from flask import Flask

from cruddur.activities import Activities
from cruddur.cross_origin import allow_origins
from cruddur.database import Database
from cruddur.errors import answer_errors_with_json
from cruddur.notices import Notices
from cruddur.request_log import log_requests
from cruddur.routes import documentation, health, reading, writing
from cruddur.settings import Settings
from cruddur.tokens import TokenVerifier

LARGEST_BODY_BYTES: Final = 16 * 1024
# How many requests a process serves at once, and so how many connections it may need.
THREADS: Final = 8


def create_app(settings: Settings) -> Flask:
    """The WSGI application. Nothing is connected to, or fetched, before the first request that needs it.

    `app.extensions["database"]` is its Database, for whoever ends the process.
    """
    # The service has no pages and no files of its own to give out.
    app = Flask("cruddur", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY_BYTES
    database = Database(settings.connection_url, THREADS)
    app.extensions["database"] = database
    log_requests(app)
    answer_errors_with_json(app)
    allow_origins(app, settings.allowed_origins)
    activities = Activities(database)
    verifier = TokenVerifier(settings.cognito_issuer, settings.cognito_client_id)
    app.register_blueprint(health.blueprint(database))
    app.register_blueprint(reading.blueprint(activities, Notices()))
    app.register_blueprint(writing.blueprint(activities, verifier))
    app.register_blueprint(documentation.blueprint())
    return app
