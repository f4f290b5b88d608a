"""The vocabulary is one table that shapefile and GeoPackage columns are both named by."""

import re

from gis.model import Plan
from gis.tables import Provenance
from gis.vocabulary import (
    CODES,
    DBF_NAME_CHARACTERS,
    DBF_TEXT_BYTES,
    FIELDS,
    LAYER_FIELDS,
)


def test_dbf_names_are_unique_and_no_longer_than_a_dbf_allows() -> None:
    names = [field.dbf_name for field in FIELDS.values()]
    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"[A-Z][A-Z0-9_]*", name) for name in names)
    assert max(len(name) for name in names) <= DBF_NAME_CHARACTERS == 10


def test_columns_are_no_wider_than_a_dbf_allows() -> None:
    assert DBF_TEXT_BYTES == 254
    for field in FIELDS.values():
        assert 0 < field.width <= {"text": 254, "integer": 9, "decimal": 20}[field.type]
        assert 0 <= field.decimals < field.width
        assert (field.decimals > 0) == (field.type == "decimal")


def test_every_field_is_said_in_both_languages() -> None:
    for field in FIELDS.values():
        for text in (field.label, field.meaning):
            assert text.vi.strip()
            assert text.en.strip()
            assert text.vi != text.en


def test_every_field_is_delivered_and_every_delivered_field_is_explained() -> None:
    delivered = {name for names in LAYER_FIELDS.values() for name in names}
    assert delivered == set(FIELDS)
    assert all(len(set(names)) == len(names) for names in LAYER_FIELDS.values())


def test_stated_and_measured_areas_are_different_fields() -> None:
    assert FIELDS["stated_ha"].dbf_name == "DT_QH"
    assert FIELDS["measured_ha"].dbf_name == "DT_GIS"


def test_provenance_travels_in_every_layer() -> None:
    assert all("provenance" in names for names in LAYER_FIELDS.values())
    assert set(CODES["provenance"]) == {*Provenance, "not_drawn"}


def test_every_code_of_the_real_plan_is_in_its_code_list(real_plan: Plan) -> None:
    for site in real_plan.sites.values():
        assert site.kind in CODES["kind"]
        assert site.list_status in CODES["list_status"]
    for name in ("zones", "clusters"):
        frame = real_plan.layers[name].frame
        assert set(frame["location_basis"]) <= set(CODES["location_basis"])
    assert {place.basis for place in real_plan.places} <= set(CODES["location_basis"])
