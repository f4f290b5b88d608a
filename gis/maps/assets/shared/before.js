// Leaflet asks for what only Internet Explorer had. The error of its being missing would make the
// browser read all of Leaflet once more, to tell where it arose.
document.namespaces = { add() {} };
