// --- files made in the page: what is shown as a table and as outlines -----------------------------

const INERT_BEFORE = ["=", "+", "-", "@", "\t", "\r"]; // a spreadsheet would take the cell for a formula

function save(name, type, text) {
  const address = URL.createObjectURL(new Blob([text], { type }));
  const link = element("a", { href: address, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(address), 10000);
}

const inert = (text) => (INERT_BEFORE.some((start) => text.startsWith(start)) ? `'${text}` : text);

const csvCell = (value) => `"${inert(String(value ?? "").replaceAll("\0", "")).replaceAll('"', '""')}"`;

// Facts of a site for both kinds of file: plain values under stable names.
function factsOf(site) {
  return {
    site_id: site.id,
    kind: site.kind,
    name: site.name,
    short_name: site.short_name,
    stated_ha: site.stated_ha,
    detailed_plan_ha: site.detailed_plan_ha,
    free_ha: data.land[site.id].free_ha,
    land: landWords(site),
    place: site.place,
    districts_2010: site.districts.join("; "),
    communes_2010: site.communes.map((commune) => commune.label).join("; "),
    units_today: [...new Set(site.communes.map((commune) => commune.today).filter(Boolean))].join("; "),
    functions: site.citations.function.quote,
    list_status: site.list_status,
    basis: `${citedWords(site, "area")}`,
    place_known_by: site.known_by.map((way) => say(way)).join(" "),
    provenance: site.outline?.provenance ?? "absent",
    provenance_means: label("provenance_" + (site.outline?.provenance ?? "absent")),
  };
}

function verdictFacts(activity, site) {
  const ruling = rulingAt(activity, site);
  const decided = ruling.reasons.filter((reason) => reason.decided);
  return {
    verdict: ruling.verdict.verdict,
    because: [...decided.map((reason) => say(reason.text)), ...ruling.flags.map((flag) => say(flag.text))].join(" "),
    basis: decided.map((reason) => say(reason.cited)).join("; "),
    quote: decided.map((reason) => reason.cited.quote).join(" … "),
  };
}

function csvOf(shown) {
  const rowsOf = shown.map((site) => ({
    ...factsOf(site),
    ...Object.fromEntries(state.activities.flatMap((activity) =>
      Object.entries(verdictFacts(activity, site)).map(([name, value]) => [`${activity.id}: ${name}`, value]))),
    plan_status: say(data.plan.status),
  }));
  const names = Object.keys(rowsOf[0] ?? { ...{ site_id: "" }, plan_status: "" });
  const lines = [names, ...rowsOf.map((row) => names.map((name) => row[name]))];
  return "\ufeff" + lines.map((line) => line.map(csvCell).join(",") + "\r\n").join("");
}

function geojsonOf(shown) {
  const features = shown.map((site) => ({
    type: "Feature",
    id: site.id,
    geometry: shapeOfSite(site),
    properties: {
      ...factsOf(site),
      verdicts: Object.fromEntries(state.activities.map((activity) => [activity.id, verdictFacts(activity, site)])),
    },
  }));
  const whole = { type: "FeatureCollection", plan: planNamed(), plan_status: say(data.plan.status), features };
  return JSON.stringify(whole, null, 1) + "\n";
}

const planNamed = () => ({ code: data.plan.code, content_sha256: data.plan.content_sha256 });

const saveCsv = (shown) => save("tngis-sites.csv", "text/csv;charset=utf-8", csvOf(shown));
const saveGeojson = (shown) => save("tngis-sites.geojson", "application/geo+json", geojsonOf(shown));

// The address of what is shown, to send to someone who has the same page.
function copyAddress() {
  const box = element("textarea", { class: "visually-hidden", readonly: "" });
  box.value = location.href;
  document.body.append(box);
  box.select();
  const isDone = document.execCommand("copy");
  box.remove();
  return isDone;
}
