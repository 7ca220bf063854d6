# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from ..tools import guard

STATES = [
    ("planned", "Planned"),
    ("invited", "Invited"),
    ("held", "Held"),
    ("sent", "Minutes Sent"),
    ("closed", "Closed"),
    ("cancelled", "Cancelled"),
]
#: The meeting is still to come.
AHEAD = ("planned", "invited")
#: What was sent is not changed any more; a correction is a new revision.
FROZEN = ("sent", "closed")
#: What the minutes say.
MINUTED = (
    "name",
    "kind_id",
    "start",
    "stop",
    "location",
    "organizer_id",
    "partner_ids",
    "absent_partner_ids",
    "line_ids",
    "notes",
    "company_id",
    "restricted",
)


class ItsmMeeting(models.Model):
    """A meeting: agenda, who was there, decisions, minutes, actions (MS-36, MS-55).

    Steps are in ``itsm_meeting_step.py``, minutes in ``itsm_meeting_send.py``, the
    agenda in ``itsm_meeting_agenda.py``, the calendar in ``itsm_meeting_calendar.py``.
    """

    _name = "itsm.meeting"
    _description = "Meeting"
    _inherit = [
        "itsm.action.mixin",
        "itsm.archive.mixin",
        "itsm.step.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "start desc, id desc"
    _check_company_auto = True
    _step_new = {
        "state": "planned",
        "revision": 0,
        "event_id": False,
        "minutes_ids": [],
        "previous_id": False,
    }

    name = fields.Char(
        string="Subject",
        required=True,
        compute="_compute_name",
        store=True,
        readonly=False,
        precompute=True,
        tracking=True,
    )
    kind_id = fields.Many2one(
        comodel_name="itsm.meeting.kind",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
        tracking=True,
    )
    state = fields.Selection(
        selection=STATES,
        required=True,
        default="planned",
        readonly=True,
        index=True,
        tracking=True,
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    process_id = fields.Many2one(
        comodel_name="itsm.process",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        tracking=True,
    )
    organizer_id = fields.Many2one(
        comodel_name="res.users",
        required=True,
        default=lambda self: self.env.user,
        index=True,
        domain="[('share', '=', False)]",
        check_company=True,
        ondelete="restrict",
        tracking=True,
        help="Invites, leads the meeting and sends the minutes.",
    )
    start = fields.Datetime(required=True, index=True, tracking=True)
    stop = fields.Datetime(
        string="End",
        required=True,
        compute="_compute_stop",
        store=True,
        readonly=False,
        precompute=True,
        tracking=True,
    )
    location = fields.Char()
    partner_ids = fields.Many2many(
        comodel_name="res.partner",
        relation="itsm_meeting_res_partner_rel",
        string="Participants",
        default=lambda self: self.env.user.partner_id,
        required=True,
        ondelete="restrict",
        context={"active_test": False},
        help="Also customers and suppliers: they get the invitation of the calendar "
        "and the minutes, and see nothing else.",
    )
    absent_partner_ids = fields.Many2many(
        comodel_name="res.partner",
        relation="itsm_meeting_absent_partner_rel",
        string="Absent",
        domain="[('id', 'in', partner_ids)]",
        ondelete="restrict",
        context={"active_test": False},
        help="Those of the participants who were not there.",
    )
    restricted = fields.Boolean(
        string="Personal",
        compute="_compute_restricted",
        store=True,
        precompute=True,
        help="Only participants and managers see it.",
    )
    event_id = fields.Many2one(
        comodel_name="calendar.event",
        string="In the Calendar",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        copy=False,
    )
    line_ids = fields.One2many(
        comodel_name="itsm.meeting.line",
        inverse_name="meeting_id",
        string="Agenda",
    )
    notes = fields.Html(
        help="What belongs into the minutes beside the agenda; guests read it too."
    )
    revision = fields.Integer(
        readonly=True,
        copy=False,
        help="Of the minutes: how often they were sent.",
    )
    correction_reason = fields.Char(
        copy=False,
        tracking=True,
        help="Why the minutes that were sent have to be corrected.",
    )
    minutes_ids = fields.One2many(
        comodel_name="itsm.meeting.minutes",
        inverse_name="meeting_id",
        readonly=True,
        copy=False,
    )
    previous_id = fields.Many2one(
        comodel_name="itsm.meeting",
        string="Meeting before",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        copy=False,
    )
    next_ids = fields.One2many(
        comodel_name="itsm.meeting",
        inverse_name="previous_id",
        string="Next Meeting",
    )
    active = fields.Boolean(default=True, tracking=True)

    _stop_after_start = models.Constraint(
        "CHECK(stop >= start)", "A meeting ends after it began. Change the end."
    )

    # === Computes ===

    @api.depends("kind_id")
    def _compute_name(self):
        for meeting in self:
            if not meeting.name:
                meeting.name = meeting.kind_id.name

    @api.depends("kind_id", "start")
    def _compute_stop(self):
        for meeting in self:
            before = meeting._origin
            if meeting.id or not meeting.start:
                meeting.stop = meeting.stop  # saved: see write()
            elif before.start and before.stop:  # edited: moved as a whole
                meeting.stop = meeting.start + (before.stop - before.start)
            else:
                hours = meeting.kind_id.duration or 1.0
                meeting.stop = meeting.start + timedelta(hours=hours)

    @api.depends("kind_id.restricted")
    def _compute_restricted(self):
        for meeting in self:
            # Once personal it stays so, whatever becomes of the kind.
            meeting.restricted = meeting.restricted or meeting.kind_id.restricted

    # === Constraints ===

    @api.constrains("partner_ids")
    def _check_partner_ids(self):
        for meeting in self:
            if not meeting.partner_ids:
                raise ValidationError(
                    self.env._(
                        "%(name)s has no participants. Add at least one: they are "
                        "invited and get the minutes.",
                        name=meeting.name,
                    )
                )

    @api.constrains("partner_ids", "absent_partner_ids")
    def _check_absent_partner_ids(self):
        for meeting in self:
            strangers = meeting.absent_partner_ids - meeting.partner_ids
            if strangers:
                raise ValidationError(
                    self.env._(
                        "%(names)s cannot be absent: only participants can.",
                        names=strangers.mapped("display_name"),
                    )
                )

    @api.constrains("organizer_id")
    def _check_organizer_id(self):
        # sudo: whose user is whose does not depend on who asks
        for meeting in self.sudo():
            if meeting.organizer_id.share:
                raise ValidationError(
                    self.env._(
                        "%(user)s is no user of the organisation and cannot organize "
                        "%(name)s. Choose a colleague.",
                        user=meeting.organizer_id.name,
                        name=meeting.name,
                    )
                )

    # === CRUD ===

    @api.model_create_multi
    def create(self, vals_list):
        meetings = super().create(vals_list)
        meetings._restrict_like_kind()
        meetings._add_standing_topics()
        return meetings

    def write(self, vals):
        if vals.get("start") and "stop" not in vals:
            # Moved as a whole: each keeps its length.
            start = fields.Datetime.to_datetime(vals["start"])
            for meeting in self:
                length = meeting.stop - meeting.start
                meeting.write({**vals, "stop": start + length})
            return True
        if not set(MINUTED).isdisjoint(vals):
            self._check_not_frozen()
        if "restricted" in vals and not vals["restricted"]:
            self._check_stays_personal()
        result = super().write(vals)
        if not {"kind_id", "restricted"}.isdisjoint(vals):
            self._restrict_like_kind()
            self._take_along()
        return result

    def copy_data(self, default=None):
        vals_list = super().copy_data(default=default)
        if not (default or {}).get("name"):
            for meeting, vals in zip(self, vals_list, strict=True):
                vals["name"] = self.env._("%(name)s (copy)", name=meeting.name)
        return vals_list

    def _check_not_frozen(self):
        """Refuse changes of what was sent as minutes.

        :raise UserError: naming the way out
        """
        if guard.has_token(self):
            return
        for meeting in self:
            if meeting.state in FROZEN:
                raise UserError(
                    self.env._(
                        "The minutes of %(name)s were sent: they stay as they are. To "
                        "correct them write down the reason and press Correct Minutes; "
                        "that makes a new revision.",
                        name=meeting.name,
                    )
                )

    def _archive_kept(self):
        kept = self.filtered(lambda meeting: meeting.state not in (*AHEAD, "cancelled"))
        return super()._archive_kept() | kept

    def _archive_references(self):
        return [
            *super()._archive_references(),
            ("itsm.meeting.minutes", "meeting_id"),
            ("itsm.meeting", "previous_id"),
        ]

    # === Personal meetings ===

    def _check_stays_personal(self):
        """Refuse to open a personal meeting to the desk.

        :raise UserError: naming the meeting
        """
        if guard.has_token(self):
            return
        for meeting in self.filtered("restricted"):
            raise UserError(
                self.env._(
                    "%(name)s is personal and stays so. Plan another meeting for what "
                    "everybody may read.",
                    name=meeting.name,
                )
            )

    def _restrict_like_kind(self):
        """Let meetings of a personal kind be personal, whatever was entered."""
        # sudo: what a kind says is no secret to whoever uses it
        opened = self.filtered(
            lambda meeting: meeting.sudo().kind_id.restricted and not meeting.restricted
        )
        if opened:
            guard.with_token(opened).write({"restricted": True})

    def _take_along(self):
        """What follows from personal meetings is personal too, and their events."""
        personal = self.filtered("restricted")
        personal._update_event()
        # sudo: those that the user does not see follow as well
        actions = self.env["itsm.action"].sudo().with_context(active_test=False)
        opened = actions.search(
            Domain("res_model", "=", self._name)
            & Domain("res_id", "in", personal.ids)
            & Domain("restricted", "=", False)
        )
        if opened:
            guard.with_token(opened).write({"restricted": True})

    # === Hooks of itsm.action.mixin ===

    def _action_defaults(self):
        defaults = super()._action_defaults()
        if self.process_id:
            defaults["default_process_id"] = self.process_id.id
        return defaults

    def _action_restricted(self):
        return self.filtered("restricted")
