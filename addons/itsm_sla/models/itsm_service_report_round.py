# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from odoo.addons.itsm_base.tools import guard


class ItsmServiceReport(models.Model):
    """What follows from publishing: the duty is done, readers get the report."""

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.service.report"

    delivery_ids = fields.One2many(
        comodel_name="itsm.report.delivery",
        inverse_name="report_id",
        readonly=True,
        groups="itsm_sla.itsm_group_sla_manager,itsm_base.itsm_group_finance",
    )
    duty_id = fields.Many2one(
        comodel_name="itsm.duty", compute="_compute_duty_id", compute_sudo=False
    )
    due_date = fields.Date(
        string="Due", compute="_compute_duty_id", help="The last day in time."
    )
    is_late = fields.Boolean(
        string="Late",
        compute="_compute_duty_id",
        help="Published after the due day, or not yet although it has passed.",
    )

    @api.depends("definition_id", "period_start", "published_at")
    def _compute_duty_id(self):
        """The duty of the period; its day is no secret of who may read the report."""
        duties = self.env["itsm.duty"].sudo()  # sudo: days only, see above
        rules = self.definition_id.sudo().duty_definition_id  # sudo: as above
        found = duties.search(
            [
                ("definition_id", "in", rules.ids),
                ("period_start", "in", [d for d in self.mapped("period_start") if d]),
            ]
        )
        by_key = {(d.definition_id, d.period_start): d for d in found}
        for report in self:
            rule = report.definition_id.sudo().duty_definition_id  # sudo: as above
            duty = by_key.get((rule, report.period_start), duties)
            report.duty_id = duty.id
            report.due_date = duty.due_date
            report.is_late = duty.status in ("overdue", "late")

    # === Actions ===

    def action_deliver(self):
        """Send published reports to readers who have not got them yet.

        :raise UserError: a report is not published
        """
        self._check_state("published")
        self._check_may("author", "reviewer", "approver")
        if not self._plan_delivery():
            raise UserError(
                self.env._("Nobody is left to whom the report would be sent by mail.")
            )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("The report will be sent in a moment."),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    # === Publishing ===

    def _after_published(self):
        result = super()._after_published()
        for report in self:
            # sudo: the row of a report, whoever publishes it
            definition = report.definition_id.sudo().with_env(self.env)
            definition._close_duties(report.period_start, report)
        self._plan_delivery()
        return result

    def _plan_delivery(self):
        """Plan the mails of published reports; each reader gets a report once.

        :return: whether something is to be sent
        :rtype: bool
        """
        installed = dict(self.env["res.lang"].get_installed())
        # sudo: deliveries are written by code only, for all readers
        deliveries = guard.with_token(self.env["itsm.report.delivery"].sudo())
        vals_list = []
        waits = False
        for report in self.sudo():  # sudo: as above
            definition = report.definition_id
            if definition.delivery not in ("mail", "both"):
                continue
            readers = definition._readers()
            reached = guard.with_token(report.delivery_ids).filtered(
                lambda d, readers=readers: (
                    d.state in ("unreached", "left")
                    and d.partner_id in readers
                    and d.partner_id.email
                )
            )
            reached.write({"state": "waiting"})
            waits = waits or any(d.state == "waiting" for d in report.delivery_ids)
            new = readers - report.delivery_ids.partner_id
            for partner in new:
                lang = definition.lang or partner.lang
                if lang not in installed:
                    lang = report.with_context(lang=None)._itsm_form_lang()
                vals_list.append(
                    {
                        "report_id": report.id,
                        "partner_id": partner.id,
                        "lang": lang,
                        "state": "waiting" if partner.email else "unreached",
                    }
                )
            unreached = new.filtered(lambda partner: not partner.email)
            if unreached:
                report._message_log(
                    body=self.env._(
                        "Not reached, as there is no e-mail address: %(names)s",
                        names=", ".join(unreached.mapped("display_name")),
                    )
                )
            strangers = definition._strangers()
            if strangers:
                report._message_log(
                    body=self.env._(
                        "Not sent to those who do not belong to the customer any "
                        "more: %(names)s",
                        names=", ".join(strangers.mapped("display_name")),
                    )
                )
        deliveries.create(vals_list)
        waits = waits or any(vals["state"] == "waiting" for vals in vals_list)
        if waits:
            # sudo: the action belongs to the system
            self.env.ref("itsm_sla.ir_cron_itsm_report_delivery").sudo()._trigger()
        return waits

    def _archive_references(self):
        return [
            *super()._archive_references(),
            ("itsm.report.delivery", "report_id"),
            ("itsm.meeting", "service_report_id"),
        ]

    # === Portal ===

    @api.model
    def _portal_domain(self, user):
        """The reports that somebody sees in the portal (REP-14).

        Published reports to customers, made for the portal, about his own organisation,
        whose audience he is in, or his organisation as a whole. In the archive they
        stay until a correction is published.

        :param user: ``res.users``
        :rtype: list
        """
        partner = user.sudo().partner_id  # sudo: his own address
        customer = partner.commercial_partner_id
        return [
            "|",
            ("state", "=", "published"),
            "&",
            ("state", "=", "archived"),
            ("next_ids", "not any", [("published_at", "!=", False)]),
            ("partner_id.commercial_partner_id", "in", [False, customer.id]),
            *self._portal_definition_domain(user, prefix="definition_id."),
        ]

    @api.model
    def _portal_definition_domain(self, user, prefix=""):
        """Rows of the matrix that are made for somebody in the portal."""
        partner = user.sudo().partner_id  # sudo: his own address
        people = [partner.id, partner.commercial_partner_id.id]
        customer = partner.commercial_partner_id
        domain = [
            (f"{prefix}family", "=", "sla"),
            (f"{prefix}delivery", "in", ("portal", "both")),
            (f"{prefix}partner_ids", "in", people),
            (
                f"{prefix}agreement_id.partner_id.commercial_partner_id",
                "in",
                [False, customer.id],
            ),
        ]
        return list(Domain(domain))

    def _portal_html(self):
        """The figures as printed, in the language of the reader; the caller has
        checked who asks.

        :rtype: markupsafe.Markup
        :raise UserError: the figures were altered
        """
        self.ensure_one()
        report = self.sudo()  # sudo: the customer is told everything in his report
        report._check_worked_out()
        return report.env["ir.qweb"]._render(
            "itsm_sla.service_report_sections",
            {"doc": report, "content": report._read_content(), "drill": False},
        )
