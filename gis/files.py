"""Files out: written beside, then renamed, so that nothing is ever half there."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gis.errors import OutputError, Problem
from gis.language import Text, say

INERT_BEFORE = ("=", "+", "-", "@", "\t", "\r")  # a spreadsheet would take the cell for a formula
CHOOSE_ANOTHER = say("chọn đường dẫn khác", "choose another path")


def inert(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(INERT_BEFORE) else cell


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
