# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import hashlib
import re

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools.period import Period, local_date
from .itsm_document_kind import CONFIDENTIALITY

#: What follows the name of the kind in a title that the system made.
DEFAULT_PERIOD = re.compile(r"( \d{4}([- ][QHW]?\d{1,2})?(-\d{2})?)?")
#: A title of one line.
LONGEST_TITLE = 200


class ItsmDocument(models.Model):
    """An issued document: filled, approved, printed once and kept (REP-29, MS-36).

    The figures are frozen when they are filled in (`content`), the file when the
    document becomes valid (`file`, with its checksum); printing it again gives the same
    file. A new version takes the place of the old one on its effective date.

    What a document is filled from is a method ``_content_<source>()`` that returns what
    its template prints, as JSON, in the language of the document; addons add theirs
    together with a value of ``itsm.document.kind.source``.
    """

    _name = "itsm.document"
    _description = "Document"
    _inherit = ["itsm.approval.mixin"]
    _order = "period_start desc, number desc, version desc, id desc"
    _rec_names_search = ["number", "name"]
    _check_company_auto = True

    _state_from = ["draft", "in_approval"]
    _state_to = ["approved"]
    _cancel_state = "withdrawn"

    kind_id = fields.Many2one(
        comodel_name="itsm.document.kind",
        required=True,
        index=True,
        ondelete="restrict",
        tracking=True,
    )
    number = fields.Char(readonly=True, copy=False, index=True)
    version = fields.Integer(readonly=True, default=1, copy=False, aggregator=None)
    name = fields.Char(
        string="Title",
        compute="_compute_name",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        tracking=True,
    )
    state = fields.Selection(
        selection=[
            ("draft", "Draft"),
            ("in_approval", "In approval"),
            ("approved", "Approved"),
            ("withdrawn", "Withdrawn"),
        ],
        required=True,
        default="draft",
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    period = fields.Selection(related="kind_id.period", string="Kind of Period")
    period_start = fields.Date(
        string="From",
        compute="_compute_period_start",
        store=True,
        readonly=False,
        precompute=True,
        index=True,
        tracking=True,
        help="Any day of the period may be entered.",
    )
    period_end = fields.Date(string="To", compute="_compute_period_end", store=True)
    period_label = fields.Char(string="Period", compute="_compute_period_label")
    lang = fields.Selection(
        selection="_selection_lang",
        string="Language",
        compute="_compute_lang",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        tracking=True,
    )
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="For",
        index="btree_not_null",
        check_company=True,
        ondelete="restrict",
        tracking=True,
        help="Who receives the document, if it is made for somebody.",
    )
    res_model = fields.Char(string="Model of the Subject", readonly=True)
    res_id = fields.Many2oneReference(
        string="Subject", model_field="res_model", readonly=True, index="btree_not_null"
    )
    confidentiality = fields.Selection(
        selection=CONFIDENTIALITY,
        compute="_compute_confidentiality",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        tracking=True,
        help="Agents read public and internal documents only.",
    )
    effective_date = fields.Date(
        copy=False,
        tracking=True,
        help="From this day on the document is valid and the version before it is "
        "withdrawn. Empty: the day of its approval.",
    )
    body = fields.Html(
        string="Text",
        compute="_compute_body",
        store=True,
        readonly=False,
        precompute=True,
        help="Printed before the figures: summary, conclusions, decisions.",
    )
    content = fields.Json(readonly=True, copy=False)
    is_filled = fields.Boolean(compute="_compute_is_filled")
    prepared_by_id = fields.Many2one(
        comodel_name="res.users",
        string="Prepared by",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )
    prepared_at = fields.Datetime(string="Prepared", readonly=True, copy=False)
    approved_at = fields.Datetime(string="Approved", readonly=True, copy=False)
    withdrawn_on = fields.Date(string="Withdrawn", readonly=True, copy=False)
    previous_id = fields.Many2one(
        comodel_name="itsm.document",
        string="Version Before",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )
    next_ids = fields.One2many(
        comodel_name="itsm.document",
        inverse_name="previous_id",
        string="Version After",
    )
    file = fields.Binary(
        string="Issued File", attachment=True, readonly=True, copy=False
    )
    file_name = fields.Char(compute="_compute_file_name")
    sha256 = fields.Char(
        string="Checksum",
        readonly=True,
        copy=False,
        help="SHA-256 of the file when it was issued.",
    )
    file_state = fields.Selection(
        selection=[
            ("none", "No file"),
            ("intact", "As issued"),
            ("changed", "Changed after it was issued"),
        ],
        string="File",
        compute="_compute_file_state",
    )
    active = fields.Boolean(default=True)

    _number_uniq = models.UniqueIndex(
        "(company_id, number, version)", "This version of the document exists already."
    )
    _next_uniq = models.UniqueIndex(
        "(previous_id) WHERE previous_id IS NOT NULL",
        "There is a newer version of this document already.",
    )

    # === Computes ===

    @api.model
    def _selection_lang(self):
        return self.env["res.lang"].get_installed()

    @api.depends("kind_id", "period_start", "lang")
    def _compute_name(self):
        for document in self:
            if document.kind_id:
                kind = document.kind_id.with_context(lang=document.lang)
                parts = (kind.name, document._period() and document._period().label)
                if not document.name or document._is_default_name():
                    document.name = " ".join(filter(None, parts))
            else:
                document.name = document.name or ""

    def _is_default_name(self):
        """Whether the title is one that the system made: a kind and a period.

        :rtype: bool
        """
        self.ensure_one()
        kinds = self.env["itsm.document.kind"].search_fetch([], ["name"])
        name = self.name.strip()
        return any(
            DEFAULT_PERIOD.fullmatch(name.removeprefix(kind.name))
            for lang, _label in self._selection_lang()
            for kind in kinds.with_context(lang=lang)
            if name.startswith(kind.name)
        )

    @api.depends("kind_id")
    def _compute_period_start(self):
        """The period that ended last; the present one for a year."""
        for document in self:
            kind = document.kind_id.period
            if not kind:
                document.period_start = False
                continue
            day = document.period_start
            if not day:
                present = Period.of(kind, fields.Date.context_today(document))
                day = (present if kind == "year" else present.previous()).start
            document.period_start = Period.of(kind, day).start

    @api.depends("kind_id", "period_start")
    def _compute_period_end(self):
        for document in self:
            period = document._period()
            document.period_end = period.end if period else False

    @api.depends("kind_id", "period_start")
    def _compute_period_label(self):
        for document in self:
            period = document._period()
            document.period_label = period.label if period else False

    @api.depends("partner_id")
    def _compute_lang(self):
        for document in self:
            document.lang = (
                document.partner_id.lang or document.lang or self.env.user.lang
            )

    @api.depends("kind_id")
    def _compute_confidentiality(self):
        for document in self:
            document.confidentiality = (
                document.kind_id.confidentiality or document.confidentiality
            )

    @api.depends("kind_id", "lang")
    def _compute_body(self):
        """The text of the kind, where nobody has written one."""
        for document in self:
            kind = document.kind_id.with_context(lang=document.lang)
            document.body = document.body or kind.body

    @api.depends("content", "prepared_at")
    def _compute_is_filled(self):
        for document in self:
            document.is_filled = bool(document.prepared_at)

    @api.depends("number", "version")
    def _compute_file_name(self):
        for document in self:
            document.file_name = f"{document.number or ''}-V{document.version}.pdf"

    @api.depends("file", "sha256")
    def _compute_file_state(self):
        for document in self:
            if not document.sha256:
                document.file_state = "none"
            else:
                found = hashlib.sha256(document._stored_content()).hexdigest()
                document.file_state = (
                    "intact" if found == document.sha256 else "changed"
                )

    @api.depends("number", "version", "name")
    def _compute_display_name(self):
        for document in self:
            if document.number:
                label = f"{document.number} V{document.version} {document.name or ''}"
                document.display_name = label.strip()
            else:
                document.display_name = document.name or self.env._("New Document")

    def _period(self):
        """The period that the document is about, or None.

        :rtype: Period | None
        """
        self.ensure_one()
        if not (self.kind_id.period and self.period_start):
            return None
        return Period.of(self.kind_id.period, self.period_start)

    # === Constraints ===

    @api.constrains("period_start", "kind_id")
    def _check_period_start(self):
        for document in self:
            if document.kind_id.period and not document.period_start:
                raise ValidationError(
                    self.env._(
                        "%(document)s: enter a day of the period that it is about.",
                        document=document.display_name,
                    )
                )

    @api.constrains("name")
    def _check_name(self):
        for document in self:
            name = (document.name or "").strip()
            if not name or len(name) > LONGEST_TITLE:
                raise ValidationError(
                    self.env._(
                        "%(document)s: enter a Title of 1 to %(limit)s characters.",
                        document=document.number or self.env._("New Document"),
                        limit=LONGEST_TITLE,
                    )
                )

    # === Periods ===

    def _align_period(self):
        """Let the period begin with its first day, whatever day was entered."""
        for document in self:
            period = document._period()
            if period and document.period_start != period.start:
                document.period_start = period.start

    # === Content ===

    def _content_text(self):
        """Nothing but what was written by hand.

        :rtype: dict
        """
        return {}

    # === Time ===

    def _zone(self):
        """The time zone of the company, in which its periods are cut too."""
        self.ensure_one()
        # sudo: a company may be hidden from whoever may read its documents
        return self.env["itsm.kpi"]._kpi_zone(self.company_id.sudo())

    def _today(self):
        """The date of today in the zone of the company."""
        return local_date(self._zone(), fields.Datetime.now())
