# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

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
PROTECTED = ("state", "revision", "event_id", "minutes_ids", "previous_id")
#: Values of protected fields that say nothing.
NOTHING = (None, False, 0, "planned", [])
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
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "start desc, id desc"
    _check_company_auto = True

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

    # === CRUD ===

    @api.model_create_multi
    def create(self, vals_list):
        self._check_protected(vals_list)
        meetings = super().create(vals_list)
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
        self._check_protected([vals])
        if not set(MINUTED).isdisjoint(vals):
            self._check_not_frozen()
        return super().write(vals)

    def copy_data(self, default=None):
        vals_list = super().copy_data(default=default)
        if not (default or {}).get("name"):
            for meeting, vals in zip(self, vals_list, strict=True):
                vals["name"] = self.env._("%(name)s (copy)", name=meeting.name)
        return vals_list

    def _check_protected(self, vals_list):
        if guard.has_token(self):
            return
        names = [
            name
            for name in PROTECTED
            if any(
                name in vals if self else vals.get(name) not in NOTHING
                for vals in vals_list
            )
        ]
        if names:
            raise UserError(
                self.env._(
                    "%(fields)s of a meeting: written by its buttons only.",
                    fields=", ".join(
                        self._fields[name]._description_string(self.env)
                        for name in names
                    ),
                )
            )

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

    # === Hooks of itsm.action.mixin ===

    def _action_defaults(self):
        defaults = super()._action_defaults()
        if self.process_id:
            defaults["default_process_id"] = self.process_id.id
        return defaults

    def _action_restricted(self):
        return self.filtered("restricted")
