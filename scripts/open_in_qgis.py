"""Open a kit in QGIS itself and say whether it shows what it should; writes a picture.

Needs QGIS with its Python (Debian: apt-get install --no-install-recommends qgis python3-qgis), and
is run by the Python that QGIS belongs to, not by that of this project:

    QT_QPA_PLATFORM=offscreen /usr/bin/python3 scripts/open_in_qgis.py out/exports kit.png

Every shapefile, every layer of the GeoPackage and, where there is one, the project must load, be in
EPSG:9213, carry its style and hold the names of the side table with their diacritics.
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path

from qgis.core import (  # type: ignore[import-not-found]
    Qgis,
    QgsApplication,
    QgsMapRendererParallelJob,
    QgsMapSettings,
    QgsProject,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import QSize  # type: ignore[import-not-found]
from qgis.PyQt.QtGui import QColor  # type: ignore[import-not-found]

SYSTEM = "EPSG:9213"
DRAWN_OVER_ONE_ANOTHER = ("diem_cn", "kcn", "ccn", "huyen", "xa")  # the first is on top
GEOPACKAGE_LAYERS = ("zones", "clusters", "craft_points", "communes", "districts")
PICTURE = QSize(1400, 1100)


def opened(source: str, name: str) -> tuple[QgsVectorLayer, list[str]]:
    """A layer as QGIS opens it, with its default style, and what is wrong with it."""
    layer = QgsVectorLayer(source, name, "ogr")
    if not layer.isValid():
        return layer, ["does not load"]
    wrong = []
    if layer.crs().authid() != SYSTEM:
        wrong.append(f"is in {layer.crs().authid() or 'no system'}")
    message, styled = layer.loadDefaultStyle()
    if not styled:
        wrong.append(f"has no style: {message}")
    return layer, wrong


def names_of(folder: Path) -> dict[str, str]:
    """The names of the sites as the side table has them."""
    with (folder / "chuc_nang.csv").open(encoding="utf-8-sig", newline="") as table:
        return {row["MA_KHU"]: row["TEN_KHU"] for row in csv.DictReader(table)}


def wrong_names(layer: QgsVectorLayer, key: str, field: str, names: dict[str, str]) -> list[str]:
    """The rows whose name QGIS shows otherwise than the side table has it."""
    shown = {feature[key]: feature[field] for feature in layer.getFeatures()}
    return [f"{item}: {text!r}" for item, text in shown.items() if names.get(item) != text]


def picture(layers: list[QgsVectorLayer], path: str) -> None:
    """What QGIS draws of the layers, as an image file."""
    settings = QgsMapSettings()
    settings.setLayers(layers)
    settings.setDestinationCrs(layers[0].crs())
    settings.setBackgroundColor(QColor("white"))
    settings.setOutputSize(PICTURE)
    extent = layers[-1].extent()
    extent.scale(1.05)
    settings.setExtent(extent)
    job = QgsMapRendererParallelJob(settings)
    job.start()
    job.waitForFinished()
    job.renderedImage().save(path)


def main(folder: Path, image: str | None) -> int:
    """Open everything, print a line each, and return 1 where something is wrong."""
    print(f"QGIS {Qgis.QGIS_VERSION}")
    names, bad, shapefiles = names_of(folder), 0, []
    sources = [(f"{folder / name}.shp", name) for name in DRAWN_OVER_ONE_ANOTHER]
    sources += [
        (f"{path}|layername={name}", name)
        for path in sorted(folder.glob("*.gpkg"))
        for name in GEOPACKAGE_LAYERS
    ]
    for source, name in sources:
        if "|" not in source and not Path(source).exists():
            continue
        layer, wrong = opened(source, name)
        if layer.isValid() and name in ("kcn", "ccn"):
            wrong += wrong_names(layer, "MA_KHU", "TEN_KHU", names)
        if layer.isValid() and name in ("zones", "clusters"):
            wrong += wrong_names(layer, "site_id", "name", names)
        told = f"{layer.featureCount()} rows, {layer.crs().authid()}"
        if layer.isValid() and layer.renderer() is not None:
            told += f", {layer.renderer().type()}, labels {layer.labelsEnabled()}"
        print(f"{name}: {told}{'; WRONG: ' + '; '.join(wrong) if wrong else ''}")
        bad += bool(wrong)
        if "|" not in source and layer.isValid():
            shapefiles.append(layer)
    for path in sorted(folder.glob("*.qgs")):
        project = QgsProject()
        read = project.read(str(path))
        layers = list(project.mapLayers().values())
        broken = [layer.name() for layer in layers if not layer.isValid()]
        fine = read and layers and not broken and project.crs().authid() == SYSTEM
        print(f"{path.name}: {len(layers)} layers, {project.crs().authid()}, broken: {broken}")
        bad += not fine
    if image and shapefiles:
        picture(shapefiles, image)
    return int(bad > 0)


if __name__ == "__main__":
    application = QgsApplication([], True)
    application.initQgis()
    code = main(Path(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else None)
    application.exitQgis()
    sys.exit(code)
