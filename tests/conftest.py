"""Toy plans drawn in one-hectare squares, so every expected number can be done in the head."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Callable, Iterable
from decimal import Decimal
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import settings
from shapely import Geometry, box

from gis.files import write_file
from gis.layers import districts_of
from gis.model import Card, CheckOptions, Drawn, Finding, Layer, LayerName, Noticed, Plan
from gis.plan import default_plan, load_plan
from gis.tables import Activity, Clause, CraftPoint, Fragment, Place, Site, Unit
from gis.values import read

# Examples are found anew at a desk and are the same in CI, so that a green run can be had again; a
# busy machine is no fault of an example.
settings.register_profile("desk", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "desk")

CRS = "EPSG:9213"
EAST_M, NORTH_M = 430_000, 2_380_000  # inside the province
CARD = Card(
    code="toy",
    title_vi="Đồ chơi",
    title_en="Toy",
    province_vi="tỉnh Đồ Chơi",
    province_en="Toy province",
    document="QĐ 1/QĐ",
    document_date="2010-01-01",
    period="đến năm 2020",
    units_as_of="2010-01-01",
    status_vi="chỉ để thử",
    status_en="for tests only",
    crs=CRS,
)
CLAUSES = {
    "zones": ("II.3.1", None, None),
    "clusters": ("II.3.2", None, None),
    "craft_duty": ("II.3.3", Decimal(1), None),
    "craft_points": ("II.3.3", Decimal(1), Decimal(3)),
    "craft_area": ("II.3.3", None, Decimal(10)),
    "conformity": ("III.10", None, None),
    "detailed_plan": ("III.8", None, None),
}


def square(x: float, y: float, side: float = 100) -> Geometry:
    """A square whose lower left corner is (x, y) metres; the default is 1 ha."""
    west, south = EAST_M + x, NORTH_M + y
    return box(west, south, west + side, south + side)


def site(
    site_id: str,
    ha: object = 1,
    district: str = "Huyện A",
    functions: str = "Cơ khí",
    **more: object,
) -> Site:
    kind = "zone" if site_id.startswith("KCN") else "cluster"
    row = {
        "site_id": site_id,
        "kind": kind,
        "table": "3.1" if kind == "zone" else "3.2",
        "row": 1,
        "line": 1,
        "name": site_id,
        "short_name": site_id,
        "place": district,
        "districts": district,
        "area_text": str(ha).replace(".", ","),
        "area_line": 1,
        "stated_ha": str(ha),
        "function_text": functions,
        "function_line": 1,
        "list_status": "open" if functions.endswith("…") else "closed",
        "open_marker": "…" if functions.endswith("…") else "",
    }
    return read(Site, row | more)


def unit(code: str, name: str, district: str = "Huyện A", **more: object) -> Unit:
    row = {
        "unit_code": code,
        "name": name,
        "unit_type": "xã",
        "district": district,
        "lat": 21.5,
        "lon": 105.8,
        "point_kind": "centroid",
        "area_km2": "1",
        "area_confidence": "high",
        "sxx": 1.0,
        "sxy": 0.0,
        "syy": 1.0,
        "list_source": "toy",
        "point_source": "toy",
        "area_source": "toy",
    }
    return read(Unit, row | more)


def activity(activity_id: str, broader: str | None = None, label: str = "") -> Activity:
    return Activity(
        activity_id=activity_id,
        label_vi=label or activity_id,
        label_en=label or activity_id,
        broader=broader,
        confidence="high",
    )


def clause(clause_id: str, **more: object) -> Clause:
    row = {
        "clause_id": clause_id,
        "clause": "II.1",
        "line": 1,
        "quote": clause_id,
        "addresses": "zone",
        "scope": "named-site",
        "effect": "encourage",
        "strength": "nên",
        "open_ended": "no",
    }
    return read(Clause, row | more)


def fragment(site_id: str, number: int, text: str, activity_id: str) -> Fragment:
    return Fragment(
        site_id=site_id, fragment=number, text=text, activity_id=activity_id, confidence="high"
    )


def craft_point(point_id: str, unit_code: str, ha: object = 1) -> CraftPoint:
    return read(
        CraftPoint,
        {
            "point_id": point_id,
            "unit_code": unit_code,
            "name": point_id,
            "stated_ha": str(ha),
            "as_of": "2010-01-01",
            "source": "toy",
        },
    )


def place(site_id: str, unit_code: str | None, basis: str = "named_commune") -> Place:
    return read(
        Place,
        {
            "site_id": site_id,
            "unit_code": unit_code,
            "basis": basis,
            "confidence": "high",
            "sentence_vi": "x",
            "sentence_en": "x",
            "source": "toy",
        },
    )


def frame(shapes: dict[str, Geometry], provenance: str, name: str) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(
        {"provenance": [provenance] * len(shapes)},
        geometry=list(shapes.values()),
        index=pd.Index(list(shapes), name=name),
        crs=CRS,
    )


def layer_of(name: LayerName, frame: gpd.GeoDataFrame) -> Layer:
    """A layer of a frame by id, whose columns may have been changed."""
    columns = {column: tuple(frame[column]) for column in frame.columns.drop("geometry")}
    provenance = columns.pop("provenance")
    outlines = np.array(list(frame.geometry), dtype=object)
    return Layer(name, Drawn(tuple(frame.index), outlines, provenance, CRS), columns)


def _clause_id(role: str) -> str:
    return f"R-{role}".replace("_", "-")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest goes first, so that no worker is left with it when the others are done."""
    long = ("slow", "browser")
    items.sort(key=lambda item: not any(item.get_closest_marker(name) for name in long))


