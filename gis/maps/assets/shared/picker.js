// --- a box to type in, with a list of what it may mean -------------------------------------------

// `find` gives rows {lead, text, detail, pick} for a typed text; `pick` runs for the row chosen.
function connectPicker(input, list, find) {
  let options = [];
  let active = -1;

  const close = () => {
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
    mark(-1);
  };
  const mark = (place) => {
    active = place;
    [...list.children].forEach((node, other) => node.setAttribute("aria-selected", String(other === place)));
    const node = list.children[place];
    if (node) {
      input.setAttribute("aria-activedescendant", node.id);
      node.scrollIntoView({ block: "nearest" });
    } else input.removeAttribute("aria-activedescendant");
  };
  const pick = (place) => {
    const chosen = options[place];
    if (!chosen) return;
    input.value = "";
    close();
    chosen.pick();
  };
  const show = () => {
    options = find(input.value);
    list.replaceChildren(...options.map((option, place) => optionRow(option, place, list.id, () => pick(place))));
    list.hidden = options.length === 0;
    input.setAttribute("aria-expanded", String(!list.hidden));
    mark(-1);
  };

  input.addEventListener("input", show);
  input.addEventListener("focus", show);
  input.addEventListener("click", () => { if (list.hidden) show(); });
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return; // the key ends a syllable that is still being typed
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      if (list.hidden) show();
      if (options.length) mark((active + step + options.length + (active < 0 && step < 0 ? 1 : 0)) % options.length);
      event.preventDefault();
    } else if (event.key === "Enter") {
      event.preventDefault();
      if (!list.hidden) pick(Math.max(active, 0));
    } else if (event.key === "Escape" && !list.hidden) {
      close();
      event.stopPropagation();
    }
  });
}

function optionRow(option, place, listId, pick) {
  const node = element("li", { role: "option", id: `${listId}-${place}`, "aria-selected": "false" },
    option.lead ?? null,
    element("span", { class: "option-text" }, option.text),
    option.detail ? element("span", { class: "option-detail" }, option.detail) : null);
  node.addEventListener("pointerdown", (event) => event.preventDefault()); // the box keeps the focus
  node.addEventListener("click", pick);
  return node;
}
