// --- the same sites as a table: sortable on the page, the list with its legal basis in print ----

const COLUMNS = [
  ["column_id", (site) => sites.indexOf(site), (site) => site.id],
  ["column_name", (site) => fold(site.name), (site) => verbatim("span", {}, site.name)],
  ["column_kind", (site) => site.kind, (site) => label(site.kind)],
  ["column_hectares", (site) => site.hectares, (site) => number(site.stated_ha)],
  ["column_districts", (site) => fold(site.districts.join(" ")), (site) => verbatim("span", {}, site.districts.join(", "))],
  ["column_functions", (site) => fold(site.citations.function.quote), (site) => verbatim("span", {}, site.citations.function.quote)],
  ["column_list", (site) => site.list_status, (site) => label("list_" + site.list_status)],
  ["column_basis", (site) => site.citations.area.line, (site) =>
    `${site.citations.area.document}, ${label("cited_short", { table: site.table, row: site.row, line: site.citations.area.line })}`],
];
const order = { column: 0, down: false };

function writeTable(visible, select) {
  const shown = sorted(sites.filter((site) => visible.has(site.id)));
  byId("table").replaceChildren(
    element("thead", {}, element("tr", {}, ...COLUMNS.map(([key], place) => heading(key, place, visible, select)))),
    element("tbody", {}, ...shown.map((site) => tableRow(site, select))));
}

function heading(key, place, visible, select) {
  const button = element("button", { type: "button", title: label("sort_by", { column: label(key) }) }, label(key));
  button.addEventListener("click", () => {
    Object.assign(order, { column: place, down: order.column === place && !order.down });
    writeTable(visible, select);
    byId("table").querySelectorAll("th button")[place].focus();
  });
  const sort = order.column === place ? (order.down ? "descending" : "ascending") : "none";
  return element("th", { scope: "col", "aria-sort": sort, class: key }, button);
}

function tableRow(site, select) {
  const cells = COLUMNS.map(([key, , content], place) => {
    const button = key === "column_id" ? element("button", { type: "button", class: "link", title: label("show_on_map") }, site.id) : content(site);
    if (key === "column_id") button.addEventListener("click", () => select(site));
    return element(place === 0 ? "th" : "td", { class: key, scope: place === 0 ? "row" : null }, button);
  });
  return element("tr", { class: site.id === state.site ? "current" : null }, ...cells);
}

function sorted(chosen) {
  const by = COLUMNS[order.column][1];
  const sign = order.down ? -1 : 1;
  return [...chosen].sort((one, other) => {
    const [a, b] = [by(one), by(other)];
    return sign * (a < b ? -1 : a > b ? 1 : 0) || sites.indexOf(one) - sites.indexOf(other);
  });
}
