"""The loops of `gis.edges` as machine code, for whoever installed numba: the same answers, sooner.

Each function does what the one of its name there does; tests hold the two together.
"""

from __future__ import annotations

import numba
import numpy as np

from gis import edges as plain
from gis.edges import CERTAIN_M, CERTAIN_TURN, Edges, Flags, Floats, Indices, Rings

_code = numba.njit(cache=True, nogil=True, error_model="numpy")
NEAR_M2 = CERTAIN_M * CERTAIN_M  # squares need no roots
EMPTY = -1
SEVERAL = -2  # edges with the same ends, more than the two that could be matched


def edges_of(rings: Rings) -> Edges:
    """The edges of rings, without those of no length."""
    at, owner, against, sure = _edges_of(rings.vertices, rings.begin, rings.owner, rings.is_hole)
    return Edges(rings.vertices, at, owner, against, sure)


def partners(edges: Edges) -> Indices:
    """For every edge the one edge it is matched with, or -1 if it is free."""
    return _partners(edges.vertices, edges.at, edges.owner, edges.against, edges.sure)


def may_enter(edges: Edges, box: Floats, which: Indices, polygon: Indices) -> Flags:
    """Whether each edge may run through, or along, the inside of a polygon."""
    return _may_enter(edges.vertices, edges.at, edges.begin, box, which, polygon)


def any_may_enter(
    edges: Edges, box: Floats, listed: Indices, begin: Indices, end: Indices, polygon: Indices
) -> Flags:
    """Whether any of the edges listed from `begin` to `end` may enter each polygon."""
    along = edges.vertices, edges.at, edges.begin, box
    return _any_may_enter(*along, listed, begin, end, polygon)


def common_m2(edges: Edges, box: Floats, left: Indices, right: Indices) -> tuple[Floats, Floats]:
    """The area that polygons have in common, two and two, and how wrong rounding may have it."""
    return plain.common_m2(edges, box, left, right, _sums)


def _sums(edges: Edges, box: Floats, left: Indices, right: Indices) -> tuple[Floats, Floats]:
    along = edges.vertices, edges.at, edges.begin, edges.against
    return _common_m2(*along, box, left, right)


@_code
def _edges_of(
    vertices: Floats, begin: Indices, owner: Indices, is_hole: Flags
) -> tuple[Indices, Indices, Flags, Flags]:
    most = len(vertices)
    at, whose = np.empty(most, np.intp), np.empty(most, np.intp)
    against, sure = np.empty(most, np.bool_), np.empty(most, np.bool_)
    count = 0
    for ring in range(len(owner)):
        first = count
        twice = size = 0.0
        x0, y0 = vertices[begin[ring], 0], vertices[begin[ring], 1]
        for vertex in range(begin[ring], begin[ring + 1] - 1):
            x1, y1 = vertices[vertex, 0] - x0, vertices[vertex, 1] - y0
            x2, y2 = vertices[vertex + 1, 0] - x0, vertices[vertex + 1, 1] - y0
            twice += x1 * y2 - x2 * y1
            size += abs(x1 * y2) + abs(x2 * y1)
            if not _equal(vertices, vertex, vertex + 1):
                at[count], whose[count] = vertex, owner[ring]
                count += 1
        against[first:count] = (twice > 0) == is_hole[ring]
        sure[first:count] = abs(twice) > CERTAIN_TURN * size
    return at[:count].copy(), whose[:count].copy(), against[:count].copy(), sure[:count].copy()


@_code
def _mixed(x: np.uint64, y: np.uint64) -> np.uint64:
    mixed = x * np.uint64(0x9E3779B97F4A7C15)
    mixed ^= mixed >> np.uint64(29)
    mixed += y
    mixed *= np.uint64(0xBF58476D1CE4E5B9)
    return mixed ^ (mixed >> np.uint64(32))


@_code
def _partners(
    vertices: Floats, at: Indices, owner: Indices, against: Flags, sure: Flags
) -> Indices:
    """Each slot of the table holds one edge and what else was met with the same two ends."""
    count = len(at)
    size = 1
    while size < 2 * count:
        size *= 2
    slot_edge = np.full(size, EMPTY, np.int32)
    partner = np.full(count, EMPTY, np.intp)
    bits = vertices.view(np.uint64)
    for edge in range(count):
        a, b = at[edge], at[edge] + 1
        key = _mixed(bits[a, 0], bits[a, 1]) + _mixed(bits[b, 0], bits[b, 1])
        slot = np.int64((key ^ (key >> np.uint64(31))) & np.uint64(size - 1))
        while True:
            first = slot_edge[slot]
            if first == EMPTY:
                slot_edge[slot] = edge
                break
            if _same_ends(vertices, at[first], a):
                if partner[first] == EMPTY:
                    partner[first] = edge
                else:
                    partner[first] = SEVERAL
                break
            slot = (slot + 1) & (size - 1)
    return _opposite(vertices, at, owner, against, sure, partner)


