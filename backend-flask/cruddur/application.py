"""Putting the service together."""

from typing import Final

from flask import Flask

from cruddur.activities.feeds import Feeds
from cruddur.activities.notices import Notices
from cruddur.activities.posting import Posting
from cruddur.activities.sweep import Sweep
from cruddur.api.cross_origin import allow_origins
from cruddur.api.errors import answer_errors_with_json
from cruddur.api.request_log import log_requests
from cruddur.api.response_headers import add_standard_headers
from cruddur.authentication.tokens import TokenVerifier
from cruddur.database.connections import Database
from cruddur.routes import documentation, health, reading, writing
from cruddur.settings import Settings

LARGEST_BODY_BYTES: Final = 16 * 1024
# How many requests a process serves at once, and so how many connections it may need.
THREADS: Final = 8
# Searches may be slow: so many of a process run at once, so many wait, and no other thread is theirs.
_SEARCHES: Final = 3
_WAITING_SEARCHES: Final = 2
_SEARCH_SETTINGS: Final = {
    "statement_timeout": "0.4s",
    # Which index is best depends on the text that is searched for, and reading the whole table never is.
    "plan_cache_mode": "force_custom_plan",
    "enable_seqscan": "off",
}


def create_app(settings: Settings) -> Flask:
    """The WSGI application. Nothing is connected to, or fetched, before the first request that needs it.

    `app.extensions["database"]` is its Database, for whoever ends the process.
    """
    # The service has no pages and no files of its own to give out.
    app = Flask("cruddur", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY_BYTES
    database = Database(settings.connection_url, THREADS)
    searches = database.beside(_SEARCHES, _WAITING_SEARCHES, _SEARCH_SETTINGS)
    app.extensions["database"] = database
    log_requests(app)
    add_standard_headers(app)
    answer_errors_with_json(app)
    allow_origins(app, settings.allowed_origins)
    feeds = Feeds(database, searches)
    posting = Posting(database, settings.posts_per_minute)
    sweep = Sweep(database)
    verifier = TokenVerifier(settings.cognito_issuer, settings.cognito_client_id)
    app.register_blueprint(health.blueprint(database))
    app.register_blueprint(reading.blueprint(feeds, Notices(), sweep))
    app.register_blueprint(writing.blueprint(posting, verifier, sweep))
    app.register_blueprint(documentation.blueprint())
    return app
