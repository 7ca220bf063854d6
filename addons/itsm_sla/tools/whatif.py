# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Past tickets folded under an agreement that was not in force (design 4).

The fold is the one of every clock. Here it is asked two things more: in which cell of
the target matrix a clock ended, and which target would have been enough for it.
"""

from datetime import timedelta
from functools import partial

from ..models.itsm_ticket_event import LAYOUT
from .clock import OLA, SLA, UC
from .fold import UPDATE, TicketFold
from .log_loader import LogLoader
from .replay import steps_of
from .resolver import AgreementResolver

#: The longest target that an agreement takes: a year around the clock, in minutes.
LONGEST = 525600


class ProposedRules(AgreementResolver):
    """Rules of one agreement as a scenario has them, whatever its parties and dates.

    :param agreement: `itsm.agreement` of any state
    :param promises: (metric, ticket kind, priority) to seconds: targets of the scenario
        that stand for those of the agreement
    :param calendar_id: id of the hours; None for those of the agreement
    """

    def __init__(self, env, agreement, promises, calendar_id=None):
        super().__init__(env, forced=agreement, reason="default")
        self.kind = agreement.kind
        self.company_id = agreement.company_id.id
        self.agreement_id = agreement.id
        values = agreement._prepare_rules()
        self._plain[agreement.id] = {
            **values,
            "targets": {**values["targets"], **promises},
            "calendar_id": calendar_id or values["calendar_id"],
            # Whether it was terminated since does not matter here.
            "ends_at": None,
        }
        self._party_id = agreement.team_id.id or agreement.supplier_id.id

    def asked(self):
        """What `TicketFold` asks."""
        if self.kind == SLA:
            return partial(self.resolve, self.company_id)
        return _Legs(self)

    def proposed(self):
        """The `Rules` of the agreement, in its own zone."""
        return self.rules(self.company_id, self.agreement_id)

    def resolve_leg(self, company_id, kind, facts, moment, kept_legs=()):
        """Rules of the legs of the agreement's own team or supplier, None of others."""
        if kind != self.kind:
            return None
        if not self.is_own_leg(facts.team_id, facts.supplier_id):
            return None
        return self._startable(company_id, self.agreement_id, "", facts)[0]

    def is_own_leg(self, team_id, supplier_id):
        """Whether the agreement's party is the team or supplier, or above it."""
        if self.kind == OLA:
            parties = self._chain("helpdesk.ticket.team", team_id)
        else:
            parties = self._chain("res.partner", supplier_id)
        return self._party_id in parties


class _Legs:
    """An OLA or UC promises nothing to the customer: legs only."""

    __slots__ = ("_rules",)

    def __init__(self, rules):
        self._rules = rules

    def __call__(self, facts):
        return None, "no_agreement"

    def leg(self, kind, facts, moment):
        """`Rules` of the leg of ``kind`` that begins or goes on at ``moment``."""
        return self._rules.resolve_leg(self._rules.company_id, kind, facts, moment)


