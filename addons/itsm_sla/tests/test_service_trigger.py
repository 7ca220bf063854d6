# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged

from .common import SlaCommon


@tagged("post_install", "-at_install")
class TestServiceTrigger(SlaCommon):
    """Services without SLA, and what makes somebody look (SLM-16, SLM-30)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.ref("itsm_base.itsm_role_service_level_manager").holder_ids = [
            Command.clear(),
            Command.create(
                {"user_id": cls.sla_manager.id, "company_id": cls.company.id}
            ),
        ]
        cls.env.cr.flush()

    def _services(self, *names, **vals):
        return self.env["itsm.service"].create(
            [{"name": name, "state": "proposed", **vals} for name in names]
        )

    def _agreement(self, services, **vals):
        return self._create_agreement(
            {"3": (30, 240)},
            **{
                "partner_id": self.customer.id,
                "service_ids": [Command.set(services.ids)],
                **vals,
            },
        )

    def _new_rows(self, code, function, outcomes=("sent", "waiting")):
        """What the service level manager is told while a function runs."""
        domain = [
            ("event_code", "=", code),
            ("partner_id", "=", self.sla_manager.partner_id.id),
            ("outcome", "in", outcomes),
        ]
        logs = self.env["itsm.notification.log"]
        before = logs.search(domain)
        # in working hours: nothing waits for the morning
        with self.at("2026-03-23 11:00"):
            function()
            self._flush_tracking()
        return logs.search(domain) - before

    def test_offered_without_sla(self):
        """SLM-30: published and covered by no SLA: an activity, once."""
        alone, named, part, other = self._services("Alone", "Named", "Part", "OLA")
        part.parent_id = named
        self._agreement(named)
        self._agreement(other, kind="ola", partner_id=False, team_id=self.team.id)
        services = alone | named | part | other
        rows = self._new_rows(
            "service_without_agreement", lambda: services.action_set_live()
        )
        self.assertEqual(set(rows.mapped("res_id")), set((alone | other).ids))
        self.assertEqual(set(rows.mapped("outcome")), {"sent"})
        activities = alone.activity_ids
        self.assertEqual(activities.user_id, self.sla_manager)
        for function in (
            lambda: alone.action_change(),
            lambda: alone.action_set_live(),
            lambda: alone.write({"criticality": "1"}),
        ):
            self.assertFalse(self._new_rows("service_without_agreement", function))
        rows = self._new_rows(
            "service_without_agreement",
            lambda: self._services("Made live", state="live"),
        )
        self.assertEqual(len(rows), 1)

    def test_essential_change(self):
        """SLM-30: criticality, hours, teams or end of a covered service: those who
        answer for its agreements look, once for all that one person saved."""
        service, foreign = self._services("Shops", "Foreign", state="live")
        part = self._services("Tills", state="live", parent_id=service.id)
        first = self._agreement(service)
        second = self._agreement(part, partner_id=self.customer_2.id)
        self._agreement(foreign)
        code = "service_changed_agreed"
        line = {"line": "1", "team_id": self.team.id}
        rows = self._new_rows(
            code,
            lambda: service.write(
                {
                    "criticality": "1",
                    "calendar_id": self.calendar.id,
                    "team_ids": [Command.create(line)],
                    "summary": "New words",
                }
            ),
        )
        self.assertEqual(
            sorted(rows.mapped("res_id")), (first | second).ids, "one each"
        )
        text = first.activity_ids[-1:].note
        for word in ("Shops", "Criticality", "Service Hours", "Support Teams"):
            self.assertIn(word, text)
        for function, told in (
            (lambda: service.write({"criticality": "1"}), 0),  # as it was
            (lambda: service.write({"summary": "Newer words"}), 0),
            (lambda: service.action_change(), 0),
            (lambda: service.action_set_live(), 0),
            (lambda: service.team_ids.write({"team_id": self.team_2.id}), 2),
            (lambda: service.team_ids.unlink(), 2),
            (lambda: service.action_announce_retirement(), 2),
            (lambda: service.action_retire(), 2),
            (lambda: service.write({"criticality": "2"}), 0),  # not offered
        ):
            self.assertEqual(len(self._new_rows(code, function)), told)

    def test_switched_off(self):
        """SLM-30: a company switches it off like any other notification."""
        service = self._services("Shops", state="live")
        self._agreement(service)
        self.env["itsm.notification.setting"].search(
            [
                ("company_id", "=", self.company.id),
                ("audience_id.event_id.code", "=", "service_changed_agreed"),
            ]
        ).enabled = False
        code = "service_changed_agreed"
        self.assertFalse(
            self._new_rows(code, lambda: service.write({"criticality": "1"}))
        )
        rows = self._new_rows(
            code, lambda: service.write({"criticality": "2"}), ("suppressed",)
        )
        self.assertEqual(set(rows.mapped("reason")), {"company"})

    def test_constant_queries(self):
        """SLM-30: as many statements for few services as for many."""
        self._agreement(self.service)

        def measure(count):
            services = self._services(
                *(f"S{number}" for number in range(count)), state="live"
            )
            self._agreement(services, partner_id=self._customer().id)
            self._flush_tracking()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            services._itsm_covering(parts=True)
            services._itsm_uncovered()
            return self.cr.sql_log_count - before

        measure(2)
        self.assertEqual(measure(5), measure(50))

    def _customer(self):
        return self.env["res.partner"].create({"name": "Next", "is_company": True})

    def test_services_without_sla(self):
        """SLM-16: one agreement covers several services, a service has several SLAs;
        those offered without one are listed."""
        first, second, part, alone, planned = self._services(
            "First", "Second", "Part", "Alone", "Planned", state="live"
        )
        part.parent_id = second
        planned.state = "proposed"
        services = self.env["itsm.service"]
        known = first | second | part | alone | planned
        both = self._agreement(first | second)
        another = self._agreement(first, partner_id=self.customer_2.id)
        self.env.invalidate_all()
        listed = services.with_user(self.sla_manager).search(
            [("without_sla", "=", True)]
        )
        self.assertEqual(listed & known, alone)
        self.assertEqual(first.sla_ids, both | another)
        self.assertEqual(part.sla_ids, both)
        self.assertFalse(planned.without_sla, "not offered yet")
        listed = services.search([("without_sla", "=", False)])
        self.assertEqual(listed & known, known - alone)
        another.action_terminate()
        both.action_terminate()
        self.env.invalidate_all()
        listed = services.search([("without_sla", "=", True)])
        self.assertEqual(listed & known, known - planned)
        self._create_agreement({"3": (30, 240)})  # every service of everybody
        self.env.invalidate_all()
        self.assertFalse(services.search([("without_sla", "=", True)]) & known)
        with self.assertRaises(AccessError):
            alone.with_user(self.agent).read(["without_sla"])
