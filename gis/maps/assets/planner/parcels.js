// --- parcels dropped, pasted or chosen: read, drawn, measured, answered; nothing leaves the page ----

const ROWS_AT_ONCE = 100;
const parcels = []; // {number, name, row, file, outline | trouble, found}
const troubles = []; // {file, trouble} of files that could not be read
let parcelLayer = null;
let parcelCanvas = null;
let rowsShown = ROWS_AT_ONCE;
let reading = Promise.resolve();

function connectParcels() {
  parcelCanvas = L.canvas({ pane: "parcels", padding: 0.3 });
  parcelLayer = L.layerGroup().addTo(map);
  byId("choose").addEventListener("click", () => byId("file").click());
  byId("file").addEventListener("change", async (event) => {
    await addFiles([...event.target.files]);
    event.target.value = "";
  });
  byId("paste").addEventListener("click", () => {
    const text = byId("pasted").value;
    addText(text, label("pasted_text"));
    if (troubles.length === 0 && text.trim()) byId("pasted").value = "";
  });
  byId("clear").addEventListener("click", clearParcels);
  byId("save-answers").addEventListener("click", () => save(answersTable(), "tngis-parcels.csv", "text/csv"));
  byId("more-parcels").addEventListener("click", () => {
    rowsShown += ROWS_AT_ONCE;
    writeParcels();
  });
  connectDrop();
}

function connectDrop() {
  const root = document.documentElement;
  const holds = (event) => [...(event.dataTransfer?.types ?? [])].some((type) => type === "Files" || type === "text/plain");
  for (const name of ["dragenter", "dragover"]) {
    document.addEventListener(name, (event) => {
      if (!holds(event)) return;
      event.preventDefault();
      root.classList.add("dropping");
    });
  }
  document.addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) root.classList.remove("dropping");
  });
  document.addEventListener("drop", (event) => {
    root.classList.remove("dropping");
    if (!holds(event)) return;
    event.preventDefault();
    const files = [...event.dataTransfer.files];
    if (files.length > 0) addFiles(files);
    else addText(event.dataTransfer.getData("text/plain"), label("pasted_text"));
  });
  document.addEventListener("paste", (event) => {
    if (event.target.closest?.("input, textarea")) return;
    const files = [...(event.clipboardData?.files ?? [])];
    if (files.length > 0) addFiles(files);
    else addText(event.clipboardData?.getData("text/plain") ?? "", label("pasted_text"));
  });
}

// Files are read one drop after another; the list is busy until the last of them is shown.
function addFiles(files) {
  byId("parcels").setAttribute("aria-busy", "true");
  const mine = reading.catch(() => {}).then(() => readFiles(files)).finally(() => {
    if (reading === mine) byId("parcels").removeAttribute("aria-busy");
  });
  reading = mine;
  return mine;
}

async function readFiles(files) {
  troubles.splice(0);
  const before = parcels.length;
  for (const file of files) {
    if (file.size > LARGEST_BYTES) {
      troubles.push({ file: file.name, trouble: trouble("too_large", "split", { values: { most: LARGEST_BYTES / 1e6 }, value: String(file.size) }) });
      continue;
    }
    const bytes = await file.arrayBuffer().then((buffer) => new Uint8Array(buffer), () => null);
    const read = bytes === null ? { trouble: trouble("unreadable", "unreadable") } : textOf(bytes);
    if (read.trouble) troubles.push({ file: file.name, trouble: read.trouble });
    else take(read.text, file.name, read.note ? [read.note] : []);
  }
  showTaken(before);
}

function addText(text, name) {
  troubles.splice(0);
  const before = parcels.length;
  take(text, name, []);
  showTaken(before);
}

function take(text, file, notes) {
  const read = readOutlines(text, ground().frame);
  troubles.push(...read.troubles.map((found) => ({ file, trouble: found })));
  for (const found of read.parcels) {
    const number = parcels.length + 1;
    const parcel = { ...found, number, file, notes: [...notes, ...read.notes], name: found.name || label("parcel_number", { number }) };
    if (!found.trouble) {
      parcel.outline = outlineOf(found.polygons);
      parcel.found = locate(parcel);
    }
    parcels.push(parcel);
  }
}

