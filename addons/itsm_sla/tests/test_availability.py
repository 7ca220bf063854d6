# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import random
from datetime import date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from odoo.addons.itsm_base.tools import guard
from odoo.addons.itsm_base.tools.period import Period

from .common import SlaCommon

HOUR = 3600
APRIL = date(2026, 4, 1)
BERLIN, NEW_YORK = "Europe/Berlin", "America/New_York"


class AvailabilityCommon(SlaCommon):
    """An agreement around the clock in UTC with 99.9 % for e-mail, from January 2026.

    April 2026 has 720 hours; its allowance is 2592 s (43.2 min).
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["itsm.outage"].search([]).write({"state": "rejected"})
        cls.rows = cls.env["itsm.availability"]
        cls.agreement = cls._available_agreement()

    @classmethod
    def _available_agreement(cls, target=99.9, line=None, **vals):
        """An active SLA with an availability target for a service."""
        return cls._create_agreement(
            {"1": (60, 480)},
            **{
                "tz": "UTC",
                "calendar_id": cls.calendar_24x7.id,
                "availability_ids": [
                    Command.create(
                        {
                            "service_id": cls.service.id,
                            "target": target,
                            **(line or {}),
                        }
                    )
                ],
                **vals,
            },
        )

    @classmethod
    def _outage(cls, start, stop=None, state="confirmed", **vals):
        """An outage of e-mail; times in UTC."""
        return cls.env["itsm.outage"].create(
            {
                "name": "Mail stood still",
                "service_id": cls.service.id,
                "date_start": start,
                "date_stop": stop,
                "state": state,
                **vals,
            }
        )

    def _compute(self, now, agreements=None, first=APRIL):
        """The rows of agreements, worked out at a time (UTC)."""
        agreements = self.agreement if agreements is None else agreements
        with freeze_time(now):
            self.rows._compute_months(agreements, first)
        self.env.invalidate_all()
        return self.rows.search(
            [("agreement_id", "in", agreements.ids), ("is_latest", "=", True)],
            order="month, agreement_id, service_id",
        )

    def _run_cron(self, now):
        """Run the scheduled action as the server does, at a time (UTC)."""
        with freeze_time(now), self.enter_registry_test_mode():
            cron = self.env.ref("itsm_sla.ir_cron_itsm_availability")
            cron.method_direct_trigger()
        self.env.invalidate_all()

    def _april(self, now="2026-05-02 12:00", agreements=None):
        rows = self._compute(now, agreements)
        return rows.filtered(lambda row: row.month == APRIL)


@tagged("post_install", "-at_install")
class TestAvailability(AvailabilityCommon):
    """Availability under agreements (AVC-01, AVC-05 to AVC-09, AVC-14)."""

    def test_acceptance(self):
        """AVC-07: 720 h with 43.2 min down are 99.900 % and met; from the figure to the
        outage and back."""
        outage = self._outage("2026-04-10 08:00:00", "2026-04-10 08:43:12")
        row = self._april()
        self.assertEqual(row.agreed_hours, 720)
        self.assertEqual(row.percent, 99.9)
        self.assertEqual(row.percent_text, "99.900 %")
        self.assertEqual((row.status, row.failure_count), ("met", 1))
        self.assertAlmostEqual(row.mttr, 0.72)
        self.assertAlmostEqual(row.mttr + row.mtbf, row.mtbsi)
        self.assertEqual(row.outage_ids, outage)
        action = row.action_view_outages()
        self.assertEqual(self.env["itsm.outage"].search(action["domain"]), outage)
        self.assertEqual(outage.availability_count, 1)
        action = outage.action_view_availability()
        self.assertEqual(self.rows.search(action["domain"]), row)

    def test_one_second_more(self):
        """AVC-09: 43.2 min and a second are missed, and never shown as 99.900 %."""
        self._outage("2026-04-10 08:00:00", "2026-04-10 08:43:13")
        row = self._april()
        self.assertEqual(row.status, "missed")
        self.assertEqual(row.percent_text, "99.899 %")
        self.assertLess(row.remaining_minutes, 0)

    def test_only_confirmed(self):
        """AVC-06: proposed and rejected outages do not count; archived ones do."""
        self._outage("2026-04-10 08:00", "2026-04-10 09:00", state="proposed")
        self._outage("2026-04-11 08:00", "2026-04-11 09:00", state="rejected")
        counted = self._outage("2026-04-12 08:00", "2026-04-12 10:00", active=False)
        row = self._april()
        self.assertEqual(row.down_seconds, 2 * HOUR)
        self.assertEqual(row.outage_ids, counted)

    def test_tree(self):
        """AVC-05: an outage counts for what is part of the service; that of an
        offering for the service as the target says."""
        line = {"service_id": self.offering.id}
        offering = self._available_agreement(line=line, partner_id=self.customer.id)
        alone = self._available_agreement(
            line={"counts_offerings": False}, partner_id=self.customer_2.id
        )
        agreements = self.agreement | offering | alone
        self._outage("2026-04-10 08:00", "2026-04-10 09:00")  # of the service
        self._outage(
            "2026-04-11 08:00", "2026-04-11 10:00", service_id=self.offering.id
        )
        other = self.env["itsm.service"].create({"name": "Printing", "state": "live"})
        self._outage("2026-04-12 08:00", "2026-04-12 12:00", service_id=other.id)
        rows = self._april(agreements=agreements)
        down = {row.agreement_id: row.down_seconds / HOUR for row in rows}
        self.assertEqual(down, {self.agreement: 3, offering: 3, alone: 1})

    def test_customers(self):
        """AVC-05: an outage that names customers counts for their agreements, and for
        the agreement for everybody if one of them has none of his own."""
        own = self._available_agreement(partner_id=self.customer.id)
        agreements = self.agreement | own
        self._outage(
            "2026-04-10 08:00",
            "2026-04-10 09:00",
            # a contact stands for the customer
            partner_ids=[Command.set(self.requester.ids)],
        )
        self._outage(
            "2026-04-11 08:00",
            "2026-04-11 10:00",
            partner_ids=[Command.set(self.customer_2.ids)],
        )
        rows = self._april(agreements=agreements)
        down = {row.agreement_id: row.down_seconds / HOUR for row in rows}
        self.assertEqual(down, {self.agreement: 2, own: 1})

    def test_customers_by_day(self):
        """AVC-05: an agreement of his own takes a customer's outages from the one for
        everybody while it is in force, not before and not afterwards.

        The general agreement counts an hour if one of those named had none of his own
        in it; hours counted one by one.
        """
        own = self._available_agreement(
            partner_id=self.customer.id, date_start="2026-04-10"
        )
        with freeze_time("2026-04-20 06:00"):
            own.action_terminate()
        later = self._available_agreement(
            partner_id=self.customer_2.id, date_start="2026-04-18"
        )
        later.active = False
        draft = self._draft_agreement(
            partner_id=self.customer_2.id, date_start="2026-01-01"
        )
        self.assertEqual(draft.state, "draft")
        in_force = {
            self.customer: (datetime(2026, 4, 10), datetime(2026, 4, 20, 6)),
            self.customer_2: (datetime(2026, 4, 18), datetime.max),
        }
        one, two = self.customer, self.customer_2
        outages = [
            (one, datetime(2026, 4, 9, 20), 8),
            (two, datetime(2026, 4, 12, 8), 3),
            (one | two, datetime(2026, 4, 17, 21), 9),
            (one, datetime(2026, 4, 19, 8), 2),
            (one | two, datetime(2026, 4, 20, 2), 10),
            (two, datetime(2026, 4, 25, 8), 4),
            (one, datetime(2026, 4, 28, 8), 5),
        ]
        hours = 0
        for partners, start, length in outages:
            self._outage(
                start,
                start + timedelta(hours=length),
                partner_ids=[Command.set(partners.ids)],
            )
            for number in range(length):
                hour = start + timedelta(hours=number)
                hours += any(
                    not in_force[partner][0] <= hour < in_force[partner][1]
                    for partner in partners
                )
        # 4 h before his own began, 3, 3, none, 6 h after it ended, none, 5
        self.assertEqual(hours, 4 + 3 + 3 + 6 + 5)
        rows = self._april(agreements=self.agreement | own | later)
        down = {row.agreement_id: row.down_seconds / HOUR for row in rows}
        self.assertEqual(down[self.agreement], hours)
        self.assertEqual(down[own], 4 + 9 + 2 + 4)
        self.assertEqual(down[later], 6 + 10 + 4)

    def test_legs(self):
        """CAL-09: agreements with teams and suppliers count the outages that these are
        responsible for; those with customers count all."""
        supplier = self.env["res.partner"].create({"name": "Carrier"})
        ola = self._available_agreement(kind="ola", team_id=self.team.id)
        uc = self._available_agreement(kind="uc", supplier_id=supplier.id)
        leg = {"leg": "team", "leg_team_id": self.team.id}
        self._outage("2026-04-10 08:00", "2026-04-10 09:00", **leg)
        leg = {"leg": "supplier", "leg_partner_id": supplier.id}
        self._outage("2026-04-11 08:00", "2026-04-11 10:00", **leg)
        self._outage("2026-04-12 08:00", "2026-04-12 12:00", leg="customer")
        rows = self._april(agreements=self.agreement | ola | uc)
        down = {row.agreement_id: row.down_seconds / HOUR for row in rows}
        self.assertEqual(down, {self.agreement: 7, ola: 1, uc: 2})

    def test_degraded(self):
        """AVC-05: degraded counts as down where the target says so."""
        line = {"counts_degraded": True}
        strict = self._available_agreement(line=line, partner_id=self.customer.id)
        self._outage("2026-04-10 08:00", "2026-04-10 09:00", effect="degraded")
        rows = self._april(agreements=self.agreement | strict)
        down = {row.agreement_id: row.down_seconds / HOUR for row in rows}
        self.assertEqual(down, {self.agreement: 0, strict: 1})

    def _interruption(self, start, stop, **vals):
        return self.env["itsm.interruption"].create(
            {
                "name": "Upgrade",
                "date_start": start,
                "date_stop": stop,
                "state": "agreed",
                "reason": "As the test wants it",
                "service_ids": [Command.set(self.service.ids)],
                **vals,
            }
        )

    def test_agreed_interruptions(self):
        """CAL-07, AVC-07: agreed interruptions and planned outages are taken from
        agreed and from down time; what overruns the interruption counts."""
        agreed = self._interruption("2026-04-11 22:00", "2026-04-12 04:00")
        self._interruption("2026-04-18 22:00", "2026-04-19 04:00", state="planned")
        self._outage(
            "2026-04-11 22:00",
            "2026-04-12 05:00",
            planned=True,
            interruption_id=agreed.id,
        )
        self._outage(
            "2026-04-20 01:00", "2026-04-20 03:00", planned=True, note="By letter"
        )
        self._outage("2026-04-20 02:00", "2026-04-20 04:00")
        row = self._april()
        self.assertEqual(row.planned_hours, 8)  # 6 by calendar, 2 by letter
        self.assertEqual(row.agreed_hours, 712)
        self.assertEqual(row.down_hours, 2)  # 04–05 and 03–04
        self.assertEqual(row.failure_count, 2)

    def test_interruptions_that_count(self):
        """CAL-07: an agreement under which agreed interruptions count takes nothing
        away."""
        self._interruption("2026-04-11 22:00", "2026-04-12 04:00")
        strict = self._available_agreement(
            exclude_interruptions=False, partner_id=self.customer.id
        )
        self._outage(
            "2026-04-20 01:00", "2026-04-20 03:00", planned=True, note="By letter"
        )
        rows = self._april(agreements=strict)
        self.assertEqual((rows.agreed_hours, rows.down_hours), (720, 2))

    def test_maintenance_of_an_offering(self):
        """AVC-07: maintenance of an offering is none of the service: it only keeps the
        offering's own outage from counting."""
        self._interruption(
            "2026-04-11 22:00",
            "2026-04-12 04:00",
            service_ids=[Command.set(self.offering.ids)],
        )
        self._outage(
            "2026-04-12 03:00", "2026-04-12 05:00", service_id=self.offering.id
        )
        self._outage(
            "2026-04-15 03:00",
            "2026-04-15 05:00",
            service_id=self.offering.id,
            planned=True,
            note="By letter",
        )
        row = self._april()
        self.assertEqual((row.agreed_hours, row.down_hours), (720, 1))

    def test_in_force(self):
        """AVC-07: only as long as the agreement is in force: from its first day, until
        it is terminated or taken over; past its end it stays in force."""
        late = self._available_agreement(
            date_start="2026-04-11", date_end="2026-04-12", partner_id=self.customer.id
        )
        row = self._april(agreements=late)
        self.assertEqual(row.agreed_hours, 20 * 24)
        with freeze_time("2026-04-21 06:00"):
            late.action_terminate()
        row = self._april(agreements=late)
        self.assertEqual(row.agreed_hours, 10 * 24 + 6)

    def test_new_version(self):
        """AVC-01: the targets of an agreement in force are frozen; a new version has
        them, and each version its days."""
        line = self.agreement.availability_ids
        with self.assertRaises(UserError):
            line.target = 99.0
        with self.assertRaises(UserError):
            self.agreement.write({"availability_ids": [Command.clear()]})
        with self.assertRaises(UserError):
            line.create(
                {"agreement_id": self.agreement.id, "service_id": self.offering.id}
            )
        with self.assertRaises(UserError):
            line.unlink()
        with freeze_time("2026-04-10 12:00"):
            action = self.agreement.action_new_version()
            version = self.agreement.browse(action["res_id"])
            version.availability_ids.target = 99.5
            version.date_start = "2026-04-16"
            version.action_activate()
        rows = self._april(agreements=self.agreement | version)
        self.assertEqual(
            {row.agreement_id: (row.target, row.agreed_hours) for row in rows},
            {self.agreement: (99.9, 15 * 24), version: (99.5, 15 * 24)},
        )

    def test_successor_dated_back(self):
        """AVC-07: a successor from an earlier day on leaves the old version no figures
        in months that it is not in force in any more; nothing fails about them."""
        outage = self._outage("2026-04-10 08:00", "2026-04-12 08:00")
        row = self._april("2026-05-02 12:00")
        self.assertEqual((row.status, row.outage_ids), ("missed", outage))
        guard.with_token(self.agreement).superseded_on = "2026-03-15"
        empty = {
            "status": "no_data",
            "agreed_seconds": 0,
            "down_seconds": 0,
            "percent": 0,
            "outage_ids": [],
            "frozen": False,
        }
        self._compute("2026-05-03 12:00", first=None)
        self.assertRecordValues(row, [empty])
        with freeze_time("2026-05-03 12:00"):
            row.with_user(self.sla_manager).action_compute()
            row.with_user(self.sla_manager).action_freeze()
            revision = row.with_user(self.sla_manager)._correct("Looked again")
        self.env.invalidate_all()
        self.assertRecordValues(revision, [{**empty, "frozen": True}])

    def test_services_of_the_agreement(self):
        """SLM-11: only services of the agreement, or their offerings."""
        draft = self._draft_agreement(service_ids=[Command.set(self.service.ids)])
        lines = self.env["itsm.agreement.availability"]
        line = lines.create({"agreement_id": draft.id, "service_id": self.offering.id})
        other = self.env["itsm.service"].create({"name": "Printing", "state": "live"})
        with self.assertRaises(ValidationError):
            line.service_id = other
        with self.assertRaises(ValidationError):
            draft.service_ids = other
        company = self.env["res.company"].create({"name": "Other company"})
        foreign = other.create({"name": "Theirs", "company_id": company.id})
        with self.assertRaises(ValidationError):
            lines.create(
                {"agreement_id": self._draft_agreement().id, "service_id": foreign.id}
            )

    def test_no_target_no_data(self):
        """AVC-04: without a promise it is measured; without service hours there is no
        figure."""
        free = self._available_agreement(
            line={"has_target": False}, partner_id=self.customer.id
        )
        self._outage("2026-04-10 08:00", "2026-04-10 09:00")
        row = self._april(agreements=free)
        self.assertEqual((row.status, row.down_hours), ("no_target", 1))
        self._interruption("2026-04-01 00:00", "2026-05-01 00:00")
        row = self._april(agreements=free)
        self.assertEqual((row.status, row.percent_text), ("no_data", "–"))

    def test_running_month(self):
        """AVC-14: within the month it is measured so far, and judged by the allowance
        of the whole month; an open outage is down up to now."""
        self._outage("2026-04-10 12:00:00")
        row = self._april("2026-04-10 12:30:00")
        self.assertEqual(row.down_seconds, 1800)
        self.assertEqual(row.measured_seconds, (9 * 24 + 12.5) * HOUR)
        self.assertEqual(row.agreed_hours, 720)
        self.assertEqual(row.allowance_seconds, 2592)
        self.assertEqual(row.status, "met")
        self.assertEqual(self._april("2026-04-10 12:33:00").status, "at_risk")
        self.assertEqual(self._april("2026-04-10 12:43:12").status, "at_risk")
        self.assertEqual(self._april("2026-04-10 12:43:13").status, "missed")

    def _rows_of_agreement(self):
        return self.rows.search([("agreement_id", "=", self.agreement.id)])

    def _told(self, code):
        return self.env["itsm.notification.log"].search(
            [
                ("event_code", "=", code),
                ("res_model", "=", "itsm.availability"),
                ("res_id", "in", self._rows_of_agreement().ids),
            ]
        )

    def test_alert_once(self):
        """AVC-14: told once when it is at risk, once when it is missed; not again, and
        not about a month that is over."""
        outage = self._outage("2026-04-10 12:00:00")
        self._april("2026-04-10 12:20:00")
        self.assertFalse(self._told("availability_at_risk"))
        row = self._april("2026-04-10 12:35:00")
        logs = self._told("availability_at_risk")
        owner = logs.filtered(lambda log: log.user_id == self.sla_manager)
        self.assertEqual((len(owner), owner.res_id), (1, row.id))
        self._april("2026-04-10 12:40:00")
        self.assertEqual(self._told("availability_at_risk"), logs)
        self.assertFalse(self._told("availability_missed"))
        self._april("2026-04-10 13:00:00")
        missed = self._told("availability_missed")
        self.assertEqual(
            len(missed.filtered(lambda m: m.user_id == self.sla_manager)), 1
        )
        # corrected, at risk again, missed again: all of it was told before
        outage.date_stop = "2026-04-10 12:40:00"
        self.assertEqual(self._april("2026-04-11 13:00").status, "at_risk")
        outage.date_stop = "2026-04-10 18:40:00"
        self._april("2026-04-11 14:00")
        self.assertEqual(self._told("availability_at_risk"), logs)
        self.assertEqual(self._told("availability_missed"), missed)

    def test_no_alert_afterwards(self):
        """AVC-14: an outage that becomes known after the month tells nobody."""
        self._outage("2026-04-10 12:00", "2026-04-10 18:00")
        self.assertEqual(self._april().status, "missed")
        self.assertFalse(self._told("availability_missed"))

    def test_frozen_month(self):
        """AVC-09: a closed month does not change; a revision does, and says why."""
        outage = self._outage("2026-04-10 12:00", "2026-04-10 13:00")
        row = self._april("2026-05-10 12:00")
        self.assertFalse(row.frozen)
        row = self._april("2026-05-11 12:00")
        self.assertTrue(row.frozen)
        outage.date_stop = "2026-04-10 15:00"
        self.assertEqual(self._april("2026-05-12 12:00"), row)
        self.assertEqual(row.down_hours, 1)
        for values in ({"down_seconds": 0}, {"outage_ids": [Command.clear()]}):
            with self.assertRaises(AccessError):
                row.with_user(self.sla_manager).write(values)
            with self.assertRaises(AccessError):
                row.sudo().write(values)
        with self.assertRaises(UserError):
            outage.unlink()
        outage.active = False
        wizard = self.env["itsm.availability.correction"].with_user(self.sla_manager)
        wizard = wizard.create({"availability_id": row.id, "reason": "Ended later"})
        revision = self.rows.browse(wizard.action_apply()["res_id"])
        self.assertEqual((row.down_hours, row.is_latest), (1, False))
        self.assertEqual((revision.down_hours, revision.revision), (3, 2))
        self.assertEqual(revision.user_id, self.sla_manager)
        self.assertEqual(revision.note, "Ended later")
        self.assertEqual(revision.outage_ids, outage)
        with self.assertRaises(UserError):
            row._correct("Once more")
        with self.assertRaises(UserError):
            revision._correct("  ")

    def test_closing_by_hand(self):
        """AVC-09: the manager closes a month early, but not before it is over."""
        row = self._april("2026-04-20 12:00")
        with freeze_time("2026-04-30 12:00"), self.assertRaises(UserError):
            row.with_user(self.sla_manager).action_freeze()
        with freeze_time("2026-05-01 12:00"):
            row.with_user(self.sla_manager).action_freeze()
        self.assertTrue(row.frozen)
        self.assertEqual(row.measured_seconds, row.agreed_seconds)

    def test_months(self):
        """AVC-04: a new target has the month before and the present one; after a long
        stop the months between are caught up; closed ones stay."""
        self._run_cron("2026-04-20 12:00")
        rows = self._rows_of_agreement()
        self.assertEqual(
            sorted(row.month_label for row in rows), ["2026-03", "2026-04"]
        )
        self._run_cron("2026-08-05 12:00")
        rows = self._rows_of_agreement()
        self.assertEqual(
            {row.month_label: row.frozen for row in rows},
            {
                "2026-03": True,
                "2026-04": True,
                "2026-05": True,
                "2026-06": True,
                "2026-07": False,
                "2026-08": False,
            },
        )

    def test_zones_and_companies(self):
        """CAL-09: each agreement in its own zone, each company with its outages."""
        company = self.env["res.company"].create({"name": "Second company"})
        theirs = self.env["itsm.service"].create(
            {"name": "Mail", "company_id": company.id, "state": "live"}
        )
        other = self._available_agreement(
            company_id=company.id,
            tz=NEW_YORK,
            pause_reason_ids=False,
            line={"service_id": theirs.id},
        )
        berlin = self._available_agreement(tz=BERLIN, partner_id=self.customer.id)
        # in Berlin it is 1 April 00:30 to 02:30, in New York 31 March
        self._outage("2026-03-31 22:30", "2026-04-01 00:30")
        self._outage(
            "2026-03-31 22:30",
            "2026-04-01 04:30",
            company_id=company.id,
            service_id=theirs.id,
        )
        agreements = self.agreement | other | berlin
        rows = self._compute("2026-05-02 12:00", agreements, date(2026, 3, 1))
        down = {
            (row.agreement_id, row.month_label): row.down_hours
            for row in rows
            if row.month_label < "2026-05"
        }
        self.assertEqual(
            down,
            {
                (self.agreement, "2026-03"): 1.5,
                (self.agreement, "2026-04"): 0.5,
                (berlin, "2026-03"): 0,
                (berlin, "2026-04"): 2,
                (other, "2026-03"): 5.5,
                (other, "2026-04"): 0.5,
            },
        )
        user = self._create_user("second", "itsm_sla.itsm_group_sla_manager")
        user.write(
            {"company_ids": [Command.set(company.ids)], "company_id": company.id}
        )
        seen = self.rows.with_user(user).search([("id", "in", rows.ids)])
        self.assertEqual(seen.agreement_id, other.with_user(user))
        with self.assertRaises(AccessError):
            (rows - seen.with_user(self.env.user))[:1].with_user(user).read(["percent"])
        with self.assertRaises(UserError):
            self._outage("2026-04-10 08:00", company_id=company.id)

    def test_minute_by_minute(self):
        """AVC-05, AVC-07: random outages, interruptions and office hours in two zones,
        through the ORM, against a look at every minute."""
        rng = random.Random(7)
        offices = {
            BERLIN: self._create_calendar("Office Berlin", BERLIN),
            NEW_YORK: self._create_calendar("Office New York", NEW_YORK),
        }
        agreements = {
            zone: self._available_agreement(
                tz=zone, calendar_id=calendar.id, partner_id=customer.id
            )
            for (zone, calendar), customer in zip(
                offices.items(), (self.customer, self.customer_2), strict=True
            )
        }
        begins = datetime(2026, 3, 1)

        def moments(longest):
            start = begins + timedelta(minutes=rng.randint(-600, 31 * 1440))
            return start, start + timedelta(minutes=rng.randint(1, longest))

        outages = []
        for _number in range(25):
            start, stop = moments(3000)
            service = rng.choice([self.service, self.offering])
            effect = rng.choice(["down", "down", "degraded"])
            planned = rng.random() < 0.2
            self._outage(
                start,
                stop,
                service_id=service.id,
                effect=effect,
                planned=planned,
                note="By letter",
            )
            if effect == "down":
                outages.append((start, stop, service, planned))
        holes = [moments(700) for _number in range(4)]
        for start, stop in holes:
            self._interruption(start, stop)
        for zone, agreement in agreements.items():
            rows = self._compute("2026-05-02 12:00", agreement, date(2026, 3, 1))
            row = rows.filtered(lambda row: row.month == date(2026, 3, 1))
            first, last = Period.of("month", row.month).bounds_utc(zone)
            agreed = down = 0
            moment = first
            while moment < last:
                local = moment.replace(tzinfo=timezone.utc).astimezone(ZoneInfo(zone))
                works = local.weekday() < 5 and (
                    9 <= local.hour < 12 or 13 <= local.hour < 18
                )
                now_out = [o for o in outages if o[0] <= moment < o[1]]
                away = any(start <= moment < stop for start, stop in holes) or any(
                    planned and service == self.service
                    for _start, _stop, service, planned in now_out
                )
                if works and not away:
                    agreed += 60
                    if any(not planned for *_rest, planned in now_out):
                        down += 60
                moment += timedelta(minutes=1)
            with self.subTest(zone=zone):
                self.assertEqual((row.agreed_seconds, row.down_seconds), (agreed, down))

    def test_constant_queries(self):
        """Design, Speed: fifty agreements take no more queries than one."""
        for day in range(1, 29):
            self._outage(f"2026-04-{day:02} 08:00", f"2026-04-{day:02} 08:01")
        customers = self.env["res.partner"].create(
            [{"name": f"Customer {number}"} for number in range(50)]
        )
        agreements = self.env["itsm.agreement"]
        for customer in customers:
            agreements |= self._available_agreement(partner_id=customer.id)

        def queries(some, now):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            with freeze_time(now):
                self.rows._compute_months(some, APRIL)
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        self.rows._compute_months(self.agreement, APRIL)  # fills caches
        one = queries(agreements[0], "2026-04-29 12:00")
        self.assertLessEqual(queries(agreements[1:], "2026-04-29 12:00"), one)
        self._outage("2026-04-29 08:00", "2026-04-29 08:01")
        one = queries(agreements[0], "2026-04-29 13:00")
        self.assertLessEqual(queries(agreements[1:], "2026-04-29 13:00"), one)
        rows = self.rows.search([("agreement_id", "in", agreements.ids)])
        self.assertEqual(set(rows.mapped("down_seconds")), {29 * 60})
        self.assertTrue(all(len(row.outage_ids) == 29 for row in rows))


