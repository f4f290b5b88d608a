"""Real commune outlines from public services, on a machine that has the internet, when asked.

Nothing here runs by itself. What was fetched once is kept with its hash and used again. Both
clients are tested against a local server only: they have not yet been tried on the live services.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urljoin, urlsplit
from urllib.request import getproxies, proxy_bypass

import numpy as np
import platformdirs
import shapely

from gis import __version__
from gis.crs import WGS84, reprojected
from gis.errors import GisError, Problem
from gis.files import write_file
from gis.language import Text, say
from gis.model import Plan

if TYPE_CHECKING:
    from urllib3 import BaseHTTPResponse

CONNECT_SECONDS, READ_SECONDS, WHOLE_SECONDS = 10.0, 60.0, 900.0
MOST_BYTES = 200_000_000
CHUNK_BYTES = 1 << 16
MOST_REDIRECTS = 5
OVERPASS_SECONDS = 180
DECIMALS = 7  # of a degree: about a centimetre
BESIDE_M = 2_000.0  # indicative communes may miss a true one at the edge of the province by this
COMMUNE_LEVELS = "^(6|7|8)$"  # of OpenStreetMap: 8 until 2025, 6 since the districts ended
TRY_LATER = say(
    "kết nối internet rồi thử lại, hoặc tải tệp bằng cách khác và đưa vào bằng tngis survey",
    "connect to the internet and try again, or get the file otherwise and give it to tngis survey",
)


class FetchError(GisError):
    """Outlines cannot be fetched, or what came is not what was asked for; nothing was written."""


@dataclass(frozen=True, slots=True)
class Service:
    """A public service: where it is, how it is asked, whose data it has and on what terms."""

    name: str
    url: str
    licence: str
    credit: str
    outlines: Callable[[Service, Plan, Fetch], Outlines]


Fetch = Callable[[str, "Mapping[str, str] | None"], bytes]


@dataclass(frozen=True, slots=True)
class Outlines:
    """Outlines in longitude and latitude, with what their service says of each and of all."""

    features: tuple[tuple[Mapping[str, str], shapely.Geometry], ...]
    told: Mapping[str, str]
    sha256: str


@dataclass(frozen=True, slots=True)
class Fetched:
    """What was written: how many outlines, of what licence, and the hash of what came."""

    path: Path
    count: int
    licence: str
    sha256: str


def fetch_boundaries(
    plan: Plan,
    service: Service,
    out: Path,
    *,
    refresh: bool = False,
    expected_sha256: str = "",
) -> Fetched:
    """Fetch a service's communes of the plan's province and write them as GeoJSON, whole or not.

    Raises: FetchError, OutputError.
    """
    found = service.outlines(service, plan, _fetcher(service, refresh))
    if expected_sha256 and found.sha256 != expected_sha256.lower():
        raise _fetch_error(
            service.url,
            say("không có mã băm như đã nêu", "does not have the stated hash"),
            say("kiểm tra mã băm, hoặc dùng --refresh", "check the hash, or use --refresh"),
            found.sha256,
        )
    kept = tuple(_within(plan, found.features))
    if not kept:
        what = say("không có xã nào trong tỉnh", "has no commune of the province")
        raise _fetch_error(service.url, what, say("chọn dịch vụ khác", "choose another service"))
    licence = found.told.get("licence", service.licence)
    write_file(out, _geojson(service, found, kept, licence))
    return Fetched(out, len(kept), licence, found.sha256)


def _within(
    plan: Plan, features: tuple[tuple[Mapping[str, str], shapely.Geometry], ...]
) -> Iterator[tuple[Mapping[str, str], shapely.Geometry]]:
    """The features that lie in the plan's province."""
    if not features:
        return
    province = shapely.union_all(plan.layers["communes"].frame.geometry.to_numpy())
    middles = shapely.point_on_surface(np.array([shape for _, shape in features], dtype=object))
    points = reprojected(middles, WGS84, plan.card.crs)
    inside = shapely.dwithin(province, points, BESIDE_M)
    yield from (feature for feature, is_in in zip(features, inside, strict=True) if is_in)


