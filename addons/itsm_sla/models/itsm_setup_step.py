# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class ItsmSetupStep(models.Model):
    _inherit = "itsm.setup.step"

    def _status_agreement(self, company):
        count = self.env["itsm.agreement"].search_count(
            [
                ("company_id", "=", company.id),
                ("is_template", "=", False),
                ("state", "=", "active"),
            ]
        )
        return bool(count), self.env._("%(count)s in force", count=count)

    def _open_agreement(self):
        return self.env["ir.actions.act_window"]._for_xml_id(
            "itsm_sla.itsm_agreement_action"
        )

    def _open_other_agreement(self):
        return self._sheet("agreement")

    def _status_history(self, company):
        imports = self.env["itsm.history.import"].search_count(
            [
                ("company_id", "=", company.id),
                ("state", "in", ("partial", "imported")),
            ]
        )
        logs = self.env["itsm.log.rebuild"].search_count(
            [("company_id", "=", company.id), ("state", "=", "done")]
        )
        return bool(imports or logs), self.env._(
            "%(imports)s imports, %(logs)s rebuilt logs", imports=imports, logs=logs
        )

    def _open_history(self):
        return self.env["ir.actions.act_window"]._for_xml_id(
            "itsm_sla.itsm_history_import_action"
        )

    def _open_other_history(self):
        return self.env["ir.actions.act_window"]._for_xml_id(
            "itsm_sla.itsm_log_rebuild_action"
        )
