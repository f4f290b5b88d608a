"""A question asked of a whole file, on this machine or a cluster, to be gone on with at any time.

Both engines ask `questions.answered` of one piece after another and leave each answer in a folder;
a piece whose answer is there is not asked again.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa

from gis import __version__
from gis.bulk.parcels import Batch, Parcels, Source, batches, cleaned, joined, no_parcels
from gis.bulk.parts import Parts, Tell, in_order, parts_of
from gis.bulk.questions import Answered, OverlapQuestion, Question, Tally, answered, summed
from gis.bulk.store import Store, is_remote
from gis.errors import GisError, OutputError, Problem
from gis.language import say

Engine = Literal["local", "dask"]
BYTES_A_PARCEL = 4_000  # of a piece under work: outlines, edges, tables, and room to breathe
BYTES_A_PARCEL_AT_ONCE = 1_600  # of a whole file in memory, worked on tile by tile
FEWEST_ROWS_A_PART, MOST_ROWS_A_PART = 1_000, 250_000
JOB = "job.json"
RETRIES = 3  # of a piece whose worker was lost


@dataclass(frozen=True, slots=True)
class Job:
    """A question, the file it is asked of, and where the answers are kept."""

    question: Question
    source: Source
    crs: str
    store: Store
    memory_bytes: int
    workers: int
    rows_a_part: int | None = None

    @property
    def results(self) -> Store:
        return self.store.below("results")

    def part_rows(self) -> int:
        """How many parcels a part may hold so that every worker's fits into the memory."""
        if self.rows_a_part:
            return self.rows_a_part
        fitting = self.memory_bytes // self.workers // BYTES_A_PARCEL
        return max(FEWEST_ROWS_A_PART, min(MOST_ROWS_A_PART, fitting))


def run(
    job: Job, fingerprint: dict[str, Any], engine: Engine, scheduler: str | None, tell: Tell
) -> int:
    """Ask the question of every piece that has no answer yet; how many pieces there are.

    Raises: GisError.
    """
    claim(job.store, fingerprint)
    if engine == "dask":
        from gis.bulk.cluster import run_on_cluster

        return run_on_cluster(job, scheduler, tell)
    if not isinstance(job.question, OverlapQuestion):
        return _run_along_the_file(job, tell)
    if job.source.rows * BYTES_A_PARCEL_AT_ONCE <= job.memory_bytes and not job.rows_a_part:
        return _run_at_once(job, tell)
    parts = cut(job, tell)
    for number in range(parts.tiling.count):
        found = is_done(job.results, number)
        if not found:
            answer_part(job.question, parts, number, job.results, job.workers)
        tell("found" if found else "ask", parts.rows[number])
    return parts.tiling.count


def cut(job: Job, tell: Tell) -> Parts:
    """The file as parts in space."""
    return parts_of(
        job.source,
        job.crs,
        job.store.below("parts"),
        job.part_rows(),
        job.workers,
        tell,
    )


def answer_part(
    question: Question, parts: Parts, number: int, results: Store, threads: int = 1
) -> int:
    """Answer one part and keep the answer; its number."""
    if not is_done(results, number):
        parcels, tile = parts.read(number)
        keep(results, number, answered(question, parcels, tile, threads))
    return number


# --- on this machine ----------------------------------------------------------------------------


def _run_along_the_file(job: Job, tell: Tell) -> int:
    """Answer a file batch by batch; nothing of it stays in memory."""
    count = 0

    def numbered() -> Iterator[tuple[int, Batch]]:
        yield from enumerate(batches(job.source))

    def answer(item: tuple[int, Batch]) -> tuple[str, int]:
        number, batch = item
        if is_done(job.results, number):
            return "found", len(batch.rows)
        parcels = cleaned(batch, job.source.crs, job.crs)
        keep(job.results, number, answered(job.question, parcels))
        return "ask", len(batch.rows)

    for stage, rows in in_order(answer, numbered(), job.workers):
        count += 1
        tell(stage, rows)
    return count or _answer_of_nothing(job)


