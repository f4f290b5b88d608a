"""The manifest of a kit: what is in it, what it was made from, and how it was proven.

The classes are the schema; `gis/schemas/manifest.schema.json` is made from them.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

MANIFEST = "manifest.json"
MANIFEST_VERSION = 1

Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Count = Annotated[int, Field(ge=0)]
RelativePath = Annotated[
    str, Field(pattern=r"^[A-Za-z0-9_][A-Za-z0-9._-]*(/[A-Za-z0-9_][A-Za-z0-9._-]*)*$")
]
Role = Literal[
    "data",
    "sidecar",
    "style",
    "side_table",
    "coordinates",
    "dictionary",
    "metadata",
    "project",
    "report",
    "readme",
]
Independence = Literal["other_library", "other_build", "same_library"]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ToolPart(_Part):
    """The program that wrote the kit."""

    name: str
    version: str


class PlanPart(_Part):
    """The plan the kit was made from, by the hash of its content."""

    code: str
    title_vi: str
    title_en: str
    document: str
    period: str
    status_vi: str
    status_en: str
    crs: str
    content_sha256: Sha256


class ProfilePart(_Part):
    """The profile the kit follows, and whether the department has confirmed it."""

    code: str
    title_vi: str
    title_en: str
    verified: Literal["yes", "no"]
    source: str
    land_use_year: int
    sha256: Sha256


class ChecksPart(_Part):
    """What the checks of exactly these data found; `rules` counts them by state."""

    errors: Count
    warnings: Count
    notes: Count
    rules: dict[str, Count]


class FieldPart(_Part):
    """A field of a layer: our name and the delivered one, its type, and its code list."""

    field: str
    name: str
    type: Literal["text", "integer", "decimal"]
    width: int
    decimals: int
    codes: tuple[str, ...] = ()


class StatedTotalPart(_Part):
    """A total the decision prints, with the line it stands on."""

    total_ha: str
    printed: str
    clause: str
    line: int


class LayerPart(_Part):
    """A layer: how many rows and outlines, where, and how many hectares by which reckoning.

    Hectares are exact decimals, as text. `stated_ha` is the sum of what the decision states row by
    row, `decision_total` what it prints as the sum; both are null where it states nothing.
    """

    layer: str
    file: str
    title_vi: str
    title_en: str
    rows: Count
    outlines: Count
    without_outline: tuple[str, ...]
    provenance: dict[str, Count]
    extent: tuple[float, float, float, float] | None
    stated_ha: str | None
    measured_ha: str | None
    geodesic_ha: str | None
    decision_total: StatedTotalPart | None
    fields: tuple[FieldPart, ...]


class FormatPart(_Part):
    """A format: who wrote it, who read it back, and how finely it holds positions.

    `independence` says what the reader shares with the writer: nothing, only the same library in
    another build, or the library itself. `resolution_m` is null where positions are not held.
    """

    format: str
    crs: str
    written_by: str
    read_back_by: str
    independence: Independence
    resolution_m: float | None
    layers: dict[str, Count]
    note_vi: str = ""
    note_en: str = ""


class WithheldPart(_Part):
    """Something that was asked for or is usual, and is not in the kit, and why."""

    what: str
    why_vi: str
    why_en: str


class FilePart(_Part):
    """A file of the kit, whole."""

    path: RelativePath
    bytes: Count
    sha256: Sha256
    role: Role
    format: str | None = None
    layer: str | None = None


class Manifest(_Part):
    """All of a kit except the manifest itself. `forced`: written although checks found errors."""

    manifest_version: Literal[1]
    tool: ToolPart
    plan: PlanPart
    profile: ProfilePart
    forced: bool
    checks: ChecksPart
    layers: tuple[LayerPart, ...]
    formats: tuple[FormatPart, ...]
    withheld: tuple[WithheldPart, ...]
    files: tuple[FilePart, ...]


def manifest_schema() -> dict[str, Any]:
    """The JSON Schema of a manifest."""
    head = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "manifest.schema.json",
    }
    return head | Manifest.model_json_schema()


def as_json(manifest: Manifest) -> str:
    """The manifest as text, the same for the same kit."""
    return json.dumps(manifest.model_dump(mode="json"), ensure_ascii=False, indent=1) + "\n"


def files_listed(folder: Path) -> tuple[str, ...]:
    """The files of a folder that its manifest names, with the manifest; none if it has none."""
    try:
        manifest = Manifest.model_validate_json((folder / MANIFEST).read_bytes())
    except (OSError, ValidationError):
        return ()
    return (MANIFEST, *(file.path for file in manifest.files))


def sha256_of(data: bytes) -> str:
    """The hash a manifest names a file by."""
    return hashlib.sha256(data).hexdigest()
