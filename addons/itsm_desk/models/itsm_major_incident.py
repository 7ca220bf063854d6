# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Domain

from odoo.addons.itsm_base.tools import guard

STATES = [
    ("proposed", "Proposed"),
    ("declared", "Declared"),
    ("controlled", "Under Control"),
    ("restored", "Restored"),
    ("reviewed", "Reviewed"),
    ("closed", "Closed"),
    ("refused", "Refused"),
]
#: Something is broken: customers wait for news.
ACTIVE = ("declared", "controlled")
#: Tickets can belong to it from now on; beside it nothing alike is proposed.
OPEN = ("proposed", *ACTIVE)
#: It is, or was, a major incident.
DECLARED = ("declared", "controlled", "restored", "reviewed", "closed")
#: Declared, and nobody has looked back at it yet.
UNREVIEWED = ("declared", "controlled", "restored")
#: What the chatter and the activities write in the name of every reader.
FREE_FIELDS = frozenset(
    {
        "message_follower_ids",
        "message_ids",
        "activity_ids",
        "message_main_attachment_id",
    }
)


class ItsmMajorIncident(models.Model):
    """A major (large-scale) incident: who leads it, what is told, what is learnt.

    Proposed by a criterion or a person, declared by the incident manager, under
    control, restored, reviewed, closed (INC-39 to INC-43, table 2). The other files
    ``itsm_major_incident_*.py``: who may (``people``), proposals (``propose``), tickets
    (``ticket``), steps (``step``), communication (``tell``), head office and units
    (``unit``), looking back (``review``).
    """

    _name = "itsm.major.incident"
    _description = "Major Incident"
    _inherit = [
        "itsm.step.mixin",
        "itsm.archive.mixin",
        "itsm.action.mixin",
        "itsm.notification.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "proposed_at desc, id desc"
    _check_company_auto = True
    # Who reads it may write a note; fields are another matter, see write().
    _mail_post_access = "read"
    _step_new = {
        "state": "proposed",
        "ticket_id": False,
        "company_id": False,
        "criterion_id": False,
        "reason": False,
        "proposed_at": False,
        "proposed_by_id": False,
        "declared_at": False,
        "declared_by_id": False,
        "controlled_at": False,
        "restored_at": False,
        "reviewed_at": False,
        "reviewed_by_id": False,
        "closed_at": False,
        "ended_by_id": False,
        "refuse_reason": False,
        "next_update_at": False,
        "overdue_told_at": False,
        "informed_user_ids": [],
        "raised_to_id": False,
        "plan_invoked_at": False,
        "plan_invoked_by_id": False,
    }

    name = fields.Char(string="Subject", required=True, tracking=True)
    state = fields.Selection(
        selection=STATES,
        required=True,
        default="proposed",
        readonly=True,
        index=True,
        tracking=True,
    )
    company_id = fields.Many2one(
        comodel_name="res.company", required=True, index=True, readonly=True
    )
    ticket_id = fields.Many2one(
        comodel_name="helpdesk.ticket",
        string="Parent Ticket",
        required=True,
        index=True,
        readonly=True,
        ondelete="restrict",
        check_company=True,
        help="The ticket by which it is worked; solving it solves its children.",
    )
    ticket_ids = fields.One2many(
        comodel_name="helpdesk.ticket",
        inverse_name="major_incident_id",
        string="Tickets",
        readonly=True,
    )
    ticket_count = fields.Integer(compute="_compute_ticket_count")
    service_id = fields.Many2one(
        comodel_name="itsm.service",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        tracking=True,
    )
    category_id = fields.Many2one(
        comodel_name="helpdesk.ticket.category",
        index="btree_not_null",
        ondelete="restrict",
        tracking=True,
    )
    criterion_id = fields.Many2one(
        comodel_name="itsm.major.criterion",
        string="Proposed by Criterion",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    reason = fields.Text(
        string="Why Proposed", readonly=True, help="What the proposal rests on."
    )
    manager_id = fields.Many2one(
        comodel_name="res.users",
        string="Major Incident Manager",
        index="btree_not_null",
        domain="[('share', '=', False)]",
        check_company=True,
        ondelete="restrict",
        tracking=True,
        help="Coordinates everybody until it is closed.",
    )
    impact_text = fields.Text(
        string="Impact",
        tracking=True,
        help="Which business of whom cannot go on; management and customers read it.",
    )
    update_minutes = fields.Integer(
        string="Next Update After (Minutes)",
        tracking=True,
        aggregator=None,
        help="How long after each communication the next one is due, on the wall.",
    )
    next_update_at = fields.Datetime(
        string="Next Communication",
        readonly=True,
        copy=False,
        index="btree_not_null",
    )
    is_update_overdue = fields.Boolean(
        string="Communication Overdue",
        compute="_compute_is_update_overdue",
        search="_search_is_update_overdue",
    )
    # The due time of which the manager was told that it passed.
    overdue_told_at = fields.Datetime(
        readonly=True, copy=False, export_string_translation=False
    )
    communication_ids = fields.One2many(
        comodel_name="itsm.major.communication",
        inverse_name="major_id",
        string="Communications",
        readonly=True,
    )
    informed_user_ids = fields.Many2many(
        comodel_name="res.users",
        relation="itsm_major_incident_informed_rel",
        string="Management Informed",
        readonly=True,
        copy=False,
        help="Who held the role of management when it was declared and restored; they "
        "read it, whatever other rights they have.",
    )
    # Milestones
    proposed_at = fields.Datetime(string="Proposed on", readonly=True, index=True)
    proposed_by_id = fields.Many2one(
        comodel_name="res.users",
        string="Proposed by",
        readonly=True,
        ondelete="restrict",
        help="Empty: by a criterion.",
    )
    declared_at = fields.Datetime(string="Declared on", readonly=True, index=True)
    declared_by_id = fields.Many2one(
        comodel_name="res.users",
        string="Declared by",
        readonly=True,
        ondelete="restrict",
    )
    controlled_at = fields.Datetime(string="Under Control since", readonly=True)
    restored_at = fields.Datetime(
        string="Restored on",
        readonly=True,
        help="When the service worked again, which may be earlier than it was noted.",
    )
    reviewed_at = fields.Datetime(string="Reviewed on", readonly=True)
    reviewed_by_id = fields.Many2one(
        comodel_name="res.users",
        string="Reviewed by",
        readonly=True,
        ondelete="restrict",
    )
    closed_at = fields.Datetime(string="Closed on", readonly=True)
    ended_by_id = fields.Many2one(
        comodel_name="res.users",
        string="Ended by",
        readonly=True,
        ondelete="restrict",
        help="Who closed or refused it.",
    )
    refuse_reason = fields.Text(string="Why Refused", readonly=True, tracking=True)
    can_manage = fields.Boolean(compute="_compute_can_manage")
    active = fields.Boolean(default=True)

    _ticket_uniq = models.UniqueIndex(
        "(ticket_id) WHERE state != 'refused'",
        "This ticket is the parent of a major incident already. Open that one.",
    )
    _update_minutes_positive = models.Constraint(
        "CHECK(COALESCE(update_minutes, 0) >= 0)",
        "The time until the next communication cannot be negative.",
    )

    # === Computes ===

    @api.depends("ticket_ids")
    def _compute_ticket_count(self):
        counts = dict(
            self.env["helpdesk.ticket"]._read_group(
                [("major_incident_id", "in", self.ids)],
                ["major_incident_id"],
                ["__count"],
            )
        )
        for major in self:
            major.ticket_count = counts.get(major._origin, 0)

    @api.depends("next_update_at")
    def _compute_is_update_overdue(self):
        now = fields.Datetime.now()
        for major in self:
            due = major.next_update_at
            major.is_update_overdue = bool(due and due < now)

    def _search_is_update_overdue(self, operator, value):
        if operator != "in":
            return NotImplemented
        overdue = Domain("next_update_at", "<", fields.Datetime.now())
        if True in value and False in value:
            return Domain.TRUE
        return overdue if True in value else ~overdue

    @api.depends_context("uid")
    @api.depends("company_id", "manager_id")
    def _compute_can_manage(self):
        allowed = self._filter_manageable()
        for major in self:
            major.can_manage = major in allowed

    @api.depends("name", "ticket_id.number")
    def _compute_display_name(self):
        for major in self:
            # sudo: the number only, also for who may not read the ticket
            number = major.ticket_id.sudo().number
            major.display_name = " ".join(filter(None, [number, major.name]))

    # === Constraints ===

    @api.constrains("manager_id")
    def _check_manager_id(self):
        # sudo: whose user is whose does not depend on who asks
        for major in self.sudo():
            user = major.manager_id
            if user and (user.share or major.company_id not in user.company_ids):
                raise ValidationError(
                    self.env._(
                        "Major Incident Manager: %(user)s does not work in "
                        "%(company)s. Choose a colleague who does.",
                        user=user.name,
                        company=major.company_id.name,
                    )
                )

    # === CRUD ===

    @api.model_create_multi
    def create(self, vals_list):
        if not guard.has_token(self):
            raise AccessError(
                self.env._(
                    "A major incident is proposed from its tickets: open one and "
                    "choose “Propose Major Incident”."
                )
            )
        return super().create(vals_list)

    def write(self, vals):
        if (
            not guard.has_token(self)
            and not self.env.su
            and not FREE_FIELDS >= set(vals)
        ):
            self._check_can_manage()
            self._check_still_open(vals)
        return super().write(vals)

    # it never copies
    # pylint: disable-next=method-required-super
    def copy(self, default=None):
        raise AccessError(
            self.env._("A major incident happens once and cannot be duplicated.")
        )

    def _archive_kept(self):
        return self

    def _check_still_open(self, vals):
        """Refuse to change what is over.

        :raise ValidationError: naming it
        """
        if set(vals) <= {"active"}:
            return
        over = self.filtered(lambda major: major.state in ("closed", "refused"))
        if over:
            raise ValidationError(
                self.env._(
                    "%(major)s is over: it stays as it is.", major=over[0].display_name
                )
            )
