# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import hashlib
import logging

from psycopg2 import OperationalError

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.itsm_base.tools import guard

_logger = logging.getLogger(__name__)

TEMPLATE = "itsm_sla.mail_template_service_report"


class ItsmReportDelivery(models.Model):
    """Who was sent a published report, when, in which file (REP-03, REP-10).

    Made when a report is published, one for each reader; a scheduled action makes the
    files and hands over the mails, so that a server that cannot print now does not stop
    anybody from publishing.
    """

    _name = "itsm.report.delivery"
    _inherit = ["itsm.evidence.mixin"]
    _description = "Delivery of a Service Report"
    _order = "report_id desc, id"
    _rec_name = "partner_id"

    report_id = fields.Many2one(
        comodel_name="itsm.service.report",
        required=True,
        index=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(related="report_id.company_id", store=True, index=True)
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Reader",
        required=True,
        index=True,
        ondelete="restrict",
    )
    email = fields.Char(string="Address", help="To which it was sent.")
    lang = fields.Char(string="Language")
    state = fields.Selection(
        selection=[
            ("waiting", "Waiting"),
            ("sent", "Handed over"),
            ("unreached", "No address"),
            ("replaced", "Replaced before it was sent"),
            ("left", "No longer a reader"),
        ],
        required=True,
        default="waiting",
        index=True,
        help="Handed over is not delivered: the column Mail says what became of it.",
    )
    time = fields.Datetime(string="Handed over on")
    error = fields.Char(string="Why Not Yet")
    mail_id = fields.Many2one(
        comodel_name="mail.mail",
        string="Mail Message",
        ondelete="set null",
        index="btree_not_null",
    )
    mail_state = fields.Selection(
        selection=lambda self: (
            self.env["mail.mail"]._fields["state"]._description_selection(self.env)
        ),
        string="Mail",
        compute="_compute_mail_state",
        search="_search_mail_state",
    )
    attachment_id = fields.Many2one(
        comodel_name="ir.attachment",
        string="File",
        ondelete="restrict",
        index="btree_not_null",
    )
    sha256 = fields.Char(string="Checksum", help="SHA-256 of the file that was sent.")

    _once = models.UniqueIndex(
        "(report_id, partner_id)", "The report was planned for this reader already."
    )

    @api.depends("mail_id.state")
    def _compute_mail_state(self):
        for delivery in self:
            # sudo: whether a mail went out, for who may read the delivery
            delivery.mail_state = delivery.sudo().mail_id.state

    def _search_mail_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        # sudo: as above
        mails = self.env["mail.mail"].sudo()._search([("state", "in", list(value))])
        return [("mail_id", "in", mails)]

    # === Sending ===

    @api.model
    def _cron_deliver(self):
        """Send what waits, one report after the other (scheduled)."""
        cron = self.env["ir.cron"]
        # sudo: the scheduled action sends for everybody
        waiting = self.sudo().search([("state", "=", "waiting")])
        reports = waiting.grouped("report_id")
        left = len(reports)
        for report, deliveries in reports.items():
            deliveries._deliver(report)
            left -= 1
            if not cron._commit_progress(1, remaining=left):
                break

    def _deliver(self, report):
        """Hand the mails of one report over, a file for each language.

        What fails waits for the next time and says why.

        :param report: ``itsm.service.report``
        """
        deliveries = guard.with_token(self.sudo())  # sudo: evidence, by code only
        report = report.sudo()  # sudo: as above
        if report._is_replaced():
            deliveries.write({"state": "replaced"})
            return
        people = report.definition_id._readers()
        left = deliveries.filtered(lambda delivery: delivery.partner_id not in people)
        left.write({"state": "left"})
        for lang, readers in (deliveries - left).grouped("lang").items():
            try:
                with self.env.cr.savepoint():
                    readers._send_file(report, lang)
            except OperationalError:
                raise  # of the database: the whole is tried again
            except Exception as error:  # pylint: disable=broad-except
                # Whatever is wrong with one report, the others are sent.
                _logger.warning(
                    "%s is not sent yet: %s",
                    report.display_name,
                    error,
                    exc_info=not isinstance(error, UserError),
                )
                readers.write({"error": str(error)[:500]})

    def _send_file(self, report, lang):
        """One file and a mail to each of these readers.

        :raise UserError: the server cannot print, or the report was altered
        """
        name, content = report._pdf(lang)
        digest = hashlib.sha256(content).hexdigest()
        attachment = self.env["ir.attachment"].create(
            {
                "name": name,
                "raw": content,
                "mimetype": "application/pdf",
                "res_model": self._name,
                "res_id": self[0].id,
            }
        )
        template = self.env.ref(TEMPLATE).with_context(lang=lang)
        for delivery in self:
            mail_id = template.send_mail(
                delivery.id,
                email_values={
                    "recipient_ids": [fields.Command.set(delivery.partner_id.ids)],
                    "attachment_ids": [fields.Command.link(attachment.id)],
                    "email_to": False,
                },
            )
            delivery.write(
                {
                    "state": "sent",
                    "time": fields.Datetime.now(),
                    "email": delivery.partner_id.email,
                    "mail_id": mail_id,
                    "attachment_id": attachment.id,
                    "sha256": digest,
                    "error": False,
                }
            )

    def _portal_url(self):
        """Where the reader finds the report in the portal; empty if he does not.

        :rtype: str
        """
        self.ensure_one()
        users = self.partner_id.user_ids.filtered("share")
        report = self.report_id
        if users and report.search_count(
            [("id", "=", report.id), *report._portal_domain(users[0])], limit=1
        ):
            return f"{report.get_base_url()}/my/service-reports/{report.id}"
        return ""
