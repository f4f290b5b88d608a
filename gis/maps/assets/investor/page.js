// --- map, list, table and card in step -----------------------------------------------------------

let shown = []; // the sites found, in the order of the list
let isShownById = new Set();
let opener = null;
let isFull = false; // one more was asked for than can be compared
let picking = false; // a press on the map gives a place, not a site

const actions = {
  select: (site, from) => select(site, from),
  point: (site) => point(site),
  close: () => close(),
  shortlist: (site) => shortlist(site),
  compare: () => showAs("compare"),
  factSheet: (site) => printPaper("sheets", [site]),
  report: (site) => openReport(site, (done) => {
    state.view = "map";
    showFound();
    picking = true;
    pickPlace((where) => {
      picking = false;
      done(where);
    });
  }),
};

function start(handles) {
  openChart(handles, {
    isShown: (site) => isShownById.has(site.id),
    isSelected: (site) => site.id === state.site,
    verdictOf,
    hasCard: () => Boolean(state.site),
    select: (site) => { if (!picking) select(site); },
    pointed: (site) => {
      for (const [id, button] of rows) button.classList.toggle("pointed", id === site?.id);
      if (site) rows.get(site.id).scrollIntoView({ block: "nearest" });
    },
  });
  connectControls();
  connectList(actions);
  connectActivities(showFound);
  byId("more-filters").open = !NARROW.matches && window.innerHeight >= 900;
  const view = readAddress(mergedAddress());
  if (foldedFilters()) byId("more-filters").open = true;
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
  writeList();
  writeNames(lettering);
  showFound();
}

function showFound() {
  shown = found();
  isShownById = new Set(shown.map((site) => site.id));
  if (state.site && !isShownById.has(state.site)) state.site = null;
  document.documentElement.dataset.view = state.view;
  showActivities(showFound);
  showHint(showFound);
  showFilters();
  showList(shown);
  showSheets();
  showTray(actions, isFull);
  if (!byId("tray").hidden) byId("tray").style.setProperty("--status-height", `${document.querySelector(".status").offsetHeight}px`);
  if (byId("take").open) writeTakeAway();
  showCard();
  showOnMap();
  arrange();
  for (const button of document.querySelectorAll("button[data-view]")) {
    button.setAttribute("aria-pressed", String(button.dataset.view === state.view));
  }
  document.querySelector(".skip-link").setAttribute("href", state.view === "compare" ? "#compare-title" : "#activity");
  map.invalidateSize({ animate: false });
  keepAddress();
}

// The tables are written when they are looked at: on the page, or on paper.
function showSheets() {
  const paperKind = document.documentElement.dataset.paper;
  if (state.view === "table" || paperKind === "list") writeTable(shown, actions);
  if (state.view === "compare" || paperKind === "compare") showCompare(actions);
}

function showCard() {
  const card = byId("card");
  const isOpen = Boolean(state.site) && state.view !== "compare";
  card.hidden = !isOpen;
  document.documentElement.classList.toggle("with-card", isOpen);
  if (isOpen) writeCard(siteById.get(state.site), actions);
  else card.replaceChildren();
  foldLegend();
}

function keepAddress() {
  if (isReady) history.replaceState(null, "", "#" + addressOf(viewWords()));
}

// What can be taken away: paper, files, the address.
function writeTakeAway() {
  const short = state.shortlist.map((id) => siteById.get(id));
  const item = (key, run, values = {}, isOn = true) => {
    if (!isOn) return null;
    const button = element("button", { type: "button", "data-take": key }, label(key, values));
    button.addEventListener("click", () => {
      byId("take").open = false;
      run(button);
    });
    return button;
  };
  const items = [
    item("print_list", () => printPaper("list"), { count: shown.length }),
    item("print_site", () => actions.factSheet(siteById.get(state.site)), { site: siteById.get(state.site)?.short_name }, Boolean(state.site)),
    item("print_short", () => printPaper("sheets", short), { count: short.length }, short.length > 0),
    item("print_compare", () => printPaper("compare"), { count: short.length }, short.length > 1),
    item("print_sheets", () => printPaper("sheets", shown), { count: shown.length }, shown.length > 0),
    item("save_csv", () => saveCsv(shown), { count: shown.length }),
    item("save_geojson", () => saveGeojson(shown), { count: shown.length }),
    item("copy_link", () => { byId("said").textContent = label(copyAddress() ? "copied" : "not_copied"); }),
  ];
  byId("take-items").replaceChildren(...items.filter(Boolean));
}

// --- selecting, closing, and the controls

function select(site, from = null) {
  opener = from ?? rows.get(site.id);
  state.site = site.id;
  if (state.view === "compare" || (state.view === "table" && NARROW.matches)) state.view = "map";
  showFound();
  showSite(site);
  byId("card-title").focus({ preventScroll: true });
  if (NARROW.matches) window.scrollTo({ top: PHONE.matches ? document.querySelector(".stage").offsetTop : 0 }); // map and head of the card in sight together
  else rows.get(site.id).scrollIntoView({ block: "nearest" });
}

function close() {
  if (!state.site) return;
  const id = state.site;
  const inTable = document.querySelector(`#table [data-open="${id}"]`);
  state.site = null;
  showFound();
  const back = opener?.isConnected ? opener : state.view === "table" ? document.querySelector(`#table [data-open="${id}"]`) ?? inTable : rows.get(id);
  opener = null;
  back?.focus();
}

function shortlist(site) {
  isFull = !toggleShort(site);
  const focused = document.activeElement;
  const again = ["data-star", "data-act"].map((name) => focused?.getAttribute(name) && `[${name}="${focused.getAttribute(name)}"]`).find(Boolean);
  const inside = focused?.closest("[id]")?.id;
  showFound();
  isFull = false;
  if (again && !focused.isConnected) document.querySelector(`#${inside} ${again}`)?.focus();
}

function showAs(view) {
  state.view = view;
  showFound();
  if (view === "compare") byId("compare-title").focus();
}

function connectControls() {
  byId("filters").addEventListener("submit", (event) => event.preventDefault());
  byId("search").addEventListener("input", (event) => {
    state.query = event.target.value;
    showFound();
  });
  for (const name of ["district", "land"]) {
    byId(name).addEventListener("change", (event) => {
      state[name] = event.target.value;
      showFound();
    });
  }
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
  for (const button of document.querySelectorAll("button[data-view]")) {
    button.addEventListener("click", () => {
      state.view = button.dataset.view;
      showFound();
    });
  }
  connectLeaving();
  window.addEventListener("hashchange", () => {
    const view = readAddress(mergedAddress());
    byId("activity").value = "";
    showAll();
    showView(view, siteById.get(state.site));
  });
  window.addEventListener("beforeprint", layOutPaper);
  window.addEventListener("afterprint", putPaperAway);
}

// Esc and a press elsewhere close what stands open, the uppermost first.
function connectLeaving() {
  const take = byId("take");
  take.querySelector("summary").addEventListener("click", writeTakeAway);
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || byId("report").open) return;
    if (take.open) {
      take.open = false;
      take.querySelector("summary").focus();
    } else close();
  });
  document.addEventListener("pointerdown", (event) => {
    if (take.open && !take.contains(event.target)) take.open = false;
  });
}

window.tngis = { start: afterFonts(start), motion, borders: bordersLayer };
