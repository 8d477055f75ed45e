"""Collects every mistake of a settings file before anything is refused, so that a person mends them in one go."""

from dataclasses import dataclass, field

from reporting.errors import CannotRunError


@dataclass
class ValidationErrors:
    """The mistakes found in ``file`` so far, in the order of reading."""

    file: str
    sentences: list[str] = field(default_factory=list)

    def add(self, table: str, key: str, found: str, allowed: str) -> None:
        """Note one mistake: which table and key, what stands there, what may."""
        place = f"[{table}] {key}" if table else key
        self.sentences.append(f"{self.file}: {place}: found {found}; allowed: {allowed}.")

    def refuse(self) -> None:
        """Raise ``CannotRunError`` with one sentence a mistake, if there are any."""
        if self.sentences:
            raise CannotRunError(*self.sentences)
