# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models

from ..tools.properties import JsonValue
from .itsm_ci import ORIGINS

#: Field of a line that stands for one attribute of the class.
PREFIX = "attributes."


class ItsmCiHistory(models.Model):
    """One line of history: an attribute, relation or redundancy before and after.

    Written by the code that changes it and never changed (CFG-07, CFG-19, CFG-39).
    Values are kept as they are stored, so that any earlier day can be made of today.
    """

    _name = "itsm.ci.history"
    _description = "Configuration Item: History"
    _inherit = "itsm.evidence.mixin"
    _order = "id desc"
    _rec_name = "attribute"

    ci_id = fields.Many2one(
        comodel_name="itsm.ci",
        string="Configuration Item",
        required=True,
        ondelete="restrict",
    )
    other_ci_id = fields.Many2one(
        comodel_name="itsm.ci",
        string="Other Configuration Item",
        index="btree_not_null",
        ondelete="restrict",
        help="The other end of a relation that was changed.",
    )
    company_id = fields.Many2one(related="ci_id.company_id")
    time = fields.Datetime(required=True, default=fields.Datetime.now)
    user_id = fields.Many2one(
        comodel_name="res.users", string="By", required=True, ondelete="restrict"
    )
    origin = fields.Selection(selection=ORIGINS, string="By Way Of")
    attribute = fields.Char(
        required=True,
        help="Name of the field, attributes.CODE, relation or redundancy.",
    )
    # what they say depends on who reads: the texts below, by field and by record
    old_value = JsonValue(string="Before", groups=fields.NO_ACCESS)
    new_value = JsonValue(string="After", groups=fields.NO_ACCESS)
    # a stored Reference would be written, though empty, by a merge of contacts
    authority_key = fields.Char(
        index="btree_not_null", readonly=True, export_string_translation=False
    )
    authority = fields.Reference(
        selection="_selection_authority",
        string="Authorised by",
        compute="_compute_authority",
        help="Under what a change of something under control was made.",
    )
    attribute_name = fields.Char(
        string="What", compute="_compute_words", compute_sudo=False
    )
    old_text = fields.Char(string="Old", compute="_compute_words", compute_sudo=False)
    new_text = fields.Char(
        string="New Value", compute="_compute_words", compute_sudo=False
    )

    _ci_idx = models.Index("(ci_id, id DESC)")
    _ci_time_idx = models.Index("(ci_id, time)")

    @api.model
    def _selection_authority(self):
        """Models whose records authorise changes."""
        return [("itsm.ci.authorisation", self.env._("Authorisation"))]

    @api.depends("authority_key")
    def _compute_authority(self):
        known = dict(self._selection_authority())
        for line in self:
            model_name, _comma, record_id = (line.authority_key or "").partition(",")
            # the record and no text: each text would be looked up
            line.authority = (
                self.env[model_name].browse(int(record_id))
                if model_name in known
                else False
            )

    @api.depends("attribute", "old_value", "new_value", "ci_id")
    @api.depends_context("lang", "tz", "uid")
    def _compute_words(self):
        words = self.env["itsm.ci"]._history_words(self)
        for line in self:
            line.attribute_name, line.old_text, line.new_text = words[line]
