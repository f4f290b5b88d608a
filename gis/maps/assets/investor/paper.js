// --- paper: the list with its legal basis, or a page a site ---------------------------------------

const SHEET_HEIGHT_PX = 1000; // A4 less its margins, at 96 px an inch
const MOST_FITTINGS = 6; // each a smaller type
const QUOTED_TO = 2; // of more activities, clause and sentence stand without the quote
const METRES_A_DEGREE = 111320;
const NEIGHBOURHOOD = 2.2; // how much of the surroundings a close-up shows
const SCALE_LENGTHS_M = [100, 200, 500, 1000, 2000, 5000, 10000, 20000];
let paper = null; // asked for by a button: {kind, sites}

// What Ctrl+P means where nothing else was asked for: what is on the screen.
function paperOf() {
  if (paper) return paper;
  if (state.view === "compare" && state.shortlist.length) return { kind: "compare", sites: [] };
  if (state.view === "map" && state.site) return { kind: "sheets", sites: [siteById.get(state.site)] };
  return { kind: "list", sites: [] };
}

function printPaper(kind, chosen = []) {
  paper = { kind, sites: chosen }; // until the printer has done: some browsers print later
  window.print();
}

// Paper has its own size: map and sheets are laid out for it before the printer looks.
function layOutPaper() {
  const { kind, sites: chosen } = paperOf();
  const root = document.documentElement;
  root.classList.add("printing");
  root.dataset.paper = kind;
  const legend = byId("legend");
  legend.dataset.before = legend.open ? "open" : "";
  legend.open = true;
  byId("paper").replaceChildren(...chosen.map(factSheet));
  showSheets();
  for (const sheet of byId("paper").children) fitSheet(sheet);
  map.invalidateSize({ animate: false });
  const bounds = provinceBounds();
  if (kind === "list" && bounds) map.fitBounds(bounds, { animate: false, padding: [8, 8] });
  arrange();
}

function putPaperAway() {
  const root = document.documentElement;
  paper = null;
  root.classList.remove("printing");
  delete root.dataset.paper;
  byId("legend").open = byId("legend").dataset.before === "open";
  byId("paper").replaceChildren();
  map.invalidateSize({ animate: false });
  arrange();
}

// Smaller type until a sheet is one page.
function fitSheet(sheet) {
  for (let fitting = 0; fitting <= MOST_FITTINGS; fitting += 1) {
    sheet.dataset.fitting = String(fitting);
    if (sheet.scrollHeight <= SHEET_HEIGHT_PX) return;
  }
}

// --- a page a site

function factSheet(site) {
  return element("article", { class: `fact-sheet ${site.kind}` },
    element("header", {},
      element("p", { class: "card-kind" }, symbolShape(site, 16), label("site_number", { kind: label(site.kind), id: site.id }), ` · ${label("fact_sheet")}`),
      verbatim("h1", {}, site.name)),
    element("div", { class: "sheet-top" },
      element("div", {}, sheetFacts(site)),
      element("figure", { class: "sheet-map" }, provinceMap(site), element("figcaption", {}, label("map_of_province")))),
    sheetVerdicts(site),
    element("div", { class: "sheet-columns" },
      element("section", {}, element("h2", {}, label("section_functions")), sheetFunctions(site)),
      element("figure", { class: "sheet-map" }, outlineMap(site), element("figcaption", {}, label("drawing_" + (site.outline?.provenance ?? "absent"))))),
    sheetConflicts(site),
    site.readings.length ? element("section", {}, element("h2", {}, label("section_readings")), element("ul", { class: "plain readings" }, ...site.readings.map(readingRow))) : null,
    element("footer", {}, element("p", {}, element("strong", {}, label("status")), " ", tell(data.plan.status)),
      element("p", {}, label("not_checked") + ": " + data.not_checked.map(say).join("; ") + ".")));
}

function sheetFacts(site) {
  const communes = site.communes.map((commune) => `${commune.label} → ${commune.today || label("today_unknown")}`).join("; ");
  return element("dl", { class: "facts" },
    ...fact(label("stated_area"), element("strong", { class: "sheet-figure" }, hectares(site.stated_ha)), ` “${site.citations.area.quote}”`),
    ...(site.detailed_plan_ha ? fact(label("detailed_plan"), hectares(site.detailed_plan_ha)) : []),
    ...(site.remainder_ha ? fact(label("remainder"), hectares(site.remainder_ha)) : []),
    ...fact(label("land_now"), landWords(site)),
    ...fact(label("place_verbatim"), verbatim("span", {}, site.place)),
    ...fact(label("site_districts"), verbatim("span", {}, site.districts.join(", "))),
    ...fact(label("site_communes"), communes ? verbatim("span", {}, communes) : label("commune_unknown")),
    ...fact(label("how_known"), ...site.known_by.map((way) => element("span", { class: "way" }, tell(way)))),
    ...fact(label("column_basis"), citedWords(site, "area")));
}

function sheetVerdicts(site) {
  if (state.activities.length === 0) return null;
  return element("section", {}, element("h2", {}, label("section_verdict")),
    ...state.activities.map((activity) => {
      const ruling = rulingAt(activity, site);
      const deciding = ruling.reasons.filter((reason) => reason.decided).slice(0, state.activities.length > QUOTED_TO ? 1 : 2);
      return element("div", { class: `verdict-part ${ruling.verdict.verdict}` },
        element("p", { class: "verdict-head" }, markedVerdict(ruling.verdict), element("strong", {}, tell(activity))),
        ...deciding.map((reason) => element("p", { class: "small" }, tell(reason.text), " ",
          state.activities.length > QUOTED_TO ? null : verbatim("q", {}, reason.cited.quote), ` (${say(reason.cited)})`)),
        ...ruling.flags.filter((flag) => state.activities.length <= QUOTED_TO || flag.code.startsWith("conflict")).map(flagPart));
    }));
}

