// --- verdicts: every activity at every site, and the sentences they rest on ----------------------

const NAMED = /\ue000(\d*)\ue001/g; // where a sentence names an activity: that asked about has no number
const activities = data.activities;
const verdicts = data.verdicts; // the most welcoming first

const wordByNumber = once(() => data.words.told.split(" "));

// What else an activity is called.
function wordsOf(activity) {
  activity.words ??= data.words.of[activity.number].split(";").map(nameSpelt).filter(Boolean);
  return activity.words;
}

const nameSpelt = (numbers) => numbers.split(" ").map((number) => wordByNumber()[parseInt(number, 36)]).join(" ");
const activityById = new Map(activities.map((activity) => [activity.id, activity]));
activities.forEach((activity, number) => { activity.number = number; });
sites.forEach((site, number) => { site.number = number; });

// Place in `verdicts` of what the plan says of an activity at a site.
const verdictAt = (activity, site) => data.rulings[data.matrix[activity.number][site.number]][0];

// Of several activities: the best verdict where any of them will do, the worst where all must stand.
function verdictAmong(chosen, site, mode) {
  const found = chosen.map((activity) => verdictAt(activity, site));
  return mode === "all" ? Math.max(...found) : Math.min(...found);
}

// The verdict in full: what decided it, what stands against it, and what else bears on it.
const rulingAt = (activity, site) => rulingTold(data.matrix[activity.number][site.number], activity);

function rulingTold(place, activity) {
  const [verdict, reasons, flags, beside] = data.rulings[place];
  return {
    verdict: verdicts[verdict],
    reasons: reasons.map((reason) => reasonAt(reason, activity)),
    flags: flags.map((flag) => ({ code: data.flags[flag][0], text: sentenceAt(data.flags[flag][1], activity) })),
    beside: beside.map((reason) => reasonAt(reason, activity)),
  };
}

function reasonAt(place, activity) {
  const [citation, sentence, effect, decided, clause] = data.reasons[place];
  return { cited: data.citations[citation], text: sentenceAt(sentence, activity), effect, decided: decided === 1, clause };
}

// A sentence out of its pattern and values, in every language that has the pattern.
function sentenceAt(place, activity) {
  const [pattern, ...values] = data.sentences[place];
  return Object.fromEntries(Object.entries(data.patterns[pattern]).map(([lang, words]) => [lang, words
    .replace(/\{(\d+)\}/g, (_, number) => inLanguage(values[number], lang))
    .replace(NAMED, (_, number) => inLanguage(number ? activities[number] : activity, lang))]));
}

const inLanguage = (value, lang) => (typeof value === "string" ? value : value[lang] ?? value.en);

// --- finding an activity by any of its names, or by a code

const MOST_OPTIONS = 12;
const CODE = /^[a-u]?\s*\d[\d.\s]*$/i;
const CODE_SYSTEMS = { "vsic-2018": "VSIC 2018", "vsic-2025": "VSIC 2025", "isic-rev4": "ISIC Rev.4" };
let vocabulary = null; // folded once, when it is first asked

const namesOf = (activity) => [activity.vi, activity.en, ...languages.map((lang) => activity[lang] ?? activity.en)];

function vocabularyOf() {
  vocabulary ??= activities.map((activity) => {
    const labels = namesOf(activity);
    const names = [...new Set([...labels, ...wordsOf(activity)])].map((text) => ({ text, folded: fold(text), isName: labels.includes(text) }));
    return { activity, names };
  });
  return vocabulary;
}

// The activities a text may mean, the likeliest first, each with the word that matched.
function activitiesLike(text, most = MOST_OPTIONS) {
  if (CODE.test(text.trim())) return activitiesOfCode(text).slice(0, most);
  const asked = fold(text);
  if (!asked) return [];
  const found = vocabularyOf()
    .map(({ activity, names }) => ({ activity, ...nearest(names, asked) }))
    .filter((item) => item.score < Infinity);
  found.sort((one, other) =>
    one.score - other.score || other.activity.is_industry - one.activity.is_industry || one.activity.number - other.activity.number);
  return found.slice(0, most);
}

// How near the nearest of some names is: the whole name, its start, words of it in any order.
function nearest(names, asked) {
  let best = { score: Infinity, word: "" };
  for (const { text, folded, isName } of names) {
    const score = nearness(folded, asked) + (isName ? 0 : 0.5); // the labels go before other words
    if (score < best.score) best = { score, word: text };
  }
  return best;
}

function nearness(name, asked) {
  if (name === asked) return 0;
  if (name.startsWith(asked + " ")) return 1;
  if (name.startsWith(asked)) return 2;
  if (` ${name}`.includes(` ${asked}`)) return 3;
  const words = ` ${name}`;
  return asked.split(" ").every((word) => words.includes(" " + word)) ? 4 : Infinity;
}

function activitiesOfCode(text) {
  const asked = text.replace(/[^\d]/g, "");
  const found = new Map();
  const rows = data.codes.filter(([, code]) => code.startsWith(asked) || (asked.startsWith(code) && code.length > 1));
  rows.sort(([, one], [, other]) => Math.abs(one.length - asked.length) - Math.abs(other.length - asked.length));
  for (const [system, code, title, meant] of rows) {
    const word = `${CODE_SYSTEMS[system] ?? system} ${code} – ${say(title)}`;
    for (const number of meant) if (!found.has(number)) found.set(number, { activity: activities[number], score: 0, word });
  }
  return [...found.values()];
}
