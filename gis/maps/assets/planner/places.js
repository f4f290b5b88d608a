// --- the card: a parcel, a point, a site or a commune, and what the plan says of an activity there --

const MOST_NAMED_UNITS = 5; // of a parcel's communes are answered by name, as on the command line

const chosen = { activity: null, card: null };
let cardOpener = null;

function openCard(card, opener) {
  chosen.card = card;
  cardOpener = opener ?? document.activeElement;
  showCard();
  byId("card-title").focus({ preventScroll: !NARROW.matches });
}

function closeCard() {
  if (!chosen.card) return;
  const back = cardOpener;
  chosen.card = null;
  showCard();
  highlight.clearLayers();
  if (back?.isConnected) back.focus();
}

function showCard() {
  const { card } = chosen;
  byId("card").hidden = card === null;
  document.documentElement.classList.toggle("with-card", card !== null);
  byId("card").replaceChildren(...(card === null ? [] : CARDS[card.kind](card)));
  byId("card").scrollTop = 0;
  paint();
  foldLegend();
  map.invalidateSize({ animate: false });
}

const CARDS = {
  parcel: ({ parcel }) => cardOf("parcel_kind", parcel.name, parcelBody(parcel)),
  point: (card) => cardOf("point_kind", gridInWords(card.point, 0), pointBody(card)),
  site: ({ site }) => cardOf(site.kind, site.name, siteBody(site), site.kind),
  commune: ({ commune }) => cardOf("commune_kind", commune.label, communeBody(commune)),
};

function cardOf(kind, title, body, look = "") {
  const close = element("button", { type: "button", class: "close", "aria-label": label("close"), title: label("close") }, "×");
  close.addEventListener("click", closeCard);
  return [
    element("div", { class: `card-head ${look}` }, element("p", { class: "card-kind" }, label(kind)),
      verbatim("h2", { id: "card-title", tabindex: "-1" }, title), close),
    element("div", { class: "card-body" }, ...body,
      element("p", { class: "card-status" }, element("strong", {}, label("status")), " ", tell(data.plan.status))),
  ];
}

function section(key, ...children) {
  return element("section", {}, element("h3", {}, label(key)), ...children);
}

const fact = (name, ...values) => [element("dt", {}, name), element("dd", {}, ...values)];

// --- a parcel or a point

function parcelBody(parcel) {
  if (parcel.trouble) return [section("not_measured", troubleLine(parcel.trouble, parcel))];
  const { outline } = parcel;
  const corners = outline.polygons.flat().reduce((sum, ring) => sum + ring.length, 0);
  return [
    section("section_measured",
      element("p", { class: "figure" }, element("span", { class: "figure-number" }, hectaresOf(outline.area_m2)),
        element("span", { class: "figure-words" }, label("grid_area", { crs: data.grid.crs, m2: fixed(outline.area_m2, 1) }))),
      element("p", { class: "small" }, label("corners", { count: corners, row: parcel.row, file: parcel.file, metres: fixed(around(outline), 1) }))),
    ...placeBody(parcel),
  ];
}

const around = (outline) => segmentsOf(outline).reduce((sum, [[x1, y1], [x2, y2]]) => sum + Math.hypot(x2 - x1, y2 - y1), 0);

function pointBody({ point, degrees }) {
  return [
    section("section_point", element("dl", { class: "facts" }, ...fact(`${data.grid.crs}`, gridInWords(point, 3)), ...fact("WGS 84", degreesInWords(degrees)))),
    ...placeBody({ point }),
  ];
}

