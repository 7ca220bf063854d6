# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import ValidationError

#: What of the record customers may read in the portal.
PORTAL_READABLE_FIELDS = frozenset(
    {"interruption_start", "interruption_end", "solve_way"}
)


class HelpdeskTicket(models.Model):
    """The record of an incident or request (INC-03, INC-15, INC-35, INC-36, DSK-15)."""

    _inherit = "helpdesk.ticket"

    nature_id = fields.Many2one(
        comodel_name="itsm.ticket.nature",
        index="btree_not_null",
        ondelete="restrict",
        tracking=True,
        help="What it is about: a fault, a question, a complaint … The kind decides "
        "the process, the nature what is counted.",
    )
    caller_id = fields.Many2one(
        comodel_name="res.partner",
        index="btree_not_null",
        ondelete="restrict",
        tracking=True,
        help="Who got in touch, if it is somebody else than the person affected, who "
        "is the contact of the ticket and gets the answers.",
    )
    owner_id = fields.Many2one(
        comodel_name="res.users",
        index="btree_not_null",
        ondelete="restrict",
        copy=False,
        tracking=True,
        domain="[('share', '=', False)]",
        help="The agent of the 1st line who answers for the ticket to the end and "
        "talks to the requester, whoever works on it. Stays when the ticket is "
        "escalated.",
    )
    solve_way = fields.Selection(
        selection=[
            ("phone", "By telephone"),
            ("remote", "Remote desktop"),
            ("on_site", "On site"),
            ("mail", "By mail or message"),
            ("self_service", "Self-service"),
        ],
        string="Way of Solving",
        copy=False,
        tracking=True,
    )
    effort_estimate = fields.Integer(
        string="Estimated Effort (Minutes)",
        copy=False,
        help="Working minutes that the solution will probably take; for planning.",
    )
    interruption_start = fields.Datetime(
        string="Service Interrupted Since",
        copy=False,
        tracking=True,
        help="From when the service did not work, which is not when it was reported.",
    )
    interruption_end = fields.Datetime(
        string="Service Restored",
        copy=False,
        tracking=True,
        help="From when the service worked again, which is not when the ticket was "
        "resolved.",
    )
    interruption_minutes = fields.Integer(
        string="Interruption (Minutes)",
        compute="_compute_interruption_minutes",
        help="Whole minutes of wall clock time; up to now if the service is not "
        "restored yet.",
    )
    still_operational = fields.Boolean(
        copy=False,
        tracking=True,
        help="In spite of the incident the device or system works, perhaps with "
        "restrictions.",
    )

    _itsm_effort_estimate = models.Constraint(
        "CHECK(COALESCE(effort_estimate, 0) >= 0)",
        "The estimated effort cannot be negative. Enter 0 or more minutes.",
    )

    # === Computes ===

    @api.depends("interruption_start", "interruption_end")
    def _compute_interruption_minutes(self):
        now = fields.Datetime.now()
        for ticket in self:
            start = ticket.interruption_start
            stop = ticket.interruption_end or now
            ticket.interruption_minutes = (
                max(0, int((stop - start).total_seconds() // 60)) if start else 0
            )

    @api.onchange("nature_id")
    def _onchange_nature_id(self):
        # Proposed on new tickets only: another kind of an old one needs its reason.
        if self.nature_id.itsm_kind and not self._origin:
            self.itsm_kind = self.nature_id.itsm_kind

    # === Constraints ===

    @api.constrains("interruption_start", "interruption_end")
    def _check_interruption(self):
        now = fields.Datetime.now()
        for ticket in self:
            start, stop = ticket.interruption_start, ticket.interruption_end
            if start and stop and stop < start:
                raise ValidationError(
                    self.env._(
                        "Service Restored: ticket %(ticket)s would be restored before "
                        "the service was interrupted. Enter a later time.",
                        ticket=ticket.display_name,
                    )
                )
            if any(time > now for time in (start, stop) if time):
                raise ValidationError(
                    self.env._(
                        "Service interruption of ticket %(ticket)s: enter times that "
                        "are past. What is planned belongs to the planned "
                        "interruptions.",
                        ticket=ticket.display_name,
                    )
                )

    # === Access ===

    def _itsm_portal_readable_fields(self):
        return super()._itsm_portal_readable_fields() | PORTAL_READABLE_FIELDS

    # === Owner ===

    def _itsm_facts_created(self):
        result = super()._itsm_facts_created()
        # sudo: a user may create a ticket that he may not see afterwards
        self.sudo()._itsm_take_ownership()
        return result

    def _itsm_facts_changed(self, changes):
        result = super()._itsm_facts_changed(changes)
        ids = [ticket.id for ticket, what, _vals in changes if what == "assignee"]
        # sudo: the save may have taken the ticket out of the user's sight
        self.browse(ids).sudo()._itsm_take_ownership()
        return result

    def _itsm_take_ownership(self):
        """The first assignee of the 1st line becomes the owner of his tickets (INC-21).

        Imported history keeps what was imported.
        """
        self._itsm_write_derived(
            {
                ticket.id: {"owner_id": ticket.user_id.id}
                for ticket in self
                if ticket.user_id
                and not ticket.owner_id
                and not ticket.is_history
                and ticket.support_line in ("1", False)
            }
        )
