// --- the list and its filters -------------------------------------------------------------------

const rows = new Map(); // site id → its button

function writeList(actions) {
  rows.clear();
  byId("sites").replaceChildren(...sites.map((site) => {
    const button = element("button", { type: "button", class: `site ${site.kind}`, "data-site": site.id },
      element("span", { class: "site-mark" }, symbolShape(site, site.kind === "zone" ? 18 : 16)),
      verbatim("span", { class: "site-name" }, site.short_name),
      element("span", { class: "site-hectares" }, hectares(site.stated_ha)),
      element("span", { class: "site-place" }, label(site.kind) + " · ", verbatim("span", {}, site.districts.join(", "))),
      verbatim("span", { class: "site-functions" }, site.functions.map((item) => item.text).join(" · ")));
    button.addEventListener("click", () => actions.select(site, button));
    for (const event of ["mouseenter", "focus"]) button.addEventListener(event, () => actions.point(site));
    for (const event of ["mouseleave", "blur"]) button.addEventListener(event, () => actions.point(null));
    rows.set(site.id, button);
    return element("li", {}, button);
  }));
}

function showList(visible) {
  for (const [id, button] of rows) {
    button.parentElement.hidden = !visible.has(id);
    if (id === state.site) button.setAttribute("aria-current", "true");
    else button.removeAttribute("aria-current");
  }
  const shown = sites.filter((site) => visible.has(site.id));
  byId("nothing").hidden = shown.length > 0;
  byId("count").textContent = label("count", { shown: shown.length, all: sites.length, hectares: sumOfHectares(shown) });
}

function moveInList(event) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const here = event.target.closest("button.site");
  if (!step || !here) return;
  const open = [...rows.values()].filter((button) => !button.parentElement.hidden);
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
      element("span", { class: "chip-figures" }, `${members.length} · ${sumOfHectares(members)} ha`));
    chip.addEventListener("click", () => {
      toggleKind(kind);
      changed();
    });
    return chip;
  }));
  byId("district").replaceChildren(
    element("option", { value: "" }, label("any_district")),
    ...data.districts.map((district) => verbatim("option", { value: district.feature }, district.name)));
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
}

function readRange(moved) {
  const low = Number(byId("range-low").value);
  const high = Number(byId("range-high").value);
  state.low = moved === "range-low" ? Math.min(low, state.high) : state.low;
  state.high = moved === "range-high" ? Math.max(high, state.low) : state.high;
}
