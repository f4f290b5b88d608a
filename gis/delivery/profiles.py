"""Profiles: what a department wants files, fields and codes to be called, as data.

A profile is a TOML file of `gis/profiles/` or of the user's own; it says the delivered name of each
of our fields, and may change type, width and codes. What it leaves out is the vocabulary's.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from gis.errors import Problem, ProfileError
from gis.language import Text, say
from gis.model import LayerName
from gis.vocabulary import CODES, FIELDS, KEY_FIELD, LAYER_FIELDS, FieldType
from gis.vocabulary import Field as Word

DEFAULT_PROFILE = "default"
LAND_USE_TABLE = "land_use.csv"
WINDOWS_DEVICES = ("con", "prn", "aux", "nul", *(f"{n}{i}" for n in ("com", "lpt") for i in "1234"))
LEAST_TEXT_BYTES = 40  # a shortened text and the mark that says where it is whole
WIDEST = {"text": 254, "integer": 18, "decimal": 20}  # bytes of a DBF column GDAL keeps whole
LAYER_TITLES: Mapping[LayerName, Text] = {
    "zones": say("Khu công nghiệp", "Industrial zones"),
    "clusters": say("Cụm công nghiệp", "Industrial clusters"),
    "communes": say(
        "Xã, phường, thị trấn và hạn mức điểm TTCN", "Communes and their craft allowance"
    ),
    "districts": say("Huyện, thị xã, thành phố", "Districts"),
    "craft_points": say("Điểm TTCN, làng nghề đã đăng ký", "Registered craft points"),
}


@dataclass(frozen=True, slots=True)
class LandUse:
    """The land-use code of a kind of site in one generation of codes, and how sure we are."""

    year: int
    kind: str
    code: str
    label: Text
    note: Text
    instrument: str
    confidence: str


@dataclass(frozen=True, slots=True)
class Column:
    """One of our fields as it is delivered: name, type, width in bytes, decimals, code list.

    `codes` are ours and theirs; empty where any text may stand.
    """

    field: Word
    name: str
    type: FieldType
    width: int
    decimals: int
    codes: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class LayerProfile:
    """A layer as it is delivered: the name of its file, and its columns; the first is the key."""

    layer: LayerName
    file: str
    title: Text
    columns: tuple[Column, ...]

    @property
    def key(self) -> Column:
        return next(item for item in self.columns if item.field.name == KEY_FIELD[self.layer])


@dataclass(frozen=True, slots=True)
class Profile:
    """Names, widths and codes of a delivery, and whether a department has confirmed them."""

    code: str
    title: Text
    verified: bool
    source: str
    land_uses: Mapping[str, LandUse]
    layers: Mapping[LayerName, LayerProfile]
    codes: Mapping[str, Mapping[str, str]]
    sha256: str

    @property
    def land_use_year(self) -> int:
        return next(iter(self.land_uses.values())).year

    def ours(self, field: str, delivered: object) -> str:
        """Our code for one as it is delivered."""
        codes = self.codes.get(field, {})
        return next((ours for ours, theirs in codes.items() if theirs == delivered), str(delivered))


# --- what a profile file may say ---------------------------------------------------------------

DeliveredName = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$", max_length=10)]
FileName = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]*$", max_length=40)]


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class _Wish(_Strict):
    """What a profile says of one field."""

    name: DeliveredName
    type: FieldType | None = None
    width: Annotated[int, Field(ge=1, le=254)] | None = None
    decimals: Annotated[int, Field(ge=0, le=15)] | None = None

    @model_validator(mode="before")
    @classmethod
    def _name_alone(cls, told: object) -> object:
        return {"name": told} if isinstance(told, str) else told


class _LayerWish(_Strict):
    file: FileName
    fields: Mapping[str, _Wish]


class _File(_Strict):
    """A profile file, with all that it takes from others already in it."""

    code: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9.-]*$", max_length=40)]
    title_vi: Annotated[str, Field(min_length=1)]
    title_en: Annotated[str, Field(min_length=1)]
    verified: Literal["yes", "no"]
    source: Annotated[str, Field(min_length=1)]
    land_use_year: int
    layers: Mapping[LayerName, _LayerWish]
    codes: Mapping[str, Mapping[str, Annotated[str, Field(min_length=1)]]] = {}


# --- reading -------------------------------------------------------------------------------------


def profile_names() -> tuple[str, ...]:
    """The profiles that come with the program."""
    found = (item.name for item in files("gis").joinpath("profiles").iterdir())
    return tuple(sorted(name.removesuffix(".toml") for name in found if name.endswith(".toml")))


def load_profile(name: str = DEFAULT_PROFILE) -> Profile:
    """The profile of a name, or of a path to a file of one's own.

    Raises: ProfileError, with all that is wrong.
    """
    told = _read(name, ())
    try:
        file = _File.model_validate(told)
    except ValidationError as error:
        raise ProfileError(*(_schema_problem(name, item) for item in error.errors())) from error
    land_uses = {use.kind: use for use in land_use_table() if use.year == file.land_use_year}
    problems = [*_year_problems(name, file, land_uses), *_name_problems(name, file)]
    if problems:
        raise ProfileError(*problems)
    codes = {ours: _codes(file, ours, land_uses) for ours in (*CODES, "land_use_code")}
    layers = {layer: _layer(layer, wish, codes) for layer, wish in file.layers.items()}
    problems = [problem for item in layers.values() for problem in _width_problems(name, item)]
    if problems:
        raise ProfileError(*problems)
    digest = hashlib.sha256(
        json.dumps(told, sort_keys=True, ensure_ascii=False, default=str).encode()
    ).hexdigest()
    title = Text(file.title_vi, file.title_en)
    verified = file.verified == "yes"
    return Profile(file.code, title, verified, file.source, land_uses, layers, codes, digest)


def land_use_table() -> tuple[LandUse, ...]:
    """Land-use codes by generation and kind of site."""
    text = files("gis").joinpath("profiles", LAND_USE_TABLE).read_text(encoding="utf-8")
    return tuple(
        LandUse(
            int(row["year"]),
            row["kind"],
            row["code"],
            Text(row["label_vi"], row["label_en"]),
            Text(row["note_vi"], row["note_en"]),
            row["instrument"],
            row["confidence"],
        )
        for row in csv.DictReader(io.StringIO(text, newline=""))
    )


def _read(name: str, seen: tuple[str, ...]) -> dict[str, Any]:
    """What a profile file says, on top of what the profiles it extends say."""
    if name in seen:
        what = say("hồ sơ mẫu nối vòng", "profiles extend one another in a circle")
        raise ProfileError(Problem(name, what, say("bỏ extends", "drop extends"), field="extends"))
    told = _toml(name)
    base = told.pop("extends", None)
    if base is None:
        return told
    under = _read(str(base), (*seen, name))
    layers = {key: item for key, item in under.get("layers", {}).items()}
    for key, item in dict(told.get("layers", {})).items():
        layers[key] = layers.get(key, {}) | item if isinstance(item, dict) else item
    return under | told | {"layers": layers}


def _toml(name: str) -> dict[str, Any]:
    if name in profile_names():
        data = files("gis").joinpath("profiles", f"{name}.toml").read_bytes()
    else:
        data = _own_file(name)
    try:
        return tomllib.loads(data.decode("utf-8-sig"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        what = say("không đọc được: {why}", "cannot be read: {why}", why=str(error))
        raise ProfileError(
            Problem(name, what, say("lưu lại dưới dạng TOML UTF-8", "save it as UTF-8 TOML"))
        ) from error


def _own_file(name: str) -> bytes:
    try:
        return Path(name).read_bytes()
    except (OSError, ValueError) as error:
        known = ", ".join(profile_names())
        raise ProfileError(
            Problem(
                name,
                say("không có hồ sơ mẫu này", "there is no such profile"),
                say(
                    "chọn {known}, hoặc đường dẫn tới tệp TOML của mình",
                    "choose {known}, or the path of a TOML file of your own",
                    known=known,
                ),
            )
        ) from error


# --- what may be wrong ----------------------------------------------------------------------------


def _schema_problem(name: str, error: Any) -> Problem:
    where = ".".join(str(part) for part in error["loc"])
    given = None if error["type"] == "missing" else str(error["input"])
    mend = say("xem gis/profiles/default.toml", "see gis/profiles/default.toml")
    return Problem(name, Text(error["msg"], error["msg"]), mend, field=where, value=given)


def _year_problems(name: str, file: _File, land_uses: Mapping[str, LandUse]) -> Iterator[Problem]:
    if not land_uses:
        known = ", ".join(sorted({str(use.year) for use in land_use_table()}))
        yield Problem(
            name,
            say("không có mã loại đất của năm này", "there are no land-use codes of this year"),
            say("chọn {known}", "choose {known}", known=known),
            field="land_use_year",
            value=str(file.land_use_year),
        )


def _name_problems(name: str, file: _File) -> Iterator[Problem]:
    """Fields we do not have, names that are used twice, a missing key, reserved file names."""
    taken: set[str] = set()
    for layer, wish in file.layers.items():
        lower = wish.file.lower()
        if lower in taken or lower in WINDOWS_DEVICES:
            what = say("tên tệp trùng hoặc bị Windows giữ", "file name used twice or reserved")
            yield _problem(name, layer, "file", wish.file, what)
        taken.add(lower)
        names: set[str] = set()
        for ours, item in wish.fields.items():
            if ours not in LAYER_FIELDS[layer]:
                yield _problem(name, layer, ours, None, say("lớp không có trường", "no such field"))
            elif item.name.lower() in names:
                what = say("tên trường dùng hai lần", "name is used for two fields")
                yield _problem(name, layer, ours, item.name, what)
            names.add(item.name.lower())
        if KEY_FIELD[layer] not in wish.fields:
            what = say("thiếu trường khóa", "key field is missing")
            yield _problem(name, layer, KEY_FIELD[layer], None, what)
    for ours in file.codes:
        if ours not in (*CODES, "land_use_code"):
            what = say("trường không có danh mục mã", "field has no code list")
            yield _problem(name, "", ours, None, what)


def _width_problems(name: str, layer: LayerProfile) -> Iterator[Problem]:
    for column in layer.columns:
        retyped = column.type not in ("text", column.field.type)
        narrow = column.type == "text" and column.field.width == WIDEST["text"]
        least = LEAST_TEXT_BYTES if narrow else column.decimals + 1
        if retyped or not least <= column.width <= WIDEST[column.type]:
            what = say(
                "kiểu {type}, rộng {width}, {decimals} số lẻ: không giữ được giá trị",
                "type {type}, width {width}, {decimals} decimals: cannot hold its values",
                type=column.type,
                width=column.width,
                decimals=column.decimals,
            )
            yield _problem(name, layer.layer, column.field.name, column.name, what)


def _problem(name: str, layer: str, field: str, value: str | None, what: Text) -> Problem:
    mend = say("sửa tệp hồ sơ mẫu", "mend the profile file")
    return Problem(name, what, mend, layer=layer, field=field, value=value)


# --- what it comes to -----------------------------------------------------------------------------


def _layer(
    layer: LayerName, wish: _LayerWish, codes: Mapping[str, Mapping[str, str]]
) -> LayerProfile:
    columns = tuple(
        _column(FIELDS[ours], item, codes.get(ours, {})) for ours, item in wish.fields.items()
    )
    return LayerProfile(layer, wish.file, LAYER_TITLES[layer], columns)


def _codes(file: _File, ours: str, land_uses: Mapping[str, LandUse]) -> Mapping[str, str]:
    if ours == "land_use_code":
        known = dict.fromkeys(use.code for use in land_uses.values())
    else:
        known = dict.fromkeys(CODES[ours])
    theirs = file.codes.get(ours, {})
    return {code: theirs.get(code, code) for code in known}


def _column(word: Word, wish: _Wish, codes: Mapping[str, str]) -> Column:
    kind = wish.type or word.type
    width = word.width if wish.width is None else wish.width
    decimals = word.decimals if wish.decimals is None else wish.decimals
    return Column(word, wish.name, kind, width, decimals if kind == "decimal" else 0, codes)
