// --- the map: layers, symbols, names, and what the pointer is over -------------------------------

const PHONE = matchMedia("(max-width: 639px)");
const NARROW = matchMedia("(max-width: 959px)");
const CALM = matchMedia("(prefers-reduced-motion: reduce)");
const SELECTED_ZOOM = 13;
const CARD_SPACE_PX = 430;
const LEGEND_ROOM_PX = 640;
const LEGEND_SHARE_PX = 120; // the province leaves its south-east corner free

const layersOn = { zones: true, clusters: true, districts: true, communes: true };
const layerOfKind = { zone: "zones", cluster: "clusters" };
const outlines = new Map(); // site id → leaflet layer, of those that were wanted on the map yet
const markers = new Map(); // site id → leaflet marker

// What the page around it answers the map; a page replaces what it needs with its own.
const answers = {
  isShown: () => true, // is this site among those found?
  isSelected: () => false,
  verdictOf: () => null, // the verdict that colours this site, if an activity was asked about
  hasCard: () => false, // does a card stand over the map?
  select: () => {}, // a site was chosen on the map
  pointed: () => {}, // the pointer is over this site of the map, or over none
  outlineShown: () => {}, // this path draws the site, and may be marked
};

let map, layers, home, symbols, leaders, lettering;
let spots = [];
let isReady = false;

const motion = () => {
  const isAllowed = !CALM.matches;
  return { zoomAnimation: isAllowed, fadeAnimation: isAllowed, markerZoomAnimation: isAllowed, inertia: isAllowed };
};

function openChart(handles, pageAnswers) {
  ({ map, layers, home } = handles);
  Object.assign(answers, pageAnswers);
  lettering = map.getPane("lettering");
  symbols = L.layerGroup().addTo(map);
  leaders = L.layerGroup().addTo(map);
  L.control.scale({ imperial: false, position: "bottomleft", maxWidth: 140 }).addTo(map);
  connectSites();
  connectCommunes();
  connectTools();
  connectSkipLink();
  connectTiles();
  byId("legend").open = !NARROW.matches;
}

// Once the page has written its words and knows its view.
function startChart(view, selected) {
  measureFirstNames(lettering);
  showView(view, selected); // until now the map had no view, and drew nothing
  showOnMap();
  map.on("zoomstart", () => lettering.classList.add("moving"));
  map.on("zoomend viewreset", arrange);
  isReady = true;
  arrange();
  document.documentElement.dataset.ready = String(Math.round(performance.now()));
}

// The outline of a site as GeoJSON; nothing where none is drawn.
const shapeOfSite = (site) => data.outlines[site.feature] ?? null;

// The same as a layer of the map, once it is wanted there.
function outlineOn(site) {
  const geometry = outlines.has(site.id) ? null : shapeOfSite(site);
  if (geometry) {
    const outline = L.GeoJSON.geometryToLayer({ type: "Feature", geometry }, { pane: "outlines", className: `site-outline ${site.kind}`, smoothFactor: 0.5 });
    outlines.set(site.id, outline);
    connectPointer(outline, site);
  }
  return outlines.get(site.id);
}

function connectSites() {
  for (const site of sites.filter((item) => item.anchors.length > 0)) {
    markers.set(site.id, symbolMarker(site));
    connectPointer(markers.get(site.id), site);
  }
}

function connectPointer(layer, site) {
  layer.on("click", () => answers.select(site));
  layer.on("mouseover", () => point(site, true));
  layer.on("mouseout", () => point(null));
}

// The commune under the pointer is named and lit, unless a site lies over it.
function connectCommunes() {
  let pointed = null;
  let light = null;
  const point = (commune) => {
    if (commune === pointed) return;
    pointed = commune;
    light?.remove();
    light = commune && new BorderPath(borders.communes[commune.feature].flat(), true, { pane: "tints", className: "commune pointed" }).addTo(map);
    byId("readout").hidden = !commune;
    byId("readout").textContent = commune ? label("readout", {
      commune: commune.label, district: commune.district, today: commune.today || label("unknown") }) : "";
  };
  map.on("mousemove click", ({ latlng, originalEvent }) => {
    if (map.dragging.moving()) return;
    const isOnSite = originalEvent.target.closest?.(".leaflet-interactive:not(.leaflet-container)");
    point(layersOn.communes && !isOnSite ? communeAt(latlng) : null);
  });
  map.on("mouseout", () => point(null));
}

