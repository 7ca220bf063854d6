# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import re

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..tools.answer import FILE_MEGABYTES, LIMITED, LONGEST

#: What a question is known by in forms, imports and remote calls.
CODE = re.compile(r"[a-z][a-z0-9_]{0,39}")
#: How far from the day of the request the limits of a date may lie.
DAYS = 36500
#: What an answer is read by: fixed once there are answers.
FIXED_FIELDS = ("service_id", "code", "kind")


class ItsmQuestion(models.Model):
    """A question that a request for a service or an offering has to answer (CAT-07).

    Answers are checked by `itsm.service._itsm_check_answers`, whoever sends them.
    """

    _name = "itsm.question"
    _description = "Question of a Service"
    _inherit = ["itsm.approval.line.mixin", "itsm.archive.mixin"]
    _order = "service_id, sequence, id"
    _approval_parent = "service_id"

    service_id = fields.Many2one(
        comodel_name="itsm.service",
        required=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="service_id.company_id")
    sequence = fields.Integer(default=10)
    name = fields.Char(string="Question", required=True, translate=True)
    code = fields.Char(
        copy=True,
        help="Small letters, digits and underscores; given by itself if left empty.",
    )
    kind = fields.Selection(
        selection=[
            ("char", "One line"),
            ("text", "Several lines"),
            ("integer", "Whole number"),
            ("float", "Number"),
            ("date", "Date"),
            ("boolean", "Yes or no"),
            ("selection", "Choice"),
            ("file", "File"),
        ],
        string="Answer",
        required=True,
        default="char",
    )
    required = fields.Boolean(help="Yes or no: has to be a yes, as for consent.")
    help = fields.Text(
        string="Explanation", translate=True, help="Shown below the question."
    )
    option_ids = fields.One2many(
        comodel_name="itsm.question.option",
        inverse_name="question_id",
        string="Options",
        copy=True,
    )
    has_minimum = fields.Boolean(string="At Least")
    minimum = fields.Float(
        digits=(16, 4),
        help="Numbers: the smallest. Text: the fewest characters. Date: days from the "
        "day of the request, for example 1 for tomorrow.",
    )
    has_maximum = fields.Boolean(string="At Most")
    maximum = fields.Float(
        digits=(16, 4),
        help="Numbers: the largest. Text: the most characters. Date: days from the "
        "day of the request. File: megabytes.",
    )
    active = fields.Boolean(default=True)

    _code_uniq = models.UniqueIndex(
        "(service_id, code)",
        "Two questions of the service have this code. Choose a different code.",
    )

    # === Constraints ===

    @api.constrains("code")
    def _check_code(self):
        for question in self:
            if not CODE.fullmatch(question.code or ""):
                raise ValidationError(
                    self.env._(
                        "Code of the question “%(question)s”: use up to 40 small "
                        "letters, digits and underscores, and begin with a letter.",
                        question=question.name,
                    )
                )

    @api.constrains("kind", "option_ids")
    def _check_option_ids(self):
        for question in self:
            if question.kind == "selection" and not question.option_ids:
                raise ValidationError(
                    self.env._(
                        "The question “%(question)s” is a choice: enter its options.",
                        question=question.name,
                    )
                )

    @api.constrains("kind", "has_minimum", "minimum", "has_maximum", "maximum")
    def _check_limits(self):
        for question in self:
            limited = question.kind in LIMITED
            if (question.has_minimum and not limited) or (
                question.has_maximum and not limited and question.kind != "file"
            ):
                raise ValidationError(
                    self.env._(
                        "The question “%(question)s” can have no limit: its answer is "
                        "neither a number nor a text, a date or a file.",
                        question=question.name,
                    )
                )
            if (
                question.has_minimum
                and question.has_maximum
                and question.minimum > question.maximum
            ):
                raise ValidationError(
                    self.env._(
                        "The question “%(question)s” cannot be answered: at least "
                        "%(minimum)s is more than at most %(maximum)s.",
                        question=question.name,
                        minimum=f"{question.minimum:g}",
                        maximum=f"{question.maximum:g}",
                    )
                )
            if (
                question.kind == "date"
                and max(abs(question.minimum), abs(question.maximum)) > DAYS
            ):
                raise ValidationError(
                    self.env._(
                        "The question “%(question)s”: a date lies at most %(days)s "
                        "days from the day of the request.",
                        question=question.name,
                        days=DAYS,
                    )
                )
            most = (
                FILE_MEGABYTES
                if question.kind == "file"
                else LONGEST.get(question.kind)
            )
            if most and question.has_maximum and not 0 < question.maximum <= most:
                raise ValidationError(
                    self.env._(
                        "The question “%(question)s”: at most has to be more than 0, "
                        "and %(most)s or less.",
                        question=question.name,
                        most=most,
                    )
                )

    # === CRUD ===

    @api.model_create_multi
    def create(self, vals_list):
        self._give_codes(vals_list)
        return super().create(vals_list)

    def write(self, vals):
        if any(name in vals for name in FIXED_FIELDS):
            self._check_fixed(vals)
        return super().write(vals)

    def _give_codes(self, vals_list):
        """Fill in the codes that were left empty: q1, q2, …"""
        services = {vals.get("service_id") for vals in vals_list} - {None, False}
        # sudo: codes are taken, whoever may read the questions
        questions = self.sudo().with_context(active_test=False)
        taken = {
            (question.service_id.id, question.code)
            for question in questions.search_fetch(
                [("service_id", "in", list(services))], ["service_id", "code"]
            )
        }
        taken |= {(vals.get("service_id"), vals.get("code")) for vals in vals_list}
        for vals in vals_list:
            service, number = vals.get("service_id"), 1
            if vals.get("code"):
                continue
            while (service, f"q{number}") in taken:
                number += 1
            vals["code"] = f"q{number}"
            taken.add((service, vals["code"]))

    def _check_fixed(self, vals):
        """Refuse a change of what answers are read by.

        :raise UserError: one of these questions has answers
        """
        changed = self.filtered(
            lambda question: any(
                name in vals
                and (question[name].id if name == "service_id" else question[name])
                != vals[name]
                for name in FIXED_FIELDS
            )
        )
        # sudo: answers count, whoever may read them
        used = changed.sudo()._archive_kept()
        if used:
            raise UserError(
                self.env._(
                    "The question “%(question)s” has answers, so its service, code and "
                    "kind of answer stay. Archive it and write a new question.",
                    question=used[0].name,
                )
            )

    # === Kept ===

    def _question_content(self):
        """What the question asks, for the version of the service."""
        self.ensure_one()
        return {
            "code": self.code,
            "name": self.name,
            "kind": self.kind,
            "required": self.required,
            "help": self.help or "",
            "minimum": self.minimum if self.has_minimum else None,
            "maximum": self.maximum if self.has_maximum else None,
            "options": [
                {"code": option.code, "name": option.name} for option in self.option_ids
            ],
        }
