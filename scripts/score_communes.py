"""Score the indicative communes against reference outlines, for a developer who has such a file."""

import argparse
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gis.shares import likeness, shared_m2

LAYERS = Path(__file__).resolve().parent.parent / "layers" / "thai-nguyen-341"
METRES = 9213  # VN-2000 / TM-3 Thái Nguyên 106-30


def main() -> None:
    """Print the scores."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("reference", type=Path, help="GeoJSON outlines with a 'code' column")
    parser.add_argument("--layers", type=Path, default=LAYERS, help="folder of the drawn communes")
    arguments = parser.parse_args()
    table = pd.read_csv(arguments.layers / "communes.csv", dtype={"unit_code": str})
    table = table.set_index("unit_code")
    drawn = outlines(arguments.layers / "communes.geojson", "unit_code").reindex(table.index)
    reference = outlines(arguments.reference, "code").reindex(table.index)
    for line in score_lines(drawn, reference, table):
        print(line)


def outlines(path: Path, key: str) -> gpd.GeoSeries:
    """Return a file's outlines in metres, one per code, mended where the file has them invalid."""
    return gpd.read_file(path).to_crs(METRES).set_index(key).geometry.make_valid()


def score_lines(drawn: gpd.GeoSeries, reference: gpd.GeoSeries, table: pd.DataFrame) -> list[str]:
    """Return the scores as lines of text."""
    mine, theirs = drawn.to_numpy(), reference.to_numpy()
    alike = pd.Series(likeness(mine, theirs), table.index)
    districts = union_likeness(drawn, reference, table["district"])
    province = union_likeness(drawn, reference, pd.Series("province", index=table.index))
    area_error = (drawn.area / 1e6 / table["area_km2"] - 1).abs()
    least = alike.nsmallest(5)
    names = ", ".join(f"{table.loc[code, 'name']} {value:.2f}" for code, value in least.items())
    return [
        f"commune IoU    mean {alike.mean():.3f}  min {alike.min():.3f}  (least: {names})",
        f"land right     {shared_m2(mine, theirs).sum() / reference.area.sum():.2%}",
        f"area error     median {area_error.median():.2%}  p90 {area_error.quantile(0.9):.2%}",
        f"district IoU   mean {districts.mean():.3f}  min {districts.min():.3f}",
        f"province IoU   {province.iloc[0]:.3f}",
        f"vertices       {int(np.sum(shapely.get_num_coordinates(drawn.values)))}",
    ]


def union_likeness(drawn: gpd.GeoSeries, reference: gpd.GeoSeries, group: pd.Series) -> pd.Series:
    """Return the IoU of the unions of each group."""
    mine, theirs = drawn.groupby(group), reference.groupby(group)
    mine, theirs = mine.agg(shapely.union_all), theirs.agg(shapely.union_all)
    return pd.Series(likeness(mine.to_numpy(), theirs.to_numpy()), mine.index)


if __name__ == "__main__":
    main()
