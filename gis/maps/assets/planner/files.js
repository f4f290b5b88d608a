// --- outlines out of files: GeoJSON, KML and tables of VN-2000 corner points ---------------------
//
// Nothing is thrown and nothing dropped: what cannot be used comes back as a trouble that names
// row, field, value and the mend, by the keys of labels. A parcel with a trouble is not measured.

const LARGEST_BYTES = 30_000_000;
const MOST_PARCELS = 20_000;
const MOST_CORNERS = 1_000_000;
const SHOWN_CHARACTERS = 60; // a value is named, not reprinted
const NAME_FIELDS = ["name", "ten", "thua", "so thua", "thua dat", "ma thua", "parcel", "lo", "lot", "id", "ma", "code"];

const trouble = (what, mend, place = {}) => ({ what: `trouble_${what}`, mend: `mend_${mend}`, ...place });
const shortened = (value) => {
  const text = typeof value === "string" ? value : JSON.stringify(value) ?? String(value);
  return text.length > SHOWN_CHARACTERS ? text.slice(0, SHOWN_CHARACTERS) + "…" : text;
};

// What a file holds: {parcels, troubles, notes}; a parcel is {name, row, polygons | trouble}.
function readOutlines(text, frame) {
  const start = text.trimStart();
  if (!start) return refused(trouble("empty", "choose_outlines"));
  const read = start[0] === "{" || start[0] === "[" ? readGeoJson : start[0] === "<" ? readKml : readCorners;
  const found = read(text, frame);
  if (found.parcels.length > MOST_PARCELS) return refused(trouble("too_many", "split", { values: { most: MOST_PARCELS }, value: String(found.parcels.length) }));
  for (const parcel of found.parcels) checkParcel(parcel);
  return found;
}

const refused = (...troubles) => ({ parcels: [], troubles, notes: [] });

// Bytes to text: UTF-8 and UTF-16 as they say they are, else the old Vietnamese code page.
function textOf(bytes) {
  if (bytes.length > LARGEST_BYTES) return { trouble: trouble("too_large", "split", { values: { most: LARGEST_BYTES / 1e6 }, value: String(bytes.length) }) };
  const strange = signatureOf(bytes);
  if (strange) return { trouble: trouble(strange, strange) };
  const [one, two] = bytes;
  if (one === 0xff && two === 0xfe) return { text: new TextDecoder("utf-16le").decode(bytes) };
  if (one === 0xfe && two === 0xff) return { text: new TextDecoder("utf-16be").decode(bytes) };
  if (bytes.includes(0)) return { trouble: trouble("binary", "binary") };
  try {
    return { text: new TextDecoder("utf-8", { fatal: true }).decode(bytes) };
  } catch {
    return { text: new TextDecoder("windows-1258").decode(bytes), note: "note_code_page" };
  }
}

function signatureOf(bytes) {
  const head = String.fromCharCode(...bytes.slice(0, 16));
  if (head.startsWith("PK")) return "zip";
  if (head.startsWith("\xd0\xcf\x11\xe0")) return "excel";
  if (head.startsWith("SQLite") || head.startsWith("\x00\x00\x27\x0a") || head.startsWith("%PDF") || head.startsWith("AC10")) return "binary";
  return null;
}

function checkParcel(parcel) {
  if (parcel.trouble) return;
  const corners = parcel.polygons.reduce((sum, rings) => sum + rings.reduce((count, ring) => count + ring.length, 0), 0);
  if (corners > MOST_CORNERS) {
    parcel.trouble = trouble("too_many_corners", "split", { values: { most: MOST_CORNERS }, value: String(corners) });
    return;
  }
  const found = faultOf(parcel.polygons);
  if (!found) return;
  const value = found.at && found.at.map((metres) => metres.toFixed(2)).reverse().join("; ");
  parcel.trouble = trouble(found.fault, found.fault, { field: "N; E", value });
}