function placeBody(place) {
  const found = locate(place);
  return [
    section("section_lies",
      found.units.length ? shareList(found.units, place, (unit) => [verbatim("span", {}, `${unit.row.label}, ${unit.row.district}`), unit.row.today ? element("span", { class: "small" }, label("today", { today: todayOf(unit.row) })) : null]) : element("p", {}, label("in_no_commune")),
      found.districts.length > 1 ? element("p", { class: "small" }, label("districts_shared", { districts: found.districts.map((item) => `${item.name} ${percent(item.share)}`).join(" · ") })) : null),
    section("section_touches",
      found.sites.length ? shareList(found.sites, place, (part) => [element("span", { class: "site-line" }, symbolShape(part.row, 14), " ", verbatim("span", {}, siteName(part.row)), siteIsProven(part.row) ? null : element("span", { class: "small" }, label("indicative_short")))]) : element("p", {}, label("touches_none")),
      found.overruled.length ? element("p", { class: "small" }, label("overruled", { sites: found.overruled.map((part) => siteName(part.row)).join(", ") })) : null,
      nearestList(place, found.sites)),
    verdictOnGround(found),
    section("section_mind", element("ul", { class: "plain minds" }, ...found.flags.map((flag) => element("li", { "data-flag": flag.code }, flag.text))), measuredOn()),
    notChecked(),
  ];
}

function shareList(parts, place, words) {
  return element("ul", { class: "shares" }, ...parts.map((part) => element("li", {},
    element("span", { class: "share-name" }, ...words(part)),
    place.outline ? element("span", { class: "share-figures" }, `${percent(part.share)} · ${hectaresOf(part.shared_m2)}`) : null,
    place.outline ? drawn("svg", { class: "share-bar", viewBox: "0 0 100 4", preserveAspectRatio: "none", "aria-hidden": "true" },
      drawn("rect", { class: "share-all", width: 100, height: 4 }), drawn("rect", { class: "share-part", width: Math.min(100, 100 * part.share), height: 4 })) : null)));
}

function nearestList(place, hit) {
  const near = nearestSites(place, hit);
  if (near.length === 0) return null;
  return element("p", { class: "small" }, label("nearest"), " ", ...near.flatMap((part, rank) => [
    rank ? "; " : "", verbatim("span", {}, siteName(part.row)), ` ${metresInWords(part.metres)} ${windOf(part)}`]));
}

const measuredOn = () => element("p", { class: "small" }, data.ground.off_ha > 0
  ? label("measured_thinned", { hectares: fixed(Math.ceil(data.ground.off_ha * 10000) / 10000, 4) })
  : label("measured_exact", { crs: data.grid.crs }));

const notChecked = () => element("details", { class: "not-checked" }, element("summary", {}, label("not_checked")),
  element("ul", { class: "plain" }, ...data.ground.not_checked.map((item) => element("li", {}, tell(item)))));

// --- what the plan says of the chosen activity

// As the command line answers: where the drawing proves nothing, the ground is unknown and the
// answers by name stand beside it.
function groundVerdict(found, activity) {
  const isProven = found.flags.length === 0;
  if (!activity.is_industry) return { verdict: "unknown", why: label("ground_no_industry", { activity: say(activity) }), named: [] };
  if (isProven && found.sites.length === 1) {
    const ruling = rulingAt(activity, found.sites[0].row);
    return { verdict: ruling.verdict.verdict, ruling, named: [] };
  }
  if (isProven && found.sites.length === 0 && found.units.length === 1) {
    const ruling = rulingIn(activity, found.units[0].row.district);
    return { verdict: ruling.verdict.verdict, ruling, land: landOfCommune(found.units[0].row, activity), named: [] };
  }
  const named = [
    ...found.sites.map((part) => ({ name: part.row.short_name, ruling: rulingAt(activity, part.row) })),
    ...found.units.slice(0, MOST_NAMED_UNITS).map((part) => ({ name: part.row.label, ruling: rulingIn(activity, part.row.district), land: landOfCommune(part.row, activity) })),
  ];
  return { verdict: "unknown", why: label(isProven ? "ground_several" : "ground_unknown"), named };
}

// The answer for any commune of a district by its name.
const rulingIn = (activity, district) =>
  rulingTold(data.communes_matrix[activity.number][data.districts.findIndex((item) => item.name === district)], activity);