@tagged("post_install", "-at_install")
class TestOutage(AvailabilityCommon):
    """Who records outages, and what an outage must say (AVC-05, AVC-06)."""

    def _vals(self, **vals):
        return {
            "name": "Mail stood still",
            "service_id": self.service.id,
            "date_start": "2026-04-10 08:00",
            "date_stop": "2026-04-10 09:00",
            **vals,
        }

    def test_agent_proposes(self):
        """AVC-05: agents propose, and change proposals; managers decide."""
        outages = self.env["itsm.outage"].with_user(self.agent)
        outage = outages.create(self._vals())
        self.assertEqual(outage.state, "proposed")
        outage.note = "Half of the users"
        for values in ({"state": "confirmed"}, {"active": False}):
            with self.assertRaises(AccessError):
                outage.write(values)
            with self.assertRaises(AccessError):
                outages.create(self._vals(**values))
        sneaky = outages.with_context(default_state="confirmed").create(self._vals())
        self.assertEqual(sneaky.state, "proposed")
        with self.assertRaises(AccessError):
            outage.action_confirm()
        with self.assertRaises(AccessError):
            outage.unlink()
        outage.with_user(self.sla_manager).action_confirm()
        with self.assertRaises(AccessError):
            outage.date_stop = "2026-04-10 08:01"
        outage.with_user(self.sla_manager).date_stop = "2026-04-10 08:30"
        self.assertEqual(outage.state, "confirmed")

    def test_managers_are_told(self):
        """AVC-06: a proposal waits for somebody, and he knows."""
        role = self.env.ref("itsm_base.itsm_role_service_level_manager")
        self.env["itsm.role.holder"].create(
            {
                "role_id": role.id,
                "company_id": self.company.id,
                "user_id": self.sla_manager.id,
            }
        )
        outages = self.env["itsm.outage"].with_user(self.agent)
        outage = outages.create(self._vals())
        logs = self.env["itsm.notification.log"].search(
            [("res_model", "=", outage._name), ("res_id", "=", outage.id)]
        )
        self.assertIn(self.sla_manager, logs.user_id)

    def test_others_do_not(self):
        """AVC-05: helpdesk users read; employees, customers and the public do not."""
        outage = self._outage("2026-04-10 08:00", "2026-04-10 09:00")
        row = self._april()
        self.assertTrue(outage.with_user(self.helpdesk_user).name)
        self.assertTrue(row.with_user(self.helpdesk_user).percent)
        with self.assertRaises(AccessError):
            outage.with_user(self.helpdesk_user).name = "Nothing"
        with self.assertRaises(AccessError):
            row.with_user(self.agent).action_freeze()
        with self.assertRaises(AccessError):
            row.with_user(self.agent).action_correct()
        public = self.env.ref("base.public_user")
        for user in (self.employee, self.portal_user, public):
            for record in (outage, row, self.agreement.availability_ids):
                with self.subTest(user=user.login, model=record._name):
                    with self.assertRaises(AccessError):
                        record.with_user(user).read(["display_name"])
            with self.assertRaises(AccessError):
                self.env["itsm.workload"].with_user(user).search([])

    def test_bad_input(self):
        """AVC-05: what cannot be is refused, with the remedy."""
        interruption = self.env["itsm.interruption"].create(
            {
                "name": "Upgrade of the telephones",
                "date_start": "2026-04-10 08:00",
                "date_stop": "2026-04-10 09:00",
                "state": "agreed",
                "reason": "Test",
                "service_ids": [Command.set(self.service_draft.ids)],
            }
        )
        tomorrow = fields.Datetime.now() + timedelta(days=1)
        for wrong in (
            {"date_start": tomorrow, "date_stop": False},
            {"date_stop": tomorrow},
            {"planned": True},
            {"planned": True, "note": "By letter", "date_stop": False},
            {"interruption_id": interruption.id},
            {"planned": True, "interruption_id": interruption.id},
            {"leg": "customer", "leg_team_id": self.team.id},
            {"leg": "team", "leg_partner_id": self.customer.id},
        ):
            with self.subTest(wrong=wrong), self.assertRaises(ValidationError):
                self.env["itsm.outage"].create(self._vals(**wrong))

    def test_kept(self):
        """AVC-09: an outage no closed month used can be deleted, by who decides."""
        outage = self._outage("2026-04-10 08:00", "2026-04-10 09:00")
        row = self._april("2026-04-20 12:00")
        self.assertEqual(row.outage_ids, outage)
        outage.with_user(self.sla_manager).unlink()
        self.assertFalse(self._april("2026-04-20 12:00").down_seconds)


