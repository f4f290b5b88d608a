"""The dask engine: the same questions asked of the same parts, by workers anywhere."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import Any

from gis.bulk.jobs import (
    BYTES_A_PARCEL,
    FEWEST_ROWS_A_PART,
    MOST_ROWS_A_PART,
    RETRIES,
    Job,
    answer_part,
    cut,
    is_done,
    needs_dask,
)
from gis.bulk.parts import Parts, Tell
from gis.bulk.questions import Question
from gis.bulk.store import Store
from gis.errors import GisError, Problem
from gis.language import say

BYTES_A_WORKER = 200 * 2**20  # the program itself, before it reads a parcel


def run_on_cluster(job: Job, scheduler: str | None, tell: Tell) -> int:
    """Cut the file once, then let the workers answer every part that has no answer yet.

    The question (communes, sites, verdicts) goes to every worker once. A part whose worker is lost
    is given to another.

    Raises: GisError.
    """
    try:
        import distributed
    except ImportError as error:
        raise needs_dask(error) from error
    if scheduler is None and job.rows_a_part is None:
        job = replace(job, rows_a_part=_rows_beside_the_program(job))
    parts = cut(job, tell)
    waiting = []
    for number in range(parts.tiling.count):
        if is_done(job.results, number):
            tell("found", parts.rows[number])
        else:
            waiting.append(number)
    if not waiting:
        return parts.tiling.count
    with _telling_of_cluster(scheduler), ExitStack() as stack:
        if scheduler is None:
            cluster = stack.enter_context(
                distributed.LocalCluster(
                    n_workers=job.workers,
                    threads_per_worker=1,
                    processes=True,
                    dashboard_address=None,
                    memory_limit=0,  # parts are made to fit; a worker that is ended starts again
                )
            )
            client = stack.enter_context(distributed.Client(cluster))
        else:
            client = stack.enter_context(distributed.Client(scheduler))
        # a task, not data put out: what is lost with its workers is made again
        shared = client.submit(_held, job.question, parts, pure=False)
        futures = client.map(
            _answer, waiting, shared=shared, results=job.results, retries=RETRIES, pure=False
        )
        for done in distributed.as_completed(futures):
            tell("ask", parts.rows[done.result()])
    return parts.tiling.count


def _rows_beside_the_program(job: Job) -> int:
    """How many parcels a part may hold where every worker is a program of its own."""
    fitting = (job.memory_bytes // job.workers - BYTES_A_WORKER) // BYTES_A_PARCEL
    return max(FEWEST_ROWS_A_PART, min(MOST_ROWS_A_PART, fitting))


@contextmanager
def _telling_of_cluster(scheduler: str | None) -> Iterator[None]:
    """Turn what becomes of a cluster into one clear error; answers that are there are kept."""
    import distributed
    from distributed.client import FutureCancelledError

    try:
        yield
    except GisError:
        raise
    except (OSError, distributed.KilledWorker, FutureCancelledError) as error:
        raise GisError(
            Problem(
                scheduler or "--engine dask",
                say("cụm máy không trả lời: {why}", "the cluster fails: {why}", why=error),
                say(
                    "kiểm tra địa chỉ, máy và bộ nhớ của cụm rồi chạy tiếp với --resume",
                    "check its address, machines and memory, then go on with --resume",
                ),
            )
        ) from error


def _held(question: Question, parts: Parts) -> tuple[Question, Parts]:
    return question, parts


def _answer(number: int, shared: tuple[Question, Parts], results: Store) -> Any:
    question, parts = shared
    return answer_part(question, parts, number, results)
