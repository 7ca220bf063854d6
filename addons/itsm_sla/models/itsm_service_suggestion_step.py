# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from odoo import fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tools import plaintext2html

from odoo.addons.itsm_base.tools import guard

#: Days until an improvement is to be done, unless another day is entered there.
DAYS = 30
SOURCES = {"portal": "customer", "sales": "sales", "internal": "customer"}


class ItsmServiceSuggestion(models.Model):
    """What becomes of a suggestion (SLM-32, SLM-33)."""

    _inherit = "itsm.service.suggestion"

    def action_make_requirement(self):
        """Collect a service level requirement of each suggestion.

        :return: an action that opens it, for one suggestion
        """
        self._check_look("new")
        requirements = self.env["itsm.level.requirement"].create(
            [suggestion._prepare_requirement() for suggestion in self]
        )
        for suggestion, requirement in zip(self, requirements, strict=True):
            suggestion._answered("requirement", requirement_id=requirement.id)
        self._tell()
        return requirements.get_formview_action() if len(self) == 1 else True

    def _prepare_requirement(self):
        """Values of the requirement, in the words of who suggested it."""
        self.ensure_one()
        contact = self.partner_id
        customer = self.commercial_partner_id
        return {
            "name": self.name,
            "partner_id": customer.id,
            "contact_id": contact.id if contact != customer else False,
            "source": SOURCES.get(self.source, "customer"),
            "company_id": self.company_id.id,
            "owner_id": (self.owner_id or self.env.user).id,
            "service_ids": [Command.set(self.service_id.ids)],
            "need": plaintext2html(self.description),
        }

    def action_make_improvement(self):
        """Make an improvement action of each suggestion.

        :return: an action that opens it, for one suggestion
        """
        self._check_look("new")
        today = fields.Date.context_today(self)
        actions = self.env["itsm.action"].create(
            [
                {
                    "name": suggestion.name,
                    "kind": "improvement",
                    "description": plaintext2html(suggestion.description),
                    "res_model": suggestion._name,
                    "res_id": suggestion.id,
                    "owner_id": (suggestion.owner_id or self.env.user).id,
                    "due_date": today + timedelta(days=DAYS),
                    "company_id": suggestion.company_id.id,
                }
                for suggestion in self
            ]
        )
        for suggestion, action in zip(self, actions, strict=True):
            suggestion._answered("action", action_id=action.id)
        self._tell()
        return actions.get_formview_action() if len(self) == 1 else True

    def action_answer(self):
        """Answer suggestions of which nothing more becomes.

        :raise UserError: the answer is missing
        """
        self._close("answered")

    def action_decline(self):
        """Decline suggestions, with the reason.

        :raise UserError: the reason is missing
        """
        self._close("declined")

    def action_look_again(self):
        """Look again at suggestions that were answered or declined."""
        self._check_look("answered", "declined")
        guard.with_token(self).write(
            {"state": "new", "answered_by_id": False, "answered_at": False}
        )

    def action_view_requirement(self):
        """Open the requirement that was made of this suggestion."""
        self.ensure_one()
        return self.requirement_id.get_formview_action()

    # === Their parts ===

    def _check_look(self, *states):
        """Refuse a step where it does not apply, or to who does not look at them.

        :raise AccessError: the user is neither desk lead nor service level manager
        :raise UserError: naming the first to which it does not apply
        """
        if not self._may_look():
            raise AccessError(
                self.env._(
                    "Suggestions are looked at by a desk lead or service level manager."
                )
            )
        self._check_step(*states)

    def _close(self, state):
        self._check_look("new")
        for suggestion in self:
            if not (suggestion.answer or "").strip():
                raise UserError(
                    self.env._(
                        "%(suggestion)s: enter the answer first; the one who suggested "
                        "it reads it.",
                        suggestion=suggestion.display_name,
                    )
                )
        for suggestion in self:
            suggestion._answered(state)
        self._tell()

    def _answered(self, state, **more):
        guard.with_token(self).write(
            {
                "state": state,
                "answered_by_id": self.env.uid,
                "answered_at": fields.Datetime.now(),
                **more,
            }
        )

    def _tell(self):
        self.env["itsm.notification.event"]._notify("suggestion_answered", self)
