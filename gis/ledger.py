"""The craft-village land of every commune: what is allowed, what is registered, what is left."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from gis.model import Plan


@dataclass(frozen=True, slots=True)
class Allowance:
    """One commune's line in the ledger; None where nothing is registered, which is not zero."""

    unit_code: str
    unit: str
    district: str
    unit_today: str | None
    least_points: int | None
    most_points: int | None
    most_ha: Decimal | None
    points: int | None
    registered_ha: Decimal | None

    @property
    def headroom_points(self) -> int | None:
        if self.points is None or self.most_points is None:
            return None
        return self.most_points - self.points

    @property
    def headroom_ha(self) -> Decimal | None:
        if self.registered_ha is None or self.most_ha is None:
            return None
        return self.most_ha - self.registered_ha


def ledger(plan: Plan) -> tuple[Allowance, ...]:
    """Every commune's allowance, what is registered there, and what is left."""
    least, most = _limit(plan, "craft_points", "minimum"), _limit(plan, "craft_points", "maximum")
    most_ha = _limit(plan, "craft_area", "maximum")
    return tuple(
        Allowance(
            code,
            unit.label,
            unit.district,
            unit.unit_2025_07 or None,
            None if least is None else int(least),
            None if most is None else int(most),
            most_ha,
            len(areas) if areas else None,
            sum(areas, Decimal(0)) if areas else None,
        )
        for code, unit in plan.units.items()
        for areas in [[p.stated_ha for p in plan.craft_register if p.unit_code == code]]
    )


def _limit(plan: Plan, role: str, bound: str) -> Decimal | None:
    clause = plan.clauses.get(plan.card.basis.get(role, ""))
    value: Decimal | None = getattr(clause, bound, None)
    return value
