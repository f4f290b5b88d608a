"""A cadastre asked as a whole answers as its parcels would one by one, whatever the engine."""

import json
import os
import signal

import fiona
import geopandas as gpd
import layouts
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely
from click.testing import CliRunner
from conftest import CRS, EAST_M, NORTH_M, fragment, layer_of, site, square, unit
from relate_oracle import all_pairs
from shapely import MultiPolygon, Point, Polygon

from gis.asking.ground import at_outline
from gis.asking.understanding import understand
from gis.bulk import jobs, results
from gis.bulk.asking import allocation_question, crossing_question, siting_question
from gis.bulk.jobs import Job, fingerprint_of, run
from gis.bulk.parcels import batches, cleaned, joined, open_parcels, working_crs
from gis.bulk.questions import CAVEATS, OverlapQuestion, answered
from gis.bulk.store import Store
from gis.cli import cli
from gis.errors import GisError
from gis.siting import answer
from gis.verdicts import Need

BOW_TIE = Polygon([(EAST_M, NORTH_M), (EAST_M + 9, NORTH_M + 9), (EAST_M + 9, NORTH_M),
                   (EAST_M, NORTH_M + 9)])  # fmt: skip
UNUSABLE = {
    "invalid": BOW_TIE,
    "missing": None,
    "not-an-area": Point(EAST_M, NORTH_M),
    "empty": Polygon(),
}
PARCELS = [
    *layouts.sheet(9, 9, 60.0),
    *layouts.block(layouts.S),
    layouts.RING,
    MultiPolygon([layouts.S[0], layouts.S[35]]),
    *UNUSABLE.values(),
]


def frame(outlines, crs=CRS):
    ids = [f"T-{n}" for n in range(len(outlines))]
    return gpd.GeoDataFrame({"so_thua": ids}, geometry=list(outlines), crs=crs)


@pytest.fixture
def parcels(tmp_path):
    path = tmp_path / "parcels.parquet"
    frame(PARCELS).to_parquet(path)
    return path


def job_of(path, question, folder, *, crs=CRS, rows_a_part=None, workers=2):
    source = open_parcels(str(path), "so_thua")
    return Job(question, source, crs, Store.at(str(folder)), 2**30, workers, rows_a_part)


def silent(stage, rows):
    pass


def run_job(job, engine="local", scheduler=None, tell=silent):
    return run(job, fingerprint_of(job, ()), engine, scheduler, tell)


def tables(job, pieces):
    """All rows of a job in the order of the file, and its counts."""
    rows = pa.concat_tables(jobs.kept_tables(job.results, pieces, "rows")).to_pandas()
    by = [name for name in results.TRACE_COLUMNS if name in rows]
    return rows.sort_values(by, ignore_index=True), jobs.total(job.results, pieces)


ACTIVITY = "may mặc"


@pytest.fixture
def plan(make_plan, real_plan):
    """Two communes with three sites: one apart, and two that overlap."""
    sites = {
        "KCN-1": (square(100, 100, 100), site("KCN-1", functions="May")),
        "CCN-1": (square(600, 100, 100), site("CCN-1", functions="Cơ khí")),
        "CCN-2": (square(650, 100, 100), site("CCN-2", functions="Cơ khí …")),
    }
    communes = {
        "00001": (square(0, 0, 400), unit("00001", "Tây")),
        "00002": (shapely.box(EAST_M + 400, NORTH_M, EAST_M + 800, NORTH_M + 400),
                  unit("00002", "Đông", "Huyện B")),
    }  # fmt: skip
    return make_plan(sites=sites, communes=communes, activities=real_plan.activities,
                     fragments=(fragment("KCN-1", 1, "May", "garments"),))  # fmt: skip


PLACES = {
    "in a site": square(110, 110, 50),
    "its very outline": square(100, 100, 100),
    "half in a site": square(150, 110, 100),
    "a sliver out of a site": square(199.99 - 50, 110, 50.01),
    "in a commune only": square(10, 10, 50),
    "across two communes": square(350, 10, 100),
    "in both sites": square(660, 110, 30),
    "in one and half in another": square(610, 110, 80),
    "half out of the province": square(-50, 10, 100),
    "out of the province": square(2000, 0, 100),
    "over everything": square(-100, -100, 1000),
}


