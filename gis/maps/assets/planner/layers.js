// --- what the map shows: craft points, findings, and what communes and outlines are coloured by ---

const COLOURS = ["plain", "ledger", "provenance"];
const LEVELS = ["room", "little", "full", "over", "nothing"]; // of land left for crafts
const LITTLE_SHARE = 1 / 3; // of the allowance
const ORIGINS = ["indicative", "digitised", "surveyed"];
const SEVERITIES = ["error", "warning", "note"];

const shown = { colour: "plain", craft: true, findings: false, parcels: true };
const communeByFeature = once(() => new Map(data.communes.map((commune) => [commune.feature, commune])));
const communeByCode = once(() => new Map(data.communes.map((commune) => [commune.code, commune])));
const ledgerRows = once(() => data.ledger.map(([feature, least_points, most_points, most_ha, points, registered_ha, headroom_points, headroom_ha]) => ({
  feature, least_points, most_points, most_ha, points, registered_ha, headroom_points, headroom_ha, commune: communeByFeature().get(feature),
})));
const ledgerOf = once(() => new Map(ledgerRows().map((row) => [row.feature, row])));
const originOf = (feature) => data.communes_from.ways[data.communes_from.of[feature]];
const siteByFeature = new Map(sites.map((site) => [site.feature, site]));

let communeAreas = null; // made when they are first coloured
let craftMarks, findingMarks, leftMarks, highlight;

function connectLayers() {
  craftMarks = L.layerGroup().addTo(map);
  findingMarks = L.layerGroup().addTo(map);
  leftMarks = L.layerGroup().addTo(map);
  highlight = L.layerGroup().addTo(map);
  for (const box of document.querySelectorAll("[data-layer]")) box.addEventListener("change", paint);
  for (const box of document.querySelectorAll("[data-sheet]")) {
    box.addEventListener("change", () => {
      shown[box.dataset.sheet] = box.checked;
      paint();
    });
  }
  byId("colour").addEventListener("change", (event) => {
    shown.colour = event.target.value;
    paint();
    keepAddress();
  });
  map.on("zoomend", placeFindings);
}

function paint() {
  document.documentElement.dataset.colour = shown.colour;
  byId("colour").value = shown.colour;
  for (const box of document.querySelectorAll("[data-sheet]")) box.checked = shown[box.dataset.sheet];
  paintCommunes();
  showOutlines();
  toggleLayer(parcelLayer, shown.parcels);
  writeKey();
  placeCraft();
  placeLeft();
  placeFindings();
}

const markOrigin = (site, path) => mark(path, "from", ORIGINS, shown.colour === "provenance" ? site.outline?.provenance : null);

// Communes are areas of their own only as long as they are coloured.
function paintCommunes() {
  const isColoured = shown.colour !== "plain" && layersOn.communes;
  if (isColoured) communeAreas ??= L.layerGroup(data.communes.map(communeArea).filter(Boolean));
  if (communeAreas) toggleLayer(communeAreas, isColoured);
  for (const area of isColoured ? communeAreas.getLayers() : []) {
    const path = area.getElement();
    if (!path) continue;
    mark(path, "level", LEVELS, shown.colour === "ledger" ? levelOf(ledgerOf().get(area.options.feature)) : null);
    mark(path, "from", ORIGINS, shown.colour === "provenance" ? originOf(area.options.feature)?.provenance : null);
  }
}

function communeArea({ feature }) {
  const polygons = borders.communes?.[feature];
  return polygons ? new BorderPath(polygons.flat(), true, { pane: "tints", className: "commune", feature }) : null;
}

function mark(path, prefix, values, wanted) {
  for (const value of values) path.classList.toggle(`${prefix}-${value}`, value === wanted);
}

// How much craft-village land a commune has left; what is not registered is not nothing left.
function levelOf(row) {
  if (!row || row.registered_ha === null) return "nothing";
  const left = row.headroom_ha === null ? Infinity : Number(row.headroom_ha);
  const points = row.headroom_points ?? Infinity;
  if (left < 0 || points < 0) return "over";
  if (left === 0 || points === 0) return "full";
  return row.most_ha !== null && left <= LITTLE_SHARE * Number(row.most_ha) ? "little" : "room";
}

function writeKey() {
  byId("craft-count").textContent = `(${data.craft_points.length})`;
  byId("findings-count").textContent = `(${data.findings_count})`;
  const key = byId("colour-key");
  key.hidden = shown.colour === "plain";
  if (key.hidden) return;
  const rows = shown.colour === "ledger"
    ? LEVELS.map((level) => [`level-${level}`, label(`level_${level}`), data.communes.filter((commune) => levelOf(ledgerOf().get(commune.feature)) === level).length])
    : ORIGINS.map((origin) => [`from-${origin}`, label(`origin_${origin}`), countOfOrigin(origin)]);
  key.replaceChildren(...rows.map(([name, words, count]) => element("li", {},
    drawn("svg", { viewBox: "0 0 30 20", "aria-hidden": "true" }, drawn("rect", { class: `key ${name}`, x: 2, y: 2, width: 26, height: 16, rx: 2 })),
    element("span", {}, words), element("span", { class: "key-count" }, String(count)))));
}

function countOfOrigin(origin) {
  const communes = data.communes.filter((commune) => originOf(commune.feature)?.provenance === origin).length;
  const drawnSites = sites.filter((site) => site.outline?.provenance === origin).length;
  return label("origin_count", { sites: drawnSites, communes });
}