def _geojson(
    service: Service,
    found: Outlines,
    kept: tuple[tuple[Mapping[str, str], shapely.Geometry], ...],
    licence: str,
) -> bytes:
    shapes = np.array([shape for _, shape in kept], dtype=object)
    rounded = shapely.transform(shapes, lambda points: np.round(points, DECIMALS))
    features: list[dict[str, object]] = [
        {
            "type": "Feature",
            "properties": dict(told),
            "geometry": json.loads(shapely.to_geojson(shape)),
        }
        for (told, _), shape in zip(kept, rounded, strict=True)
    ]
    features.sort(key=lambda item: json.dumps(item["properties"]))
    collection = {
        "type": "FeatureCollection",
        "name": f"communes-{service.name}",
        "source": service.credit,
        **dict(found.told),
        "licence": licence,
        "sha256_of_what_came": found.sha256,
        "features": features,
    }
    return json.dumps(collection, ensure_ascii=False).encode("utf-8")


# --- geoBoundaries -----------------------------------------------------------------------------


def _geoboundaries(service: Service, plan: Plan, fetch: Fetch) -> Outlines:
    """Communes as the catalogue's entry for Vietnam says where they are."""
    entry = _object(service.url, fetch(service.url, None))
    address = entry.get("gjDownloadURL")
    if not isinstance(address, str) or not address:
        raise _unexpected(service.url, "gjDownloadURL")
    address = urljoin(service.url, address)
    data = fetch(address, None)
    collection = _object(address, data)
    features = collection.get("features")
    if not isinstance(features, list):
        raise _unexpected(address, "features")
    told = {
        "licence": str(entry.get("boundaryLicense") or service.licence),
        "vintage": str(entry.get("boundaryYearRepresented") or ""),
        "made_from": str(entry.get("boundarySource") or ""),
    }
    found = tuple(_geojson_features(address, features))
    return Outlines(found, told, hashlib.sha256(data).hexdigest())


def _geojson_features(
    address: str, features: list[Any]
) -> Iterator[tuple[dict[str, str], shapely.Geometry]]:
    for number, feature in enumerate(features, start=1):
        try:
            properties = feature["properties"]
            shape = shapely.from_geojson(json.dumps(feature["geometry"]))
            told = {"name": str(properties["shapeName"]), "id": str(properties["shapeID"])}
        except (TypeError, KeyError, ValueError, shapely.errors.GEOSException) as error:
            raise _unexpected(address, f"feature {number}") from error
        yield told, _area(address, shape, number)


# --- OpenStreetMap -----------------------------------------------------------------------------


def _openstreetmap(service: Service, plan: Plan, fetch: Fetch) -> Outlines:
    """Communes as Overpass has them today; the level with the most outlines is theirs."""
    data = fetch(service.url, {"data": _question(plan)})
    elements = _object(service.url, data).get("elements")
    if not isinstance(elements, list):
        raise _unexpected(service.url, "elements")
    found = list(_relations(service.url, elements))
    by_level: dict[str, list[tuple[dict[str, str], shapely.Geometry]]] = {}
    for told, shape in found:
        by_level.setdefault(told["admin_level"], []).append((told, shape))
    most = max(by_level.values(), key=len, default=[])
    return Outlines(tuple(most), {}, hashlib.sha256(data).hexdigest())


def _question(plan: Plan) -> str:
    """What Overpass is asked: administrative relations that meet the province's box."""
    frame = plan.layers["communes"].frame
    box = shapely.segmentize(shapely.box(*frame.total_bounds), 10_000)
    west, south, east, north = reprojected(np.array([box]), plan.card.crs, WGS84)[0].bounds
    return (
        f"[out:json][timeout:{OVERPASS_SECONDS}][maxsize:{MOST_BYTES}];"
        f'relation["boundary"="administrative"]["admin_level"~"{COMMUNE_LEVELS}"]'
        f"({south:.4f},{west:.4f},{north:.4f},{east:.4f});out geom;"
    )