@pytest.mark.parametrize("provenance", ["surveyed", "indicative"])
@pytest.mark.parametrize("communes_provenance", ["surveyed", "indicative"])
def test_a_parcel_in_bulk_is_answered_as_a_parcel_by_itself(
    plan, changed, provenance, communes_provenance
):
    layers = {
        name: layer_of(
            name,
            layer.frame.assign(
                provenance=communes_provenance if name == "communes" else provenance
            ),
        )
        for name, layer in plan.layers.items()
    }
    plan = changed(plan, layers=layers)
    question = siting_question(plan, ACTIVITY, "", "en", with_outlines=False)
    batch = frame(PLACES.values())
    given = _parcels_of(batch)
    rows = answered(question, given).rows.to_pylist()
    match = understand(plan, ACTIVITY)
    for name, outline, row in zip(PLACES, PLACES.values(), rows, strict=True):
        place = at_outline(plan, [outline], CRS)
        alone = answer(plan, Need(ACTIVITY), place, match)
        assert row["verdict"] == alone.verdict, name
        assert row["site_id"] == (place.site_ids[0] if place.site_ids else None), name
        flags = [flag.code for flag in place.flags]
        told = [] if row["caveat"] is None else row["caveat"].split(";")
        assert [item for item in told if item != "ambiguous-place"] == [
            item for item in CAVEATS if item in flags
        ], name


def _parcels_of(batch):
    from gis.bulk.parcels import Batch

    rows = np.arange(1, len(batch) + 1)
    wkb = pa.array(shapely.to_wkb(batch.geometry.to_numpy()), pa.binary())
    return cleaned(Batch(rows, pa.array(batch["so_thua"]), wkb), CRS, CRS)


def test_the_real_plan_answers_unknown_and_says_why(real_plan):
    question = siting_question(real_plan, "may mặc", "", "vi", with_outlines=False)
    zone = real_plan.layers["zones"].frame.geometry["KCN-6"]
    middle = zone.representative_point().buffer(30)
    row = answered(question, _parcels_of(frame([middle]))).rows.to_pylist()[0]
    assert row["verdict"] == "unknown"
    assert row["caveat"] == "indicative-geometry"
    assert (row["site_id"], row["by_name"]) == ("KCN-6", "directed")
    assert row["clause"] == "II.2.3a ¶2, dòng 337"


def test_every_parcel_of_the_decision_goes_to_its_commune_district_and_unit_of_today(real_plan):
    communes = real_plan.layers["communes"].frame
    inside = shapely.buffer(shapely.point_on_surface(communes.geometry.to_numpy()), 5)
    given = _parcels_of(frame(inside))
    for level, expected in {
        "communes": list(communes.index),
        "districts": [real_plan.units[code].district for code in communes.index],
    }.items():
        question = allocation_question(real_plan, level, with_outlines=False)
        found = answered(question, given).rows.column("unit_code").to_pylist()
        assert found == expected
    question = allocation_question(real_plan, "today", with_outlines=False)
    today = dict(
        zip(communes.index, answered(question, given).rows.column("unit_code").to_pylist(),
            strict=True)
    )  # fmt: skip
    assert today["05431"] == "05482"  # phường Quán Triều is in Phường Quan Triều (05482)
    divided = [code for code in today if ";" in today[code]]
    assert len(divided) == sum(
        real_plan.units[code].unit_2025_07.count("(") == 2 for code in communes.index
    )


# --- overlaps -----------------------------------------------------------------------------------


def usable(outlines):
    return [item for item in outlines if item not in UNUSABLE.values()]


