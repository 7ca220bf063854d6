# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models


class ItsmAgreement(models.Model):
    """Contacts, indicators, processes, division of work and talks of an agreement."""

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.agreement"

    contact_ids = fields.One2many(
        comodel_name="itsm.agreement.contact",
        inverse_name="agreement_id",
        string="Contact Persons",
        copy=True,
    )
    indicator_ids = fields.One2many(
        comodel_name="itsm.agreement.indicator",
        inverse_name="agreement_id",
        string="Indicators",
        copy=True,
    )
    process_ids = fields.One2many(
        comodel_name="itsm.agreement.process",
        inverse_name="agreement_id",
        string="Processes",
        copy=True,
    )
    certification_warning = fields.Text(compute="_compute_certification_warning")
    division_ids = fields.One2many(
        comodel_name="itsm.agreement.division",
        inverse_name="agreement_id",
        string="Division of Work",
        copy=True,
    )
    negotiation_ids = fields.One2many(
        comodel_name="itsm.agreement.negotiation",
        inverse_name="agreement_id",
        groups="itsm_base.itsm_group_agent",
    )

    # === Computes ===

    @api.depends("process_ids.used", "process_ids.process_id.name")
    @api.depends_context("lang")
    def _compute_certification_warning(self):
        """ISO/IEC 20000-1 lets nobody leave out a requirement (MS-07, A10)."""
        for agreement in self:
            # sudo: names of processes of the agreement's company
            lines = agreement.sudo().process_ids
            unused = lines.filtered(lambda line: not line.used).process_id
            agreement.certification_warning = bool(unused) and self.env._(
                "Not used for this customer: %(processes)s. ISO/IEC 20000-1 allows no "
                "requirement to be left out: this service cannot be part of the scope "
                "of a certification.",
                processes=", ".join(unused.mapped("name")),
            )

    # === Constraints ===

    @api.constrains("kind")
    def _check_division_kind(self):
        self.division_ids._check_share()

    @api.model
    def _frozen_fields(self):
        return super()._frozen_fields() | {
            "indicator_ids",
            "process_ids",
            "division_ids",
        }

    # === CRUD ===

    def _archive_kept(self):
        talked = self.sudo().filtered("negotiation_ids")  # sudo: seen or not
        return super()._archive_kept() | self.browse(talked.ids)

    def _archive_message(self):
        agreement = self[0]
        if agreement.state == "draft":
            return self.env._(
                "%(agreement)s was negotiated, and that is evidence: archive it "
                "instead of deleting it.",
                agreement=agreement.display_name,
            )
        return super()._archive_message()

    # === Actions ===

    def _from_template(self):
        result = super()._from_template()
        for agreement in self.filtered(lambda agreement: agreement.kind == "sla"):
            agreement._add_processes()
        return result

    def action_add_processes(self):
        """Add the processes of the company that the tailoring table does not have."""
        self.check_access("write")
        for agreement in self:
            agreement._add_processes()
        return True

    def _add_processes(self):
        self.ensure_one()
        processes = self.env["itsm.process"].search(
            [("company_id", "=", self.company_id.id)]
        )
        self.env["itsm.agreement.process"].create(
            [
                {"agreement_id": self.id, "process_id": process.id}
                for process in processes - self.process_ids.process_id
            ]
        )
