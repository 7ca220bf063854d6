# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import date

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tests.common import freeze_time
from odoo.tools import mute_logger

from .kpi_common import KpiCommon

MARCH = date(2026, 3, 1)
ALL = date(2026, 1, 1), date(2026, 3, 31)


@tagged("post_install", "-at_install")
class TestKpiAccess(KpiCommon):
    """Who defines, enters, reads and drills down (MS-04; design, who sees what)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.owner = cls._create_user("kpi-owner", "base.group_user")
        cls.process, cls.process_2 = cls.env["itsm.process"].create(
            [
                {"name": "Incidents", "code": "T-INC", "owner_id": cls.owner.id},
                {"name": "Changes", "code": "T-CHG", "owner_id": cls.lead.id},
            ]
        )
        cls.kpi = cls._kpi("T1", process_id=cls.process.id)
        cls.kpi_2 = cls._kpi("T2", process_id=cls.process_2.id)
        cls.manual = cls._kpi(
            "T3", source="manual", entry="value", process_code="T-INC"
        )

    def _entry(self, user, kpi=None, **vals):
        return (
            self.env["itsm.kpi.value"]
            .with_user(user)
            .create(
                {
                    "kpi_id": (kpi or self.manual).id,
                    "period_start": MARCH,
                    "value": 1,
                    "note": "Counted",
                    **vals,
                }
            )
        )

    # === Definitions ===

    def test_process_owner(self):
        """MS-04: the owner of a process defines its KPIs, and no others."""
        mine = self.kpi.with_user(self.owner)
        mine.target = 80
        created = mine.create(
            {
                "code": "T4",
                "name": "Mine",
                "formula": "x",
                "process_id": self.process.id,
            }
        )
        created.unlink()
        for kpi in self.kpi_2, self._shipped("K43"):
            with mute_logger("odoo.models"), self.assertRaises(AccessError):
                kpi.with_user(self.owner).target = 1
        for process_id in (self.process_2.id, False):
            with mute_logger("odoo.models"), self.assertRaises(AccessError):
                mine.create(
                    {
                        "code": "T5",
                        "name": "Other",
                        "formula": "x",
                        "process_id": process_id,
                    }
                )
            with mute_logger("odoo.models"), self.assertRaises(AccessError):
                mine.process_id = process_id
            mine.invalidate_recordset()

    def test_roles(self):
        """MS-04: employees read definitions, managers write them, others do not."""
        with mute_logger("odoo.models"):
            for user in self.agent, self.lead, self.employee:
                self.kpi.with_user(user).read(["name", "formula"])
                with self.assertRaises(AccessError):
                    self.kpi.with_user(user).name = "X"
        self.kpi_2.with_user(self.lead).name = "Owner of the process"
        self.kpi.with_user(self.manager).name = "Managed"
        for user in self.portal_user, self.env.ref("base.public_user"):
            with mute_logger("odoo.models"), self.assertRaises(AccessError):
                self.kpi.with_user(user).read(["name"])

    def test_definition_of_a_process_belongs_to_its_company(self):
        """Design: a KPI of a process is measured for the company of the process."""
        other = self.env["res.company"].create({"name": "Other"})
        with self.assertRaises(ValidationError):
            self.kpi.company_ids = other
        with freeze_time("2026-04-05 02:00:00"):
            (self.kpi | self.manual)._compute_values(*ALL)
        values = self.env["itsm.kpi.value"].search([("kpi_id", "=", self.kpi.id)])
        self.assertEqual(values.company_id, self.company)
        # by code: for the process of each company that has one
        values = self.env["itsm.kpi.value"].search([("kpi_id", "=", self.manual.id)])
        self.assertIn(other, values.company_id)
        mine = values.filtered(lambda value: value.company_id == self.company)
        self.assertEqual(mine.process_id, self.process)

    # === Values ===

    def test_enter(self):
        """REP-30: who answers for a KPI enters it: owner, process owner, manager."""
        self.assertTrue(self._entry(self.owner))  # of the process with the code
        self.assertTrue(self._entry(self.manager, value=2))
        self.assertFalse(self.env["itsm.kpi.value"].with_user(self.employee).search([]))
        for user in self.agent, self.lead, self.employee, self.portal_user:
            with mute_logger("odoo.models"), self.assertRaises(AccessError):
                self._entry(user, period_start="2026-02-01")
        self.manual.owner_id = self.agent
        self.assertTrue(self._entry(self.agent, period_start="2026-02-01"))

    def test_correct(self):
        """REP-30: who may not enter a figure does not correct it either."""
        self._compute(self.kpi, now="2026-05-01 02:00:00")
        value = self._value(self.kpi)
        with mute_logger("odoo.models"), self.assertRaises(AccessError):
            value.with_user(self.agent).action_correct()
        wizard = self.env["itsm.kpi.correction"].with_user(self.agent)
        wizard = wizard.create({"value_id": value.id, "reason": "x"})
        with mute_logger("odoo.models"), self.assertRaises(AccessError):
            wizard.action_apply()
        value.with_user(self.owner)._correct("I found one more")
        self.assertEqual(self._value(self.kpi).revision, 2)

    def test_other_company(self):
        """Design: figures of another company are not there, allowed ones are."""
        other = self.env["res.company"].create({"name": "Other"})
        kpi = self._kpi("T6")
        self._compute(kpi, companies=self.company | other)
        value = self._value(kpi, company=other)
        self.assertTrue(value)
        values = self.env["itsm.kpi.value"].with_user(self.manager)
        found = values.search([("kpi_id", "=", kpi.id)])
        self.assertEqual(found.company_id, self.company)
        with mute_logger("odoo.models"), self.assertRaises(AccessError):
            value.with_user(self.manager).read(["value"])
        self.manager.company_ids = [Command.link(other.id)]
        found = values.with_context(allowed_company_ids=(self.company | other).ids)
        self.assertEqual(len(found.search([("kpi_id", "=", kpi.id)])), 2)
        # a KPI that is meant for the other company only
        kpi.company_ids = other
        self.manager.company_ids = [Command.unlink(other.id)]
        with mute_logger("odoo.models"), self.assertRaises(AccessError):
            kpi.with_user(self.manager).read(["name"])

    def test_portal(self):
        """Design: customers reach neither definitions nor figures, by no method."""
        for model in ("itsm.kpi", "itsm.kpi.value", "itsm.kpi.computation"):
            for user in self.portal_user, self.env.ref("base.public_user"):
                with mute_logger("odoo.models"), self.assertRaises(AccessError):
                    self.env[model].with_user(user).search([])

    # === Drill-down ===

    def test_drill_with_own_rights(self):
        """Design: drill-down shows what its reader may see; the figure stays."""
        times = {"reported_at": "2026-03-01 09:00", "resolved_at": "2026-03-02 09:00"}
        seen = self._past_ticket(**times)
        hidden = self._past_ticket(**times, team_id=self.team_2.id)
        self._compute(self.kpi)
        self.assertEqual(self._figure(self.kpi)[:2], (2, 2))
        value = self._value(self.kpi)
        few = self._create_user("kpi-few", "helpdesk_mgmt.group_helpdesk_user_team")
        self.team.user_ids = [Command.link(few.id)]
        self.kpi.owner_id = few  # may read the value
        action = value.with_user(few).action_drill_denominator()
        tickets = self.env[action["res_model"]].with_user(few)
        self.assertEqual(tickets.search(action["domain"]), seen)
        # not even the number of a ticket that is hidden leaves the server
        self.assertNotIn(hidden.id, action["domain"][0][2])
        self.assertEqual(self._drilled(value, "denominator"), seen | hidden)
        with mute_logger("odoo.models"), self.assertRaises(AccessError):
            value.with_user(self.employee).action_drill_denominator()

    def test_drill_of_manual(self):
        """REP-30: a figure that was entered has no records; that is said."""
        value = self._entry(self.manager)
        self.assertFalse(value.can_drill)
        with self.assertRaisesRegex(UserError, "entered by hand"):
            value.action_drill_numerator()
