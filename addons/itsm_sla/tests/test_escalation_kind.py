# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.fields import Command
from odoo.tests import freeze_time, tagged
from odoo.tools import html2plaintext

from .escalation_common import MON, EscalationCommon

HALF = "2026-03-23 12:01"  # just after 50 % of 4 h


@tagged("post_install", "-at_install")
class TestEscalationKind(EscalationCommon):
    """SLM-35: alerts, activities, mails and notes say whose clock it is.

    Customer, team and carrier have 4 h each in the same hours.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.carrier = cls.env["res.partner"].create(
            {"name": "Carrier", "is_company": True}
        )
        with freeze_time(cls.utc("2026-03-01 09:00")):
            cls._create_agreement({"2": (0, 240)}, kind="ola", team_id=cls.team.id)
            cls._create_agreement(
                {"2": (0, 240)}, kind="uc", supplier_id=cls.carrier.id
            )
        cls.env.flush_all()
        cls.env.cr.execute(
            "UPDATE itsm_agreement SET activated_at = '2026-03-01' "
            "WHERE kind IN ('ola', 'uc') AND state = 'active'"
        )
        cls.env.invalidate_all()
        cls.env.registry.clear_cache()

    def _labels(self, **vals):
        rule = self._rule(
            clock_kind="any", tell_user_ids=[Command.set(self.lead.ids)], **vals
        )
        ticket = self._report(MON, team_id=self.team.id)
        self._run_scheduler(HALF)
        return rule, ticket

    def test_team_and_customer(self):
        """SLM-35: the same share of two clocks is told as two different things."""
        rule, ticket = self._labels()
        activities = self._activities(ticket)
        self.assertEqual(
            set(activities.mapped("summary")),
            {
                "SLA Resolution target: Test rule",
                f"OLA Resolution, {self.team.name} target: Test rule",
            },
        )
        text = html2plaintext(self._mails().body_html)
        self.assertIn("SLA Resolution", text)
        self.assertIn(f"OLA Resolution, {self.team.name}", text)
        alerts = self._alerts(ticket)
        self.assertEqual(
            {(alert.kind, alert.leg_name) for alert in alerts},
            {("sla", False), ("ola", self.team.display_name)},
        )
        self.assertEqual(rule.alert_count, 2)

    def test_supplier(self):
        """SLM-35: the leg of a supplier is called by his name."""
        self._rule(clock_kind="uc", tell_user_ids=[Command.set(self.lead.ids)])
        ticket = self._report(MON)
        self._write("2026-03-23 10:00", ticket, supplier_id=self.carrier.id)
        self._run_scheduler(HALF)
        self.assertEqual(
            self._activities(ticket).summary,
            "UC Resolution, Carrier target: Test rule",
        )

    def test_note(self):
        """SLM-35: the note on a ticket that a rule changed says it too."""
        _rule, ticket = self._labels(raise_line=True)
        bodies = " ".join(
            html2plaintext(note.body).replace("\n", " ") for note in self._notes(ticket)
        )
        self.assertIn("Test rule (SLA Resolution)", bodies)
        self.assertIn(f"Test rule (OLA Resolution, {self.team.name})", bodies)