// Where a clause directs crafts to communes: what the register says of the land of this one.
function landOfCommune(commune, activity) {
  const row = ledgerOf().get(commune.feature);
  const isDirected = rulingIn(activity, commune.district).verdict.verdict === "directed";
  if (!isDirected || !data.craft_activities.includes(activity.number)) return null;
  if (row.points === null) return label("headroom_unknown", { unit: commune.label });
  return levelOf(row) === "full" || levelOf(row) === "over" ? label("headroom_full", { unit: commune.label }) : null;
}

function verdictOnGround(found) {
  const { activity } = chosen;
  if (!activity) return section("section_verdict", element("p", {}, label("choose_activity")));
  const answer = groundVerdict(found, activity);
  return element("section", { class: "verdict-section" }, element("h3", {}, label("verdict_for", { activity: say(activity) })),
    element("p", { class: "ground-verdict", "data-verdict": answer.verdict }, verdictTag(answer.verdict), " ", element("strong", {}, label("on_the_ground"))),
    answer.why ? element("p", { class: "ground-why" }, answer.why) : null,
    answer.ruling ? rulingBlock(answer.ruling, answer.land) : null,
    answer.named.length ? element("h4", {}, label("by_name")) : null,
    ...answer.named.map((item) => element("div", { class: "named" },
      element("p", { class: "named-head" }, verdictTag(item.ruling.verdict.verdict), " ", verbatim("strong", {}, item.name)), rulingBlock(item.ruling, item.land))));
}

const verdictTag = (verdict) => element("span", { class: `verdict ${verdict}` }, verdictInWords(verdict));
const verdictInWords = (verdict) => say(verdicts.find((item) => item.verdict === verdict));

function rulingBlock(ruling, land) {
  return element("div", { class: "ruling" },
    ...ruling.reasons.map((reason) => element("div", { class: reason.decided ? "reason decided" : "reason" },
      element("p", {}, tell(reason.text)), citedFigure(reason.cited))),
    ...[...ruling.flags.map((flag) => tell(flag.text)), land].filter(Boolean).map((text) => element("p", { class: "mind" }, text)));
}

// --- a site or a commune

function openSite(site, opener) {
  openCard({ kind: "site", site }, opener);
  showSite(site);
}

function siteBody(site) {
  const part = ground().sites.find((item) => item.row === site);
  const findings = data.findings.filter((item) => item.features.includes(site.feature)).length;
  const { activity } = chosen;
  const measuredFact = part ? fact(label("measured_drawing"), hectaresOf(part.outline.area_m2)) : [];
  return [
    section("section_area",
      element("p", { class: "figure" }, element("span", { class: "figure-number" }, hectares(site.stated_ha)), element("span", { class: "figure-words" }, label("stated_area"))),
      element("dl", { class: "facts" }, ...measuredFact, ...fact(label("site_districts"), verbatim("span", {}, site.districts.join(", ")))),
      citedFigure({ ...bothLocators(site, "area"), quote: site.citations.area.quote })),
    activity ? element("section", {}, element("h3", {}, label("verdict_for", { activity: say(activity) })),
      element("p", { class: "ground-verdict", "data-verdict": rulingAt(activity, site).verdict.verdict }, verdictTag(rulingAt(activity, site).verdict.verdict), " ", element("strong", {}, label("by_name_site"))),
      rulingBlock(rulingAt(activity, site))) : section("section_verdict", element("p", {}, label("choose_activity"))),
    section("section_functions", citedFigure({ ...bothLocators(site, "function"), quote: site.citations.function.quote })),
    section("section_outline", ...originLines(site.outline)),
    findings ? findingsLink(site.feature, findings) : null,
  ].filter(Boolean);
}

function bothLocators(site, what) {
  const { document: text, line } = site.citations[what];
  return Object.fromEntries(languages.map((lang) => [lang, `${text}, II.${site.table}, ${label("row_line", { row: site.row, line })}`]));
}

