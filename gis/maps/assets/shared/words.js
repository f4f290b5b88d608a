// --- words, numbers and elements; all text goes through textContent ---------------------------

const byId = (id) => document.getElementById(id);

// What a thing is, made when it is first asked for.
function once(make) {
  let made;
  return () => (made ??= make());
}

const read = (id) => JSON.parse(byId(id).textContent);
const data = read("page-data");
const later = once(() => read("page-later")); // what nobody sees before asking for it is read then
for (const name of data.later) Object.defineProperty(data, name, { get: () => later()[name] });

const languages = Object.keys(data.labels);
const SVG = "http://www.w3.org/2000/svg";
const UNITS = 10000; // hectares are summed as whole numbers, four decimals kept

let language = data.language;

function label(key, values = {}) {
  const text = data.labels[language][key];
  if (text === undefined) throw new Error("no label " + key);
  if (!text.includes("{")) return text;
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}

// A sentence that the page's language lacks is told in English, and says so.
const say = (text) => text[language] ?? (text.en ? `${text.en} [EN]` : "");

// The same for an element, so that it is also read out as what it is.
const tell = (text) => (text[language] === undefined ? element("span", { lang: "en" }, say(text)) : say(text));

// 1.160,83 in Vietnamese, 1,160.83 elsewhere
function number(text) {
  const [whole, part = ""] = String(text).split(".");
  const [group, point] = language === "vi" ? [".", ","] : [",", "."];
  const decimals = part.replace(/0+$/, "");
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, group);
  return decimals ? grouped + point + decimals : grouped;
}

const hectares = (text) => label("hectares", { value: number(text) });

function sumOfHectares(sites) {
  const units = sites.reduce((sum, site) => sum + Math.round(Number(site.stated_ha) * UNITS), 0);
  return number((units / UNITS).toFixed(4));
}

function fold(text) {
  const plain = text.normalize("NFD").replace(/\p{M}/gu, "");
  return plain.toLowerCase().replace(/đ/g, "d").replace(/[^\p{L}\p{N}]+/gu, " ").trim();
}

function element(tag, attributes = {}, ...children) {
  return filled(document.createElement(tag), attributes, children);
}

function drawn(tag, attributes = {}, ...children) {
  return filled(document.createElementNS(SVG, tag), attributes, children);
}

function filled(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined && value !== false) node.setAttribute(name, value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

// Text of the decision stays Vietnamese in every language.
const verbatim = (tag, attributes, text) => element(tag, { lang: "vi", ...attributes }, text);

function writeLabels() {
  document.documentElement.lang = language;
  for (const node of document.querySelectorAll("[data-label]")) {
    node.textContent = label(node.dataset.label);
  }
  for (const node of document.querySelectorAll("[data-label-aria]")) {
    node.setAttribute("aria-label", label(node.dataset.labelAria));
    if (node.tagName === "BUTTON") node.title = label(node.dataset.labelAria);
  }
}

function writeHeadings() {
  const title = label(`${data.page}_title`, { province: say(data.plan.province) });
  document.title = title;
  byId("page-title").textContent = title;
  byId("page-subtitle").textContent = label("subtitle", {
    document: data.plan.document,
    title: say(data.plan.title),
  });
  byId("status").textContent = say(data.plan.status);
  byId("status-on-paper").textContent = say(data.plan.status);
  byId("map").setAttribute("aria-label", label("map_name"));
  byId("legend-units").textContent = label(`legend_units_${unitsDrawn()}`, { year: data.plan.units_as_of.slice(0, 4) });
}

// What the lines of communes are worth: no more than the weakest of them.
function unitsDrawn() {
  const [weakest, ...others] = ["indicative", "digitised", "surveyed"].filter((way) => data.plan.units_drawn.includes(way));
  if (!weakest) return "absent";
  return weakest === "indicative" && others.length > 0 ? "partly" : weakest;
}

function writeLanguages(changed) {
  byId("languages").replaceChildren(...languages.map((lang) => {
    const words = data.labels[lang];
    const button = element("button", { type: "button", lang, "aria-pressed": String(lang === language), "data-language": lang },
      element("span", { class: "long" }, words.language_name), element("span", { class: "short", "aria-hidden": "true" }, words.language_short));
    button.addEventListener("click", () => {
      language = lang;
      changed();
      byId("languages").querySelector(`[data-language="${lang}"]`).focus();
    });
    return button;
  }));
}

// A browser may go on drawing boxes for words it met before the page's own font was there.
const afterFonts = (start) => (handles) => {
  const begin = () => {
    document.documentElement.dataset.begun = ""; // until now nothing was laid out but to be laid out anew
    start(handles);
  };
  const fonts = [...document.fonts];
  if (fonts.length === 0) begin();
  else Promise.allSettled(fonts.map((font) => font.load())).then(begin);
};
