// --- the shortlist, and its sites side by side ----------------------------------------------------

function toggleShort(site) {
  const isIn = state.shortlist.includes(site.id);
  if (isIn) state.shortlist = state.shortlist.filter((id) => id !== site.id);
  else if (state.shortlist.length < MOST_COMPARED) state.shortlist = [...state.shortlist, site.id];
  return isIn || state.shortlist.includes(site.id);
}

function showTray(actions, isFull) {
  const tray = byId("tray");
  const chosen = state.shortlist.map((id) => siteById.get(id));
  tray.hidden = chosen.length === 0;
  byId("compare-count").hidden = chosen.length === 0;
  byId("compare-count").textContent = String(chosen.length);
  if (chosen.length === 0) return;
  const compare = element("button", { type: "button", class: "solid", id: "to-compare" }, label("compare_now", { count: chosen.length }));
  compare.addEventListener("click", actions.compare);
  tray.replaceChildren(
    element("p", { role: "status" }, isFull ? label("shortlist_full", { most: MOST_COMPARED }) : label("shortlist_count", { count: chosen.length, most: MOST_COMPARED })),
    element("ul", {}, ...chosen.map((site) => element("li", {}, dropButton(site, actions)))),
    compare);
}

function dropButton(site, actions) {
  const button = element("button", { type: "button", class: "chosen-one", "aria-label": label("shortlist_drop", { site: site.short_name }) },
    verbatim("span", {}, site.short_name), element("span", { class: "cross", "aria-hidden": "true" }, "×"));
  button.addEventListener("click", () => actions.shortlist(site));
  return button;
}

function showCompare(actions) {
  const chosen = state.shortlist.map((id) => siteById.get(id));
  byId("compare-empty").hidden = chosen.length > 0;
  byId("compare-scroll").hidden = chosen.length === 0;
  byId("compare-table").replaceChildren(...(chosen.length ? compareRows(chosen, actions) : []));
}

function compareRows(chosen, actions) {
  const head = element("thead", {}, element("tr", {}, element("td", {}),
    ...chosen.map((site) => element("th", { scope: "col", class: site.kind }, compareHead(site, actions)))));
  const row = (name, cell, more = {}) => element("tr", more, element("th", { scope: "row" }, name),
    ...chosen.map((site) => element("td", {}, cell(site))));
  const verdictRows = state.activities.map((activity) => row(say(activity), (site) => compareVerdict(activity, site), { class: "compare-verdict" }));
  return [head, element("tbody", {},
    ...verdictRows,
    row(label("stated_area"), (site) => element("strong", { class: "compare-figure" }, hectares(site.stated_ha))),
    row(label("detailed_plan"), (site) => (site.detailed_plan_ha ? hectares(site.detailed_plan_ha) : label("not_stated"))),
    row(label("land_now"), landWords),
    row(label("column_kind"), (site) => label(site.kind)),
    row(label("section_place"), placeCell),
    row(label("section_functions"), (site) => element("span", {}, element("strong", { class: `tag ${site.list_status}` }, label("list_" + site.list_status)),
      verbatim("span", { class: "compare-functions" }, site.citations.function.quote))),
    row(label("section_conflicts"), compareConflicts),
    row(label("how_known"), sureWords),
    row(label("column_basis"), (site) => citedWords(site, "area")))];
}

function compareHead(site, actions) {
  const open = element("button", { type: "button", class: "link", "data-open": site.id }, label("open_site"));
  open.addEventListener("click", () => actions.select(site));
  const remove = element("button", { type: "button", class: "link", "aria-label": label("shortlist_drop", { site: site.short_name }) }, label("remove"));
  remove.addEventListener("click", () => actions.shortlist(site));
  return element("div", { class: "compare-head" }, symbolShape(site, 18, verdictOf(site)), verbatim("span", {}, site.short_name),
    element("span", { class: "compare-tools" }, open, remove));
}

function compareVerdict(activity, site) {
  const ruling = rulingAt(activity, site);
  const decided = ruling.reasons.filter((reason) => reason.decided);
  return element("div", {}, markedVerdict(ruling.verdict),
    ...decided.slice(0, 1).flatMap((reason) => [
      verbatim("blockquote", { class: "small" }, `“${reason.cited.quote}”`),
      element("span", { class: "cell-basis" }, say(reason.cited))]),
    ...ruling.flags.filter((flag) => flag.code.startsWith("conflict")).map(flagPart));
}

function compareConflicts(site) {
  const found = conflictsOf(site);
  return found.length ? element("ul", { class: "bullets" }, ...found.map(({ text }) => element("li", {}, tell(text)))) : label("none_found");
}