@pytest.fixture(scope="session")
def make_plan() -> Callable[..., Plan]:
    """A plan of sites {id: (outline or None, Site)}, communes {code: (outline, Unit)}, and more.

    Outlines are `surveyed` unless `provenance` says otherwise.
    """

    def make(
        sites: dict[str, tuple[Geometry | None, Site]] | None = None,
        communes: dict[str, tuple[Geometry, Unit]] | None = None,
        craft: dict[str, tuple[Geometry | None, CraftPoint]] | None = None,
        provenance: str = "surveyed",
        communes_provenance: str = "surveyed",
        card: dict[str, object] | None = None,
        **tables: object,
    ) -> Plan:
        sites, communes, craft = sites or {}, communes or {}, craft or {}
        layers: dict[str, Layer] = {}
        for kind, name in (("zone", "zones"), ("cluster", "clusters")):
            drawn = {
                site_id: shape
                for site_id, (shape, row) in sites.items()
                if row.kind == kind and shape is not None
            }
            if drawn:
                layers[name] = layer_of(name, frame(drawn, provenance, "site_id"))
        if communes:
            cells = frame(
                {code: shape for code, (shape, _) in communes.items()},
                communes_provenance,
                "unit_code",
            ).assign(
                name=[row.name for _, row in communes.values()],
                unit_type=[row.unit_type for _, row in communes.values()],
                district=[row.district for _, row in communes.values()],
            )
            layers["communes"] = layer_of("communes", cells)
            layers["districts"] = districts_of(layers["communes"])
        points = {key: shape for key, (shape, _) in craft.items() if shape is not None}
        if points:
            layers["craft_points"] = layer_of("craft_points", frame(points, provenance, "point_id"))
        basis = {role: _clause_id(role) for role in CLAUSES}
        given = {
            "clauses": {
                _clause_id(role): clause(
                    _clause_id(role), clause=path, scope="table", minimum=low, maximum=high
                )
                for role, (path, low, high) in CLAUSES.items()
            }
        }
        given["clauses"] |= dict(tables.pop("clauses", {}))  # type: ignore[call-overload]
        return Plan(
            card=CARD._replace(**({"basis": basis} | (card or {}))),
            content_sha256="0" * 64,
            sites={site_id: row for site_id, (_, row) in sites.items()},
            units={code: row for code, (_, row) in communes.items()},
            craft_register=tuple(row for _, row in craft.values()),
            layers=layers,
            **(given | tables),  # type: ignore[arg-type]
        )

    return make


OPTIONS = CheckOptions(tolerance_m2=100.0)


def findings(noticed: Iterable[Noticed]) -> list[Finding]:
    return [item for item in noticed if isinstance(item, Finding)]


@pytest.fixture(scope="session")
def real_plan_folder() -> Path:
    return default_plan()


@pytest.fixture(scope="session")
def real_plan(real_plan_folder: Path) -> Plan:
    return load_plan(real_plan_folder)


@pytest.fixture(scope="session")
def rendered(real_plan: Plan, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """The file of a page of the real plan, rendered once for the workers of a run together."""
    from gis.maps import render_page

    base = tmp_path_factory.getbasetemp()
    folder = base.parent / "pages" if "PYTEST_XDIST_WORKER" in os.environ else base / "pages"
    folder.mkdir(exist_ok=True)

    def page(name: str, languages: tuple[str, ...] = ("vi", "en"), *more: str) -> Path:
        path = folder / f"{'-'.join((name, *languages, *more))}.html"
        if not path.exists():
            write_file(path, render_page(real_plan, name, languages, *more).encode("utf-8"))
        return path

    return page


@pytest.fixture
def real(real_plan: Plan) -> Plan:
    return real_plan


@pytest.fixture
def toy(make_plan: Callable[..., Plan]) -> Callable[..., Plan]:
    """A plan of rows {site id: (function text, {fragment: activity})} and of clauses."""
    import lists

    def make(
        rows: dict[str, tuple[str, dict[str, str]]],
        *clauses: Clause,
        sites: dict[str, Site] | None = None,
        **more: object,
    ) -> Plan:
        built = {key: site(key, functions=text) for key, (text, _) in rows.items()} | (sites or {})
        return make_plan(
            sites={key: (None, row) for key, row in built.items()},
            activities=lists.TREE,
            fragments=tuple(
                fragment(key, number, text, activity_id)
                for key, (_, parts) in rows.items()
                for number, (text, activity_id) in enumerate(parts.items(), start=1)
            ),
            clauses={item.clause_id: item for item in clauses},
            **more,
        )

    return make


@pytest.fixture
def changed() -> Callable[..., Plan]:
    """A plan with some of its parts replaced."""
    return dataclasses.replace