class ScenarioFold(TicketFold):
    """The fold, with what a question about other targets needs to know of each clock.

    ``cells`` maps the id of a clock to ``((ticket kind, priority), since)``: the cell
    of the matrix in which it counts. ``late_only`` holds the ids of clocks that were
    ended by something else than what they wait for (a leg handed over, an update that
    was not owed any more): they have a verdict only when they are late.
    """

    def __init__(self, resolve):
        super().__init__(resolve)
        self.cells = {}
        self.late_only = set()

    def apply_step(self, time, rows):
        was_open = {id(clock) for clock in self.clocks if clock.is_open}
        result = super().apply_step(time, rows)
        cell = self.facts.kind, self.facts.priority
        for clock in self.clocks:
            key = id(clock)
            known = self.cells.get(key)
            if known is None:
                self.cells[key] = cell, clock.started_at
            elif known[0] != cell and (clock.is_open or key in was_open):
                self.cells[key] = cell, time
            if clock.is_open:
                self.late_only.discard(key)
        return result

    def _change_holder(self, time, whats):
        held = [clock for clock in self.clocks if clock.is_open]
        result = super()._change_holder(time, whats)
        for clock in held:
            # A supplier who gives the ticket back has done his part.
            handed = clock.kind == OLA or (clock.kind == UC and self.facts.supplier_id)
            if handed and not clock.is_open:
                self.late_only.add(id(clock))
        return result

    def _change_state(self, time, state_before):
        owed = [c for c in self.clocks if c.metric == UPDATE and c.is_open]
        result = super()._change_state(time, state_before)
        if self.facts.state in ("resolved", "closed"):
            self.late_only.update(id(clock) for clock in owed if not clock.is_open)
        return result

    def needed(self, clock):
        """The smallest target, in working seconds, with which ``clock`` is not late.

        In time is at or before the deadline, which is the first moment at which the
        target is used up: who finishes later than that, be it while nobody works, needs
        a second more.

        :param clock: a finished clock of this fold
        :return: seconds; 0 when no target of its cell can make it late; None when none
            helps: it was late already before it came into its cell, or a temporary
            level promised it
        """
        if clock.applications and "level" in clock.applications[-1]:
            return None if clock.breached_at else 0
        _cell, since = self.cells[id(clock)]
        if clock.breached_at and clock.breached_at < since:
            return None
        counted = [s for s in clock.segments if s[2] == "running" and s[3]]
        if not counted:
            return 0
        start, stop, _phase, seconds = counted[-1]
        return clock.used + (stop > clock.rules.timeline.add(start, seconds))


class ScenarioLoader(LogLoader):
    """Reads tickets once and folds them under several sets of rules.

    :param agreement: `itsm.agreement`
    :param promises: see `ProposedRules`
    :param calendar_ids: ids of hours; the first ones are those of the proposal
    """

    def __init__(self, env, agreement, promises, calendar_ids):
        super().__init__(env)
        agreement = self.agreements.browse(agreement.id)
        self.proposals = [
            ProposedRules(self.env, agreement, promises, calendar_id)
            for calendar_id in calendar_ids
        ]
        # Ancestors of customers and services are read once for all.
        self.resolver = self.proposals[0]
        self._asked = [proposal.asked() for proposal in self.proposals]

    def folds(self, log, now):
        """Fold the log of a ticket under each set of rules.

        :param log: `TicketLog` with a row that says when it was reported
        :param now: naive UTC datetime up to which time passes
        :return: list of `ScenarioFold`, in the order of the hours
        """
        steps = steps_of(log.rows, LAYOUT)
        folds = []
        for asked in self._asked:
            fold = ScenarioFold(asked)
            fold.replay(steps, now)
            folds.append(fold)
        return folds


# --- what would reach a percentage ---------------------------------------------------


def reaches(met, decided, basis_points):
    """Whether ``met`` of ``decided`` is the wished share, unrounded.

    :param int basis_points: the share in hundredths of a per cent
    """
    return bool(decided) and met * 10000 >= decided * basis_points


def smallest_target(always, late_only, basis_points):
    """The smallest target of one cell that reaches a wished percentage.

    :param dict always: minutes that are enough to their number of clocks; key None for
        clocks that are late under every target
    :param dict late_only: the same of clocks that have a verdict only when late
    :param int basis_points: the wished share in hundredths of a per cent
    :return: ``(minutes, met, decided)``; minutes are None when no target up to
        `LONGEST` reaches it
    :rtype: tuple
    """
    met, decided = 0, sum(always.values()) + sum(late_only.values())
    for minutes in sorted({1, *always, *late_only} - {None}):
        if minutes > LONGEST:
            break
        met += always.get(minutes, 0)
        decided -= late_only.get(minutes, 0)
        if reaches(met, decided, basis_points):
            return minutes, met, decided
    return None, met, decided


def month_of(day):
    """First day of the month in which ``day`` (a date) lies."""
    return day - timedelta(days=day.day - 1)
