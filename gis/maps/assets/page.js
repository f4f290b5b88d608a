// --- map, list and card in step -------------------------------------------------------------------

const PHONE = matchMedia("(max-width: 639px)");
const NARROW = matchMedia("(max-width: 959px)");
const CALM = matchMedia("(prefers-reduced-motion: reduce)");
const SELECTED_ZOOM = 13;
const CARD_SPACE_PX = 430;
const LEGEND_ROOM_PX = 640;
const LEGEND_SHARE_PX = 120; // the province leaves its south-east corner free

const layersOn = { zones: true, clusters: true, districts: true, communes: true };
const layerOfKind = { zone: "zones", cluster: "clusters" };
const outlines = new Map(); // site id → leaflet layer
const markers = new Map(); // site id → leaflet marker

let map, layers, symbols, leaders, lettering;
let spots = [];
let visible = new Set();
let opener = null;
let isReady = false;

const motion = () => {
  const isAllowed = !CALM.matches;
  return { zoomAnimation: isAllowed, fadeAnimation: isAllowed, markerZoomAnimation: isAllowed, inertia: isAllowed };
};

function start(handles) {
  ({ map, layers } = handles);
  lettering = map.getPane("lettering");
  symbols = L.layerGroup().addTo(map);
  leaders = L.layerGroup().addTo(map);
  L.control.scale({ imperial: false, position: "bottomleft", maxWidth: 140 }).addTo(map);
  connectSites();
  connectCommunes();
  connectControls();
  byId("legend").open = !NARROW.matches;
  byId("more-filters").open = !PHONE.matches;
  const view = readAddress(mergedAddress());
  showAll();
  showView(view);
  map.on("zoomstart", () => lettering.classList.add("moving"));
  map.on("zoomend viewreset", arrange);
  map.on("moveend", keepAddress);
  isReady = true;
  arrange();
  keepAddress();
  document.documentElement.dataset.ready = String(Math.round(performance.now()));
}

function mergedAddress() {
  const parts = new URLSearchParams(location.search);
  for (const [name, value] of new URLSearchParams(location.hash.slice(1))) parts.set(name, value);
  return parts;
}

// --- the map

function connectSites() {
  const byFeature = new Map(sites.map((site) => [site.feature, site]));
  for (const kind of KINDS) {
    const group = layers[layerOfKind[kind]];
    for (const outline of group ? group.getLayers() : []) {
      const site = byFeature.get(outline.feature.id);
      outlines.set(site.id, outline);
      connectPointer(outline, site);
    }
  }
  for (const site of sites.filter((item) => item.anchors.length > 0)) {
    markers.set(site.id, symbolMarker(site));
    connectPointer(markers.get(site.id), site);
  }
}

function connectPointer(layer, site) {
  layer.on("click", () => select(site, rows.get(site.id)));
  layer.on("mouseover", () => point(site, true));
  layer.on("mouseout", () => point(null));
}

function connectCommunes() {
  const byFeature = new Map(data.communes.map((commune) => [commune.feature, commune]));
  const readout = byId("readout");
  layers.communes?.on("mouseover click", (event) => {
    const commune = byFeature.get(event.layer.feature.id);
    readout.textContent = label("readout", {
      commune: commune.label, district: commune.district, today: commune.today || label("unknown") });
    readout.hidden = false;
  });
  layers.communes?.on("mouseout", () => { readout.hidden = true; });
}

const isShown = (site) => visible.has(site.id) && layersOn[layerOfKind[site.kind]];

function showOnMap() {
  for (const site of sites) {
    const group = layers[layerOfKind[site.kind]];
    const outline = outlines.get(site.id);
    if (outline && isShown(site) !== group.hasLayer(outline)) {
      if (isShown(site)) group.addLayer(outline);
      else group.removeLayer(outline);
    }
    markOutline(site, outline?.getElement());
  }
  for (const key of ["tints", "districts"]) toggleLayer(layers[key], layersOn.districts);
  toggleLayer(layers.communes, layersOn.communes);
}

