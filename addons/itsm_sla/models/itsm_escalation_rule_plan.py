# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models, tools
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools.escalation import PERCENT, Step

#: In ``cr.postcommit.data`` while a transaction has changed rules: it builds its own
#: plan and never fills the shared one with what is not committed.
CHANGED = "itsm_sla.escalation_rules_changed"
PRIORITY_FILTERS = {
    "3": "for_critical",
    "2": "for_high",
    "1": "for_medium",
    "0": "for_low",
}


class ItsmEscalationRule(models.Model):
    """Which rules hold for which clocks, and when."""

    # What a rule is, when it holds and what it does: a file each.
    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.escalation.rule"

    def _mark_changed(self):
        """Rules change: clear the shared plan, leave it alone until commit."""
        self.env.cr.postcommit.data[CHANGED] = True
        self.env.registry.clear_cache()

    @api.model
    def _plan(self, agreement_id, kind, metric):
        """The steps of the rules for clocks of one agreement, kind and metric.

        :return: tuple of `Step` in the order of the rules
        """
        if CHANGED in self.env.cr.postcommit.data:
            return self._plan_build(agreement_id, kind, metric)
        # As for agreements: an old snapshot must not fill the cache of newer ones.
        version = self.env["resource.calendar"]._itsm_cache_version()
        return self._plan_cached(agreement_id, kind, metric, version)

    @api.model
    @tools.ormcache("agreement_id", "kind", "metric", "version")
    def _plan_cached(self, agreement_id, kind, metric, version):
        return self._plan_build(agreement_id, kind, metric)

    @api.model
    def _plan_build(self, agreement_id, kind, metric):
        # sudo: what happens to a clock does not depend on who saves the ticket
        agreement = self.env["itsm.agreement"].sudo().browse(agreement_id)
        chain = agreement
        while chain.previous_id - agreement:
            agreement |= chain.previous_id
            chain = chain.previous_id
        domain = (
            Domain("company_id", "in", [False, *agreement.company_id.ids])
            & Domain("clock_kind", "in", ["any", kind])
            & Domain("metric", "in", ["any", metric])
            & (
                Domain("agreement_ids", "=", False)
                | Domain("agreement_ids", "in", agreement.ids)
            )
        )
        # sudo: as above
        rules = self.sudo().with_context(active_test=False).search(domain)
        return tuple(rule._step() for rule in rules if rule.active)

    def _agreements_meant(self):
        """The rule's agreements with their later versions."""
        # sudo: as in _plan_build
        found = level = self.sudo().agreement_ids
        while level:
            level = level.search([("previous_id", "in", level.ids)]) - found
            found |= level
        return found

    def _step(self):
        """What the rule says about time."""
        self.ensure_one()
        value = self.percent if self.moment == PERCENT else 60 * self.minutes
        acts = bool(self._acts())
        return Step(self.id, self.moment, value, self.since or None, acts)

    def _fits(self, ticket):
        """Whether the rule is meant for ``ticket`` as it is now."""
        self.ensure_one()
        # sudo: as in _plan_build
        rule = self.sudo()
        if rule.itsm_kind and ticket.itsm_kind != rule.itsm_kind:
            return False
        if rule.support_line and ticket.support_line != rule.support_line:
            return False
        if any(rule[name] for name in PRIORITY_FILTERS.values()):
            name = PRIORITY_FILTERS.get(ticket.priority)
            return bool(name and rule[name])
        return True

    def _tells(self):
        """Whether the rule tells people of the provider."""
        self.ensure_one()
        return bool(
            self.tell_team_leader
            or self.tell_leg_leader
            or self.tell_assignee
            or self.tell_owner
            or self.tell_desk_leads
            or self.tell_user_ids
        )

    def _look_again(self):
        """Rules were added or changed: the scheduler looks at the clocks that run.

        One statement for all of them; what each clock waits for next is worked out by
        the scheduler in its batches, so that no save waits for a million clocks.
        """
        clocks = self.env["itsm.clock"]
        clocks.flush_model(["next_event_at", "phase", "is_history", "exempt"])
        now = fields.Datetime.now()
        conditions = [
            condition for rule in self if rule.active for condition in rule._for_sql()
        ]
        if not conditions:
            return
        self.env.cr.execute(
            SQL(
                """UPDATE itsm_clock
                      SET next_event_at = %(now)s
                    WHERE phase = 'running' AND is_history IS NOT TRUE
                      AND exempt IS NOT TRUE
                      AND (next_event_at IS NULL OR next_event_at > %(now)s)
                      AND (%(conditions)s)""",
                now=now,
                conditions=SQL(" OR ").join(conditions),
            )
        )
        clocks.invalidate_model(["next_event_at"], flush=False)

    def _for_sql(self):
        """The condition on clocks for which this rule is meant."""
        self.ensure_one()
        condition = SQL("TRUE")
        if self.company_id:
            condition = SQL("%s AND company_id = %s", condition, self.company_id.id)
        if self.clock_kind != "any":
            condition = SQL("%s AND kind = %s", condition, self.clock_kind)
        if self.metric != "any":
            condition = SQL("%s AND metric = %s", condition, self.metric)
        if self.agreement_ids:
            ids = self._agreements_meant().ids
            condition = SQL("%s AND agreement_id = ANY(%s)", condition, ids)
        return [SQL("(%s)", condition)]