function showTaken(before) {
  openTab("parcels");
  drawParcels();
  writeParcels();
  const added = parcels.slice(before);
  const bounds = added.reduce((sum, parcel) => (parcel.layer ? sum.extend(parcel.layer.getBounds()) : sum), L.latLngBounds([]));
  if (added.length === 1 && !added[0].trouble) openParcel(added[0]);
  if (bounds.isValid()) map.fitBounds(bounds, { ...roomBeside(), maxZoom: 16, animate: false });
}

function clearParcels() {
  parcels.splice(0);
  troubles.splice(0);
  rowsShown = ROWS_AT_ONCE;
  if (chosen.card?.kind === "parcel") closeCard();
  drawParcels();
  writeParcels();
  byId("choose").focus();
}

function drawParcels() {
  const { frame } = ground();
  parcelLayer.clearLayers();
  for (const parcel of parcels.filter((item) => item.outline)) {
    const rings = parcel.outline.polygons.map((polygon) => polygon.map((ring) => ring.map(([east, north]) => frame.toDegrees(east, north).reverse())));
    parcel.layer = L.polygon(rings, { renderer: parcelCanvas, interactive: false, ...parcelLook(parcel) }).addTo(parcelLayer);
  }
}

const isOpenParcel = (parcel) => chosen.card?.kind === "parcel" && chosen.card.parcel === parcel;
const parcelLook = (parcel) => (isOpenParcel(parcel)
  ? { color: "#7a0f5c", weight: 4, fillColor: "#a3197b", fillOpacity: 0.35 }
  : { color: "#a3197b", weight: 2, fillColor: "#a3197b", fillOpacity: 0.18 });

function openParcel(parcel, opener) {
  openCard({ kind: "parcel", parcel }, opener ?? byId("parcels").querySelector(`[data-parcel="${parcel.number}"]`));
  for (const other of parcels) other.layer?.setStyle(parcelLook(other));
  for (const row of byId("parcels").querySelectorAll("[data-parcel]")) row.toggleAttribute("aria-current", Number(row.dataset.parcel) === parcel.number);
}

const parcelAt = ({ lat, lng }) => {
  if (parcels.length === 0) return null;
  const point = ground().frame.toGrid(lng, lat);
  return parcels.find((parcel) => parcel.outline && isInside(parcel.outline, point)) ?? null;
};

// --- the list

function writeParcels() {
  byId("troubles").hidden = troubles.length === 0;
  byId("troubles").replaceChildren(...troubles.map((item) => element("p", {}, ...troubleWords(item.trouble, item.file))));
  const measuredOnes = parcels.filter((parcel) => parcel.outline);
  const bad = parcels.length - measuredOnes.length;
  const total = measuredOnes.reduce((sum, parcel) => sum + parcel.outline.area_m2, 0);
  byId("parcel-count").textContent = parcels.length === 0 ? "" : label(bad ? "parcel_count_bad" : "parcel_count", { count: parcels.length, hectares: fixed(total / M2_PER_HA, 2), bad });
  byId("parcel-tools").hidden = parcels.length === 0;
  const notes = [...new Set(parcels.flatMap((parcel) => parcel.notes))];
  byId("parcel-notes").replaceChildren(...notes.map((note) => element("p", { class: "small" }, label(note))));
  byId("parcels").replaceChildren(...parcels.slice(0, rowsShown).map(parcelRow));
  byId("more-parcels").hidden = parcels.length <= rowsShown;
  byId("more-parcels").textContent = label("more_parcels", { count: Math.min(ROWS_AT_ONCE, parcels.length - rowsShown) });
  byId("drop").classList.toggle("compact", parcels.length > 0);
}

