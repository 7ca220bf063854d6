# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import plaintext2html

from odoo.addons.itsm_base.tools import guard
from odoo.addons.itsm_base.tools.serial import one_after_the_other

EVENT = "handover_to_sign"
#: So long after who signs was told he is reminded, once.
REMIND_AFTER = timedelta(days=3)


class ItsmCiHandover(models.Model):
    """Who signs a hand-over sheet is told of it, and can refuse (CFG-38)."""

    _name = "itsm.ci.handover"
    _inherit = ["itsm.ci.handover", "itsm.notification.mixin"]

    told_at = fields.Datetime(
        string="Last Told",
        readonly=True,
        copy=False,
        help="When the person was last sent the way to the sheet.",
    )
    reminded_at = fields.Datetime(
        string="Reminded",
        readonly=True,
        copy=False,
        help="By itself, three days after he was told; once.",
    )

    # === Telling ===

    def action_present(self):
        result = super().action_present()
        guard.with_token(self).write({"told_at": False, "reminded_at": False})
        self._tell_signer()
        return result

    def action_send_again(self):
        """Send who signs the way to the sheet once more.

        :raise UserError: it does not wait for a signature, or he cannot be told
        """
        self._check_step("waiting")
        told = {log.res_id for log in self._tell_signer() if log.outcome == "sent"}
        for sheet in self:
            if sheet.id not in told:
                raise UserError(
                    self.env._(
                        "%(sheet)s: %(person)s was not told. He has no e-mail address, "
                        "or such notifications are switched off. Let him sign here or "
                        "on paper.",
                        sheet=sheet.number,
                        # sudo: named on the sheet
                        person=sheet.partner_id.sudo().display_name,
                    )
                )
        return True

    @api.model
    def _cron_remind_signer(self):
        """Remind who was told and has not signed, once (scheduled, once a day)."""
        due = self.search(
            Domain("state", "=", "waiting")
            & Domain("reminded_at", "=", False)
            & Domain("told_at", "<=", fields.Datetime.now() - REMIND_AFTER)
        )
        guard.with_token(due).write({"reminded_at": fields.Datetime.now()})
        due._tell_signer(reminder=True)

    def _tell_signer(self, reminder=False):
        """Mail who signs the way to the sheet in the portal, in his language.

        Nobody of the portal may read a sheet, so the way and the check are of its own.
        Nothing is told while modules are installed, nor of what is done in silence.

        :param bool reminder: it is the reminder
        :return: the ``itsm.notification.log`` records, in sudo
        """
        # sudo: who was told is written by the system
        logs = self.env["itsm.notification.log"].sudo()
        if not self.env.registry.ready:
            return logs
        events = self.env["itsm.notification.event"]
        sheets = self.sudo()  # sudo: whoever causes it, it is told
        rows = events._plan_own_way(EVENT, [(s, s.partner_id) for s in sheets])
        pairs = [pair for pair in zip(rows, sheets, strict=True) if pair[0]]
        rows = [row for row, _sheet in pairs]
        for row, sheet in pairs:
            # sudo: as above
            template = events.sudo().browse(row["event_id"]).template_id
            row.update(template_id=template.id)
            if reminder:
                row["extra"] = {"reminder": True}
            if row["outcome"] == "sent" and not sheet.partner_id.active:
                row.update(outcome="suppressed", reason="inactive", sent_at=False)
        logs = logs._log(rows)
        going = logs.filtered(lambda log: log.outcome == "sent")
        texts = going._texts()
        going.filtered(lambda log: log.id in texts)._guarded("mail", texts)
        sent = logs.filtered(lambda log: log.outcome == "sent")
        guard.with_token(sheets.browse(sent.mapped("res_id"))).write(
            {"told_at": fields.Datetime.now()}
        )
        return logs

    # === Refusing in the portal ===

    def _refuse_portal(self, reason):
        """The person himself does not sign; ``self`` in sudo, he was checked.

        The sheet is a draft again, who handed over is told why.

        :param str reason: what is not right
        :raise UserError: without a reason, or it does not wait for a signature
        """
        self.ensure_one()
        self._check_step("waiting")
        one_after_the_other(self)
        reason = (reason or "").strip()
        if not reason:
            raise UserError(self.env._("Say what is not right."))
        self.action_draft()
        name = self.env.user.name
        self.message_post(
            body=self.env._(
                "%(name)s does not sign: %(reason)s", name=name, reason=reason
            )
        )
        self.activity_schedule(
            "mail.mail_activity_data_todo",
            user_id=self.user_id.id,
            summary=self.env._("Refused in the portal: mend the sheet"),
            note=plaintext2html(reason),
        )


class ItsmNotificationLog(models.Model):
    _inherit = "itsm.notification.log"

    def _url(self):
        if self.event_code == EVENT:
            return f"{self.get_base_url()}/my/assets/sheet/{self.res_id}"
        return super()._url()
