# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import SQL, format_datetime

from ..tools.bulk import insert_rows

LEVELS = [
    ("in_time", "In time"),
    ("at_risk", "At risk"),
    ("breached", "Breached"),
]
NAMES = (
    "clock_id",
    "ticket_id",
    "rule_id",
    "level",
    "time",
    "due",
    "user_id",
    "outcome",
    "note",
)


class ItsmClockAlert(models.Model):
    _name = "itsm.clock.alert"
    _inherit = "itsm.evidence.mixin"
    _description = "Service Level Alert"
    _order = "time desc, id desc"
    _rec_name = "rule_id"

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
    rule_id = fields.Many2one(
        comodel_name="itsm.escalation.rule",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    kind = fields.Selection(related="clock_id.kind")
    metric = fields.Selection(related="clock_id.metric")
    leg_name = fields.Char(related="clock_id.leg_name")
    level = fields.Selection(
        selection=LEVELS,
        required=True,
        readonly=True,
        help="How far the clock was when the rule came due.",
    )
    time = fields.Datetime(
        required=True, readonly=True, help="When the rule was handled."
    )
    due = fields.Datetime(readonly=True, help="When it came due.")
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Told",
        readonly=True,
        ondelete="restrict",
        help="The first of those who were told.",
    )
    user_ids = fields.Many2many(
        comodel_name="res.users",
        relation="itsm_clock_alert_user_rel",
        column1="alert_id",
        column2="user_id",
        string="All Told",
        readonly=True,
    )
    outcome = fields.Selection(
        selection=[
            ("told", "Told"),
            ("done", "Done"),
            ("nobody", "Nobody to tell"),
            ("passed", "Passed over: a later one was due already"),
            ("silent", "Silent: nobody was told and nothing was done"),
            ("failed", "Failed"),
        ],
        required=True,
        readonly=True,
    )
    note = fields.Text(string="What Was Done", readonly=True)

    # Once per clock and rule, whatever runs at the same time.
    _once = models.Constraint(
        "UNIQUE(clock_id, rule_id)", "This rule has fired on this clock already."
    )

    def _evidence_message(self, operation):
        return self.env._("Alerts are raised by the clocks and cannot be edited.")

    # === Raising ===

    @api.model
    def _raise(self, events, now):
        """Let rules fire in one batch, tell people and log it.

        :param events: list of ``(clock, rule_id, due, level, verdict)``; the clocks are
            stored and the verdicts are those of `tools.escalation.split`
        """
        rows = []
        fired = []
        firing = {}
        silenced = {}
        for clock, rule_id, due, level, verdict in events:
            if verdict == "fires" and clock not in silenced:
                silenced[clock] = clock._is_silenced()
            outcome, note = "passed", False
            if verdict == "fires" and not silenced[clock]:
                lang = clock.company_id.partner_id.lang or self.env.lang
                firing.setdefault((rule_id, lang), []).append((clock, due, level))
                continue
            if verdict == "fires":
                outcome = "silent"
            elif verdict == "older":
                note = self.env._("Past before the rule came into force.")
            rows.append((clock.id, clock.ticket_id.id, rule_id, level, now, due, False,
                         outcome, note))  # fmt: skip
        rules = self.env["itsm.escalation.rule"]
        rules = rules.browse(rule_id for rule_id, _lang in firing).sorted()
        for rule, lang in [
            (rule, lang)
            for rule in rules
            for rule_id, lang in firing
            if rule_id == rule.id
        ]:
            items = firing[rule.id, lang]
            clocks = self.env["itsm.clock"].browse(clock.id for clock, *_rest in items)
            named = rule.with_context(lang=lang)  # of the company: the log is its own
            for escalation, (_clock, due, level) in zip(
                named._fire(clocks), items, strict=True
            ):
                fired.append((named, escalation, due, level))
        notices = self._plan_notices(fired)
        told = []
        acted = {}  # ticket: what rules with actions did
        for named, escalation, due, level in fired:
            clock, users = escalation.clock, escalation.users
            note = self._note_of(named, escalation)
            if users:
                told.append((len(rows), users))
            if named._acts():
                label = clock.with_env(named.env)._label()
                acted.setdefault(clock.ticket_id, []).append((named, label, note))
            rows.append((clock.id, clock.ticket_id.id, named.id, level, now, due,
                         users[:1].id, escalation.outcome, note))  # fmt: skip
        created = insert_rows(self, NAMES, rows)
        alerts = list(created)  # iterated and not indexed: they are read together
        created.clock_id.invalidate_recordset(["alert_ids"], flush=False)
        created._store_users([(alerts[index], users) for index, users in told])
        pairs = [(alerts[index], user) for index, users in told for user in users]
        self._schedule_activities([p for p in pairs if p[0].rule_id.by_activity])
        self._send_mails([p for p in pairs if p[0].rule_id.by_mail])
        self._write_notices(notices)
        if acted:
            created._log_on_tickets(acted)

    @api.model
    def _note_of(self, rule, escalation):
        """What a rule did, in words, in the language of the company.

        :param rule: the rule, in that language
        """
        env, acts = rule.env, rule._acts()
        notes = list(escalation.done)
        if escalation.users and (acts or len(escalation.users) > 1):
            names = ", ".join(escalation.users.mapped("name"))
            notes.append(env._("Told: %(names)s.", names=names))
        elif escalation.nobody and acts:
            notes.append(env._("Nobody to tell."))
        if escalation.muted:
            names = ", ".join(escalation.muted.mapped("name"))
            notes.append(
                env._("Not told, as notifications say so: %(names)s.", names=names)
            )
        return " ".join(notes)

    def _store_users(self, pairs):
        """Write down all who were told.

        :param pairs: list of ``(alert, users)``
        """
        rows = [
            SQL("(%s, %s)", alert.id, user.id)
            for alert, users in pairs
            for user in users
        ]
        if rows:
            self.env.cr.execute(
                SQL(
                    """INSERT INTO itsm_clock_alert_user_rel (alert_id, user_id)
                       VALUES %s""",
                    SQL(", ").join(rows),
                )
            )

    def _log_on_tickets(self, acted):
        """A note on each ticket that a rule changed: what fired, what was passed over.

        Internal, in one batch, and followers get no mail.

        :param acted: dict of ticket to list of ``(rule, which clock, what was done)``
        """
        passed = {}
        for alert in self:
            if alert.outcome == "passed":
                passed.setdefault(alert.ticket_id, []).append(alert.rule_id)
        bodies = {}
        for ticket, fired in acted.items():
            env = fired[0][0].env
            lines = [
                env._(
                    "Escalation rule %(rule)s (%(clock)s): %(note)s",
                    rule=rule.name,
                    clock=label,
                    note=note,
                )
                for rule, label, note in fired
            ]
            if ticket in passed:
                names = ", ".join(rule.with_env(env).name for rule in passed[ticket])
                lines.append(env._("Passed over: %(rules)s.", rules=names))
            bodies[ticket.id] = Markup("<br/>").join(lines)
        self.env["helpdesk.ticket"].browse(bodies)._message_log_batch(bodies)

    # === Telling ===

    @api.model
    def _schedule_activities(self, pairs):
        """One activity per alert and user, made in one batch, without a mail each."""
        if not pairs:
            return
        todo = self.env.ref("mail.mail_activity_data_todo")
        model_id = self.env["ir.model"]._get_id("helpdesk.ticket")
        today = fields.Date.today()
        summaries = {}
        vals_list = []
        for alert, user in pairs:
            clock = alert.clock_id
            leg = clock.kind, clock.leg_team_id, clock.leg_partner_id, clock.metric
            key = (user.lang, leg, alert.rule_id, alert.level)
            if key not in summaries:
                summaries[key] = alert._summary(user)
            vals_list.append(
                {
                    "activity_type_id": todo.id,
                    "res_model_id": model_id,
                    "res_id": alert.ticket_id.id,
                    "res_name": alert.ticket_id.display_name,
                    "user_id": user.id,
                    "date_deadline": today,
                    "summary": summaries[key],
                    "automated": True,
                }
            )
        self._subscribe(pairs)
        # The mail of the batch tells about all of them: no notification each.
        self.env["mail.activity"].with_context(
            mail_activity_quick_update=True, itsm_subscribed=True
        ).create(vals_list)

    @api.model
    def _subscribe(self, pairs):
        """Let who is told follow the ticket, as every activity does.

        All at once: creating the activities would do it user by user.
        """
        wanted = {(alert.ticket_id.id, user.partner_id.id) for alert, user in pairs}
        subtypes = self.env["mail.message.subtype"].default_subtypes("helpdesk.ticket")
        followers = self.env["mail.followers"]
        followers.flush_model()
        self.env.cr.execute(
            SQL(
                """WITH added AS (
                       INSERT INTO mail_followers (res_model, res_id, partner_id)
                       SELECT 'helpdesk.ticket', wanted.ticket_id, wanted.partner_id
                         FROM (VALUES %s) AS wanted (ticket_id, partner_id)
                         JOIN res_partner p ON p.id = wanted.partner_id AND p.active
                           ON CONFLICT DO NOTHING
                    RETURNING id
                   )
                   INSERT INTO mail_followers_mail_message_subtype_rel
                          (mail_followers_id, mail_message_subtype_id)
                   SELECT added.id, subtype.id
                     FROM added, unnest(%s) AS subtype (id)""",
                SQL(", ").join(sorted(wanted)),
                subtypes[0].ids,
            )
        )
        followers.invalidate_model(flush=False)
        tickets = self.env["helpdesk.ticket"]
        tickets.browse(
            ticket_id for ticket_id, _partner in wanted
        ).invalidate_recordset(
            ["message_follower_ids", "message_partner_ids"], flush=False
        )

    def _summary(self, user):
        """The alert in a few words, in the language of who is told."""
        self.ensure_one()
        alert = self.with_context(lang=user.lang)
        metric = alert.clock_id._label()
        if self.level == "breached":
            return alert.env._("%(metric)s target breached", metric=metric)
        if self.level == "at_risk":
            return alert.env._("%(metric)s target at risk", metric=metric)
        return alert.env._(
            "%(metric)s target: %(rule)s", metric=metric, rule=alert.rule_id.name
        )

    def _prepare_mail_rows(self):
        """What the mail says of each alert, as text in the recipient's language."""
        levels = dict(self._fields["level"]._description_selection(self.env))
        base = self.browse().get_base_url()
        action = "action-itsm_base.helpdesk_ticket_action_all"
        return [
            {
                "ticket": alert.ticket_id.display_name,
                "url": f"{base}/odoo/{action}/{alert.ticket_id.id}",
                "metric": alert.clock_id._label(),
                "level": levels.get(alert.level),
                "rule": alert.rule_id.name,
                "deadline": format_datetime(self.env, alert.clock_id.deadline)
                if alert.clock_id.deadline
                else "–",
            }
            for alert in self
        ]

    @api.model
    def _send_mails(self, pairs):
        """One mail per recipient for the whole batch, queued."""
        alerts_of = {}
        for alert, user in pairs:
            alerts_of[user] = alerts_of.get(user, self.browse()) | alert
        vals_list = []
        for user, alerts in alerts_of.items():
            if not user.email_formatted:
                continue
            alerts = alerts.with_context(lang=user.lang, tz=user.tz)
            body = self.env["ir.qweb"]._render(
                "itsm_sla.mail_clock_alert",
                {"rows": alerts._prepare_mail_rows(), "user": user},
                lang=user.lang,
            )
            vals_list.append(
                {
                    "subject": alerts._mail_subject(),
                    "body_html": body,
                    "email_from": alerts[0].ticket_id.company_id.email_formatted
                    or self.env.user.email_formatted,
                    "email_to": user.email_formatted,
                    "auto_delete": True,
                }
            )
        self.env["mail.mail"].create(vals_list)

    def _mail_subject(self):
        breached = len(self.filtered(lambda alert: alert.level == "breached"))
        at_risk = len(self.filtered(lambda alert: alert.level == "at_risk"))
        if breached + at_risk == len(self):
            return self.env._(
                "Service levels: %(breached)s breached, %(at_risk)s at risk",
                breached=breached,
                at_risk=at_risk,
            )
        return self.env._(
            "Service levels: %(breached)s breached, %(at_risk)s at risk, "
            "%(others)s other",
            breached=breached,
            at_risk=at_risk,
            others=len(self) - breached - at_risk,
        )
