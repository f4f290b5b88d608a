"""Surveys whose files are in another system than they say: none comes in at a wrong place."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely
from detective_cases import SYSTEMS
from pyproj import CRS

from gis.survey.importing import Options, survey
from gis.survey.systems import declared_reading, from_plan

pytestmark = pytest.mark.filterwarnings("ignore:'crs' was not provided")
SAME_M = 1.0
# What a warning may leave open: systems that a site alone cannot tell apart.
NOT_TOLD_APART_M = 1_100.0
SITE = "KCN-6"
WRONG = ("EPSG:9212", "EPSG:9214", "EPSG:3405", "EPSG:32648", "EPSG:4326", "EPSG:4756",
         "EPSG:5898", "EPSG:32650")  # fmt: skip


@pytest.fixture(scope="module")
def outline(real_plan):
    """A site of 350 ha about where the decision names its communes, and no drawing of ours."""
    middle = real_plan.layers["zones"].frame.geometry[SITE].centroid
    ring = [(1050, 0), (700, 800), (-250, 1100), (-1000, 450), (-1100, -500), (0, -1180)]
    return shapely.Polygon([(middle.x + x, middle.y + y) for x, y in ring])


def shapefile(folder, plan, outline, key, prj):
    """The outline as a shapefile in a reading's numbers, with this .prj or none."""
    reading = declared_reading(plan, key)
    moved = shapely.transform(
        np.array([outline]), lambda points: reading.done(from_plan(points, reading.system, plan))
    )
    frame = gpd.GeoDataFrame({"MA": [SITE], "TEN": ["KCN Điềm Thụy"]}, geometry=moved)
    path = folder / "ranh.shp"
    frame.to_file(path, engine="pyogrio", encoding="utf-8")
    path.with_suffix(".prj").unlink(missing_ok=True)
    if prj:
        path.with_suffix(".prj").write_text(CRS(prj).to_wkt("WKT1_ESRI"), encoding="utf-8")
    return path


def surveyed(folder, plan, outline, key, prj, **more):
    found = survey(plan, str(shapefile(folder, plan, outline, key, prj)), Options("zones", **more))
    placed = found.outlines.get(SITE)
    apart_m = None if placed is None else placed.centroid.distance(outline.centroid)
    return found, apart_m


def prj_of(key):
    """The .prj such a file should have; without a code of its own, none says it."""
    return None if "unshifted" in key else key.split(" ")[0]


@pytest.mark.parametrize("key", SYSTEMS)
def test_without_a_prj_a_file_comes_in_at_its_place_or_not_at_all(
    real_plan, outline, tmp_path, key
):
    found, apart_m = surveyed(tmp_path, real_plan, outline, key, None)
    assert apart_m is None or apart_m <= SAME_M
    assert (apart_m is None) == ("crs-not-settled" in {n.code for n in found.objections})


@pytest.mark.parametrize("key", [key for key in SYSTEMS if prj_of(key)])
def test_with_its_own_prj_a_file_comes_in_at_its_place(real_plan, outline, tmp_path, key):
    found, apart_m = surveyed(tmp_path, real_plan, outline, key, prj_of(key))
    assert apart_m is not None
    assert apart_m <= SAME_M
    assert not {n.code for n in found.objections} & {"crs-contradicts", "crs-not-settled"}


@pytest.mark.parametrize("key", SYSTEMS)
def test_with_a_wrong_prj_a_file_is_refused_or_said_not_to_be_told_apart(
    real_plan, outline, tmp_path, key
):
    for prj in [prj for prj in WRONG if prj != prj_of(key)][SYSTEMS.index(key) % 3 :: 3]:
        found, apart_m = surveyed(tmp_path, real_plan, outline, key, prj)
        codes = {notice.code for notice in found.notices}
        if apart_m is None:
            assert codes & {"crs-contradicts", "crs-not-settled"}, (key, prj)
            assert found.objections, (key, prj)
        elif apart_m > SAME_M:
            assert "crs-not-told-apart" in codes, (key, prj)
            assert apart_m <= NOT_TOLD_APART_M, (key, prj)
            assert found.established.settled_by is not None


@pytest.mark.parametrize("key", ["EPSG:9213", "EPSG:9213 unshifted", "EPSG:9213 swapped"])
def test_the_caller_may_settle_it_with_a_key_of_the_ranking(real_plan, outline, tmp_path, key):
    found, apart_m = surveyed(tmp_path, real_plan, outline, key, None, crs=key)
    assert found.established.chosen.key == key
    assert apart_m <= SAME_M
