# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models

from ..tools.answer import AnswerError


class ItsmService(models.Model):
    """Checking the answers to the questions of a service (CAT-07, REQ).

    What Odoo's *Properties* do not do: every answer is checked against kind, options,
    limits and presence, and nothing that was not asked for is taken.
    """

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.service"

    def _itsm_check_answers(self, values):
        """Check the answers to the questions of one service.

        :param dict values: what was sent, by code of the question: text of a form or a
            value of the kind; for a choice the code of the option; for a file an
            upload of a form or ``{"name": str, "content": bytes}``
        :return: ``(clean, errors)``. *clean* has a dict for each answer that was given
            (yes or no: always) with ``question_id``, ``kind``, ``display`` (text in the
            language of the environment) and one of ``value_char`` (also the code of an
            option), ``value_text``, ``value_integer``, ``value_float``,
            ``value_date``, ``value_boolean``, ``value_file`` (base64, with
            ``value_file_name``). *errors* has a message by code; without any the
            answers can be kept.
        :rtype: tuple[list[dict], dict[str, str]]
        """
        self.ensure_one()
        # sudo: whoever may make the request is asked; questions are no secret to him
        questions = self.sudo().question_ids
        clean, errors = [], {}
        for question in questions:
            try:
                answer = question._read_answer(values.get(question.code))
            except AnswerError as error:
                errors[question.code] = question._answer_message(str(error))
            else:
                if answer:
                    clean.append(answer)
        for code in values.keys() - set(questions.mapped("code")):
            errors[code] = self.env._(
                "“%(code)s” is no question of %(service)s. Reload the form.",
                code=str(code)[:40],
                service=self.sudo().name,  # sudo: see above
            )
        return clean, errors