@tagged("post_install", "-at_install")
class TestAvailabilityPaper(AvailabilityCommon):
    """Reviews, reports, key figures (AVC-04, AVC-16, SLM-07, K12 to K16)."""

    def test_initial_review(self):
        """SLM-07, AVC-16, D05: what was, measured as the draft would measure it."""
        self._outage("2026-03-10 08:00", "2026-03-10 12:00")
        draft = self._draft_agreement(
            tz="UTC",
            calendar_id=self.calendar_24x7.id,
            partner_id=self.customer.id,
            date_start="2026-06-01",
            availability_ids=[
                Command.create({"service_id": self.service.id, "target": 99.9})
            ],
        )
        with freeze_time("2026-05-05 12:00"):
            action = draft.with_user(self.sla_manager).action_availability_review()
        document = self.env["itsm.document"].browse(action["res_id"])
        self.assertEqual(draft.availability_review_id, document)
        [service] = document.content["services"]
        self.assertEqual(len(service["months"]), 12)
        self.assertEqual(
            [service["months"][0]["month"], service["months"][-1]["month"]],
            ["2025-05", "2026-04"],
        )
        march = service["months"][-2]
        # 740 of 744 h
        self.assertEqual(
            (march["percent"], march["status"], march["down_hours"]),
            ("99.462 %", "missed", "4.00"),
        )
        self.assertIn("11", service["verdict"])
        self.assertTrue(service["gap"])
        # twelve months have 8760 h: 8756 / 8760 = 99.954… %; March lacks 0.4376…
        self.assertEqual(
            [
                service[name]
                for name in ("baseline", "lowest", "failures", "down_hours", "points")
            ],
            ["99.954 %", "99.462 % (2026-03)", "1", "4.00", "0.438"],
        )
        # the form on screen shows what is printed
        shown = str(document.with_user(self.sla_manager).figures_html)
        for figure in ("99.954 %", "99.462 %", "2026-03", "744.00", "0.438"):
            self.assertIn(figure, shown)
        html = self.env["ir.qweb"]._render(
            document.kind_id._body_template(), {"content": document.content}
        )
        self.assertIn("99.462 %", str(html))
        with self.assertRaises(ValidationError):
            self._draft_agreement().availability_review_id = document
        new = self.env["itsm.service"].create(
            {"name": "Scanner", "code": "T-SCAN", "state": "live"}
        )
        never = draft.copy(
            {"availability_ids": [Command.create({"service_id": new.id, "target": 99})]}
        )
        with freeze_time("2026-05-05 12:00"):
            action = never.with_user(self.sla_manager).action_availability_review()
        [service] = (
            self.env["itsm.document"].browse(action["res_id"]).content["services"]
        )
        self.assertIn("No outage was recorded in 12 months", service["verdict"])
        draft.action_activate()
        with self.assertRaises(UserError):
            draft.availability_review_id = False

    def test_report(self):
        """AVC-04, D15, REP-02: the section of reports and the monthly report."""
        self._outage(
            "2026-04-10 08:00",
            "2026-04-10 09:00",
            cause_id=self.env.ref("itsm_sla.itsm_outage_cause_network").id,
        )
        self._april("2026-05-15 12:00")
        section = self.agreement._availability_section_data(APRIL, date(2026, 4, 30))
        [row] = section["rows"]
        self.assertEqual(
            (row["percent"], row["down_hours"], row["failures"], row["status"]),
            ("99.861 %", "1.00", 1, "missed"),
        )
        self.assertEqual((row["mttr"], row["mtbf"]), ("1.00", "719.00"))
        [outage] = section["outages"]
        self.assertEqual(
            (outage["start"], outage["hours"], outage["cause"]),
            ("2026-04-10 08:00", "1.00", "Network"),
        )
        with freeze_time("2026-05-15 12:00"):
            document = self.env["itsm.document"].create(
                {
                    "kind_id": self.env.ref("itsm_sla.itsm_document_kind_d15").id,
                    "period_start": APRIL,
                }
            )
            document.action_fill()
        html = self.env["ir.qweb"]._render(
            document.kind_id._body_template(), {"content": document.content}
        )
        self.assertIn("99.861 %", str(html))

    def _figures(self, code, day=APRIL):
        kpi = self.env["itsm.kpi"].search([("code", "=", code)])
        kpi._compute_values(day, day, self.company)
        return self.env["itsm.kpi.value"].search(
            [
                ("kpi_id", "=", kpi.id),
                ("company_id", "=", self.company.id),
                ("period_start", "=", Period.of(kpi.period, day).start),
            ]
        )

    def test_key_figures(self):
        """K12 to K16: each service once, however many agreements promise it; from the
        figure to the months behind it."""
        self.env["itsm.kpi.value"].search([]).mapped("kpi_id")
        line = {"service_id": self.service_draft.id}
        office = self._available_agreement(
            partner_id=self.customer.id, calendar_id=self.calendar.id, tz=self.zone
        )
        phones = self._available_agreement(partner_id=self.customer_2.id, line=line)
        self._outage("2026-04-10 08:00", "2026-04-10 10:00")
        self._outage("2026-04-20 22:00", "2026-04-20 23:00")
        self._outage(
            "2026-04-11 08:00", "2026-04-11 09:00", service_id=self.service_draft.id
        )
        rows = self._compute(
            "2026-05-02 12:00", self.agreement | office | phones
        ).filtered(lambda row: row.month == APRIL)
        counted = rows.filtered(lambda row: row.agreement_id != office)
        # 1440 agreed hours of two services, 4 h down in 3 failures
        for code, expected in (
            ("K12", 100 * 1436 / 1440),
            ("K13", 4 / 3),
            ("K14", 1436 / 3),
            ("K16", 4),
        ):
            with self.subTest(code=code):
                value = self._figures(code)
                self.assertAlmostEqual(value.value, expected)
                records, _is_cut = value._drill("denominator")
                self.assertEqual(records, counted)
        value = self._figures("K15")  # of the quarter so far; May has two rows as well
        self.assertEqual(value.period_label, "2026 Q2")
        self.assertFalse(value.no_data)