@pytest.mark.parametrize("rows_a_part", [None, 20])
def test_overlaps_of_a_file_are_those_of_relate(parcels, tmp_path, rows_a_part):
    job = job_of(parcels, OverlapQuestion(0.0), tmp_path / "work", rows_a_part=rows_a_part)
    pieces = run_job(job)
    assert (pieces > 3) == (rows_a_part is not None)
    rows, tally = tables(job, pieces)
    expected = all_pairs(usable(PARCELS))
    assert [*zip(rows.left_row - 1, rows.right_row - 1, strict=True)] == sorted(expected)
    assert rows.overlap_m2.to_numpy() == pytest.approx(
        [expected[pair] for pair in sorted(expected)], abs=1e-6
    )
    assert rows.left_id[0] == f"T-{rows.left_row[0] - 1}"
    assert tally["overlaps_ha"] == pytest.approx(sum(expected.values()) / 1e4)


def test_slivers_are_left_out_counted_and_summed(tmp_path):
    path = tmp_path / "two.parquet"
    frame([square(0, 0), square(99.5, 0), square(150, 50)]).to_parquet(path)
    job = job_of(path, OverlapQuestion(100.0), tmp_path / "work")
    rows, tally = tables(job, run_job(job))
    assert rows[["left_id", "right_id", "overlap_m2"]].to_numpy().tolist() == [
        ["T-1", "T-2", 49.5 * 50]
    ]
    assert (tally["slivers"], tally["slivers_ha"]) == (1, 0.005)


def test_overlaps_with_another_layer(parcels, tmp_path):
    other = tmp_path / "other.gpkg"
    frame([square(0, 0, 150), square(5000, 0), BOW_TIE]).to_file(other)
    question, unusable = crossing_question(open_parcels(str(other)), CRS, 0.0, with_outlines=False)
    assert unusable == 1
    job = job_of(parcels, question, tmp_path / "work")
    rows, _ = tables(job, run_job(job))
    expected = {
        n: item.intersection(square(0, 0, 150)).area
        for n, item in enumerate(PARCELS)
        if item is not None and item.is_valid and item.intersection(square(0, 0, 150)).area > 0
    }
    assert dict(zip(rows.left_row - 1, rows.overlap_m2, strict=True)) == pytest.approx(expected)
    assert set(rows.right_id) == {1}


# --- engines ------------------------------------------------------------------------------------


def questions_of(plan):
    return {
        "site": siting_question(plan, ACTIVITY, "", "en", with_outlines=True),
        "allocate": allocation_question(plan, "communes", with_outlines=False),
        "overlaps": OverlapQuestion(0.0),
    }


def test_a_cluster_answers_as_this_machine_and_a_lost_worker_costs_a_retry(plan, parcels, tmp_path):
    from distributed import LocalCluster

    with LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
    ) as cluster:
        killed = []

        def kill_one(stage, rows):
            if stage == "ask" and not killed:
                worker = next(iter(cluster.workers.values()))
                killed.append(worker.process.process.pid)
                os.kill(killed[0], signal.SIGKILL)

        for name, question in questions_of(plan).items():
            local = job_of(parcels, question, tmp_path / f"local-{name}")
            expected = tables(local, run_job(local))
            job = job_of(parcels, question, tmp_path / f"dask-{name}", rows_a_part=20)
            pieces = run_job(job, "dask", cluster.scheduler_address, kill_one)
            assert pieces > 3
            rows, tally = tables(job, pieces)
            pd.testing.assert_frame_equal(rows, expected[0], rtol=1e-12)
            assert tally == pytest.approx(expected[1])
        assert len(killed) == 1


@pytest.mark.parametrize("name", ["site", "overlaps"])
def test_an_interrupted_job_goes_on_where_it_stopped(plan, parcels, tmp_path, monkeypatch, name):
    monkeypatch.setattr("gis.bulk.parcels.ROWS_A_BATCH", 20)
    question = questions_of(plan)[name]
    whole = job_of(parcels, question, tmp_path / "whole", rows_a_part=20)
    expected = tables(whole, run_job(whole))
    job = job_of(parcels, question, tmp_path / "work", rows_a_part=20, workers=1)

    def stop(stage, rows):
        if stage == "ask":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_job(job, tell=stop)
    first = {name for name in os.listdir(tmp_path / "work" / "results") if "done" in name}
    assert first
    asked = []
    ask = jobs.answered
    monkeypatch.setattr(jobs, "answered", lambda *a, **k: asked.append(1) or ask(*a, **k))
    pieces = run_job(job)
    assert len(asked) == pieces - len(first)
    rows, tally = tables(job, pieces)
    pd.testing.assert_frame_equal(rows, expected[0])
    assert tally == pytest.approx(expected[1])


