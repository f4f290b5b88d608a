"""Kits in memory, and the parts of shapefiles taken apart and put together again with a fault in.

Written from the ESRI and dBASE descriptions, and used by nothing but tests: what verifies a kit
shares no line with what damages it.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import struct
from collections.abc import Callable
from contextlib import closing, contextmanager
from itertools import pairwise

Files = dict[str, bytes]
Ring = list[tuple[float, float]]
MANIFEST = "manifest.json"


class Dbf:
    """A .dbf: fields as (name, letter, width, decimals), rows as lists of bytes."""

    def __init__(self, data: bytes) -> None:
        count, head, width = struct.unpack_from("<IHH", data, 4)
        self.date, self.tail = data[1:4], data[12:32]
        self.fields = []
        for at in range(32, head - 1, 32):
            name = data[at : at + 11].split(b"\0")[0].decode()
            self.fields.append([name, chr(data[at + 11]), data[at + 16], data[at + 17]])
        self.rows, self.flags = [], []
        for number in range(count):
            row = data[head + number * width :][:width]
            cells, at = [], 1
            for field in self.fields:
                cells.append(row[at : at + field[2]])
                at += field[2]
            self.rows.append(cells)
            self.flags.append(row[:1])

    def place(self, name: str) -> int:
        return [field[0] for field in self.fields].index(name)

    def set(self, row: int, name: str, cell: bytes) -> None:
        """A cell, padded as its type asks, and cut where it is too long."""
        place = self.place(name)
        width, letter = self.fields[place][2], self.fields[place][1]
        self.rows[row][place] = (
            cell[:width].ljust(width) if letter == "C" else cell[:width].rjust(width)
        )

    def text(self, row: int, name: str) -> str:
        return self.rows[row][self.place(name)].decode().rstrip()

    def bytes(self) -> bytes:
        width = 1 + sum(field[2] for field in self.fields)
        head = 33 + 32 * len(self.fields)
        out = bytearray(b"\x03" + self.date + struct.pack("<IHH", len(self.rows), head, width))
        out += self.tail
        for name, letter, size, decimals in self.fields:
            out += name.encode().ljust(11, b"\0") + letter.encode() + bytes(4)
            out += bytes([size, decimals]) + bytes(14)
        out += b"\r"
        for flag, cells in zip(self.flags, self.rows, strict=True):
            out += flag + b"".join(cells)
        return bytes(out) + b"\x1a"


def shapes_of(data: bytes) -> list[list[Ring] | None]:
    """The rings of every record of a .shp."""
    found: list[list[Ring] | None] = []
    at = 100
    while at < len(data):
        (words,) = struct.unpack_from(">i", data, at + 4)
        body = data[at + 8 : at + 8 + 2 * words]
        at += 8 + 2 * words
        if struct.unpack_from("<i", body)[0] == 0:
            found.append(None)
            continue
        parts, points = struct.unpack_from("<ii", body, 36)
        starts = [*struct.unpack_from(f"<{parts}i", body, 44), points]
        flat = struct.unpack_from(f"<{2 * points}d", body, 44 + 4 * parts)
        vertices = list(zip(flat[::2], flat[1::2], strict=True))
        found.append([vertices[a:b] for a, b in pairwise(starts)])
    return found


def record(rings: list[Ring] | None, kind: int = 5) -> bytes:
    if rings is None:
        return struct.pack("<i", 0)
    vertices = [vertex for ring in rings for vertex in ring]
    xs, ys = [x for x, _ in vertices], [y for _, y in vertices]
    starts = [sum(map(len, rings[:n])) for n in range(len(rings))]
    body = struct.pack("<i4d", kind, min(xs), min(ys), max(xs), max(ys))
    body += struct.pack("<ii", len(rings), len(vertices)) + struct.pack(f"<{len(rings)}i", *starts)
    body += b"".join(struct.pack("<2d", *vertex) for vertex in vertices)
    if kind == 15:
        body += struct.pack("<2d", 7, 7) + struct.pack("<d", 7) * len(vertices)
    return body


def put_shapes(files: Files, stem: str, shapes: list[list[Ring] | None], kind: int = 5) -> None:
    """Write .shp and .shx with headers, boxes and index as they should be."""
    bodies = [record(rings, kind) for rings in shapes]
    vertices = [v for rings in shapes for ring in rings or () for v in ring]
    xs, ys = [x for x, _ in vertices] or [0.0], [y for _, y in vertices] or [0.0]
    box = (min(xs), min(ys), max(xs), max(ys))
    main, index, at = b"", b"", 50
    for number, body in enumerate(bodies, start=1):
        main += struct.pack(">ii", number, len(body) // 2) + body
        index += struct.pack(">ii", at, len(body) // 2)
        at += 4 + len(body) // 2
    for suffix, content in ((".shp", main), (".shx", index)):
        head = struct.pack(">i20xi", 9994, 50 + len(content) // 2)
        head += struct.pack("<ii4d", 1000, kind, *box) + bytes(32)
        files[stem + suffix] = head + content


@contextmanager
def table_of(files: Files, stem: str):
    """The .dbf of a shapefile, put back after it was changed."""
    table = Dbf(files[f"{stem}.dbf"])
    yield table
    files[f"{stem}.dbf"] = table.bytes()


def change_shapes(files: Files, stem: str, row: int, change: Callable, kind: int = 5) -> None:
    """Give a row the rings that `change` makes of its own."""
    shapes = shapes_of(files[f"{stem}.shp"])
    shapes[row] = change(shapes[row])
    put_shapes(files, stem, shapes, kind)


@contextmanager
def database_of(files: Files, name: str):
    """A GeoPackage as an open database, put back after it was changed."""
    with closing(sqlite3.connect(":memory:")) as database:
        database.deserialize(files[name])
        for (trigger,) in database.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        ).fetchall():  # they call functions that only GDAL has
            database.execute(f'DROP TRIGGER "{trigger}"')
        yield database
        database.commit()
        files[name] = database.serialize()


def with_manifest_rewritten(files: Files) -> Files:
    """The files with a manifest that lists just them, with their hashes, sizes and rows."""
    if MANIFEST not in files:
        return files
    try:
        manifest = json.loads(files[MANIFEST])
    except ValueError:
        return files
    known = {item["path"]: item for item in manifest["files"]}
    manifest["files"] = [
        known.get(path, {"path": path, "role": "data"})
        | {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
        for path, data in sorted(files.items())
        if path != MANIFEST
    ]
    for layer in manifest["layers"]:
        table = files.get(f"{layer['file']}.dbf", b"")
        if len(table) > 8:
            layer["rows"] = struct.unpack_from("<I", table, 4)[0]
    text = json.dumps(manifest, ensure_ascii=False)
    return files | {MANIFEST: text.encode()}
