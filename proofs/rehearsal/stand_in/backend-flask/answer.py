"""A service of one answer, with the status that the file `outcome` says (0: it ends); it stops at once when it is told to."""

import signal
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

PORT = 4567
STATUS = int(Path(__file__).with_name("outcome").read_text().split()[1])


class Handler(BaseHTTPRequestHandler):
    """Answers every request alike."""

    def do_GET(self) -> None:
        """Answer."""
        body = b'{"success": true}'
        self.send_response(STATUS)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Write nothing for each request."""


def _stop(*_: object) -> None:
    sys.exit(0)


if __name__ == "__main__":
    if not STATUS:
        sys.exit("the scenario wants it to end")
    signal.signal(signal.SIGTERM, _stop)
    print(f"answering {STATUS} at port {PORT}")
    ThreadingHTTPServer(("", PORT), Handler).serve_forever()
