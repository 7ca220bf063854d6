# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models


class ItsmQuestionOption(models.Model):
    """One of the answers that a question offers."""

    _name = "itsm.question.option"
    _description = "Option of a Question"
    _order = "question_id, sequence, id"

    question_id = fields.Many2one(
        comodel_name="itsm.question",
        required=True,
        index=True,
        ondelete="cascade",
    )
    sequence = fields.Integer(default=10)
    name = fields.Char(string="Option", required=True, translate=True)
    code = fields.Char(
        help="What is kept with an answer; given by itself if left empty."
    )

    _code_uniq = models.UniqueIndex(
        "(question_id, code)",
        "Two options of the question have this code. Choose a different code.",
    )

    # === CRUD ===

    @api.model_create_multi
    def create(self, vals_list):
        self._give_codes(vals_list)
        options = super().create(vals_list)
        options.question_id._approval_check_parent()
        return options

    def write(self, vals):
        self.check_access("write")  # before a refusal that names the service
        self.question_id._approval_check_parent()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_locked(self):
        self.question_id._approval_check_parent()

    def _give_codes(self, vals_list):
        """Fill in the codes that were left empty: 1, 2, …"""
        questions = {vals.get("question_id") for vals in vals_list} - {None, False}
        # sudo: codes are taken, whoever may read the options
        taken = {
            (option.question_id.id, option.code)
            for option in self.sudo().search_fetch(
                [("question_id", "in", list(questions))], ["question_id", "code"]
            )
        }
        taken |= {(vals.get("question_id"), vals.get("code")) for vals in vals_list}
        for vals in vals_list:
            question, number = vals.get("question_id"), 1
            if vals.get("code"):
                continue
            while (question, str(number)) in taken:
                number += 1
            vals["code"] = str(number)
            taken.add((question, vals["code"]))
