"""Putting the service together."""

from typing import Final

from flask import Flask

from cruddur.activities.feeds import Feeds
from cruddur.activities.notices import Notices
from cruddur.activities.posting import Posting
from cruddur.activities.sweep import Sweep
from cruddur.api.errors import answer_errors_with_json
from cruddur.api.middleware import Middleware
from cruddur.authentication.signing_keys import SigningKeys
from cruddur.authentication.tokens import TokenVerifier
from cruddur.database.connections import Database
from cruddur.routes import documentation, health, reading, writing
from cruddur.settings import Settings

LARGEST_BODY_BYTES: Final = 16 * 1024
# How many requests a process serves at once, and so how many connections it may need.
THREADS: Final = 8
# Searches may be slow: so many of a process run at once, on connections of their own.
SEARCHES: Final = 3
SEARCH_SETTINGS: Final = {
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
    searches = database.beside(SEARCHES, SEARCH_SETTINGS)
    app.extensions["database"] = database
    answer_errors_with_json(app)
    app.wsgi_app = Middleware(  # type: ignore[method-assign]
        app.wsgi_app, settings.allowed_origins, health.HEALTH_CHECK_PATH
    )
    feeds = Feeds(database, searches)
    posting = Posting(database, settings.posts_per_minute)
    database.when_connected = Sweep(database).begin
    verifier = TokenVerifier(
        SigningKeys(settings.cognito_issuer), settings.cognito_issuer, settings.cognito_client_id
    )
    app.register_blueprint(health.blueprint(database))
    app.register_blueprint(reading.blueprint(feeds, Notices()))
    app.register_blueprint(writing.blueprint(posting, verifier))
    app.register_blueprint(documentation.blueprint())
    return app
