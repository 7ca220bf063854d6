# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.fields import Domain

from odoo.addons.itsm_base.tools import guard

from ..tools.replay import digest
from ..tools.whatif import ScenarioLoader
from .itsm_history_import_report import format_truncated

#: Tickets that one slice works out: about a second, shared by the hours compared.
AT_ONCE = 2000


class ItsmWhatif(models.Model):
    """The run of a scenario, and what it found in a few figures."""

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.whatif"

    predicted = fields.Char(
        string="Predicted (%)",
        compute="_compute_figures",
        help="Met of met and missed, with two digits cut off.",
    )
    recorded = fields.Char(
        string="Recorded (%)",
        compute="_compute_figures",
        help="What the clocks of the same tickets say.",
    )
    late_count = fields.Integer(
        string="Would Be Late",
        compute="_compute_figures",
        help="Tickets that you may read with a clock that would be late.",
    )
    newly_late_count = fields.Integer(
        string="Late Only Then", compute="_compute_figures"
    )
    in_time_count = fields.Integer(string="No Longer Late", compute="_compute_figures")
    summary = fields.Char(compute="_compute_figures")
    is_stale = fields.Boolean(
        compute="_compute_is_stale",
        help="The agreement or working times were edited after it was worked out.",
    )

    # === Computes ===

    @api.depends("state", "ticket_count", "month_ids", "run_id.done")
    @api.depends_context("lang", "uid")
    def _compute_figures(self):
        mine = [("whatif_id", "in", self.ids)]
        sums = {
            scenario: row
            for scenario, *row in self.env["itsm.whatif.month"]._read_group(
                mine,
                ["whatif_id"],
                ["met:sum", "decided:sum", "recorded_met:sum", "recorded_decided:sum"],
            )
        }
        lines = self.env["itsm.whatif.line"]
        late = dict(
            lines._read_group(
                [*mine, ("status", "in", ("missed", "breached"))],
                ["whatif_id"],
                ["ticket_id:count_distinct"],
            )
        )
        effects = {
            (scenario, effect): count
            for scenario, effect, count in lines._read_group(
                [*mine, ("effect", "!=", False)],
                ["whatif_id", "effect"],
                ["ticket_id:count_distinct"],
            )
        }
        for scenario in self:
            met, decided, then_met, then_decided = sums.get(scenario, (0, 0, 0, 0))
            scenario.predicted = self._share(met, decided)
            scenario.recorded = self._share(then_met, then_decided)
            scenario.late_count = late.get(scenario, 0)
            scenario.newly_late_count = effects.get((scenario, "newly_late"), 0)
            scenario.in_time_count = effects.get((scenario, "no_longer_late"), 0)
            scenario.summary = scenario.state == "computed" and self.env._(
                "%(tickets)s tickets: %(predicted)s predicted, %(recorded)s recorded; "
                "%(late)s become late, %(in_time)s are no longer late.",
                tickets=scenario.ticket_count,
                predicted=scenario.predicted,
                recorded=scenario.recorded,
                late=scenario.newly_late_count,
                in_time=scenario.in_time_count,
            )

    @api.model
    def _share(self, met, decided):
        """A percentage for people: cut off; nothing measured is not 100 %."""
        if not decided:
            return self.env._("no data")
        return f"{format_truncated(100 * met, decided)} %"

    @api.depends("state", "fingerprint")
    def _compute_is_stale(self):
        for scenario in self:
            scenario.is_stale = (
                scenario.state == "computed"
                and scenario.fingerprint != scenario._fingerprint(scenario._loader())
            )

    # === What it is worked out with ===

    def _calendars(self):
        """The hours of the proposal, then those that are compared with them."""
        self.ensure_one()
        own = self.calendar_id or self.agreement_id.calendar_id
        return [own, *(self.candidate_calendar_ids - own)]

    def _loader(self):
        """Rules of the proposal under each of the hours."""
        promises = {
            (target.metric, target.itsm_kind, target.priority): target.minutes * 60
            for target in self.target_ids
        }
        ids = [calendar.id for calendar in self._calendars()]
        return ScenarioLoader(self.env, self.agreement_id, promises, ids)

    def _promised_texts(self):
        """What the proposal promises in words, by (metric, ticket kind, priority)."""
        self.ensure_one()
        clocks = self.env["itsm.clock"]
        targets = self.env["itsm.agreement.target"]
        texts = {}
        for target in [*self.agreement_id.target_ids, *self.target_ids]:
            cell = target.metric, target.itsm_kind, target.priority
            if target.minutes:
                texts[cell] = targets._duration_text(target.minutes)
            else:
                texts[cell] = clocks._promise_label(target._promise().key)
        return texts

    def _fingerprint(self, loader):
        """A text that changes with the agreement and the working times."""
        self.ensure_one()
        # sudo: what was agreed holds for whoever asks
        interruptions = self.env["itsm.interruption"].sudo()
        return digest(
            [proposal.proposed() for proposal in loader.proposals],
            self.agreement_id.sudo().tz_of,  # sudo: as above
            sorted(interruptions._index(self.company_id.id), key=str),
        )

    # === The run ===

    def _run_slice(self, run):
        position = run.position or {}
        after = position.get("after", 0)
        counts = position.get("counts", {})
        loader = self._loader()
        fingerprint = self._fingerprint(loader)
        if self._known_at_activation():
            # Nobody knew these figures then, though their run had begun.
            return self._begin_anew(
                run,
                self.env._(
                    "The agreement was put in force meanwhile: it is worked out anew."
                ),
            )
        if after and fingerprint != self.fingerprint:
            # Otherwise half of the figures would speak of the old agreement.
            return self._begin_anew(
                run,
                self.env._(
                    "The agreement or working times were edited meanwhile: it is "
                    "worked out anew."
                ),
            )
        limit = max(1, AT_ONCE // len(loader.proposals))
        tickets = self.env["helpdesk.ticket"].with_context(active_test=False)
        domain = self._domain() & Domain("id", ">", after)
        ids = tickets.search(domain, order="id", limit=limit).ids
        skipped = self.env["itsm.whatif.line"]._note(self, loader, ids, counts)
        guard.with_token(self).write(
            {
                "fingerprint": fingerprint,
                "ticket_count": self.ticket_count + len(ids) - skipped,
                "skipped_count": self.skipped_count + skipped,
            }
        )
        run.position = {"after": ids[-1] if ids else after, "counts": counts}
        self.env.flush_all()
        # A hundred thousand tickets pass by: nothing of them is kept.
        self.env.invalidate_all(flush=False)
        return len(ids), len(ids) < limit

    def _begin_anew(self, run, why):
        """Forget what was worked out so far; as `_run_slice`."""
        run._log(why, "warning")
        self._forget_results()
        run.write({"done": 0, "position": {}})
        return 0, False

    def _run_finished(self, run):
        self.env["itsm.whatif.month"]._sum_up(self)
        self.env["itsm.whatif.answer"]._answer(self, run.position["counts"])
        guard.with_token(self).write({"state": "computed"})
        run._log(self.summary)
        if self.skipped_count:
            run._log(
                self.env._(
                    "%(count)s tickets have no event log and were left out.",
                    count=self.skipped_count,
                ),
                "warning",
            )
