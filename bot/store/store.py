"""The store: transactions off the event loop, and one small class of SQL for each table."""

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager, nullcontext
from contextvars import copy_context
from copy import copy
from pathlib import Path
from typing import TypeVar

import structlog

from bot.store.cards import Cards
from bot.store.database import Conflict, Database, Query, StoreFault
from bot.store.decisions import Decisions
from bot.store.drafts import Drafts
from bot.store.due import Due, Work, statement
from bot.store.ended import Ended
from bot.store.events import Events
from bot.store.freezes import Freezes
from bot.store.jobs import Jobs
from bot.store.leased import Leased
from bot.store.notices import Notices
from bot.store.noting import Noting
from bot.store.pace import Pace
from bot.store.questions import Questions
from bot.store.reminders import Reminders
from bot.store.requests import Requests
from bot.store.steps import Steps
from bot.store.versions import Versions

log = structlog.get_logger(__name__)

T = TypeVar("T")

TRIES = 4
"""How often a transaction is begun when others are in its way: deadlocks, and races for a unique key."""


class Transaction:
    """The tables, inside one transaction."""

    def __init__(self, query: Query, database: Database) -> None:
        self._query, self._now = query, database.now
        self._noting = noting = Noting(query)
        self.events = Events(noting)
        self._ended = Ended(noting)
        self.freezes = Freezes(noting, self.events)
        self.notices = Notices(noting, database)
        self.cards = Cards(noting, database)
        self.drafts = Drafts(noting, database)
        self.pace = Pace(noting, database)
        self.questions = Questions(noting)
        self.versions = Versions(noting, database, self.cards)
        jobs = Jobs(noting)
        self.requests = Requests(
            noting,
            database,
            jobs=jobs,
            decisions=Decisions(noting),
            questions=self.questions,
            events=self.events,
            ended=self._ended,
            notices=self.notices,
            cards=self.cards,
            versions=self.versions,
        )
        self.reminders = Reminders(noting)
        self.steps = Steps(noting, database, requests=self.requests, jobs=jobs, versions=self.versions)

    @property
    def gives_work(self) -> bool:
        """Whether anything was written that gives somebody work."""
        return self._noting.gives_work

    def finish(self) -> None:
        """Writes what is written once nothing else is: called before the commit.

        Raises:
            StoreFault: it cannot be written.
        """
        self.events.write()
        self._ended.write()

    def due(self, now: float) -> Due:
        """What there is to do.

        Args:
            now: the time by the clock of whoever asks, where that counts.
        """
        any_of = {
            Work.CHECK: self.drafts.any_to_check,
            Work.ASK: self.steps.any_to_ask,
            Work.WATCH: self.steps.any_to_watch,
            Work.CARDS: self.cards.any_to_draw,
            Work.NOTICES: self.notices.any_to_send,
            Work.SETTLED: self.notices.any_to_look_at,
            Work.EXPIRE: self.requests.any_to_expire,
            Work.REMIND: self.reminders.any_due,
            Work.REVIEW: self.requests.any_to_review,
            Work.SETTLE: self.requests.any_to_settle,
        }
        put_off = {
            Work.CHECK: self.drafts.next_to_check,
            Work.ASK: self.steps.next_to_ask,
            Work.WATCH: self.steps.next_to_watch,
            Work.CARDS: self.cards.next_to_draw,
            Work.NOTICES: self.notices.next_to_send,
            Work.SETTLED: self.notices.next_to_look_at,
        }
        (row,) = self._query(statement(self._now, any_of, put_off), at=now)
        seen_at, times = float(row["seen_at"]), [row[f"next_{work}"] for work in put_off]
        return Due(
            seen_at,
            tuple(work for work in Work if row[f"any_{work}"]),
            min((float(next_at) - seen_at for next_at in times if next_at is not None), default=None),
        )

    def bring_back(self, *, held: float, asked_within: float, watched_within: float) -> None:
        """After the clock went back: nothing waits for a clock that was ahead.

        Args:
            held: seconds of a lease.
            asked_within: seconds that a step is put off at most before it is asked for.
            watched_within: likewise before it is looked at.
        """
        self.drafts.bring_back(held=held)
        self.steps.bring_back(held=held, asked_within=asked_within, watched_within=watched_within)
        self.cards.bring_back(held=held)
        self.notices.bring_back(held=held)

    def release(self, owner: str, *, keep: Mapping[Leased, Collection[object]] | None = None) -> None:
        """Gives back every lease of a process that stops, but for the rows of these ids."""
        for table in (self.drafts, self.steps, self.cards, self.notices):
            table.release(owner, keep=(keep or {}).get(table, ()))


