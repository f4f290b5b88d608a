// --- verdicts as marks: a colour and a sign each, so that no meaning is in colour alone ----------

const SIGNS = { // drawn in a square of 16
  "listed": "M3.5 8.4 6.7 11.6 12.6 4.8",
  "directed": "M2.8 8h9.4M8.6 4.2 12.4 8l-3.8 3.8",
  "open-list": "M3.6 8h.01M8 8h.01M12.4 8h.01",
  "unknown": "M5.4 6.1a2.6 2.6 0 1 1 3.7 2.4c-.8.4-1.1.8-1.1 1.6M8 12.7h.01",
  "not-listed": "M4.4 4.4l7.2 7.2M11.6 4.4l-7.2 7.2",
  "limited-or-forbidden": "M8 3v6M8 12.6h.01",
};

const verdictName = (verdict) => label("verdict_" + verdict.verdict);

// The sign of a verdict, to stand beside its words.
function verdictMark(verdict, size = 20) {
  return drawn("svg", { class: `mark-of ${verdict.verdict}`, viewBox: "0 0 20 20", width: size, height: size, "aria-hidden": "true" },
    drawn("circle", { class: "mark-ground", cx: 10, cy: 10, r: 9 }), signPath(verdict, 20, 12));
}

// The sign centred in a square of `size`, itself `sign` wide.
function signPath(verdict, size, sign) {
  const shift = (size - sign) / 2;
  return drawn("path", { class: "mark-sign", d: SIGNS[verdict.verdict], transform: `translate(${shift} ${shift}) scale(${sign / 16})` });
}

function markedVerdict(verdict) {
  return element("span", { class: `verdict-tag ${verdict.verdict}` }, verdictMark(verdict, 18), verdictName(verdict));
}

// The legend tells what the signs mean, as long as sites are coloured by verdict.
function showVerdictLegend(isJudging) {
  document.documentElement.classList.toggle("judging", isJudging);
  byId("legend-verdicts").hidden = !isJudging;
  byId("legend-verdicts").replaceChildren(...(isJudging ? data.verdicts.map((verdict) => element("li", {}, markedVerdict(verdict))) : []));
}
