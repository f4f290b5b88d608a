// --- the list and its filters -------------------------------------------------------------------

const rows = new Map(); // site id → its button
const listItems = new Map(); // site id → its place in the list

// A row without its words, and a star: each made once, and from then on copied.
const emptyRow = once(() => element("li", { class: "row" },
  element("button", { type: "button" },
    element("span", { class: "site-mark" }),
    verbatim("span", { class: "site-name" }),
    element("span", { class: "site-hectares" }),
    element("span", { class: "site-place" }, " ", verbatim("span", {})),
    element("span", { class: "site-why" })),
  emptyStar().cloneNode(true)));
const emptyStar = once(() => element("button", { type: "button", class: "star" },
  drawn("svg", { viewBox: "0 0 20 20", width: 20, height: 20, "aria-hidden": "true" },
    drawn("path", { d: "M10 2.6l2.3 4.7 5.2.7-3.8 3.6.9 5.1-4.6-2.4-4.6 2.4.9-5.1L2.5 8l5.2-.7z" }))));

function writeList() {
  rows.clear();
  listItems.clear();
  for (const site of sites) {
    const item = emptyRow().cloneNode(true);
    const [button, star] = item.children;
    button.className = `site ${site.kind}`;
    button.dataset.site = site.id;
    const [, name, figure, place] = button.children;
    name.textContent = site.short_name;
    figure.textContent = hectares(site.stated_ha);
    place.firstChild.data = label(site.kind) + " · ";
    place.lastChild.textContent = site.districts.join(", ");
    star.dataset.star = site.id;
    rows.set(site.id, button);
    listItems.set(site.id, item);
  }
}

// One ear for all rows.
function connectList(actions) {
  const list = byId("sites");
  const siteOf = (node) => siteById.get(node?.closest?.("button.site")?.dataset.site) ?? null;
  list.addEventListener("click", ({ target }) => {
    const star = target.closest("[data-star]");
    if (star) actions.shortlist(siteById.get(star.dataset.star));
    else if (siteOf(target)) actions.select(siteOf(target), rows.get(siteOf(target).id));
  });
  const point = (site, before) => { if (site !== before) actions.point(site); };
  for (const event of ["mouseover", "focusin"]) list.addEventListener(event, ({ target, relatedTarget }) => point(siteOf(target), siteOf(relatedTarget)));
  for (const event of ["mouseout", "focusout"]) list.addEventListener(event, ({ target, relatedTarget }) => point(siteOf(relatedTarget), siteOf(target)));
  list.addEventListener("keydown", moveInList);
}

function starButton(site, shortlist) {
  const button = emptyStar().cloneNode(true);
  button.dataset.star = site.id;
  button.addEventListener("click", () => shortlist(site));
  markStar(button, site);
  return button;
}

function markStar(button, site) {
  const isOn = state.shortlist.includes(site.id);
  const name = label(isOn ? "shortlist_drop" : "shortlist_add", { site: site.short_name });
  button.setAttribute("aria-pressed", String(isOn));
  button.setAttribute("aria-label", name);
  button.title = name;
}

function showList(shown) {
  const listed = [];
  let group = null;
  for (const site of shown) {
    const verdict = verdictOf(site);
    if (verdict && verdict !== group) listed.push(groupHeading(verdict, shown));
    group = verdict;
    showRow(site, verdict);
    listed.push(listItems.get(site.id));
  }
  keepingFocus(() => byId("sites").replaceChildren(...listed));
  showTally(shown);
}

// Moving what has the focus takes it away; it is given back.
function keepingFocus(change) {
  const focused = document.activeElement;
  change();
  if (focused !== document.activeElement && focused?.isConnected) focused.focus({ preventScroll: true });
}

function groupHeading(verdict, shown) {
  const members = shown.filter((site) => verdictOf(site) === verdict);
  return element("li", { class: `group ${verdict.verdict}` },
    element("h3", {}, verdictMark(verdict, 20), verdictName(verdict)),
    element("span", {}, label("group_figures", { count: members.length, hectares: sumOfHectares(members) })));
}