function originLines(outline) {
  if (!outline) return [element("p", {}, label("provenance_absent"))];
  const lines = [
    label("provenance_" + outline.provenance), say(outline),
    outline.source ? label("source", { source: outline.source }) : "",
    outline.surveyed_on ? label("surveyed_on", { date: outline.surveyed_on }) : "",
    outline.accuracy_m ? label("accuracy", { metres: number(outline.accuracy_m) }) : "",
  ];
  return lines.filter(Boolean).map((line) => element("p", {}, line));
}

function findingsLink(feature, count) {
  const button = element("button", { type: "button", class: "link" }, label("see_findings", { count }));
  button.addEventListener("click", () => showFindingsAt(feature));
  return element("section", {}, button);
}

function openCommune(commune, opener) {
  openCard({ kind: "commune", commune }, opener);
  showHighlight([commune.feature]);
}

function communeBody(commune) {
  const row = ledgerOf().get(commune.feature);
  const part = ground().communes.find((item) => item.row === commune);
  const inside = part ? ground().sites.map((item) => ({ ...item, shared_m2: sharedArea(item.outline, part.outline) })).filter((item) => item.shared_m2 >= data.ground.sliver_share * item.outline.area_m2) : [];
  const points = data.craft_points.filter((point) => point.unit_code === commune.code);
  const { activity } = chosen;
  const findings = data.findings.filter((item) => item.features.includes(commune.feature)).length;
  return [
    section("section_unit", element("dl", { class: "facts" },
      ...fact(label("ledger_district"), verbatim("span", {}, commune.district)),
      ...fact(label("today_unit"), commune.today ? verbatim("span", {}, commune.today) : label("unknown")),
      ...(part ? fact(label("measured_drawing"), hectaresOf(part.outline.area_m2)) : []))),
    section("section_ledger", element("dl", { class: "facts" },
      ...fact(label("points_registered"), row.points === null ? label("nothing_registered") : String(row.points)),
      ...fact(label("points_allowed"), row.most_points === null ? "–" : `${row.least_points ?? 0}–${row.most_points}`),
      ...fact(label("hectares_registered"), row.registered_ha === null ? label("nothing_registered") : hectares(row.registered_ha)),
      ...fact(label("hectares_allowed"), row.most_ha === null ? "–" : hectares(row.most_ha)),
      ...fact(label("ledger_left"), row.headroom_ha === null ? label("not_known") : hectares(row.headroom_ha))),
      points.length ? element("ul", { class: "plain" }, ...points.map((point) => element("li", {}, verbatim("span", {}, point.name), ` · ${hectares(point.stated_ha)}`, element("span", { class: "small" }, ` ${point.trade} · ${label("register_source", { source: point.source, date: point.as_of })}`)))) : null),
    inside.length ? section("section_touches", element("ul", { class: "plain" }, ...inside.map((item) => element("li", {}, symbolShape(item.row, 14), " ", verbatim("span", {}, siteName(item.row)))))) : null,
    activity ? element("section", {}, element("h3", {}, label("verdict_for", { activity: say(activity) })),
      element("p", { class: "ground-verdict", "data-verdict": rulingIn(activity, commune.district).verdict.verdict }, verdictTag(rulingIn(activity, commune.district).verdict.verdict), " ", element("strong", {}, label("by_name_commune"))),
      rulingBlock(rulingIn(activity, commune.district), landOfCommune(commune, activity))) : null,
    section("section_outline", element("p", {}, label("origin_of_commune", { origin: label(`origin_${originOf(commune.feature)?.provenance ?? "none"}`) })),
      originOf(commune.feature)?.source ? element("p", { class: "small" }, label("source", { source: originOf(commune.feature).source })) : null),
    findings ? findingsLink(commune.feature, findings) : null,
  ].filter(Boolean);
}
