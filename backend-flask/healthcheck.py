"""The container's health check: exit code 0 when the service answers, else 1. Standard library only."""

import http.client
import sys

ADDRESS = "127.0.0.1"
PORT = 4567
SECONDS = 3


def main(port: int = PORT) -> int:
    """Asks the service in this container; 0 is healthy, 1 is not, as Docker and ECS read it."""
    connection = http.client.HTTPConnection(ADDRESS, port, timeout=SECONDS)
    try:
        connection.request("GET", "/api/health-check")
        status = connection.getresponse().status
    except (OSError, http.client.HTTPException) as error:
        print(f"no answer from {ADDRESS}:{port}: {error}")  # noqa: T201 - docker inspect shows it
        return 1
    finally:
        connection.close()
    print(f"{ADDRESS}:{port} answered {status}")  # noqa: T201 - docker inspect shows it
    return 0 if status == http.client.OK else 1


if __name__ == "__main__":
    sys.exit(main())