def test_a_full_disk_is_named_and_what_is_done_is_kept(plan, parcels, tmp_path, monkeypatch):
    monkeypatch.setattr("gis.bulk.parcels.ROWS_A_BATCH", 20)
    job = job_of(parcels, questions_of(plan)["allocate"], tmp_path / "work", workers=1)
    write = pq.ParquetWriter.write_table
    written = []

    def full(self, table, *more, **named):
        written.append(1)
        if len(written) > 4:
            raise OSError(28, "No space left on device")
        return write(self, table, *more, **named)

    monkeypatch.setattr(pq.ParquetWriter, "write_table", full)
    with pytest.raises(GisError) as caught:
        run_job(job)
    assert "rows-00002.parquet" in str(caught.value)
    assert "No space left on device" in str(caught.value)
    assert "--resume" in str(caught.value)
    monkeypatch.undo()
    monkeypatch.setattr("gis.bulk.parcels.ROWS_A_BATCH", 20)
    rows, tally = tables(job, run_job(job))
    assert len(rows) == tally["answered"] == len(usable(PARCELS))


def test_a_folder_of_another_job_is_refused(plan, parcels, tmp_path):
    run_job(job_of(parcels, OverlapQuestion(0.0), tmp_path / "work"))
    job = job_of(parcels, questions_of(plan)["site"], tmp_path / "work")
    with pytest.raises(GisError, match="another job"):
        run(job, fingerprint_of(job, ("other",)), "local", None, silent)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "photo.jpg").write_bytes(b"x")
    with pytest.raises(GisError, match="not empty"):
        run_job(job_of(parcels, OverlapQuestion(0.0), tmp_path / "mine"))


def test_parts_can_lie_in_any_store_that_fsspec_knows(parcels, tmp_path):
    job = job_of(parcels, OverlapQuestion(0.0), f"file://{tmp_path}/store", rows_a_part=20)
    rows, _ = tables(job, run_job(job))
    assert len(rows) == len(all_pairs(usable(PARCELS)))
    assert (tmp_path / "store" / "parts" / "parts.json").is_file()


def test_parts_are_geoparquet_with_boxes_and_a_halo(parcels, tmp_path):
    job = job_of(parcels, OverlapQuestion(0.0), tmp_path / "work", rows_a_part=20)
    run_job(job)
    parts = [gpd.read_parquet(path) for path in (tmp_path / "work/parts").glob("part-*.parquet")]
    assert sum(part.own.sum() for part in parts) == len(usable(PARCELS))
    assert any(not part.own.all() for part in parts)
    for part in parts:
        assert part.crs.to_epsg() == 9213
        assert (part.bounds.to_numpy() == part[["xmin", "ymin", "xmax", "ymax"]].to_numpy()).all()


# --- files --------------------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", ["shp", "gpkg", "fgb", "parquet"])
@pytest.mark.parametrize("crs", [CRS, "EPSG:4326", "EPSG:3405"])
def test_any_form_in_any_system_gives_the_same_answers(plan, tmp_path, suffix, crs):
    outlines = [*PLACES.values()]
    path = tmp_path / f"parcels.{suffix}"
    moved = frame(outlines).to_crs(crs)
    moved.to_parquet(path) if suffix == "parquet" else moved.to_file(path)
    job = job_of(path, questions_of(plan)["site"], tmp_path / "work")
    rows, _ = tables(job, run_job(job))
    alone = answered(job.question, _parcels_of(frame(outlines))).rows.to_pandas()
    rows = rows.set_index("id").loc[alone["id"]]
    # a straight edge is a bent one in another projection
    assert rows.share.to_numpy() == pytest.approx(alone.share.to_numpy(), abs=5e-5, nan_ok=True)
    assert rows.site_id.tolist() == pytest.approx(alone.site_id.tolist(), nan_ok=True)


