"""Writes what changed before the request that changed it is answered: one write for all who wait.

What changed is gathered on the event loop, so that nothing is half done there, and written on a thread of its own.
Whoever asks meanwhile waits for the next write.
"""

import asyncio
import logging
import os
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import Context
from typing import Protocol

from local_aws.state.copies import keep_copy
from local_aws.state.database import Database, NotKeptError, Row
from local_aws.state.files import sync_replaced

SWITCH = "LOCAL_AWS_DURABILITY"
"""Environment variable: ``off`` writes at the end alone, which serves to measure what writing before costs."""

_SECONDS_BETWEEN_LOOKS = 1.0
_MOST_OF_THE_TIME = 0.05
"""What looking for changes in the background may take of the time, where there is much to look at."""

_LOGGER = logging.getLogger("local_aws")


class Changes(Protocol):
    """What differs from what is on disk."""

    rows: list[Row]
    failed: list[str]

    def confirm(self) -> None:
        """Hear that the rows are on disk."""


class Look(Protocol):
    """Gives what changed; ``thoroughly`` looks also where nothing should have."""

    def __call__(self, *, thoroughly: bool) -> Changes:
        """Give it, as it is now."""


class Keeper:
    """Keeps in ``database`` what ``changes`` gives, and what our own records mark there."""

    def __init__(self, database: Database, changes: Look, progress: Callable[[], tuple[object, ...]]) -> None:
        self._database = database
        self._changes = changes
        self._progress = progress
        self._shown: tuple[object, ...] = ()
        self._next: asyncio.Future[frozenset[str]] | None = None
        self._writing: asyncio.Task[None] | None = None
        self._looking: asyncio.Task[None] | None = None
        self._executor = ThreadPoolExecutor(1, "keeper")
        self._synced = True
        self._thoroughly = True
        self._off = os.environ.get(SWITCH) == "off"
        database.may_write_at_once = not self._off

    def start(self) -> None:
        """Begin to look for what changes in the background, too; call it on the event loop."""
        self._looking = asyncio.create_task(self._look(), context=Context())

    async def settled(
        self, *, changing: bool, shows_progress: bool = False, concerns: Callable[[str], bool] = lambda _state: True
    ) -> None:
        """Wait until what a request changed, or shows of a stack's progress, is on disk; else ``NotKeptError``.

        A service whose state can't be read is no reason to refuse a request that does not concern it.
        """
        if not self._off and (changing or (shows_progress and self._progress() != self._shown)):
            failed = sorted(filter(concerns, await self.kept()))
            if failed:
                raise NotKeptError(f"The local AWS could not write the state of {', '.join(failed)}: its log says why.")

    async def kept(self) -> frozenset[str]:
        """Wait until everything that is there now is on disk, or raise ``NotKeptError``; name what can't be read."""
        if self._next is None:
            self._next = asyncio.get_running_loop().create_future()
        waited_for = self._next
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write_for_all(), context=Context())
        return await asyncio.shield(waited_for)

    async def close(self) -> None:
        """Write the last of it and close the database; ``NotKeptError`` where that fails."""
        if self._looking is not None:
            self._looking.cancel()
        self._thoroughly = True
        try:
            await self.kept()
        finally:
            self._database.close()
            await asyncio.to_thread(keep_copy, self._database.folder)

    async def _write_for_all(self) -> None:
        while (waited_for := self._next) is not None:
            self._next = None
            try:
                failed = await self._write()
            except NotKeptError as error:
                waited_for.set_exception(error)
            except Exception as error:
                _LOGGER.exception("What changed could not be written")
                waited_for.set_exception(NotKeptError(f"The local AWS failed to write what changed: {error!r}"))
            else:
                waited_for.set_result(failed)

    async def _write(self) -> frozenset[str]:
        shown, marks = self._progress(), self._database.take_pending()
        changes, self._thoroughly = self._changes(thoroughly=self._thoroughly), False
        if changes.rows or marks:
            try:
                await asyncio.get_running_loop().run_in_executor(
                    self._executor, self._database.write, changes.rows, marks
                )
            except BaseException:
                self._database.keep(*marks, at_once=False)
                raise
            changes.confirm()
            self._synced = False
        self._shown = shown
        return frozenset(changes.failed)

    async def _look(self) -> None:
        took, told = 0.0, ""
        while True:
            await asyncio.sleep(max(_SECONDS_BETWEEN_LOOKS, took / _MOST_OF_THE_TIME))
            began = time.monotonic()
            try:
                if not self._off:
                    self._thoroughly = True
                    await self.kept()
                    await self._sync()
                told = ""
            except NotKeptError as error:
                if str(error) != told:
                    _LOGGER.error("%s", error)  # noqa: TRY400 - the sentence says all
                told = str(error)
            took = time.monotonic() - began

    async def _sync(self) -> None:
        run = asyncio.get_running_loop().run_in_executor
        if not self._synced:
            self._synced = True
            await run(self._executor, self._database.sync)
        await run(self._executor, sync_replaced)
