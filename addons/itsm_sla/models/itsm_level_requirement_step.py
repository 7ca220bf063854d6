# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import is_html_empty

from odoo.addons.itsm_base.tools import guard


class ItsmLevelRequirement(models.Model):
    """The steps of a service level requirement (SLM-29, SLM-33)."""

    _inherit = "itsm.level.requirement"

    def action_analyse(self):
        """Say that the requirements were analysed.

        :raise UserError: naming what is missing
        """
        self._check_step("collected")
        for requirement in self:
            requirement._check_complete(["need", "analysis"])
        self._set_step(
            {
                "state": "analysed",
                "analysed_by_id": self.env.uid,
                "analysed_at": fields.Datetime.now(),
            }
        )

    def action_baseline(self):
        """Freeze the requirements: a baseline of each is kept for good.

        :raise UserError: naming what is missing
        """
        self._check_step("analysed")
        for requirement in self:
            requirement._check_complete(["need", "analysis"])
            requirement._check_feasible()
        self.env["itsm.level.requirement.baseline"]._take(self)
        self._set_step({"state": "baselined"})

    def action_analyse_again(self):
        """Open requirements again because needs changed; baselines stay.

        :raise UserError: if an agreement was made from one and is not in force
        """
        self._check_step("baselined", "rejected")
        self._check_no_draft()
        self._set_step(
            {
                "state": "analysed",
                "decided_by_id": False,
                "decided_at": False,
                # Another one is made of what is baselined next.
                "agreement_id": False,
            }
        )

    def action_reject(self):
        """Decide that the requirements are not met.

        :raise UserError: if the reason is missing, or a draft was made from one
        """
        self._check_step("collected", "analysed", "baselined")
        self._check_no_draft()
        for requirement in self:
            requirement._check_complete(["reject_reason"])
        self._decide("rejected")

    def action_make_agreement(self):
        """Make a draft agreement of what was found feasible, and open it.

        :return: action that opens the draft
        :raise UserError: if the template or a service is missing
        """
        self.ensure_one()
        self._check_step("baselined")
        if not self.agreement_id:
            self._check_complete(["template_id", "service_ids"])
            self.template_id.check_access("read")
            agreement = self.template_id.copy(self._prepare_agreement())
            self._set_step({"agreement_id": agreement.id})
            agreement.message_post(
                body=self.env._(
                    "Made from the service level requirement %(requirement)s.",
                    requirement=self.display_name,
                )
            )
        return self.agreement_id._action_form()

    def _prepare_agreement(self):
        """Values of the draft that differ from the template's."""
        self.ensure_one()
        calendar = self.calendar_id or self.template_id.calendar_id
        vals = {
            "name": self.name,
            "is_template": False,
            "company_id": self.company_id.id,
            "partner_id": self.partner_id.id,
            "service_ids": [Command.set(self.service_ids.ids)],
            "owner_id": self.owner_id.id,
            "calendar_id": calendar.id,
            "tz": self.calendar_id.tz or self.env.user.tz or self.template_id.tz,
            "date_start": fields.Date.context_today(self),
            "date_end": False,
            "availability_ids": self._prepare_availability(),
        }
        if self.target_ids:
            vals["target_ids"] = [
                Command.create(target._prepare_target()) for target in self.target_ids
            ]
            # The template says its own times in words.
            vals["clauses"] = False
        return vals

    def _prepare_availability(self):
        """Commands: what is feasible for each service, else what the template says."""
        lines = self.template_id.availability_ids
        if not self.availability_feasible:
            lines = lines.filtered(
                lambda line: self.service_ids._chain_covers(line.service_id)
            )
            return [Command.create(vals) for vals in lines.copy_data()]
        own = {line.service_id: line.copy_data()[0] for line in lines}
        return [
            Command.create(
                {
                    **own.get(service, {"service_id": service.id}),
                    "has_target": True,
                    "target": self.availability_feasible,
                }
            )
            for service in self.service_ids
        ]

    def _agreement_in_force(self):
        """The agreements made from these requirements are in force: agreed."""
        waiting = self.filtered(lambda requirement: requirement.state == "baselined")
        if waiting:
            waiting._decide("agreed")

    def _decide(self, state):
        self._set_step(
            {
                "state": state,
                "decided_by_id": self.env.uid,
                "decided_at": fields.Datetime.now(),
            }
        )

    def _set_step(self, vals):
        guard.with_token(self).write(vals)

    def _number(self):
        sequence = self.env["ir.sequence"]
        for requirement in self:
            code = sequence.next_by_code("itsm.level.requirement")
            guard.with_token(requirement).code = code

    # === What is missing ===

    def _check_no_draft(self):
        """Refuse a step behind a draft that was made from the requirements.

        :raise UserError: naming the draft
        """
        for requirement in self:
            if requirement.agreement_id.state == "draft":
                raise UserError(
                    self.env._(
                        "%(requirement)s: %(agreement)s was made from it and is still "
                        "a draft. Delete the draft first, or activate it.",
                        requirement=requirement.display_name,
                        agreement=requirement.agreement_id.display_name,
                    )
                )

    def _check_complete(self, names):
        """Refuse a step while a field is empty.

        :raise UserError: naming the empty fields
        """
        self.ensure_one()
        missing = [
            self._fields[name]._description_string(self.env)
            for name in names
            if self._is_empty(name)
        ]
        if missing:
            raise UserError(
                self.env._(
                    "%(requirement)s: fill in %(fields)s first.",
                    requirement=self.display_name,
                    fields=", ".join(missing),
                )
            )

    def _is_empty(self, name):
        value = self[name]
        if self._fields[name].type == "html":
            return is_html_empty(value)
        return not (value.strip() if isinstance(value, str) else value)

    def _check_feasible(self):
        """Refuse a baseline that says of nothing what can be promised.

        :raise UserError: naming the first time without a feasible one
        """
        self.ensure_one()
        if not (self.target_ids or self.availability_wished):
            raise UserError(
                self.env._(
                    "%(requirement)s: enter at least one time or an availability; "
                    "nothing else can be measured.",
                    requirement=self.display_name,
                )
            )
        for target in self.target_ids:
            if not target.feasible_minutes:
                raise UserError(
                    self.env._(
                        "%(requirement)s, %(target)s: enter the time that is feasible.",
                        requirement=self.display_name,
                        target=target.display_name,
                    )
                )
        if self.availability_wished and not self.availability_feasible:
            raise UserError(
                self.env._(
                    "%(requirement)s: enter the availability that is feasible.",
                    requirement=self.display_name,
                )
            )
