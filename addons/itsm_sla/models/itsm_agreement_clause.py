# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import is_html_empty

#: The headings of an agreement, in the order of the paper (SLM-05, SLM-11 to SLM-13).
SECTIONS = [
    ("parties", "Parties"),
    ("validity", "Validity"),
    ("authorisation", "Authorisation"),
    ("communication", "Ways of communication"),
    ("contact", "Contact persons"),
    ("scope", "Services and scope"),
    ("hours", "Service hours"),
    ("interruption", "Planned and agreed interruptions"),
    ("duty", "Duties of the receiving side"),
    ("priority", "Impact and priority"),
    ("escalation", "Escalation and notification"),
    ("fault", "Handling of faults"),
    ("complaint", "Complaints"),
    ("target", "Service targets"),
    ("key_system", "Important and critical systems"),
    ("workload", "Workload limits"),
    ("division", "Division of work"),
    ("report", "Service reports and reviews"),
    ("security", "Responsibility for security"),
    ("financial", "Financial terms"),
    ("process", "Processes used"),
    ("housekeeping", "Housekeeping"),
    ("exception", "Exceptions"),
    ("availability_review", "Initial availability review"),
    ("other", "Further agreements"),
]


class ItsmAgreementClause(models.Model):
    """What an agreement says in words under one of its headings (SLM-05).

    Clauses of no agreement are standard clauses: agreements that are made from a
    template get them under the headings about which the template says nothing.
    """

    _name = "itsm.agreement.clause"
    _description = "Clause of an Agreement"
    _inherit = ["itsm.agreement.part.mixin"]
    _part_field = "clause_ids"
    _order = "agreement_id, section_sequence, sequence, id"

    agreement_id = fields.Many2one(
        comodel_name="itsm.agreement",
        index="btree_not_null",
        ondelete="cascade",
        help="Empty: a standard clause that new agreements begin with.",
    )
    kind = fields.Selection(
        selection=[("sla", "SLA"), ("ola", "OLA"), ("uc", "UC")],
        string="For",
        compute="_compute_kind",
        store=True,
        readonly=False,
        required=True,
        precompute=True,
        help="The kind of agreement that a standard clause is for.",
    )
    section = fields.Selection(selection=SECTIONS, string="Heading", required=True)
    section_sequence = fields.Integer(
        compute="_compute_section_sequence", store=True, precompute=True
    )
    sequence = fields.Integer(default=10)
    name = fields.Char(
        string="Title",
        translate=True,
        help="Printed in bold before the text; may be empty.",
    )
    body = fields.Html(string="Text", translate=True)
    active = fields.Boolean(default=True)

    # === Computes ===

    @api.depends("agreement_id.kind")
    def _compute_kind(self):
        for clause in self:
            clause.kind = clause.agreement_id.kind or clause.kind or "sla"

    @api.depends("section")
    def _compute_section_sequence(self):
        order = [code for code, _label in SECTIONS]
        for clause in self:
            clause.section_sequence = (
                order.index(clause.section) if clause.section else 0
            )

    @api.depends("section", "name")
    @api.depends_context("lang")
    def _compute_display_name(self):
        labels = dict(self._fields["section"]._description_selection(self.env))
        for clause in self:
            parts = [labels.get(clause.section), clause.name]
            clause.display_name = ": ".join(part for part in parts if part)

    # === Constraints ===

    @api.constrains("body", "section")
    def _check_body(self):
        for clause in self:
            if is_html_empty(clause.body):
                raise ValidationError(
                    self.env._(
                        "Text: write down what is agreed under “%(heading)s”, or "
                        "remove the clause.",
                        heading=clause.display_name,
                    )
                )
