"""A department's own names are data: a file, no Python; what is wrong in it is said at once."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from gis.delivery.manifest import manifest_schema
from gis.delivery.profiles import land_use_table, load_profile, profile_names
from gis.errors import ProfileError
from gis.vocabulary import FIELDS, LAYER_FIELDS

Own = Callable[[str], str]


@pytest.fixture
def own(tmp_path: Path) -> Own:
    """Writes a profile file and returns its path."""

    def write(text: str) -> str:
        path = tmp_path / "so.toml"
        path.write_text(text, encoding="utf-8")
        return str(path)

    return write


HEAD = """code = "so"
extends = "default"
title_vi = "Sở"
title_en = "Department"
verified = "yes"
source = "công văn 1"
"""


def test_the_default_profile_delivers_every_field_under_the_name_of_the_vocabulary() -> None:
    profile = load_profile()
    files = {layer: item.file for layer, item in profile.layers.items()}
    assert files == {
        "zones": "kcn",
        "clusters": "ccn",
        "communes": "xa",
        "districts": "huyen",
        "craft_points": "diem_cn",
    }
    for layer, item in profile.layers.items():
        assert [column.field.name for column in item.columns] == list(LAYER_FIELDS[layer])
        for column in item.columns:
            word = FIELDS[column.field.name]
            told = (column.name, column.type, column.width, column.decimals)
            assert told == (word.dbf_name, word.type, word.width, word.decimals)


def test_nothing_is_verified_until_a_department_says_so(own: Own) -> None:
    assert [load_profile(name).verified for name in profile_names()] == [False] * 5
    assert load_profile(own(HEAD)).verified


@pytest.mark.parametrize(
    ("name", "cluster"),
    [
        ("land-use-2009", "SKK"),  # the Land Law of 2003 knew no land of clusters
        ("land-use-2014", "SKN"),
        ("land-use-2018", "SKN"),
        ("land-use-2024", "SKN"),
        ("default", "SKN"),
    ],
)
def test_land_use_codes_are_those_of_the_generation_of_the_profile(name: str, cluster: str) -> None:
    profile = load_profile(name)
    year = int(name[-4:]) if name != "default" else 2014
    codes = {kind: use.code for kind, use in profile.land_uses.items()}
    assert codes == {"zone": "SKK", "cluster": cluster, "craft_point": "SKC"}
    assert profile.land_use_year == year
    assert {use.year for use in profile.land_uses.values()} == {year}


def test_every_land_use_code_says_where_it_is_from_and_how_sure_it_is() -> None:
    for use in land_use_table():
        assert use.instrument.startswith("TT ")
        assert use.confidence in ("A", "B", "C")
        assert use.note.vi
        assert use.note.en


def test_a_department_renames_narrows_and_leaves_out_without_python(own: Own) -> None:
    profile = load_profile(
        own(
            HEAD
            + """[layers.zones]
file = "KhuCN"
[layers.zones.fields]
site_id = { name = "MaKhu", width = 12 }
stated_ha = { name = "DienTich", width = 10, decimals = 2 }
lots = { name = "SoLo", type = "text", width = 3 }
[codes.kind]
zone = "1"
"""
        )
    )
    layer = profile.layers["zones"]
    assert layer.file == "KhuCN"
    assert [(c.name, c.type, c.width, c.decimals) for c in layer.columns] == [
        ("MaKhu", "text", 12, 0),
        ("DienTich", "decimal", 10, 2),
        ("SoLo", "text", 3, 0),
    ]
    assert profile.codes["kind"] == {"zone": "1", "cluster": "cluster"}
    assert profile.layers["clusters"].file == "ccn"
    assert profile.sha256 != load_profile().sha256


ZONES = "[layers.zones.fields]\n"


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("land_use_year = 1999\n", "land_use_year"),
        ('layers.zones.file = "../kcn"\n', "layers.zones.file"),
        ('layers.zones.file = "nul"\n', "file"),
        ('layers.zones.file = "CCN"\n', "file"),
        (ZONES + 'site_id = "MA_KHU_CONG_NGHIEP"\n', "layers.zones.fields.site_id.name"),
        (ZONES + 'site_id = "MÃ"\n', "layers.zones.fields.site_id.name"),
        (ZONES + 'name = "TEN"\n', "site_id"),
        (ZONES + 'site_id = "MA"\nname = "ma"\n', "name"),
        (ZONES + 'site_id = "MA"\nheadroom_ha = "CON"\n', "headroom_ha"),
        (ZONES + 'site_id = "MA"\nname = { name = "TEN", type = "decimal" }\n', "name"),
        (ZONES + 'site_id = "MA"\nname = { name = "TEN", width = 20 }\n', "name"),
        (ZONES + 'site_id = "MA"\nstated_ha = { name = "DT", decimals = 14 }\n', "stated_ha"),
        ("[codes.name]\nx = 'y'\n", "name"),
        ("colour = 'red'\n", "colour"),
        ("verified = 'maybe'\n", "verified"),
        ("extends = 'nothing'\n", ""),
    ],
)
def test_what_is_wrong_in_a_profile_is_said_with_its_place(own: Own, text: str, field: str) -> None:
    lines = [line for line in HEAD.splitlines() if line.split(" =")[0] != text.split(" =")[0]]
    with pytest.raises(ProfileError) as caught:
        load_profile(own("\n".join(lines) + "\n" + text))
    assert field in [problem.field for problem in caught.value.problems]


def test_profiles_that_extend_one_another_in_a_circle_are_refused(own: Own, tmp_path: Path) -> None:
    with pytest.raises(ProfileError, match="circle"):
        load_profile(own(HEAD.replace('"default"', f'"{tmp_path / "so.toml"}"')))


@pytest.mark.parametrize("name", ["", "nothing", "\0", "layers"])
def test_a_name_that_is_no_profile_lists_those_there_are(name: str) -> None:
    with pytest.raises(ProfileError, match="land-use-2014"):
        load_profile(name)


def test_the_schema_of_manifests_is_the_one_beside_the_program() -> None:
    from gis.delivery import manifest

    path = Path(manifest.__file__).parents[1] / "schemas" / "manifest.schema.json"
    assert json.loads(path.read_text(encoding="utf-8")) == manifest_schema()