function markOutline(site, path) {
  if (!path) return;
  path.classList.toggle("indicative", site.outline.provenance === "indicative");
  path.classList.toggle("vague", site.isVague);
  path.classList.toggle("selected", site.id === state.site);
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
  map.getContainer().dataset.scale =
    zoom >= OUTLINES_FROM_ZOOM ? "near" : zoom >= FAINT_OUTLINES_FROM_ZOOM ? "middle" : "far";
  const withSymbols = zoom < OUTLINES_FROM_ZOOM ? sites.filter((site) => isShown(site) && markers.has(site.id)) : [];
  spots = withSymbols.map((site) => {
    const home = map.project(site.anchors[0].slice(0, 2), zoom);
    return { site, size: symbolSize(site), x: home.x, y: home.y, homeX: home.x, homeY: home.y };
  });
  spreadOut(spots);
  placeSymbols(zoom);
  placeNames(map, (name) => wantsName(name, zoom, isShown, layersOn), spots);
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
    marker.setZIndexOffset(spot.site.id === state.site ? 1000 : 0);
    marker.getElement().classList.toggle("selected", spot.site.id === state.site);
    if (Math.hypot(spot.x - spot.homeX, spot.y - spot.homeY) >= LEADER_FROM_PX) {
      L.polyline([spot.site.anchors[0].slice(0, 2), place], { pane: "leaders", className: `leader ${spot.site.kind}`, interactive: false }).addTo(leaders);
    }
  }
}

function provinceBounds() {
  const drawn = [layers.province, layers.zones, layers.clusters].filter(Boolean).map((layer) => layer.getBounds());
  const all = drawn.filter((bounds) => bounds.isValid());
  return all.length ? all.reduce((sum, bounds) => sum.extend(bounds), L.latLngBounds(all[0])) : null;
}

// What legend, tools and card leave of the map.
function roomBeside() {
  const hasCard = state.site && !NARROW.matches;
  const legend = byId("legend").open && !NARROW.matches ? LEGEND_SHARE_PX : 16;
  return {
    paddingTopLeft: [PHONE.matches ? 34 : 60, 16],
    paddingBottomRight: [legend + (hasCard ? CARD_SPACE_PX : 0), PHONE.matches ? 40 : 16],
  };
}

// Beside an open card a small map has no room for the legend; it comes back with the room.
function foldLegend() {
  const legend = byId("legend");
  const isCrowded = Boolean(state.site) && !NARROW.matches && map.getSize().x < LEGEND_ROOM_PX + CARD_SPACE_PX;
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
}

function showView(view) {
  if (view) map.setView(view.centre, view.zoom, { animate: false });
  else if (state.site) showSite(siteById.get(state.site), false);
  else showWhole();
}

function showSite(site, animate = true) {
  const outline = outlines.get(site.id);
  if (!outline) return;
  map.fitBounds(outline.getBounds(), { ...roomBeside(), maxZoom: SELECTED_ZOOM, animate: animate && !CALM.matches });
}

// --- pointing, selecting, closing

