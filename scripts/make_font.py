"""Make the font of a language of the pages that many machines cannot write: only its letters.

    python scripts/make_font.py ko NotoSansCJK-Regular.ttc --face 1

The font (Debian: fonts-noto-cjk) is under the SIL Open Font License; so is what is made of it.
"""

import argparse
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTCollection

from gis.maps.fonts import FONTS, letters

FONTS_FOLDER = Path(__file__).resolve().parent.parent / "gis" / "maps" / "assets" / "fonts"


def main() -> None:
    """Write the font of the language asked for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("language", choices=sorted(FONTS))
    parser.add_argument("collection", type=Path)
    parser.add_argument("--face", type=int, default=0)
    asked = parser.parse_args()
    font = TTCollection(asked.collection, recalcTimestamp=False)[asked.face]
    options = subset.Options(
        flavor="woff2", layout_features=[], hinting=False, desubroutinize=True,
        drop_tables=["BASE", "VORG", "vhea", "vmtx", "GPOS", "GSUB"],
        name_IDs=[0, 1, 2, 13, 14], recalc_timestamp=False,
    )  # fmt: skip
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=sorted(map(ord, letters(asked.language))))
    subsetter.subset(font)
    target = FONTS_FOLDER / f"{asked.language}.woff2"
    subset.save_font(font, str(target), options)
    print(target, target.stat().st_size)


if __name__ == "__main__":
    main()