@_code
def _same_ends(vertices: Floats, a: int, b: int) -> bool:
    there = _equal(vertices, a, b) and _equal(vertices, a + 1, b + 1)
    return there or (_equal(vertices, a, b + 1) and _equal(vertices, a + 1, b))


@_code
def _equal(vertices: Floats, a: int, b: int) -> bool:
    return bool(vertices[a, 0] == vertices[b, 0] and vertices[a, 1] == vertices[b, 1])


@_code
def _opposite(
    vertices: Floats,
    at: Indices,
    owner: Indices,
    against: Flags,
    sure: Flags,
    second: Indices,
) -> Indices:
    """Of edges alone with their ends, those whose owners lie on different sides, both ways."""
    partner = np.full(len(at), EMPTY, np.intp)
    for one in range(len(at)):
        other = second[one]
        if other >= 0 and owner[one] != owner[other] and sure[one] and sure[other]:
            back = not _equal(vertices, at[one], at[other])
            if back == (against[one] == against[other]):
                partner[one], partner[other] = other, one
    return partner


@_code
def _may_enter(
    vertices: Floats,
    at: Indices,
    begin: Indices,
    box: Floats,
    which: Indices,
    polygon: Indices,
) -> Flags:
    may = np.zeros(len(which), np.bool_)
    for row in range(len(which)):
        edge, inside = at[which[row]], polygon[row]
        if _reaches(vertices, edge, box, inside):
            may[row] = _enters(vertices, at, begin, edge, inside)
    return may


@_code
def _any_may_enter(
    vertices: Floats,
    at: Indices,
    begin: Indices,
    box: Floats,
    listed: Indices,
    first: Indices,
    until: Indices,
    polygon: Indices,
) -> Flags:
    may = np.zeros(len(polygon), np.bool_)
    for row in range(len(polygon)):
        inside = polygon[row]
        for place in range(first[row], until[row]):
            edge = at[listed[place]]
            if _reaches(vertices, edge, box, inside) and _enters(vertices, at, begin, edge, inside):
                may[row] = True
                break
    return may


@_code
def _reaches(vertices: Floats, edge: int, box: Floats, polygon: int) -> bool:
    """Whether the boxes of an edge and a polygon meet; most do not, so this is asked apart."""
    px, py, qx, qy = _ends(vertices, edge)
    return bool(
        (max(px, qx) >= box[polygon, 0])
        & (max(py, qy) >= box[polygon, 1])
        & (min(px, qx) <= box[polygon, 2])
        & (min(py, qy) <= box[polygon, 3])
    )


@_code
def _ends(vertices: Floats, edge: int) -> tuple[float, float, float, float]:
    return vertices[edge, 0], vertices[edge, 1], vertices[edge + 1, 0], vertices[edge + 1, 1]


@_code
def _enters(vertices: Floats, at: Indices, begin: Indices, edge: int, polygon: int) -> bool:
    px, py, qx, qy = _ends(vertices, edge)
    mx, my = (px + qx) / 2, (py + qy) / 2
    west, east = min(px, qx) - CERTAIN_M, max(px, qx) + CERTAIN_M
    south, north = min(py, qy) - CERTAIN_M, max(py, qy) + CERTAIN_M
    inside = False
    for other in range(begin[polygon], begin[polygon + 1]):
        ax, ay, bx, by = _ends(vertices, at[other])
        if (
            min(ax, bx) <= east
            and max(ax, bx) >= west
            and min(ay, by) <= north
            and max(ay, by) >= south
            and _may_cross(px, py, qx, qy, ax, ay, bx, by)
        ):
            return True
        if (ay > my) != (by > my):
            side = _side(ax, ay, bx, by, mx, my)
            if side == 0:
                return True
            if (side > 0) == (by > ay):
                inside = not inside
    return inside


