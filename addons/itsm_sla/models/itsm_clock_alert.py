# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models
from odoo.tools import format_datetime

LEVELS = [("at_risk", "At risk"), ("breached", "Breached")]


class ItsmClockAlert(models.Model):
    _name = "itsm.clock.alert"
    _inherit = "itsm.evidence.mixin"
    _description = "Service Level Alert"
    _order = "time desc, id desc"
    _rec_name = "level"

    clock_id = fields.Many2one(
        comodel_name="itsm.clock",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    ticket_id = fields.Many2one(
        comodel_name="helpdesk.ticket",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    metric = fields.Selection(related="clock_id.metric")
    level = fields.Selection(selection=LEVELS, required=True, readonly=True)
    time = fields.Datetime(
        required=True, readonly=True, help="When the alert was handled."
    )
    due = fields.Datetime(readonly=True, help="When it became due.")
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Told",
        readonly=True,
        ondelete="restrict",
    )
    outcome = fields.Selection(
        selection=[
            ("told", "Activity and mail"),
            ("nobody", "No team leader to tell"),
            ("passed", "Passed over: a later one was due already"),
            ("silent", "Nobody was told: the past was taken over silently"),
        ],
        required=True,
        readonly=True,
    )

    # Once per clock and level, whatever runs at the same time.
    _once = models.Constraint(
        "UNIQUE(clock_id, level)", "This alert was raised already."
    )

    def _evidence_message(self, operation):
        return self.env._("Alerts are raised by the clocks and cannot be edited.")

    # === Telling ===

    def _schedule_activities(self):
        """One activity per alert, made in one batch, without a mail each."""
        if not self:
            return
        todo = self.env.ref("mail.mail_activity_data_todo")
        model_id = self.env["ir.model"]._get_id("helpdesk.ticket")
        today = fields.Date.today()
        summaries = {}
        for alert in self:
            key = (alert.user_id.lang, alert.metric, alert.level)
            if key not in summaries:
                summaries[key] = alert._summary()
        vals_list = [
            {
                "activity_type_id": todo.id,
                "res_model_id": model_id,
                "res_id": alert.ticket_id.id,
                "user_id": alert.user_id.id,
                "date_deadline": today,
                "summary": summaries[alert.user_id.lang, alert.metric, alert.level],
                "automated": True,
            }
            for alert in self
        ]
        # The mail of the batch tells about all of them: no notification each.
        self.env["mail.activity"].with_context(mail_activity_quick_update=True).create(
            vals_list
        )

    def _summary(self):
        """The alert in a few words, in the language of who is told."""
        self.ensure_one()
        alert = self.with_context(lang=self.user_id.lang)
        metric = dict(alert._fields["metric"]._description_selection(alert.env))[
            alert.metric
        ]
        if self.level == "breached":
            return alert.env._("%(metric)s target breached", metric=metric)
        return alert.env._("%(metric)s target at risk", metric=metric)

    def _prepare_mail_rows(self):
        """What the mail says of each alert, as text in the recipient's language."""
        labels = {
            name: dict(self._fields[name]._description_selection(self.env))
            for name in ("metric", "level")
        }
        base = self.browse().get_base_url()
        action = "action-itsm_base.helpdesk_ticket_action_all"
        return [
            {
                "ticket": alert.ticket_id.display_name,
                "url": f"{base}/odoo/{action}/{alert.ticket_id.id}",
                "metric": labels["metric"].get(alert.metric),
                "level": labels["level"].get(alert.level),
                "deadline": format_datetime(self.env, alert.clock_id.deadline)
                if alert.clock_id.deadline
                else "–",
            }
            for alert in self
        ]

    def _send_mails(self):
        """One mail per recipient for the whole batch, queued."""
        vals_list = []
        for user, alerts in self.grouped("user_id").items():
            if not user.email_formatted:
                continue
            alerts = alerts.with_context(lang=user.lang, tz=user.tz)
            body = self.env["ir.qweb"]._render(
                "itsm_sla.mail_clock_alert",
                {"rows": alerts._prepare_mail_rows(), "user": user},
                lang=user.lang,
            )
            breached = len(alerts.filtered(lambda a: a.level == "breached"))
            vals_list.append(
                {
                    "subject": alerts.env._(
                        "Service levels: %(breached)s breached, %(at_risk)s at risk",
                        breached=breached,
                        at_risk=len(alerts) - breached,
                    ),
                    "body_html": body,
                    "email_from": alerts[0].ticket_id.company_id.email_formatted
                    or self.env.user.email_formatted,
                    "email_to": user.email_formatted,
                    "auto_delete": True,
                }
            )
        self.env["mail.mail"].create(vals_list)
