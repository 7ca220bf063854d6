# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

from ..tools import guard
from .itsm_notification_audience import CHANNELS

OUTCOMES = [
    ("sent", "Handed over"),
    ("waiting", "Waiting"),
    ("digest", "In the digest"),
    ("suppressed", "Not told"),
    ("failed", "Failed"),
]
REASONS = [
    ("at_once", "At once"),
    ("quiet", "Outside the working hours of the recipient"),
    ("company_digest", "The company has it in the digest"),
    ("user_digest", "The recipient wants it in the digest"),
    ("company", "Switched off by the company"),
    ("user", "Switched off by the recipient"),
    ("no_address", "The recipient has no e-mail address"),
    ("no_user", "Only colleagues get activities and messages in Odoo"),
    ("no_access", "The recipient may not read the record"),
    ("inactive", "The recipient has left"),
    ("nobody", "Nobody has this role"),
    ("self", "The recipient did it himself"),
    ("twice", "Told already in another role"),
    ("history", "History, import or bulk load"),
    ("gone", "The record was deleted before it could be told"),
    ("error", "The text could not be made"),
    ("mail", "The mail could not be sent"),
]
#: What became of the mail that was handed over.
DELIVERIES = [
    ("queued", "In the mail queue"),
    ("accepted", "Accepted by the mail server"),
    ("refused", "Not sent"),
]
#: What is only noise after a while: nothing went out, and nobody decided about it.
SHORT_LIVED = ("company", "nobody", "self", "twice", "history")
SHORT_LIVED_DAYS = 90
BATCH = 1000
LONGEST_NOTE = 500