// A ring without its closing point and without a corner said twice running.
function ringOf(points) {
  const ring = points.filter(([x, y], place) => place === 0 || x !== points[place - 1][0] || y !== points[place - 1][1]);
  const last = ring.at(-1);
  if (ring.length > 1 && ring[0][0] === last[0] && ring[0][1] === last[1]) ring.pop();
  return ring;
}

// --- GeoJSON ------------------------------------------------------------------------------------

function readGeoJson(text, frame) {
  let whole;
  try {
    whole = JSON.parse(text);
  } catch (error) {
    return refused(brokenJson(text, error));
  }
  const system = systemOf(whole, frame);
  if (!system) return refused(trouble("other_system", "other_system", { field: "crs", value: shortened(whole.crs), values: { crs: frame.crs } }));
  const features = featuresOf(whole);
  if (!features) return refused(trouble("no_geojson", "choose_outlines", { field: "type", value: shortened(whole?.type ?? null) }));
  if (features.length === 0) return refused(trouble("empty", "choose_outlines"));
  return { parcels: features.map((feature, place) => parcelOf(feature, place + 1, system, frame)), troubles: [], notes: [] };
}

// Where the browser stopped reading, as far as its message tells.
function brokenJson(text, error) {
  const snippet = /\.\.\."([^]*?)"(\.\.\.)? is not valid JSON/.exec(error.message)?.[1];
  const told = Number(/position (\d+)/.exec(error.message)?.[1] ?? NaN);
  const place = Number.isNaN(told) ? (snippet ? text.indexOf(snippet) : text.length) : told;
  return trouble("broken_json", "broken_json", {
    row: text.slice(0, Math.max(0, place)).split("\n").length,
    value: shortened(snippet ?? text.slice(Math.max(0, place - 20), place + 20)),
  });
}

// "degrees", "grid", or null for a system this page does not know.
function systemOf(whole, frame) {
  const name = whole?.crs?.properties?.name;
  if (whole?.crs === undefined || whole?.crs === null) return "degrees";
  const code = /(\d{4,5})$/.exec(String(name))?.[1];
  if (/CRS84$/.test(String(name)) || code === "4326") return "degrees";
  return code !== undefined && frame.crs.endsWith(`:${code}`) ? "grid" : null;
}

function featuresOf(whole) {
  if (Array.isArray(whole?.features)) return whole.features;
  if (whole?.type === "Feature") return [whole];
  return whole?.coordinates || whole?.geometries ? [{ geometry: whole, properties: {} }] : null;
}

function parcelOf(feature, row, system, frame) {
  const parcel = { name: nameOf(feature), row };
  const found = polygonsOf(feature?.geometry);
  if (found.trouble) return { ...parcel, trouble: found.trouble };
  const polygons = [];
  for (const rings of found.polygons) {
    const read = rings.map((ring) => positionsOf(ring, system, frame));
    const fault = read.find((item) => item.trouble);
    if (fault) return { ...parcel, trouble: fault.trouble };
    polygons.push(read.map((item) => ringOf(item.points)));
  }
  return { ...parcel, polygons };
}

function nameOf(feature) {
  const properties = Object.entries(feature?.properties ?? {}).filter(([, value]) => ["string", "number"].includes(typeof value) && value !== "");
  const byName = NAME_FIELDS.flatMap((wanted) => properties.filter(([key]) => fold(key) === wanted));
  const [found] = [...byName, ...properties.filter(([, value]) => typeof value === "string")];
  return String(found?.[1] ?? feature?.id ?? "");
}

function polygonsOf(geometry) {
  const nothing = { trouble: trouble("no_outline", "no_outline", { field: "geometry" }) };
  if (!geometry) return nothing;
  if (geometry.type === "GeometryCollection" && Array.isArray(geometry.geometries)) {
    const parts = geometry.geometries.map(polygonsOf);
    const fault = parts.find((part) => part.trouble);
    return fault ?? (parts.length ? { polygons: parts.flatMap((part) => part.polygons) } : nothing);
  }
  const { type, coordinates } = geometry;
  if (type !== "Polygon" && type !== "MultiPolygon") return { trouble: trouble("no_area_type", "no_area_type", { field: "type", value: shortened(type ?? null) }) };
  const polygons = type === "Polygon" ? [coordinates] : coordinates;
  const isSound = Array.isArray(polygons) && polygons.length > 0 &&
    polygons.every((rings) => Array.isArray(rings) && rings.length > 0 && rings.every((ring) => Array.isArray(ring) && ring.length > 0));
  return isSound ? { polygons } : nothing;
}