def _run_at_once(job: Job, tell: Tell) -> int:
    """Answer a file that fits into memory as one piece."""
    if is_done(job.results, 0):
        tell("found", job.source.rows)
        return 1
    read: list[Parcels] = []
    for parcels in in_order(
        lambda batch: cleaned(batch, job.source.crs, job.crs), batches(job.source), job.workers
    ):
        read.append(parcels)
        tell("cut", len(parcels) + len(parcels.left_out))
    if not read:
        return _answer_of_nothing(job)
    keep(job.results, 0, answered(job.question, joined(read), threads=job.workers))
    tell("ask", job.source.rows)
    return 1


def _answer_of_nothing(job: Job) -> int:
    """A file without rows has an answer too: tables without rows."""
    keep(job.results, 0, answered(job.question, no_parcels()))
    return 1


# --- the folder of answers ----------------------------------------------------------------------


def _done(number: int) -> str:
    return f"done-{number:05d}.json"


def is_done(results: Store, number: int) -> bool:
    """Whether the answer of a piece is there, whole."""
    return results.has(_done(number))


def keep(results: Store, number: int, answer: Answered) -> None:
    """Put an answer into the folder; its counts come last and say that it is whole.

    Raises: OutputError.
    """
    results.write_table(f"rows-{number:05d}.parquet", answer.rows)
    if answer.shares is not None:
        results.write_table(f"shares-{number:05d}.parquet", answer.shares)
    if len(answer.left_out):
        results.write_table(f"left_out-{number:05d}.parquet", answer.left_out)
    results.write_json(_done(number), {key: _plain(value) for key, value in answer.tally.items()})


def _plain(value: Any) -> float | int:
    return int(value) if isinstance(value, int) else float(value)


def kept_tables(results: Store, pieces: int, what: str) -> Iterator[pa.Table]:
    """The tables of one kind of all answers, in order of the pieces."""
    for number in range(pieces):
        name = f"{what}-{number:05d}.parquet"
        if results.has(name):
            yield results.read_table(name)


def total(results: Store, pieces: int) -> Tally:
    """The counts of all answers together."""
    return summed(results.read_json(_done(number)) for number in range(pieces))


def fingerprint_of(job: Job, asked: Sequence[object]) -> dict[str, Any]:
    """What must be the same for answers to be gone on with."""
    source = job.source
    told: dict[str, Any] = {
        "version": __version__,
        "file": source.path,
        "rows": source.rows,
        "asked": hashlib.sha256(json.dumps([str(item) for item in asked]).encode()).hexdigest(),
    }
    if not is_remote(source.path):
        state = Path(source.path).stat()
        told |= {"bytes": state.st_size, "modified_ns": state.st_mtime_ns}
    return told


def claim(store: Store, fingerprint: dict[str, Any]) -> None:
    """Begin in an empty folder, or go on in the folder of the same job.

    Raises: OutputError, when the folder belongs to another job.
    """
    if store.has(JOB):
        found = store.read_json(JOB)
        other = [key for key in fingerprint if found.get(key) != fingerprint[key]]
        if other:
            raise OutputError(
                Problem(
                    store.root,
                    say(
                        "là kết quả dở dang của việc khác ({keys})",
                        "holds the unfinished answers of another job ({keys})",
                        keys=other,
                    ),
                    say(
                        "chọn thư mục khác với --resume, hoặc xóa thư mục này",
                        "name another folder with --resume, or remove this one",
                    ),
                )
            )
        return
    if not is_remote(store.root) and os.path.isdir(store.root) and os.listdir(store.root):
        raise OutputError(
            Problem(
                store.root,
                say("không rỗng và không phải việc dở dang", "is not empty and holds no job"),
                say("chọn thư mục khác với --resume", "name another folder with --resume"),
            )
        )
    store.write_json(JOB, fingerprint)


def needs_dask(error: ImportError) -> GisError:
    """The error of a machine without dask."""
    return GisError(
        Problem(
            "--engine dask",
            say("chưa cài {name}", "{name} is not installed", name=error.name or "dask"),
            say("cài thêm: pip install tngis[dask]", "install it: pip install tngis[dask]"),
        )
    )
