# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models
from odoo.tools import format_datetime

#: What a customer is told about, in this order.
PROMISED = ("response", "resolution")
#: Clocks of these statuses say nothing to a customer.
UNTOLD = ("cancelled", "handed_over", "exempt")


class HelpdeskTicket(models.Model):
    # One file for each concern: the ticket's clocks alone fill one.
    # pylint: disable=consider-merging-classes-inherited
    _inherit = "helpdesk.ticket"

    def _portal_promises(self):
        """What the customer was promised, and whether it was kept, in his words.

        Nothing of how the provider works: no clock, agreement, team, supplier or
        reason of a pause. Whether something is late is read against now. Only the
        customer is told, and who reads the ticket inside; whoever else follows it is
        not. Imported tickets tell nothing: nobody promised it when they were worked.

        :return: list of dicts: ``metric`` (response or resolution), ``state``
            (promised, late, waiting, kept, missed), ``text`` (translated sentence),
            ``short`` (the same for a list), ``zone`` (of the times in them)
        """
        self.ensure_one()
        if not self._portal_is_told():
            return []
        # sudo: customers read no clocks; checked above, and only sentences come out
        ticket = self.sudo()
        if ticket.is_history:
            return []
        now = fields.Datetime.now()
        latest = {}
        for clock in ticket.clock_ids.sorted("cycle"):
            if clock.kind == "sla":
                latest[clock.metric] = clock
        promises = []
        for metric in PROMISED:
            clock = latest.get(metric)
            if clock and clock._status_at(now) not in UNTOLD:
                promises.append(ticket._portal_promise(clock, now))
        return promises

    def _portal_is_told(self):
        """Whether the present user is the customer, or reads the ticket inside.

        The public user gets as far as this by the link that the customer was sent.
        """
        user = self.env.user
        if user._is_public() or user._is_internal():
            return True
        # sudo: a portal user may not read every partner of his own company
        customer = self.sudo().commercial_partner_id
        # sudo: as above
        return bool(customer) and customer == user.sudo().commercial_partner_id

    def _portal_promise(self, clock, now):
        """One promise as `_portal_promises` returns it."""
        zone = self.env.user.tz or self.partner_id.tz or clock.tz or "UTC"
        status = clock._status_at(now)
        is_late = status == "breached"
        moment = clock.stopped_at or clock.deadline
        if clock.phase == "stopped":
            state = sentence = "missed" if status == "missed" else "kept"
        elif clock.phase == "running" and moment:
            state = sentence = "late" if is_late else "promised"
        else:
            state = "late" if is_late else "waiting"
            sentence = "customer" if self._portal_waits_for_customer(clock) else "hold"
            if is_late:
                sentence += "_late"
        time = format_datetime(self.env, moment, tz=zone, dt_format="short")
        text, short = self._portal_sentences(clock.metric, time)[sentence]
        return {
            "metric": clock.metric,
            "state": state,
            "text": text,
            "short": short,
            "zone": zone,
        }

    def _portal_waits_for_customer(self, clock):
        """Whether it is the customer alone who can let the time run again."""
        agreement = clock.agreement_id
        reason = self.pause_reason_id
        return (
            self._itsm_effective_state() == "paused"
            and reason.waits_for == "requester"
            and reason in agreement.pause_reason_ids
            and not (self.supplier_id and agreement.pause_with_supplier)
        )

    def _portal_sentences(self, metric, time):
        """What a customer may be told of one promise: sentence, and short for a list.

        :param time: text
        """
        if metric == "response":
            return {
                "promised": (
                    self.env._("Answer promised by %(time)s", time=time),
                    self.env._("Answer by %(time)s", time=time),
                ),
                "late": (
                    self.env._("Answer promised by %(time)s: late", time=time),
                    self.env._("Answer by %(time)s: late", time=time),
                ),
                "customer": (
                    self.env._("Answer: waiting for you, the time does not run"),
                    self.env._("Answer: waiting for you"),
                ),
                "customer_late": (
                    self.env._("Answer: late; waiting for you, the time does not run"),
                    self.env._("Answer: late, waiting for you"),
                ),
                "hold": (self.env._("Answer: on hold"),) * 2,
                "hold_late": (self.env._("Answer: late, on hold"),) * 2,
                "kept": (
                    self.env._("Answered in time, %(time)s", time=time),
                    self.env._("Answered in time"),
                ),
                "missed": (
                    self.env._("Answered late, %(time)s", time=time),
                    self.env._("Answered late"),
                ),
            }
        return {
            "promised": (
                self.env._("Solution promised by %(time)s", time=time),
                self.env._("Solution by %(time)s", time=time),
            ),
            "late": (
                self.env._("Solution promised by %(time)s: late", time=time),
                self.env._("Solution by %(time)s: late", time=time),
            ),
            "customer": (
                self.env._("Solution: waiting for you, the time does not run"),
                self.env._("Solution: waiting for you"),
            ),
            "customer_late": (
                self.env._("Solution: late; waiting for you, the time does not run"),
                self.env._("Solution: late, waiting for you"),
            ),
            "hold": (self.env._("Solution: on hold"),) * 2,
            "hold_late": (self.env._("Solution: late, on hold"),) * 2,
            "kept": (
                self.env._("Solved in time, %(time)s", time=time),
                self.env._("Solved in time"),
            ),
            "missed": (
                self.env._("Solved late, %(time)s", time=time),
                self.env._("Solved late"),
            ),
        }
