// --- the address: what is shown, so that it can be sent to someone else --------------------------

function mergedAddress() {
  const parts = new URLSearchParams(location.search);
  for (const [name, value] of new URLSearchParams(location.hash.slice(1))) parts.set(name, value);
  return parts;
}

function readLanguage(parts) {
  const lang = parts.get("lang");
  language = languages.includes(lang) ? lang : data.language;
}

function viewOf(text) {
  const numbers = (text ?? "").split("/").map(Number);
  const isSound =
    numbers.length === 3 && numbers.every(Number.isFinite) &&
    Math.abs(numbers[1]) <= 85 && Math.abs(numbers[2]) <= 180;
  return isSound ? { zoom: numbers[0], centre: [numbers[1], numbers[2]] } : null;
}

function viewWords() {
  const { lat, lng } = map.getCenter();
  return `${map.getZoom()}/${lat.toFixed(4)}/${lng.toFixed(4)}`;
}

// The address is taken by what is shown, so the skip link moves the focus itself.
function connectSkipLink() {
  document.querySelector(".skip-link").addEventListener("click", (event) => {
    event.preventDefault();
    byId(event.currentTarget.hash.slice(1)).focus();
  });
}
