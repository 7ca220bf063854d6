# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import base64

from odoo import api, fields, models
from odoo.exceptions import ValidationError

#: Where the answer of a kind is kept; a choice is kept as the code of the option.
COLUMNS = {
    "char": "value_char",
    "text": "value_text",
    "integer": "value_integer",
    "float": "value_float",
    "date": "value_date",
    "boolean": "value_boolean",
    "selection": "value_char",
    "file": "value_file",
}


class ItsmRequestAnswer(models.Model):
    """The answer of a line to a question of its item (REQ-02, CAT-07).

    Checked when the request is submitted; locked with it.
    """

    _name = "itsm.request.answer"
    _description = "Answer in a Service Request"
    _order = "line_id, id"
    _rec_name = "name"

    line_id = fields.Many2one(
        comodel_name="itsm.request.line", required=True, index=True, ondelete="cascade"
    )
    request_id = fields.Many2one(related="line_id.request_id", store=True, index=True)
    company_id = fields.Many2one(related="line_id.company_id", store=True, index=True)
    question_id = fields.Many2one(
        comodel_name="itsm.question", required=True, index=True, ondelete="restrict"
    )
    name = fields.Char(string="Asked", compute="_compute_name", store=True)
    kind = fields.Selection(related="question_id.kind", string="Kind of Answer")
    value_char = fields.Char(string="Text")
    value_text = fields.Text(string="Long Text")
    value_integer = fields.Integer(string="Whole Number", aggregator=None)
    value_float = fields.Float(string="Number", digits=(16, 9), aggregator=None)
    value_date = fields.Date(string="Date")
    value_boolean = fields.Boolean(string="Yes")
    value_file = fields.Binary(string="File")
    value_file_name = fields.Char(string="File Name")
    option_id = fields.Many2one(
        comodel_name="itsm.question.option",
        string="Choice",
        compute="_compute_option_id",
        inverse="_inverse_option_id",
        domain="[('question_id', '=', question_id)]",
    )
    is_given = fields.Boolean(
        string="Answered",
        compute="_compute_is_given",
        store=True,
        readonly=False,
        help="A number of 0 is an answer, too.",
    )
    display = fields.Text(string="Answer", readonly=True)

    _question_uniq = models.UniqueIndex(
        "(line_id, question_id)", "A question is answered once in a line."
    )

    # === Computes ===

    @api.depends("question_id")
    def _compute_name(self):
        # As it was asked.
        for answer in self:
            answer.name = answer.question_id.name

    @api.depends("question_id", "value_char")
    def _compute_option_id(self):
        for answer in self:
            answer.option_id = answer.question_id.option_ids.filtered(
                lambda option, code=answer.value_char: code and option.code == code
            )[:1]

    def _inverse_option_id(self):
        for answer in self:
            answer.value_char = answer.option_id.code

    @api.onchange("option_id")
    def _onchange_option_id(self):
        if self.kind == "selection":
            self.value_char = self.option_id.code

    @api.depends("value_integer", "value_float")
    def _compute_is_given(self):
        for answer in self:
            answer.is_given = bool(
                answer.is_given or answer.value_integer or answer.value_float
            )

    # === Constraints ===

    @api.constrains("question_id", "line_id")
    def _check_question_id(self):
        for answer in self:
            if answer.question_id.service_id != answer.line_id.service_id:
                raise ValidationError(
                    self.env._(
                        "Question: “%(question)s” does not belong to the item of the "
                        "line. Choose the item again.",
                        question=answer.question_id.name,
                    )
                )

    # === CRUD ===

    @api.model_create_multi
    def create(self, vals_list):
        answers = super().create(vals_list)
        answers.line_id._approval_check_parent()
        return answers

    def write(self, vals):
        self.check_access("write")  # before a refusal that names the record
        self.line_id._approval_check_parent()
        result = super().write(vals)
        if "line_id" in vals:
            self.line_id._approval_check_parent()  # not into a locked one
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_locked(self):
        self.line_id._approval_check_parent()

    # === Business methods ===

    def _raw(self):
        """The answer as `itsm.service._itsm_check_answers` reads it."""
        self.ensure_one()
        if self.kind in ("integer", "float") and not self.is_given:
            return None
        if self.kind == "file":
            # The column was checked when the file came; only presence counts now.
            content = self.with_context(bin_size=False).value_file
            return content and {
                "name": self.value_file_name or self.name,
                "content": base64.b64decode(content),
            }
        return self[COLUMNS[self.kind]]