function sheetFunctions(site) {
  return element("div", {},
    element("p", { class: "small" }, element("strong", {}, label("list_" + site.list_status)), " – ", label(`list_${site.list_status}_words`, { marker: site.open_marker })),
    quotation(site, "function"),
    element("ul", { class: "sheet-list" }, ...site.functions.map((item) => element("li", {}, verbatim("span", {}, item.text), " – ", item.activities.map(say).join(", ")))));
}

function sheetConflicts(site) {
  const found = conflictsOf(site);
  if (found.length === 0) return null;
  return element("section", {}, element("h2", {}, label("section_conflicts")),
    ...found.map(({ text, cited }) => element("p", { class: "small" }, tell(text), cited ? ` (${say(cited)})` : "")));
}

// --- small maps drawn for paper, in metres

// Metres east and south of where the map is at home: near enough for a picture, and small numbers.
function provincePlace([longitude, latitude]) {
  const [north, east] = home.centre;
  return [(longitude - east) * METRES_A_DEGREE * Math.cos((north * Math.PI) / 180), (north - latitude) * METRES_A_DEGREE];
}

const shapePath = (collection) => ringsPath(shapesOf(collection).flatMap(ringsOf));

const ringsPath = (rings) => rings.map((ring) => "M" + ring.map((point) => provincePlace(point).map(Math.round).join(" ")).join("L") + "Z").join("");

function ringsOf({ type, coordinates }) {
  return type === "Polygon" ? coordinates : coordinates.flat();
}

const inLatLon = (anchor) => provincePlace([anchor[1], anchor[0]]);

function boundsOf(points) {
  const [xs, ys] = [0, 1].map((axis) => points.map((point) => point[axis]));
  return { west: Math.min(...xs), east: Math.max(...xs), north: Math.min(...ys), south: Math.max(...ys) };
}

function provinceMap(site) {
  const points = shapesOf("province").flatMap(ringsOf).flat().map(provincePlace);
  if (points.length === 0) return element("p", { class: "small" }, label("provenance_absent"));
  const box = boundsOf(points);
  const unit = (box.east - box.west) / 100;
  const others = sites.filter((other) => other !== site && other.anchors.length > 0);
  const here = site.anchors[0] ? inLatLon(site.anchors[0]) : null;
  return drawn("svg", { viewBox: `${box.west - 2 * unit} ${box.north - 2 * unit} ${box.east - box.west + 4 * unit} ${box.south - box.north + 4 * unit}`, class: "paper-map" },
    drawn("path", { class: "paper-province", d: shapePath("province") }),
    drawn("path", { class: "paper-district", d: shapePath("districts") }),
    ...others.map((other) => dot(inLatLon(other.anchors[0]), unit * 0.8, "paper-other")),
    here ? drawn("circle", { class: "paper-ring", cx: here[0], cy: here[1], r: unit * 4.6 }) : null,
    here ? dot(here, unit * 2.2, `paper-here ${site.kind}`) : null);
}

const dot = ([x, y], radius, classes) => drawn("circle", { class: classes, cx: x, cy: y, r: radius });

function outlineMap(site) {
  const shape = shapeOfSite(site);
  if (!shape) return element("p", { class: "small" }, label("provenance_absent"));
  const rings = ringsOf(shape);
  const box = boundsOf(rings.flat().map(provincePlace));
  const half = Math.max(box.east - box.west, box.south - box.north, 400) * NEIGHBOURHOOD / 2;
  const [x, y] = [(box.west + box.east) / 2, (box.north + box.south) / 2];
  const scale = SCALE_LENGTHS_M.findLast((metres) => metres <= half * 0.8) ?? SCALE_LENGTHS_M[0];
  const size = half / 14;
  const bar = { x: x - half * 0.92, y: y + half * 0.9 };
  return drawn("svg", { viewBox: `${x - half} ${y - half} ${2 * half} ${2 * half}`, class: "paper-map near" },
    drawn("rect", { class: "paper-ground", x: x - half, y: y - half, width: 2 * half, height: 2 * half }),
    drawn("path", { class: "paper-commune", d: shapePath("communes") }),
    ...communeNames(x, y, half, size),
    drawn("path", { class: `paper-outline ${site.kind} ${site.outline.provenance}`, d: ringsPath(rings) }),
    drawn("path", { class: "paper-scale", d: `M${bar.x} ${bar.y - size / 2}v${size / 2}h${scale}v${-size / 2}` }),
    drawn("text", { x: bar.x + scale / 2, y: bar.y - size / 2, "font-size": size, class: "paper-name", "text-anchor": "middle" },
      scale < 1000 ? label("metres", { value: number(scale) }) : label("kilometres", { value: number(scale / 1000) })));
}

// Names of the communes whose middle is in the picture, each clear of those before it.
function communeNames(x, y, half, size) {
  const taken = [];
  return data.communes.flatMap((commune) => {
    if (!commune.anchors.length) return [];
    const [east, south] = inLatLon(commune.anchors[0]);
    const wide = commune.label.length * size * 0.55;
    const box = boxAround(east, south, wide, size * 1.2);
    const isIn = box.west > x - half && box.east < x + half && box.north > y - half && box.south < y + half * 0.8;
    if (!isIn || taken.some((other) => overlap(box, other))) return [];
    taken.push(box);
    return [drawn("text", { x: east, y: south + size / 3, "font-size": size, class: "paper-name", "text-anchor": "middle", lang: "vi" }, commune.label)];
  });
}
