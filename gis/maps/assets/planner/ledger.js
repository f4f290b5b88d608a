// --- craft-village land of every commune: one table, sortable, each row a place on the map ---------

const LEDGER_COLUMNS = [
  ["ledger_commune", (row) => fold(row.commune.name), (row) => communeButton(row)],
  ["ledger_district", (row) => fold(row.commune.district), (row) => verbatim("span", {}, row.commune.district)],
  ["ledger_points", (row) => row.points ?? -1, (row) => label("ledger_of", {
    registered: row.points ?? label("not_recorded"), allowed: row.most_points === null ? "–" : `${row.least_points ?? 0}–${row.most_points}` })],
  ["ledger_hectares", (row) => Number(row.registered_ha ?? -1), (row) => label("ledger_of", {
    registered: row.registered_ha === null ? label("not_recorded") : number(row.registered_ha), allowed: row.most_ha === null ? "–" : number(row.most_ha) })],
  ["ledger_left", (row) => Number(row.headroom_ha ?? Infinity), (row) => (row.headroom_ha === null ? label("not_known") : number(row.headroom_ha))],
];
const ledgerState = { column: 1, down: false, query: "" };

function connectLedger() {
  byId("ledger-query").addEventListener("input", (event) => {
    ledgerState.query = event.target.value;
    writeLedger();
  });
}

function writeLedger() {
  const found = ledgerRows().filter(({ commune }) => holdsWords(`${commune.label} ${commune.district} ${commune.today}`, ledgerState.query));
  const recorded = ledgerRows().filter((row) => row.points !== null).length;
  byId("ledger-count").textContent = label("ledger_count", { shown: found.length, all: ledgerRows().length, recorded });
  byId("ledger").replaceChildren(
    element("thead", {}, element("tr", {}, ...LEDGER_COLUMNS.map(ledgerHeading))),
    element("tbody", {}, ...ordered(found).map(ledgerRow)));
}

function ledgerHeading([key], place) {
  const button = element("button", { type: "button", title: label("sort_by", { column: label(key) }) }, label(key));
  button.addEventListener("click", () => {
    Object.assign(ledgerState, { column: place, down: ledgerState.column === place && !ledgerState.down });
    writeLedger();
    byId("ledger").querySelectorAll("thead button")[place].focus();
  });
  const sort = ledgerState.column === place ? (ledgerState.down ? "descending" : "ascending") : "none";
  return element("th", { scope: "col", "aria-sort": sort, class: place > 1 ? "figures" : key }, button);
}

function ledgerRow(row) {
  return element("tr", {}, ...LEDGER_COLUMNS.map(([key, , content], place) =>
    element(place === 0 ? "th" : "td", { scope: place === 0 ? "row" : null, class: place > 1 ? "figures" : key }, content(row),
      place === 0 ? verbatim("span", { class: "small in-district" }, row.commune.district) : null)));
}

function communeButton(row) {
  const button = element("button", { type: "button", class: "link", lang: "vi", "data-commune": row.commune.code, title: label("show_on_map") }, row.commune.label);
  button.addEventListener("click", () => openCommune(row.commune, button));
  return button;
}

function ordered(rows) {
  const [, by] = LEDGER_COLUMNS[ledgerState.column];
  const sign = ledgerState.down ? -1 : 1;
  return [...rows].sort((one, other) => {
    const [a, b] = [by(one), by(other)];
    return sign * (a < b ? -1 : a > b ? 1 : 0) || ledgerRows().indexOf(one) - ledgerRows().indexOf(other);
  });
}
