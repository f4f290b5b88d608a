// --- where a parcel or a point lies: communes, sites, what the drawing proves ---------------------
//
// Measured on the outlines as the plan holds them (or as thinned as the page says), in its own grid.

const WINDS = ["north", "north_east", "east", "south_east", "south", "south_west", "west", "north_west"];

const grid = once(() => gridOf(data.grid));
const ground = once(() => groundOf(grid())); // most who look at a map never measure

function groundOf(frame) {
  const isValid = new Set(data.invalid);
  const parts = (rows, geometryOf) => rows.flatMap((row) => {
    const geometry = geometryOf(row);
    return geometry && !isValid.has(row.feature) ? [{ row, outline: outlineOf(onGrid(geometry, frame)) }] : [];
  });
  const communes = parts(data.communes, (commune) => shapeOf(commune.feature));
  const drawnSites = parts(sites, shapeOfSite);
  return { frame: { ...frame, crs: data.grid.crs, box: roomAround([...communes, ...drawnSites]) }, communes, sites: drawnSites };
}

function onGrid({ type, coordinates }, frame) {
  const polygons = type === "Polygon" ? [coordinates] : coordinates;
  return polygons.map((rings) => rings.map((ring) => ringOf(ring.map(([lon, lat]) => frame.toGrid(lon, lat)))));
}

// The province with ample room around: beyond it a number is mistyped or of another zone.
function roomAround(parts) {
  const around = data.ground.around_m;
  const edge = (side, least) => least(...parts.map((part) => part.outline.box[side]));
  return {
    west: edge("west", Math.min) - around, south: edge("south", Math.min) - around,
    east: edge("east", Math.max) + around, north: edge("north", Math.max) + around,
  };
}

// --- shares -------------------------------------------------------------------------------------

// A place is {outline} or {point}; what it lies in, the largest share first, slivers left out.
function sharesIn(place, parts) {
  if (place.point) return parts.filter((part) => isInside(part.outline, place.point)).map((part) => ({ ...part, share: 1, shared_m2: 0 }));
  const found = [];
  for (const part of parts) {
    const shared_m2 = sharedArea(place.outline, part.outline);
    const share = shared_m2 / place.outline.area_m2;
    if (share >= data.ground.sliver_share) found.push({ ...part, share, shared_m2 });
  }
  return found.sort((one, other) => other.share - one.share);
}

function locate(place) {
  const { communes, sites: drawnSites } = ground();
  const units = sharesIn(place, communes);
  const touched = sharesIn(place, drawnSites);
  // ground wholly inside a surveyed site is there, whatever is drawn over it elsewhere
  const isSettled = touched.some((part) => siteIsProven(part.row) && isWhole(part.share));
  const hit = touched.filter((part) => !isSettled || siteIsProven(part.row));
  return {
    units, sites: hit, overruled: touched.filter((part) => !hit.includes(part)),
    districts: totalled(units, (unit) => unit.row.district),
    flags: flagsOf(place, units, hit, isSettled),
  };
}

const isWhole = (share) => share > 1 - data.ground.sliver_share;

// Shares added up by name, the largest first.
function totalled(units, nameOf) {
  const sums = new Map();
  for (const unit of units) {
    const name = nameOf(unit);
    if (name) sums.set(name, (sums.get(name) ?? 0) + unit.share);
  }
  return [...sums].map(([name, share]) => ({ name, share })).sort((one, other) => other.share - one.share || (one.name < other.name ? -1 : 1));
}

const todayOf = (commune) =>
  commune.today.split(";").map((name) => name.replace(/ \([^(]*$/, "").trim()).filter(Boolean).join(" / ");

const communeIsProven = (commune) => ["surveyed", "digitised"].includes(originOf(commune.feature)?.provenance);
const siteIsProven = (site) => ["surveyed", "digitised"].includes(site.outline?.provenance);
const siteName = (site) => `${site.short_name} (${site.id})`;

// What must be known of the answer, in the words of the command line.
function flagsOf(place, units, hit, isSettled) {
  const { communes, sites: drawnSites } = ground();
  const flags = [];
  const weak = [
    ...((units.length ? units : communes).every((part) => communeIsProven(part.row)) ? [] : ["why_communes"]),
    ...(isSettled || drawnSites.every((part) => siteIsProven(part.row)) ? [] : ["why_sites"]),
  ];
  if (weak.length > 0) flags.push({ code: "indicative-geometry", text: label("flag_indicative", { what: weak.map((key) => label(key)).join(", ") }) });
  const isDrawnSite = new Set(drawnSites.map((part) => part.row.id));
  const missing = sites.filter((site) => !isDrawnSite.has(site.id));
  if (missing.length > 0) flags.push({ code: "not-drawn", text: label("flag_not_drawn", { sites: missing.map(siteName).join(", ") }) });
  const partly = hit.filter((part) => !isWhole(part.share));
  if (partly.length > 0) flags.push({ code: "partly-in-site", text: label("flag_partly", { sites: partly.map((part) => siteName(part.row)).join(", ") }) });
  const inside = place.point ? Math.min(1, units.length) : units.reduce((sum, unit) => sum + unit.share, 0);
  if (communes.length > 0 && !isWhole(inside)) flags.push({ code: "outside-province", text: label("flag_outside", { share: percent(1 - inside) }) });
  return flags;
}

// The sites nearest to a place that it does not touch, from edge to edge.
function nearestSites(place, hit) {
  const outline = place.outline ?? { polygons: [[[place.point]]], box: { west: place.point[0], east: place.point[0], south: place.point[1], north: place.point[1] } };
  const touched = new Set(hit.map((part) => part.row.id));
  return ground().sites
    .filter((part) => !touched.has(part.row.id))
    .map((part) => ({ ...part, ...shortestLine(outline, part.outline) }))
    .sort((one, other) => one.metres - other.metres)
    .slice(0, data.ground.nearest);
}

function windOf({ from, to }) {
  const turned = Math.atan2(to[0] - from[0], to[1] - from[1]) / (Math.PI / 4);
  return label(`wind_${WINDS[(Math.round(turned) + 8) % 8]}`);
}

// --- numbers in words ---------------------------------------------------------------------------

function fixed(value, decimals) {
  const [whole, part] = Math.abs(value).toFixed(decimals).split(".");
  const [group, point] = language === "vi" ? [".", ","] : [",", "."];
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, group);
  return (value < 0 ? "−" : "") + (part ? grouped + point + part : grouped);
}

const percent = (share) => `${fixed(100 * share, 1)} %`;
const hectaresOf = (m2) => label("hectares", { value: fixed(m2 / M2_PER_HA, m2 < 100 ? 4 : 2) });
const metresInWords = (metres) => (metres < 1000 ? label("metres", { value: fixed(metres, metres < 100 ? 1 : 0) }) : label("kilometres", { value: fixed(metres / 1000, metres < 10000 ? 2 : 1) }));
const gridInWords = ([east, north], decimals = 2) => label("grid_point", { north: fixed(north, decimals), east: fixed(east, decimals) });
const degreesInWords = ([lon, lat]) => label("degrees_point", { lat: fixed(lat, 6), lon: fixed(lon, 6) });
