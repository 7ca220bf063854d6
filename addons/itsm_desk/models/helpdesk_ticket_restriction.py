# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command, Domain

from odoo.addons.itsm_base.tools import guard

RESTRICTIONS = [("security", "Security incident"), ("person", "Complaint")]
#: Who else may read a restricted ticket, and who never: for the handling group.
READER_FIELDS = ("restricted_user_ids", "restricted_team_ids", "complaint_about_id")
#: Writing one of these can restrict a ticket, or open one.
RESTRICTING_FIELDS = frozenset({"restriction", "nature_id", "team_id", *READER_FIELDS})
#: Tickets that go on with the matter of another are as restricted as that, and not for
#: the same person.
INHERITED_FROM = ("previous_ticket_id", "split_from_id")


class HelpdeskTicket(models.Model):
    """Tickets that most people of the desk must not see (SEC-05, INC-46, BRM-29).

    Who may read one is said by `res.users._itsm_shut_out_domain`; what follows for
    people who are told of it is in ``helpdesk_ticket_restriction_people``.
    """

    _inherit = "helpdesk.ticket"

    restriction = fields.Selection(
        selection=RESTRICTIONS,
        string="Restricted",
        index="btree_not_null",
        tracking=True,
        help="Security incident, complaint: read only by the group that handles them, "
        "by whom it is assigned to, by users and teams named here, by the requester. "
        "Set by the nature, the team, the event rule or by hand; lifted by the group.",
    )
    restricted_user_ids = fields.Many2many(
        comodel_name="res.users",
        relation="helpdesk_ticket_restricted_user_rel",
        column1="ticket_id",
        column2="user_id",
        string="May Read It Too",
        copy=False,
        domain="[('share', '=', False)]",
        help="Who recorded or restricted the ticket is here at first; the group that "
        "handles such tickets adds and removes people.",
    )
    restricted_team_ids = fields.Many2many(
        comodel_name="helpdesk.ticket.team",
        relation="helpdesk_ticket_restricted_team_rel",
        column1="ticket_id",
        column2="team_id",
        string="Teams That May Read It",
        copy=False,
    )
    complaint_about_id = fields.Many2one(
        comodel_name="res.partner",
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        help="Never sees the ticket, not even as one of those who handle complaints.",
    )
    restriction_log_ids = fields.One2many(
        # who has no role at the desk may not read these: see clock_ids
        groups="helpdesk_mgmt.group_helpdesk_user_own,itsm_desk.itsm_group_supervisor",
        comodel_name="itsm.ticket.restriction",
        inverse_name="ticket_id",
        string="History of the Restriction",
        readonly=True,
    )
    can_lift_restriction = fields.Boolean(compute="_compute_can_lift_restriction")

    @api.depends("restriction")
    @api.depends_context("uid")
    def _compute_can_lift_restriction(self):
        handled = self.env.user._itsm_handled_restrictions()
        for ticket in self:
            ticket.can_lift_restriction = ticket.restriction in handled

    @api.depends("restriction", "restricted_user_ids", "restricted_team_ids")
    @api.depends_context("uid")
    def _compute_display_name(self):
        """Who is shut out reads a number where other records name the ticket."""
        # Odoo reads the names of linked records in sudo, whoever may read those.
        hidden = self.browse(self._itsm_shut_out(self.env.user))
        for ticket in hidden.sudo():  # sudo: the number is no secret
            ticket.display_name = self.env._(
                "%(number)s (restricted)", number=ticket.number
            )
        return super(HelpdeskTicket, self - hidden)._compute_display_name()

    def _itsm_shut_out(self, user):
        """Ids of the restricted tickets of ``self`` that are not for *user*.

        No query if none is restricted, else one.

        :param user: ``res.users``; the superuser is shut out of nothing
        :rtype: list[int]
        """
        if user.id == api.SUPERUSER_ID:
            return []
        # sudo: whether somebody may read it does not depend on who asks
        restricted = self.sudo()._origin.filtered("restriction")
        if not restricted:
            return []
        domain = user.sudo()._itsm_shut_out_domain()  # sudo: his groups and teams
        found = restricted.with_context(active_test=False).search(
            Domain("id", "in", restricted.ids) & domain
        )
        return found.ids

    # === CRUD ===

    @api.model_create_multi
    def create(self, vals_list):
        vals_list = [self._itsm_with_restricting_defaults(v) for v in vals_list]
        if not (self.env.su or guard.has_token(self)):
            self._itsm_check_first_readers(vals_list)
        # Before the ticket exists, so that nobody is told of it first.
        for vals in vals_list:
            restriction = vals.get("restriction") or self._itsm_restriction_by(vals)
            if restriction:
                vals["restriction"] = restriction
                self._itsm_add_reader_command(vals)
                self._itsm_add_complaint_about(vals)
        tickets = super().create(vals_list)
        # sudo: who records a restricted ticket need not be able to read it
        created = tickets.sudo()
        created._itsm_restrict_by_team()
        restricted = created.filtered("restriction")
        if restricted:
            restricted._itsm_after_restricted()
        return tickets

    def write(self, vals):
        if guard.has_token(self):
            return super().write(vals)
        if RESTRICTING_FIELDS.isdisjoint(vals):
            result = super().write(vals)
            if vals.get("user_id"):
                # sudo: the save may have taken the ticket out of the user's sight
                restricted = self.sudo()._itsm_restrict_by_team()
                if restricted:
                    restricted._itsm_after_restricted()
            return result
        if not self.env.su:
            self._itsm_check_restriction_written(vals)
        restriction = vals.get("restriction") or self._itsm_restriction_by(vals)
        # sudo: the write itself asks for the rights
        opened = self.browse(self.sudo().filtered(lambda t: not t.restriction).ids)
        if not restriction or not opened:
            return super().write(vals)
        rest = self - opened
        if rest:
            super(HelpdeskTicket, rest).write(vals)
        vals = dict(vals, restriction=restriction)
        self._itsm_add_reader_command(vals)
        result = super(HelpdeskTicket, opened).write(vals)
        opened.sudo()._itsm_after_restricted()  # sudo: the system cleans up after it
        return result

    @api.model
    def _itsm_with_restricting_defaults(self, vals):
        """*vals* with what the context says of restrictions: it is checked alike."""
        context = self.env.context
        defaults = {
            name: context[f"default_{name}"]
            for name in (*RESTRICTING_FIELDS, *INHERITED_FROM)
            if f"default_{name}" in context
        }
        return {**defaults, **vals}

    def _itsm_restrict_by_team(self):
        """Restrict tickets whose team came from elsewhere: an assigned user. In sudo.

        :return: the tickets that are restricted by it
        """
        late = self.filtered(lambda t: not t.restriction and t.team_id.restriction)
        for ticket in late:
            values = {"restriction": ticket.team_id.restriction}
            self._itsm_add_reader_command(values)
            guard.with_token(ticket).write(values)
        return late

    @api.model
    def _itsm_add_complaint_about(self, vals):
        """Shut out of a ticket that goes on with a complaint whom that is about."""
        for name in INHERITED_FROM:
            if vals.get(name) and not vals.get("complaint_about_id"):
                # sudo: who takes it up need not be told whom it is about
                source = self.sudo().browse(vals[name])
                vals["complaint_about_id"] = source.complaint_about_id.id

    def copy(self, default=None):
        copies = super().copy(default)
        # sudo: who copies need not be told whom it is about
        for old, new in zip(self.sudo(), copies.sudo(), strict=True):
            if old.complaint_about_id and new.restriction:
                guard.with_token(new).complaint_about_id = old.complaint_about_id
        return copies

    def _get_html_link(self, title=None):
        """What links to a restricted ticket is read by others than its readers."""
        # sudo: the number is no secret
        if not title and self.sudo().restriction:
            title = self.sudo().number  # sudo: as above
        return super()._get_html_link(title=title)

    @api.model
    def _itsm_restriction_by(self, vals):
        """The restriction that follows from what is being saved; False if none.

        :param dict vals: values of a create or write
        """
        # sudo: what restricts a ticket does not depend on who may read it
        nature = (
            self.env["itsm.ticket.nature"].sudo().browse(vals.get("nature_id") or 0)
        )
        # sudo: as above
        team = self.env["helpdesk.ticket.team"].sudo().browse(vals.get("team_id") or 0)
        restriction = bool(nature) and nature.restriction
        restriction = restriction or (bool(team) and team.restriction)
        for name in INHERITED_FROM:
            if not restriction and vals.get(name):
                restriction = (
                    self.sudo().browse(vals[name]).restriction
                )  # sudo: as above
        return restriction or False

    @api.model
    def _itsm_add_reader_command(self, vals):
        """Name who records or restricts a ticket as its reader, in *vals*.

        In the same save: afterwards he could not even see what he has saved. Not the
        group that handles such tickets, customers and systems.
        """
        user = self.env.user
        if (
            user.id != api.SUPERUSER_ID
            and user._is_internal()
            and self.env.context.get("itsm_automatic") is not guard.AUTOMATIC
            and vals["restriction"] not in user._itsm_handled_restrictions()
        ):
            commands = list(vals.get("restricted_user_ids") or ())
            vals["restricted_user_ids"] = [*commands, Command.link(user.id)]

    def _itsm_restriction_cause(self):
        """What restricts a ticket of itself, in words; False if a person did it."""
        self.ensure_one()
        for record in (self.nature_id, self.team_id):
            if record.restriction == self.restriction:
                return record.display_name
        return False

    # === Checks ===

    def _itsm_check_first_readers(self, vals_list):
        """Only who handles restricted tickets names readers of a new one."""
        named = any(vals.get(name) for vals in vals_list for name in READER_FIELDS)
        if named and not self.env.user._itsm_handled_restrictions():
            raise AccessError(self._itsm_readers_message())

    def _itsm_check_restriction_written(self, vals):
        """Refuse what only the group that handles restricted tickets may do.

        :raise UserError: the restriction would be lifted or changed without a reason
        :raise AccessError: readers are named by somebody else
        """
        # sudo: the write itself asks for the rights
        tickets = self.sudo()
        if "restriction" in vals and any(
            ticket.restriction and ticket.restriction != vals["restriction"]
            for ticket in tickets
        ):
            raise UserError(
                self.env._(
                    "Restricted: use “Lift the Restriction” in the actions menu, which "
                    "asks for the reason. Only the group that handles such tickets may."
                )
            )
        if any(name in vals for name in READER_FIELDS):
            handled = self.env.user._itsm_handled_restrictions()
            if any(
                (ticket.restriction or vals.get("restriction")) not in handled
                for ticket in tickets
            ):
                raise AccessError(self._itsm_readers_message())

    def _itsm_readers_message(self):
        return self.env._(
            "Readers of a restricted ticket are named by the group that handles such "
            "tickets. Ask somebody of “Security incidents” or “Complaints”."
        )

    def _itsm_check_merge(self, target):
        result = super()._itsm_check_merge(target)
        for ticket in self:
            # sudo: both were checked to be writable
            ours, theirs = ticket.sudo(), target.sudo()
            if (ours.restriction, ours.complaint_about_id) != (
                theirs.restriction,
                theirs.complaint_about_id,
            ):
                raise UserError(
                    self.env._(
                        "Merge: %(ticket)s and %(target)s are not restricted alike, "
                        "and the messages of one would be read by the readers of the "
                        "other. Restrict both, or lift the restriction first.",
                        ticket=ticket.display_name,
                        target=target.display_name,
                    )
                )
        return result

    # === Lifting ===

    def action_lift_restriction(self):
        """Ask for the reason, then lift the restriction."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "itsm_desk.itsm_ticket_unrestrict_action"
        )
        return action | {"context": {"default_ticket_ids": self.ids}}

    def _itsm_lift_restriction(self, reason):
        """Make restricted tickets readable for all whose groups say so (SEC-05).

        :param str reason: kept as evidence
        :raise AccessError: not of the group that handles such tickets
        :raise UserError: no reason, or a ticket is not restricted
        """
        self.check_access("write")
        reason = (reason or "").strip()
        if not reason:
            raise UserError(self.env._("Reason: say why everybody may read it now."))
        handled = self.env.user._itsm_handled_restrictions()
        for ticket in self:
            if not ticket.restriction:
                raise UserError(
                    self.env._(
                        "%(ticket)s is not restricted.", ticket=ticket.display_name
                    )
                )
            if ticket.restriction not in handled:
                raise AccessError(
                    self.env._(
                        "The restriction of %(ticket)s is lifted by the group that "
                        "handles such tickets. Ask one of its members.",
                        ticket=ticket.display_name,
                    )
                )
        self.env["itsm.ticket.restriction"]._note(self, "lifted", reason)
        guard.with_token(self).write(
            {
                "restriction": False,
                "restricted_user_ids": [Command.clear()],
                "restricted_team_ids": [Command.clear()],
            }
        )
