// --- sites on the map: symbols when far, outlines when near ------------------------------------

const OUTLINES_FROM_ZOOM = 13; // symbols below, outlines alone from here
const FAINT_OUTLINES_FROM_ZOOM = 11; // outlines join the symbols, to show their true size
const PUSHES = 80;
const SYMBOL_GAP_PX = 1;
const LEADER_FROM_PX = 7;
const PULL = 0.04;
const MEET_WITHIN = 2.5; // of the sizes of both, between their places
const HIT_PX = 30;
const SMALLEST_WITH_SIGN_PX = 19;

function symbolSize(site) {
  const size = Math.max(12, Math.round(10 + 0.44 * Math.sqrt(site.hectares)));
  return answers.verdictOf(site) ? Math.max(SMALLEST_WITH_SIGN_PX, size) : size;
}

const symbolShapes = new Map(); // one of each look

function symbolShape(site, size, verdict = null) {
  const look = [site.kind, site.isVague, size, verdict?.verdict].join(" ");
  if (!symbolShapes.has(look)) symbolShapes.set(look, newSymbolShape(site, size, verdict));
  return symbolShapes.get(look).cloneNode(true);
}

// The shape tells zone from cluster; the colour does too, until it is asked to tell the verdict.
function newSymbolShape(site, size, verdict) {
  const tone = verdict ? `judged ${verdict.verdict}` : site.isVague ? "vague" : "";
  const classes = `symbol ${site.kind} ${tone}`.trim();
  const half = size / 2;
  const shape =
    site.kind === "zone"
      ? drawn("rect", { class: classes, x: 1.5, y: 1.5, width: size - 3, height: size - 3, rx: 2.5 })
      : drawn("circle", { class: classes, cx: half, cy: half, r: half - 1.5 });
  const sign = verdict ? signPath(verdict, size, Math.min(size - 6, 20)) : null;
  return drawn("svg", { viewBox: `0 0 ${size} ${size}`, width: size, height: size, class: verdict ? `mark-of ${verdict.verdict}` : null, "aria-hidden": "true" }, shape, sign);
}

function symbolMarker(site) {
  const icon = L.divIcon({ className: `site-symbol ${site.kind}`, html: element("span", {}), iconSize: [HIT_PX, HIT_PX] });
  // The list is the way in for the keyboard; 35 more stops would only be in the way.
  return L.marker(site.anchors[0].slice(0, 2), { icon, keyboard: false, riseOnHover: true });
}

// The symbol drawn anew, for the verdict it has now.
function drawSymbol(marker, site, size) {
  const verdict = answers.verdictOf(site);
  const drawnFor = `${size} ${verdict?.verdict ?? ""}`;
  const node = marker.getElement();
  if (node.dataset.drawn === drawnFor) return;
  node.dataset.drawn = drawnFor;
  node.firstElementChild.replaceChildren(symbolShape(site, size, verdict));
}

// Pushes overlapping symbols apart; each is pulled back towards its place. Only those whose places
// are near each other can meet.
function spreadOut(spots) {
  const near = spots.flatMap((spot, number) => spots.slice(number + 1).filter((other) => canMeet(spot, other)).map((other) => [spot, other]));
  for (let push = 0; push < PUSHES; push += 1) {
    for (const spot of spots) {
      spot.x += (spot.homeX - spot.x) * PULL;
      spot.y += (spot.homeY - spot.y) * PULL;
    }
    for (const [spot, other] of near) pushApart(spot, other);
  }
}

function canMeet(one, other) {
  const reach = MEET_WITHIN * (one.size + other.size);
  return Math.abs(one.homeX - other.homeX) < reach && Math.abs(one.homeY - other.homeY) < reach;
}

function pushApart(one, other) {
  const wanted = (one.size + other.size) / 2 + SYMBOL_GAP_PX;
  const dx = other.x - one.x || 0.01;
  const dy = other.y - one.y;
  if (dx * dx + dy * dy >= wanted * wanted) return;
  const apart = Math.hypot(dx, dy);
  const share = one.size ** 2 / (one.size ** 2 + other.size ** 2); // the small one gives way
  const move = (wanted - apart) / apart;
  one.x -= dx * move * (1 - share);
  one.y -= dy * move * (1 - share);
  other.x += dx * move * share;
  other.y += dy * move * share;
}
