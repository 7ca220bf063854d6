# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from collections import defaultdict
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Command


class ItsmAgreement(models.Model):
    """Supplements, and what a change of an agreement means (SLM-73).

    An amendment is a new version of the agreement. A supplement is an agreement of its
    own about further services; it holds only together with the one that it supplements.
    """

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.agreement"

    base_agreement_id = fields.Many2one(
        comodel_name="itsm.agreement",
        string="Supplement to",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        tracking=True,
        domain="[('is_template', '=', False), ('kind', '=', kind), "
        "('state', '!=', 'terminated'), ('id', '!=', id)]",
        help="The agreement that this one adds services to. It ends when that one is "
        "terminated.",
    )
    supplement_ids = fields.One2many(
        comodel_name="itsm.agreement",
        inverse_name="base_agreement_id",
        string="Supplements",
    )
    supplement_count = fields.Integer(compute="_compute_supplement_count")
    change_reason = fields.Text(
        string="Reason for the Change",
        copy=False,
        help="Which change of the service or which problem leads to this version or "
        "supplement.",
    )
    workload_delta = fields.Integer(
        string="Tickets per Month, More or Less",
        copy=False,
        aggregator=None,
        help="Compared with before; negative: less.",
    )
    hours_delta = fields.Float(
        string="Hours of Work per Month, More or Less", copy=False, aggregator=None
    )
    cost_delta = fields.Monetary(
        string="Cost per Year, More or Less",
        currency_field="effect_currency_id",
        copy=False,
        aggregator=None,
        groups="itsm_base.itsm_group_finance,itsm_sla.itsm_group_sla_manager",
    )
    effect_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Currency of the Cost"
    )

    # === Computes ===

    @api.depends("supplement_ids", "previous_id")
    def _compute_supplement_count(self):
        found = self._version_supplements()
        for agreement in self:
            agreement.supplement_count = len(found[agreement._origin.id])

    # === Constraints ===

    @api.constrains(
        *("base_agreement_id", "kind", "company_id", "is_template"),
        *("partner_id", "team_id", "supplier_id"),
    )
    def _check_base_agreement(self):
        # sudo: rules must not hide what is checked
        for agreement in self.sudo():
            if agreement._has_cycle("base_agreement_id"):
                raise ValidationError(
                    self.env._(
                        "Supplement to: %(agreement)s would supplement itself. Choose "
                        "an agreement that is no supplement of it.",
                        agreement=agreement.display_name,
                    )
                )
            for supplement, base in [
                (agreement, agreement.base_agreement_id),
                *((supplement, agreement) for supplement in agreement.supplement_ids),
            ]:
                if base and supplement._base_differs(base):
                    raise ValidationError(
                        self.env._(
                            "Supplement to: %(agreement)s and %(base)s are not of the "
                            "same kind, company and party. Choose an agreement with "
                            "the same ones.",
                            agreement=supplement.display_name,
                            base=base.display_name,
                        )
                    )

    def _base_differs(self, base):
        """Whether this agreement cannot supplement another one."""
        self.ensure_one()
        names = ("kind", "company_id", "team_id")
        party = ("partner_id", "supplier_id")
        return (
            base.is_template
            or self.is_template
            or any(self[name] != base[name] for name in names)
            or any(
                self[name].commercial_partner_id != base[name].commercial_partner_id
                for name in party
            )
        )

    def _check_can_run(self):
        super()._check_can_run()
        base = self.sudo().base_agreement_id  # sudo: rules must not hide it
        if not base:
            return
        over = base.superseded_on and base.superseded_on <= self.date_start
        if base.state != "active" or over:
            raise ValidationError(
                self.env._(
                    "Supplement to: %(base)s is not in force. Activate it first, or "
                    "choose its version that is.",
                    base=base.display_name,
                )
            )
        if not self.service_ids:
            raise ValidationError(
                self.env._(
                    "Services: say which services %(agreement)s adds to %(base)s.",
                    agreement=self.display_name,
                    base=base.display_name,
                )
            )

    @api.model
    def _frozen_fields(self):
        return super()._frozen_fields() | {"base_agreement_id"}

    # === Actions ===

    def action_terminate(self):
        """Supplements end together with what they supplement: its last version."""
        result = super().action_terminate()
        # sudo: rules of other readers must not leave one of them in force
        ending = self.sudo()._supplements_ending()
        if ending:
            ending.action_terminate()
        return result

    def _supplements_ending(self, last_day=None):
        """Supplements in force, at every depth, that end when these agreements do.

        A supplement to one version goes on under the later ones, and ends with the
        last of them.

        :param datetime.date last_day: of these agreements; None: they are over
        :rtype: itsm.agreement
        """
        found = self.browse()
        newest = self
        while newest:
            versions = newest._versions()
            lasting = (versions - newest).filtered(lambda a: a._outlasts(last_day))
            over = versions - lasting._versions()
            active = over.supplement_ids.filtered(lambda s: s.state == "active")
            newest = active - found - self
            found |= newest
        return found

    def _outlasts(self, last_day=None):
        """Whether this version is in force after a day.

        :param datetime.date last_day: None: yesterday
        """
        self.ensure_one()
        if self.state != "active":
            return False
        if last_day is None:
            last_day = self._today() - timedelta(days=1)
        if self.superseded_on and self.superseded_on <= last_day + timedelta(days=1):
            return False
        return not (self.terminated_on and self.terminated_on <= last_day)

    def _version_supplements(self):
        """Supplements to any version of each agreement, in constant queries.

        :return: dict of id → ``itsm.agreement``
        """
        found = defaultdict(self.browse)
        pairs = self._version_pairs() if self.ids else []
        versions = self.browse({member for _own, member in pairs})
        supplements = self.search([("base_agreement_id", "in", versions.ids)])
        by_version = supplements.grouped("base_agreement_id")
        for own, member in pairs:
            found[own] |= by_version.get(self.browse(member), self.browse())
        return found

    def action_new_supplement(self):
        """Begin a supplement with the terms of this agreement, and open it."""
        self.ensure_one()
        self.check_access("write")
        supplement = self.copy(
            {
                "name": self.env._("Supplement to %(name)s", name=self.name),
                "base_agreement_id": self.id,
                "service_ids": [Command.clear()],
                "availability_ids": [],
                "workload_ids": [],
                "share_ids": [],
                "date_start": max(self._today(), self.date_start),
            }
        )
        return supplement._action_form()

    def action_view_supplements(self):
        """Open the supplements of this agreement."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "itsm_sla.itsm_agreement_action"
        )
        return action | {
            "domain": [("base_agreement_id", "in", self._versions().ids)],
            "context": {"default_base_agreement_id": self.id},
        }
