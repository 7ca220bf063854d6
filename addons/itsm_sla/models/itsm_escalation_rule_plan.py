# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models, tools
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.itsm_base.tools import guard

from ..tools.escalation import PERCENT, Step

#: In ``cr.postcommit.data`` while a transaction has changed rules: it builds its own
#: plan and never fills the shared one with what is not committed.
CHANGED = "itsm_sla.escalation_rules_changed"
#: So many clocks are put into the queue when a rule is saved, more by a run.
AT_ONCE = 1000
#: Clocks of one slice of that run.
SLICE = 5000
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

        What each clock waits for next is worked out by the scheduler in its batches. A
        few clocks are put into its queue at once; many by a run, a slice at a time, so
        that neither the save of a rule nor an upgrade waits for a million clocks.
        """
        self.env["itsm.clock"].flush_model(
            ["next_event_at", "phase", "is_history", "exempt"]
        )
        for rule in self.filtered("active"):
            self.env.cr.execute(
                SQL("SELECT COUNT(*) FROM itsm_clock WHERE %s", rule._clocks_meant())
            )
            [count] = self.env.cr.fetchone()
            if count <= AT_ONCE:
                rule._queue_clocks(0, AT_ONCE)
                continue
            active = rule._run_active()
            if active:
                # What the run has passed may not be meant as it was: once more.
                guard.with_token(active).write(
                    {"position": 0, "done": 0, "total": count}
                )
                continue
            rule._run_start(
                self.env._("Clocks that %(rule)s concerns", rule=rule.name),
                total=count,
                position=0,
            )

    def _run_slice(self, run):
        """Put the next clocks into the scheduler's queue; see `itsm.run.job`."""
        ids = self._queue_clocks(run.position or 0, SLICE)
        if ids:
            run.position = max(ids)
        return len(ids), len(ids) < SLICE

    def _queue_clocks(self, after, limit):
        """Let the scheduler look at running clocks of the rule now, in one statement.

        :param int after: clocks with higher ids only
        :param int limit: how many clocks
        :return: ids of the clocks
        """
        self.ensure_one()
        self.env.cr.execute(
            SQL(
                """UPDATE itsm_clock
                      SET next_event_at = %(now)s
                    WHERE id IN (SELECT id
                                   FROM itsm_clock
                                  WHERE id > %(after)s AND %(meant)s
                                  ORDER BY id
                                  LIMIT %(limit)s)
                RETURNING id""",
                now=fields.Datetime.now(),
                after=after,
                meant=self._clocks_meant(),
                limit=limit,
            )
        )
        ids = [row[0] for row in self.env.cr.fetchall()]
        self.env["itsm.clock"].invalidate_model(["next_event_at"], flush=False)
        return ids

    def _clocks_meant(self):
        """The SQL condition on running clocks that wait and that this rule is for."""
        return SQL(
            """phase = 'running' AND is_history IS NOT TRUE AND exempt IS NOT TRUE
               AND (next_event_at IS NULL OR next_event_at > %s) AND %s""",
            fields.Datetime.now(),
            self._for_sql(),
        )

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
        return SQL("(%s)", condition)
