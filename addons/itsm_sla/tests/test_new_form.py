# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from lxml import etree

from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools.safe_eval import safe_eval

from .service_report_common import ServiceReportCommon


@tagged("post_install", "-at_install")
class TestNewForm(ServiceReportCommon):
    """What “New” offers: the company follows from what is chosen, not before it."""

    def _offered(self, model, name, domain=None):
        """What the web client offers in a field of a record that was just opened."""
        field = self.env[model].with_user(self.reviewer).fields_get([name])[name]
        domain = safe_eval(domain or field["domain"], {"company_id": False})
        return self.env[field["relation"]].with_user(self.reviewer).search(domain)

    def test_offered(self):
        """REP-11, SLM-41: a row of the matrix for a report, an agreement for a
        review or a termination; of other companies nothing."""
        other = self.env["res.company"].create({"name": "Elsewhere"})
        calendar = self.calendar.copy({"company_id": other.id})
        self.env["itsm.agreement"].create(
            {
                "name": "Elsewhere",
                "kind": "sla",
                "company_id": other.id,
                "calendar_id": calendar.id,
                "target_ids": [Command.create({"minutes": 60})],
            }
        ).action_activate()
        for model, name, record in (
            ("itsm.service.report", "definition_id", self.definition),
            ("itsm.agreement.review", "agreement_id", self.agreement),
            ("itsm.agreement.termination", "agreement_id", self.agreement),
        ):
            with self.subTest(model=model):
                found = self._offered(model, name)
                self.assertIn(record, found)
                self.assertEqual(found.company_id, self.company)

    def test_offered_rule(self):
        """A rule about repeated breaches may be one of a single agreement."""
        view = self.env["itsm.breach.rule"].get_view(
            self.env.ref("itsm_sla.itsm_breach_rule_view_list").id
        )
        [node] = etree.fromstring(view["arch"]).xpath("//field[@name='agreement_id']")
        found = self._offered("itsm.breach.rule", "agreement_id", node.get("domain"))
        self.assertIn(self.agreement, found)

    def test_phone(self):
        """A phone shows cards instead of a table wherever an action has them: name,
        state and a date on each."""
        for action, names in (
            ("itsm_agreement_action", {"name", "partner_id", "state", "date_start"}),
            ("itsm_level_requirement_action", {"name", "partner_id", "received_on"}),
            ("itsm_service_report_action", {"definition_id", "partner_id", "state"}),
            ("itsm_outage_action", {"name", "service_id", "state", "date_start"}),
            ("itsm_agreement_review_action", {"agreement_id", "state", "planned_on"}),
        ):
            with self.subTest(action=action):
                action = self.env.ref(f"itsm_sla.{action}")
                self.assertIn("kanban", action.view_mode.split(","))
                model = self.env[action.res_model].with_user(self.reviewer)
                arch = etree.fromstring(model.get_view(view_type="kanban")["arch"])
                self.assertLessEqual(names, set(arch.xpath("//t//field/@name")))