class ItsmNotificationLog(models.Model):
    """Who was told of what and how; who was not, and why.

    Evidence: written by the system only. Who may not read a record does not see
    either that somebody was told about it.
    """

    _name = "itsm.notification.log"
    _inherit = "itsm.evidence.mixin"
    _description = "Who Was Told"
    _order = "time desc, id desc"
    _rec_name = "event_id"

    event_id = fields.Many2one(
        comodel_name="itsm.notification.event",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    event_code = fields.Char(readonly=True, required=True)
    company_id = fields.Many2one(
        comodel_name="res.company", readonly=True, required=True, index=True
    )
    res_model = fields.Char(string="Model", readonly=True, required=True)
    res_id = fields.Many2oneReference(
        string="Record ID", model_field="res_model", readonly=True, required=True
    )
    record_name = fields.Char(
        string="Record", compute="_compute_record_name", search="_search_record_name"
    )
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Recipient",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    audience_id = fields.Many2one(
        comodel_name="itsm.notification.audience",
        string="Role",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
    )
    template_id = fields.Many2one(
        comodel_name="mail.template",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
    )
    channel = fields.Selection(selection=CHANNELS, readonly=True)
    time = fields.Datetime(string="Happened", readonly=True, required=True)
    due_at = fields.Datetime(
        string="Due", readonly=True, help="When it is sent, if not at once."
    )
    sent_at = fields.Datetime(string="Told", readonly=True)
    outcome = fields.Selection(selection=OUTCOMES, readonly=True, required=True)
    reason = fields.Selection(selection=REASONS, string="Why", readonly=True)
    note = fields.Char(readonly=True)
    mail_id = fields.Many2one(
        comodel_name="mail.mail",
        string="Queued Mail",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        groups="base.group_system",
    )
    delivery = fields.Selection(
        selection=DELIVERIES,
        string="Mail",
        readonly=True,
        help="What became of the mail. That a mail server accepted it does not say "
        "that somebody read it.",
    )
    # what the text is made of may be more than a reader of the log may see
    extra = fields.Json(readonly=True, groups="base.group_system")

    _record_idx = models.Index("(res_model, res_id)")
    _due_idx = models.Index(
        "(due_at) WHERE sent_at IS NULL AND outcome IN ('waiting', 'digest')"
    )
    _time_idx = models.Index("(time)")

    def _evidence_message(self, operation):
        return self.env._(
            "Who was told is written down by the system and cannot be edited."
        )

    # === The record ===

    @api.depends("res_model", "res_id")
    @api.depends_context("uid", "lang", "allowed_company_ids")
    def _compute_record_name(self):
        for model, logs in self.grouped("res_model").items():
            names = {}
            if model in self.env:
                records = self.env[model].browse(logs.mapped("res_id")).exists()
                readable = records._filtered_access("read")
                names = {record.id: record.display_name for record in readable}
            for log in logs:
                log.record_name = names.get(log.res_id) or self.env._(
                    "No longer there, or not for you"
                )

    def _search_record_name(self, operator, value):
        if operator not in ("ilike", "like", "=", "in", "=ilike", "=like"):
            return NotImplemented
        domain = Domain.FALSE
        for model in self._told_models():
            records = self.env[model].with_context(active_test=False)
            if records.has_access("read"):
                found = records._search([("display_name", operator, value)])
                of_model = Domain("res_model", "=", model)
                domain |= of_model & Domain("res_id", "in", found)
        return domain

    @api.model
    def _told_models(self):
        """Names of the models about which people are told."""
        # sudo: names of models
        events = self.env["itsm.notification.event"].sudo()
        names = (
            events.with_context(active_test=False).search(Domain.TRUE).mapped("model")
        )
        return sorted({name for name in names if name in self.env})

    def action_open_record(self):
        """Open what was told; the record's own access rights apply."""
        self.ensure_one()
        self.env[self.res_model].browse(self.res_id).check_access("read")
        return {
            "type": "ir.actions.act_window",
            "res_model": self.res_model,
            "res_id": self.res_id,
            "views": [(False, "form")],
        }

    # === Access ===

    @api.model
    def _readable_domain(self):
        """Rows of records that the user may read; a manager also of deleted ones."""
        manager = self.env.user.has_group("itsm_base.itsm_group_manager")
        domain = Domain.FALSE
        for model in self._told_models():
            records = self.env[model].with_context(active_test=False)
            rows = Domain.FALSE
            if records.has_access("read"):
                rows |= Domain("res_id", "in", records._search([]))
            if manager:
                # sudo: all there are, to find those that are not
                rows |= Domain("res_id", "not in", records.sudo()._search([]))
            domain |= Domain("res_model", "=", model) & rows
        return domain

    @api.model
    def _search(
        self,
        domain,
        offset=0,
        limit=None,
        order=None,
        *,
        bypass_access=False,
        **kwargs,
    ):
        if not (self.env.su or bypass_access):
            domain = Domain(domain) & self._readable_domain()
        return super()._search(
            domain, offset, limit, order, bypass_access=bypass_access, **kwargs
        )

    def _check_access(self, operation):
        result = super()._check_access(operation)
        if self.env.su or operation != "read" or not any(self._ids):
            return result
        allowed = self - result[0] if result else self
        # sudo: what a row is about decides whether it may be read
        rows_sudo = allowed.sudo()
        seen = rows_sudo.search(
            Domain("id", "in", rows_sudo.ids) & self._readable_domain()
        )
        hidden = allowed - allowed.browse(seen.ids)
        if not hidden:
            return result
        forbidden = hidden | result[0] if result else hidden
        return forbidden, lambda: self.env["ir.rule"]._make_access_error(
            operation, forbidden
        )

    # === Writing ===

    @api.model
    def _log(self, vals_list):
        """Write rows down in batches.

        :return: the rows; without the key, as templates of users are rendered next
        """
        logs = guard.with_token(self.browse())
        for position in range(0, len(vals_list), BATCH):
            logs |= logs.create(vals_list[position : position + BATCH])
        return guard.without_token(logs)

    def _end(self, outcome, reason=None, note=None, sent=True):
        """Note what came of rows."""
        if not self:
            return
        vals = {"outcome": outcome}
        if reason:
            vals["reason"] = reason
        if note:
            vals["note"] = note
        if sent:
            vals["sent_at"] = fields.Datetime.now()
        guard.with_token(self).write(vals)

    def _mail_ended(self, failure):
        """Note what became of the mails of rows.

        :param str failure: why it could not be sent; empty if it was
        """
        vals = {"delivery": "accepted"}
        if failure:
            vals = {
                "delivery": "refused",
                "outcome": "failed",
                "reason": "mail",
                "note": failure[:LONGEST_NOTE],
            }
        elif "failed" in self.mapped("outcome"):
            vals |= {"outcome": "sent", "reason": "at_once", "note": False}
        guard.with_token(self).write(vals)

    @api.autovacuum
    def _gc_short_lived(self):
        """Forget rows that say only that nothing was to be told."""
        before = fields.Datetime.now() - timedelta(days=SHORT_LIVED_DAYS)
        domain = [
            ("outcome", "=", "suppressed"),
            ("reason", "in", SHORT_LIVED),
            ("time", "<", before),
        ]
        old = guard.with_token(self).search(domain, limit=10 * BATCH)
        old.unlink()
        return len(old), self.search_count(domain, limit=1)
