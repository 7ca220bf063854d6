# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ItsmAgreementSupport(models.Model):
    """One link of an SLA's path: who works on a ticket, in which order (SLM-22)."""

    _name = "itsm.agreement.support"
    _inherit = "itsm.ticket.cell.mixin"
    _description = "Supporting Agreement"
    _order = "agreement_id, sequence, id"
    _rec_name = "supporting_id"
    _check_company_auto = True

    agreement_id = fields.Many2one(
        comodel_name="itsm.agreement",
        string="SLA",
        required=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        related="agreement_id.company_id", store=True, index=True
    )
    sequence = fields.Integer(
        default=10,
        help="The legs follow each other: a ticket goes from the first to the last, "
        "and their times add up.",
    )
    supporting_id = fields.Many2one(
        comodel_name="itsm.agreement",
        string="Supporting Agreement",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
        domain="[('kind', 'in', ('ola', 'uc')), ('is_template', '=', False), "
        "('company_id', '=', company_id)]",
        help="The OLA or UC that stands behind the promise. Later versions of it take "
        "its place by themselves.",
    )
    supporting_kind = fields.Selection(
        related="supporting_id.kind_short", string="OLA or UC"
    )
    service_ids = fields.Many2many(
        comodel_name="itsm.service",
        string="Services",
        check_company=True,
        help="Empty: every service of the SLA. A service stands for its offerings too.",
    )
    itsm_kind = fields.Selection(help="Empty: every kind.")
    priority = fields.Selection(help="Empty: every priority.")

    # === Constraints ===

    @api.constrains("agreement_id", "supporting_id")
    def _check_kinds(self):
        for support in self.sudo():  # sudo: rules must not hide what is checked
            sla, other = support.agreement_id, support.supporting_id
            if sla.kind != "sla" or sla.is_template:
                raise ValidationError(
                    self.env._(
                        "%(agreement)s is no SLA with a customer: only such an "
                        "agreement is supported by others. Leave its path empty.",
                        agreement=sla.display_name,
                    )
                )
            if other.kind == "sla" or other.is_template:
                raise ValidationError(
                    self.env._(
                        "Supporting Agreement: %(other)s cannot stand behind "
                        "%(agreement)s. Choose an OLA or a UC that is no template.",
                        other=other.display_name,
                        agreement=sla.display_name,
                    )
                )
            if other.company_id != sla.company_id:
                raise ValidationError(
                    self.env._(
                        "Supporting Agreement: %(other)s belongs to another company "
                        "than %(agreement)s. Choose one of the same company.",
                        other=other.display_name,
                        agreement=sla.display_name,
                    )
                )

    # === CRUD ===

    @api.model_create_multi
    def create(self, vals_list):
        supports = super().create(vals_list)
        supports.agreement_id._chain_mark_stale()
        return supports

    def write(self, vals):
        before = self.agreement_id
        if {"agreement_id", "supporting_id"} & vals.keys():
            self._log_taken()
        result = super().write(vals)
        (before | self.agreement_id)._chain_mark_stale()
        return result

    def unlink(self):
        slas = self.agreement_id
        self._log_taken()
        result = super().unlink()
        slas._chain_mark_stale()
        return result

    def _log_taken(self):
        """Leave a trace on the SLA: with the link its gaps go too (SLM-22)."""
        slas = self.agreement_id
        slas._message_log_batch(
            {
                sla.id: self.env._(
                    "Taken from the path: %(agreements)s.",
                    agreements=", ".join(
                        # sudo: named as it was
                        support.sudo().supporting_id.display_name
                        for support in self
                        if support.agreement_id == sla
                    ),
                )
                for sla in slas
            }
        )

    # === What the check asks ===

    def _applies(self, kind=None, priority=None):
        """Those of these links that stand behind tickets of a kind and priority."""
        return self.filtered(
            lambda s: (
                (not s.itsm_kind or s.itsm_kind == kind)
                and (not s.priority or s.priority == priority)
            )
        )

    def _for_service(self, service):
        """Those of these links that stand behind a service; none: every service."""
        return self.filtered(
            lambda s: not s.service_ids or s.service_ids._chain_covers(service)
        )
