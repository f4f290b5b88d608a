"""The whole way through the house: a plan to its checks, maps, report and shapefiles."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from gis.checks import RULES, has_errors, run
from gis.checks.overlaps import TOLERANCE_M2
from gis.files import replaced, staged, telling_of_output, write_file
from gis.language import LANGUAGES
from gis.maps import LANGUAGES_SHOWN, PAGE_NAMES, Basemap, render_page
from gis.model import CheckOptions, Plan
from gis.report import Report, as_html, as_json

if TYPE_CHECKING:
    from gis.delivery.kit import Wishes

Step = Callable[[str], None]
Writer = Callable[[Path], object]  # writes files into an empty folder


@dataclass(frozen=True, slots=True)
class Folders:
    """Where the results go."""

    maps: Path
    report: Path
    exports: Path

    @classmethod
    def below(cls, folder: Path) -> Folders:
        return cls(folder / "maps", folder / "report", folder / "exports")

    @classmethod
    def of_working_directory(cls) -> Folders:
        return cls(Path("maps"), Path("out/report"), Path("out/exports"))


def checked(plan: Plan, tolerance_m2: float | None = None, themes: Sequence[str] = ()) -> Report:
    """The report of a run of all rules, or of those of some themes."""
    options = CheckOptions(TOLERANCE_M2 if tolerance_m2 is None else tolerance_m2)
    rules = [rule for rule in RULES if not themes or rule.theme in themes]
    return Report(plan, options, tuple(run(plan, options, rules)))


def build_all(
    plan: Plan, folders: Folders, tolerance_m2: float | None, step: Step
) -> tuple[Report, list[Path]]:
    """Check the plan and write everything; shapefiles only where no error was found."""
    step("check")
    report = checked(plan, tolerance_m2)
    writers: dict[Path, Writer] = {
        folders.maps: partial(_maps, plan, PAGE_NAMES, LANGUAGES_SHOWN, "none", report),
        folders.report: partial(_reports, report),
    }
    if not has_errors(report.outcomes):
        writers[folders.exports] = Whole(partial(_exports, report))
    return report, _written(writers, step)


def write_maps(
    plan: Plan,
    folder: Path,
    pages: Sequence[str] = PAGE_NAMES,
    languages: Sequence[str] = LANGUAGES_SHOWN,
    basemap: Basemap = "none",
) -> list[Path]:
    """Map pages of a plan."""
    return _written({folder: partial(_maps, plan, pages, languages, basemap, None)})


def write_exports(report: Report, out: Path, wishes: Wishes) -> list[Path]:
    """The kit of a checked plan, as a folder or, where the name says so, as one zip file."""
    from gis.delivery.kit import write_kit
    from gis.delivery.packing import zipped

    if out.suffix.lower() != ".zip":
        return _written({out: Whole(partial(write_kit, report, wishes=wishes))})
    with tempfile.TemporaryDirectory() as folder, telling_of_output(out):
        write_kit(report, Path(folder), wishes)
        write_file(out, zipped(Path(folder)))
    return [out]


@dataclass(frozen=True, slots=True)
class Whole:
    """A writer whose folder is replaced as a whole: a kit has no file its manifest lacks."""

    write: Writer

    def __call__(self, stage: Path) -> object:
        return self.write(stage)


def _written(writers: Mapping[Path, Writer], step: Step = lambda _: None) -> list[Path]:
    """What all the writers wrote; nothing takes its place before all of them have finished."""
    paths: list[Path] = []
    with ExitStack() as stages:
        for folder, write in writers.items():
            step(folder.name)
            stage = stages.enter_context(_stage(folder, write))
            write(stage)
            found = sorted(path.relative_to(stage) for path in stage.rglob("*") if path.is_file())
            paths += [folder / path for path in found]
    return paths


def _stage(folder: Path, write: Writer) -> AbstractContextManager[Path]:
    if isinstance(write, Whole):
        from gis.delivery.manifest import files_listed

        return replaced(folder, files_listed)
    return staged(folder)


def _maps(
    plan: Plan,
    pages: Sequence[str],
    languages: Sequence[str],
    basemap: Basemap,
    report: Report | None,
    stage: Path,
) -> None:
    for page in pages:
        text = render_page(plan, page, languages, basemap, report)
        (stage / f"{page}.html").write_bytes(text.encode("utf-8"))


def _reports(report: Report, stage: Path) -> None:
    """The check report as one page a language, and as JSON in both."""
    (stage / "check.json").write_bytes(as_json(report).encode("utf-8"))
    for lang in LANGUAGES:
        name = "check.html" if lang == "vi" else f"check.{lang}.html"
        (stage / name).write_bytes(as_html(report, lang).encode("utf-8"))


def _exports(report: Report, stage: Path) -> None:
    from gis.delivery.kit import write_kit

    write_kit(report, stage)
