# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import date

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain
from odoo.tests import tagged
from odoo.tests.common import freeze_time
from odoo.tools import mute_logger

from .kpi_common import NOW, KpiCommon

MARCH = date(2026, 3, 1)


@tagged("post_install", "-at_install")
class TestKpiPerson(KpiCommon):
    """Figures about a named employee are for him and his lead (design, who sees what;
    DSK-09)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.colleague = cls._create_user("kpi-colleague", "itsm_base.itsm_group_agent")
        cls.filter = f"[('user_id', '=', {cls.agent.id})]"
        cls.kpi = cls._kpi("P1", person_id=cls.agent.id, ticket_filter=cls.filter)
        cls.ticket = cls._past_ticket(
            reported_at="2026-03-01 09:00",
            resolved_at="2026-03-02 09:00",
            user_id=cls.agent.id,
        )

    def _seen(self, user):
        values = self.env["itsm.kpi.value"].with_user(user)
        return values.search([("kpi_id", "=", self.kpi.id)])

    def test_who_reads(self):
        """DSK-09: he himself, leads and managers; no colleague, no owner of it."""
        process = self.env["itsm.process"].create(
            {"name": "Desk", "code": "T-DSK", "owner_id": self.employee.id}
        )
        self.kpi.write({"owner_id": self.colleague.id, "process_id": process.id})
        self._compute(self.kpi)
        value = self._value(self.kpi)
        self.assertEqual(self._figure(self.kpi), (1, 1, 100.0))
        for user in self.agent, self.lead, self.manager:
            self.assertEqual(self._seen(user), value)
        for user in self.colleague, self.employee:
            self.assertFalse(self._seen(user))
            with mute_logger("odoo.models"), self.assertRaises(AccessError):
                value.with_user(user).read(["value"])
            with mute_logger("odoo.models"), self.assertRaises(AccessError):
                value.with_user(user).action_drill_numerator()
            with freeze_time(NOW):
                kpi = self.kpi.with_user(user)
                kpi.invalidate_recordset()
                self.assertFalse(kpi.latest_text)
        # the others' figures are there as before
        team = self._kpi("P2", owner_id=self.colleague.id)
        self._compute(team)
        values = self.env["itsm.kpi.value"].with_user(self.colleague)
        self.assertTrue(values.search([("kpi_id", "=", team.id)]))

    def test_who_writes(self):
        """DSK-09: he reads his figure and does not write it; his lead may enter it."""
        kpi = self._kpi(
            "P3",
            source="manual",
            entry="value",
            person_id=self.agent.id,
            owner_id=self.lead.id,
        )
        vals = {"kpi_id": kpi.id, "period_start": MARCH, "value": 1, "note": "Counted"}
        values = self.env["itsm.kpi.value"]
        with freeze_time(NOW):
            value = values.with_user(self.lead).create(vals)
            with mute_logger("odoo.models"), self.assertRaises(AccessError):
                value.with_user(self.agent).note = "Mine"
            with mute_logger("odoo.models"), self.assertRaises(AccessError):
                values.with_user(self.agent).create(
                    {**vals, "period_start": "2026-02-01"}
                )

    def test_filter_names_a_person(self):
        """DSK-09: a KPI whose filter names an assignee says who it is about."""
        named = (
            self.filter,
            f"['|', ('priority', '=', '3'), ('user_id', 'in', [{self.agent.id}])]",
            "[('user_id.login', '=', 'itsm-agent')]",
            "['!', ('user_id.name', 'ilike', 'agent')]",
        )
        for index, text in enumerate(named):
            with (
                self.subTest(text=text),
                self.assertRaisesRegex(ValidationError, "Say who"),
            ):
                self._kpi(f"N{index}", ticket_filter=text)
        with self.assertRaisesRegex(ValidationError, "Say who"):
            self.kpi.person_id = False
        # nobody in particular
        self._kpi("P4", ticket_filter="[('user_id', '=', False)]")
        self._kpi("P5", ticket_filter="[('user_id', '!=', False)]")

    def test_figures_of_one_are_shown_to_no_other(self):
        """DSK-09: nobody opens figures by saying afterwards whom they are about."""
        kpi = self._kpi("P6", source="manual", entry="value")
        kpi.person_id = self.agent
        vals = {"kpi_id": kpi.id, "period_start": MARCH, "value": 1, "note": "Counted"}
        with freeze_time(NOW):
            self.env["itsm.kpi.value"].create(vals)
        for person in self.env["res.users"], self.colleague:
            with self.assertRaisesRegex(UserError, "has values already"):
                kpi.person_id = person
        kpi.write({"person_id": self.agent.id, "name": "Still his"})

    def test_export_is_logged(self):
        """MS-29: who takes figures of persons out of the system is logged."""
        self._compute(self.kpi)
        self.lead.group_ids |= self.env.ref("base.group_allow_export")
        value = self._value(self.kpi).with_user(self.lead)
        value.export_data(["value_text"])
        log = self.env["itsm.export.log"].search(
            [("user_id", "=", self.lead.id), ("way", "=", "export")]
        )
        self.assertEqual(len(log), 1)

    def test_no_paper_no_proposal(self):
        """DSK-09: it is on no report for many, and proposes no improvement that all
        could read."""
        self.kpi.write(
            {
                "has_target": True,
                "target": 101,
                "propose_after": 1,
                "owner_id": self.lead.id,
            }
        )
        with freeze_time("2026-04-20 02:00:00"):
            frozen = self.kpi._compute_values(MARCH, MARCH, self.company)
            self.assertEqual(frozen.status, "bad")
            self.kpi._propose_improvements(frozen)
        self.assertFalse(
            self.env["itsm.action"].search(Domain("kpi_id", "=", self.kpi.id))
        )
