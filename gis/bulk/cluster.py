"""The dask engine: the same questions asked of the same parts, by workers anywhere."""

from __future__ import annotations

from contextlib import ExitStack
from typing import Any

from gis.bulk.jobs import RETRIES, Job, answer_part, cut, is_done, needs_dask
from gis.bulk.parts import Parts, Tell
from gis.bulk.questions import Question
from gis.bulk.store import Store


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
    parts = cut(job, tell)
    waiting = []
    for number in range(parts.tiling.count):
        if is_done(job.results, number):
            tell("found", parts.rows[number])
        else:
            waiting.append(number)
    if not waiting:
        return parts.tiling.count
    with ExitStack() as stack:
        if scheduler is None:
            cluster = stack.enter_context(
                distributed.LocalCluster(
                    n_workers=job.workers,
                    threads_per_worker=1,
                    processes=True,
                    dashboard_address=None,
                    memory_limit=job.memory_bytes // job.workers,
                )
            )
            client = stack.enter_context(distributed.Client(cluster))
        else:
            client = stack.enter_context(distributed.Client(scheduler))
        shared = client.scatter((job.question, parts), broadcast=True, hash=False)
        futures = client.map(
            _answer, waiting, shared=shared, results=job.results, retries=RETRIES, pure=False
        )
        for done in distributed.as_completed(futures):
            tell("ask", parts.rows[done.result()])
    return parts.tiling.count


def _answer(number: int, shared: tuple[Question, Parts], results: Store) -> Any:
    question, parts = shared
    return answer_part(question, parts, number, results)
