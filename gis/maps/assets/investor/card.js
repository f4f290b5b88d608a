// --- one site in full, every number with the line it comes from --------------------------------

function writeCard(site, close) {
  const card = byId("card");
  card.replaceChildren(
    element("div", { class: `card-head ${site.kind}` },
      element("p", { class: "card-kind" }, symbolShape(site, 16), label("site_number", { kind: label(site.kind), id: site.id })),
      verbatim("h2", { id: "card-title", tabindex: "-1" }, site.name),
      closeButton(close)),
    element("div", { class: "card-body" },
      areaSection(site), functionSection(site), placeSection(site), outlineSection(site), readingSection(site),
      element("p", { class: "card-status" }, element("strong", {}, label("status")), " " + say(data.plan.status))));
  card.scrollTop = 0;
}

function closeButton(close) {
  const button = element("button", { type: "button", class: "close", "aria-label": label("close"), title: label("close") }, "×");
  button.addEventListener("click", close);
  return button;
}

function section(key, ...children) {
  return element("section", {}, element("h3", {}, label(key)), ...children);
}

function areaSection(site) {
  const facts = [[label("detailed_plan"), site.detailed_plan_ha], [label("remainder"), site.remainder_ha]]
    .filter(([, value]) => value !== null)
    .map(([name, value]) => fact(name, hectares(value)));
  const lots = site.lots > 1 ? element("p", { class: "small" }, label("lots_value", { count: site.lots })) : null;
  return section("section_area",
    element("p", { class: "figure" }, element("span", { class: "figure-number" }, hectares(site.stated_ha)),
      element("span", { class: "figure-words" }, label("stated_area"))),
    facts.length ? element("dl", { class: "facts wide" }, ...facts.flat()) : null,
    lots,
    quotation(site, "area"),
    site.note ? element("p", { class: "small" }, label("note") + ": ", verbatim("span", {}, site.note)) : null);
}

const fact = (name, ...values) => [element("dt", {}, name), element("dd", {}, ...values)];

function quotation(site, what) {
  const cited = site.citations[what];
  return element("figure", { class: "quotation" },
    verbatim("blockquote", {}, `“${cited.quote}”`),
    element("figcaption", {}, label("cited", { document: cited.document, table: site.table, row: site.row, line: cited.line })));
}

function functionSection(site) {
  const status = site.list_status;
  return section("section_functions",
    element("p", { class: "list-status" }, element("strong", { class: `tag ${status}` }, label("list_" + status)), " ",
      label(`list_${status}_words`, { marker: site.open_marker })),
    site.functions.length ? element("ul", { class: "functions" }, ...site.functions.map(functionRow)) : element("p", {}, label("functions_none")),
    quotation(site, "function"));
}

function functionRow(item) {
  const activities = item.activities.map((activity) =>
    element("span", { class: "activity" }, label("function_activity", {
      activity: say(activity), confidence: label("confidence", { level: label("confidence_" + activity.confidence) }) })));
  return element("li", {}, verbatim("span", { class: "function-text" }, item.text), ...activities);
}

function placeSection(site) {
  const communes = site.communes.map((commune) =>
    element("li", {}, verbatim("span", {}, commune.label), " → ",
      commune.today ? verbatim("span", {}, commune.today) : element("em", {}, label("today_unknown"))));
  return section("section_place",
    element("dl", { class: "facts" },
      ...fact(label("place_verbatim"), verbatim("span", {}, site.place)),
      ...fact(label("site_districts"), verbatim("span", {}, site.districts.join(", "))),
      ...fact(label("site_communes"), communes.length ? element("ul", { class: "plain" }, ...communes) : element("em", {}, label("commune_unknown"))),
      ...fact(label("how_known"), ...site.known_by.map(wayRow))),
    quotation(site, "name"));
}

function wayRow(way) {
  const level = label("confidence", { level: label("confidence_" + way.confidence) });
  return element("p", { class: "way" }, say(way), element("span", { class: "small" }, `${label("basis_" + way.basis)} · ${level}`));
}

function outlineSection(site) {
  const outline = site.outline;
  if (!outline) return section("section_outline", element("p", {}, label("provenance_absent")));
  const lines = [
    label("provenance_" + outline.provenance),
    say(outline),
    outline.invented_split ? label("invented_split") : "",
    outline.source ? label("source", { source: outline.source }) : "",
    outline.surveyed_on ? label("surveyed_on", { date: outline.surveyed_on }) : "",
    outline.accuracy_m ? label("accuracy", { metres: number(outline.accuracy_m) }) : "",
  ];
  return section("section_outline", ...lines.filter(Boolean).map((line) => element("p", {}, line)));
}

function readingSection(site) {
  if (site.readings.length === 0) return null;
  return section("section_readings", element("ul", { class: "plain readings" }, ...site.readings.map(readingRow)));
}

function readingRow(item) {
  const key = item.reading === null ? "reading_unsettled" : "reading";
  return element("li", {}, label(key, { verbatim: item.verbatim, reading: item.reading }),
    element("span", { class: "small" }, `${label("reading_" + item.kind)} · ${label("cited_line", { line: item.line })} · `,
      verbatim("span", {}, item.reason)));
}
