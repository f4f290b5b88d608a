"""One delivery from its files to what was proven of it, what is at fault and what is left open."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from gis.delivery.fitting import LONG_TEXTS, SIDE_TABLE
from gis.delivery.manifest import MANIFEST, Manifest
from gis.delivery.profiles import DEFAULT_PROFILE, Profile, load_profile, profile_names
from gis.language import Text, say
from gis.model import LayerName, Plan
from gis.verification.columns import judge_cells, judge_columns, judge_rows, matched
from gis.verification.faults import Fault, Unproven, fault
from gis.verification.geopackages import read_geopackage
from gis.verification.manifests import (
    checks_of,
    judge_coverage,
    judge_files,
    judge_statements,
    judge_totals,
    read_manifest,
)
from gis.verification.opening import Kit
from gis.verification.others import judge_others
from gis.verification.outlines import judge_areas, judge_outlines
from gis.verification.readings import Reading
from gis.verification.shapefiles import PARTS, read_shapefile
from gis.verification.sides import judge_encoding, judge_projection, judge_side_tables
from gis.verification.standard import LAYERS, PROVINCE_CRS, Standard, standard_of
from gis.verification.twins import judge_twins

Verdict = Literal["proven", "faults", "unproven"]
Parts = Mapping[str, tuple[str, bytes]]


@dataclass(frozen=True, eq=False, slots=True)
class Question:
    """What a delivery is asked: under which profile, against which plan, with which layers.

    `builtin` gives the plan that comes with the program; `standard` spares working it out again.
    """

    builtin: Callable[[], Plan]
    profile: str | None = None
    against: Plan | None = None
    layers: tuple[LayerName, ...] = ()
    standard: Standard | None = None


@dataclass(frozen=True, eq=False, slots=True)
class Verification:
    """What became of a delivery; only `proven` means that all of it was shown to be right."""

    kit: str
    files: int
    manifest: Manifest | None
    profile: Profile | None
    plan: Plan | None
    layers: Mapping[str, int]
    faults: tuple[Fault, ...]
    unproven: tuple[Unproven, ...] = ()
    notes: tuple[Text, ...] = ()

    @property
    def verdict(self) -> Verdict:
        if self.faults:
            return "faults"
        return "unproven" if self.unproven else "proven"


@dataclass(slots=True)
class _Case:
    """What is gathered while a delivery is judged."""

    faults: list[Fault] = field(default_factory=list)
    unproven: list[Unproven] = field(default_factory=list)
    notes: list[Text] = field(default_factory=list)
    readings: list[Reading] = field(default_factory=list)


def verify(kit: Kit, question: Question) -> Verification:
    """Judge a delivery by all that can be known of it.

    Raises: ProfileError, where the profile asked for cannot be used.
    """
    case = _Case([*kit.faults])
    manifest, wrong = read_manifest(kit)
    case.faults += wrong
    if MANIFEST not in kit.files and question.profile is None:
        case.faults.append(fault("MANI01", MANIFEST))
        return _told(kit, case, None, None)
    standard = question.standard or _standard(question, manifest, case)
    if manifest is None:
        case.notes.append(_NO_MANIFEST)
    else:
        case.faults += [*judge_files(kit, manifest), *judge_coverage(manifest)]
    judged = _read(kit, question, manifest, standard, case)
    for reading in case.readings:
        case.faults += _judged(reading, standard, exact=manifest is not None)
    case.faults += judge_side_tables(kit, standard, case.readings, complete=manifest is not None)
    case.faults += judge_totals(standard, manifest, case.readings)
    if standard.plan is None:
        case.faults += judge_twins(case.readings, standard)
    if manifest is not None:
        report = None if standard.plan is None else checks_of(kit, standard.plan)
        case.faults += judge_statements(manifest, standard, case.readings, report)
        if report is not None:
            name = question.profile or standard.profile.code
            for item in judge_others(kit, manifest, report, name, judged):
                (case.faults if isinstance(item, Fault) else case.unproven).append(item)  # type: ignore[arg-type]
    if not case.readings and not case.faults:
        case.faults.append(fault("FILE06", kit.name))
    return _told(kit, case, manifest, standard)


def _told(
    kit: Kit, case: _Case, manifest: Manifest | None, standard: Standard | None
) -> Verification:
    order: dict[str, int] = {name: place for place, name in enumerate(LAYERS)}
    faults = sorted(
        dict.fromkeys(case.faults), key=lambda item: (-item.severity, order.get(item.layer, -1))
    )
    return Verification(
        kit.name,
        len(kit.files),
        manifest,
        None if standard is None else standard.profile,
        None if standard is None else standard.plan,
        {f"{item.form} {item.layer}": len(item.rows) for item in case.readings},
        tuple(faults),
        tuple(dict.fromkeys(case.unproven)),
        tuple(dict.fromkeys(case.notes)),
    )


_NO_MANIFEST = say(
    "không có bản kê: không biết tệp có còn nguyên như lúc giao, chỉ biết dữ liệu có đúng "
    "quy hoạch",
    "no manifest: whether the files are as they were sent is not known, only whether the data are "
    "the plan's",
)


# --- what it is judged by ------------------------------------------------------------------------


def _standard(question: Question, manifest: Manifest | None, case: _Case) -> Standard:
    profile = load_profile(_profile_name(question, manifest, case))
    plan = _plan(question, manifest, case)
    crs = PROVINCE_CRS if manifest is None else _known_system(manifest)
    return standard_of(profile, plan, crs)


def _known_system(manifest: Manifest) -> str:
    from pyproj import CRS
    from pyproj.exceptions import CRSError

    try:
        CRS.from_user_input(manifest.plan.crs)
    except CRSError:
        return PROVINCE_CRS
    return manifest.plan.crs


def _profile_name(question: Question, manifest: Manifest | None, case: _Case) -> str:
    """The profile asked for, or the one of the manifest where it comes with the program."""
    if question.profile is not None:
        return question.profile
    if manifest is None:
        return DEFAULT_PROFILE
    if manifest.profile.code in profile_names():
        return manifest.profile.code
    case.unproven.append(
        Unproven(
            "profile",
            say(
                "bản kê nêu hồ sơ mẫu {code}, không có ở đây; đã kiểm theo hồ sơ mặc định",
                "the manifest names the profile {code}, which is not here; judged by the default",
                code=manifest.profile.code,
            ),
            say("chỉ tệp hồ sơ mẫu: --profile TỆP", "name its file: --profile FILE"),
        )
    )
    return DEFAULT_PROFILE


def _plan(question: Question, manifest: Manifest | None, case: _Case) -> Plan | None:
    """The plan to compare with: the one asked for, or ours where the kit is made from it."""
    if question.against is not None:
        return question.against
    plan = question.builtin()
    if manifest is None or manifest.plan.content_sha256 == plan.content_sha256:
        return plan
    case.unproven.append(
        Unproven(
            "plan",
            say(
                "bộ giao nộp làm từ {code} với nội dung khác ({sha}…): không so được giá trị và "
                "hình với quy hoạch",
                "the kit was made from {code} with other content ({sha}…): values and outlines "
                "could not be compared with a plan",
                code=manifest.plan.code,
                sha=manifest.plan.content_sha256[:12],
            ),
            say(
                "chỉ thư mục của quy hoạch đó: --against THƯ_MỤC",
                "name the folder of that plan: --against DIR",
            ),
        )
    )
    return None


# --- reading -------------------------------------------------------------------------------------


def _read(
    kit: Kit, question: Question, manifest: Manifest | None, standard: Standard, case: _Case
) -> set[str]:
    """Read every layer that is there, tell those that should be, and name the files judged."""
    shapefiles, geopackages = grouped(kit, standard.profile)
    demanded = _demanded(question, manifest)
    judged = {SIDE_TABLE, LONG_TEXTS}
    forms = None if manifest is None else {part.format for part in manifest.formats}
    for layer in LAYERS:
        profile = standard.profile.layers.get(layer)
        if profile is None:
            continue
        parts = shapefiles.get(layer, {})
        wanted = layer in demanded and (forms is None or "shp" in forms)
        if parts:
            judged |= {name for name, _ in parts.values()}
            _read_one(layer, parts, standard, case)
        elif wanted:
            case.faults.append(fault("FILE05", f"{profile.file}.shp", layer=layer))
        elif manifest is None:
            case.notes.append(_not_there(profile.file))
    if forms is not None and "gpkg" in forms and not geopackages:
        case.faults.append(fault("FILE05", f"{_code(manifest)}.gpkg"))
    for name in geopackages:
        judged.add(name)
        _read_many(name, kit.files[name], demanded, manifest, standard, case)
    return judged


def _code(manifest: Manifest | None) -> str:
    return "*" if manifest is None else manifest.plan.code


def _not_there(name: str) -> Text:
    return say(
        "không có lớp {name} ở đây: không kiểm",
        "the layer {name} is not here: not judged",
        name=name,
    )


def _demanded(question: Question, manifest: Manifest | None) -> set[LayerName]:
    """The layers that must be there: those asked for, and those the manifest lists."""
    listed = {part.layer for part in manifest.layers} if manifest is not None else set()
    return {layer for layer in LAYERS if layer in question.layers or layer in listed}


def grouped(kit: Kit, profile: Profile) -> tuple[dict[LayerName, Parts], list[str]]:
    """The parts of each layer's shapefile by suffix, and the GeoPackages."""
    stems = {item.file.casefold(): layer for layer, item in profile.layers.items()}
    found: dict[LayerName, dict[str, tuple[str, bytes]]] = {}
    geopackages = []
    for name in sorted(kit.files, key=lambda item: (item.count("/"), item)):
        base = name.rsplit("/", 1)[-1]
        stem, dot, suffix = base.rpartition(".")
        suffix = f"{dot}{suffix}".lower()
        if suffix == ".gpkg":
            geopackages.append(name)
        layer = stems.get(stem.casefold())
        if layer is not None and suffix in PARTS:
            found.setdefault(layer, {}).setdefault(suffix, (name, kit.files[name]))
    return {layer: parts for layer, parts in found.items()}, geopackages