function parcelRow(parcel) {
  const button = element("button", { type: "button", class: "parcel-row", "data-parcel": parcel.number, "aria-current": isOpenParcel(parcel) ? "true" : null },
    element("span", { class: "parcel-name" }, parcel.name),
    element("span", { class: "parcel-hectares" }, parcel.outline ? hectaresOf(parcel.outline.area_m2) : label("not_measured")),
    parcel.trouble
      ? element("span", { class: "parcel-trouble" }, ...troubleWords(parcel.trouble, parcel.file, parcel.row))
      : element("span", { class: "parcel-place" }, ...placeWords(parcel.found)));
  button.addEventListener("click", () => {
    openParcel(parcel, button);
    if (parcel.layer) map.fitBounds(parcel.layer.getBounds(), { ...roomBeside(), maxZoom: 16, animate: false });
  });
  return element("li", {}, button);
}

function placeWords(found) {
  const [unit] = found.units;
  const where = unit ? `${unit.row.label}, ${unit.row.district}${!isWhole(unit.share) ? ` (${percent(unit.share)})` : ""}` : label("in_no_commune");
  const touched = found.sites.map((part) => `${part.row.short_name} ${percent(part.share)}`).join(", ");
  return [where, touched ? element("span", { class: "touched" }, label("touches_words", { sites: touched })) : null, verdictWords(found)].filter(Boolean);
}

// The answer about the ground, and beside an unknown one that of the first place by its name.
function verdictWords(found) {
  if (!chosen.activity) return null;
  const answer = groundVerdict(found, chosen.activity);
  const [first] = answer.named;
  return element("span", { class: "verdict-line" }, label("on_the_ground") + ": ", verdictTag(answer.verdict),
    ...(first ? [" ", label("by_name_of", { name: first.name }), " ", verdictTag(first.ruling.verdict.verdict)] : []));
}

// file, row, field, value: what is wrong, and the mend.
function troubleWords(found, file, feature) {
  const place = [
    file ? label("in_file", { file }) : null,
    found.row ?? feature ? label("in_row", { row: found.row ?? feature }) : null,
    found.field ? label("in_field", { field: found.field }) : null,
    found.value !== undefined && found.value !== null ? label("in_value", { value: found.value }) : null,
  ].filter(Boolean).join(", ");
  return [element("strong", {}, label(found.what, found.values)), place ? ` – ${place}. ` : ". ", element("span", {}, label("mend", { mend: label(found.mend, found.values) }))];
}

const troubleLine = (found, parcel) => element("p", { class: "trouble-line" }, ...troubleWords(found, parcel.file, parcel.row));

// --- what is saved: made here, by the browser, out of what is shown

const inert = (text) => (/^[\s]*[=+\-@\t\r]/.test(text) ? `'${text}` : text);
const cellOf = (value) => {
  const text = typeof value === "number" ? String(value) : inert(String(value ?? ""));
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};

function answersTable() {
  const { activity } = chosen;
  const columns = ["parcel", "file", "row", "grid_ha", "crs", "communes", "districts", "sites", "activity", "verdict_on_the_ground", "verdicts_by_name", "mind", "trouble", "plan_status"];
  const rows = parcels.map((parcel) => {
    const found = parcel.found ?? { units: [], sites: [], districts: [], flags: [] };
    const answer = activity && parcel.found ? groundVerdict(found, activity) : null;
    return [
      parcel.name, parcel.file, parcel.row, parcel.outline ? Number((parcel.outline.area_m2 / M2_PER_HA).toFixed(6)) : "", data.grid.crs,
      found.units.map((unit) => `${unit.row.label} ${percent(unit.share)}`).join("; "),
      found.districts.map((item) => `${item.name} ${percent(item.share)}`).join("; "),
      found.sites.map((part) => `${siteName(part.row)} ${percent(part.share)}`).join("; "),
      activity ? say(activity) : "", answer ? verdictInWords(answer.verdict) : "",
      answer ? answer.named.map((item) => `${item.name}: ${verdictInWords(item.ruling.verdict.verdict)}`).join("; ") : "",
      found.flags.map((flag) => flag.text).join(" "),
      parcel.trouble ? label(parcel.trouble.what, parcel.trouble.values) : "", say(data.plan.status),
    ];
  });
  return "\ufeff" + [columns, ...rows].map((row) => row.map(cellOf).join(",")).join("\r\n") + "\r\n";
}

function save(text, name, type) {
  const address = URL.createObjectURL(new Blob([text], { type }));
  const link = element("a", { href: address, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 1000);
}