function point(site, fromMap = false) {
  for (const [id, button] of rows) button.classList.toggle("pointed", fromMap && id === site?.id);
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

function select(site, from = null) {
  opener = from ?? rows.get(site.id);
  state.site = site.id;
  state.view = "map";
  showFound();
  showSite(site);
  byId("card-title").focus({ preventScroll: true });
  if (NARROW.matches) window.scrollTo({ top: 0 }); // map and head of the card in sight together
  else rows.get(site.id).scrollIntoView({ block: "nearest" });
}

function close() {
  if (!state.site) return;
  const back = opener?.isConnected ? opener : rows.get(state.site);
  state.site = null;
  opener = null;
  showFound();
  back?.focus();
}

// --- everything in step with the state

function showAll() {
  writeLabels();
  writeHeadings();
  writeLanguages();
  writeFilters(showFound);
  writeList({ select, point });
  writeNames(lettering);
  showFound();
}

function showFound() {
  visible = new Set(found().map((site) => site.id));
  if (state.site && !visible.has(state.site)) state.site = null;
  showFilters();
  showList(visible);
  writeTable(visible, select);
  showCard();
  showOnMap();
  arrange();
  document.documentElement.dataset.view = state.view;
  for (const button of document.querySelectorAll("[data-view]")) {
    if (button.tagName === "BUTTON") button.setAttribute("aria-pressed", String(button.dataset.view === state.view));
  }
  map.invalidateSize({ animate: false });
  keepAddress();
}

function showCard() {
  const card = byId("card");
  card.hidden = !state.site;
  document.documentElement.classList.toggle("with-card", Boolean(state.site));
  if (state.site) writeCard(siteById.get(state.site), close);
  else card.replaceChildren();
  foldLegend();
}

function keepAddress() {
  if (!isReady) return;
  const { lat, lng } = map.getCenter();
  const view = `${map.getZoom()}/${lat.toFixed(4)}/${lng.toFixed(4)}`;
  history.replaceState(null, "", "#" + addressOf(view));
}

function writeLanguages() {
  byId("languages").replaceChildren(...languages.map((lang) => {
    const words = data.labels[lang];
    const button = element("button", { type: "button", lang, "aria-pressed": String(lang === language), "data-language": lang },
      element("span", { class: "long" }, words.language_name), element("span", { class: "short", "aria-hidden": "true" }, words.language_short));
    button.addEventListener("click", () => {
      language = lang;
      showAll();
      byId("languages").querySelector(`[data-language="${lang}"]`).focus();
    });
    return button;
  }));
}

function connectControls() {
  byId("zoom-in").addEventListener("click", () => map.zoomIn());
  byId("zoom-out").addEventListener("click", () => map.zoomOut());
  byId("whole").addEventListener("click", showWhole);
  byId("print").addEventListener("click", () => window.print());
  byId("filters").addEventListener("submit", (event) => event.preventDefault());
  byId("search").addEventListener("input", (event) => {
    state.query = event.target.value;
    showFound();
  });
  byId("district").addEventListener("change", (event) => {
    state.district = event.target.value;
    showFound();
  });
  for (const id of ["range-low", "range-high"]) {
    byId(id).addEventListener("input", () => {
      readRange(id);
      showFound();
    });
  }
  byId("reset").addEventListener("click", () => {
    clearFilters();
    showFound();
    byId("search").focus();
  });
  byId("sites").addEventListener("keydown", moveInList);
  for (const box of document.querySelectorAll("[data-layer]")) {
    box.addEventListener("change", () => {
      layersOn[box.dataset.layer] = box.checked;
      showOnMap();
      arrange();
    });
  }
  for (const button of document.querySelectorAll("button[data-view]")) {
    button.addEventListener("click", () => {
      state.view = button.dataset.view;
      showFound();
    });
  }
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") close();
  });
  window.addEventListener("hashchange", () => {
    const view = readAddress(mergedAddress());
    showAll();
    showView(view);
  });
  window.addEventListener("beforeprint", () => resizeForPrint(true));
  window.addEventListener("afterprint", () => resizeForPrint(false));
}

// Paper has its own size: the map is drawn for it before the printer looks.
function resizeForPrint(isPrinting) {
  document.documentElement.classList.toggle("printing", isPrinting);
  const legend = byId("legend");
  if (isPrinting) legend.dataset.before = legend.open ? "open" : "";
  legend.open = isPrinting || legend.dataset.before === "open";
  map.invalidateSize({ animate: false });
  const bounds = provinceBounds();
  if (isPrinting && !state.site && bounds) map.fitBounds(bounds, { animate: false, padding: [8, 8] });
  arrange();
}

window.tngis = { start, motion };
