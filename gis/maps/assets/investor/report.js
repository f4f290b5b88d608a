// --- a report of an error: two small files to send, one for the program and one for people ---------

const REPORT_SCHEMA = "tngis-errata/1";
const ABOUT = ["place", "outline", "area", "functions", "name", "availability", "other"];
const LONGEST_MESSAGE = 4000;

function openReport(site, isPicking) {
  const dialog = byId("report");
  const message = element("textarea", { id: "report-message", rows: "4", maxlength: String(LONGEST_MESSAGE), required: "" });
  const about = element("select", { id: "report-about" }, ...ABOUT.map((item) => element("option", { value: item }, label("about_" + item))));
  const place = element("input", { id: "report-place", type: "text", inputmode: "decimal", autocomplete: "off", placeholder: "21.4500, 105.8600" });
  const contact = element("input", { id: "report-contact", type: "text", maxlength: "200", autocomplete: "off" });
  const error = element("p", { class: "flag", role: "alert", hidden: "" });
  const pick = textButton("report_pick", "quiet", () => {
    dialog.close();
    isPicking((where) => {
      if (where) place.value = `${where.lat.toFixed(5)}, ${where.lng.toFixed(5)}`;
      dialog.showModal();
      place.focus();
    });
  });
  const form = element("form", { method: "dialog", novalidate: "" },
    element("h2", { id: "report-title" }, label("report_title", { site: site.short_name })),
    element("p", { class: "small" }, label("report_how")),
    field("report_about", about), field("report_message", message),
    field("report_place", place), pick, field("report_contact", contact), error,
    element("div", { class: "dialog-buttons" }, textButton("cancel", "quiet", () => dialog.close()), element("button", { type: "submit", class: "solid", id: "report-save" }, label("report_save"))));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const point = pointOf(place.value);
    const fault = !message.value.trim() ? "report_needs_message" : point === undefined ? "report_bad_place" : null;
    error.hidden = !fault;
    error.textContent = fault ? label(fault) : "";
    if (fault) {
      (fault === "report_bad_place" ? place : message).focus();
      return;
    }
    saveReport(site, { about: about.value, message: message.value.trim(), contact: contact.value.trim(), point });
    dialog.close();
  });
  dialog.replaceChildren(form);
  dialog.showModal();
  message.focus();
}

const field = (key, control) => element("div", { class: "field" }, element("label", { for: control.id }, label(key)), control);

function textButton(key, classes, run) {
  const button = element("button", { type: "button", class: classes, "data-act": key }, label(key));
  button.addEventListener("click", run);
  return button;
}

// [longitude, latitude] of what was typed; null where nothing was, undefined where it is no place.
function pointOf(text) {
  if (!text.trim()) return null;
  const numbers = text.trim().split(/[\s,;]+/).map(Number);
  const isSound = numbers.length === 2 && numbers.every(Number.isFinite) && Math.abs(numbers[0]) <= 90 && Math.abs(numbers[1]) <= 180;
  return isSound ? [numbers[1], numbers[0]] : undefined;
}

function saveReport(site, { about, message, contact, point }) {
  const properties = {
    schema: REPORT_SCHEMA, plan: planNamed(), site_id: site.id, site_name: site.name, about, message, contact, language,
  };
  const geometry = point ? { type: "Point", coordinates: point } : null;
  const name = `tngis-errata-${site.id}`;
  save(`${name}.geojson`, "application/geo+json", JSON.stringify({ type: "Feature", geometry, properties }, null, 1) + "\n");
  const lines = [
    label("report_title", { site: site.name }), "",
    `${label("report_about")}: ${label("about_" + about)}`,
    `${label("report_message")}: ${message}`,
    `${label("report_place")}: ${point ? `${point[1]}, ${point[0]}` : label("not_stated")}`,
    `${label("report_contact")}: ${contact || label("not_stated")}`,
    `${label("column_basis")}: ${citedWords(site, "area")}`, "",
    label("report_for_planner", { file: `${name}.geojson` }),
    `${data.plan.code} ${data.plan.content_sha256}`,
  ];
  save(`${name}.txt`, "text/plain;charset=utf-8", "\ufeff" + lines.join("\r\n") + "\r\n");
}

// One press on the map gives a place; Esc gives none.
function pickPlace(done) {
  const container = map.getContainer();
  container.classList.add("picking");
  byId("readout").textContent = label("report_picking");
  byId("readout").hidden = false;
  const finish = (where) => {
    container.classList.remove("picking");
    byId("readout").hidden = true;
    map.off("click", pressed);
    document.removeEventListener("keydown", left, true);
    done(where);
  };
  const pressed = (event) => finish(event.latlng);
  const left = (event) => {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    finish(null);
  };
  map.on("click", pressed);
  document.addEventListener("keydown", left, true);
}
