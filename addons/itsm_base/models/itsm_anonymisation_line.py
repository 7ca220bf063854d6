# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class ItsmAnonymisationLine(models.Model):
    """How many records of one place name the person, and how many were changed."""

    _name = "itsm.anonymisation.line"
    _inherit = ["itsm.evidence.mixin"]
    _description = "What an Anonymisation Changes"
    _order = "anonymisation_id, sequence, id"

    anonymisation_id = fields.Many2one(
        comodel_name="itsm.anonymisation",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    sequence = fields.Integer(readonly=True)
    place = fields.Char(readonly=True, export_string_translation=False)
    name = fields.Char(string="What", required=True, readonly=True)
    found = fields.Integer(string="Records", readonly=True)
    done = fields.Integer(string="Changed", readonly=True)
    is_kept = fields.Boolean(
        string="Not Changed",
        readonly=True,
        help="Nobody can know from outside what is in it: look through it yourself.",
    )