@pytest.mark.parametrize("suffix", ["shp", "gpkg", "fgb", "parquet"])
def test_results_in_every_form_can_be_read_by_another(parcels, tmp_path, suffix):
    out = tmp_path / f"over.{suffix}"
    arguments = ["bulk", "overlaps", str(parcels), "--id", "so_thua", "--tolerance-m2", "0",
                 "--geometry", "--out", str(out), "--lang", "en"]  # fmt: skip
    done = CliRunner().invoke(cli, arguments, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    expected = all_pairs(usable(PARCELS))
    if suffix == "parquet":
        found = gpd.read_parquet(out)
        read = dict(zip(zip(found.left_id, found.right_id, strict=True), found.overlap_m2,
                        strict=True))  # fmt: skip
        assert found.geometry.area.to_numpy() == pytest.approx(found.overlap_m2.to_numpy())
    else:
        with fiona.open(out) as layer:
            read = {(f["properties"]["left_id"], f["properties"]["right_id"]):
                    f["properties"]["overlap_m2"] for f in layer}  # fmt: skip
    assert read == pytest.approx(
        {(f"T-{a}", f"T-{b}"): shared_m2 for (a, b), shared_m2 in expected.items()}, abs=1e-6
    )
    left_out = (tmp_path / "over-left-out.csv").read_text(encoding="utf-8-sig").splitlines()
    assert left_out[0] == '"row","id","reason"'
    assert {line.split(",")[2].strip('"') for line in left_out[1:]} == set(UNUSABLE)
    assert not list(tmp_path.glob("*.unfinished"))


def test_allocation_and_shares_are_written_beside_one_another(parcels, tmp_path):
    out = tmp_path / "xa.gpkg"
    arguments = ["bulk", "allocate", str(parcels), "--to", "districts", "--out", str(out)]
    assert CliRunner().invoke(cli, arguments, catch_exceptions=False).exit_code == 0
    with fiona.open(out, layer="xa") as rows, fiona.open(out, layer="shares") as shares:
        assert list(rows.schema["properties"]) == ["id", "unit_code", "share", "caveat"]
        assert list(shares.schema["properties"]) == ["id", "unit_code", "share", "shared_m2"]
        assert len(rows) == len(usable(PARCELS))


def test_the_summary_adds_up_to_the_file(plan, parcels, tmp_path):
    for name, question in questions_of(plan).items():
        job = job_of(parcels, question, tmp_path / name, rows_a_part=20)
        tally = jobs.total(job.results, run_job(job))
        left_out = {key: count for key, count in tally.items() if key.startswith("left_out.")}
        assert left_out == {f"left_out.{reason}": 1 for reason in UNUSABLE}
        assert tally["parcels"] == tally["answered"] + 4 == len(PARCELS)
        whole_ha = sum(item.area for item in usable(PARCELS)) / 1e4
        assert tally["answered_ha"] == pytest.approx(whole_ha)
        for inside, beyond in (("allocated", "unallocated"), ("on_sites", "on_no_site")):
            if inside in tally:
                assert tally[inside] + tally[beyond] == tally["answered"]
                assert tally[f"{inside}_ha"] + tally[f"{beyond}_ha"] == pytest.approx(whole_ha)
        if name == "site":
            verdicts = [key for key in tally if key.startswith("verdict.")]
            assert sum(tally[key] for key in verdicts) == tally["answered"]


# --- what is wrong with what we were given ------------------------------------------------------


def broken_row(tmp_path):
    path = tmp_path / "broken.parquet"
    frame([square(0, 0), square(200, 0), square(400, 0)]).to_parquet(path)
    table = pq.read_table(path)
    wkb = table.column("geometry").to_pylist()
    wkb[1] = wkb[1][:40]
    table = table.set_column(
        table.schema.get_field_index("geometry"), "geometry", pa.array([wkb]).flatten()
    )
    pq.write_table(table, path)
    return path


def test_an_unreadable_row_is_named_and_the_rest_is_answered(tmp_path):
    job = job_of(broken_row(tmp_path), OverlapQuestion(0.0), tmp_path / "work")
    pieces = run_job(job)
    left_out = pa.concat_tables(jobs.kept_tables(job.results, pieces, "left_out")).to_pylist()
    assert left_out == [{"row": 2, "id": "T-1", "reason": "unreadable"}]
    assert jobs.total(job.results, pieces)["answered"] == 2


@pytest.mark.parametrize("missing", [[0], [1], [1, 2], [3]])
@pytest.mark.parametrize("suffix", ["fgb", "gpkg", "shp", "parquet"])
def test_rows_without_an_outline_are_told_and_leave_the_others_as_they_are(
    tmp_path, suffix, missing
):
    drawn = [square(200 * n, 10 * n) for n in range(4)]
    path = tmp_path / f"p.{suffix}"
    rows = frame([None if n in missing else outline for n, outline in enumerate(drawn)])
    if suffix == "parquet":
        rows.to_parquet(path)
    else:
        more = {"SPATIAL_INDEX": "NO"} if suffix == "fgb" else {}
        rows.to_file(path, geometry_type="Polygon", **more)
    source = open_parcels(str(path), "so_thua")
    read = joined([cleaned(batch, source.crs, CRS) for batch in batches(source)])
    kept = [n for n in range(4) if n not in missing]
    assert read.ids.to_pylist() == [f"T-{n}" for n in kept]
    assert all(outline.equals(drawn[n]) for n, outline in zip(kept, read.outlines, strict=True))
    assert read.left_out.column("reason").to_pylist() == ["missing"] * len(missing)


@pytest.mark.parametrize("suffix", ["parquet", "gpkg", "fgb", "shp"])
@pytest.mark.parametrize("question", ["overlaps", "allocate", "site"])
def test_a_file_without_rows_has_an_answer_without_rows(
    tmp_path, question, suffix, monkeypatch, capsys
):
    from gis.cli import main

    monkeypatch.chdir(tmp_path)
    frame([square(0, 0)]).iloc[:0].to_file("none.gpkg", geometry_type="Polygon")
    more = ["--activity", "may"] if question == "site" else []
    with pytest.raises(SystemExit) as left:
        main(["bulk", question, "none.gpkg", "--out", f"out.{suffix}", *more, "--lang", "en"])
    assert left.value.code == 0
    out = capsys.readouterr().out
    assert f"out.{suffix}: 0 rows" in out
    found = pq.read_table("out.parquet") if suffix == "parquet" else gpd.read_file(f"out.{suffix}")
    assert len(found) == 0
    wanted = {"overlaps": "left_id", "allocate": "unit_code", "site": "site_id"}[question]
    assert wanted in (found.column_names if suffix == "parquet" else found.columns)


@pytest.mark.parametrize("crs", ["EPSG:9213", "EPSG:3857", "EPSG:4326", "EPSG:3395", "EPSG:32648"])
def test_overlaps_have_their_area_on_the_ground_whatever_the_system(tmp_path, crs):
    path = tmp_path / "two.gpkg"
    frame([square(0, 0), square(50, 0)]).to_crs(crs).to_file(path)
    source = open_parcels(str(path))
    job = Job(
        OverlapQuestion(0.0), source, working_crs(source, CRS), Store.at(str(tmp_path / "w")),
        2**30, 1,
    )  # fmt: skip
    rows, _ = tables(job, run_job(job))
    assert rows["overlap_m2"].tolist() == [pytest.approx(5000, rel=0.002)]


def test_a_file_that_breaks_off_is_named_with_its_row(tmp_path):
    path = tmp_path / "cut.fgb"
    frame(layouts.sheet(20, 20)).to_file(path)
    path.write_bytes(path.read_bytes()[:-4000])
    job = job_of(path, OverlapQuestion(0.0), tmp_path / "work")
    with pytest.raises(GisError, match=r"cut\.fgb.*row"):
        run_job(job)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["overlaps", "nothing.shp"], "no such file"),
        (["overlaps", "{parcels}", "--id", "thua"], "so_thua"),
        (["overlaps", "{parcels}", "--out", "x.dwg"], ".parquet"),
        (["overlaps", "{no_crs}"], "no coordinate system"),
        (["overlaps", "{two_layers}"], "2 layers"),
        (["overlaps", "{text}"], "cannot be read"),
        (["site", "{parcels}", "--activity", "xyzzy"], "not understood"),
        (["site", "{parcels}"], "--activity"),
        (["allocate", "{parcels}", "--memory", "3MB"], "64MB"),
    ],
)
def test_what_cannot_be_asked_is_told_before_anything_is_written(
    parcels, tmp_path, arguments, told, capsys, monkeypatch
):
    from gis.cli import main

    monkeypatch.chdir(tmp_path)
    frame([square(0, 0)]).set_crs(None, allow_override=True).to_file("no_crs.fgb")
    frame([square(0, 0)]).to_file("two.gpkg", layer="a")
    frame([square(0, 0)]).to_file("two.gpkg", layer="b")
    (tmp_path / "text.shp").write_text("not a shapefile")
    given = {"parcels": parcels, "no_crs": "no_crs.fgb", "two_layers": "two.gpkg",
             "text": "text.shp"}  # fmt: skip
    before = sorted(tmp_path.iterdir())
    with pytest.raises(SystemExit) as left:
        main(["bulk", *(item.format(**given) for item in arguments), "--lang", "en"])
    assert left.value.code == 2
    assert told in capsys.readouterr().err
    assert sorted(tmp_path.iterdir()) == before


