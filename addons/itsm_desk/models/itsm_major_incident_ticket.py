# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models
from odoo.exceptions import UserError

from odoo.addons.itsm_base.tools import guard

from .helpdesk_ticket_lifecycle import AT_WORK
from .itsm_major_incident import ACTIVE, OPEN


class ItsmMajorIncident(models.Model):
    """The tickets of a major incident: joined, taken out, merged (INC-44)."""

    _inherit = "itsm.major.incident"

    @api.model
    def _check_joinable(self, tickets):
        """Refuse tickets that cannot belong to a major incident.

        :raise UserError: naming the first of them and why
        """
        if len(tickets.company_id) != 1:
            raise UserError(
                self.env._(
                    "Choose tickets of one company. A unit raises its major incident "
                    "to the head office."
                )
            )
        for ticket in tickets.sudo():  # sudo: states and links as they are
            if ticket._itsm_is_restricted():
                raise UserError(
                    self.env._(
                        "%(ticket)s is restricted: it stays out of what others are "
                        "told.",
                        ticket=ticket.display_name,
                    )
                )
            if not ticket._itsm_may_join():
                raise UserError(
                    self.env._(
                        "%(ticket)s is no open incident, or belongs to a major "
                        "incident already. Leave it out.",
                        ticket=ticket.display_name,
                    )
                )
            if ticket.parent_id:
                raise UserError(
                    self.env._(
                        "%(ticket)s has the parent ticket %(parent)s. Choose that one.",
                        ticket=ticket.display_name,
                        parent=ticket.parent_id.display_name,
                    )
                )

    def _join(self, tickets):
        """Let open incidents belong to this major incident (INC-44).

        :param tickets: ``helpdesk.ticket`` that the user may write
        :raise UserError: it is neither proposed nor going on, or a ticket does not fit
        """
        self.ensure_one()
        self.check_access("read")
        tickets.check_access("write")
        self._check_joinable(tickets)
        if self.state not in OPEN or tickets.company_id != self.company_id:
            raise UserError(
                self.env._(
                    "%(major)s is over or of another company. Choose another one.",
                    major=self.display_name,
                )
            )
        tickets_sudo = guard.with_token(tickets.sudo())  # sudo: the link is evidence
        tickets_sudo.write({"major_incident_id": self.id})
        if self.state in ACTIVE:
            self.sudo()._adopt()  # sudo: children follow their parent
        self._message_log(
            body=self.env._(
                "Joined: %(tickets)s",
                tickets=", ".join(tickets_sudo.mapped("display_name")),
            )
        )

    def _adopt(self):
        """Make the tickets of major incidents children of their parent tickets."""
        for major in self:
            orphans = major.ticket_ids.filtered(
                lambda ticket, major=major: (
                    ticket != major.ticket_id
                    and not ticket.parent_id
                    and ticket._itsm_effective_state() in AT_WORK
                )
            )
            if orphans:
                orphans.write({"parent_id": major.ticket_id.id})

    def _let_go(self, tickets):
        """Take tickets out again.

        :raise UserError: one is the parent ticket, or all is over
        """
        self.ensure_one()
        if self.ticket_id in tickets or self.state not in OPEN:
            raise UserError(
                self.env._(
                    "%(major)s: its parent ticket stays, and once it is restored all "
                    "stay.",
                    major=self.display_name,
                )
            )
        children = tickets.filtered(lambda ticket: ticket.parent_id == self.ticket_id)
        guard.with_token(children).write({"parent_id": False})
        guard.with_token(tickets).write({"major_incident_id": False})
        self._message_log(
            body=self.env._(
                "Taken out: %(tickets)s",
                tickets=", ".join(tickets.mapped("display_name")),
            )
        )

    def _merge_into(self, other):
        """Give the tickets of proposals to *other*; the proposals are refused.

        :param other: the ``itsm.major.incident`` that it is about
        :raise UserError: not proposals, or *other* is over or of another company
        """
        self._check_step("proposed")
        self._check_can_manage()
        for major in self:
            if other == major or other.company_id != major.company_id:
                raise UserError(
                    self.env._("Choose another major incident of the same company.")
                )
            if other.state not in OPEN:
                raise UserError(
                    self.env._("%(major)s is over.", major=other.display_name)
                )
            major_sudo = major.sudo()  # sudo: tickets of whichever team
            tickets = guard.with_token(major_sudo.ticket_ids)
            units = guard.with_token(major_sudo.unit_ids)
            major._refuse(self.env._("Joined to %(major)s", major=other.display_name))
            tickets.write({"major_incident_id": other.id})
            units.write({"raised_to_id": other.id})
        if other.state in ACTIVE:
            other.sudo()._adopt()  # sudo: children follow their parent

    def action_view_tickets(self):
        """Open the tickets of a major incident that the user may read."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "helpdesk_mgmt.helpdesk_ticket_action"
        )
        return action | {
            "domain": [("major_incident_id", "=", self.id)],
            "context": {},
        }
