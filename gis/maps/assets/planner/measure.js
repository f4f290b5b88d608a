// --- coordinates under the pointer, going to a place, measuring -----------------------------------

const MEASURES = ["distance", "area"];
const GO_ZOOM = 15;

const measuring = { kind: null, points: [] }; // points on the grid
let measured = null; // leaflet group of what is being measured
let target = null; // marker of the place gone to

function connectMeasure() {
  measured = L.layerGroup().addTo(map);
  let isPointed = false; // with no pointer over the map, its middle is told
  map.on("mousemove", (event) => {
    isPointed = matchMedia("(hover: hover)").matches;
    showCoordinates(event.latlng);
  });
  map.on("mouseout", () => { isPointed = false; });
  map.on("move", () => {
    if (isReady && !isPointed) showCoordinates(map.getCenter());
  });
  for (const kind of MEASURES) byId(`measure-${kind}`).addEventListener("click", () => startMeasure(measuring.kind === kind ? null : kind));
  byId("measure-undo").addEventListener("click", () => {
    measuring.points.pop();
    showMeasured();
  });
  byId("measure-add").addEventListener("click", () => addMeasured(map.getCenter()));
  byId("measure-end").addEventListener("click", () => {
    const { kind } = measuring;
    startMeasure(null);
    byId(`measure-${kind}`).focus();
  });
  byId("go").addEventListener("submit", (event) => {
    event.preventDefault();
    goTo(byId("go-text").value);
  });
}

function showCoordinates({ lat, lng }) {
  const here = communeAt({ lat, lng }); // outlines go onto the grid when something is measured
  byId("coordinates-grid").textContent = gridInWords(grid().toGrid(lng, lat));
  byId("coordinates-degrees").textContent = degreesInWords([lng, lat]);
  byId("coordinates-place").textContent = here ? `${here.label}, ${here.district}` : label("outside_province");
}

// --- going to a place

// Two numbers as people write them, in degrees or on the grid and in either order, to a point on
// the grid: {point, degrees} or {trouble}.
function placeIn(text, frame) {
  const [a, b, more] = numbersIn(text);
  if (a === undefined || b === undefined || more !== undefined || Number.isNaN(a + b)) return { trouble: "go_unreadable" };
  for (const [lat, lon] of [[a, b], [b, a]]) {
    if (lat >= 8 && lat <= 24 && lon >= 102 && lon <= 110) return { degrees: [lon, lat], point: frame.toGrid(lon, lat) };
  }
  for (const [north, east] of [[a, b], [b, a]]) {
    const { box } = frame;
    if (north >= box.south && north <= box.north && east >= box.west && east <= box.east) return { point: [east, north], degrees: frame.toDegrees(east, north) };
  }
  return { trouble: "go_elsewhere" };
}

function numbersIn(text) {
  const sexagesimal = [...text.matchAll(/(\d+(?:[.,]\d+)?)\s*°\s*(?:(\d+(?:[.,]\d+)?)\s*['′’]\s*)?(?:(\d+(?:[.,]\d+)?)\s*["″”])?/g)];
  if (sexagesimal.length > 0) return sexagesimal.map(([, degrees, minutes = "0", seconds = "0"]) => numberIn(degrees) + numberIn(minutes) / 60 + numberIn(seconds) / 3600);
  const bare = text.replace(/[\p{L}=:()[\]]+/gu, " ").trim();
  const words = bare.split(/\s*;\s*|\s*\/\s*|,\s+|\s+/).filter((word) => word && word !== ",");
  if (words.length !== 1) return words.map(numberIn);
  const parts = words[0].split(",");
  if (parts.length === 4) return [numberIn(`${parts[0]},${parts[1]}`), numberIn(`${parts[2]},${parts[3]}`)];
  return parts.map(numberIn);
}

function goTo(text) {
  const { frame } = ground();
  const found = placeIn(text, frame);
  const said = byId("go-said");
  byId("go-text").setAttribute("aria-invalid", String(Boolean(found.trouble)));
  said.hidden = !found.trouble;
  said.textContent = found.trouble ? label(found.trouble, { value: shortened(text), ...boundsInWords(frame.box) }) : "";
  if (found.trouble) return;
  const [lon, lat] = found.degrees;
  if (measuring.kind) {
    addMeasured({ lat, lng: lon });
    map.panTo([lat, lon], { animate: false });
    return;
  }
  target?.remove();
  target = L.marker([lat, lon], { icon: crossIcon(), keyboard: false, interactive: false }).addTo(map);
  openCard({ kind: "point", point: found.point, degrees: found.degrees }, byId("go-text"));
  map.fitBounds([[lat, lon], [lat, lon]], { ...roomBeside(), maxZoom: Math.max(map.getZoom(), GO_ZOOM), animate: false });
  showCoordinates({ lat, lng: lon });
}

const crossIcon = () => L.divIcon({
  className: "cross",
  html: drawn("svg", { viewBox: "0 0 32 32", width: 32, height: 32, "aria-hidden": "true" },
    drawn("path", { class: "cross-halo", d: "M16 1v30M1 16h30" }), drawn("path", { class: "cross-line", d: "M16 1v30M1 16h30" })),
  iconSize: [32, 32],
});

// --- measuring

function startMeasure(kind) {
  Object.assign(measuring, { kind, points: [] });
  for (const other of MEASURES) byId(`measure-${other}`).setAttribute("aria-pressed", String(other === kind));
  byId("measure").hidden = kind === null;
  document.documentElement.classList.toggle("measuring", kind !== null);
  if (kind !== null) byId("measure-title").textContent = label(`measure_${kind}`);
  showMeasured();
}

function addMeasured({ lat, lng }) {
  measuring.points.push(ground().frame.toGrid(lng, lat));
  showMeasured();
}

function showMeasured() {
  const { kind, points } = measuring;
  const { frame } = ground();
  const latLngs = points.map(([east, north]) => frame.toDegrees(east, north).reverse());
  measured.clearLayers();
  const options = { pane: "measure", className: "measured", interactive: false };
  if (points.length > 1) (kind === "area" ? L.polygon(latLngs, options) : L.polyline(latLngs, options)).addTo(measured);
  for (const latLng of latLngs) L.circleMarker(latLng, { pane: "measure", className: "measured-corner", radius: 4, interactive: false }).addTo(measured);
  if (kind) byId("measure-result").textContent = measuredInWords(kind, points);
  byId("measure-undo").disabled = points.length === 0;
}

function measuredInWords(kind, points) {
  const around = kind === "area" && points.length > 2 ? [...points, points[0]] : points;
  const metres = around.slice(1).reduce((sum, [x, y], place) => sum + Math.hypot(x - around[place][0], y - around[place][1]), 0);
  if (kind === "distance") return points.length > 1 ? label("measured_distance", { metres: fixed(metres, 1) }) : label("measure_click");
  if (points.length < 3) return label("measure_click");
  const crossing = meetingWithin(points);
  if (crossing) return label("measured_crossing");
  const m2 = Math.abs(signedArea(points));
  return label("measured_area", { hectares: fixed(m2 / M2_PER_HA, 4), metres: fixed(metres, 1) });
}
