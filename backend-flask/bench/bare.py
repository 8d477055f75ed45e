"""The least that Flask can do: what the service is measured against."""

from flask import Flask

app = Flask("bare", static_folder=None)


@app.get("/")
def hello() -> dict[str, str]:
    """Says hello."""
    return {"hello": "world"}
