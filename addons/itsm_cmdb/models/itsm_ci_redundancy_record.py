# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models

from .itsm_ci_record import REDUNDANCY


class ItsmCiRedundancy(models.Model):
    """The history of redundancies: they decide how far a failure travels (CFG-07)."""

    # pylint: disable=consider-merging-classes-inherited
    _name = "itsm.ci.redundancy"
    _inherit = ["itsm.ci.redundancy", "itsm.ci.record.mixin"]

    _record_columns = {"ci_id": "ci", "required": "required"}
    _record_known = {"name": "name"}
    _record_owners = ("ci",)
    _record_attribute = REDUNDANCY

    @api.model
    def _record_ends(self, old, new):
        """A line for who depends on it, and one for who did before."""
        owners = {snapshot["ci"] for snapshot in (old, new) if snapshot}
        return [{"ci_id": item_id} for item_id in sorted(owners)]

    @api.model
    def _record_name(self):
        return self.env._("Redundancy")

    @api.model
    def _snapshot_text(self, value, texts):
        return self.env._(
            "%(name)s of %(ci)s: %(required)s must be up",
            name=value["name"],
            ci=texts["itsm.ci", value["ci"]],
            required=value["required"],
        )