def _relations(
    address: str, elements: list[Any]
) -> Iterator[tuple[dict[str, str], shapely.Geometry]]:
    for number, element in enumerate(elements, start=1):
        try:
            if element["type"] != "relation":
                continue
            tags, lines = element["tags"], list(_lines(element["members"]))
            level = str(tags["admin_level"])
            told = {"name": str(tags.get("name", "")), "id": str(element["id"])}
        except (TypeError, KeyError, ValueError) as error:
            raise _unexpected(address, f"element {number}") from error
        shape = shapely.build_area(shapely.multilinestrings(lines)) if lines else None
        if shape is not None and not shape.is_empty:  # an open ring is no outline yet
            yield told | {"admin_level": level}, shape


def _lines(members: list[Any]) -> Iterator[shapely.LineString]:
    for member in members:
        if member["type"] == "way" and member.get("role", "") in ("", "outer", "inner"):
            points = [(float(point["lon"]), float(point["lat"])) for point in member["geometry"]]
            if len(points) > 1:
                yield shapely.LineString(points)


SERVICES: Mapping[str, Service] = {
    "geoboundaries": Service(
        "geoboundaries",
        "https://www.geoboundaries.org/api/current/gbOpen/VNM/ADM3/",
        "CC BY 4.0",
        "geoBoundaries, www.geoboundaries.org",
        _geoboundaries,
    ),
    "osm": Service(
        "osm",
        "https://overpass-api.de/api/interpreter",
        "ODbL 1.0",
        "© OpenStreetMap contributors",
        _openstreetmap,
    ),
}


# --- over the network ----------------------------------------------------------------------------


def _fetcher(service: Service, refresh: bool) -> Fetch:
    """What fetches an address once, and afterwards gives what was kept of it."""

    def fetch(address: str, form: Mapping[str, str] | None) -> bytes:
        kept = None if refresh else _kept(address, form)
        if kept is not None:
            return kept
        data = _download(address, form, secure=urlsplit(service.url).scheme == "https")
        _keep(address, form, data)
        return data

    return fetch


def _download(address: str, form: Mapping[str, str] | None, *, secure: bool) -> bytes:
    """The body behind an address, following a few redirects, within its limits.

    Raises: FetchError.
    """
    import urllib3

    deadline = time.monotonic() + WHOLE_SECONDS
    for _ in range(MOST_REDIRECTS + 1):
        if urlsplit(address).scheme not in (("https",) if secure else ("https", "http")):
            what = say("không phải địa chỉ https", "is no https address")
            raise _fetch_error(address, what, TRY_LATER)
        try:
            response = _asked(address, form)
            with response:
                target = response.get_redirect_location()
                if not target:
                    return _body(address, response, deadline)
        except urllib3.exceptions.HTTPError as error:
            raise _unreachable(address, error) from error
        address, form = urljoin(address, target), form if response.status in (307, 308) else None
    what = say("chuyển hướng quá nhiều lần", "redirects too many times")
    raise _fetch_error(address, what, TRY_LATER)


def _asked(address: str, form: Mapping[str, str] | None) -> BaseHTTPResponse:
    import urllib3

    timeout = urllib3.Timeout(connect=CONNECT_SECONDS, read=READ_SECONDS)
    retries = urllib3.Retry(connect=1, read=1, redirect=0, status=0, other=0, backoff_factor=0.2)
    parts = urlsplit(address)
    proxy = getproxies().get(parts.scheme)
    through: dict[str, Any] = {"timeout": timeout, "retries": retries}
    if proxy and not proxy_bypass(parts.hostname or ""):
        pool: urllib3.PoolManager = urllib3.ProxyManager(proxy, **through)
    else:
        pool = urllib3.PoolManager(**through)
    headers = {"User-Agent": f"tngis/{__version__}", "Accept": "application/json, */*"}
    body = urlencode(form) if form else None
    if body:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    return pool.request(
        "POST" if body else "GET",
        address,
        body=body,
        headers=headers,
        preload_content=False,
        redirect=False,
    )


