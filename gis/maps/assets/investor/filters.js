// --- what is searched for, and how it is kept in the address ----------------------------------

const MANTISSAS = [1, 1.5, 2, 3, 5, 7.5];
const MODES = ["any", "all"];
const VIEWS = ["map", "table", "compare"];
const LANDS = ["free", "full", "unrecorded"]; // what the occupancy register says of a site
const MOST_COMPARED = 4;
const MOST_ACTIVITIES = 6;
const stops = hectareStops(sites.map((site) => Number(site.stated_ha)));

const state = {
  query: "",
  activities: [], // what is to be built
  mode: "any",
  withoutVerdicts: new Set(), // verdicts left out
  kinds: new Set(KINDS),
  district: "",
  land: "",
  low: 0,
  high: stops.length - 1,
  site: null,
  shortlist: [],
  view: "map",
};

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

// All a site can be found by, folded when it is first searched.
function haystackOf(site) {
  site.haystack ??= searchable(site).map((text) => ` ${fold(text)}`).join(" |");
  return site.haystack;
}

function searchable(site) {
  const readings = site.readings.map((reading) => reading.reading ?? "");
  const named = site.functions.flatMap((item) => [
    item.text,
    ...item.activities.flatMap(({ id }) => [...namesOf(activityById.get(id)), ...wordsOf(activityById.get(id))]),
  ]);
  const communes = site.communes.flatMap((commune) => [commune.label, commune.today]);
  const kinds = languages.map((lang) => data.labels[lang][site.kind]);
  return [
    site.id, site.name, site.short_name, site.place, ...site.districts, ...communes, ...kinds,
    site.citations.function.quote, ...named, ...readings,
  ];
}

// Words are looked for from their start; where they stand together anywhere, only that counts.
function searchedFor() {
  const phrase = state.query && fold(state.query);
  if (!phrase) return [];
  return sites.some((site) => haystackOf(site).includes(" " + phrase)) ? [phrase] : phrase.split(" ");
}

function landOf(site) {
  const free = data.land[site.id].free_ha;
  return free === null ? "unrecorded" : Number(free) > 0 ? "free" : "full";
}

// The verdict a site is coloured and listed by, if an activity was asked about.
function verdictOf(site) {
  if (state.activities.length === 0) return null;
  return verdicts[verdictAmong(state.activities, site, state.mode)];
}

// All that is asked of a site but its verdict.
function fits(site, words) {
  return (
    state.kinds.has(site.kind) &&
    (!state.district || site.districts.includes(districtByFeature.get(state.district).name)) &&
    (!state.land || landOf(site) === state.land) &&
    site.hectares >= stops[state.low] &&
    site.hectares <= stops[state.high] &&
    words.every((word) => haystackOf(site).includes(" " + word))
  );
}

const isAdmitted = (site) => !state.withoutVerdicts.has(verdictOf(site)?.verdict);

// The sites to show, the most welcoming verdict first.
function found() {
  const words = searchedFor();
  const shown = sites.filter((site) => fits(site, words) && isAdmitted(site));
  return state.activities.length ? inOrderOfVerdict(shown) : shown;
}

function inOrderOfVerdict(chosen) {
  const place = new Map(chosen.map((site) => [site, verdicts.indexOf(verdictOf(site))]));
  return [...chosen].sort((one, other) => place.get(one) - place.get(other) || one.number - other.number);
}

function clearFilters() {
  Object.assign(state, { query: "", activities: [], mode: "any", district: "", land: "", low: 0, high: stops.length - 1 });
  state.kinds = new Set(KINDS);
  state.withoutVerdicts = new Set();
}

// How many filters hide behind the fold.
function foldedFilters() {
  return [state.district, state.land, state.low > 0 || state.high < stops.length - 1].filter(Boolean).length;
}

// --- the address

function addressOf(view) {
  const parts = new URLSearchParams();
  const set = (name, value, isSaid) => { if (isSaid) parts.set(name, value); };
  set("lang", language, language !== data.language);
  set("build", state.activities.map((activity) => activity.id).join(","), state.activities.length);
  set("mode", state.mode, state.mode !== "any");
  set("without", [...state.withoutVerdicts].join(","), state.withoutVerdicts.size);
  set("q", state.query, state.query);
  set("kind", [...state.kinds][0], state.kinds.size === 1);
  set("district", state.district, state.district);
  set("land", state.land, state.land);
  set("from", stops[state.low], state.low > 0);
  set("to", stops[state.high], state.high < stops.length - 1);
  set("short", state.shortlist.join(","), state.shortlist.length);
  set("site", state.site, state.site);
  set("view", state.view, state.view !== "map");
  set("map", view, view);
  return parts.toString().replaceAll("%2C", ",").replaceAll("%2F", "/");
}

function readAddress(parts) {
  clearFilters();
  readLanguage(parts);
  const listed = (name) => (parts.get(name) ?? "").split(",").filter(Boolean);
  const oneOf = (name, known, otherwise) => (known.includes(parts.get(name)) ? parts.get(name) : otherwise);
  state.activities = [...new Set(listed("build"))].map((id) => activityById.get(id)).filter(Boolean).slice(0, MOST_ACTIVITIES);
  state.mode = oneOf("mode", MODES, "any");
  const known = verdicts.map((item) => item.verdict);
  state.withoutVerdicts = new Set(state.activities.length ? listed("without").filter((item) => known.includes(item)) : []);
  state.query = (parts.get("q") ?? "").slice(0, 200);
  if (KINDS.includes(parts.get("kind"))) state.kinds = new Set([parts.get("kind")]);
  if (districtByFeature.has(parts.get("district"))) state.district = parts.get("district");
  state.land = oneOf("land", LANDS, "");
  state.low = stopIndex(parts.get("from"), 0);
  state.high = Math.max(state.low, stopIndex(parts.get("to"), stops.length - 1));
  state.view = oneOf("view", VIEWS, "map");
  state.shortlist = [...new Set(listed("short"))].filter((id) => siteById.has(id)).slice(0, MOST_COMPARED);
  const asked = siteById.get(parts.get("site"));
  state.site = asked && found().includes(asked) ? asked.id : null; // its own filters may hide it
  return viewOf(parts.get("map"));
}

function stopIndex(text, otherwise) {
  const place = stops.indexOf(Number(text));
  return text === null || place < 0 ? otherwise : place;
}
