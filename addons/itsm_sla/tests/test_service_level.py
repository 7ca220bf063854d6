# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged

from .common import SlaCommon


@tagged("post_install", "-at_install")
class TestServiceLevel(SlaCommon):
    """What the catalogue says of service levels, and where agreements differ."""

    def test_summary(self):
        """CAT-03, CAT-12: the levels in force, of everybody and of one customer; a new
        version changes what is shown."""
        general = self._create_agreement(minutes={"3": (30, 240)})
        own = self._create_agreement(
            partner_id=self.customer.id,
            service_ids=[Command.set(self.service.ids)],
            minutes={"3": (0, 90)},
        )
        services = self.service | self.offering

        def told(service, partner=None):
            rows = services._level_summary(partner)[service.id]
            return [
                (row["metric"], row["target"])
                for row in rows
                if row["kind"] == "Incident"
            ]

        everybody = [("Response", "0:30 h"), ("Resolution", "4:00 h")]
        self.assertEqual(told(self.offering), everybody)
        self.assertEqual(
            told(self.offering, self.requester), [("Resolution", "1:30 h")]
        )
        self.assertIn("Resolution 4:00 h", self.service.level_summary)
        self.assertEqual(told(self.service, self.requester_2), everybody)
        own.action_terminate()
        self.assertEqual(told(self.offering, self.requester), everybody)
        general.action_terminate()
        self.env.invalidate_all()
        self.assertFalse(self.service.level_summary)

    def test_mismatches(self):
        """CAT-12: services without an agreement; agreements about what is not offered,
        other hours, or a customer who is not entitled."""
        services = self.env["itsm.service"]
        alone, closed, hours, retired = services.create(
            [
                {"name": "Alone", "state": "live"},
                {
                    "name": "Closed",
                    "state": "live",
                    "partner_ids": self.customer_2.ids,
                },
                {
                    "name": "Hours",
                    "state": "live",
                    "calendar_id": self.company.resource_calendar_id.copy().id,
                },
                {"name": "Retired", "state": "live"},
            ]
        )
        for service in closed | hours | retired:
            self._create_agreement(
                partner_id=self.customer.id,
                service_ids=[Command.set(service.ids)],
                minutes={"3": (0, 90)},
            )
        retired.state = "retired"
        known = alone | closed | hours | retired
        found = known._itsm_agreement_mismatches()
        self.assertIn("No service level agreement", found[alone.id][0])
        self.assertIn("does not offer", found[closed.id][0])
        self.assertIn("promises", found[hours.id][0])
        self.assertIn("not offered", found[retired.id][0])
        self.assertEqual({len(messages) for messages in found.values()}, {1})
        listed = services.search([("has_agreement_mismatch", "=", True)])
        self.assertEqual(listed & known, known)
        self._create_agreement(minutes={"3": (0, 90)})
        closed.partner_ids |= self.customer
        hours.calendar_id = False
        listed = services.search([("has_agreement_mismatch", "=", True)])
        self.assertEqual(listed & known, retired)
        self.assertEqual(
            services.search([("has_agreement_mismatch", "=", False)]) & known,
            alone | closed | hours,
        )
        with self.assertRaises(AccessError):
            alone.with_user(self.agent).read(["agreement_mismatch"])
        manager = alone.with_user(self.manager)
        self.assertFalse(manager.agreement_mismatch)

    def test_constant_queries(self):
        """CAT-12: the list takes a constant number of queries."""
        self._create_agreement(minutes={"3": (0, 90)})

        def measure(count):
            services = self.env["itsm.service"].create(
                [{"name": f"S{number}", "state": "live"} for number in range(count)]
            )
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            services._itsm_agreement_mismatches()
            services._level_summary(self.requester)
            return self.cr.sql_log_count - before

        measure(2)
        self.assertEqual(measure(5), measure(60))