def _body(address: str, response: BaseHTTPResponse, deadline: float) -> bytes:
    """The body of an answer, piece by piece, so that no one can send more than we take."""
    if response.status != 200:
        what = say("trả lời mã {n}", "answers with status {n}", n=str(response.status))
        raise _fetch_error(address, what, say("thử lại sau", "try again later"))
    data = bytearray()
    for piece in response.stream(CHUNK_BYTES, decode_content=True):
        data += piece
        if len(data) > MOST_BYTES:
            what = say("gửi quá {n} byte", "sends more than {n} bytes", n=MOST_BYTES)
            raise _fetch_error(address, what, say("báo lỗi này", "report this"))
        if time.monotonic() > deadline:
            what = say(
                "chưa gửi xong sau {n} giây", "is not done after {n} s", n=int(WHOLE_SECONDS)
            )
            raise _fetch_error(address, what, TRY_LATER)
    return bytes(data)


def _object(address: str, data: bytes) -> dict[str, Any]:
    try:
        found = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise _unexpected(address, "JSON") from error
    if not isinstance(found, dict):
        raise _unexpected(address, "JSON")
    return found


def _area(address: str, shape: shapely.Geometry, number: int) -> shapely.Geometry:
    west, south, east, north = shape.bounds
    if shape.geom_type not in ("Polygon", "MultiPolygon") or not (
        -180 <= west <= east <= 180 and -90 <= south <= north <= 90
    ):
        raise _unexpected(address, f"feature {number}")
    return shapely.force_2d(shape)


# --- what was kept -------------------------------------------------------------------------------


def _place(address: str, form: Mapping[str, str] | None) -> Path:
    cache = os.environ.get("TNGIS_CACHE") or platformdirs.user_cache_dir("tngis", False)
    key = hashlib.sha256(json.dumps([address, form], sort_keys=True).encode()).hexdigest()
    return Path(cache) / "boundaries" / key[:32]


def _kept(address: str, form: Mapping[str, str] | None) -> bytes | None:
    """What was kept of an address, unless it is no longer what came."""
    place = _place(address, form)
    try:
        data = place.with_suffix(".data").read_bytes()
        stated = place.with_suffix(".sha256").read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        return None
    return data if hashlib.sha256(data).hexdigest() == stated else None


def _keep(address: str, form: Mapping[str, str] | None, data: bytes) -> None:
    """Keep what came for the next time; without a cache nothing is lost."""
    place = _place(address, form)
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        place.with_suffix(".data").write_bytes(data)
        place.with_suffix(".sha256").write_text(hashlib.sha256(data).hexdigest(), encoding="ascii")
    except OSError:
        return


# --- errors --------------------------------------------------------------------------------------


def _fetch_error(address: str, what: Text, mend: Text, value: str | None = None) -> FetchError:
    return FetchError(Problem(address, what, mend, value=value))


def _unreachable(address: str, error: Exception) -> FetchError:
    told = str(getattr(error, "reason", None) or error)
    why = told.split("): ", 1)[-1]  # without the names of the library's objects
    what = say("không tới được: {why}", "cannot be reached: {why}", why=why)
    return _fetch_error(address, what, TRY_LATER)


def _unexpected(address: str, where: str) -> FetchError:
    return FetchError(
        Problem(
            address,
            say("gửi thứ khác với điều đã hỏi", "sends something other than what was asked"),
            say(
                "thử lại với --refresh; nếu vẫn vậy, dịch vụ đã đổi: tải tệp bằng cách khác",
                "try again with --refresh; if it stays so, the service has changed: get the file "
                "otherwise",
            ),
            field=where,
        )
    )
