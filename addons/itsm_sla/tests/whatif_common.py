# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from odoo.fields import Command
from odoo.tests import freeze_time

from odoo.addons.itsm_base.tools import guard

from .common import SlaCommon

#: Long after everything that these tests do to tickets.
NOW = "2026-04-15 10:00"
STATES = ("open", "open", "paused", "paused", "resolved", "closed", "cancelled", "new")


class WhatifCommon(SlaCommon):
    """Past tickets, and questions about them."""

    @classmethod
    def _create_agreement(cls, minutes=None, **vals):
        """In force since the year began: the scenarios of these tests came later."""
        agreement = super()._create_agreement(minutes, **vals)
        guard.with_token(agreement).activated_at = cls.utc("2026-01-01 00:00")
        return agreement

    def _scenario(self, agreement, user=None, targets=(), **vals):
        """A scenario over March 2026, made in April.

        :param targets: ``(kind, priority, metric, minutes)`` of each changed target
        """
        with self.at(NOW):
            return (
                self.env["itsm.whatif"]
                .with_user(user or self.sla_manager)
                .create(
                    {
                        "name": "What if?",
                        "agreement_id": agreement.id,
                        "date_from": "2026-03-01",
                        "date_to": "2026-03-31",
                        "target_ids": [
                            Command.create(
                                {
                                    "itsm_kind": kind,
                                    "priority": priority,
                                    "metric": metric,
                                    "minutes": minutes,
                                }
                            )
                            for kind, priority, metric, minutes in targets
                        ],
                        **vals,
                    }
                )
            )

    def _work_out(self, scenario):
        with self.at(NOW):
            scenario.action_compute()
            scenario.run_id._work_inline()
        self.env.invalidate_all()
        return scenario

    def _ask(self, agreement, **vals):
        """A scenario, worked out."""
        return self._work_out(self._scenario(agreement, **vals))

    def _solved(self, start, stop, **vals):
        """A ticket of priority "2" that is resolved and closed."""
        ticket = self._report(start, **vals)
        self._move(stop, ticket, "resolved")
        self._move(stop, ticket, "closed")
        return ticket

    def _five(self):
        """Monday 09:00; solved after 60, 120, 180, 240 and 420 working minutes."""
        ends = ("10:00", "11:00", "12:00", "14:00", "17:00")
        return [self._solved("2026-03-23 09:00", f"2026-03-23 {end}") for end in ends]

    @classmethod
    def _create_past(cls, rng, groups=8, size=8):
        """Tickets with moves, answers and changes of priority, most of them over."""
        tickets = cls.env["helpdesk.ticket"]
        for _group in range(groups):
            time = cls.utc("2026-03-03 00:00") + timedelta(
                minutes=rng.randint(0, 20000)
            )
            with freeze_time(time):
                group = tickets.create(
                    [
                        cls._ticket_vals(
                            priority=rng.choice("0123"),
                            itsm_kind=rng.choice(("incident", "request")),
                        )
                        for _ticket in range(size)
                    ]
                )
            tickets |= group
            for _round in range(4):
                time += timedelta(minutes=rng.randint(1, 900))
                cls._move_some(rng, time, group)
            time += timedelta(minutes=rng.randint(1, 900))
            with freeze_time(time):
                over = group.filtered(lambda ticket: rng.random() < 0.8)
                over.write({"stage_id": cls.stages["closed"].id})
                cls.env.flush_all()
        return tickets

    @classmethod
    def _move_some(cls, rng, time, group):
        with freeze_time(time):
            for state in rng.sample(STATES, 3):
                some = group.filtered(lambda ticket: rng.random() < 0.25)
                vals = {"stage_id": cls.stages[state].id}
                if state == "paused":
                    reasons = (cls.pause_reason, cls.reason_supplier)
                    vals["pause_reason_id"] = rng.choice(reasons).id
                some.write(vals)
            some = group.filtered(lambda ticket: rng.random() < 0.2)
            some.write({"priority": rng.choice("0123")})
            for ticket in group.filtered(lambda ticket: rng.random() < 0.2):
                ticket.with_user(cls.agent).message_post(
                    body="We are on it.",
                    message_type="comment",
                    subtype_xmlid="mail.mt_comment",
                )
            cls.env.flush_all()

    def _lines(self, scenario, ticket=None, metric=None):
        lines = scenario.line_ids
        if ticket:
            lines = lines.filtered(lambda line: line.ticket_id == ticket)
        if metric:
            lines = lines.filtered(lambda line: line.metric == metric)
        return lines

    def _answer(self, scenario, kind, priority, metric):
        return scenario.answer_ids.filtered(
            lambda a: (a.itsm_kind, a.priority, a.metric) == (kind, priority, metric)
        )
