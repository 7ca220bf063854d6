# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import format_datetime, plaintext2html

from .helpdesk_ticket_lifecycle import AT_WORK

#: What the printed ticket says, in this order; what is empty is left out.
PRINTED_FIELDS = (
    "itsm_kind",
    "partner_id",
    "service_id",
    "category_id",
    "impact",
    "urgency",
    "priority",
    "team_id",
    "user_id",
    "stage_id",
    "reported_at",
    "first_response_at",
    "resolved_at",
    "closing_code_id",
)


class HelpdeskTicket(models.Model):
    """What an agent does a hundred times a day: take, pause, resume (issue 5, Pace).

    Each takes one ticket or many with queries that do not grow with their number beyond
    what the saves of the tickets themselves cost.
    """

    _inherit = "helpdesk.ticket"

    # The order of lists: their first page is read without sorting all tickets.
    _itsm_order_idx = models.Index(
        "(priority DESC, sequence, number DESC, id DESC) WHERE active IS TRUE"
    )

    # === Taking ===

    def action_take(self):
        """Assign the tickets to oneself; what nobody has begun is begun.

        :raise UserError: a ticket is over
        :raise AccessError: the user may not write a ticket
        """
        self.check_access("write")  # rights come before rules
        self._itsm_take()

    def _itsm_take(self):
        """Assign the tickets to the user; new ones go to *In progress*.

        A team without a stage for work keeps the ticket in its stage: taking is never
        refused for it.
        """
        self._itsm_check_at_work()
        vals = {"user_id": self.env.uid}
        new = self.filtered(lambda ticket: ticket._itsm_effective_state() == "new")
        stages = new._itsm_find_stages("open")
        new = new.filtered(lambda ticket: stages[ticket.id])
        if new:
            new._itsm_move("open", vals)
        others = self - new
        if others:
            others.write(vals)

    # === Pausing ===

    def action_pause(self):
        """Ask for what the tickets wait, then pause them."""
        self.check_access("write")  # rights come before rules
        self._itsm_check_at_work()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "itsm_desk.itsm_ticket_hold_action"
        )
        return action | {"context": {"default_ticket_ids": self.ids}}

    def _itsm_pause(self, pause_reason, message=None):
        """Pause the tickets; one that waits already waits for this from now on.

        :param pause_reason: ``itsm.pause.reason``, one record
        :param str message: plain text that is sent to the requesters, empty for none
        :raise UserError: no reason, or a ticket is over
        """
        if not pause_reason:
            raise UserError(
                self.env._("Pause Reason: choose what the ticket waits for.")
            )
        self._itsm_check_at_work()
        # First the message: it is an answer, and what comes back ends the pause.
        if (message or "").strip():
            for ticket in self:
                ticket.message_post(
                    body=plaintext2html(message.strip()),
                    message_type="comment",
                    subtype_xmlid="mail.mt_comment",
                )
        self._itsm_move("paused", {"pause_reason_id": pause_reason.id})

    def action_resume(self):
        """Go on with paused tickets: the pause ends now.

        :raise UserError: a ticket is not paused
        """
        self.check_access("write")  # rights come before rules
        for ticket in self:
            if ticket._itsm_effective_state() != "paused":
                raise UserError(
                    self.env._(
                        "%(ticket)s is not paused: there is nothing to resume.",
                        ticket=ticket.display_name,
                    )
                )
        self._itsm_move("open")

    # === What is still to be done ===

    def _itsm_check_at_work(self):
        """Refuse tickets on which nobody works any more.

        :raise UserError: naming the first
        """
        for ticket in self:
            if ticket._itsm_effective_state() not in AT_WORK:
                raise UserError(
                    self.env._(
                        "%(ticket)s is over already (%(stage)s). Reopen it first.",
                        ticket=ticket.display_name,
                        stage=ticket.sudo().stage_id.name,  # sudo: only its name
                    )
                )

    # === Printing ===

    def _itsm_print_rows(self):
        """Label and value of each field of the printed ticket.

        Times are those of the company, with their zone.

        :rtype: list of tuples of str
        """
        self.ensure_one()
        zone = self.env["itsm.kpi"]._kpi_zone(self.company_id)
        rows = []
        for name in PRINTED_FIELDS:
            field, value = self._fields[name], self[name]
            if not value:
                continue
            if field.type == "selection":
                value = dict(field._description_selection(self.env)).get(value)
            elif field.type == "datetime":
                value = format_datetime(self.env, value, tz=zone) + f" ({zone})"
            else:
                # sudo: only names, on a ticket that may be read
                value = value.sudo().display_name
            rows.append((field._description_string(self.env), value))
        return rows
