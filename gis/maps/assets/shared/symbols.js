// --- sites on the map: symbols when far, outlines when near ------------------------------------

const OUTLINES_FROM_ZOOM = 13; // symbols below, outlines alone from here
const FAINT_OUTLINES_FROM_ZOOM = 11; // outlines join the symbols, to show their true size
const PUSHES = 80;
const SYMBOL_GAP_PX = 1;
const LEADER_FROM_PX = 7;
const PULL = 0.04;
const HIT_PX = 30;

const symbolSize = (site) => Math.max(12, Math.round(10 + 0.44 * Math.sqrt(site.hectares)));

function symbolShape(site, size = symbolSize(site)) {
  const classes = `symbol ${site.kind}${site.isVague ? " vague" : ""}`;
  const half = size / 2;
  const shape =
    site.kind === "zone"
      ? drawn("rect", { class: classes, x: 1.5, y: 1.5, width: size - 3, height: size - 3, rx: 2.5 })
      : drawn("circle", { class: classes, cx: half, cy: half, r: half - 1.5 });
  return drawn("svg", { viewBox: `0 0 ${size} ${size}`, width: size, height: size, "aria-hidden": "true" }, shape);
}

function symbolMarker(site) {
  const size = symbolSize(site);
  const hit = Math.max(size, HIT_PX);
  const icon = L.divIcon({
    className: `site-symbol ${site.kind}`,
    html: element("span", {}, symbolShape(site)),
    iconSize: [hit, hit],
  });
  // The list is the way in for the keyboard; 35 more stops would only be in the way.
  return L.marker(site.anchors[0].slice(0, 2), { icon, keyboard: false, riseOnHover: true });
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