function connectTools() {
  byId("zoom-in").addEventListener("click", () => map.zoomIn());
  byId("zoom-out").addEventListener("click", () => map.zoomOut());
  byId("whole").addEventListener("click", showWhole);
  for (const box of document.querySelectorAll("[data-layer]")) {
    box.addEventListener("change", () => {
      layersOn[box.dataset.layer] = box.checked;
      showOnMap();
      arrange();
    });
  }
}

// With a map of the world below, ours turns clear as soon as the first of its tiles is there.
function connectTiles() {
  if (!layers.tiles) return;
  layers.tiles.once("tileload", () => document.documentElement.classList.add("with-tiles"));
  byId("basemap-note").hidden = false;
  byId("attribution").hidden = false;
  byId("attribution").append(element("a", { href: "https://www.openstreetmap.org/copyright", rel: "noopener noreferrer", target: "_blank" }, "© OpenStreetMap"));
}

const isDrawn = (site) => answers.isShown(site) && layersOn[layerOfKind[site.kind]];

function showOnMap() {
  showOutlines();
  for (const key of ["tints", "districts"]) toggleLayer(layers[key], layersOn.districts);
  toggleLayer(layers.communes, layersOn.communes);
}

// Outlines are on the map from the zoom on where they can be told apart.
function showOutlines() {
  const isNear = map.getZoom() >= FAINT_OUTLINES_FROM_ZOOM; // not so before the map has a view
  for (const site of sites) {
    const group = layers[layerOfKind[site.kind]];
    const isWanted = isNear && isDrawn(site);
    const outline = isWanted ? outlineOn(site) : outlines.get(site.id);
    if (!outline) continue;
    if (isWanted !== group.hasLayer(outline)) {
      if (isWanted) group.addLayer(outline);
      else group.removeLayer(outline);
    }
    markOutline(site, outline.getElement());
  }
}

function markOutline(site, path) {
  if (!path) return;
  answers.outlineShown(site, path);
  path.classList.toggle("indicative", site.outline.provenance === "indicative");
  path.classList.toggle("vague", site.isVague);
  path.classList.toggle("selected", answers.isSelected(site));
  const verdict = answers.verdictOf(site)?.verdict ?? "";
  for (const other of Object.keys(SIGNS)) path.classList.toggle(`of-${other}`, other === verdict);
}

function toggleLayer(layer, isOn) {
  if (!layer || isOn === map.hasLayer(layer)) return;
  map[isOn ? "addLayer" : "removeLayer"](layer);
  if (layer === layers.tints && isOn) layer.bringToBack(); // communes lie over the tints
}

// Symbols, their leaders and all names for the zoom the map has now.
function arrange() {
  if (!isReady) return;
  const zoom = map.getZoom();
  showOutlines();
  map.getContainer().dataset.scale =
    zoom >= OUTLINES_FROM_ZOOM ? "near" : zoom >= FAINT_OUTLINES_FROM_ZOOM ? "middle" : "far";
  const withSymbols = zoom < OUTLINES_FROM_ZOOM ? sites.filter((site) => isDrawn(site) && markers.has(site.id)) : [];
  spots = withSymbols.map((site) => {
    const home = map.project(site.anchors[0].slice(0, 2), zoom);
    return { site, size: symbolSize(site), x: home.x, y: home.y, homeX: home.x, homeY: home.y };
  });
  spreadOut(spots);
  placeSymbols(zoom);
  placeNames(map, (name) => wantsName(name, zoom), spots);
  lettering.classList.remove("moving");
}

