# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from lxml import etree

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain


class ItsmActionMixin(models.AbstractModel):
    """Records that actions can follow from: ``_inherit = [..., "itsm.action.mixin"]``.

    The form of the model shows a button with the number of open actions wherever it
    has a button box; nothing else has to be written (MS-53).
    """

    _name = "itsm.action.mixin"
    _description = "Origin of Actions"

    action_ids = fields.One2many(
        comodel_name="itsm.action",
        inverse_name="res_id",
        string="Actions",
        groups="base.group_user",
    )
    action_count = fields.Integer(
        string="All Actions",
        compute="_compute_action_count",
        groups="base.group_user",
    )
    action_open_count = fields.Integer(
        string="Open Actions",
        compute="_compute_action_count",
        groups="base.group_user",
    )

    def _compute_action_count(self):
        counts = {}
        for res_id, is_closed, count in self.env["itsm.action"]._read_group(
            Domain("res_model", "=", self._name) & Domain("res_id", "in", self.ids),
            ["res_id", "is_closed"],
            ["__count"],
        ):
            counts[res_id, is_closed] = count
        for record in self:
            still_open = counts.get((record._origin.id, False), 0)
            record.action_open_count = still_open
            record.action_count = still_open + counts.get((record._origin.id, True), 0)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_origin_of_actions(self):
        actions = self.env["itsm.action"].sudo()  # sudo: also those hidden from him
        origin = actions.with_context(active_test=False).search(
            Domain("res_model", "=", self._name) & Domain("res_id", "in", self.ids),
            limit=1,
        )
        if origin:
            raise UserError(
                self.env._(
                    "%(name)s is the origin of actions, which are kept as evidence. "
                    "Archive or cancel it instead of deleting it.",
                    name=self.browse(origin.res_id).display_name,
                )
            )

    @api.model
    def _get_view(self, view_id=None, view_type="form", **options):
        arch, view = super()._get_view(view_id, view_type, **options)
        if view_type == "form":
            for box in arch.xpath("//div[@name='button_box'][1]"):
                if not box.xpath(".//button[@name='action_open_actions']"):
                    box.append(self._action_button())
        return arch, view

    @api.model
    def _action_button(self):
        """The button of the form, as an XML node."""
        button = etree.Element(
            "button",
            {
                "class": "oe_stat_button",
                "type": "object",
                "name": "action_open_actions",
                "icon": "fa-check-square-o",
                "groups": "base.group_user",
                "invisible": "not id",
            },
        )
        etree.SubElement(
            button,
            "field",
            {
                "name": "action_open_count",
                "widget": "statinfo",
                "string": self.env._("Open Actions"),
            },
        )
        return button

    # === Actions ===

    def action_open_actions(self):
        """Return an action with the actions that follow from the record."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "itsm_base.itsm_action_action"
        )
        action["domain"] = [("res_model", "=", self._name), ("res_id", "=", self.id)]
        action["context"] = {
            "default_res_model": self._name,
            "default_res_id": self.id,
            **self._action_defaults(),
        }
        return action

    # === Hooks ===

    def _action_defaults(self):
        """``default_…`` keys of an action that is written down for this record."""
        self.ensure_one()
        if "company_id" in self._fields and self.company_id:
            return {"default_company_id": self.company_id.id}
        return {}

    def _action_restricted(self):
        """Those of these records whose actions only the people concerned may see."""
        return self.browse()