@_code
def _may_cross(
    px: float, py: float, qx: float, qy: float, ax: float, ay: float, bx: float, by: float
) -> bool:
    if _side(px, py, qx, qy, ax, ay) * _side(px, py, qx, qy, bx, by) > 0:
        return False
    of_p, of_q = _side(ax, ay, bx, by, px, py), _side(ax, ay, bx, by, qx, qy)
    if of_p * of_q > 0:
        return False
    if px == ax and py == ay and (of_q != 0 or _away(px, py, qx, qy, bx, by)):
        return False
    if px == bx and py == by and (of_q != 0 or _away(px, py, qx, qy, ax, ay)):
        return False
    if qx == ax and qy == ay and (of_p != 0 or _away(qx, qy, px, py, bx, by)):
        return False
    return not (qx == bx and qy == by and (of_p != 0 or _away(qx, qy, px, py, ax, ay)))


@_code
def _away(x: float, y: float, qx: float, qy: float, bx: float, by: float) -> bool:
    """Whether two edges from one point leave it in opposite directions."""
    along = (qx - x) * (bx - x) + (qy - y) * (by - y)
    length_2 = (bx - x) * (bx - x) + (by - y) * (by - y)
    return bool(along < 0 and along * along > NEAR_M2 * length_2)


@_code
def _side(ax: float, ay: float, bx: float, by: float, x: float, y: float) -> int:
    along_x, along_y = bx - ax, by - ay
    cross = along_x * (y - ay) - along_y * (x - ax)
    if cross * cross <= NEAR_M2 * (along_x * along_x + along_y * along_y):
        return 0
    return 1 if cross > 0 else -1


@_code
def _common_m2(
    vertices: Floats,
    at: Indices,
    begin: Indices,
    against: Flags,
    box: Floats,
    left: Indices,
    right: Indices,
) -> tuple[Floats, Floats]:
    common, reached = np.zeros(len(left)), np.zeros(len(left))
    if not len(left):
        return common, reached
    most = np.max(np.diff(begin))
    a, b = np.empty((most, 7)), np.empty((most, 7))
    for pair in range(len(left)):
        one, other = left[pair], right[pair]
        x0, y0 = max(box[one, 0], box[other, 0]), max(box[one, 1], box[other, 1])
        width = min(box[one, 2], box[other, 2]) - x0
        rows = _strips(vertices, at, begin, against, one, x0, y0, width, a)
        others = _strips(vertices, at, begin, against, other, x0, y0, width, b)
        for i in range(rows):
            strips = 0.0
            for k in range(others):
                west, east = max(a[i, 0], b[k, 0]), min(a[i, 1], b[k, 1])
                if east > west:
                    strips += b[k, 5] * _lower(
                        a[i, 2], a[i, 3], a[i, 4], b[k, 2], b[k, 3], b[k, 4], west, east
                    )
                    reached[pair] += (east - west) * (a[i, 6] + b[k, 6])
            common[pair] += a[i, 5] * strips
    return common, reached


@_code
def _strips(
    vertices: Floats,
    at: Indices,
    begin: Indices,
    against: Flags,
    polygon: int,
    x0: float,
    y0: float,
    width: float,
    into: Floats,
) -> int:
    """Write west, east, x, y, slope, sign and reach of what lies below edges; how many rows."""
    count = 0
    for edge in range(begin[polygon], begin[polygon + 1]):
        ax, ay, bx, by = _ends(vertices, at[edge])
        ax, ay, bx, by = ax - x0, ay - y0, bx - x0, by - y0
        west, east = max(min(ax, bx), 0.0), min(max(ax, bx), width)
        if east > west:
            into[count, 0], into[count, 1] = west, east
            into[count, 2], into[count, 3], into[count, 4] = ax, ay, (by - ay) / (bx - ax)
            into[count, 5] = 1.0 if (bx < ax) != against[edge] else -1.0
            into[count, 6] = abs(ay) + abs(by)
            count += 1
    return count


@_code
def _lower(
    ax: float, ay: float, slope: float, cx: float, cy: float, other: float, west: float, east: float
) -> float:
    """What lies below both of two lines between two meridians."""
    y_w, y_e = ay + slope * (west - ax), ay + slope * (east - ax)
    z_w, z_e = cy + other * (west - cx), cy + other * (east - cx)
    d_w, d_e = y_w - z_w, y_e - z_e
    if d_w * d_e < 0:
        d_w, d_e = abs(d_w), abs(d_e)
        apart = (d_w * d_w + d_e * d_e) / (d_w + d_e)
    else:
        apart = abs(d_w + d_e)
    return (east - west) * ((y_w + y_e + z_w + z_e) - apart) / 4