class Store:
    """All state. `transact` is the one seam between the event loop and the database.

    Args:
        database: the engine.
        on_commit: called on the event loop after each transaction that changed something.
    """

    def __init__(self, database: Database, *, on_commit: Callable[[], None] = lambda: None) -> None:
        self._database = database
        self._on_commit = on_commit
        self._threads = ThreadPoolExecutor(database.threads, thread_name_prefix="store")
        self._turn: AbstractAsyncContextManager[object] = nullcontext()

    def behind(self) -> "Store":
        """The same state, for work that no person waits for: it leaves the others a thread, or is one transaction at a
        time where there is only one, so that whoever presses a button waits for one of its transactions at most.
        """
        behind = copy(self)
        behind._turn = asyncio.Semaphore(max(1, self._database.threads - 1))  # noqa: SLF001 # it is one of these
        return behind

    async def open(self) -> None:
        """Brings the schema up to date.

        Raises:
            StoreFault: the database cannot be used.
            SchemaTooNew: it was made by a newer version.
        """
        await asyncio.get_running_loop().run_in_executor(self._threads, self._database.migrate)

    async def pending(self) -> Sequence[str]:
        """The steps of the schema that are still to be taken.

        Raises:
            StoreFault: the database cannot be used.
            SchemaTooNew: it was made by a newer version.
        """
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._database.pending)

    async def claim(self, work: Callable[[Transaction], T]) -> T:
        """Runs `work` like `transact`, and tells nobody of it: what was claimed has not changed."""
        return await self._run(work, tells=False)

    async def read(self, work: Callable[[Transaction], T]) -> T:
        """Runs `work`, which writes nothing, on one consistent state, and returns what it returns.

        Raises:
            StoreFault: the database cannot be used.
        """
        return await self._run(work, reads=True)

    async def transact(self, work: Callable[[Transaction], T]) -> T:
        """Runs `work` in one transaction and returns what it returns.

        `work` is synchronous, so no network call can happen inside; it may run more than once when another
        transaction is in the way. A caller that is cancelled meanwhile leaves a whole transaction behind.

        Raises:
            StoreFault: the database cannot be used; nothing has changed.
        """
        return await self._run(work)

    async def listen(self, heard: Callable[[], None]) -> None:
        """Calls `heard` when another process has changed something, where the database tells of it; until cancelled.

        Raises:
            StoreFault: the database cannot be reached, or not any more.
        """
        await self._database.listen(heard)

    async def _run(self, work: Callable[[Transaction], T], *, reads: bool = False, tells: bool = True) -> T:
        loop = asyncio.get_running_loop()

        def attempt() -> tuple[T, bool]:
            with self._database.transaction(reads=reads) as query:
                transaction = Transaction(query, self._database)
                result = work(transaction)
                transaction.finish()
                news = tells and transaction.gives_work
                if news:
                    self._database.announce(query)
            return result, news

        def run() -> tuple[T, bool]:
            for _ in range(TRIES - 1):
                try:
                    return attempt()
                except Conflict:
                    log.info("store.conflict")
            return attempt()

        def tell(done: asyncio.Future[tuple[T, bool]]) -> None:
            if not done.cancelled() and done.exception() is None and done.result()[1]:
                self._on_commit()

        async with self._turn:
            running = loop.run_in_executor(self._threads, copy_context().run, run)
            running.add_done_callback(tell)
            result, _ = await asyncio.shield(running)  # what is committed is told, whoever still waits for it
        return result

    async def ping(self) -> None:
        """Whether the database answers and can be written.

        Raises:
            StoreFault: it does not.
        """
        await self.transact(lambda tx: tx.events.touch())

    async def backup(self, path: Path) -> None:
        """Writes a copy to a new file, while others go on working.

        Raises:
            StoreFault: there is such a file already, the copy cannot be made, or there is nothing to copy.
        """

        def copy() -> None:
            if path.exists():  # said before the work, and not only after it
                raise StoreFault(f"{path} is there already, and a backup replaces nothing")
            self._database.backup(path)

        await asyncio.get_running_loop().run_in_executor(self._threads, copy)

    async def close(self) -> None:
        """Finishes what runs and closes the database."""
        await asyncio.get_running_loop().run_in_executor(self._threads, self._database.close)
        self._threads.shutdown()
