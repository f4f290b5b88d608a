// --- one site in full, every number with the line it comes from --------------------------------

function writeCard(site, actions) {
  const card = byId("card");
  const before = card.dataset.site === site.id ? card.scrollTop : 0;
  card.dataset.site = site.id;
  card.replaceChildren(
    element("div", { class: `card-head ${site.kind}` },
      element("p", { class: "card-kind" }, symbolShape(site, 16), label("site_number", { kind: label(site.kind), id: site.id })),
      verbatim("h2", { id: "card-title", tabindex: "-1" }, site.name),
      cardActions(site, actions),
      closeButton(actions.close)),
    element("div", { class: "card-body" },
      verdictSection(site), areaSection(site), functionSection(site), conflictSection(site), placeSection(site),
      outlineSection(site), readingSection(site),
      element("p", { class: "card-status" }, element("strong", {}, label("status")), " ", tell(data.plan.status))));
  card.scrollTop = before;
}

function cardActions(site, actions) {
  const isShort = state.shortlist.includes(site.id);
  const action = (key, run, more = {}) => {
    const button = element("button", { type: "button", class: "quiet", ...more }, label(key));
    button.addEventListener("click", run);
    return button;
  };
  return element("div", { class: "card-actions" },
    action(isShort ? "shortlisted" : "shortlist", () => actions.shortlist(site), { "aria-pressed": String(isShort), "data-act": "shortlist" }),
    action("fact_sheet", () => actions.factSheet(site), { "data-act": "sheet" }),
    action("report_error", () => actions.report(site), { "data-act": "report" }));
}

function closeButton(close) {
  const button = element("button", { type: "button", class: "close", "aria-label": label("close"), title: label("close") }, "×");
  button.addEventListener("click", close);
  return button;
}

function section(key, ...children) {
  return element("section", {}, element("h3", {}, label(key)), ...children);
}

// --- the verdict about what is to be built

function verdictSection(site) {
  if (state.activities.length === 0) return element("p", { class: "card-ask" }, label("card_ask"));
  return element("section", { class: "verdict-section" },
    element("h3", {}, label("section_verdict")),
    ...state.activities.map((activity) => verdictPart(activity, site)),
    notChecked(site));
}

function verdictPart(activity, site) {
  const ruling = rulingAt(activity, site);
  const deciding = ruling.reasons.filter((reason) => reason.decided);
  const others = [...ruling.reasons.filter((reason) => !reason.decided), ...ruling.beside];
  return element("div", { class: `verdict-part ${ruling.verdict.verdict}`, "data-verdict-of": activity.id },
    element("p", { class: "verdict-head" }, verdictMark(ruling.verdict, 26),
      element("span", {}, element("strong", {}, verdictName(ruling.verdict)), element("span", { class: "small" }, tell(activity)))),
    element("p", { class: "small" }, label("meaning_" + ruling.verdict.verdict)),
    ...deciding.map(reasonPart),
    ...ruling.flags.map(flagPart),
    others.length ? element("details", { class: "others" }, element("summary", {}, label("others", { count: others.length })), ...others.map(reasonPart)) : null);
}

function reasonPart(reason) {
  return element("figure", { class: "quotation" },
    element("p", {}, tell(reason.text)),
    verbatim("blockquote", {}, `“${reason.cited.quote}”`),
    element("figcaption", {}, tell(reason.cited)));
}

function flagPart(flag) {
  const isConflict = flag.code.startsWith("conflict");
  return element("p", { class: isConflict ? "flag conflict" : "flag" },
    element("strong", {}, label(isConflict ? "flag_conflict" : "flag_note")), " ", tell(flag.text));
}

function notChecked(site) {
  return element("details", { class: "others" }, element("summary", {}, label("not_checked")),
    element("ul", { class: "bullets" }, ...[...data.not_checked, data.land[site.id]].map((item) => element("li", {}, tell(item)))));
}

// --- where the decision contradicts itself about the site