@tagged("post_install", "-at_install")
class TestWorkload(AvailabilityCommon):
    """Workload limits against what came in (SLM-05)."""

    def test_until_now(self):
        """SLM-05: months up to the present one in the agreement's zone, as the program
        knows it and not the database."""
        agreement = self._create_agreement(
            partner_id=self.customer.id, workload_ids=[Command.create({"limit": 2})]
        )
        first = agreement.date_start.replace(day=1)

        def months(wall):
            self.env.flush_all()
            with self.at(wall):
                loads = self.env["itsm.workload"].search(
                    [("agreement_id", "=", agreement.id)]
                )
                return sorted(loads.mapped("month"))

        april = months("2026-04-30 23:30")
        self.assertEqual((april[0], april[-1]), (first, APRIL))
        self.assertEqual(months("2026-05-01 00:30"), [*april, date(2026, 5, 1)])

    def test_workload(self):
        """SLM-05: tickets of a kind and priority per month in the agreement's zone;
        cancelled ones and duplicates do not count."""
        agreement = self._create_agreement(
            partner_id=self.customer.id,
            workload_ids=[
                Command.create({"limit": 2}),
                Command.create({"limit": 2, "itsm_kind": "incident", "priority": "3"}),
                Command.create({"measure": "user", "limit": 40}),
            ],
        )
        every, critical, users = agreement.workload_ids
        self._report("2026-04-01 00:30", priority="3")  # 31 March in UTC
        self._report("2026-04-15 10:00")
        kept = self._report("2026-04-16 10:00")
        gone = self._report("2026-04-17 10:00")
        self._move("2026-04-17 11:00", gone, "cancelled")
        self._report("2026-05-01 00:30")
        loads = self.env["itsm.workload"].search(
            [("agreement_id", "=", agreement.id), ("month", "=", APRIL)]
        )
        found = {load.limit_id: (load.actual, load.status) for load in loads}
        self.assertEqual(found, {every: (3, "over"), critical: (1, "within")})
        [load] = loads.filtered(lambda load: load.limit_id == every)
        action = load.action_view_tickets()
        tickets = self.env["helpdesk.ticket"].search(action["domain"])
        self.assertEqual(len(tickets), 3)
        self.assertIn(kept, tickets)
        section = agreement._workload_section_data(APRIL, date(2026, 4, 30))
        self.assertEqual([row["actual"] for row in section["rows"]], [3, 1])
        self.assertEqual(section["others"][0]["limit"], 40)
        html = self.env["ir.qweb"]._render(
            "itsm_sla.workload_section", {"section": section}
        )
        self.assertIn("150.0", str(html))
        with self.assertRaises(UserError):
            users.limit = 50

    def _activated_before(self, agreement):
        """It is activated now, and the test tells of the past."""
        guard.with_token(agreement).activated_at = "2026-03-01 00:00"

    def test_legs(self):
        """SLM-05: under an OLA the tickets that came to the team."""
        ola = self._create_agreement(
            {"2": (None, 60)},
            kind="ola",
            team_id=self.team_2.id,
            workload_ids=[Command.create({"limit": 1})],
        )
        self._activated_before(ola)
        ticket = self._report("2026-04-15 10:00")
        self._write("2026-04-15 11:00", ticket, team_id=self.team_2.id)
        self._report("2026-04-15 10:00")
        load = self.env["itsm.workload"].search(
            [("agreement_id", "=", ola.id), ("month", "=", APRIL)]
        )
        self.assertEqual((load.actual, load.status), (1, "within"))
        tickets = self.env["helpdesk.ticket"].search(
            load.action_view_tickets()["domain"]
        )
        self.assertEqual(tickets, ticket)

    def _take_over(self, agreement, day, scope, now):
        """A new version that is in force from ``day`` on, activated at ``now``."""
        with self.at(now):
            action = agreement.action_new_version()
            second = self.env["itsm.agreement"].browse(action["res_id"])
            second.date_start = day
            self.env["itsm.agreement.activate"].create(
                {"agreement_id": second.id, "scope": scope}
            ).action_activate()
        return second

    def _loads(self, agreements):
        """Tickets by agreement and month, and the numbers of tickets they open."""
        loads = self.env["itsm.workload"].search(
            [
                ("agreement_id", "in", agreements.ids),
                ("month", ">=", date(2026, 3, 1)),
                ("month", "<=", APRIL),
            ]
        )
        tickets = self.env["helpdesk.ticket"]
        for load in loads:
            found = tickets.search(load.action_view_tickets()["domain"])
            self.assertEqual(len(found), load.actual)
        return {
            (load.agreement_id.version, load.month.month): load.actual for load in loads
        }

    def test_versions(self):
        """SLM-05: a ticket counts for the month in which it was reported, under
        whichever version it is now: taken along, or saved before one dated back."""
        for scope, requester in (("open", self.requester), ("new", self.requester_2)):
            first = self._create_agreement(
                partner_id=requester.commercial_partner_id.id,
                workload_ids=[Command.create({"limit": 5})],
            )
            vals = {"partner_id": requester.id}
            march = self._report("2026-03-10 10:00", **vals)
            over = self._report("2026-03-11 10:00", **vals)
            self._move("2026-03-12 10:00", over, "closed")
            self._report("2026-04-02 10:00", **vals)
            back = self._report("2026-04-07 10:00", **vals)
            second = self._take_over(first, "2026-04-06", scope, "2026-04-10 10:00")
            taken = second if scope == "open" else first
            self.assertEqual((march | back).agreement_id, taken)
            last = self._report("2026-04-14 10:00", **vals)
            self.assertEqual(last.agreement_id, second)
            with self.subTest(scope=scope):
                # April has five days of the first version: one ticket; then two. The
                # month is counted once, against the limits of the second.
                self.assertEqual(self._loads(first | second), {(1, 3): 2, (2, 4): 3})

    def test_limit_across_versions(self):
        """SLM-05, K10: 2 tickets under one version and 2 under the next are 4 of a
        limit of 3 in the month, and over it."""
        first = self._create_agreement(
            partner_id=self.customer.id, workload_ids=[Command.create({"limit": 3})]
        )
        for day in ("2026-04-02", "2026-04-03"):
            self._report(f"{day} 10:00")
        second = self._take_over(first, "2026-04-15", "new", "2026-04-10 10:00")
        for day in ("2026-04-16", "2026-04-17"):
            self._report(f"{day} 10:00")
        loads = self.env["itsm.workload"].search(
            [("agreement_id", "in", (first | second).ids), ("month", "=", APRIL)]
        )
        self.assertEqual(loads.agreement_id, second)
        self.assertEqual((loads.actual, loads.status), (4, "over"))

    def test_versions_of_legs(self):
        """SLM-05: a leg belongs to the version in force when it came to the team."""
        first = self._create_agreement(
            {"2": (None, 60)},
            kind="ola",
            team_id=self.team_2.id,
            workload_ids=[Command.create({"limit": 5})],
        )
        self._activated_before(first)
        ticket = self._report("2026-03-10 10:00", team_id=self.team_2.id)
        second = self._take_over(first, "2026-04-01", "open", "2026-04-02 10:00")
        self.assertEqual(ticket.clock_ids.agreement_id, second)
        loads = self._loads(first | second)
        self.assertEqual(loads, {(1, 3): 1, (2, 4): 0})

    def test_bad_input(self):
        """SLM-05: limits that mean nothing are refused."""
        draft = self._draft_agreement()
        for wrong in (
            {"measure": "user", "limit": 3, "priority": "3"},
            {"measure": "other", "limit": 3},
        ):
            with self.subTest(wrong=wrong), self.assertRaises(ValidationError):
                self.env["itsm.agreement.workload"].create(
                    {"agreement_id": draft.id, **wrong}
                )
