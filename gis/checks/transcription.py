"""Is the plan what the decision prints? Text, quotes, areas and rows against one another."""

from __future__ import annotations

from collections.abc import Iterator

from gis.language import rounded, say
from gis.model import CheckOptions, Citation, Finding, Noticed, Plan, Quantity, Remark
from gis.tables import vietnamese_numbers


def text_is_the_one_the_plan_was_taken_from(plan: Plan, options: CheckOptions) -> Iterator[Noticed]:
    """The text beside the plan is, byte for byte, the one its card was written for."""
    text = plan.card.text
    if text is not None and plan.text_sha256 != text.sha256:
        yield Finding(
            (),
            say(
                "{file}: sha256 là {found}, thẻ quy hoạch ghi {wanted}.",
                "{file}: its sha256 is {found}, the card says {wanted}.",
                file=text.file,
                found=plan.text_sha256,
                wanted=text.sha256,
            ),
        )


def quotes_stand_on_their_lines(plan: Plan, options: CheckOptions) -> Iterator[Noticed]:
    """Every quote stands, letter for letter, on the line it names."""
    quotes = list(_quotes(plan))
    for table, row, line, quote in quotes:
        found = plan.text_lines[line - 1] if line <= len(plan.text_lines) else ""
        if quote not in found:
            yield Finding(
                (row,),
                say(
                    "{table}, {row}: “{quote}” không có ở dòng {line}.",
                    "{table}, {row}: “{quote}” is not on line {line}.",
                    table=table,
                    row=row,
                    quote=quote,
                    line=str(line),
                ),
                citations=(Citation(plan.card.document, line=line, quote=found),),
                key=f"{table}-{line}",
            )
    yield Remark(say("{n} câu trích đã so", "{n} quotes compared", n=len(quotes)))


def _quotes(plan: Plan) -> Iterator[tuple[str, str, int, str]]:
    """Every quote of the plan: table, row, line of the text, words."""
    for site in plan.sites.values():
        yield "sites", site.site_id, site.line, site.name
        yield "sites", site.site_id, site.area_line, site.area_text
        yield "sites", site.site_id, site.function_line, site.function_text
    for item in plan.fragments:
        line = plan.sites[item.site_id].function_line
        yield "fragments", f"{item.site_id}/{item.fragment}", line, item.text
    for clause in plan.clauses.values():
        yield "clauses", clause.clause_id, clause.line, clause.quote
    for reading in plan.readings:
        yield "readings", reading.reading_id, reading.line, reading.verbatim
    for indicator in plan.indicators:
        yield "indicators", indicator.indicator_id, indicator.line, indicator.printed
    for role, passage in plan.card.passages.items():
        yield "passages", role, passage.line, passage.quote
    for total in plan.card.stated_totals:
        yield "stated_totals", total.kind, total.line, total.printed


def stated_areas_are_the_printed_ones(plan: Plan, options: CheckOptions) -> Iterator[Noticed]:
    """Every stated area is the number its cell prints: dot for thousands, comma for decimals."""
    for site in plan.sites.values():
        stated = [n for n in (site.stated_ha, site.detailed_plan_ha) if n is not None]
        printed = list(vietnamese_numbers(site.area_text))
        if printed != stated:
            yield Finding(
                (site.site_id,),
                say(
                    "{site}: ô diện tích “{text}” đọc là {printed} ha, bảng ghi {stated} ha.",
                    "{site}: the area cell “{text}” reads {printed} ha, the table {stated} ha.",
                    site=site.short_name,
                    text=site.area_text,
                    printed=printed,
                    stated=stated,
                ),
                stated=Quantity(site.stated_ha, "ha"),
                measured=Quantity(printed[0], "ha") if printed else None,
                citations=(plan.cite_row(site, "area"),),
            )


def numbers_are_the_printed_ones(plan: Plan, options: CheckOptions) -> Iterator[Noticed]:
    """Every figure of the indicator tables is the number printed there."""
    for item in plan.indicators:
        if vietnamese_numbers(item.printed) != (item.value,):
            yield Finding(
                (item.indicator_id,),
                say(
                    "{item}: in là “{printed}”, bảng ghi {value}.",
                    "{item}: printed “{printed}”, the table says {value}.",
                    item=item.indicator_id,
                    printed=item.printed,
                    value=item.value,
                ),
                citations=(Citation(plan.card.document, line=item.line, quote=item.printed),),
            )


def tables_have_the_rows_expected(plan: Plan, options: CheckOptions) -> Iterator[Noticed]:
    """Every table has as many rows as the card says."""
    found = {
        "sites": plan.sites,
        "places": plan.places,
        "fragments": plan.fragments,
        "activities": plan.activities,
        "codes": plan.codes,
        "compounds": plan.compounds,
        "clauses": plan.clauses,
        "readings": plan.readings,
        "communes": plan.units,
        "crosswalk": plan.crosswalk,
        "aliases": plan.aliases,
        "occupancy": plan.occupancy,
        "craft_points": plan.craft_register,
        "indicators": plan.indicators,
        "laws": plan.laws,
    }
    for table, wanted in plan.card.rows.items():
        if len(found[table]) != wanted:
            yield Finding(
                (),
                say(
                    "{table}.csv có {found} dòng, thẻ quy hoạch ghi {wanted}: khôi phục dòng, "
                    "hoặc sửa [rows].",
                    "{table}.csv has {found} rows, the card says {wanted}: restore the rows, or "
                    "correct [rows].",
                    table=table,
                    found=len(found[table]),
                    wanted=wanted,
                ),
                stated=Quantity(rounded(wanted, 0), "rows"),
                measured=Quantity(rounded(len(found[table]), 0), "rows"),
                key=table,
            )
