"""A gunicorn worker that stops without losing a request.

Gunicorn's own stops accepting and finishes what it has, but keeps its listening socket open meanwhile: the
kernel goes on completing connections that nobody will ever serve, and resets them at the end. This one takes
what waits, then closes.
https://docs.gunicorn.org/en/stable/design.html
"""

from gunicorn.workers.gthread import ThreadWorker


class DrainingWorker(ThreadWorker):
    """gthread, with waiting connections accepted and its listening sockets closed at the start of a stop."""

    def set_accept_enabled(self, enabled: bool) -> None:  # noqa: FBT001 - gunicorn's signature
        """Also empties and closes the listening sockets once the worker is told to stop."""
        super().set_accept_enabled(enabled)
        if not (self.alive or enabled):
            while self.sockets:
                listener = self.sockets.pop()
                self._accept_all(listener)
                listener.close()

    def _accept_all(self, listener: object) -> None:
        accepted_before = -1
        while self.nr_conns != accepted_before:
            accepted_before = self.nr_conns
            self.accept(listener)