def _read_one(layer: LayerName, parts: Parts, standard: Standard, case: _Case) -> None:
    stem = next(iter(parts.values()))[0].rpartition(".")[0]
    for suffix in (".shp", ".shx", ".dbf"):
        if suffix not in parts:
            case.faults.append(fault("FILE04", f"{stem}{suffix}", layer=layer))
    case.faults += judge_projection(parts, layer, standard.crs)
    case.faults += judge_encoding(parts, layer)
    reading = read_shapefile(parts, layer, standard.short[layer].key)
    if reading is not None:
        case.faults += reading.faults
        case.readings.append(reading)


def _read_many(
    name: str,
    data: bytes,
    demanded: set[LayerName],
    manifest: Manifest | None,
    standard: Standard,
    case: _Case,
) -> None:
    keys = {layer: wanted.key for layer, wanted in standard.long.items()}
    readings, faults = read_geopackage(name, data, keys, standard.crs)
    optional = demanded if manifest is not None else set()
    case.faults += [item for item in faults if item.code != "GPKG03" or item.layer in optional]
    case.readings += readings
    if manifest is None and not readings and all(item.code == "GPKG03" for item in faults):
        case.notes.append(_not_there(name))


# --- judging -------------------------------------------------------------------------------------


def _judged(reading: Reading, standard: Standard, *, exact: bool) -> Iterator[Fault]:
    """All the faults of one layer; an area is not held against an outline that has one already."""
    wanted = (standard.short if reading.form == "shp" else standard.long).get(reading.layer)
    if wanted is None:
        return
    match = matched(reading, wanted)
    yield from judge_columns(reading, wanted, exact=exact)
    yield from judge_rows(reading, wanted, match)
    outlines = [*judge_outlines(reading, wanted, match, standard)]
    yield from outlines
    crooked = {item.row for item in outlines}
    areas = [
        item for item in judge_areas(reading, wanted, match, standard) if item.row not in crooked
    ]
    yield from areas
    told = _places(areas)
    for item in judge_cells(reading, wanted, match):
        if item.code != "CELL08" or (item.row, item.field) not in told:
            yield item


def _places(faults: Iterable[Fault]) -> set[tuple[str, str]]:
    return {(item.row, item.field) for item in faults}
