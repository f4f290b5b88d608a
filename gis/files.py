"""Files out: written beside, then renamed, so that nothing is ever half there."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from gis.errors import OutputError, Problem
from gis.language import Text, say

if TYPE_CHECKING:
    from jinja2 import Template

INERT_BEFORE = ("=", "+", "-", "@", "\t", "\r")  # a spreadsheet would take the cell for a formula
LEFT_BY_THE_SYSTEM = (".DS_Store", "Thumbs.db", "desktop.ini")
CHOOSE_ANOTHER = say("chọn đường dẫn khác", "choose another path")


def inert(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(INERT_BEFORE) else cell


@cache
def template(name: str) -> Template:
    """A page to be filled with texts that are never markup; compiled once."""
    from jinja2 import Environment, PackageLoader

    environment = Environment(
        loader=PackageLoader("gis"), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    return environment.get_template(name)


def write_file(path: Path, data: bytes) -> None:
    """Put the bytes at the path, whole or not at all.

    Raises: OutputError.
    """
    if path.is_dir():
        raise _output_error(path, say("là một thư mục", "is a folder"), CHOOSE_ANOTHER)
    with telling_of_output(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        beside = Path(name)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            _give_usual_mode(beside)
            os.replace(beside, path)
        except BaseException:
            beside.unlink(missing_ok=True)
            raise


@contextmanager
def staged(folder: Path) -> Iterator[Path]:
    """A folder to write into; what is in it takes its place in `folder` once all is written.

    Files of `folder` that were not written anew stay as they are.

    Raises: OutputError.
    """
    if folder.exists() and not folder.is_dir():
        raise _output_error(folder, say("là một tệp", "is a file"), CHOOSE_ANOTHER)
    with telling_of_output(folder):
        folder.mkdir(parents=True, exist_ok=True)
        stage = Path(tempfile.mkdtemp(dir=folder, prefix=".staged-"))
    try:
        with telling_of_output(folder):
            yield stage
            _move_all(stage, folder)
    finally:
        shutil.rmtree(stage, ignore_errors=True)


@contextmanager
def replaced(folder: Path, ours: Callable[[Path], Iterable[str]]) -> Iterator[Path]:
    """A folder to write into that takes the place of `folder` as a whole once all is written.

    At any moment the folder is as it was, absent, or whole. `ours` says which files of a folder a
    former run put there; one that belongs to neither run is the user's, and stops us.

    Raises: OutputError.
    """
    if folder.exists() and not folder.is_dir():
        raise _output_error(folder, say("là một tệp", "is a file"), CHOOSE_ANOTHER)
    target = folder.resolve()
    if Path.cwd().is_relative_to(target):
        raise _output_error(folder, say("là nơi đang đứng", "is where we stand"), CHOOSE_ANOTHER)
    with telling_of_output(folder):
        target.parent.mkdir(parents=True, exist_ok=True)
        beside = Path(tempfile.mkdtemp(dir=target.parent, prefix=f".{target.name}."))
    try:
        stage = beside / "new"
        with telling_of_output(folder):
            stage.mkdir()
            yield stage
            _refuse_foreign(target, {*_names(stage), *(ours(target) if target.exists() else ())})
            _swap(stage, target, beside / "old")
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def _refuse_foreign(folder: Path, known: Collection[str]) -> None:
    known = {*known, *LEFT_BY_THE_SYSTEM}
    foreign = [name for name in _names(folder) if name not in known] if folder.exists() else []
    if foreign:
        what = say(
            "có tệp không thuộc bộ giao nộp: {names}",
            "holds files that belong to no kit: {names}",
            names=foreign[:5],
        )
        mend = say(
            "chọn thư mục khác, hoặc chuyển các tệp ấy đi",
            "choose another folder, or move these files away",
        )
        raise _output_error(folder, what, mend)


def _names(folder: Path) -> list[str]:
    """The files below a folder, by their path in it."""
    return sorted(
        item.relative_to(folder).as_posix() for item in folder.rglob("*") if not item.is_dir()
    )


def _swap(stage: Path, target: Path, former: Path) -> None:
    """Put the stage in the place of the target: between the two renames there is none."""
    for path in stage.rglob("*"):
        if path.is_file():
            _give_usual_mode(path)
            _sync(path)
    if target.exists():
        os.rename(target, former)
    try:
        os.rename(stage, target)
    except OSError:
        if former.exists():
            os.rename(former, target)
        raise


def _sync(path: Path) -> None:
    with path.open("r+b") as file:
        os.fsync(file.fileno())


def _move_all(stage: Path, folder: Path) -> None:
    for path in sorted(item for item in stage.rglob("*") if item.is_file()):
        target = folder / path.relative_to(stage)
        target.parent.mkdir(parents=True, exist_ok=True)
        _give_usual_mode(path)
        os.replace(path, target)


@contextmanager
def telling_of_output(path: Path) -> Iterator[None]:
    """Turn what the system says of a failed write into one clear error."""
    try:
        yield
    except OSError as error:
        raise _output_error(
            Path(str(error.filename or path)),
            say("không ghi được: {why}", "cannot be written: {why}", why=error.strerror or error),
            say(
                "kiểm tra quyền ghi và dung lượng đĩa; kết quả cũ vẫn còn nguyên",
                "check permissions and free space; former results are untouched",
            ),
        ) from error


def _give_usual_mode(path: Path) -> None:
    """Temporary files are private; results are as readable as any new file."""
    umask = os.umask(0)
    os.umask(umask)
    path.chmod(0o666 & ~umask)


def _output_error(path: Path, what: Text, mend: Text) -> OutputError:
    return OutputError(Problem(str(path), what, mend))