function placeSymbols(zoom) {
  const wanted = new Set(spots.map((spot) => spot.site.id));
  for (const [id, marker] of markers) if (!wanted.has(id)) symbols.removeLayer(marker);
  leaders.clearLayers();
  for (const spot of spots) {
    const marker = markers.get(spot.site.id);
    const place = map.unproject([spot.x, spot.y], zoom);
    marker.setLatLng(place);
    symbols.addLayer(marker);
    drawSymbol(marker, spot.site, spot.size);
    marker.setZIndexOffset(answers.isSelected(spot.site) ? 1000 : 0);
    marker.getElement().classList.toggle("selected", answers.isSelected(spot.site));
    if (Math.hypot(spot.x - spot.homeX, spot.y - spot.homeY) >= LEADER_FROM_PX) {
      L.polyline([spot.site.anchors[0].slice(0, 2), place], { pane: "leaders", className: `leader ${spot.site.kind}`, interactive: false }).addTo(leaders);
    }
  }
}

// Around all that is drawn; nothing where nothing is.
function provinceBounds() {
  if (!data.extent) return null;
  const [west, south, east, north] = data.extent;
  return L.latLngBounds([south, west], [north, east]);
}

// Asked of the page: the map keeps the first size it is asked for until it has a view, and the words
// and the tab still change it.
const mapWidth = () => map.getContainer().clientWidth;

// What legend, tools and card leave of the map.
function roomBeside() {
  const hasCard = answers.hasCard() && !NARROW.matches;
  const legend = byId("legend").open && !NARROW.matches ? LEGEND_SHARE_PX : 16;
  return {
    paddingTopLeft: [PHONE.matches ? 34 : 60, 16],
    paddingBottomRight: [legend + (hasCard ? CARD_SPACE_PX : 0), PHONE.matches ? 40 : 16],
  };
}

// Beside an open card a small map has no room for the legend; it comes back with the room.
function foldLegend() {
  const legend = byId("legend");
  const isCrowded = answers.hasCard() && !NARROW.matches && mapWidth() < LEGEND_ROOM_PX + CARD_SPACE_PX;
  if (isCrowded && legend.open) {
    legend.open = false;
    legend.dataset.folded = "true";
  } else if (!isCrowded && legend.dataset.folded) {
    legend.open = true;
    delete legend.dataset.folded;
  }
}

function showWhole() {
  const bounds = provinceBounds();
  if (bounds) map.fitBounds(bounds, { ...roomBeside(), animate: isReady && !CALM.matches });
  else map.setView(home.centre, home.zoom, { animate: false });
}

function showView(view, selected = null) {
  if (view) map.setView(view.centre, view.zoom, { animate: false });
  else if (selected) showSite(selected, false);
  else showWhole();
}

function showSite(site, animate = true) {
  const outline = outlineOn(site);
  if (!outline) {
    if (!isReady) showWhole();
    return;
  }
  map.fitBounds(outline.getBounds(), { ...roomBeside(), maxZoom: SELECTED_ZOOM, animate: animate && !CALM.matches });
}

function point(site, fromMap = false) {
  answers.pointed(fromMap ? site : null);
  for (const [id, marker] of markers) marker.getElement()?.classList.toggle("pointed", id === site?.id);
  for (const [id, outline] of outlines) outline.getElement()?.classList.toggle("pointed", id === site?.id);
  showHoverName(fromMap ? site : null);
}

function showHoverName(site) {
  const tip = byId("hover-name");
  tip.hidden = !site;
  if (!site) return;
  const spot = spots.find((other) => other.site === site);
  const place = spot ? map.unproject([spot.x, spot.y], map.getZoom()) : L.latLng(site.anchors[0].slice(0, 2));
  const { x, y } = map.latLngToContainerPoint(place);
  tip.textContent = `${site.short_name} · ${hectares(site.stated_ha)}`;
  tip.style.left = `${x}px`;
  tip.style.top = `${y - (spot ? spot.size / 2 : 8) - 6}px`;
}
