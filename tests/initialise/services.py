"""Services of other people, in folders of a copy of the project: of each framework, and one that is only an image."""

from pathlib import Path

FLASK = """\
from flask import Flask

app = Flask(__name__)


@app.get("/health")
def health():
    return {"ok": True}
"""
FASTAPI = """\
import os

from fastapi import FastAPI

KEY = os.environ["API_KEY"]


def make():
    app = FastAPI()

    @app.get("/healthz")
    def health():
        return {"ok": True}

    return app
"""
URLS = """\
from django.http import HttpResponse
from django.urls import path

urlpatterns = [path("health/", lambda request: HttpResponse("ok"))]
"""
SERVER = """\
use strict; use IO::Socket::INET;
$SIG{TERM} = sub { exit 0 };
my $server = IO::Socket::INET->new(LocalPort => 9090, Listen => 16, ReuseAddr => 1) or die $!;
while (my $client = $server->accept) {
    my $request = <$client>;
    while (my $line = <$client>) { last if $line =~ /^\\r?$/ }
    my $status = $request =~ m{^GET /up } ? "200 OK" : "404 Not Found";
    print $client "HTTP/1.1 $status\\r\\nContent-Length: 5\\r\\nConnection: close\\r\\n\\r\\nstock";
    close $client;
}
"""
IMAGE = """\
FROM public.ecr.aws/docker/library/python:3.13-slim-bookworm
COPY server.pl /app/
USER 10001:10001
EXPOSE 9090
CMD ["perl", "/app/server.pl"]
"""

SERVICES: dict[str, dict[str, str]] = {
    "flask": {"app.py": FLASK, "requirements.txt": "flask\n"},
    "fastapi": {"store/main.py": FASTAPI, "pyproject.toml": '[project]\nname = "store"\nversion = "1"\n'},
    "django": {
        "manage.py": "import django\n",
        "site1/wsgi.py": "from django.core.wsgi import get_wsgi_application\napplication = get_wsgi_application()\n",
        "site1/urls.py": URLS,
        "requirements.txt": "django\n",
    },
    "image": {"server.pl": SERVER, "Dockerfile": IMAGE},
}
HEALTH = {"flask": "/health", "fastapi": "/healthz", "django": "/health/", "image": "/up"}
"""What answers 200; of an image it has to be told."""


def write_service(root: Path, kind: str, folder: str) -> None:
    """Write the service of that kind to ``folder`` of ``root``."""
    for name, text in SERVICES[kind].items():
        path = root / folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
