// --- tables of corner points: X is north and Y is east, as Vietnamese surveys write them ----------

const HEADINGS = {
  north: ["x", "x m", "xm", "toa do x", "toa do x m", "bac", "north", "northing", "n"],
  east: ["y", "y m", "ym", "toa do y", "toa do y m", "dong", "east", "easting", "e"],
  parcel: ["thua", "so thua", "thua so", "thua dat", "ma thua", "so hieu thua", "parcel", "plot", "lot", "lo", "khu", "ten", "ten thua", "name", "id"],
  corner: ["stt", "tt", "diem", "so diem", "diem so", "ten diem", "so hieu diem", "so hieu", "dinh", "goc", "moc", "point", "corner", "no", "vertex"],
};

// A number as a person writes it: 2380000,5 · 2 380 000.5 · 2.380.000,5 · 2,380,000.5; else NaN.
function numberIn(text) {
  const bare = String(text).replace(/[\s\u00a0']/g, "");
  if (!/^[+-]?[\d.,]*\d[\d.,]*$/.test(bare)) return NaN;
  const separators = bare.match(/[.,]/g) ?? [];
  const last = separators.at(-1);
  const isMixed = separators.includes(".") && separators.includes(",");
  if (separators.filter((mark) => mark === last).length > 1) {
    return isMixed ? NaN : groupedNumber(bare, last);
  }
  if (!isMixed) return Number(bare.replace(",", "."));
  const other = last === "." ? "," : ".";
  const [whole, part] = bare.split(last);
  return Number(`${groupedNumber(whole, other)}.${part}`);
}

const groupedNumber = (text, mark) =>
  text.split(mark).slice(1).every((group) => group.length === 3) ? Number(text.split(mark).join("")) : NaN;

function readCorners(text, frame) {
  const lines = text.replace(/^\ufeff/, "").split(/\r\n|\r|\n/);
  const mark = separatorOf(lines);
  const rows = lines.map((line, place) => ({ number: place + 1, cells: cellsOf(line, mark), isBlank: /^[\s;,\t]*$/.test(line) }));
  const table = { ...columnsOf(rows, frame), mark };
  if (table.trouble) return refused(table.trouble);
  const body = rows.filter((row) => row.cells.some(isLarge));
  if (mark === "," && isCutTwice(body, table.heading, table)) return refused(commaTwice(body[0]));
  return { parcels: parcelsOf(rows, table, frame), troubles: [], notes: table.isSwapped ? ["note_swapped"] : [] };
}

// The separator most lines hold; a comma only where none holds a tab or a semicolon, and where it
// does not cut decimals between spaces.
function separatorOf(lines) {
  const holding = (mark) => lines.filter((line) => line.includes(mark)).length;
  if (holding("\t") > 0 || holding(";") > 0) return holding("\t") >= holding(";") ? "\t" : ";";
  const isDecimal = (line) => line.trim().split(/\s+/).filter((word) => /^\d{5,},\d+$/.test(word)).length >= 2;
  return holding(",") > 0 && !lines.some(isDecimal) ? "," : " ";
}

// A comma that parts columns and cuts decimals too: no one can tell the two apart.
function isCutTwice(body, heading, { north, east }) {
  const hasTail = ({ cells }, column) => /^\d+$/.test(cells[column] ?? "") && /^\d{1,4}$/.test(cells[column + 1] ?? "");
  if (heading) return body.some((row) => row.cells.length > heading.cells.length);
  return body.some((row) => hasTail(row, north) && hasTail(row, east));
}

function cellsOf(line, mark) {
  if (mark === " ") return line.trim().split(/\s+/);
  const cells = [];
  let cell = "";
  let isQuoted = false;
  for (let place = 0; place < line.length; place += 1) {
    const letter = line[place];
    if (isQuoted) {
      if (letter === '"' && line[place + 1] === '"') {
        cell += letter;
        place += 1;
      } else if (letter === '"') isQuoted = false;
      else cell += letter;
    } else if (letter === '"' && cell.trim() === "") {
      isQuoted = true;
      cell = "";
    } else if (letter === mark) {
      cells.push(cell.trim());
      cell = "";
    } else cell += letter;
  }
  return [...cells, cell.trim()];
}

// Which column is what: by its heading where there is one, else by values that lie in the province.
function columnsOf(rows, { box }) {
  const heading = rows.find((row) => roleColumns(row.cells).north !== undefined && roleColumns(row.cells).east !== undefined);
  const body = rows.filter((row) => !row.isBlank && row !== heading);
  if (heading) {
    const roles = roleColumns(heading.cells);
    return { ...orderOf(body, roles.north, roles.east, box), heading, parcel: roles.parcel, corner: roles.corner };
  }
  const width = Math.max(...body.map((row) => row.cells.length), 0);
  let best = { count: 0 };
  for (let north = 0; north < width; north += 1) {
    for (let east = 0; east < width; east += 1) {
      const count = north === east ? 0 : body.filter((row) => liesIn(row, north, east, box)).length;
      if (count > best.count) best = { count, north, east };
    }
  }
  if (best.count === 0) return { trouble: nowhere(body, box) };
  const others = [...Array(width).keys()].filter((column) => column !== best.north && column !== best.east);
  return { north: best.north, east: best.east, isSwapped: false, ...unnamed(body, others) };
}

function roleColumns(cells) {
  const roles = {};
  cells.forEach((cell, column) => {
    const [role] = Object.entries(HEADINGS).find(([, words]) => words.includes(fold(cell))) ?? [];
    if (role && roles[role] === undefined) roles[role] = column;
  });
  return roles;
}

const pointIn = (row, north, east, box) => {
  const point = [metresIn(row.cells[east], box.west, box.east), metresIn(row.cells[north], box.south, box.north)];
  return Number.isNaN(point[0] + point[1]) ? null : point;
};
const liesIn = (row, north, east, box) => pointIn(row, north, east, box) !== null;

// 430.000 is 430 or, where only that lies in the province, 430 000.
function metresIn(text = "", least, most) {
  const bare = text.trim();
  const readings = [numberIn(bare), /^\d{1,3}[.,]\d{3}$/.test(bare) ? Number(bare.replace(/[.,]/, "")) : NaN];
  return readings.find((metres) => metres >= least && metres <= most) ?? NaN;
}

// Headings say X and Y; whether X is the northing, as in surveys, the values say.
function orderOf(body, north, east, box) {
  const straight = body.filter((row) => liesIn(row, north, east, box)).length;
  const swapped = body.filter((row) => liesIn(row, east, north, box)).length;
  return swapped > straight ? { north: east, east: north, isSwapped: true } : { north, east, isSwapped: false };
}

function nowhere(body, box) {
  const row = body.find((item) => item.cells.filter((cell) => !Number.isNaN(numberIn(cell))).length >= 2) ?? body[0];
  return trouble("not_here", "not_here", { row: row?.number, value: shortened(row?.cells.join("; ") ?? ""), values: boundsInWords(box) });
}

const commaTwice = (row) => trouble("comma_twice", "comma_twice", { row: row.number, value: shortened(row.cells.join(",")) });

const boundsInWords = (box) => ({
  south: Math.round(box.south / 1000), north: Math.round(box.north / 1000), west: Math.round(box.west / 1000), east: Math.round(box.east / 1000),
});

// Without headings: a column that keeps its value from row to row names the parcel.
function unnamed(body, columns) {
  const keeps = (column) => body.filter((row, place) => place > 0 && row.cells[column] && row.cells[column] === body[place - 1].cells[column]).length;
  const parcel = columns.find((column) => keeps(column) >= body.length / 2);
  const corner = columns.find((column) => column !== parcel && body.every((row) => row.cells[column] !== undefined));
  return { parcel, corner };
}

function parcelsOf(rows, table, frame) {
  const parcels = [];
  let open = null;
  let caption = "";
  const close = () => {
    if (open) parcels.push(closed(open));
    open = null;
  };
  for (const row of rows) {
    if (isHeading(row, table)) continue;
    if (isCaption(row, table, open)) {
      close();
      caption = captionIn(row, table);
      continue;
    }
    const name = row.cells[table.parcel] || "";
    const corner = row.cells[table.corner] || "";
    const point = cornerOf(row, table, frame);
    if (open && ((name && name !== open.name) || startsAgain(open, corner, point))) close();
    if (!open) {
      open = { name: name || caption, row: row.number, points: [], first: corner, corners: 0 };
      caption = "";
    }
    open.corners += 1;
    if (point.trouble) open.trouble ??= point.trouble;
    else open.points.push(point);
    if (isBackAtStart(open)) close();
  }
  close();
  return parcels;
}

const isHeading = (row, { heading }) =>
  row === heading || (heading !== undefined && heading.cells.every((cell, column) => cell === row.cells[column]));

// A line that names what follows, sums up what went before, or parts two parcels; one that looks
// like a corner with something wrong in it is none.
function isCaption(row, { north, east, mark }, open) {
  if (row.isBlank || (!open && !row.cells.some(isLarge))) return true;
  if (mark === " ") return Number.isNaN(numberIn(row.cells[0]));
  return !row.cells[north] && !row.cells[east];
}

const isLarge = (cell) => numberIn(cell) >= 10000 || /\d{5}/.test(cell);

function captionIn({ cells }, { mark }) {
  const filled = cells.filter(Boolean);
  return mark === " " || filled.length === 1 ? filled.join(" ") : "";
}

// The first number once more is the closing point, or else the next parcel.
const startsAgain = (open, corner, point) =>
  corner !== "" && open.corners > 1 && corner === open.first && !isSamePoint(open.points[0], point);

const isSamePoint = (one, other) => one?.[0] === other?.[0] && one?.[1] === other?.[1];

function isBackAtStart({ points }) {
  return points.length > 3 && isSamePoint(points[0], points.at(-1));
}

function cornerOf(row, { north, east, heading }, { box }) {
  const fieldOf = (column) => heading?.cells[column] || String(column + 1);
  for (const column of [north, east]) {
    if (Number.isNaN(numberIn(row.cells[column] ?? ""))) return { trouble: trouble("no_metres", "no_metres", { row: row.number, field: fieldOf(column), value: shortened(row.cells[column] ?? "") }) };
  }
  const point = pointIn(row, north, east, box);
  if (point) return point;
  if (liesIn(row, east, north, box)) return { trouble: trouble("swapped_here", "swapped_here", { row: row.number, field: `${fieldOf(north)}; ${fieldOf(east)}`, value: shortened(`${row.cells[north]}; ${row.cells[east]}`) }) };
  return { trouble: trouble("not_here", "not_here", { row: row.number, field: `${fieldOf(north)}; ${fieldOf(east)}`, value: shortened(`${row.cells[north]}; ${row.cells[east]}`), values: boundsInWords(box) }) };
}

function closed({ name, row, points, trouble: found }) {
  return found ? { name, row, trouble: found } : { name, row, polygons: [[ringOf(points)]] };
}
