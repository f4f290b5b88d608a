// --- sites on the map: symbols when far, outlines when near ------------------------------------

const OUTLINES_FROM_ZOOM = 13; // symbols below, outlines alone from here
const FAINT_OUTLINES_FROM_ZOOM = 11; // outlines join the symbols, to show their true size
const PUSHES = 80;
const SYMBOL_GAP_PX = 1;
const LEADER_FROM_PX = 7;
const PULL = 0.04;
const HIT_PX = 30;
const SMALLEST_WITH_SIGN_PX = 19;

function symbolSize(site) {
  const size = Math.max(12, Math.round(10 + 0.44 * Math.sqrt(site.hectares)));
  return answers.verdictOf(site) ? Math.max(SMALLEST_WITH_SIGN_PX, size) : size;
}

// The shape tells zone from cluster; the colour does too, until it is asked to tell the verdict.
function symbolShape(site, size, verdict = null) {
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

// Pushes overlapping symbols apart; each is pulled back towards its place.
function spreadOut(spots) {
  for (let push = 0; push < PUSHES; push += 1) {
    for (const spot of spots) {
      spot.x += (spot.homeX - spot.x) * PULL;
      spot.y += (spot.homeY - spot.y) * PULL;
    }
    for (let one = 0; one < spots.length; one += 1) {
      for (let other = one + 1; other < spots.length; other += 1) pushApart(spots[one], spots[other]);
    }
  }
}

function pushApart(one, other) {
  const wanted = (one.size + other.size) / 2 + SYMBOL_GAP_PX;
  const dx = other.x - one.x || 0.01;
  const dy = other.y - one.y;
  const apart = Math.hypot(dx, dy);
  if (apart >= wanted) return;
  const share = one.size ** 2 / (one.size ** 2 + other.size ** 2); // the small one gives way
  const move = (wanted - apart) / apart;
  one.x -= dx * move * (1 - share);
  one.y -= dy * move * (1 - share);
  other.x += dx * move * share;
  other.y += dy * move * share;
}
