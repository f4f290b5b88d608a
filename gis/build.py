"""The whole way through the house: a plan to its checks, its map, its report and its shapefiles."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from gis.checks import RULES, has_errors, run
from gis.checks.overlaps import TOLERANCE_M2
from gis.files import staged, write_file
from gis.language import LANGUAGES
from gis.model import CheckOptions, Plan
from gis.report import Report, as_html, as_json

Step = Callable[[str], None]


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
    step("map")
    written = write_map(plan, folders.maps)
    step("report")
    written += write_reports(report, folders.report)
    if not has_errors(report.outcomes):
        step("exports")
        written += write_exports(plan, folders.exports)
    return report, written


def write_map(plan: Plan, folder: Path) -> list[Path]:
    """The map page of a plan."""
    from gis.maps import render_page

    path = folder / f"{plan.card.page}.html"
    write_file(path, render_page(plan).encode("utf-8"))
    return [path]


def write_reports(report: Report, folder: Path) -> list[Path]:
    """The check report as one page a language, and as JSON in both."""
    texts = {"check.json": as_json(report)}
    texts |= {
        "check.html" if lang == "vi" else f"check.{lang}.html": as_html(report, lang)
        for lang in LANGUAGES
    }
    with staged(folder) as stage:
        for name, text in texts.items():
            (stage / name).write_bytes(text.encode("utf-8"))
    return [folder / name for name in sorted(texts)]


def write_exports(plan: Plan, folder: Path) -> list[Path]:
    """The shapefiles and the GeoPackage of a plan, with their side table."""
    from gis.delivery import export_layers

    with staged(folder) as stage:
        names = sorted(path.relative_to(stage) for path in export_layers(plan, stage))
    return [folder / name for name in names]
