# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from odoo.addons.itsm_base.tools import guard

#: What somebody said: it stays as he said it once it is looked at.
SAID_FIELDS = frozenset({"name", "description", "kind", "partner_id", "company_id"})
#: What only those who look at it write.
LOOKED_FIELDS = frozenset({"answer", "owner_id", "service_id"})
#: The most characters of subject and text.
LONGEST_NAME = 200
LONGEST = 10000
#: It waits for an answer.
WAITING = "new"


class ItsmServiceSuggestion(models.Model):
    """What users would like to be better, or what no agreement holds yet (SLM-32, 33).

    Said in the portal, or collected by sales; looked at by the desk lead or service
    level manager, who makes a service level requirement or an improvement of it, or
    answers, or declines. The steps are in ``itsm_service_suggestion_step.py``.
    """

    _name = "itsm.service.suggestion"
    _description = "Service Suggestion"
    _inherit = [
        "itsm.archive.mixin",
        "itsm.step.mixin",
        "itsm.action.mixin",
        "itsm.notification.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "received_at desc, id desc"
    _rec_names_search = ["name", "code"]
    _check_company_auto = True

    name = fields.Char(
        string="Subject",
        required=True,
        tracking=True,
        help="For example: tell us the day before that a visit is planned.",
    )
    code = fields.Char(
        string="Reference", readonly=True, copy=False, index="btree_not_null"
    )
    active = fields.Boolean(default=True)
    description = fields.Text(
        string="What Is Wished", required=True, help="And what it would help."
    )
    kind = fields.Selection(
        selection=[
            ("improvement", "Something could be better"),
            ("demand", "Something new is needed"),
        ],
        string="What It Is",
        required=True,
        default="improvement",
        tracking=True,
        help="Something new: no agreement holds it yet.",
    )
    source = fields.Selection(
        selection=[
            ("portal", "Portal"),
            ("sales", "Sales"),
            ("internal", "Service organisation"),
        ],
        string="Comes from",
        readonly=True,
        copy=False,
    )
    state = fields.Selection(
        selection=[
            ("new", "New"),
            ("requirement", "Requirement"),
            ("action", "Improvement"),
            ("answered", "Answered"),
            ("declined", "Declined"),
        ],
        required=True,
        default="new",
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
    )
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Suggested by",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
        help="The contact of the customer who wishes it, or the customer.",
    )
    commercial_partner_id = fields.Many2one(
        related="partner_id.commercial_partner_id",
        string="Customer",
        store=True,
        index=True,
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    received_at = fields.Datetime(string="Received", readonly=True, copy=False)
    answer = fields.Text(
        copy=False,
        help="What the one who suggested it reads; needed to answer and to decline.",
    )
    service_id = fields.Many2one(
        comodel_name="itsm.service",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        groups="helpdesk_mgmt.group_helpdesk_user_own",
    )
    owner_id = fields.Many2one(
        comodel_name="res.users",
        string="Responsible",
        index="btree_not_null",
        domain="[('share', '=', False)]",
        check_company=True,
        ondelete="restrict",
        tracking=True,
        groups="base.group_user",
    )
    requirement_id = fields.Many2one(
        comodel_name="itsm.level.requirement",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        groups="itsm_base.itsm_group_agent",
    )
    action_id = fields.Many2one(
        comodel_name="itsm.action",
        string="Improvement Action",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        groups="itsm_base.itsm_group_agent",
    )
    answered_by_id = fields.Many2one(
        comodel_name="res.users",
        string="Answered by",
        readonly=True,
        copy=False,
        ondelete="restrict",
        groups="base.group_user",
    )
    answered_at = fields.Datetime(string="Answered on", readonly=True, copy=False)
    progress = fields.Char(
        string="What Became of It",
        compute="_compute_progress",
        help="In words for the one who suggested it.",
    )

    _step_new = {
        "code": False,
        "state": "new",
        "source": False,
        "received_at": False,
        "requirement_id": False,
        "action_id": False,
        "answered_by_id": False,
        "answered_at": False,
    }

    # === Computes ===

    @api.depends("code", "name")
    def _compute_display_name(self):
        for suggestion in self:
            parts = (suggestion.code, suggestion.name)
            suggestion.display_name = " ".join(part for part in parts if part)

    @api.depends("state")
    @api.depends_context("lang")
    def _compute_progress(self):
        words = {
            "new": self.env._("Received"),
            "requirement": self.env._("Being examined"),
            "action": self.env._("Will be improved"),
            "answered": self.env._("Answered"),
            "declined": self.env._("Declined"),
        }
        # sudo: what became of it is told to who suggested it, nothing else of it
        for suggestion in self.sudo():
            progress = words.get(suggestion.state)
            if suggestion.requirement_id.state == "agreed":
                progress = self.env._("Agreed")
            elif suggestion.requirement_id.state == "rejected":
                progress = words["declined"]
            elif suggestion.action_id.state in ("done", "effective"):
                progress = self.env._("Improved")
            suggestion.progress = progress

    # === Constraints ===

    @api.constrains("name", "description")
    def _check_texts(self):
        for suggestion in self:
            if not suggestion.name.strip() or not suggestion.description.strip():
                raise ValidationError(
                    self.env._("Enter a subject and what is wished, in words.")
                )
            if (
                len(suggestion.name) > LONGEST_NAME
                or len(suggestion.description) > LONGEST
            ):
                raise ValidationError(
                    self.env._(
                        "The subject has %(short)s characters at most, the text "
                        "%(long)s. Shorten it; longer papers can be attached.",
                        short=LONGEST_NAME,
                        long=LONGEST,
                    )
                )

    # === CRUD ===

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_looking(vals)
        suggestions = super().create(vals_list)
        suggestions._receive()
        return suggestions

    def write(self, vals):
        self.check_access("write")
        self._check_looking(vals)
        said = SAID_FIELDS & vals.keys()
        if said and any(suggestion.state != WAITING for suggestion in self):
            raise UserError(
                self.env._(
                    "%(fields)s: kept as it was said, once it is answered.",
                    fields=", ".join(
                        self._fields[name]._description_string(self.env)
                        for name in sorted(said)
                    ),
                )
            )
        return super().write(vals)

    def _check_looking(self, vals):
        """Refuse what only those who look at suggestions write.

        :raise AccessError: naming the fields
        """
        names = sorted(name for name in LOOKED_FIELDS & vals.keys() if vals[name])
        if names and not (self.env.su or self._may_look()):
            raise AccessError(
                self.env._(
                    "%(fields)s: entered by a desk lead or service level manager. "
                    "Leave it out.",
                    fields=", ".join(
                        self._fields[name]._description_string(self.env)
                        for name in names
                    ),
                )
            )

    @api.model
    def _may_look(self):
        """Whether the user is one of those who look at suggestions."""
        user = self.env.user
        return user.has_group("itsm_base.itsm_group_lead") or user.has_group(
            "itsm_sla.itsm_group_sla_manager"
        )

    def _receive(self):
        """Number new suggestions, note where they come from, tell who looks at them."""
        user = self.env.user
        source = "portal"
        if not user.share:
            own = self.filtered(lambda s: s.partner_id == user.partner_id)
            agent = user.has_group("itsm_base.itsm_group_agent")
            source = "internal" if agent or own else "sales"
        sequence = self.env["ir.sequence"].sudo()  # sudo: numbers for everybody
        now = fields.Datetime.now()
        for suggestion in guard.with_token(self.sudo()):  # sudo: noted by the system
            suggestion.write(
                {
                    "code": sequence.next_by_code("itsm.service.suggestion"),
                    "source": source,
                    "received_at": now,
                }
            )
        self.env["itsm.notification.event"]._notify("suggestion_received", self)

    def _archive_kept(self):
        answered = self.filtered(lambda s: s.state != WAITING)
        return super()._archive_kept() | answered

    # === Notification ===

    def _itsm_notification_recipients(self, role):
        if role == "requester":
            # What sales have collected is told to who collected it.
            return {
                suggestion.id: suggestion.partner_id
                if suggestion.source == "portal"
                else suggestion.create_uid.partner_id
                for suggestion in self
            }
        if role == "owner":
            return {s.id: s.owner_id.partner_id for s in self}
        if role == "manager":
            return self._itsm_service_managers()
        return super()._itsm_notification_recipients(role)
