"""What every quicker way must agree with: GEOS asked about all pairs whose boxes meet."""

import numpy as np
import shapely

AREA_TOLERANCE_M2 = 1e-6


def all_pairs(outlines):
    """Left and right position and shared area of every two outlines whose interiors meet."""
    outlines = np.asarray(outlines, dtype=object)
    left, right = shapely.STRtree(outlines).query(outlines)
    left, right = left[left < right], right[left < right]
    meet = shapely.relate_pattern(outlines[left], outlines[right], "T********")
    shared_m2 = shapely.area(shapely.intersection(outlines[left[meet]], outlines[right[meet]]))
    return by_pair(left[meet], right[meet], shared_m2)


def by_pair(left, right, shared_m2):
    return {
        (int(a), int(b)): float(area) for a, b, area in zip(left, right, shared_m2, strict=True)
    }


def assert_same_pairs(pairs, outlines):
    found = by_pair(pairs.left, pairs.right, pairs.shared_m2)
    expected = all_pairs(outlines)
    assert found.keys() == expected.keys()
    assert len(found) == len(pairs)
    for pair, shared_m2 in expected.items():
        assert abs(found[pair] - shared_m2) <= AREA_TOLERANCE_M2, pair
