# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import date, datetime, timezone
from zoneinfo import ZoneInfo

from odoo.tests.common import freeze_time

from odoo.addons.itsm_base.tools import guard

from .common import ItsmCommon

#: Long after the months that are measured, so that their limits have passed.
NOW = "2026-04-05 02:00:00"
MARCH = date(2026, 3, 1), date(2026, 3, 31)


class KpiCommon(ItsmCommon):
    """A company in Shanghai, KPIs of one's own, tickets with their milestones given."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.zone = "Asia/Shanghai"
        cls.company.resource_calendar_id.tz = cls.zone

    # === Time ===

    @classmethod
    def utc(cls, wall, zone=None):
        """The naive UTC datetime of a wall clock time; None stays."""
        if not wall:
            return wall
        local = datetime.fromisoformat(wall).replace(tzinfo=ZoneInfo(zone or cls.zone))
        return local.astimezone(timezone.utc).replace(tzinfo=None)

    # === Records ===

    @classmethod
    def _shipped(cls, code, module="itsm_base"):
        return cls.env.ref(f"{module}.itsm_kpi_{code.lower().replace('.', '_')}")

    @classmethod
    def _kpi(cls, code="T1", **vals):
        return cls.env["itsm.kpi"].create(
            {
                "code": code,
                "name": f"Test {code}",
                "formula": "Counted for the test",
                "source": "computed",
                "measure": "first_line",
                **vals,
            }
        )

    @classmethod
    def _past_ticket(cls, state="resolved", zone=None, **vals):
        """A ticket as it stands later; times are wall clock times."""
        for name, value in vals.items():
            if name.endswith("_at") and value:
                vals[name] = cls.utc(value, zone)
        tickets = guard.with_token(cls.env["helpdesk.ticket"])
        with freeze_time(NOW):
            ticket = tickets.create(
                cls._ticket_vals(
                    **{
                        "stage_id": cls.stages[state].id,
                        "itsm_kind": "incident",
                        "support_line": "1",
                        **vals,
                    }
                )
            )
        return ticket.with_env(cls.env)

    # === What is seen ===

    def _compute(self, kpis, first=MARCH[0], last=MARCH[1], now=NOW, **kwargs):
        """Compute a range as of a moment."""
        with freeze_time(now):
            kpis._compute_values(first, last, **kwargs)
            self.env.flush_all()

    def _value(self, kpi, start=MARCH[0], company=None):
        """The latest value of a KPI for the period that starts on a day."""
        return self.env["itsm.kpi.value"].search(
            [
                ("kpi_id", "=", kpi.id),
                ("company_id", "=", (company or self.company).id),
                ("period_start", "=", start),
                ("is_latest", "=", True),
            ]
        )

    def _figure(self, kpi, start=MARCH[0], company=None):
        """Numerator, denominator and value of a period; None: no data."""
        value = self._value(kpi, start, company)
        value.ensure_one()
        return (
            value.numerator,
            value.denominator,
            None if value.no_data else value.value,
        )

    def _drilled(self, value, part):
        """The records that drill-down finds, as the present user."""
        action = getattr(value, f"action_drill_{part}")()
        records = self.env[action["res_model"]].with_context(active_test=False)
        return records.search(action["domain"])