function placeCraft() {
  craftMarks.clearLayers();
  if (!shown.craft) return;
  for (const point of data.craft_points) {
    const place = point.at ?? communeByCode().get(point.unit_code)?.anchors[0]?.slice(0, 2);
    if (!place) continue;
    const icon = L.divIcon({ className: "craft-mark", html: craftShape(), iconSize: [30, 30] });
    L.marker(place, { icon, keyboard: false, title: point.name }).on("click", () => openCommune(communeByCode().get(point.unit_code))).addTo(craftMarks);
  }
}

const craftShape = () => drawn("svg", { viewBox: "0 0 18 18", width: 18, height: 18, "aria-hidden": "true" }, drawn("path", { class: "symbol craft", d: "M9 1.5 16.5 15.5H1.5Z" }));

// Where land is registered, the hectares left stand on the map in figures.
function placeLeft() {
  leftMarks.clearLayers();
  if (shown.colour !== "ledger" || !layersOn.communes) return;
  for (const row of ledgerRows().filter((item) => item.headroom_ha !== null)) {
    const anchor = communeByFeature().get(row.feature).anchors[0];
    if (!anchor) continue;
    const icon = L.divIcon({ className: "left-mark", html: element("span", {}, number(row.headroom_ha)), iconSize: [44, 18] });
    L.marker(anchor.slice(0, 2), { icon, keyboard: false, interactive: false }).addTo(leftMarks);
  }
}

// --- findings on the map

// The gravest first; a mark that would cover another waits until there is room.
function placeFindings() {
  findingMarks.clearLayers();
  if (!shown.findings || !isReady) return;
  const zoom = map.getZoom();
  const taken = [];
  const marks = [...findingsByFeature(shownFindings())].map(([feature, found]) => ({ feature, found, worst: SEVERITIES.findIndex((severity) => found.some((item) => item.severity === severity)) }));
  marks.sort((one, other) => one.worst - other.worst || other.found.length - one.found.length);
  for (const { feature, found, worst } of marks) {
    const place = placeOfFeature(feature, zoom);
    if (!place) continue;
    const { x, y } = map.project(place, zoom);
    const [dx, dy] = districtByFeature.has(feature) ? [0, -30] : [19, -10];
    const room = boxAround(x + dx, y + dy, 34, 19);
    if (taken.some((other) => overlap(room, other))) continue;
    taken.push(room);
    findingMark(feature, found, SEVERITIES[worst], place, [17 - dx, 10 - dy]).addTo(findingMarks);
  }
}

function findingMark(feature, found, severity, place, iconAnchor) {
  const html = element("span", { class: severity }, severityShape(severity), element("b", {}, String(found.length)));
  const icon = L.divIcon({ className: "finding-mark", html, iconSize: [34, 20], iconAnchor });
  const title = label("findings_here", { count: found.length, place: nameOfFeature(feature) });
  return L.marker(place, { icon, keyboard: false, title, zIndexOffset: 500 }).on("click", () => showFindingsAt(feature));
}

function findingsByFeature(found) {
  const byFeature = new Map();
  for (const item of found) {
    for (const feature of item.features) byFeature.set(feature, [...(byFeature.get(feature) ?? []), item]);
  }
  return byFeature;
}

function placeOfFeature(feature, zoom) {
  const site = siteByFeature.get(feature);
  const spot = site && spots.find((other) => other.site === site);
  if (spot) return map.unproject([spot.x, spot.y], zoom);
  const anchors = site?.anchors ?? communeByFeature().get(feature)?.anchors ?? districtByFeature.get(feature)?.anchors;
  return anchors?.[0]?.slice(0, 2) ?? null;
}

const nameOfFeature = (feature) =>
  siteByFeature.get(feature)?.short_name ?? communeByFeature().get(feature)?.label ?? districtByFeature.get(feature)?.name ?? "";

function severityShape(severity, size = 16) {
  const shapes = {
    error: ["path", { d: "M8 .8 15.2 8 8 15.2.8 8Z" }],
    warning: ["path", { d: "M8 1.2 15.4 14.6H.6Z" }],
    note: ["circle", { cx: 8, cy: 8, r: 6.6 }],
  };
  const [tag, attributes] = shapes[severity];
  return drawn("svg", { viewBox: "0 0 16 16", width: size, height: size, "aria-hidden": "true" }, drawn(tag, { class: `severity ${severity}`, ...attributes }));
}

// Rings whatever features and outlines are spoken of, and shows them.
function showHighlight(features, where) {
  highlight.clearLayers();
  const options = { pane: "measure", interactive: false, style: { className: "highlight" } };
  const shapes = features.map(geometryOfFeature).filter(Boolean);
  const all = where ? [where, ...shapes] : shapes;
  const drawnShapes = all.map((geometry) => L.geoJSON(geometry, { ...options, pointToLayer: (_, at) => L.circleMarker(at, { pane: "measure", radius: 9, className: "highlight", interactive: false }) }).addTo(highlight));
  const bounds = drawnShapes.reduce((sum, layer) => sum.extend(layer.getBounds()), L.latLngBounds([]));
  if (bounds.isValid()) map.fitBounds(bounds.pad(0.3), { ...roomBeside(), maxZoom: SELECTED_ZOOM, animate: false });
  return bounds.isValid();
}

function geometryOfFeature(feature) {
  const site = siteByFeature.get(feature);
  return site ? shapeOfSite(site) : shapeOf(feature);
}
