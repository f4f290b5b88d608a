"""Reports of errors that the investor page saves: read, held to their plan, and listed."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import numpy as np
import shapely
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from gis.crs import WGS84, reprojected
from gis.errors import GisError, Problem
from gis.language import Language, Text, number, say
from gis.model import Plan

if TYPE_CHECKING:
    from rich.console import Console

LARGEST_FILE_BYTES = 100_000  # the page writes some 2 kB, of which the message has at most 4,000
About = Literal["place", "outline", "area", "functions", "name", "availability", "other"]
ABOUT: dict[str, Text] = {
    "place": say("vị trí", "place"),
    "outline": say("hình vẽ", "outline"),
    "area": say("diện tích", "area"),
    "functions": say("ngành nghề", "functions"),
    "name": say("tên gọi", "name"),
    "availability": say("đất còn trống", "available land"),
    "other": say("việc khác", "something else"),
}
SAVE_AGAIN = say(
    "dùng tệp .geojson do nút “Báo lỗi” của trang nhà đầu tư lưu, không sửa",
    "use the .geojson that “Report an error” of the investor page saved, unchanged",
)


class ErrataError(GisError):
    """A file is no report of an error, or one about another plan."""


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class _PlanNamed(_Strict):
    code: str
    content_sha256: str


class _Properties(_Strict):
    schema_: Annotated[Literal["tngis-errata/1"], Field(alias="schema")]
    plan: _PlanNamed
    site_id: str
    site_name: str
    about: About
    message: Annotated[str, Field(min_length=1, max_length=4000)]
    contact: Annotated[str, Field(max_length=200)] = ""
    language: str = ""


Longitude = Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]
Latitude = Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)]


class _Point(_Strict):
    type: Literal["Point"]
    coordinates: tuple[Longitude, Latitude]


class _Feature(_Strict):
    type: Literal["Feature"]
    geometry: _Point | None
    properties: _Properties


@dataclass(frozen=True, slots=True)
class Erratum:
    """What someone says is wrong about a site, and where the right place would be."""

    file: str
    site_id: str
    about: str
    message: str
    contact: str
    longitude: float | None
    latitude: float | None
    north_m: float | None  # VN-2000, the plan's own system
    east_m: float | None
    is_of_this_plan: bool  # False where the page was made from other tables


def read_errata(plan: Plan, paths: Sequence[Path]) -> tuple[Erratum, ...]:
    """The reports in some files, in their order.

    Raises: ErrataError with all that is wrong with all of them.
    """
    found: list[Erratum] = []
    problems: list[Problem] = []
    for path in paths:
        try:
            found.append(_erratum(plan, path))
        except ErrataError as error:
            problems += error.problems
    if problems:
        raise ErrataError(*problems)
    return tuple(found)


def _erratum(plan: Plan, path: Path) -> Erratum:
    feature = _feature(path)
    told = feature.properties
    problems = tuple(_strange(plan, path, told))
    if problems:
        raise ErrataError(*problems)
    longitude, latitude = feature.geometry.coordinates if feature.geometry else (None, None)
    north, east = (None, None)
    if longitude is not None and latitude is not None:
        here = np.array([shapely.Point(longitude, latitude)], dtype=object)
        [there] = reprojected(here, WGS84, plan.card.crs)
        north, east = round(float(there.y), 2), round(float(there.x), 2)
    return Erratum(
        path.name, told.site_id, told.about, _plain(told.message), _plain(told.contact),
        longitude, latitude, north, east, told.plan.content_sha256 == plan.content_sha256,
    )  # fmt: skip


def _feature(path: Path) -> _Feature:
    """The file as a report, its schema checked.

    Raises: ErrataError.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        why = say("không đọc được: {why}", "cannot be read: {why}", why=error.strerror or error)
        raise ErrataError(Problem(str(path), why, SAVE_AGAIN)) from error
    if len(data) > LARGEST_FILE_BYTES:
        raise ErrataError(
            Problem(str(path), say("quá lớn", "is too large"), SAVE_AGAIN, value=f"{len(data)} B")
        )
    try:
        return _Feature.model_validate_json(data.removeprefix(b"\xef\xbb\xbf"))
    except ValidationError as error:
        raise ErrataError(*(_fault(path, item) for item in error.errors())) from error


def _fault(path: Path, item: object) -> Problem:
    told = dict(item)  # type: ignore[call-overload]
    field = ".".join(str(part) for part in told["loc"])
    what = say("không phải tệp báo lỗi: {why}", "is no error report: {why}", why=told["msg"])
    return Problem(str(path), what, SAVE_AGAIN, field=field)


def _strange(plan: Plan, path: Path, told: _Properties) -> Iterator[Problem]:
    """What a report says of a plan or site that is not there."""
    if told.plan.code != plan.card.code:
        yield Problem(
            str(path),
            say("là về một quy hoạch khác", "is about another plan"),
            say("chạy với --plan của quy hoạch đó", "run with --plan of that plan"),
            field="plan.code", value=told.plan.code,
        )  # fmt: skip
    elif told.site_id not in plan.sites:
        yield Problem(
            str(path),
            say("nêu một khu, cụm không có trong quy hoạch", "names a site the plan has not"),
            SAVE_AGAIN, field="site_id", value=told.site_id,
        )  # fmt: skip


def _plain(text: str) -> str:
    """Text that cannot steer a terminal: control characters but the end of a line are shown."""
    return "".join(
        character if character == "\n" or character.isprintable() else "\ufffd"
        for character in text.replace("\r\n", "\n")
    )


def as_json(plan: Plan, errata: Sequence[Erratum]) -> str:
    """The reports as one object."""
    whole = {
        "plan": {"code": plan.card.code, "content_sha256": plan.content_sha256},
        "crs": plan.card.crs,
        "errata": [asdict(item) for item in errata],
    }
    return json.dumps(whole, ensure_ascii=False, indent=1) + "\n"


def print_errata(plan: Plan, errata: Sequence[Erratum], console: Console, lang: Language) -> None:
    """The reports, a paragraph each."""
    for item in errata:
        site = plan.sites[item.site_id]
        _print(console, f"{item.site_id} {site.short_name} – {ABOUT[item.about].in_(lang)}")
        _print(console, item.message)
        for line in _beside(item, lang):
            _print(console, f"  {line}")
        _print(console, "")


def _beside(item: Erratum, lang: Language) -> Iterator[str]:
    if item.north_m is not None and item.east_m is not None:
        yield say(
            "chỗ đúng: X (Bắc) {north} m, Y (Đông) {east} m; {latitude}, {longitude}",
            "right place: X (north) {north} m, Y (east) {east} m; {latitude}, {longitude}",
            north=number(item.north_m, lang),
            east=number(item.east_m, lang),
            latitude=str(item.latitude),
            longitude=str(item.longitude),
        ).in_(lang)
    if item.contact:
        yield say("liên hệ: {who}", "contact: {who}", who=item.contact).in_(lang)
    if not item.is_of_this_plan:
        yield say(
            "trang được dựng từ dữ liệu khác với dữ liệu này",
            "the page was made from other tables than these",
        ).in_(lang)
    yield say("tệp: {file}", "file: {file}", file=item.file).in_(lang)


def _print(console: Console, text: str) -> None:
    console.print(text, markup=False, highlight=False, soft_wrap=True)
