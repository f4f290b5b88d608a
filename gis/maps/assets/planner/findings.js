// --- findings of the last check: list and map in step ----------------------------------------------

const findingState = { severities: new Set(SEVERITIES), theme: "", feature: null, query: "", open: null };

const citedBy = (item) => item.citations.map((place) => data.cited[place]);

const shownFindings = () => data.findings.filter((item) =>
  findingState.severities.has(item.severity) &&
  (!findingState.theme || item.theme === findingState.theme) &&
  (!findingState.feature || item.features.includes(findingState.feature)) &&
  holdsWords(`${item.code} ${say(item.message)} ${item.features.map(nameOfFeature).join(" ")} ${citedBy(item).map((cited) => cited.quote).join(" ")}`, findingState.query));

// Whether a text holds every word of another, each from its start, accents aside.
function holdsWords(text, asked) {
  const words = ` ${fold(text)}`;
  return fold(asked).split(" ").every((word) => words.includes(` ${word}`));
}

function connectFindings() {
  byId("finding-theme").addEventListener("change", (event) => {
    findingState.theme = event.target.value;
    writeFindings();
  });
  byId("finding-query").addEventListener("input", (event) => {
    findingState.query = event.target.value;
    writeFindings();
  });
  byId("finding-place").addEventListener("click", () => {
    findingState.feature = null;
    writeFindings();
    byId("finding-query").focus();
  });
}

function writeFindingFilters() {
  byId("finding-severities").replaceChildren(...SEVERITIES.map((severity) => {
    const count = data.findings.filter((item) => item.severity === severity).length;
    const button = element("button", { type: "button", class: `severity-chip ${severity}`, "aria-pressed": String(findingState.severities.has(severity)), "data-severity": severity },
      severityShape(severity), element("span", {}, label(`severity_${severity}`)), element("span", { class: "key-count" }, String(count)));
    button.addEventListener("click", () => {
      if (findingState.severities.has(severity)) findingState.severities.delete(severity);
      else findingState.severities.add(severity);
      button.setAttribute("aria-pressed", String(findingState.severities.has(severity)));
      writeFindings();
    });
    return button;
  }));
  const themes = [...new Set([...data.findings, ...data.left_open].map((item) => item.theme))];
  byId("finding-theme").replaceChildren(
    element("option", { value: "" }, label("any_theme")),
    ...themes.map((theme) => element("option", { value: theme }, label(`theme_${theme}`))));
  byId("finding-theme").value = findingState.theme;
}

function writeFindings() {
  const found = shownFindings();
  const { feature } = findingState;
  byId("finding-count").textContent = label("finding_count", { shown: found.length, all: data.findings.length });
  byId("finding-place").hidden = feature === null;
  byId("finding-place").textContent = feature ? label("finding_place", { place: nameOfFeature(feature) }) : "";
  byId("findings").replaceChildren(...found.map(findingRow));
  const open = data.left_open.filter((item) => !findingState.theme || item.theme === findingState.theme);
  byId("left-open-title").textContent = label("left_open", { count: open.length });
  byId("left-open").replaceChildren(...open.map(openRow));
  byId("passed-rules").textContent = label("passed_rules", { passed: data.checked.passed.length, rules: data.checked.rules, tolerance: number(data.checked.tolerance_m2) });
  placeFindings();
}

function findingRow(item) {
  const isOpen = item.id === findingState.open;
  const places = item.features.map(nameOfFeature).filter(Boolean);
  const button = element("button", { type: "button", class: "finding", "data-finding": item.id, "aria-expanded": String(isOpen) },
    severityShape(item.severity),
    element("span", { class: "finding-head" }, element("b", {}, item.code), ` · ${label(`severity_${item.severity}`)}`),
    element("span", { class: "finding-message" }, tell(item.message)));
  button.addEventListener("click", () => openFinding(item));
  const more = element("div", { class: "finding-more", hidden: !isOpen },
    element("p", {}, element("strong", {}, label("rule") + ": "), tell(data.rules[item.code])),
    item.cause ? element("p", {}, element("strong", {}, label("cause") + ": "), tell(item.cause)) : null,
    places.length || item.where
      ? element("p", {}, element("strong", {}, label("places") + ": "), verbatim("span", {}, places.join(", ") || label("marked_on_map")))
      : element("p", { class: "small" }, label("no_place")),
    ...citedBy(item).map(citedFigure));
  return element("li", { class: item.severity }, button, more);
}

const citedFigure = (cited) => element("figure", { class: "quotation" },
  cited.quote ? verbatim("blockquote", {}, `“${cited.quote}”`) : null,
  element("figcaption", {}, say(cited)));

function openRow(item) {
  return element("li", {},
    element("p", {}, element("b", {}, item.code), ` · ${label(`state_${item.state}`)}${item.count ? ` (${item.count})` : ""}`),
    element("p", { class: "small" }, tell(data.rules[item.code])),
    element("p", {}, tell(item.reason)),
    item.settled_by ? element("p", {}, element("strong", {}, label("settled_by") + ": "), tell(item.settled_by)) : null);
}

function openFinding(item) {
  findingState.open = findingState.open === item.id ? null : item.id;
  writeFindings();
  const button = byId("findings").querySelector(`[data-finding="${CSS.escape(item.id)}"]`);
  button?.focus({ preventScroll: true });
  button?.parentElement.scrollIntoView({ block: findingState.open ? "start" : "nearest" });
  if (findingState.open) showHighlight(item.features, item.where);
  else highlight.clearLayers();
}

function showFindingsAt(feature) {
  findingState.feature = feature;
  openTab("findings");
  writeFindings();
  byId("findings").querySelector("button")?.focus();
}
