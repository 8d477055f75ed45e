"""What every release is asked first: does it live, does it notify, does it show a home page."""

from flask.testing import FlaskClient

from cruddur.version import VERSION


def test_health_check(client: FlaskClient) -> None:
    response = client.get("/api/health-check")
    assert response.status_code == 200
    assert response.json == {"success": True, "ver": VERSION}


def test_notifications(client: FlaskClient) -> None:
    response = client.get("/api/activities/notifications")
    assert response.status_code == 200
    assert response.json is not None
    assert response.json["data"][0]["handle"] == "Tron"


def test_home(client: FlaskClient) -> None:
    response = client.get("/api/activities/home")
    assert response.status_code == 200
    assert response.json is not None
    assert response.json["data"][0]["handle"] == "yaya2devops"
