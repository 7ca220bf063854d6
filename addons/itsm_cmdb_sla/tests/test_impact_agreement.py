# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import date
from fractions import Fraction
from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from odoo.addons.itsm_sla.tests.test_availability import AvailabilityCommon


class ImpactCommon(AvailabilityCommon):
    """A server on which e-mail runs, an SLA for everybody and one of a customer."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        classes = cls.env["itsm.ci.class"].create(
            {"name": "T server", "code": "t_sla_server"}
        )
        cls.server = cls.env["itsm.ci"].create(
            {"name": "mail server", "class_id": classes.id, "state": "use"}
        )
        kind = cls.env["itsm.ci.relation.type"].create(
            {
                "name": "T runs",
                "inverse_name": "T runs on",
                "code": "t_sla_runs",
                "impact": "forward",
            }
        )
        cls.item = cls.service.ci_ids
        cls.env["itsm.ci.relation"].create(
            {
                "type_id": kind.id,
                "source_id": cls.server.id,
                "target_id": cls.item.id,
            }
        )
        cls.ci_manager = cls._create_user(
            "sla-ci-manager",
            "itsm_cmdb.itsm_group_ci_manager,helpdesk_mgmt.group_helpdesk_user",
        )
        cls.ci_only = cls._create_user(
            "sla-ci-reader", "itsm_cmdb.itsm_group_ci_reader"
        )
        cls.money = cls._create_user(
            "sla-money",
            "itsm_base.itsm_group_finance,itsm_cmdb.itsm_group_ci_reader,"
            "helpdesk_mgmt.group_helpdesk_user",
        )

    def _impact(self, user=None, day="2026-04-10", **vals):
        wizards = self.env["itsm.ci.impact"].with_user(user or self.ci_manager)
        return wizards.create({"ci_ids": self.server.ids, "date": day, **vals})


@tagged("post_install", "-at_install")
class TestImpactAgreement(ImpactCommon):
    """CFG-25: from a configuration item to agreements, customers and revenue."""

    def test_agreements(self):
        """Those that name the service, what it is part of, or every service; not those
        of other services, nor drafts."""
        other = self.env["itsm.service"].create(
            {"name": "Printing", "code": "T-ST-P", "state": "live"}
        )
        named = self._available_agreement(
            partner_id=self.customer.id, service_ids=[Command.set(self.service.ids)]
        )
        self._available_agreement(
            partner_id=self.customer_2.id,
            service_ids=[Command.set(other.ids)],
            availability_ids=[],
        )
        self._draft_agreement(partner_id=self.customer_2.id, name="Draft")
        wizard = self._impact()
        self.assertEqual(
            wizard.agreement_ids.agreement_id,
            self.agreement | named,
            wizard.service_ids,
        )
        line = wizard.agreement_ids.filtered(lambda x: x.agreement_id == named)
        self.assertEqual(line.partner_id, self.customer)
        self.assertIn(self.service, line.service_ids)
        self.assertIn("99.9 %", line.targets)
        action = line.action_view_agreement()
        self.assertEqual(action["res_id"], named.id)

    def test_day(self):
        """In force on the day that is asked about, first and last day included."""
        wizards = [
            self._impact(day=day) for day in ("2025-12-31", "2026-01-01", "2026-04-10")
        ]
        self.assertEqual([len(wizard.agreement_ids) for wizard in wizards], [0, 1, 1])

    def test_customers(self):
        """A service with customers of its own puts no other customer's SLA at stake; a
        customer whose own server fails has his SLA at stake."""
        own = self._available_agreement(partner_id=self.customer.id)
        self.service.partner_ids = self.customer_2
        self.offering.partner_ids = self.customer_2
        self.assertEqual(self._impact().agreement_ids.agreement_id, self.agreement)
        self.server.partner_id = self.requester
        lines = self._impact().agreement_ids
        self.assertEqual(lines.agreement_id, self.agreement | own)
        line = lines.filtered(lambda x: x.agreement_id == own)
        self.assertFalse(line.service_ids)

    def test_left(self):
        """What may still be down in April: 43.2 min less 20 min; nothing when it is
        used up; no figure, no number."""
        self._outage("2026-04-05 08:00:00", "2026-04-05 08:20:00")
        self._april("2026-04-10 12:00")
        [line] = self._impact().agreement_ids
        self.assertAlmostEqual(line.left_minutes, 23.2)
        self.assertEqual(line.left_text, "23 min")
        [line] = self._impact(day="2026-06-10").agreement_ids
        self.assertEqual(line.left_text, "–")

    def test_causes(self):
        """What may be the cause promises nothing."""
        wizard = self._impact(direction="up")
        self.assertFalse(wizard.agreement_ids)

    def test_again(self):
        """Worked out again, lines are those of the new question."""
        wizard = self._impact()
        self.assertEqual(len(wizard.agreement_ids), 1)
        wizard.date = "2025-12-31"
        wizard.action_again()
        self.assertFalse(wizard.agreement_ids)

    def test_rights(self):
        """Who reads no agreements sees none; other companies' are hidden; lines are
        one's own and nobody writes them."""
        self.assertFalse(self._impact(self.ci_only).agreement_ids)
        company = self.env["res.company"].create({"name": "Elsewhere"})
        elsewhere = self._available_agreement(
            company_id=company.id, service_ids=False, availability_ids=[]
        )
        self.assertNotIn(elsewhere, self._impact().agreement_ids.agreement_id)
        wizard = self._impact()
        line = wizard.agreement_ids.with_user(self.ci_manager)
        with self.assertRaises(AccessError):
            line.targets = "100 %"
        with self.assertRaises(AccessError):
            line.with_user(self.money).read(["targets"])

    def test_money(self):
        """Revenue is for finance; a line of a contract behind two agreements counts
        once in the sum: 100 + 50 in all, 150 and 50 each."""
        second = self._available_agreement(partner_id=self.customer.id)
        currency = self.company.currency_id
        parts = {
            self.agreement.id: {
                ("line", 1): (Fraction(100), currency),
                ("line", 2): (Fraction(50), currency),
            },
            second.id: {("line", 2): (Fraction(50), currency)},
        }
        agreements = type(self.env["itsm.agreement"])
        with patch.object(agreements, "_revenue_parts", lambda records, day: parts):
            wizard = self._impact(self.money)
            other = self._impact()
        revenue = {x.agreement_id: x.revenue for x in wizard.agreement_ids}
        self.assertEqual(revenue, {self.agreement: 150.0, second: 50.0})
        self.assertEqual(wizard.revenue_text, currency.format(150.0))
        texts = wizard.agreement_ids.mapped("revenue_text")
        self.assertEqual(set(texts), {currency.format(150.0), currency.format(50.0)})
        [line] = self._impact(self.money).agreement_ids[:1]
        self.assertEqual(line.revenue_text, "–")
        with self.assertRaises(AccessError):
            other.with_user(self.ci_manager).read(["revenue_text"])
        with self.assertRaises(AccessError):
            other.agreement_ids.with_user(self.ci_manager).read(["revenue"])

    def test_ticket(self):
        """On the ticket: of the services and customers that somebody confirmed."""
        ticket = self._create_ticket(ci_ids=[Command.set(self.server.ids)])
        ticket = ticket.with_user(self.ci_manager)
        with freeze_time("2026-04-10 12:00"):
            self.assertFalse(ticket.agreements_at_stake_ids)
            action = ticket.action_impact()
            wizard = self.env["itsm.ci.impact"].with_user(self.ci_manager)
            wizard.browse(action["res_id"]).action_confirm()
            self.assertEqual(ticket.agreements_at_stake_ids, self.agreement)
        stakes = self.env["itsm.agreement"].with_user(self.ci_only)
        services = self.service.with_user(self.ci_only)
        self.assertFalse(stakes._at_stake(services, self.customer, date(2026, 4, 10)))

    def test_queries(self):
        """The same number of queries for three agreements and for twenty-three."""
        counts = []
        for partners in (2, 20):
            for index in range(partners):
                partner = self.env["res.partner"].create({"name": f"P {index}"})
                self._available_agreement(partner_id=partner.id)
            # the first of them fills memories that new agreements emptied
            counts.append(min(self._count_queries() for _index in range(3)))
        self.assertEqual(len(self._impact().agreement_ids), 23)
        self.assertLessEqual(counts[1], counts[0] + 1)

    def _count_queries(self):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        self._impact()
        self.env.flush_all()
        return self.cr.sql_log_count - before
