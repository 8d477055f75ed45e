"""Text that any output takes."""


def printable(text: str) -> str:
    r"""Return ``text`` with what no encoding has, as of a file name that is not UTF-8, written out: ``caf\udce9``."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
