// --- what is to be built: the box to choose it in, and the verdicts it gets ----------------------

const MOST_OFFERED = 8; // before anything is typed
const MOST_HINTS = 3;
const ADMITTED = ["listed", "directed"];

function connectActivities(changed) {
  const input = byId("activity");
  connectPicker(input, byId("activity-options"), (text) => optionsFor(text, changed));
  for (const radio of document.querySelectorAll("#mode input")) {
    radio.addEventListener("change", () => {
      state.mode = radio.value;
      changed();
    });
  }
}

function optionsFor(text, changed) {
  const found = text.trim() ? activitiesLike(text) : mostListed().map((activity) => ({ activity, word: "" }));
  return found
    .filter(({ activity }) => !state.activities.includes(activity))
    .map(({ activity, word }) => ({
      text: say(activity),
      detail: optionDetail(activity, word),
      pick: () => choose(activity, changed),
    }));
}

// How many sites would take it, and the word that was matched.
function optionDetail(activity, word) {
  const admitting = sites.filter((site) => ADMITTED.includes(verdicts[verdictAt(activity, site)].verdict)).length;
  const told = activity.is_industry ? label("admitting_sites", { count: admitting }) : label("no_industry");
  const isNew = word && !namesOf(activity).includes(word);
  return isNew ? `${word} · ${told}` : told;
}

// Before anything is typed: what most sites list.
function mostListed() {
  const counts = new Map();
  for (const site of sites) {
    for (const id of new Set(site.functions.flatMap((item) => item.activities.map((activity) => activity.id)))) {
      counts.set(id, (counts.get(id) ?? 0) + 1);
    }
  }
  return activities
    .filter((activity) => counts.has(activity.id))
    .sort((one, other) => counts.get(other.id) - counts.get(one.id) || one.number - other.number)
    .slice(0, MOST_OFFERED);
}

function choose(activity, changed) {
  if (!state.activities.includes(activity)) state.activities = [...state.activities, activity].slice(-MOST_ACTIVITIES);
  changed();
}

function drop(activity, changed) {
  state.activities = state.activities.filter((other) => other !== activity);
  if (state.activities.length === 0) state.withoutVerdicts.clear();
  changed();
  byId("activity").focus();
}

function showActivities(changed) {
  const chosen = state.activities;
  byId("activity").placeholder = label(chosen.length ? "what_else" : "what_build_hint");
  byId("chosen").hidden = chosen.length === 0;
  byId("chosen").replaceChildren(...chosen.map((activity) => {
    const button = element("button", { type: "button", class: "chosen-one", "data-activity": activity.id, "aria-label": label("drop_activity", { activity: say(activity) }) },
      element("span", {}, tell(activity)), element("span", { class: "cross", "aria-hidden": "true" }, "×"));
    button.addEventListener("click", () => drop(activity, changed));
    return element("li", {}, button);
  }));
  byId("mode").hidden = chosen.length < 2;
  for (const radio of document.querySelectorAll("#mode input")) radio.checked = radio.value === state.mode;
  showVerdictBar(changed);
  showVerdictLegend(chosen.length > 0);
}

// Six boxes: how many sites have which verdict, and whether they are shown.
function showVerdictBar(changed) {
  byId("verdict-bar").hidden = state.activities.length === 0;
  if (state.activities.length === 0) return;
  const words = searchedFor();
  const fitting = sites.filter((site) => fits(site, words));
  const focused = document.activeElement?.dataset?.verdict;
  byId("verdict-boxes").replaceChildren(...verdicts.map((verdict) => {
    const count = fitting.filter((site) => verdictOf(site) === verdict).length;
    const isOn = !state.withoutVerdicts.has(verdict.verdict);
    const name = label("verdict_box", { verdict: verdictName(verdict), count });
    const button = element("button", { type: "button", class: `verdict-box ${verdict.verdict}`, "aria-pressed": String(isOn), "aria-label": name, title: name, "data-verdict": verdict.verdict },
      element("span", { class: "verdict-count" }, verdictMark(verdict, 18), String(count)),
      element("span", { class: "verdict-short" }, label("short_" + verdict.verdict)));
    button.addEventListener("click", () => {
      if (isOn) state.withoutVerdicts.add(verdict.verdict);
      else state.withoutVerdicts.delete(verdict.verdict);
      changed();
    });
    return button;
  }));
  if (focused) byId("verdict-boxes").querySelector(`[data-verdict="${focused}"]`)?.focus();
}

// What was typed into the search box may be something to build.
function showHint(changed) {
  const hint = byId("hint");
  const like = state.query.trim().length < 2 ? [] : activitiesLike(state.query, MOST_HINTS + state.activities.length)
    .filter(({ activity, score }) => score < 4 && !state.activities.includes(activity)).slice(0, MOST_HINTS);
  hint.hidden = like.length === 0;
  hint.replaceChildren(label("hint_build"), ...like.map(({ activity }) => {
    const button = element("button", { type: "button", class: "link", "data-hint": activity.id }, tell(activity));
    button.addEventListener("click", () => {
      state.query = "";
      choose(activity, changed);
    });
    return button;
  }));
}
