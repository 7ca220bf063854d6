# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from odoo import api, fields, models

from ..tools import guard

SEVERITIES = [
    ("0", "Recovered"),
    ("1", "Information"),
    ("2", "Warning"),
    ("3", "Minor"),
    ("4", "Major"),
    ("5", "Critical"),
]
OUTCOMES = [
    ("created", "Made an incident"),
    ("joined", "Joined its incident"),
    ("storm", "Collected in a storm"),
    ("recovered", "Recovered"),
    ("no_rule", "No rule for it"),
    ("ignored", "Left out by its rule"),
    ("interruption", "In a planned interruption"),
    ("over", "Recovery of nothing open"),
    ("failed", "Could not be handled"),
]
BATCH = 5000


class ItsmEvent(models.Model):
    """What monitoring and other systems reported, as it came in.

    Kept for the days that the company has set; what became of it stays with the
    incident (issue 4, Events in).
    """

    _name = "itsm.event"
    _inherit = "itsm.evidence.mixin"
    _description = "Monitoring Event"
    _order = "received_at desc, id desc"
    _rec_name = "summary"

    company_id = fields.Many2one(
        comodel_name="res.company", required=True, readonly=True, index=True
    )
    source = fields.Char(required=True, readonly=True, help="The system that sent it.")
    key = fields.Char(
        required=True,
        readonly=True,
        help="Of what it is about: the same key is the same incident while it is open.",
    )
    uid = fields.Char(
        string="Event ID",
        readonly=True,
        help="As the source calls the event; sent again it changes nothing.",
    )
    severity = fields.Selection(selection=SEVERITIES, required=True, readonly=True)
    summary = fields.Char(readonly=True)
    message = fields.Text(readonly=True)
    time = fields.Datetime(
        string="Happened", required=True, readonly=True, help="As the source says."
    )
    received_at = fields.Datetime(string="Received", required=True, readonly=True)
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Sent By",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    outcome = fields.Selection(selection=OUTCOMES, required=True, readonly=True)
    note = fields.Char(readonly=True)
    rule_id = fields.Many2one(
        comodel_name="itsm.event.rule",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    alarm_id = fields.Many2one(
        comodel_name="itsm.event.alarm",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    ticket_id = fields.Many2one(
        comodel_name="helpdesk.ticket",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )

    _uid_uniq = models.UniqueIndex(
        "(company_id, source, uid) WHERE uid IS NOT NULL",
        "This event was received already.",
    )
    _received_idx = models.Index("(company_id, received_at)")

    def _evidence_message(self, operation):
        return self.env._(
            "Monitoring events are kept as they came in and cannot be edited."
        )

    @api.autovacuum
    def _gc_events(self):
        """Forget events older than their company keeps them; 0 days: never.

        What they were about goes with them, unless there is a ticket for it.
        """
        now = fields.Datetime.now()
        done, more = 0, 0
        for company in self.env["res.company"].search([("itsm_event_days", ">", 0)]):
            before = now - timedelta(days=company.itsm_event_days)
            of_company = ("company_id", "=", company.id)
            domain = [of_company, ("received_at", "<", before)]
            old = guard.with_token(self).search(domain, limit=BATCH)
            done += len(old)
            old.unlink()
            more += self.search_count(domain, limit=1)
            alarms = guard.with_token(self.env["itsm.event.alarm"]).search(
                [of_company, ("ticket_id", "=", False), ("last_at", "<", before)],
                limit=BATCH,
            )
            alarms.unlink()
        return done, more
