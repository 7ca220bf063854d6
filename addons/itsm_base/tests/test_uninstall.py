# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.fields import Command, Domain
from odoo.tests import tagged

from ..wizards.base_module_uninstall import BaseModuleUninstall, Loss
from .common import ItsmCommon


@tagged("post_install", "-at_install")
class TestUninstall(ItsmCommon):
    """Manners: uninstalling says first what will be lost, with counts."""

    def _wizard(self, *names):
        modules = self.env["ir.module.module"].search([("name", "in", names)])
        return self.env["base.module.uninstall"].create(
            {"module_ids": [Command.set(modules.ids)]}
        )

    def test_counts(self):
        """Manners: each kind of evidence with its number, archived ones too."""
        self._create_tickets(3, itsm_kind="incident")
        self._create_ticket(itsm_kind="request", active=False)
        tickets = self.env["helpdesk.ticket"].with_context(active_test=False)
        services = self.env["itsm.service"].with_context(active_test=False)
        self.service_draft.active = False
        rows = dict(self._wizard("itsm_base")._itsm_lost_records())
        self.assertEqual(rows["Service"], services.search_count([]))
        self.assertEqual(
            rows["Tickets: their kind, service, milestones and reasons"],
            tickets.search_count([("itsm_kind", "!=", False)]),
        )

    def test_shown(self):
        """Manners: it stands on the screen of Odoo's own wizard, markup is harmless."""
        wizard = self._wizard("itsm_base")
        name = "itsm.service"
        self.env["ir.model"]._get(name).name = "<script>Service"
        self.assertIn("&lt;script&gt;Service", wizard.itsm_loss)
        arch = wizard.get_view(
            self.env.ref("base.view_base_module_uninstall").id, "form"
        )["arch"]
        self.assertIn("itsm_loss", arch)

    def test_others_lose_nothing(self):
        """Manners: another addon shows no such warning."""
        # an addon on which nothing of ours stands
        self.assertFalse(self._wizard("base_import")._itsm_lost_records())
        self.assertFalse(self._wizard("base_import").itsm_loss)

    def test_downstream(self):
        """Manners: what depends on the addon goes with it and is counted."""
        self._create_ticket(itsm_kind="incident")
        rows = dict(self._wizard("helpdesk_mgmt")._itsm_lost_records())
        self.assertIn("Service", rows)

    def test_registered(self):
        """Manners: addons register what no mixin tells."""

        def losses(wizard, names):
            return [Loss("res.partner", Domain("id", "=", self.requester.id), "Ours")]

        self.patch(BaseModuleUninstall, "_itsm_losses", losses)
        self.assertEqual(
            self._wizard("base_import")._itsm_lost_records(), [("Ours", 1)]
        )

    def test_every_evidence_is_found(self):
        """Manners: no evidence of an addon is forgotten: the mixin registers it."""
        wizard = self.env["base.module.uninstall"]
        found = {loss.model for loss in wizard._itsm_losses({"itsm_base"})}
        for name in (
            "itsm.run",
            "itsm.run.line",
            "itsm.enforcement.finding",
            "itsm.export.log",
            "itsm.anonymisation",
            "itsm.anonymisation.line",
            "itsm.document",
            "itsm.service",
        ):
            self.assertIn(name, found)
        self.assertNotIn("itsm.evidence.mixin", found)