function showRow(site, verdict) {
  const button = rows.get(site.id);
  if (site.id === state.site) button.setAttribute("aria-current", "true");
  else button.removeAttribute("aria-current");
  button.firstChild.replaceChildren(symbolShape(site, verdict ? 22 : site.kind === "zone" ? 18 : 16, verdict));
  button.lastChild.replaceChildren(...why(site, verdict));
  markStar(listItems.get(site.id).lastChild, site);
}

// What was found: the site's functions, or what decided about the activity asked for.
function why(site, verdict) {
  if (!verdict) return [verbatim("span", {}, site.functions.map((item) => item.text).join(" · "))];
  if (state.activities.length > 1) {
    return state.activities.map((activity) => {
      const own = verdicts[verdictAt(activity, site)];
      return element("span", { class: "why-one" }, verdictMark(own, 14), element("span", { class: "visually-hidden" }, verdictName(own) + ": "), tell(activity));
    });
  }
  const ruling = rulingAt(state.activities[0], site);
  const decided = ruling.reasons.find((reason) => reason.decided) ?? ruling.flags[0];
  return decided ? [tell(decided.text)] : [];
}

function showTally(shown) {
  const isNothing = shown.length === 0;
  byId("nothing").hidden = !isNothing;
  byId("nothing").textContent = isNothing ? label(state.withoutVerdicts.size ? "nothing_with_verdict" : "nothing_found") : "";
  byId("count").textContent = label("count", { shown: shown.length, all: sites.length, hectares: sumOfHectares(shown) });
}

function moveInList(event) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const here = event.target.closest("button.site");
  if (!step || !here) return;
  const open = [...byId("sites").querySelectorAll("button.site")];
  const next = open[open.indexOf(here) + step];
  if (next) {
    next.focus();
    event.preventDefault();
  }
}

function writeFilters(changed) {
  byId("kinds").replaceChildren(...KINDS.map((kind) => {
    const members = sites.filter((site) => site.kind === kind);
    const chip = element("button", { type: "button", class: `chip ${kind}`, "data-kind": kind, "aria-pressed": "true" },
      symbolShape({ kind, isVague: false }, 16),
      element("span", { class: "chip-name" }, label(kind)),
      element("span", { class: "chip-figures" }, label("group_figures", { count: members.length, hectares: sumOfHectares(members) })));
    chip.addEventListener("click", () => {
      toggleKind(kind);
      changed();
    });
    return chip;
  }));
  byId("district").replaceChildren(
    element("option", { value: "" }, label("any_district")),
    ...data.districts.map((district) => verbatim("option", { value: district.feature }, district.name)));
  byId("land").replaceChildren(
    element("option", { value: "" }, label("land_any")),
    ...LANDS.map((land) => element("option", { value: land },
      label("land_" + land, { count: sites.filter((site) => landOf(site) === land).length }))));
}

// The last kind left is not switched off: that would show nothing, and say nothing.
function toggleKind(kind) {
  if (!state.kinds.has(kind)) state.kinds.add(kind);
  else if (state.kinds.size > 1) state.kinds.delete(kind);
  else state.kinds = new Set(KINDS.filter((other) => other !== kind));
}

function showFilters() {
  const search = byId("search");
  if (search.value !== state.query) search.value = state.query;
  byId("district").value = state.district;
  byId("land").value = state.land;
  for (const chip of byId("kinds").children) chip.setAttribute("aria-pressed", String(state.kinds.has(chip.dataset.kind)));
  const last = stops.length - 1;
  for (const [id, value] of [["range-low", state.low], ["range-high", state.high]]) {
    byId(id).max = last;
    byId(id).value = value;
    byId(id).setAttribute("aria-valuetext", hectares(stops[value]));
  }
  byId("range-words").textContent = label("range_words", { low: number(stops[state.low]), high: number(stops[state.high]) });
  byId("range-span").style.left = `${(100 * state.low) / last}%`;
  byId("range-span").style.right = `${100 - (100 * state.high) / last}%`;
  byId("filter-count").hidden = foldedFilters() === 0;
  byId("filter-count").textContent = label("filters_on", { count: foldedFilters() });
}

function readRange(moved) {
  const low = Number(byId("range-low").value);
  const high = Number(byId("range-high").value);
  state.low = moved === "range-low" ? Math.min(low, state.high) : state.low;
  state.high = moved === "range-high" ? Math.max(high, state.low) : state.high;
}
