// --- the planner's page: tabs, activity, and everything in step -------------------------------------

const ROOM_FOR_LEGEND_PX = 1100; // beside a province that stays whole
const PANEL_PX = 392; // as its style has it
const LEDGER_SHARE = 0.5; // of the page, for its table
const TABS = ["parcels", "findings", "ledger"];
let tab = "parcels";

function start(handles) {
  handles.map.createPane("parcels").style.zIndex = 430;
  handles.map.createPane("measure").style.zIndex = 440;
  for (const pane of ["parcels", "measure"]) handles.map.getPane(pane).style.pointerEvents = "none";
  openChart(handles, {
    isSelected: (site) => chosen.card?.kind === "site" && chosen.card.site === site,
    hasCard: () => chosen.card !== null,
    select: selectSite,
    outlineShown: markOrigin,
  });
  connectParcels();
  connectLayers();
  connectMeasure();
  connectFindings();
  connectLedger();
  connectActivity();
  connectTabs();
  const view = readPlace(mergedAddress());
  showAll();
  byId("legend").open = hasRoomForLegend();
  startChart(view);
  paint();
  map.on("moveend", keepAddress);
  map.on("click", clicked);
  keepAddress();
  setTimeout(() => showCoordinates(map.getCenter()));
  window.addEventListener("hashchange", () => {
    const place = readPlace(mergedAddress());
    showAll();
    paint();
    showView(place);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    if (measuring.kind) startMeasure(null);
    else closeCard();
  });
}

// Told from the window: asking the map itself would lay the page out before it is whole.
function hasRoomForLegend() {
  const beside = tab === "ledger" ? ROOM_FOR_LEGEND_PX / (1 - LEDGER_SHARE) : ROOM_FOR_LEGEND_PX + PANEL_PX;
  return matchMedia(`(min-width: ${beside}px)`).matches;
}

// What lies on top answers first: a point of a measure, a parcel, a site, a commune.
function selectSite(site) {
  if (measuring.kind) return;
  chosen.pressed = site;
}

function clicked({ latlng }) {
  const site = chosen.pressed;
  chosen.pressed = null;
  if (measuring.kind) {
    addMeasured(latlng);
    return;
  }
  const parcel = parcelAt(latlng);
  if (parcel) openParcel(parcel);
  else if (site) openSite(site);
  else {
    const { frame, communes } = ground();
    const point = frame.toGrid(latlng.lng, latlng.lat);
    const here = communes.find((part) => isInside(part.outline, point));
    if (here) openCard({ kind: "commune", commune: here.row }, map.getContainer());
  }
}

function showAll() {
  writeLabels();
  writeHeadings();
  writeLanguages(() => {
    showAll();
    keepAddress();
  });
  writeActivity();
  writeNames(lettering);
  writeParcels();
  byId("grid-name").textContent = label("grid_name", { crs: data.grid.crs });
  if (isReady) showCoordinates(map.getCenter());
  byId("go-text").placeholder = label("go_hint");
  byId("pasted").placeholder = label("paste_hint");
  for (const id of ["finding-query", "ledger-query"]) byId(id).placeholder = label("filter_hint");
  if (measuring.kind) {
    byId("measure-title").textContent = label(`measure_${measuring.kind}`);
    showMeasured();
  }
  openTab(tab, false);
  showOnMap();
  if (chosen.card) showCard();
  arrange();
}

// --- tabs

function connectTabs() {
  for (const name of TABS) {
    const button = byId(`tab-${name}`);
    button.addEventListener("click", () => openTab(name));
    button.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (!step) return;
      const next = TABS[(TABS.indexOf(name) + step + TABS.length) % TABS.length];
      openTab(next);
      byId(`tab-${next}`).focus();
    });
  }
}

const WRITE_TAB = {
  ledger: () => writeLedger(),
  findings: () => {
    writeFindingFilters();
    writeFindings();
  },
};

function openTab(name, isNew = name !== tab) {
  if (isNew) shown.findings = name === "findings" || (shown.findings && tab !== "findings");
  tab = name;
  document.documentElement.dataset.tab = name;
  for (const other of TABS) {
    byId(`tab-${other}`).setAttribute("aria-selected", String(other === name));
    byId(`tab-${other}`).tabIndex = other === name ? 0 : -1;
    byId(`panel-${other}`).hidden = other !== name;
  }
  WRITE_TAB[name]?.(); // a panel nobody looks at is not written
  if (!isNew) return;
  if (name === "ledger") shown.colour = "ledger";
  else if (shown.colour === "ledger") shown.colour = "plain";
  map.invalidateSize({ animate: false });
  paint();
  keepAddress();
}

// --- the activity asked about

function connectActivity() {
  connectPicker(byId("activity"), byId("activity-options"), (text) => activitiesLike(text).map(({ activity, word }) => ({
    text: say(activity),
    detail: fold(word) === fold(say(activity)) ? "" : word,
    pick: () => chooseActivity(activity),
  })));
  byId("activity-clear").addEventListener("click", () => {
    chooseActivity(null);
    byId("activity").focus();
  });
}

function chooseActivity(activity) {
  chosen.activity = activity;
  writeActivity();
  writeParcels();
  showCard();
  keepAddress();
}

function writeActivity() {
  byId("activity").placeholder = label("activity_hint");
  byId("activity-chosen").hidden = chosen.activity === null;
  byId("activity-name").replaceChildren(chosen.activity ? tell(chosen.activity) : "");
}

// --- the address: never a parcel, nor anything made of one

function readPlace(parts) {
  readLanguage(parts);
  chosen.activity = activityById.get(parts.get("activity")) ?? null;
  tab = TABS.includes(parts.get("tab")) ? parts.get("tab") : "parcels";
  shown.colour = COLOURS.includes(parts.get("colour")) ? parts.get("colour") : tab === "ledger" ? "ledger" : "plain";
  shown.findings = tab === "findings";
  return viewOf(parts.get("map"));
}

function keepAddress() {
  if (!isReady) return;
  const parts = new URLSearchParams();
  if (language !== data.language) parts.set("lang", language);
  if (tab !== "parcels") parts.set("tab", tab);
  if (shown.colour !== "plain") parts.set("colour", shown.colour);
  if (chosen.activity) parts.set("activity", chosen.activity.id);
  parts.set("map", viewWords());
  history.replaceState(null, "", "#" + parts.toString());
}

// Where a place of the map is on the screen.
function pixelOf(lat, lon) {
  const { x, y } = map.latLngToContainerPoint([lat, lon]);
  const { left, top } = map.getContainer().getBoundingClientRect();
  return [left + x, top + y];
}

// What the page computes can be asked of it by other programs, and by its tests.
window.tngis = {
  start: afterFonts(start), motion, borders: bordersLayer,
  planner: {
    gridOf, ground, locate, outlineOf, sharedArea, shortestLine, faultOf, readOutlines, textOf, numberIn, placeIn,
    groundVerdict, parcels, activityById, pixelOf,
  },
};
