"""How long and how large what a client sends may be, and for how long it may keep the service waiting."""

from typing import Final

# From the first byte, or the connection's beginning, to the last byte of the body.
REQUEST_SECONDS: Final = 10.0
# For a client to take an answer that the network does not take at once.
ANSWER_SECONDS: Final = 10.0
# The first line and one header field, in bytes: https://docs.gunicorn.org/en/stable/settings.html
LARGEST_LINE: Final = 8190
# All header fields together, and what a client may send ahead of its answer.
LARGEST_HEADERS: Final = 32 * 1024
# A request that has waited so long for a free thread is answered with 503.
THREAD_SECONDS: Final = 2.0
# And a search that has waited so long for its turn. Clients that wait ask less often than clients that are
# refused at once, who take the processor from the searches that run.
SEARCH_SECONDS: Final = 0.25
# After a refusal, what the client still sends is read and dropped: were its connection closed at once, the
# network would drop the refusal too.
LINGER_SECONDS: Final = 2.0
# Connections that keep a process waiting, and the bytes of answers that their clients do not take; with more,
# the one that has kept it waiting for longest is ended.
MOST_WAITING: Final = 4000
MOST_UNTAKEN_BYTES: Final = 16 * 1024 * 1024
