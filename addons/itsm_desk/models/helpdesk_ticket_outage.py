# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import logging
from functools import partial

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

_logger = logging.getLogger(__name__)

#: What may change the times of interruption; facts, and fields.
TURNS = frozenset({"resolved", "reopened"})
TIMES = frozenset({"interruption_start", "interruption_end"})


class HelpdeskTicket(models.Model):
    """Incidents propose the outages that they were about (AVC-06).

    What is only proposed follows a correction of the incident's times, as far as nobody
    changed it by hand. What was decided stays; but an outage that was confirmed while
    it lasted ends when the incident says that the service is restored.
    """

    _inherit = "helpdesk.ticket"

    outage_count = fields.Integer(
        string="Outages",
        compute="_compute_outage_count",
        # who has no role at the desk may not read these: see clock_ids
        groups="helpdesk_mgmt.group_helpdesk_user_own",
    )

    def _compute_outage_count(self):
        outages = self.env["itsm.outage"].with_context(active_test=False)
        counts = dict(
            outages._read_group(
                [("ticket_id", "in", self.ids)], ["ticket_id"], ["__count"]
            )
        )
        for ticket in self:
            ticket.outage_count = counts.get(ticket._origin, 0)

    # === Actions ===

    def action_propose_outage(self):
        """Propose an outage with the times of interruption; or open what there is.

        :return: action that shows it
        :raise UserError: service or time of interruption is missing
        """
        self.ensure_one()
        self.check_access("read")
        if not self.outage_count:
            vals_list = self._itsm_prepare_outages()
            if not vals_list:
                raise UserError(
                    self.env._(
                        "Ticket %(ticket)s proposes no outage: enter the Service and "
                        "since when it was interrupted, and a later time if it is "
                        "restored.",
                        ticket=self.display_name,
                    )
                )
            self.env["itsm.outage"].create(vals_list)
        return self.action_view_outages()

    def action_view_outages(self):
        """Open the outages of these tickets."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "itsm_sla.itsm_outage_action"
        )
        return action | {
            "domain": [("ticket_id", "in", self.ids)],
            "context": {"active_test": False, "create": False},
        }

    # === Proposals ===

    def _itsm_facts_changed(self, changes):
        result = super()._itsm_facts_changed(changes)
        ids = {what: set() for what in TURNS}
        for ticket, what, _vals in changes:
            if what in TURNS:
                ids[what].add(ticket.id)
        # sudo: that the service was out does not depend on who resolves the ticket
        tickets = self.sudo()
        tickets.browse(ids["resolved"] | ids["reopened"])._itsm_follow_outages()
        if ids["resolved"]:
            tickets.browse(ids["resolved"])._itsm_propose_outages()
        return result

    def write(self, vals):
        result = super().write(vals)
        if not TIMES.isdisjoint(vals):
            # sudo: as in _itsm_facts_changed
            self.sudo()._itsm_follow_outages()
        return result

    def _itsm_follow_outages(self):
        """Correct the proposed outages of tickets whose times were corrected."""
        incidents = self.filtered("interruption_start")
        if not incidents:
            return
        outages = self.env["itsm.outage"].with_context(active_test=False)
        found = outages.search(
            [
                ("ticket_id", "in", incidents.ids),
                ("incident_start", "!=", False),
                ("state", "!=", "rejected"),
            ]
        )
        for outage in found:
            start, stop = outage.ticket_id._itsm_interrupted_between()
            if not start or (stop and stop <= start):
                continue
            vals = {}
            if outage.state == "proposed":
                if outage.date_start == outage.incident_start:
                    vals["date_start"] = start
                if outage.date_stop == outage.incident_stop:
                    vals["date_stop"] = stop
            elif not outage.date_stop and not outage.incident_stop and stop:
                vals["date_stop"] = stop
            if vals:
                vals |= {"incident_start": start, "incident_stop": stop}
                self._itsm_try(outage.ticket_id, partial(outage.write, vals))

    def _itsm_propose_outages(self):
        """Propose the outages of resolved incidents that have none yet.

        History proposes nothing; nor do children, whose parent speaks for them, nor
        tickets of a customer of another company, whom an outage may not name. Whatever
        speaks against an outage does not keep its ticket from being resolved.
        """
        incidents = self.filtered(
            lambda ticket: (
                ticket.itsm_kind == "incident"
                and ticket.interruption_start
                and not ticket.is_history
                and not ticket.parent_id
                and not ticket.duplicate_id
                and ticket.partner_id.commercial_partner_id.company_id
                <= (ticket.service_id.company_id or ticket.company_id)
            )
        )
        if not incidents:
            return
        outages = self.env["itsm.outage"].with_context(active_test=False)
        known = outages.search([("ticket_id", "in", incidents.ids)]).ticket_id
        vals_list = (incidents - known)._itsm_prepare_outages()
        create = outages.create
        if vals_list and not self._itsm_try(incidents, partial(create, vals_list)):
            for vals in vals_list if vals_list[1:] else ():
                self._itsm_try(self.browse(vals["ticket_id"]), partial(create, [vals]))

    def _itsm_try(self, tickets, change):
        """Create or correct the outages of tickets if nothing speaks against it.

        :param change: what is done, without arguments
        :return: whether it was done
        """
        self.env.flush_all()  # what is wrong elsewhere is not about the outages
        try:
            with self.env.cr.savepoint():
                change()
        except UserError as error:
            _logger.warning("Outages of tickets %s: %s", tickets.ids, error)
            return False
        return True

    def _itsm_interrupted_between(self):
        """Since when the service was interrupted, and until when it was restored.

        Restored when the ticket says so, else when it was resolved.
        """
        self.ensure_one()
        return self.interruption_start, self.interruption_end or self.resolved_at

    def _itsm_prepare_outages(self):
        """Values of outages with the times of interruption of these tickets.

        For the customer who reported it: whether others were concerned too says who
        confirms. Tickets without a service or a time are left out.

        :rtype: list[dict]
        """
        vals_list = []
        for ticket in self:
            start, stop = ticket._itsm_interrupted_between()
            if not start or not ticket.service_id or (stop and stop <= start):
                continue
            customer = ticket.partner_id.commercial_partner_id
            vals_list.append(
                {
                    "name": self.env._(
                        "%(service)s, incident %(number)s",
                        service=ticket.service_id.name,
                        number=ticket.number,
                    ),
                    "company_id": (
                        ticket.service_id.company_id or ticket.company_id
                    ).id,
                    "service_id": ticket.service_id.id,
                    "partner_ids": [Command.set(customer.ids)],
                    "date_start": start,
                    "date_stop": stop,
                    "incident_start": start,
                    "incident_stop": stop,
                    "effect": "degraded" if ticket.still_operational else "down",
                    "ticket_id": ticket.id,
                }
            )
        return vals_list