def test_an_interrupted_command_says_how_to_go_on(parcels, tmp_path, monkeypatch, capsys):
    from gis.cli import main

    def interrupted(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(jobs, "answered", interrupted)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as left:
        main(["bulk", "allocate", str(parcels), "--out", "xa.parquet", "--lang", "en"])
    assert left.value.code == 130
    assert "--resume" in capsys.readouterr().err
    assert json.loads((tmp_path / "xa.parquet.unfinished" / "job.json").read_text())
    assert not (tmp_path / "xa.parquet").exists()


def test_ids_are_row_numbers_where_no_column_is_named(parcels):
    source = open_parcels(str(parcels))
    read = joined([cleaned(batch, source.crs, CRS) for batch in batches(source)])
    assert read.ids.to_pylist()[:3] == [1, 2, 3]
    assert read.rows.tolist()[:3] == [1, 2, 3]


def test_a_text_too_long_for_a_shapefile_is_refused_and_no_id_is_cut(tmp_path, monkeypatch, capsys):
    from gis.cli import main

    monkeypatch.chdir(tmp_path)
    rows = frame([square(0, 0), square(50, 0)])
    rows.assign(so_thua=["x" * 255, "y"]).to_file("long.gpkg")
    with pytest.raises(SystemExit) as left:
        main(["bulk", "overlaps", "long.gpkg", "--id", "so_thua", "--out", "o.shp", "--lang", "en"])
    assert left.value.code == 2
    told = capsys.readouterr().err
    assert "left_id" in told
    assert "254 bytes" in told
    assert not (tmp_path / "o.shp").exists()


def test_what_was_answered_before_says_nothing_of_the_pace():
    from gis.cli.bulk import Pace

    pace = Pace(1_000_000, since=0.0)
    assert pace.after(400_000, 5.0, counts=False).told("en") == ""
    assert pace.after(100_000, 15.0, counts=True).told("en") == "10,000/s, 0:00:50 left"
    assert (pace.told("vi"), pace.done("vi")) == ("10.000/s, còn 0:00:50", "500.000/1.000.000")
