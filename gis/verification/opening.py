"""A kit as it comes, folder or zip, to bytes by name; nothing is unpacked and no link followed."""

from __future__ import annotations

import os
import re
import stat
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from gis.errors import KitError, Problem
from gis.language import Text, say
from gis.verification.faults import Fault, fault

MOST_BYTES = 1 << 30  # of all files unpacked; a kit of the whole province has some ten million
MOST_FILES = 10_000
LEFT_BY_THE_SYSTEM = (".ds_store", "thumbs.db", "desktop.ini")
MAC_RESOURCES = "__MACOSX"
DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
PLAIN_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
ENCRYPTED = 0x1
LOCAL_HEADER_BYTES = 30


@dataclass(frozen=True, eq=False, slots=True)
class Kit:
    """The files of a delivery by their name in it, and what was wrong with what they came in."""

    name: str
    files: Mapping[str, bytes]
    faults: tuple[Fault, ...] = ()


def open_kit(path: Path, most_bytes: int = MOST_BYTES) -> Kit:
    """Read a folder or a zip file, whatever its parts look like.

    Raises: KitError, where there is neither.
    """
    faults: list[Fault] = []
    try:
        if path.is_dir():
            files = dict(_of_folder(path, most_bytes, faults))
        elif path.exists():
            files = _of_zip(path, most_bytes, faults)
        else:
            raise _cannot_open(path, say("không tìm thấy", "there is no such file or folder"))
    except OSError as error:
        why = error.strerror or str(error)
        what = say("không đọc được: {why}", "cannot be read: {why}", why=why)
        raise _cannot_open(path, what) from error
    return Kit(path.name, _without_outer_folder(files), tuple(faults))


def _cannot_open(path: Path, what: Text) -> KitError:
    mend = say(
        "chỉ tới một thư mục hoặc một tệp .zip còn nguyên",
        "point at a folder, or at a .zip file that is whole",
    )
    return KitError(Problem(str(path), what, mend))


def _without_outer_folder(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """The files of a kit that was packed together with its folder, as if it had not been."""
    kept = {name: data for name, data in files.items() if not _is_left_over(name)}
    tops = {name.split("/")[0] for name in kept}
    while len(tops) == 1 and all("/" in name for name in kept):
        kept = {name.split("/", 1)[1]: data for name, data in kept.items()}
        tops = {name.split("/")[0] for name in kept}
    return kept


def _is_left_over(name: str) -> bool:
    parts = name.split("/")
    return parts[0] == MAC_RESOURCES or parts[-1].lower() in LEFT_BY_THE_SYSTEM


# --- folders -----------------------------------------------------------------------------------


def _of_folder(folder: Path, most_bytes: int, faults: list[Fault]) -> Iterator[tuple[str, bytes]]:
    """The plain files below a folder; a link or device is a fault and is not read."""
    room, seen = most_bytes, 0
    for where, folders, names in os.walk(folder, onerror=_stop):
        folders.sort()
        for name in sorted(
            [*names, *(item for item in folders if (Path(where) / item).is_symlink())]
        ):
            path = Path(where) / name
            told = path.relative_to(folder).as_posix()
            mode = path.lstat()
            seen += 1
            if not stat.S_ISREG(mode.st_mode):
                faults.append(fault("PACK02", told))
            elif seen > MOST_FILES or mode.st_size > room:
                faults.append(fault("PACK04", told, value=mode.st_size, wanted=most_bytes))
            else:
                try:
                    data = path.read_bytes()
                except OSError as error:
                    faults.append(fault("PACK06", told, value=error.strerror))
                    continue
                room -= len(data)
                yield told, data


def _stop(error: OSError) -> None:
    raise error


# --- archives ----------------------------------------------------------------------------------


def _of_zip(path: Path, most_bytes: int, faults: list[Fault]) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(path) as archive:
            entries = [item for item in archive.infolist() if not item.is_dir()]
            chosen = _safe(entries, faults)
            return dict(_unpacked(archive, chosen, most_bytes, faults))
    except (zipfile.BadZipFile, zipfile.LargeZipFile, ValueError, NotImplementedError) as error:
        raise _cannot_open(
            path, say("không phải tệp zip đọc được", "is no zip file that can be read")
        ) from error


def _safe(entries: Iterable[zipfile.ZipInfo], faults: list[Fault]) -> list[zipfile.ZipInfo]:
    """The entries that may be read; the rest are told as faults and left alone."""
    chosen: list[zipfile.ZipInfo] = []
    taken: set[str] = set()
    for item in entries:
        name = item.orig_filename
        mode = item.external_attr >> 16
        if not _is_inside(name):
            faults.append(fault("PACK01", name))
        elif stat.S_IFMT(mode) not in (0, stat.S_IFREG):
            faults.append(fault("PACK02", name))
        elif name.casefold() in taken:
            faults.append(fault("PACK03", name))
        elif item.flag_bits & ENCRYPTED or item.compress_type not in PLAIN_METHODS:
            faults.append(fault("PACK05", name))
        else:
            taken.add(name.casefold())
            chosen.append(item)
    return _apart(chosen, faults)


def _is_inside(name: str) -> bool:
    """Whether a name stays below the folder it would be unpacked into, on any system."""
    parts = name.split("/")
    return (
        bool(name)
        and not any(part in ("", ".", "..") for part in parts)
        and not any(DEVICES.fullmatch(part) or part.endswith((" ", ".")) for part in parts)
        and not any(c in '\\:*?"<>|' or not c.isprintable() for c in name)
    )


def _apart(entries: list[zipfile.ZipInfo], faults: list[Fault]) -> list[zipfile.ZipInfo]:
    """The entries without those that share bytes with one before: a small bomb grows that way."""
    kept, end = [], 0
    for item in sorted(entries, key=lambda entry: entry.header_offset):
        if item.header_offset < end:
            faults.append(fault("PACK05", item.orig_filename))
            continue
        end = item.header_offset + LOCAL_HEADER_BYTES + item.compress_size
        kept.append(item)
    return kept


def _unpacked(
    archive: zipfile.ZipFile, entries: Iterable[zipfile.ZipInfo], most_bytes: int,
    faults: list[Fault],
) -> Iterator[tuple[str, bytes]]:  # fmt: skip
    room = most_bytes
    for number, item in enumerate(entries, start=1):
        if number > MOST_FILES or item.file_size > room:
            faults.append(
                fault("PACK04", item.orig_filename, value=item.file_size, wanted=most_bytes)
            )
            continue
        try:
            data = archive.read(item)
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError,
                RuntimeError, ValueError):  # fmt: skip
            faults.append(fault("PACK05", item.orig_filename))
            continue
        room -= len(data)
        yield item.orig_filename, data
