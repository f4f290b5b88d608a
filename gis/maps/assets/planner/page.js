// --- the planner's page: the shared map ------------------------------------------------------------

function start(handles) {
  openChart(handles, {});
  const view = readPlace(mergedAddress());
  showAll();
  startChart(view);
  map.on("moveend", keepAddress);
  keepAddress();
  window.addEventListener("hashchange", () => {
    const place = readPlace(mergedAddress());
    showAll();
    showView(place);
  });
}

function showAll() {
  writeLabels();
  writeHeadings();
  writeLanguages(() => {
    showAll();
    keepAddress();
  });
  writeNames(lettering);
  showOnMap();
  arrange();
}

function readPlace(parts) {
  readLanguage(parts);
  return viewOf(parts.get("map"));
}

function keepAddress() {
  if (!isReady) return;
  const parts = new URLSearchParams();
  if (language !== data.language) parts.set("lang", language);
  parts.set("map", viewWords());
  history.replaceState(null, "", "#" + parts.toString());
}

window.tngis = { start, motion };
