# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models


class ItsmCi(models.Model):
    """Licences: how many are left, and who is told (CFG-43)."""

    _name = "itsm.ci"
    _inherit = ["itsm.ci", "itsm.notification.mixin"]

    licence_reservation_ids = fields.One2many(
        comodel_name="itsm.ci.licence.reservation",
        inverse_name="ci_id",
        string="Reservations",
    )
    licence_told = fields.Char(
        readonly=True,
        copy=False,
        export_string_translation=False,
        help="The state of the position that people were told of last.",
    )
    licence_message = fields.Char(
        string="Licence Position", compute="_compute_licence_message"
    )

    @api.model
    def _licence_class(self):
        """The class of licences; empty if somebody deleted it.

        :rtype: itsm.ci.class
        """
        found = self.env.ref("itsm_cmdb.itsm_ci_class_licence", False)
        return found or self.env["itsm.ci.class"]

    def _archive_references(self):
        return [
            *super()._archive_references(),
            ("itsm.ci.licence.reservation", "ci_id"),
        ]

    @api.depends_context("lang")
    def _compute_licence_message(self):
        positions = self.env["itsm.ci.licence.position"].browse(self._origin.ids)
        found = {row.id: row for row in positions.exists()}
        for item in self:
            row = found.get(item._origin.id)
            item.licence_message = row._message() if row else False

    def action_view_licence_position(self):
        """Open the position of this licence."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "itsm_cmdb.itsm_ci_licence_position_action"
        )
        return {**action, "domain": [("ci_id", "=", self.id)], "context": {}}

    # === Alert ===

    @api.model
    def _cron_licence_alert(self):
        """Tell who answers for licences that are short, low or over (once a day).

        Once for each state of the position; a position that is right again is told of
        anew the next time.
        """
        # sudo: positions of all companies, whoever the scheduler is
        positions = self.env["itsm.ci.licence.position"].sudo()
        positions.invalidate_model()
        alerts = {
            row.id: row.status for row in positions.search([("is_alert", "=", True)])
        }
        items = self.sudo().with_context(active_test=False)  # sudo: as above
        told = items.search([("licence_told", "!=", False)])
        (told - items.browse(alerts)).licence_told = False
        news = items.browse(alerts).filtered(
            lambda item: item.licence_told != alerts[item.id]
        )
        self.env["itsm.notification.event"]._notify("licence_position", news)
        for status, same in news.grouped(lambda item: alerts[item.id]).items():
            same.licence_told = status

    def _itsm_notification_recipients(self, role):
        if role != "owner":
            return super()._itsm_notification_recipients(role)
        return {
            **super()._itsm_notification_recipients(role),
            **{item.id: item.owner_id.partner_id for item in self if item.owner_id},
        }
