# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models

#: What is attached to a configuration item, as a thing that can be under control.
ATTACHMENT = "attachment"


class ItsmCiControlField(models.Model):
    """What of configuration items a class can put under control (CFG-17).

    Attributes and types of relations say it themselves.
    """

    _name = "itsm.ci.control.field"
    _description = "What Is Under Control"
    _order = "id"

    code = fields.Char(required=True, readonly=True, export_string_translation=False)
    name = fields.Char(
        compute="_compute_name",
        search="_search_name",
        export_string_translation=False,
    )
    is_default = fields.Boolean(
        string="Unless the Class Says Otherwise",
        readonly=True,
        help="Under control in classes that name nothing.",
    )

    _code_uniq = models.Constraint("UNIQUE(code)", "There is one record of each.")

    @api.depends("code")
    @api.depends_context("lang")
    def _compute_name(self):
        known = self.env["itsm.ci"]._fields
        for thing in self:
            if thing.code == ATTACHMENT:
                thing.name = self.env._("Attached files")
            elif thing.code in known:
                thing.name = known[thing.code]._description_string(self.env)
            else:
                thing.name = thing.code

    @api.model
    def _search_name(self, operator, value):
        if operator not in ("ilike", "in"):
            return NotImplemented
        # there are few of them
        found = self.search_fetch([], ["code"])
        if operator == "ilike":
            found = found.filtered(lambda t: str(value).lower() in t.name.lower())
        else:
            found = found.filtered(lambda thing: thing.name in value)
        return [("id", "in", found.ids)]
