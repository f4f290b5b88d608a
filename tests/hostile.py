"""Texts that run as code, or break the page, in maps made the usual way."""

from conftest import activity, craft_point, fragment, place, site, square, unit

from gis.tables import Reading, Tenancy
from gis.values import read

HOSTILE = (
    "{{7*7}}",
    "{{ this.__class__ }}",
    "{% raise %}",
    "{% for x in",
    "{#",
    "</script><img src=x onerror=window.hacked=1>",
    "<!--<script>",
    "${window.hacked=1}`${alert(1)}`",
    "'\"><svg onload=window.hacked=1>",
    "a\u2028b\u2029c",
    "nul\x00nul",
    "\u202etxet\u202c",
    "\\u003cscript\\u003e",
    "]]>&amp;",
)
LONG = "<b>${0}`'\"&" * 850  # ten kilobytes
WHOLE = " ".join((*HOSTILE, LONG))  # all in one text


def hostile_plan(make_plan, text=WHOLE):
    """A plan in which every text a page could show is hostile."""
    row = site(
        "KCN-1", 1, district=text, functions=text, name=text, short_name=text, place=text, note=text
    )
    commune = unit("00001", text, text, unit_2025_07=text)
    reading = Reading(
        reading_id="RD-1", line=1, site_id="KCN-1", verbatim=text, reading=text, kind="typo",
        reason=text,
    )  # fmt: skip
    point = craft_point("P-1", "00001")._replace(name=text, trade=text, source=text)
    lot = read(Tenancy, {
        "site_id": "KCN-1", "lot": text, "tenant": text, "area_ha": "2", "status": "available",
        "as_of": "2010-01-01", "source": text,
    })  # fmt: skip
    return make_plan(
        sites={"KCN-1": (square(10, 10, 30), row)},
        communes={"00001": (square(0, 0), commune)},
        provenance="indicative",
        card={
            "title_vi": text, "title_en": text, "status_vi": text, "status_en": text,
            "document": text, "province_vi": text,
        },
        activities={"a": activity("a", label=text)},
        fragments=(fragment("KCN-1", 1, text, "a"),),
        places=(place("KCN-1", "00001")._replace(sentence_vi=text),),
        readings=(reading,),
        craft={"P-1": (None, point)},
        occupancy=(lot,),
    )  # fmt: skip
