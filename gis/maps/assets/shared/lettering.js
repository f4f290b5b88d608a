// --- names on the map, placed so that they cover no symbol and no other name -------------------

const NAME_PADDING_PX = 2;
const ROOM_FOR_SITE_NAMES_PX = 60; // a district's name would rather leave this beside a symbol
const COMMUNE_NAMES_FROM_ZOOM = 11;
const DISTRICT_NAMES_TO_ZOOM = 13;
const CLUSTER_NAMES_FROM_ZOOM = 10;

const names = []; // {kind, text, anchors, site?, isPart?, insteadOf?, node, width, height, box}

function writeNames(pane) {
  names.splice(0);
  pane.replaceChildren();
  const add = (kind, text, anchors, more = {}) => {
    const name = { kind, text, anchors, ...more };
    names.push(name);
    return name;
  };
  for (const site of byHectares(sites)) {
    site.anchors.forEach((anchor, part) => add(site.kind, [mapName(site)], [anchor], { site, isPart: part > 0 }));
  }
  for (const district of data.districts) {
    const lines = twoLines(district.name);
    const insteadOf = add("district", lines, district.anchors);
    add("district", lines.slice(-1), district.anchors, { insteadOf });
  }
  const order = { district: 0, zone: 1, cluster: 2 };
  names.sort((one, other) => order[one.kind] - order[other.kind]);
}

// Those of communes come last, and only where the map is near enough for them.
function addCommuneNames() {
  if (names.at(-1)?.kind === "commune") return;
  for (const commune of data.communes) names.push({ kind: "commune", text: [commune.name], anchors: commune.anchors });
}

// Those that stand on a map that shows the whole, measured as the page is laid out for the first time.
const measureFirstNames = (pane) => measureNames(names.filter((name) =>
  !name.isPart && (name.kind === "district" || name.kind === "zone" || (name.kind === "cluster" && !NARROW.matches))), pane);

// Measuring lays text out, so only names that are about to be shown are written and measured, all
// at once.
function measureNames(wanted, pane) {
  const unmeasured = wanted.filter((name) => name.width === undefined && name.anchors.length > 0);
  if (unmeasured.length === 0) return;
  for (const name of unmeasured) name.node = element("span", { class: `name ${name.kind}-name`, lang: "vi" }, ...name.text);
  pane.append(...unmeasured.map((name) => name.node));
  for (const name of unmeasured) {
    name.width = name.node.offsetWidth;
    name.height = name.node.offsetHeight;
  }
}

const byHectares = (chosen) => [...chosen].sort((one, other) => other.hectares - one.hectares);

// "KCN" and "CCN" are what the symbol says already.
const mapName = (site) => site.short_name.replace(/^(KCN|CCN)\s*[-–]?\s+/, "");

// The type of unit small above its name: a long name fits a small district so.
function twoLines(text) {
  const [, type, name] = /^(Huyện|Thị xã|Thành phố|Quận) (.+)$/.exec(text) ?? [null, "", text];
  return type ? [element("small", {}, type), name] : [name];
}

function placeNames(map, isWanted, spots) {
  const zoom = map.getZoom();
  const taken = spots.map((spot) => boxAround(spot.x, spot.y, spot.size, spot.size));
  const roomy = spots.map((spot) => boxAround(spot.x, spot.y, spot.size + 2 * ROOM_FOR_SITE_NAMES_PX, spot.size + 24));
  const pixel = (anchor) => map.project(anchor.slice(0, 2), zoom);
  const metre = metresToPixels(map);
  const pane = map.getPane("lettering");
  measureFirstNames(pane);
  if (zoom >= COMMUNE_NAMES_FROM_ZOOM) addCommuneNames();
  measureNames(names.filter(isWanted), pane);
  for (const name of names) {
    const isAsked = name.anchors.length > 0 && isWanted(name);
    if (isAsked) measureNames([name], pane);
    const place = isAsked ? placeOf(name, candidates(name, pixel, spots, metre), taken, roomy) : undefined;
    name.node?.classList.toggle("placed", place !== undefined);
    name.box = place;
    if (place === undefined) continue;
    taken.push(place);
    const corner = L.point(place.west + NAME_PADDING_PX, place.north + NAME_PADDING_PX);
    L.DomUtil.setPosition(name.node, map.latLngToLayerPoint(map.unproject(corner, zoom)));
  }
}

// The first box that covers nothing; for a district rather one that leaves symbols room for names.
function placeOf(name, boxes, taken, roomy) {
  let first;
  for (const box of boxes) {
    if (taken.some((other) => overlap(box, other))) continue;
    if (name.kind !== "district" || !roomy.some((other) => overlap(box, other))) return box;
    first ??= box;
  }
  return first;
}

// Where a name may stand, the best first; each worked out when those before it would not do.
function* candidates(name, pixel, spots, metre) {
  const wide = name.width + 2 * NAME_PADDING_PX;
  const high = name.height + 2 * NAME_PADDING_PX;
  const spot = name.site && spots.find((other) => other.site === name.site);
  if (spot) {
    yield* aroundSymbol(spot, wide, high);
    return;
  }
  for (const anchor of name.anchors) {
    if (name.kind === "commune" && anchor[2] * metre * 2.3 < name.width) continue;
    const { x, y } = pixel(anchor);
    const shift = name.kind === "commune" ? anchor[2] * metre * 0.5 : 0;
    for (const dy of shift ? [0, -shift, shift] : [0]) yield boxAround(x, y + dy, wide, high);
  }
}

function aroundSymbol(spot, wide, high) {
  const away = spot.size / 2 + 1;
  const side = away + wide / 2;
  const over = away + high / 2;
  return [
    [side, 0], [-side, 0], [0, -over], [0, over],
    [wide / 2, -over], [-wide / 2, -over], [wide / 2, over], [-wide / 2, over],
  ].map(([dx, dy]) => boxAround(spot.x + dx, spot.y + dy, wide, high));
}

function boxAround(x, y, wide, high) {
  return { west: x - wide / 2, east: x + wide / 2, north: y - high / 2, south: y + high / 2 };
}

function overlap(one, other) {
  return one.west < other.east && other.west < one.east && one.north < other.south && other.north < one.south;
}

function metresToPixels(map) {
  const centre = map.getCenter();
  const zoom = map.getZoom();
  const here = map.project(centre, zoom);
  const east = map.unproject(here.add([100, 0]), zoom);
  return 100 / map.distance(centre, east);
}

function wantsName(name, zoom) {
  if (name.insteadOf?.box) return false;
  if (name.site) {
    if (!isDrawn(name.site)) return false;
    if (name.isPart) return zoom >= OUTLINES_FROM_ZOOM; // a symbol stands for all parts
    return name.kind === "zone" || zoom >= CLUSTER_NAMES_FROM_ZOOM || answers.isSelected(name.site);
  }
  if (name.kind === "district") return layersOn.districts && zoom < DISTRICT_NAMES_TO_ZOOM;
  return layersOn.communes && zoom >= COMMUNE_NAMES_FROM_ZOOM;
}