function conflictSection(site) {
  const found = conflictsOf(site);
  if (found.length === 0) return null;
  return section("section_conflicts", ...found.map(({ text, cited }) => element("div", { class: "flag conflict" },
    element("p", {}, tell(text)),
    cited ? element("figure", { class: "quotation" }, verbatim("blockquote", {}, `“${cited.quote}”`), element("figcaption", {}, say(cited))) : null)));
}

// Each conflict once, with all the activities it is about in one sentence.
function conflictsOf(site) {
  const found = new Map();
  for (const activity of activities) {
    const [, reasons, flags] = data.rulings[data.matrix[activity.number][site.number]];
    for (const place of flags.filter((item) => data.flags[item][0].startsWith("conflict"))) {
      const cited = data.citations[data.reasons[reasons[0]]?.[0]];
      const key = `${place} ${say(cited ?? {})}`;
      if (!found.has(key)) found.set(key, { place, cited, about: [] });
      found.get(key).about.push(activity);
    }
  }
  return [...found.values()].map(({ place, cited, about }) => {
    const all = (lang) => about.map((activity) => inLanguage(activity, lang)).join(", ");
    return { cited, text: sentenceAt(data.flags[place][1], Object.fromEntries(["vi", "en", ...languages].map((lang) => [lang, all(lang)]))) };
  });
}

// --- what the decision says of it

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
    element("p", { class: "land" }, element("strong", {}, label("land_now")), " " + landWords(site)),
    quotation(site, "area"),
    site.note ? element("p", { class: "small" }, label("note") + ": ", tell(site.note)) : null);
}

const landWords = (site) => (landOf(site) === "unrecorded" ? label("land_not_recorded") : say(data.land[site.id]));

const fact = (name, ...values) => [element("dt", {}, name), element("dd", {}, ...values)];

function quotation(site, what) {
  const cited = site.citations[what];
  return element("figure", { class: "quotation" },
    verbatim("blockquote", {}, `“${cited.quote}”`),
    element("figcaption", {}, citedWords(site, what)));
}

function citedWords(site, what) {
  const cited = site.citations[what];
  return label("cited", { document: cited.document, table: site.table, row: site.row, line: cited.line });
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
  return element("li", {}, verbatim("span", { class: "function-text" }, item.text),
    ...item.activities.map((activity) => element("span", { class: "activity" }, readAs(activity))));
}

// Both languages of a label, and how sure the reading is where it is not quite.
function readAs(activity) {
  const both = language === "vi" ? `${activity.vi} · ${activity.en}` : `${say(activity)} · ${activity.vi}`;
  if (activity.confidence === "high") return both;
  return label("function_activity", { activity: both, confidence: label("confidence", { level: label("confidence_" + activity.confidence) }) });
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
  return element("p", { class: "way" }, tell(way), element("span", { class: "small" }, `${label("basis_" + way.basis)} · ${level}`));
}

function outlineSection(site) {
  return section("section_outline", ...outlineWords(site).map((line) => element("p", {}, line)));
}

function outlineWords(site) {
  const outline = site.outline;
  if (!outline) return [label("provenance_absent")];
  return [
    label("provenance_" + outline.provenance),
    say(outline),
    outline.invented_split ? label("invented_split") : "",
    outline.source ? label("source", { source: outline.source }) : "",
    outline.surveyed_on ? label("surveyed_on", { date: outline.surveyed_on }) : "",
    outline.accuracy_m ? label("accuracy", { metres: number(outline.accuracy_m) }) : "",
  ].filter(Boolean);
}

function readingSection(site) {
  if (site.readings.length === 0) return null;
  return section("section_readings", element("ul", { class: "plain readings" }, ...site.readings.map(readingRow)));
}

function readingRow(item) {
  const key = item.reading === null ? "reading_unsettled" : "reading_as";
  return element("li", {}, label(key, { verbatim: item.verbatim, reading: item.reading }),
    element("span", { class: "small" }, `${label("reading_" + item.kind)} · ${label("cited_line", { line: item.line })} · `,
      verbatim("span", {}, item.reason)));
}
