// --- outlines on the grid: areas, what two share, how far apart they are, what is wrong ----------
//
// An outline is a list of polygons, a polygon a list of rings (the shell first), a ring a list of
// [easting, northing] in metres, its first point not repeated.

const M2_PER_HA = 10000;

function outlineOf(polygons) {
  const edges = polygons.flatMap((rings) => rings.flatMap((ring, place) => edgesOf(ring, place === 0)));
  edges.sort((one, other) => one.west - other.west);
  return { polygons, edges, box: boxOf(polygons), area_m2: polygons.reduce((sum, rings) => sum + areaOf(rings), 0) };
}

function boxOf(polygons) {
  const box = { west: Infinity, south: Infinity, east: -Infinity, north: -Infinity };
  for (const rings of polygons) {
    for (const [east, north] of rings[0]) {
      if (east < box.west) box.west = east;
      if (east > box.east) box.east = east;
      if (north < box.south) box.south = north;
      if (north > box.north) box.north = north;
    }
  }
  return box;
}

const boxesMeet = (one, other) =>
  one.west <= other.east && other.west <= one.east && one.south <= other.north && other.south <= one.north;

// Twice the signed area is summed from the ring's first point, so that large coordinates cost nothing.
function signedArea(ring) {
  const [[x0, y0]] = ring;
  let sum = 0;
  for (let place = 1; place + 1 < ring.length; place += 1) {
    const [[x1, y1], [x2, y2]] = [ring[place], ring[place + 1]];
    sum += (x1 - x0) * (y2 - y0) - (x2 - x0) * (y1 - y0);
  }
  return sum / 2;
}

const areaOf = ([shell, ...holes]) =>
  Math.abs(signedArea(shell)) - holes.reduce((sum, hole) => sum + Math.abs(signedArea(hole)), 0);

// Each edge with the ground below it: added under an upper edge, taken away under a lower one, these
// strips make up the polygon, whatever its shape.
function edgesOf(ring, isShell) {
  const turn = signedArea(ring) > 0 === isShell ? 1 : -1;
  const edges = [];
  ring.forEach(([x1, y1], place) => {
    const [x2, y2] = ring[(place + 1) % ring.length];
    if (x1 === x2) return;
    const isForth = x1 < x2;
    const slope = (y2 - y1) / (x2 - x1);
    edges.push({
      west: isForth ? x1 : x2, east: isForth ? x2 : x1, start: isForth ? y1 : y2, slope,
      sign: (isForth ? -1 : 1) * turn,
    });
  });
  return edges;
}

// The area two outlines share, in square metres: of each pair of strips the lower one counts. No
// case is special (shared edges, touching corners, holes, parts), so nothing can go wrong in one.
function sharedArea(one, other) {
  if (!boxesMeet(one.box, other.box)) return 0;
  const [east, level] = [Math.min(one.box.east, other.box.east), one.box.south];
  let sum = 0;
  const active = [];
  let next = 0;
  for (const edge of one.edges) {
    for (; next < other.edges.length && other.edges[next].west < edge.east; next += 1) active.push(other.edges[next]);
    if (edge.west >= east) break;
    let kept = 0;
    for (const strip of active) {
      if (strip.east <= edge.west) continue; // edges come from west to east: done with for good
      active[kept] = strip;
      kept += 1;
      const from = Math.max(edge.west, strip.west);
      const to = Math.min(edge.east, strip.east);
      if (from < to) sum += edge.sign * strip.sign * lowerStrip(edge, strip, from, to, level);
    }
    active.length = kept;
  }
  return Math.max(0, sum);
}

function lowerStrip(one, other, from, to, level) {
  const [a, b] = [heightAt(one, from) - level, heightAt(one, to) - level];
  const [c, d] = [heightAt(other, from) - level, heightAt(other, to) - level];
  const [start, end] = [a - c, b - d];
  const width = to - from;
  if (start <= 0 && end <= 0) return ((a + b) / 2) * width;
  if (start >= 0 && end >= 0) return ((c + d) / 2) * width;
  const part = start / (start - end);
  const cross = a + (b - a) * part;
  const [left, right] = start < 0 ? [a, d] : [c, b];
  return (((left + cross) * part + (cross + right) * (1 - part)) / 2) * width;
}

