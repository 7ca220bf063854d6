# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

#: What was asked for: it stays as it was asked.
ASKED_FIELDS = frozenset({"agreement_id", "side", "partner_id", "reason"})
#: The agreement still runs, and this decides for how long.
OPEN = ("requested", "approved")


class ItsmAgreementTermination(models.Model):
    """Somebody wants an agreement to end, and what was decided about it (SLM-27).

    Requested, then approved or refused, or withdrawn; once its last day is over the
    agreement is terminated by itself. The steps are in
    ``itsm_agreement_termination_step.py``.
    """

    _name = "itsm.agreement.termination"
    _description = "Termination of an Agreement"
    _inherit = [
        "itsm.archive.mixin",
        "itsm.step.mixin",
        "itsm.notification.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "requested_at desc, id desc"
    _rec_name = "agreement_id"
    _check_company_auto = True

    # Not check_company: the company is its own, and none is known before it is chosen.
    agreement_id = fields.Many2one(
        comodel_name="itsm.agreement",
        required=True,
        index=True,
        ondelete="restrict",
        domain="[('state', '=', 'active'), ('is_template', '=', False)]",
    )
    company_id = fields.Many2one(
        related="agreement_id.company_id", store=True, index=True
    )
    kind = fields.Selection(related="agreement_id.kind_short")
    state = fields.Selection(
        selection=[
            ("requested", "Requested"),
            ("approved", "Approved"),
            ("refused", "Refused"),
            ("withdrawn", "Withdrawn"),
            ("terminated", "Terminated"),
        ],
        required=True,
        default="requested",
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
    )
    side = fields.Selection(
        selection=[("provider", "The company"), ("other", "The other party")],
        string="Wished by",
        required=True,
        default="provider",
        help="Whose wish it is. The other party of an OLA is the team.",
    )
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Said by",
        ondelete="restrict",
        check_company=True,
        help="Who gave notice for the other party. Attach the letter below.",
    )
    reason = fields.Text(required=True)
    requested_by_id = fields.Many2one(
        comodel_name="res.users",
        string="Asked for by",
        readonly=True,
        copy=False,
        index=True,
        ondelete="restrict",
    )
    requested_at = fields.Datetime(string="Asked for", readonly=True, copy=False)
    requested_on = fields.Date(
        string="Day of the Notice",
        readonly=True,
        copy=False,
        help="The day in the agreement's time zone; notice counts from it.",
    )
    last_day = fields.Date(
        string="Last Day in Force",
        required=True,
        tracking=True,
        help="Clocks stop when it is over, in the agreement's time zone.",
    )
    is_short_notice = fields.Boolean(compute="_compute_notice")
    notice_text = fields.Text(string="Notice", compute="_compute_notice")
    effects_text = fields.Text(
        string="What It Means",
        compute="_compute_effects_text",
        groups="itsm_base.itsm_group_agent",
    )
    can_decide = fields.Boolean(
        compute="_compute_can_decide", groups="itsm_base.itsm_group_agent"
    )
    decision_note = fields.Text(
        string="Reason of the Decision", copy=False, help="Needed to refuse."
    )
    decided_by_id = fields.Many2one(
        comodel_name="res.users",
        string="Decided by",
        readonly=True,
        copy=False,
        ondelete="restrict",
    )
    decided_at = fields.Datetime(string="Decided", readonly=True, copy=False)
    ended_at = fields.Datetime(string="Closed", readonly=True, copy=False)

    _step_new = {
        "state": "requested",
        "requested_by_id": False,
        "requested_at": False,
        "requested_on": False,
        "decided_by_id": False,
        "decided_at": False,
        "ended_at": False,
    }

    _open_uniq = models.UniqueIndex(
        "(agreement_id) WHERE state IN ('requested', 'approved')",
        "The termination of this agreement is asked for already.",
    )

    # === Computes ===

    @api.depends("agreement_id.display_name", "last_day")
    def _compute_display_name(self):
        for termination in self:
            termination.display_name = self.env._(
                "Termination of %(agreement)s",
                # sudo: named, for who may see that it ends
                agreement=termination.sudo().agreement_id.display_name or "",
            )

    @api.depends("agreement_id", "last_day", "requested_on")
    def _compute_notice(self):
        for termination in self:
            # sudo: what was agreed counts, whoever may read it
            agreement = termination.sudo().agreement_id
            day = termination.last_day
            lines = []
            termination.is_short_notice = False
            if agreement and day:
                notice = timedelta(days=agreement.notice_days or 0)
                first = (termination.requested_on or agreement._today()) + notice
                if day < first and notice:
                    termination.is_short_notice = True
                    lines.append(
                        self.env._(
                            "Notice of %(days)s days is agreed: the first day on "
                            "which it can end is %(first)s.",
                            days=agreement.notice_days,
                            first=first,
                        )
                    )
                if agreement.date_end and day < agreement.date_end:
                    lines.append(
                        self.env._(
                            "It was agreed until %(day)s.", day=agreement.date_end
                        )
                    )
            termination.notice_text = "\n".join(lines)

    @api.depends("agreement_id", "state")
    def _compute_effects_text(self):
        for termination in self:
            agreement = termination.agreement_id
            lines = []
            if agreement and termination.state in OPEN:
                lines = agreement._ending_effects()
            termination.effects_text = "\n".join(lines)

    @api.depends("agreement_id", "state")
    @api.depends_context("uid")
    def _compute_can_decide(self):
        for termination in self:
            termination.can_decide = (
                termination.state in OPEN and termination.agreement_id.can_terminate
            )

    # === Constraints ===

    @api.constrains("agreement_id", "last_day")
    def _check_last_day(self):
        # sudo: rules must not hide what is checked
        for termination in self.sudo():
            agreement = termination.agreement_id
            if termination.state != "requested":
                continue
            if agreement.state != "active":
                raise ValidationError(
                    self.env._(
                        "%(agreement)s is not in force: there is nothing to terminate.",
                        agreement=agreement.display_name,
                    )
                )
            first = max(agreement._today(), agreement.date_start)
            if termination.last_day < first:
                raise ValidationError(
                    self.env._(
                        "Last Day in Force: enter %(first)s or a later day.",
                        first=first,
                    )
                )

    @api.constrains("partner_id", "side", "agreement_id")
    def _check_partner_id(self):
        # sudo: whose contact is whose does not depend on who asks
        for termination in self.sudo():
            firm = termination.agreement_id._signing_party().commercial_partner_id
            partner = termination.partner_id
            if not partner:
                continue
            if termination.side == "provider" or (
                firm and partner.commercial_partner_id != firm
            ):
                raise ValidationError(
                    self.env._(
                        "Said by: %(contact)s does not belong to the other party of "
                        "%(agreement)s. Choose one of its contacts.",
                        contact=partner.name,
                        agreement=termination.agreement_id.display_name,
                    )
                )

    # === CRUD ===

    @api.model_create_multi
    def create(self, vals_list):
        # One that was closed just now makes room for the next.
        self.flush_model(["state"])
        terminations = super().create(vals_list)
        terminations._ask()
        return terminations

    def write(self, vals):
        self.check_access("write")
        self._check_asked(vals.keys())
        return super().write(vals)

    def _check_asked(self, names):
        """Refuse to change what was asked for, or the day of what was decided.

        :param names: names of the fields that somebody wants to write
        :raise UserError: naming them
        """
        frozen = ASKED_FIELDS.intersection(names)
        if any(termination.state != "requested" for termination in self):
            frozen |= {"last_day", "decision_note"}.intersection(names)
        if frozen:
            raise UserError(
                self.env._(
                    "%(fields)s: kept as it was asked for and decided. Withdraw the "
                    "request and make another one.",
                    fields=", ".join(
                        self._fields[name]._description_string(self.env)
                        for name in sorted(frozen)
                    ),
                )
            )

    def _archive_kept(self):
        return self

    # === Notification ===

    def _itsm_notification_recipients(self, role):
        if role == "owner":
            return {t.id: t.agreement_id.owner_id.partner_id for t in self}
        if role == "requester":
            return {t.id: t.requested_by_id.partner_id for t in self}
        return super()._itsm_notification_recipients(role)
