"""Damage surveyed files at random and read them: anything but an answer or a told error is a find.

Each batch runs in a process of its own, so that a crash is found too. Prints what was tried and
found, and writes each find into the folder given.
"""

from __future__ import annotations

import argparse
import multiprocessing
import random
import sys
import time
import traceback
import warnings
from pathlib import Path

BATCH = 500  # files a process reads
WHOLE_WAY = 8  # one in so many is matched, placed and judged too
SLOW_S = 20.0  # for a file of a few kilobytes
LAYERS = ("sites", "communes", "craft", "occupancy")
TOKENS = (
    b"\x00", b"\xff", b"-1", b"NaN", b"1e999", b"999999999", b"<!DOCTYPE", b"PK\x03\x04", b"[[[[",
    b"]", b"}", b'"', b"'", b";", b",", b"\n", b"\x80\x80", "ộ".encode(), b"=1+1", b"\xff\xfe",
)  # fmt: skip


def damaged(data: bytes, dice: random.Random) -> bytes:
    """The same bytes after a few random cuts, copies, flips and insertions."""
    out = bytearray(data)
    for _ in range(dice.choice((1, 1, 2, 4, 16))):
        if not out:
            break
        at = dice.randrange(len(out))
        size = min(len(out) - at, dice.choice((1, 1, 2, 4, 16, 256)))
        match dice.randrange(6):
            case 0:
                out[at] ^= 1 << dice.randrange(8)
            case 1:
                del out[at : at + size]
            case 2:
                out[at:at] = out[at : at + size] * dice.choice((1, 2, 50))
            case 3:
                out[at : at + size] = dice.randbytes(size)
            case 4:
                out[at:at] = dice.choice(TOKENS)
            case _:
                del out[at:]
    return bytes(out)


def try_one(folder: Path, seeds: list[list[Path]], plan: object, number: int) -> str | None:
    """What went wrong with one damaged survey, if anything did."""
    from gis.errors import GisError
    from gis.survey.importing import Options, survey
    from gis.survey.reading import read_survey

    dice = random.Random(number)
    parts = dice.choice(seeds)
    chosen = dice.choice(parts)
    for part in parts:
        data = part.read_bytes()
        (folder / f"a{part.suffix}").write_bytes(damaged(data, dice) if part == chosen else data)
    main = folder / f"a{parts[0].suffix}"
    started = time.process_time()
    layer = dice.choice(LAYERS)
    try:
        if number % WHOLE_WAY:
            read_survey(str(main), layer)  # type: ignore[arg-type]
        else:
            survey(plan, str(main), Options(layer=layer))  # type: ignore[arg-type]
    except GisError:
        pass
    except Exception:  # whatever it is, it is the find
        return f"#{number} {parts[0].name}: {traceback.format_exc(limit=-4)}"
    took = time.process_time() - started
    return f"#{number} {parts[0].name}: took {took:.0f} s" if took > SLOW_S else None


def batch(folder: Path, seeds: list[list[Path]], first: int, log: Path) -> None:
    """Try a run of numbers; the log holds the last one begun and all that was found."""
    from gis.plan import default_plan, load_plan
    from gis.survey import vectors

    warnings.simplefilter("ignore")
    vectors.MOST_SECONDS = SLOW_S
    plan = load_plan(default_plan())
    for number in range(first, first + BATCH):
        log.write_text(str(number))
        found = try_one(folder, seeds, plan, number)
        if found:
            with (folder.parent / "found.txt").open("a", encoding="utf-8") as file:
                file.write(found + "\n")
        for path in folder.iterdir():
            path.unlink()


def main() -> int:
    """Fuzz until the time is over."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("seeds", type=Path, help="folder of sound files, one survey a stem")
    parser.add_argument("out", type=Path, help="folder for what is found")
    parser.add_argument("--minutes", type=float, default=15)
    parser.add_argument("--first", type=int, default=0, help="number of the first case")
    given = parser.parse_args()
    folder = given.out / "work"
    folder.mkdir(parents=True, exist_ok=True)
    groups: dict[tuple[str, str], list[Path]] = {}
    companions = {".shx", ".dbf", ".prj", ".cpg", ".dat", ".map", ".id", ".mid"}
    files = sorted(given.seeds.iterdir(), key=lambda path: path.suffix in companions)
    for path in files:
        owner = (path.stem, "" if path.suffix in companions else path.suffix)
        groups.setdefault(owner, []).append(path)
    for (stem, suffix), parts in list(groups.items()):
        if not suffix:  # companions go to the file that needs them
            for main_suffix, its in ((".shp", companions), (".tab", {".dat", ".map", ".id"}),
                                     (".mif", {".mid"})):  # fmt: skip
                if (stem, main_suffix) in groups:
                    groups[stem, main_suffix] += [p for p in parts if p.suffix in its]
            del groups[stem, suffix]
    end, number, crashes = time.monotonic() + 60 * given.minutes, given.first, 0
    while time.monotonic() < end:
        log = given.out / "last.txt"
        process = multiprocessing.get_context("spawn").Process(
            target=batch, args=(folder, list(groups.values()), number, log)
        )
        process.start()
        process.join()
        if process.exitcode:
            crashes += 1
            print(f"crash {process.exitcode} at #{log.read_text()}", flush=True)
        number += BATCH
    found = given.out / "found.txt"
    finds = found.read_text(encoding="utf-8").count("#") if found.exists() else 0
    print(f"{number - given.first} files of {len(groups)} seeds; finds {finds}, crashes {crashes}")
    return 1 if finds or crashes else 0


if __name__ == "__main__":
    sys.exit(main())
