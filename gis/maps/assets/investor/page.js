// --- map, list and card in step -------------------------------------------------------------------

let visible = new Set();
let opener = null;

function start(handles) {
  openChart(handles, {
    isShown: (site) => visible.has(site.id),
    isSelected: (site) => site.id === state.site,
    hasCard: () => Boolean(state.site),
    select: (site) => select(site),
    pointed: (site) => {
      for (const [id, button] of rows) button.classList.toggle("pointed", id === site?.id);
    },
  });
  connectControls();
  byId("more-filters").open = !PHONE.matches;
  const view = readAddress(mergedAddress());
  showAll();
  startChart(view, siteById.get(state.site));
  map.on("moveend", keepAddress);
  keepAddress();
}

// --- everything in step with the state

function showAll() {
  writeLabels();
  writeHeadings();
  byId("search").placeholder = label("search_hint");
  writeLanguages(showAll);
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
  for (const button of document.querySelectorAll("button[data-view]")) {
    button.setAttribute("aria-pressed", String(button.dataset.view === state.view));
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
  if (isReady) history.replaceState(null, "", "#" + addressOf(viewWords()));
}

// --- selecting, closing, and the controls

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

function connectControls() {
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
    showView(view, siteById.get(state.site));
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
