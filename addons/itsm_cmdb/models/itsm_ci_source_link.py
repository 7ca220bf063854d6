# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from odoo.addons.itsm_base.tools import guard


class ItsmCiSourceLink(models.Model):
    """Which configuration item a source means by a key, and when it last did."""

    _name = "itsm.ci.source.link"
    _description = "Known Item of a Source"
    _order = "source_id, key, id"
    _rec_name = "key"

    source_id = fields.Many2one(
        comodel_name="itsm.ci.source", required=True, ondelete="restrict"
    )
    key = fields.Char(required=True, help="What the source calls it.")
    ci_id = fields.Many2one(
        comodel_name="itsm.ci",
        string="Configuration Item",
        required=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="source_id.company_id")
    state = fields.Selection(
        selection=[
            ("seen", "Seen"),
            ("missing", "Not seen"),
            ("proposed", "To be dismantled"),
            ("kept", "Kept"),
        ],
        required=True,
        default="seen",
        readonly=True,
    )
    is_alias = fields.Boolean(
        string="Second Name",
        readonly=True,
        help="The source knows the item by another key too, from a merge; rows of this "
        "key change nothing.",
    )
    missed = fields.Integer(string="Imports Without It", readonly=True, aggregator=None)
    seen_at = fields.Datetime(string="Last Seen", readonly=True)
    token = fields.Char(readonly=True, export_string_translation=False)
    check_token = fields.Char(readonly=True, export_string_translation=False)

    # few of many: what is noted with each import is in no index
    _gone_idx = models.Index("(source_id, state) WHERE state <> 'seen'")
    _key_uniq = models.Constraint(
        "UNIQUE(source_id, key)", "The source knows this key already."
    )

    @api.constrains("ci_id", "source_id")
    def _check_company(self, fnames=None):
        for link in self:
            # sudo: the company counts, seen or not
            if link.ci_id.sudo().company_id != link.source_id.sudo().company_id:
                raise ValidationError(
                    self.env._(
                        "%(ci)s does not belong to the company of the source "
                        "%(origin)s.",
                        ci=link.ci_id.display_name,
                        origin=link.source_id.name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        # by hand: source, key and item; the rest is noted by imports
        named = [
            {name: vals.get(name) for name in ("source_id", "key", "ci_id")}
            for vals in vals_list
        ]
        return super().create(named)

    def write(self, vals):
        if not guard.has_token(self.env) and vals.keys() - {"key", "ci_id"}:
            raise UserError(
                self.env._("When an item was seen is noted by imports only.")
            )
        return super().write(vals)

    def action_dismantle(self):
        """Dismantle those that are gone, with the rights of who presses it.

        :raise UserError: they were seen
        """
        self._check_missing()
        items = self.ci_id.filtered(lambda item: item.state != "dismantled")
        items.action_dismantle()
        self._settle()

    def action_keep(self):
        """They stay: they are not proposed again until they have been seen.

        :raise UserError: they were seen
        """
        self._check_missing()
        self._settle()

    def _check_missing(self):
        self.check_access("write")
        # an item that the source knows by another key too is not gone with this one
        seen = self.filtered(
            lambda link: link.is_alias or link.state not in ("missing", "proposed")
        )
        if seen:
            raise UserError(self.env._("%(key)s has not vanished.", key=seen[0].key))

    def _settle(self):
        guard.with_token(self).write({"state": "kept"})
