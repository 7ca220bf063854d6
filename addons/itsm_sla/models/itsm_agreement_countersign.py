# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError


class ItsmAgreementCountersign(models.Model):
    """A department or committee that reviews and countersigns (SLM-19, 20, 76)."""

    _name = "itsm.agreement.countersign"
    _description = "Countersignature of an Agreement"
    _order = "agreement_id, sequence, id"
    _check_company_auto = True

    agreement_id = fields.Many2one(
        comodel_name="itsm.agreement", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="agreement_id.company_id")
    sequence = fields.Integer(default=10)
    team_id = fields.Many2one(
        comodel_name="helpdesk.ticket.team",
        string="Department",
        ondelete="restrict",
        check_company=True,
        help="Its leader signs, unless somebody is named.",
    )
    role_id = fields.Many2one(
        comodel_name="itsm.role",
        ondelete="restrict",
        help="A committee or function instead of a department: one of its holders "
        "signs.",
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Signed by",
        ondelete="restrict",
        domain="[('share', '=', False)]",
        help="Who signs for it. Empty: the leader of the department, or a holder of "
        "the role.",
    )
    signature_ids = fields.One2many(
        comodel_name="itsm.agreement.signature",
        inverse_name="countersign_id",
        string="Signatures",
        readonly=True,
    )
    signer_text = fields.Char(string="Who May Sign", compute="_compute_signer_text")
    state = fields.Selection(
        selection=[
            ("waiting", "Waiting"),
            ("signed", "Signed"),
            ("refused", "Refused"),
        ],
        compute="_compute_state",
    )

    _team_uniq = models.UniqueIndex(
        "(agreement_id, team_id) WHERE team_id IS NOT NULL",
        "The department countersigns this agreement already.",
    )
    _role_uniq = models.UniqueIndex(
        "(agreement_id, role_id) WHERE role_id IS NOT NULL",
        "The role countersigns this agreement already.",
    )

    # === Computes ===

    @api.depends("team_id", "role_id")
    def _compute_display_name(self):
        for seat in self:
            seat.display_name = seat.team_id.name or seat.role_id.name or ""

    @api.depends("team_id.user_id", "role_id", "user_id")
    def _compute_signer_text(self):
        # sudo: who holds a role is the same for everybody
        holders = self.role_id.sudo()._holders_by_role(self.company_id)
        for seat in self:
            people = seat.user_id
            if not people and seat.role_id:
                key = seat.role_id._origin.id, seat.company_id._origin.id
                people = holders.get(key, people)
            elif not people:
                people = seat.team_id.sudo().user_id  # sudo: as in _signers
            seat.signer_text = ", ".join(people.mapped("name"))

    @api.depends("signature_ids.state")
    def _compute_state(self):
        # sudo: whether it has signed does not depend on who reads
        for seat in self.sudo():
            states = seat.signature_ids.mapped("state")
            seat.state = (
                "signed"
                if "valid" in states
                else "refused"
                if "refused" in states
                else "waiting"
            )

    # === Constraints ===

    @api.constrains("team_id", "role_id", "user_id")
    def _check_who(self):
        for seat in self:
            if bool(seat.team_id) == bool(seat.role_id):
                raise ValidationError(
                    self.env._(
                        "Countersignature: name a department or a role, one of the two."
                    )
                )
            if seat.user_id.share:
                raise ValidationError(
                    self.env._(
                        "%(user)s is not of the organisation and cannot countersign.",
                        user=seat.user_id.name,
                    )
                )

    # === CRUD ===

    @api.model_create_multi
    def create(self, vals_list):
        seats = super().create(vals_list)
        seats._check_open()
        return seats

    def write(self, vals):
        self.check_access("write")
        if vals.keys() - {"sequence"}:
            self._check_open()
        result = super().write(vals)
        if "agreement_id" in vals:
            self._check_open()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_open(self):
        self._check_open()

    def _check_open(self):
        """Refuse to change who countersigns once it has signed or all have.

        :raise UserError: with the way out
        """
        for seat in self.sudo():  # sudo: evidence counts, whoever may see it
            if seat.signature_ids:
                raise UserError(
                    self.env._(
                        "%(seat)s has signed or refused %(agreement)s, which is kept. "
                        "It signs again, or a new version is made.",
                        seat=seat.display_name,
                        agreement=seat.agreement_id.display_name,
                    )
                )
            if seat.agreement_id._bound():
                raise UserError(seat.agreement_id._signed_message())

    # === What signing asks ===

    def _signers(self):
        """Who may sign: the named person, else the leader or the holders of the role.

        :rtype: res.users
        """
        self.ensure_one()
        if self.user_id:
            return self.user_id
        if self.role_id:
            # sudo: who holds a role is the same for everybody
            return self.role_id.sudo()._holders(self.company_id)
        return self.team_id.sudo().user_id  # sudo: the leader, whoever asks
