"""Fetching outlines: asked politely, believed little, kept with a hash, never done by itself."""

from __future__ import annotations

import gzip
import hashlib
import json
import threading
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs

import pytest
import shapely
from click.testing import CliRunner
from conftest import square, unit

from gis import boundaries
from gis.boundaries import SERVICES, FetchError, fetch_boundaries
from gis.cli import cli
from gis.crs import WGS84, reprojected

PACKAGE = Path(boundaries.__file__).parent


@pytest.fixture
def served():
    """A server of this machine: what it answers by path, and what it was asked."""
    answers, asked = {}, []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            length = int(self.headers.get("Content-Length") or 0)
            asked.append((self.path, self.rfile.read(length).decode(), dict(self.headers)))
            status, headers, body = answers.get(self.path, (404, {}, b"no such thing"))
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            for piece in body if isinstance(body, list) else [body]:
                self.wfile.write(piece)

        do_POST = do_GET

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    server.answers, server.asked = answers, asked
    server.url = f"http://127.0.0.1:{server.server_port}"
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(autouse=True)
def cache(monkeypatch, tmp_path):
    monkeypatch.setenv("TNGIS_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def plan(make_plan):
    return make_plan(communes={"00001": (square(0, 0, 5000), unit("00001", "A"))})


def lonlat(outline):
    (moved,) = reprojected([outline], "EPSG:9213", WGS84)
    return moved


INSIDE, OUTSIDE = lonlat(square(1000, 1000, 800)), lonlat(square(60_000, 0, 800))


def feature(name, outline):
    return {
        "type": "Feature",
        "properties": {"shapeName": name, "shapeID": f"id-{name}"},
        "geometry": json.loads(shapely.to_geojson(outline)),
    }


def catalogue(served, features, path="/VNM/ADM3/"):
    """A service like geoBoundaries: an entry that says where the outlines are."""
    entry = {
        "gjDownloadURL": "/file.geojson",
        "boundaryLicense": "CC BY 4.0 of the entry",
        "boundaryYearRepresented": "2017",
        "boundarySource": "someone",
    }
    data = json.dumps({"type": "FeatureCollection", "features": features}).encode()
    served.answers[path] = (200, {"Content-Type": "application/json"}, json.dumps(entry).encode())
    served.answers["/file.geojson"] = (302, {"Location": "/stored/file.geojson"}, b"")
    served.answers["/stored/file.geojson"] = (200, {}, data)
    return replace(SERVICES["geoboundaries"], url=served.url + path), data


def way(points):
    return {
        "type": "way",
        "role": "outer",
        "geometry": [{"lon": x, "lat": y} for x, y in points],
    }


def relation(number, name, level, *ways):
    tags = {"name": name, "admin_level": level, "boundary": "administrative"}
    return {"type": "relation", "id": number, "tags": tags, "members": list(ways)}


def test_communes_of_the_province_are_written_with_licence_and_hash(served, plan, tmp_path):
    service, data = catalogue(served, [feature("Trong", INSIDE), feature("Ngoài", OUTSIDE)])
    done = fetch_boundaries(plan, service, tmp_path / "xa.geojson")
    written = json.loads((tmp_path / "xa.geojson").read_text(encoding="utf-8"))
    assert done.count == 1
    assert done.sha256 == hashlib.sha256(data).hexdigest() == written["sha256_of_what_came"]
    assert (written["licence"], written["vintage"]) == ("CC BY 4.0 of the entry", "2017")
    (only,) = written["features"]
    assert only["properties"] == {"name": "Trong", "id": "id-Trong"}
    shape = shapely.from_geojson(json.dumps(only["geometry"]))
    assert shapely.hausdorff_distance(shape, INSIDE) < 1e-7
    assert all(h["User-Agent"].startswith("tngis/") for _, _, h in served.asked)


def test_what_was_fetched_is_used_again_without_the_service(served, plan, tmp_path):
    service, _ = catalogue(served, [feature("Trong", INSIDE)])
    fetch_boundaries(plan, service, tmp_path / "one.geojson")
    before = len(served.asked)
    served.answers.clear()
    fetch_boundaries(plan, service, tmp_path / "two.geojson")
    assert len(served.asked) == before
    assert (tmp_path / "one.geojson").read_bytes() == (tmp_path / "two.geojson").read_bytes()
    with pytest.raises(FetchError, match="404"):
        fetch_boundaries(plan, service, tmp_path / "three.geojson", refresh=True)
    assert not (tmp_path / "three.geojson").exists()


def test_a_kept_file_that_was_changed_is_fetched_again(served, plan, tmp_path, cache):
    service, _ = catalogue(served, [feature("Trong", INSIDE)])
    fetch_boundaries(plan, service, tmp_path / "one.geojson")
    for kept in (cache / "boundaries").glob("*.data"):
        kept.write_bytes(kept.read_bytes()[:-1] + b" ")
    before = len(served.asked)
    fetch_boundaries(plan, service, tmp_path / "one.geojson")
    assert len(served.asked) > before


def test_a_stated_hash_must_be_that_of_what_came(served, plan, tmp_path):
    service, data = catalogue(served, [feature("Trong", INSIDE)])
    good = hashlib.sha256(data).hexdigest().upper()
    fetch_boundaries(plan, service, tmp_path / "a.geojson", expected_sha256=good)
    with pytest.raises(FetchError, match="stated hash"):
        fetch_boundaries(plan, service, tmp_path / "b.geojson", expected_sha256="0" * 64)
    assert not (tmp_path / "b.geojson").exists()


def test_relations_of_openstreetmap_become_outlines_of_the_commonest_level(served, plan, tmp_path):
    west, south, east, north = INSIDE.bounds
    corners = [(west, south), (east, south), (east, north), (west, north)]
    halves = (way(corners[:3]), way([corners[2], corners[3], corners[0]]))
    elements = [
        relation(1, "Xã Một", "8", *halves),
        relation(2, "Xã Hai", "8", way([*corners, corners[0]])),
        relation(3, "Huyện", "6", way([*corners, corners[0]])),
        relation(4, "Xã hở", "8", way(corners[:3])),
        {"type": "node", "id": 5},
    ]
    served.answers["/api"] = (200, {}, json.dumps({"elements": elements}).encode())
    service = replace(SERVICES["osm"], url=f"{served.url}/api")
    done = fetch_boundaries(plan, service, tmp_path / "osm.geojson")
    written = json.loads((tmp_path / "osm.geojson").read_text(encoding="utf-8"))
    assert done.licence == "ODbL 1.0"
    assert written["source"] == "© OpenStreetMap contributors"
    names = [item["properties"]["name"] for item in written["features"]]
    assert sorted(names) == ["Xã Hai", "Xã Một"]
    areas = [shapely.from_geojson(json.dumps(f["geometry"])).area for f in written["features"]]
    assert areas == pytest.approx([INSIDE.envelope.area] * 2, rel=1e-3)
    (_, body, _) = served.asked[0]
    question = parse_qs(body)["data"][0]
    assert question.startswith("[out:json][timeout:180]")
    assert "admin_level" in question


def test_without_a_network_there_is_one_clear_error(plan, tmp_path):
    service = replace(SERVICES["osm"], url="http://127.0.0.1:9/api")  # nothing listens there
    with pytest.raises(FetchError) as caught:
        fetch_boundaries(plan, service, tmp_path / "x.geojson")
    for lang, said in (("vi", "không tới được"), ("en", "cannot be reached")):
        assert said in caught.value.in_(lang)
    assert "tngis survey" in caught.value.in_("en")
    assert "Pool" not in caught.value.in_("en")
    assert not (tmp_path / "x.geojson").exists()


BROKEN = {
    "no JSON": b"<html>",
    "another JSON": b"[]",
    "no features": b"{}",
    "no name": json.dumps({"features": [{"geometry": None}]}).encode(),
    "a point": json.dumps({"features": [feature("x", shapely.Point(105, 21))]}).encode(),
    "metres": json.dumps({"features": [feature("x", square(0, 0))]}).encode(),
    "deep": b"[" * 100_000,
}


@pytest.mark.parametrize("what", BROKEN)
def test_what_is_not_what_was_asked_for_is_refused_whole(served, plan, tmp_path, what):
    service, _ = catalogue(served, [])
    served.answers["/stored/file.geojson"] = (200, {}, BROKEN[what])
    with pytest.raises(FetchError):
        fetch_boundaries(plan, service, tmp_path / "x.geojson")
    assert not (tmp_path / "x.geojson").exists()


def test_a_service_that_sends_too_much_is_cut_off(served, plan, tmp_path, monkeypatch):
    monkeypatch.setattr(boundaries, "MOST_BYTES", 1_000_000)
    service, _ = catalogue(served, [])
    bomb = gzip.compress(b" " * 20_000_000)
    served.answers["/stored/file.geojson"] = (200, {"Content-Encoding": "gzip"}, bomb)
    with pytest.raises(FetchError, match="more than 1,000,000 bytes"):
        fetch_boundaries(plan, service, tmp_path / "x.geojson")


def test_a_service_that_never_ends_is_cut_off(served, plan, tmp_path, monkeypatch):
    monkeypatch.setattr(boundaries, "WHOLE_SECONDS", -1.0)
    service, _ = catalogue(served, [feature("Trong", INSIDE)])
    with pytest.raises(FetchError, match="is not done after"):
        fetch_boundaries(plan, service, tmp_path / "x.geojson")


def test_redirects_end_and_never_leave_a_secure_service(served, plan, tmp_path):
    service, _ = catalogue(served, [])
    served.answers["/file.geojson"] = (302, {"Location": "/file.geojson"}, b"")
    with pytest.raises(FetchError, match="too many"):
        fetch_boundaries(plan, service, tmp_path / "x.geojson")
    served.answers["/file.geojson"] = (302, {"Location": "file:///etc/passwd"}, b"")
    with pytest.raises(FetchError, match="no https"):
        fetch_boundaries(plan, service, tmp_path / "x.geojson")
    with pytest.raises(FetchError, match="no https"):
        boundaries._download(f"{served.url}/VNM/ADM3/", None, secure=True)


def test_the_live_addresses_are_secure():
    assert all(service.url.startswith("https://") for service in SERVICES.values())


def test_the_command_writes_and_says_what_it_got(served, tmp_path, real_plan):
    commune = real_plan.layers["communes"].frame.geometry.iloc[0]
    _, data = catalogue(served, [feature("Quán Triều", lonlat(commune))])
    out = tmp_path / "xa.geojson"
    arguments = ["boundaries", "fetch", "geoboundaries", "--url", f"{served.url}/VNM/ADM3/"]
    done = CliRunner().invoke(cli, [*arguments, "--out", str(out), "--lang", "vi"])
    assert done.exit_code == 0, done.output
    assert hashlib.sha256(data).hexdigest() in done.output
    assert "1 ranh giới" in done.output
    assert out.is_file()


def test_nothing_else_uses_the_network():
    users = {
        path.relative_to(PACKAGE).as_posix()
        for path in PACKAGE.rglob("*.py")
        for line in path.read_text(encoding="utf-8").splitlines()
        if line.strip().startswith(("import ", "from "))
        and any(name in line for name in ("urllib3", "requests", "http.client", "socket"))
    }
    assert users == {"boundaries.py"}
    callers = {
        path.relative_to(PACKAGE).as_posix()
        for path in PACKAGE.rglob("*.py")
        if "fetch_boundaries(" in path.read_text(encoding="utf-8")
    }
    assert callers == {"boundaries.py", "cli/boundaries.py"}