const heightAt = (edge, x) => edge.start + edge.slope * (x - edge.west);

function isInside({ polygons, box }, [x, y]) {
  if (x < box.west || x > box.east || y < box.south || y > box.north) return false;
  let inside = false;
  for (const ring of polygons.flat()) {
    ring.forEach(([x1, y1], place) => {
      const [x2, y2] = ring[(place + 1) % ring.length];
      if (y1 > y !== y2 > y && x < x1 + ((y - y1) / (y2 - y1)) * (x2 - x1)) inside = !inside;
    });
  }
  return inside;
}

// The shortest line between two outlines that share no ground: {metres, from, to}.
function shortestLine(one, other) {
  let best = { metres: Infinity };
  const [ones, others] = [segmentsOf(one), segmentsOf(other)];
  for (const [a, b] of ones) {
    for (const [c, d] of others) {
      if (gapBetween(a, b, c, d) >= best.metres) continue;
      for (const [point, start, end, isTurned] of [[a, c, d], [b, c, d], [c, a, b, true], [d, a, b, true]]) {
        const foot = footOn(point, start, end);
        const metres = Math.hypot(foot[0] - point[0], foot[1] - point[1]);
        if (metres < best.metres) best = isTurned ? { metres, from: foot, to: point } : { metres, from: point, to: foot };
      }
    }
  }
  return best;
}

const segmentsOf = ({ polygons }) =>
  polygons.flat().flatMap((ring) => ring.map((point, place) => [point, ring[(place + 1) % ring.length]]));

function gapBetween(a, b, c, d) {
  const gap = (axis) => Math.max(0, Math.min(a[axis], b[axis]) - Math.max(c[axis], d[axis]), Math.min(c[axis], d[axis]) - Math.max(a[axis], b[axis]));
  return Math.hypot(gap(0), gap(1));
}

function footOn([x, y], [x1, y1], [x2, y2]) {
  const [dx, dy] = [x2 - x1, y2 - y1];
  const length = dx * dx + dy * dy;
  const part = length === 0 ? 0 : Math.min(1, Math.max(0, ((x - x1) * dx + (y - y1) * dy) / length));
  return [x1 + part * dx, y1 + part * dy];
}

// --- what is wrong with an outline --------------------------------------------------------------

const SAME_M2 = 1e-4; // of two areas computed along different ways; a square centimetre

// The first thing wrong with an outline, {fault, at}, or null; the same rules as Simple Features.
function faultOf(polygons) {
  for (const rings of polygons) {
    for (const ring of rings) {
      if (ring.length < 3) return { fault: "too_few", at: ring[0] ?? null };
      const crossing = meetingWithin(ring);
      if (crossing) return { fault: "crosses", at: crossing };
      if (Math.abs(signedArea(ring)) <= SAME_M2) return { fault: "no_area", at: ring[0] };
    }
    const fault = faultOfHoles(rings);
    if (fault) return fault;
  }
  const fault = faultOfParts(polygons);
  if (fault) return fault;
  const shared = sharedEdge(polygons.flat());
  return shared ? { fault: "shared_edge", at: shared } : null;
}

// Where two rings of an outline run along the same stretch, if they do: a hole on the edge, or parts
// that are one.
function sharedEdge(rings) {
  if (rings.length < 2) return null;
  const edges = rings.flatMap((ring, owner) => ring.map((start, place) => {
    const end = ring[(place + 1) % ring.length];
    return { start, end, owner, west: Math.min(start[0], end[0]), east: Math.max(start[0], end[0]) };
  })).sort((one, other) => one.west - other.west);
  for (const [rank, edge] of edges.entries()) {
    for (let other = rank + 1; other < edges.length && edges[other].west <= edge.east; other += 1) {
      const point = edges[other].owner === edge.owner ? null : stretchOf(edge, edges[other]);
      if (point) return point;
    }
  }
  return null;
}

