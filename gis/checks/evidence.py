"""What an outline can prove: its provenance weighs every finding about the ground."""

from __future__ import annotations

from collections.abc import Iterable

from gis.language import Text, say
from gis.model import Drawn, LayerName, NotAssessed, Severity, Unproven

OWN_DRAWING = say(
    "hình vẽ minh họa của chương trình: được giải cho đúng diện tích ghi trong quyết định và đặt "
    "tránh các khu, cụm bên cạnh, nên không chứng minh được gì về thực địa",
    "indicative outlines, drawn by this program: solved for the stated area and placed clear of "
    "their neighbours, so they prove nothing about the ground",
)
INDICATIVE_COMMUNES = say(
    "ranh giới xã dùng để đo là gần đúng, dựng từ số liệu",
    "the commune boundaries measured against are approximate, made from figures",
)
SURVEYED_OUTLINES = say(
    "ranh giới đo đạc hoặc số hóa từ hồ sơ của các khu, cụm này",
    "surveyed outlines of these sites, or outlines digitised from their files",
)
SURVEYED_COMMUNES = say(
    "ranh giới xã năm 2010 đo đạc hoặc số hóa",
    "surveyed or digitised commune boundaries of 2010",
)
NOTHING_REGISTERED = say(
    "không đánh giá: chưa đăng ký điểm nào", "not assessed: nothing registered"
)
SITE_LAYERS: tuple[LayerName, ...] = ("zones", "clusters", "craft_points")


def weighed(severity: Severity, proves: bool) -> Severity:
    """An outline that proves nothing cannot be the ground of an error."""
    return severity if proves else min(severity, Severity.WARNING)


def unproven(
    ids: Iterable[str],
    reason: Text = OWN_DRAWING,
    settled_by: Text = SURVEYED_OUTLINES,
) -> Iterable[Unproven]:
    """One statement for all of them, or none if there are none."""
    subjects = tuple(ids)
    return [Unproven(subjects, reason, settled_by)] if subjects else []


def kept_out(broken: Drawn) -> Iterable[NotAssessed]:
    """Says which outlines a rule could not look at because they are invalid."""
    if not broken.ids:
        return []
    return [NotAssessed(broken.ids, say("hình không hợp lệ", "invalid outline"))]


def about_the_drawing(message: Text, proves: bool) -> Text:
    """Says that a finding is about our drawing where the outline proves nothing."""
    if proves:
        return message
    return say(
        "{message} – trên hình minh họa, không phải trên thực địa",
        "{message} – on an indicative drawing, not on the ground",
        message=message,
    )
