# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import logging

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from odoo.addons.itsm_base.tools import guard

from .helpdesk_ticket_auto_close import NEXT_TRY
from .helpdesk_ticket_lifecycle import AT_WORK
from .itsm_major_incident import ACTIVE, UNREVIEWED

_logger = logging.getLogger(__name__)

#: Facts after which a ticket is compared with the criteria again.
TELLING_FACTS = frozenset({"service", "priority", "kind", "reported", "reopened"})
#: The same of fields that are no facts of the log.
TELLING_FIELDS = frozenset({"category_id", "nature_id"})


class HelpdeskTicket(models.Model):
    """Tickets that belong to a major incident, and those that propose one."""

    _inherit = "helpdesk.ticket"

    major_incident_id = fields.Many2one(
        comodel_name="itsm.major.incident",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        help="The major incident that the ticket belongs to, or was proposed for.",
    )
    major_state = fields.Selection(
        related="major_incident_id.state", string="State of the Major Incident"
    )
    ongoing_major_id = fields.Many2one(
        comodel_name="itsm.major.incident",
        string="Ongoing Major Incident",
        compute="_compute_ongoing_major_id",
        help="Declared on the same service or category: join it if this is the same.",
    )

    @api.depends("service_id", "category_id", "company_id", "major_incident_id")
    def _compute_ongoing_major_id(self):
        candidates = self.filtered(lambda ticket: ticket._itsm_may_join())
        majors = self.env["itsm.major.incident"]
        if candidates and majors.has_access("read"):
            majors = majors.search(
                [
                    ("company_id", "in", candidates.company_id.ids),
                    ("state", "in", ACTIVE),
                ]
            )
        for ticket in self:
            alike = majors.filtered(
                lambda major, ticket=ticket: (
                    major.company_id == ticket.company_id
                    and (
                        (major.service_id and major.service_id == ticket.service_id)
                        or (
                            major.category_id
                            and major.category_id == ticket.category_id
                        )
                    )
                )
            )
            ticket.ongoing_major_id = ticket in candidates and alike[:1]

    # === What is watched ===

    def _itsm_protected_fields(self):
        return (*super()._itsm_protected_fields(), "major_incident_id")

    def _itsm_facts_created(self):
        result = super()._itsm_facts_created()
        self._itsm_check_major()
        return result

    def _itsm_facts_changed(self, changes):
        result = super()._itsm_facts_changed(changes)
        ids = [ticket.id for ticket, what, _vals in changes if what in TELLING_FACTS]
        if ids:
            self.browse(ids)._itsm_check_major()
        return result

    def write(self, vals):
        result = super().write(vals)
        if not TELLING_FIELDS.isdisjoint(vals):
            self._itsm_check_major()
        return result

    def _itsm_check_major(self):
        """Compare tickets with the criteria of their companies (INC-39).

        Nothing is proposed of what is imported, installed or done in silence.
        """
        if not self.env.registry.ready or guard.is_silent(self.env):
            return
        # sudo: what is proposed does not depend on who saves a ticket
        tickets = self.sudo().filtered(
            lambda ticket: (
                ticket.itsm_kind == "incident"
                and not ticket.is_history
                and not ticket.major_incident_id
                and not ticket.parent_id
                and ticket.company_id
                and ticket._itsm_effective_state() in AT_WORK
                and not ticket._itsm_is_restricted()
            )
        )
        if tickets:
            tickets._itsm_propose_major()

    def _itsm_propose_major(self):
        """Propose what meets the criteria (``self`` in sudo).

        If another transaction proposes the same at this moment this one fails and is
        run again. Not so a mail that is fetched: Odoo would take it as read and lose
        it. It becomes a ticket without a proposal, which people can let join.
        """
        majors = self.env["itsm.major.incident"]
        if self.env.context.get("itsm_event_source") is not guard.MAIL:
            majors._propose_by_criteria(self)
            return
        try:
            with self.env.cr.savepoint():
                majors._propose_by_criteria(self)
        except psycopg2.errors.SerializationFailure:
            _logger.info(
                "Tickets %s are proposed by nobody: another one was.", self.ids
            )

    def _itsm_is_restricted(self):
        """Whether only few people may know of the ticket: it stays out of what is
        told to others."""
        self.ensure_one()
        # sudo: the team decides, whoever may read it
        return bool(self.restriction or self.sudo().team_id.restriction)

    @api.model
    def _itsm_open_domain(self):
        """Tickets that may be told of to others.

        :rtype: Domain
        """
        return Domain("restriction", "=", False)

    def _itsm_may_join(self):
        """Whether the ticket can belong to a major incident from now on."""
        self.ensure_one()
        return bool(
            self.id
            and self.itsm_kind == "incident"
            and not self.is_history
            and (not self.major_incident_id or self.major_state == "refused")
            and not self._itsm_is_restricted()
            and self._itsm_effective_state() in AT_WORK
        )

    def _itsm_after_restricted(self):
        """Take tickets that became restricted out of major incidents.

        A parent ticket stays, because what was told cannot be taken back; its major
        incident is hidden from whoever may not read it (record rule).
        """
        result = super()._itsm_after_restricted()
        # sudo: who restricts a ticket need not be allowed to lead major incidents
        children = self.sudo().filtered(
            lambda ticket: (
                ticket.major_incident_id
                and ticket.major_incident_id.ticket_id != ticket
            )
        )
        if children:
            guard.with_token(children).write(
                {"major_incident_id": False, "parent_id": False}
            )
        return result

    # === Closing ===

    def _itsm_after_write(self, before, vals):
        result = super()._itsm_after_write(before, vals)
        ended = self.filtered(
            lambda ticket: (
                ticket._itsm_effective_state() in ("closed", "cancelled")
                and before[ticket.id].state != ticket._itsm_effective_state()
            )
        )
        if ended:
            ended._itsm_check_reviewed()
        return result

    def _itsm_guard_end(self, blocked_only=False):
        result = super()._itsm_guard_end(blocked_only)
        tickets = self.filtered(lambda ticket: ticket._itsm_leads_ongoing_major())
        if blocked_only:
            tickets = tickets._itsm_where_blocked("close_major")
        if tickets:
            self.env["itsm.enforcement.rule"]._enforce(
                "close_major", tickets, self._itsm_message_close_major
            )
        return result

    def _itsm_leads_ongoing_major(self):
        """Whether this is the parent ticket of a major incident that is declared and
        whose service does not work again yet."""
        self.ensure_one()
        # sudo: the state counts, whoever may read the major incident
        major_sudo = self.sudo().major_incident_id
        return major_sudo.state in ACTIVE and major_sudo.ticket_id.id == self.id

    def _itsm_message_close_major(self, ticket):
        return self.env._(
            "The major incident %(major)s goes on although its ticket is over. Open it "
            "and let its manager note with the button Restored when the service worked "
            "again; then resolve the ticket.",
            major=ticket.sudo().major_incident_id.display_name,  # sudo: its name
        )

    def _itsm_check_reviewed(self):
        """Refuse to end the parent ticket of a major incident before its review.

        Always, whatever the settings: the review is what makes it a major incident
        (INC-42).

        :raise UserError: naming what is to be done
        """
        waiting = self._itsm_waiting_for_review()
        if waiting:
            raise UserError(
                self.env._(
                    "%(ticket)s is the ticket of a major incident whose review was not "
                    "held yet. It can be resolved, and is closed after the review.",
                    ticket=waiting[0].display_name,
                )
            )

    def _itsm_waiting_for_review(self):
        """Those of the tickets that are the parent of an unreviewed major incident."""
        # sudo: the state counts, whoever may read the major incident
        majors_sudo = self.env["itsm.major.incident"].sudo()
        found = majors_sudo._read_group(
            [("ticket_id", "in", self.ids), ("state", "in", UNREVIEWED)], ["ticket_id"]
        )
        ids = {ticket.id for (ticket,) in found}
        return self.filtered(lambda ticket: ticket.id in ids)

    def _itsm_auto_close(self):
        # Those that wait for the review are looked at again tomorrow.
        waiting = self._itsm_waiting_for_review()
        later = fields.Datetime.now() + NEXT_TRY
        waiting._itsm_write_derived(
            {ticket.id: {"auto_close_at": later} for ticket in waiting}
        )
        return super(HelpdeskTicket, self - waiting)._itsm_auto_close()

    # === Actions ===

    def action_propose_major(self):
        """Ask why these tickets are a major incident, or which one they join."""
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "itsm_desk.itsm_major_propose_action"
        )
        ongoing = self.ongoing_major_id[:1]
        return action | {
            "context": {
                "default_ticket_ids": self.ids,
                "default_major_id": ongoing.id,
            }
        }

    def action_leave_major(self):
        """Take tickets out of the major incident that they were joined to by mistake.

        :raise UserError: it is the parent ticket, or the major incident is over
        """
        self.check_access("write")
        # sudo: who works on a ticket need not be allowed to lead the major incident
        for major_sudo, tickets in self.sudo().grouped("major_incident_id").items():
            if major_sudo:
                major_sudo._let_go(tickets)