// A corner of the stretch that two edges on one straight line have in common.
function stretchOf({ start: a, end: b }, { start: c, end: d }) {
  if (turn(a, b, c) !== 0 || turn(a, b, d) !== 0) return null;
  const axis = Math.abs(b[0] - a[0]) >= Math.abs(b[1] - a[1]) ? 0 : 1;
  const [[low, high], [least, most]] = [[a, b], [c, d]].map((edge) => edge.sort((one, other) => one[axis] - other[axis]));
  const from = low[axis] > least[axis] ? low : least;
  return Math.min(high[axis], most[axis]) > from[axis] ? from : null;
}

function faultOfHoles([shell, ...holes]) {
  const around = outlineOf([[shell]]);
  const inner = holes.map((hole) => outlineOf([[hole]]));
  for (const [place, hole] of inner.entries()) {
    if (hole.area_m2 - sharedArea(hole, around) > SAME_M2) return { fault: "hole_outside", at: holes[place][0] };
    if (inner.slice(place + 1).some((other) => sharedArea(hole, other) > SAME_M2)) return { fault: "holes_overlap", at: holes[place][0] };
  }
  return null;
}

function faultOfParts(polygons) {
  const parts = polygons.map((rings) => outlineOf([rings]));
  for (const [place, part] of parts.entries()) {
    if (parts.slice(place + 1).some((other) => sharedArea(part, other) > SAME_M2)) return { fault: "parts_overlap", at: polygons[place][0][0] };
  }
  return null;
}

// Where a ring meets itself other than in the corner of two neighbours, if it does.
function meetingWithin(ring) {
  const count = ring.length;
  const edges = ring.map((start, place) => {
    const end = ring[(place + 1) % count];
    return { start, end, place, west: Math.min(start[0], end[0]), east: Math.max(start[0], end[0]) };
  });
  const order = [...edges].sort((one, other) => one.west - other.west);
  for (const [rank, edge] of order.entries()) {
    for (let other = rank + 1; other < count && order[other].west <= edge.east; other += 1) {
      const point = meetingOf(edge, order[other], count);
      if (point) return point;
    }
  }
  return null;
}

function meetingOf(one, other, count) {
  const { start: a, end: b } = one;
  const { start: c, end: d } = other;
  if ((one.place + 1) % count === other.place) return isBackOn(a, b, d) ? b : null;
  if ((other.place + 1) % count === one.place) return isBackOn(c, d, b) ? d : null;
  const [turnC, turnD, turnA, turnB] = [turn(a, b, c), turn(a, b, d), turn(c, d, a), turn(c, d, b)];
  if (turnC * turnD < 0 && turnA * turnB < 0) {
    const part = turnC / (turnC - turnD);
    return [c[0] + part * (d[0] - c[0]), c[1] + part * (d[1] - c[1])];
  }
  if (turnC === 0 && isBetween(a, b, c)) return c;
  if (turnD === 0 && isBetween(a, b, d)) return d;
  if (turnA === 0 && isBetween(c, d, a)) return a;
  return turnB === 0 && isBetween(c, d, b) ? b : null;
}

const turn = (a, b, c) => (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]);

const isBetween = (a, b, point) =>
  Math.min(a[0], b[0]) <= point[0] && point[0] <= Math.max(a[0], b[0]) &&
  Math.min(a[1], b[1]) <= point[1] && point[1] <= Math.max(a[1], b[1]);

// Whether the way from a to b turns straight back at b.
const isBackOn = (a, b, c) =>
  turn(a, b, c) === 0 && (b[0] - a[0]) * (c[0] - b[0]) + (b[1] - a[1]) * (c[1] - b[1]) < 0;