function positionsOf(ring, system, frame) {
  const points = [];
  for (const position of ring) {
    const [x, y] = Array.isArray(position) ? position : [];
    const fault = faultOfPosition(x, y, system);
    if (fault) return { trouble: trouble(fault, fault, { field: "coordinates", value: shortened(position) }) };
    points.push(system === "grid" ? [x, y] : frame.toGrid(x, y));
  }
  return { points };
}

function faultOfPosition(x, y, system) {
  if (!Number.isFinite(x) || !Number.isFinite(y)) return "no_number";
  if (system === "grid") return null;
  if (Math.abs(x) > 360 || Math.abs(y) > 360) return "metres_not_degrees";
  if (Math.abs(y) > 90 && Math.abs(x) <= 90) return "latitude_first";
  return Math.abs(x) > 180 || Math.abs(y) > 90 ? "no_number" : null;
}

// --- KML ----------------------------------------------------------------------------------------

// A document type could name entities; KML needs none, so one that has it is not even parsed.
function readKml(text, frame) {
  if (/<!(DOCTYPE|ENTITY)/i.test(text)) return refused(trouble("entities", "entities", { value: "<!DOCTYPE" }));
  const tree = new DOMParser().parseFromString(text, "application/xml");
  const broken = tree.getElementsByTagName("parsererror")[0];
  if (broken) {
    const row = Number(/line (\d+)/.exec(broken.textContent)?.[1]) || undefined;
    return refused(trouble("broken_xml", "broken_xml", { row, value: row && shortened((text.split(/\r?\n/)[row - 1] ?? "").trim()) }));
  }
  const placemarks = [...tree.getElementsByTagNameNS("*", "Placemark")];
  if (placemarks.length === 0) return refused(trouble("no_placemark", "choose_outlines", { field: "Placemark", value: tree.documentElement.localName }));
  return { parcels: placemarks.map((mark, place) => placemarkParcel(mark, place + 1, frame)), troubles: [], notes: [] };
}

function placemarkParcel(mark, row, frame) {
  const parcel = { name: (childrenOf(mark, "name")[0]?.textContent ?? "").trim(), row };
  const areas = [...mark.getElementsByTagNameNS("*", "Polygon")];
  if (areas.length === 0) {
    const other = [...mark.getElementsByTagNameNS("*", "*")].find((node) => ["Point", "LineString", "LinearRing", "Track"].includes(node.localName));
    return { ...parcel, trouble: other ? trouble("no_area_type", "no_area_type", { field: "geometry", value: other.localName }) : trouble("no_outline", "no_outline", { field: "Polygon" }) };
  }
  const polygons = [];
  for (const area of areas) {
    const rings = ["outerBoundaryIs", "innerBoundaryIs"].flatMap((side) => childrenOf(area, side)).flatMap((side) => [...side.getElementsByTagNameNS("*", "coordinates")]);
    const read = rings.map((ring) => positionsOf(kmlPositions(ring.textContent), "degrees", frame));
    const fault = read.find((item) => item.trouble);
    if (fault) return { ...parcel, trouble: fault.trouble };
    if (read.length === 0) return { ...parcel, trouble: trouble("no_outline", "no_outline", { field: "coordinates" }) };
    polygons.push(read.map((item) => ringOf(item.points)));
  }
  return { ...parcel, polygons };
}

const childrenOf = (node, name) => [...node.children].filter((child) => child.localName === name);

const kmlPositions = (text) => text.trim().split(/\s+/).map((word) => word.split(",").slice(0, 2).map((part) => (part === "" ? NaN : Number(part))));
