"""The whole way through the house: a plan to its checks, maps, report and shapefiles."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from gis.checks import RULES, has_errors, run
from gis.checks.overlaps import TOLERANCE_M2
from gis.files import staged
from gis.language import LANGUAGES
from gis.maps import LANGUAGES_SHOWN, PAGE_NAMES, render_page
from gis.model import CheckOptions, Plan
from gis.report import Report, as_html, as_json

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
        folders.maps: partial(_maps, plan, PAGE_NAMES, LANGUAGES_SHOWN),
        folders.report: partial(_reports, report),
    }
    if not has_errors(report.outcomes):
        writers[folders.exports] = partial(_exports, plan)
    return report, _written(writers, step)


def write_maps(
    plan: Plan,
    folder: Path,
    pages: Sequence[str] = PAGE_NAMES,
    languages: Sequence[str] = LANGUAGES_SHOWN,
) -> list[Path]:
    """Map pages of a plan."""
    return _written({folder: partial(_maps, plan, pages, languages)})


def write_exports(plan: Plan, folder: Path) -> list[Path]:
    """The shapefiles and the GeoPackage of a plan, with their side table."""
    return _written({folder: partial(_exports, plan)})


def _written(writers: Mapping[Path, Writer], step: Step = lambda _: None) -> list[Path]:
    """What all the writers wrote; nothing takes its place before all of them have finished."""
    paths: list[Path] = []
    with ExitStack() as stages:
        for folder, write in writers.items():
            step(folder.name)
            stage = stages.enter_context(staged(folder))
            write(stage)
            paths += [folder / path.name for path in sorted(stage.iterdir())]
    return paths


def _maps(plan: Plan, pages: Sequence[str], languages: Sequence[str], stage: Path) -> None:
    for page in pages:
        text = render_page(plan, page, languages)
        (stage / f"{page}.html").write_bytes(text.encode("utf-8"))


def _reports(report: Report, stage: Path) -> None:
    """The check report as one page a language, and as JSON in both."""
    (stage / "check.json").write_bytes(as_json(report).encode("utf-8"))
    for lang in LANGUAGES:
        name = "check.html" if lang == "vi" else f"check.{lang}.html"
        (stage / name).write_bytes(as_html(report, lang).encode("utf-8"))


def _exports(plan: Plan, stage: Path) -> None:
    from gis.delivery import export_layers

    export_layers(plan, stage)
