# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.fields import Domain

from ..tools import escalation

#: More than anybody reads; the clocks with the earliest deadlines come first.
LIMIT = 1000
#: What happens soonest first; last, where nothing will.
RANKS = ("past", "coming", "waits", "passed", "done", "silent")


class ItsmEscalationPreview(models.TransientModel):
    """One open clock on which a rule would fire; showing it changes nothing."""

    _name = "itsm.escalation.preview"
    _description = "Escalation Preview"
    _order = "rank, instant, id"
    _rec_name = "ticket_id"

    rule_id = fields.Many2one(
        comodel_name="itsm.escalation.rule", required=True, ondelete="cascade"
    )
    clock_id = fields.Many2one(
        comodel_name="itsm.clock", required=True, ondelete="cascade"
    )
    ticket_id = fields.Many2one(
        comodel_name="helpdesk.ticket", required=True, ondelete="cascade"
    )
    kind = fields.Selection(related="clock_id.kind")
    leg_name = fields.Char(related="clock_id.leg_name")
    metric = fields.Selection(related="clock_id.metric")
    deadline = fields.Datetime(related="clock_id.deadline")
    instant = fields.Datetime(
        string="Comes Due", help="Empty: not known while the clock waits."
    )
    state = fields.Selection(
        selection=[
            ("done", "Fired or passed over already"),
            ("past", "Past: fires at the next turn"),
            ("passed", "Past: will be passed over"),
            ("coming", "Will fire then"),
            ("waits", "Waits: the clock is paused"),
            ("silent", "Silent: archived, imported or exempt"),
        ],
        required=True,
    )
    rank = fields.Integer(help="The order in which states are listed.")
    what = fields.Char(string="What Would Happen")

    @api.model
    def _open(self, rule):
        """The action that shows ``rule`` on the open clocks that the user may read."""
        now = fields.Datetime.now()
        resolver = self.env["itsm.agreement"]._clock_resolver()
        # sudo: the rule tells, not the reader
        leads = rule.sudo()._desk_leads()
        # Imported ones are the oldest of all, and nothing happens on them.
        order = "is_history, exempt, deadline, id"
        lines = self.create(
            [
                vals
                for clock in self.env["itsm.clock"].search(
                    self._clock_domain(rule), order=order, limit=LIMIT
                )
                if (vals := self._prepare(rule, clock, now, resolver, leads))
            ]
        )
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "itsm_sla.itsm_escalation_preview_action"
        )
        return action | {"domain": [("id", "in", lines.ids)]}

    @api.model
    def _clock_domain(self, rule):
        domain = Domain("phase", "in", ("running", "paused"))
        if rule.company_id:
            domain &= Domain("company_id", "=", rule.company_id.id)
        if rule.clock_kind != "any":
            domain &= Domain("kind", "=", rule.clock_kind)
        if rule.metric != "any":
            domain &= Domain("metric", "=", rule.metric)
        if rule.agreement_ids:
            domain &= Domain("agreement_id", "in", rule._agreements_meant().ids)
        return domain

    @api.model
    def _prepare(self, rule, clock, now, resolver, leads):
        """Values of a line, or None if the rule is not meant for the ticket."""
        ticket = clock.ticket_id
        if not rule._fits(ticket):
            return None
        # sudo: how a readable clock stands
        clock_sudo = clock.sudo()
        fold = clock_sudo._as_fold(clock_sudo._rules(resolver))
        fold.tick(now)
        step = rule._step()
        due = escalation.instant(step, fold)
        if rule.id in (clock.fired or ()):
            state = "done"
        elif clock_sudo._is_silenced():
            state = "silent"
        elif due is None:
            state = "waits"
        elif due >= now:
            state = "coming"
        else:
            past = [(due, step)]
            if rule.active:
                others, _unmeant = clock_sudo._steps_past(fold, now)
                past += [item for item in others if item[1].rule_id != rule.id]
            verdicts = {
                other.rule_id: verdict
                for _due, other, verdict in escalation.split(
                    past, now, clock_sudo._rules_since(fold, now)
                )
            }
            state = "past" if verdicts[rule.id] == "fires" else "passed"
        return {
            "rule_id": rule.id,
            "clock_id": clock.id,
            "ticket_id": ticket.id,
            "instant": due,
            "state": state,
            "rank": RANKS.index(state),
            "what": self._what(rule, clock_sudo, leads, state),
        }

    @api.model
    def _what(self, rule, clock_sudo, leads, state):
        """What the rule would do to this ticket, in words; False for what is past."""
        if state == "done":
            return False
        if state == "silent":
            return self.env._("Nothing: nobody is told, and the ticket stays as it is.")
        if state == "passed":
            return self.env._("Nothing: it is only logged as passed over.")
        words = []
        ticket = clock_sudo.ticket_id
        # sudo: the rule acts with more rights than those of the reader
        rule_sudo = rule.sudo()
        if rule_sudo._changes_tickets():
            labels = {
                name: dict(ticket._fields[name]._description_selection(self.env))
                for name in ("support_line", "priority")
            }
            words += rule_sudo._prepare_change(ticket, labels)[1]
        if rule_sudo.run_action:
            words.append(
                rule_sudo._server_action_problem()
                or self.env._("Run %(action)s.", action=rule_sudo.server_action_id.name)
            )
        if rule_sudo.warn_customer:
            words.append(
                self.env._(
                    "Mail to the customer: %(email)s.",
                    email=ticket.partner_id.email or ticket.partner_email or "–",
                )
            )
        if rule_sudo._tells():
            users = rule_sudo._recipients(clock_sudo, leads)
            names = ", ".join(users.mapped("name"))
            words.append(self.env._("Told: %(names)s.", names=names or "–"))
        return " ".join(words)
