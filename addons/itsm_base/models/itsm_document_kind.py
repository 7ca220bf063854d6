# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models

CONFIDENTIALITY = [
    ("public", "Public"),
    ("internal", "Internal"),
    ("confidential", "Confidential"),
    ("secret", "Strictly confidential"),
]


class ItsmDocumentKind(models.Model):
    """A kind of document that is issued: what it is about, its numbers, its paper.

    Addons add what a document can be filled from (`source`): a selection value, a
    method ``_content_<source>()`` on ``itsm.document`` and a template, see there.
    """

    _name = "itsm.document.kind"
    _description = "Document Kind"
    _inherit = ["itsm.shared.mixin", "itsm.archive.mixin", "mail.thread"]
    _order = "sequence, code, id"
    _rec_names_search = ["code", "name"]

    code = fields.Char(
        required=True,
        copy=False,
        tracking=True,
        help="Numbers of documents begin with it, for example D40-2026-0001.",
    )
    name = fields.Char(required=True, translate=True, tracking=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True, tracking=True)
    description = fields.Text(
        translate=True, help="What the document is for, shown to those who prepare it."
    )
    body = fields.Html(
        string="Text to Start From",
        translate=True,
        help="New documents begin with it: headings, what is to be said under each.",
    )
    source = fields.Selection(
        selection=[
            ("text", "Text written by hand"),
            ("duty_matrix", "Duties of a year"),
            ("kpi_catalogue", "Definitions of KPIs"),
            ("desk_summary", "Work of the service desk"),
        ],
        string="Filled from",
        required=True,
        default="text",
        tracking=True,
        help="Where the figures of the document come from. A text can be added to any "
        "document.",
    )
    period = fields.Selection(
        selection=[
            ("month", "Month"),
            ("quarter", "Quarter"),
            ("half", "Half-year"),
            ("year", "Year"),
        ],
        tracking=True,
        help="Each document is about one period. Empty: about none.",
    )
    confidentiality = fields.Selection(
        selection=CONFIDENTIALITY,
        required=True,
        default="internal",
        tracking=True,
        help="Of new documents. Agents read public and internal documents only.",
    )
    needs_approval = fields.Boolean(
        default=True,
        tracking=True,
        help="Reviewed and approved by the steps of approval before it is valid. "
        "Otherwise whoever prepares it issues it.",
    )
    report_id = fields.Many2one(
        comodel_name="ir.actions.report",
        required=True,
        index=True,
        domain="[('model', '=', 'itsm.document'), ('itsm_form', '=', True)]",
        ondelete="restrict",
        default=lambda self: self.env.ref(
            "itsm_base.itsm_document_report", raise_if_not_found=False
        ),
    )
    paperformat_id = fields.Many2one(
        comodel_name="report.paperformat",
        string="Paper",
        ondelete="restrict",
        help="Empty: the paper of the report.",
    )
    sequence_id = fields.Many2one(
        comodel_name="ir.sequence",
        string="Numbers",
        company_dependent=True,
        copy=False,
        help="Numbers of the present company. Made with the first document.",
    )

    _code_uniq = models.UniqueIndex(
        "(code)", "Another kind of document has this code. Choose a different code."
    )

    # === Computes ===

    @api.depends("code", "name")
    def _compute_display_name(self):
        for kind in self:
            kind.display_name = f"{kind.code} {kind.name}" if kind.code else kind.name

    # === Business methods ===

    def _archive_references(self):
        return [*super()._archive_references(), ("itsm.document", "kind_id")]

    def _next_number(self, company, day):
        """The next number of this kind in a company.

        :param company: ``res.company``
        :param datetime.date day: numbers begin anew with each year
        :rtype: str
        """
        self.ensure_one()
        # sudo: who prepares documents need not be allowed to configure numbers
        kind_sudo = self.sudo().with_company(company)
        if not kind_sudo.sequence_id:
            kind_sudo.sequence_id = (
                self.env["ir.sequence"]
                .sudo()
                .create(  # sudo: same
                    {
                        "name": f"{self.code} ({company.name})",
                        "prefix": f"{self.code}-%(range_year)s-",
                        "padding": 4,
                        "use_date_range": True,
                        "company_id": company.id,
                    }
                )
            )
        return kind_sudo.sequence_id.next_by_id(sequence_date=day)

    def _body_template(self):
        """The template that prints the content of documents of this kind.

        :rtype: str
        """
        self.ensure_one()
        return f"itsm_base.itsm_document_body_{self.source}"
