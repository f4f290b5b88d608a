// --- the same sites as a table: sortable on the page, the list with its legal basis in print ----

const order = { column: "column_id", down: false };

// A column: its label, what it sorts by, and what a cell shows.
function columns() {
  const verdictColumns = state.activities.map((activity) => ({
    key: `verdict-${activity.id}`,
    name: say(activity),
    by: (site) => verdictAt(activity, site),
    cell: (site) => verdictCell(activity, site),
  }));
  const fixed = (key, by, cell) => ({ key, name: label(key), by, cell });
  return [
    fixed("column_id", (site) => site.number, (site) => site.id),
    fixed("column_name", (site) => fold(site.name), (site) => verbatim("span", {}, site.name)),
    fixed("column_kind", (site) => site.kind, (site) => label(site.kind)),
    fixed("column_hectares", (site) => site.hectares, (site) => number(site.stated_ha)),
    ...verdictColumns,
    fixed("column_districts", (site) => fold(site.districts.join(" ")), placeCell),
    fixed("column_land", (site) => landOf(site), landWords),
    fixed("column_functions", (site) => fold(site.citations.function.quote), (site) => verbatim("span", {}, site.citations.function.quote)),
    fixed("column_list", (site) => site.list_status, (site) => label("list_" + site.list_status)),
    fixed("column_sure", (site) => sureWords(site), sureWords),
    fixed("column_basis", (site) => site.citations.area.line, (site) =>
      `${site.citations.area.document}, ${label("cited_short", { table: site.table, row: site.row, line: site.citations.area.line })}`),
  ];
}

function verdictCell(activity, site) {
  const ruling = rulingAt(activity, site);
  const decided = ruling.reasons.find((reason) => reason.decided);
  return element("span", {}, markedVerdict(ruling.verdict),
    decided ? element("span", { class: "cell-basis" }, say(decided.cited)) : null,
    ruling.flags.some((flag) => flag.code.startsWith("conflict")) ? element("span", { class: "cell-basis" }, label("flag_conflict")) : null);
}

function placeCell(site) {
  const communes = site.communes.map((commune) => commune.today ? `${commune.label} → ${commune.today}` : commune.label);
  return element("span", {}, verbatim("span", {}, site.districts.join(", ")),
    communes.length ? verbatim("span", { class: "cell-basis" }, communes.join("; ")) : element("span", { class: "cell-basis" }, label("commune_unknown")));
}

// How sure the place is, and what the drawing proves.
function sureWords(site) {
  const place = label("basis_" + (site.known_by[0]?.basis ?? "district_only"));
  const drawing = label("drawing_" + (site.outline?.provenance ?? "absent"));
  return `${place}; ${drawing}`;
}

function writeTable(shown, actions) {
  const all = columns();
  if (!all.some((column) => column.key === order.column)) Object.assign(order, { column: "column_id", down: false });
  byId("asked").textContent = askedWords(shown);
  byId("table").replaceChildren(
    element("thead", {}, element("tr", {}, ...all.map((column) => heading(column, shown, actions)))),
    element("tbody", {}, ...sorted(shown, all).map((site) => tableRow(site, all, actions))));
}

// What the table answers: the filters in words, also on paper.
function askedWords(shown) {
  const asked = [
    state.activities.length ? label("asked_build", { activities: state.activities.map(say).join(", ") }) : "",
    state.activities.length > 1 ? label("mode_" + state.mode) : "",
    state.query ? label("asked_search", { query: state.query }) : "",
    state.kinds.size === 1 ? label([...state.kinds][0]) : "",
    state.district ? districtByFeature.get(state.district).name : "",
    state.land ? label("land_" + state.land, { count: shown.length }) : "",
    state.low > 0 || state.high < stops.length - 1 ? byId("range-words").textContent : "",
    [...state.withoutVerdicts].length ? label("asked_without", { verdicts: [...state.withoutVerdicts].map((code) => label("verdict_" + code)).join(", ") }) : "",
  ];
  return [byId("count").textContent, ...asked.filter(Boolean)].join(" · ");
}

function heading(column, shown, actions) {
  const button = element("button", { type: "button", title: label("sort_by", { column: column.name }) }, column.name);
  button.addEventListener("click", () => {
    Object.assign(order, { column: column.key, down: order.column === column.key && !order.down });
    writeTable(shown, actions);
    [...byId("table").querySelectorAll("th")].find((node) => node.dataset.column === column.key).querySelector("button").focus();
  });
  const sort = order.column === column.key ? (order.down ? "descending" : "ascending") : "none";
  return element("th", { scope: "col", "aria-sort": sort, class: column.key, "data-column": column.key }, button);
}

function tableRow(site, all, actions) {
  const cells = all.map((column, place) => {
    if (place > 0) return element("td", { class: column.key }, column.cell(site));
    const button = element("button", { type: "button", class: "link", title: label("open_site"), "data-open": site.id }, site.id);
    button.addEventListener("click", () => actions.select(site, button));
    return element("th", { class: column.key, scope: "row" }, button, starButton(site, actions.shortlist));
  });
  return element("tr", { class: site.id === state.site ? "current" : null }, ...cells);
}

function sorted(chosen, all) {
  const { by } = all.find((column) => column.key === order.column);
  const sign = order.down ? -1 : 1;
  return [...chosen].sort((one, other) => {
    const [a, b] = [by(one), by(other)];
    return sign * (a < b ? -1 : a > b ? 1 : 0) || one.number - other.number;
  });
}
