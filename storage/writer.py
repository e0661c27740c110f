"""The one thread that writes.

SQLite takes one writer at a time, and a commit costs a sync to disk; so every change is queued here
and many go into one transaction. What one gets wrong is its own failure: they run one after the
other without more ado, and only where one fails all are undone and done anew, each in a savepoint of
its own. Only articles wait, some hundredths of a second and while others are being read. A future resolves
only after the commit, so whoever was told "filed" can rely on it.
What operations put off is done at the end of each transaction (``storage.transaction``).

On SQLite everything waits from the begin of a transaction to its commit, other processes too, which
take turns (``storage.engine.turns``). So what an operation can do before is handed in beside it
(``storage.ahead``), and done for all that are queued before the begin, and while others have their turn.

Where a server is away the batch waits for it and is done anew; so it is where the connection broke
while the answer to a commit was under way, which may have taken place. Every operation therefore
leaves the same behind when it is done twice: rows have keys that they cannot have twice, and what
has none, or counts something up, asks ``storage.transaction.may_be_done`` (decision 0025).

The thread lives while there is work and a moment longer. It is no daemon thread: a program that ends
without ``close`` still has everything written that it submitted.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from typing import Any, TypeVar

import sqlalchemy as sa

from storage.ahead import Ahead, Lookout
from storage.engine.engines import BEGIN
from storage.engine.failures import explain, is_away, is_contention, spoiled_by
from storage.engine.presence import Presence
from storage.engine.turns import Turns
from storage.errors import DatabaseAway, DatabaseUnavailable, StorageError
from storage.transaction import Transaction

__all__ = ["Writer"]

T = TypeVar("T")

#: Seconds for which operations that have something done ahead wait for those that are expected, and how
#: many need not wait: a transaction costs as much as two articles in it.
_GATHERING, _ENOUGH = 0.03, 16
#: Seconds without work after which the thread ends; the next submit starts another.
_IDLE = 0.5


@dataclass(slots=True)
class _Job:
    op: Callable[[Transaction], Any]
    future: Future[Any]
    #: ``None`` where there is nothing, or it has been done.
    ahead: Ahead[Any] | None = None


@dataclass(slots=True)
class _Outcome:
    result: Any = None
    error: BaseException | None = None


class _OneFailed(Exception):
    """Something of a batch failed by itself: which, and what of the others holds, is to be seen."""


class Writer:
    """Applies operations to the database, in the order in which they were submitted.

    ``queue_size`` operations may wait; ``submit`` blocks beyond (back-pressure). A transaction takes
    at most ``batch_size`` operations and no new one ``batch_seconds`` after its begin. It waits
    for no more to come than is :meth:`expecting`: under load the queue fills while a commit runs, and batches grow.
    ``patience``: seconds of trying again where the database is locked. ``presence`` waits for a
    server that is away; without one that is tried again as a lock is. ``turns``: which writers of the
    same file take; only with them, and so on SQLite, is anything done ahead: a server's
    transaction holds nobody up until its end, and looks ahead by itself before.
    """

    def __init__(
        self,
        engine: sa.Engine,
        database: str,
        *,
        queue_size: int = 1000,
        batch_size: int = 200,
        batch_seconds: float = 0.05,
        patience: float = 30.0,
        presence: Presence | None = None,
        turns: Turns | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._engine = engine
        self._database = database
        self._queue_size = queue_size
        self._batch_size = batch_size
        self._batch_seconds = batch_seconds
        self._patience = patience
        self._presence = presence
        self._turns = turns
        self._clock = clock
        self._sleep = sleep
        self._changed = threading.Condition()
        self._queue: deque[_Job] = deque()
        self._thread: threading.Thread | None = None
        self._closed: StorageError | None = None
        #: Of all transactions: see ``Transaction.once``.
        self._memory: dict[Any, Any] = {}
        # After a batch has failed the next ones get one attempt each, so that nobody waits
        # ``patience`` again and again; the first that succeeds sets this back.
        self._hopeful = True
        #: How many operations are on their way.
        self._expected = 0
        self._lookout = Lookout(engine, self._memory)
        #: Whether the batch was sent to be committed and no answer came.
        self._uncertain = False

    def submit(self, op: Callable[[Transaction], T], ahead: Ahead[Any] | None = None) -> Future[T]:
        """Queue ``op``, a function of the transaction; the future has its result after the commit.

        The future fails with ``StorageError`` where the database failed, or with what ``op`` raised.
        ``op`` may be called again where its transaction has to be repeated, so it must change
        nothing but the database. Not to be called, and waited for, inside an ``op``.
        """
        return self._submit(op, ahead, wait=True)

    def offer(
        self, op: Callable[[Transaction], T], ahead: Ahead[Any] | None = None
    ) -> Future[T] | None:
        """As ``submit``, and never blocks: ``None`` where the queue is full."""
        if len(self._queue) >= self._queue_size:
            return None
        return self._submit(op, ahead, wait=False)

    def _submit(
        self, op: Callable[[Transaction], T], ahead: Ahead[Any] | None, *, wait: bool
    ) -> Future[T]:
        future: Future[T] = Future()
        with self._changed:
            if wait:
                self._changed.wait_for(lambda: self._closed or len(self._queue) < self._queue_size)
            refused = self._closed
            if refused is None:
                try:
                    self._ensure_thread()
                except RuntimeError as error:  # Python starts no thread once it is shutting down
                    refused = StorageError(f"{self._database}: cannot write any more: {error}")
                else:
                    self._queue.append(_Job(op, future, ahead))
                    self._changed.notify_all()
        if refused is not None:
            future.set_exception(refused)
        return future

    @contextmanager
    def expecting(self) -> Iterator[None]:
        """Say that an operation with something to be done ahead is on its way while the block runs.

        Others of that kind wait for it a moment, and one transaction writes them all.
        """
        with self._changed:
            self._expected += 1
        try:
            yield
        finally:
            with self._changed:
                self._expected -= 1
                self._changed.notify_all()

    def close(self) -> None:
        """Write what is queued, then stop; later submits fail."""
        with self._changed:
            if self._closed is None:
                self._closed = StorageError(f"{self._database}: is closed")
            self._changed.notify_all()
            thread = self._thread
        if thread is not None and thread is not threading.current_thread():
            thread.join()
            if self._turns is not None:
                self._turns.close()

    def _ensure_thread(self) -> None:
        if self._thread is None:
            thread = threading.Thread(target=self._run, name="copydesk-writer", daemon=False)
            thread.start()
            self._thread = thread

    def _run(self) -> None:
        batch: list[_Job] = []
        try:
            while self._wait_for_work():
                batch = []
                self._write_batch(batch)
        except BaseException as error:
            # Nothing above is expected to raise; if it does, nobody may be left waiting.
            failure = StorageError(f"{self._database}: the writer stopped: {error!r}")
            failure.__cause__ = error
            with self._changed:
                self._lookout.close()
                self._closed = failure
                self._thread = None
                stranded = [*batch, *self._queue]
                self._queue.clear()
                self._changed.notify_all()
            for job in stranded:
                if not job.future.done():
                    job.future.set_exception(failure)

    def _wait_for_work(self) -> bool:
        with self._changed:
            self._changed.wait_for(lambda: self._queue or self._closed, timeout=_IDLE)
            if not self._queue:
                # Before another thread may look.
                self._lookout.close()
                self._thread = None
                return False
            self._changed.wait_for(self._need_not_wait, timeout=_GATHERING)
            return True

    def _need_not_wait(self) -> bool:
        if not self._expected or self._closed or len(self._queue) >= _ENOUGH:
            return True
        return any(job.ahead is None for job in self._queue)

    def _take(self, *, foreseen: bool = False) -> _Job | None:
        """The next one; of those only that nothing is to be done for ahead where ``foreseen``."""
        with self._changed:
            while self._queue and not (foreseen and self._queue[0].ahead is not None):
                job = self._queue.popleft()
                self._changed.notify_all()
                if job.future.set_running_or_notify_cancel():
                    return job
        return None

    def _write_batch(self, batch: list[_Job]) -> None:
        first = self._take()
        if first is None:
            return
        batch.append(first)
        self._uncertain = False
        presence = self._presence
        deadline = self._clock() + self._patience
        pause = 0.05
        while True:
            try:
                if presence is not None and presence.given_up:
                    raise DatabaseAway(f"{self._database}: is away; nothing waits for it any more")
                try:
                    outcomes = self._transaction(batch, together=True)
                except _OneFailed as failed:
                    if len(batch) == 1 and failed.__cause__ is not None:
                        outcomes = [self._failure(failed.__cause__)]
                    else:
                        outcomes = self._transaction(batch, together=False)
                break
            except (sa.exc.SQLAlchemyError, StorageError) as error:
                away = is_away(error)
                if away and presence is not None:
                    since = self._clock()
                    if not presence.wait(explain(error, self._database)):
                        self._fail(batch, error, all_queued=True)
                        return
                    # It answers now; what broke may have been this connection alone.
                    self._hopeful = True
                    deadline += self._clock() - since
                passing = away or is_contention(error)
                if not passing or not self._hopeful or self._clock() + pause > deadline:
                    self._fail(batch, error, all_queued=passing)
                    return
                self._sleep(pause)
                pause = min(pause * 2, 5.0)
        self._hopeful = True
        if presence is not None:
            presence.answered()
        for job, outcome in zip(batch, outcomes, strict=True):
            if outcome.error is None:
                job.future.set_result(outcome.result)
            else:
                job.future.set_exception(outcome.error)

    def _transaction(self, batch: list[_Job], *, together: bool) -> list[_Outcome]:
        """Do the batch in one transaction, all together or each in a savepoint of its own."""
        uncertain, self._uncertain = self._uncertain, False
        transaction = Transaction(self._engine, self._memory, repeated=uncertain)
        try:
            outcomes = self._done_in(transaction, batch, together=together)
        except BaseException:
            # A commit that took place stays possible, whatever happens to the next attempt.
            self._uncertain |= uncertain
            raise
        self._uncertain = False
        return outcomes

    def _done_in(
        self, transaction: Transaction, batch: list[_Job], *, together: bool
    ) -> list[_Outcome]:
        with self._turn(batch), transaction:
            # IMMEDIATE: waits for the lock here, where nothing is done yet, and never midway.
            transaction.execution_options(**{BEGIN: "IMMEDIATE"})
            with transaction.begin():
                began = self._clock()
                apply = self._apply_together if together else self._apply
                outcomes = [apply(transaction, job) for job in batch]
                while (
                    together
                    and len(batch) < self._batch_size
                    and self._clock() - began < self._batch_seconds
                ):
                    job = self._take(foreseen=self._turns is not None)
                    if job is None:
                        break
                    batch.append(job)
                    outcomes.append(apply(transaction, job))
                try:
                    transaction.finish()
                except Exception as error:
                    if not together or spoiled_by(error) is not None:
                        raise
                    raise _OneFailed from error
                self._check(transaction)
                self._uncertain = True
            return outcomes

    @contextmanager
    def _turn(self, batch: Sequence[_Job]) -> Iterator[None]:
        """Its turn at the file, with what is queued looked ahead for; a server has no turns."""
        if self._turns is None:
            yield
            return
        self._look_ahead(batch)
        with self._turns.turn(self._look_ahead):
            yield

    def _look_ahead(self, batch: Sequence[_Job] = ()) -> None:
        """Do what can be done for these, and those queued that go into the same transaction."""
        with self._changed:
            queued = islice(self._queue, self._batch_size)
            waiting = [job for job in (*batch, *queued) if job.ahead is not None]
        aheads = [job.ahead for job in waiting if job.ahead is not None]
        for job in waiting:
            job.ahead = None
        if aheads:
            self._lookout.look(aheads)

    def _apply_together(self, transaction: Transaction, job: _Job) -> _Outcome:
        """Without a savepoint: almost never does an operation fail, and then all are done anew."""
        try:
            result = job.op(transaction)
        except BaseException as error:
            cause = spoiled_by(error)
            if cause is not None:
                raise cause from None
            raise _OneFailed from error
        self._check(transaction)
        return _Outcome(result)

    def _apply(self, transaction: Transaction, job: _Job) -> _Outcome:
        try:
            with transaction.savepoint():
                result = job.op(transaction)
        except BaseException as error:
            # On a full disk SQLite rolls everything back by itself; going back to the savepoint
            # then fails in its turn, and the error that matters is the one before.
            cause = spoiled_by(error)
            if cause is not None:
                raise cause from None
            return self._failure(error)
        return _Outcome(result)

    def _failure(self, error: BaseException) -> _Outcome:
        if not isinstance(error, sa.exc.SQLAlchemyError):
            return _Outcome(error=error)
        failure = explain(error, self._database)
        failure.__cause__ = error
        return _Outcome(error=failure)

    def _check(self, transaction: Transaction) -> None:
        """What came after the end of the transaction would be committed piece by piece."""
        if not getattr(transaction.connection.dbapi_connection, "in_transaction", True):
            raise DatabaseUnavailable(
                f"{self._database}: SQLite gave up the transaction after an error"
            )

    def _fail(self, batch: list[_Job], error: Exception, *, all_queued: bool) -> None:
        self._hopeful = False
        if all_queued:  # they would meet the same lock, or the same silence
            while (job := self._take()) is not None:
                batch.append(job)
        failure = explain(error, self._database)
        if failure is not error:
            failure.__cause__ = error
        for job in batch:
            job.future.set_exception(failure)
