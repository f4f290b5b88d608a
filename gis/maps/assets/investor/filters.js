// --- what is searched for, and how it is kept in the address ----------------------------------

const MANTISSAS = [1, 1.5, 2, 3, 5, 7.5];
const stops = hectareStops(sites.map((site) => Number(site.stated_ha)));

const state = {
  query: "",
  kinds: new Set(KINDS),
  district: "",
  low: 0,
  high: stops.length - 1,
  site: null,
  view: "map",
};

for (const site of sites) {
  site.haystack = searchable(site).map((text) => ` ${fold(text)}`).join(" |");
}

// Round numbers on a logarithmic scale, and the two ends.
function hectareStops(values) {
  if (values.length === 0) return [0, 1];
  const low = Math.floor(Math.min(...values));
  const high = Math.ceil(Math.max(...values));
  const found = [low];
  for (let decade = 1; decade <= high; decade *= 10) {
    for (const mantissa of MANTISSAS) {
      const stop = mantissa * decade;
      if (stop > low && stop < high && Number.isInteger(stop)) found.push(stop);
    }
  }
  return [...found, Math.max(high, low + 1)];
}

function searchable(site) {
  const readings = site.readings.map((reading) => reading.reading ?? "");
  const activities = site.functions.flatMap((item) => [
    item.text,
    ...item.activities.flatMap((activity) => languages.map((lang) => activity[lang] ?? "")),
  ]);
  const communes = site.communes.flatMap((commune) => [commune.label, commune.today]);
  const kinds = languages.map((lang) => data.labels[lang][site.kind]);
  return [
    site.id, site.name, site.short_name, site.place, ...site.districts, ...communes, ...kinds,
    site.citations.function.quote, ...activities, ...readings,
  ];
}

// Words are looked for from their start; where they stand together anywhere, only that counts.
function searchedFor() {
  const phrase = fold(state.query);
  const isTogether = sites.some((site) => site.haystack.includes(" " + phrase));
  return isTogether || !phrase ? [phrase] : phrase.split(" ");
}

function matches(site, words = searchedFor()) {
  return (
    state.kinds.has(site.kind) &&
    (!state.district || site.districts.includes(districtByFeature.get(state.district).name)) &&
    site.hectares >= stops[state.low] &&
    site.hectares <= stops[state.high] &&
    words.every((word) => site.haystack.includes(" " + word))
  );
}

function found() {
  const words = searchedFor();
  return sites.filter((site) => matches(site, words));
}

function clearFilters() {
  Object.assign(state, { query: "", district: "", low: 0, high: stops.length - 1 });
  state.kinds = new Set(KINDS);
}

function addressOf(view) {
  const parts = new URLSearchParams();
  if (language !== data.language) parts.set("lang", language);
  if (state.query) parts.set("q", state.query);
  if (state.kinds.size === 1) parts.set("kind", [...state.kinds][0]);
  if (state.district) parts.set("district", state.district);
  if (state.low > 0) parts.set("from", stops[state.low]);
  if (state.high < stops.length - 1) parts.set("to", stops[state.high]);
  if (state.site) parts.set("site", state.site);
  if (state.view !== "map") parts.set("view", state.view);
  if (view) parts.set("map", view);
  return parts.toString();
}

function readAddress(address) {
  const parts = new URLSearchParams(address);
  clearFilters();
  readLanguage(parts);
  state.query = (parts.get("q") ?? "").slice(0, 200);
  if (KINDS.includes(parts.get("kind"))) state.kinds = new Set([parts.get("kind")]);
  if (districtByFeature.has(parts.get("district"))) state.district = parts.get("district");
  state.low = stopIndex(parts.get("from"), 0);
  state.high = Math.max(state.low, stopIndex(parts.get("to"), stops.length - 1));
  state.view = parts.get("view") === "table" ? "table" : "map";
  const asked = siteById.get(parts.get("site"));
  state.site = asked && matches(asked) ? asked.id : null; // its own filters may hide it
  return viewOf(parts.get("map"));
}

function stopIndex(text, otherwise) {
  const place = stops.indexOf(Number(text));
  return text === null || place < 0 ? otherwise : place;
}
