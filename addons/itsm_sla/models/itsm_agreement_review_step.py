# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import datetime, time

import pytz
from markupsafe import Markup

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from odoo.addons.itsm_base.tools import guard

from .itsm_agreement_review import AHEAD

#: What the state of the meeting makes of the review.
FOLLOWS = {
    "planned": "scheduled",
    "invited": "scheduled",
    "held": "held",
    "sent": "minuted",
    "closed": "minuted",
}
#: Hour of the proposed beginning, in the agreement's time zone.
BEGINS = time(10)


class ItsmAgreementReview(models.Model):
    """The steps of a review; between planning and closing they are the meeting's."""

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.agreement.review"

    # === Actions ===

    def action_plan_meeting(self):
        """Make the meeting, with what the figures say on its agenda, and open it.

        :return: action with the meeting
        :raise UserError: nobody but the leader takes part
        """
        self.ensure_one()
        self._check_step("planned")
        if not self.partner_ids - self.owner_id.partner_id:
            raise UserError(
                self.env._(
                    "%(review)s: there is nobody to review it with. Add participants, "
                    "or enter on the agreement who takes part in its reviews.",
                    review=self.display_name,
                )
            )
        self._read_figures()
        meetings = guard.with_token(self.env["itsm.meeting"])
        meeting = meetings.create(self._prepare_meeting()).with_env(self.env)
        self._set_step({"meeting_id": meeting.id, "state": "scheduled"})
        meeting.action_propose_agenda()
        self._plan_activities().unlink()
        return self.action_open_meeting()

    def action_open_meeting(self):
        """Open the meeting of the review."""
        self.ensure_one()
        return self.meeting_id.get_formview_action()

    def action_read_figures(self):
        """Read the figures of the period again; until the minutes are sent."""
        self._check_step("planned", "scheduled", "held")
        self._read_figures()

    def action_close(self):
        """Close reviews whose minutes were sent and whose reviewer was asked.

        :raise UserError: naming what is missing
        """
        self._check_step("minuted")
        for review in self:
            if not (review.satisfaction and review.satisfaction_by_id):
                raise UserError(
                    self.env._(
                        "%(review)s: enter how satisfied the reviewer is with "
                        "performance against the agreement, and who said so.",
                        review=review.display_name,
                    )
                )
        self._set_step(
            {
                "state": "closed",
                "closed_by_id": self.env.uid,
                "closed_at": fields.Datetime.now(),
            }
        )

    def action_cancel(self):
        """Call planned reviews off; the agreement becomes overdue without them."""
        self._check_step(*AHEAD)
        meetings = self.meeting_id.filtered(
            lambda meeting: meeting.state in ("planned", "invited")
        )
        self._set_step({"state": "cancelled", "meeting_id": False})
        meetings.action_cancel()
        self._plan_activities().unlink()

    def action_plan_again(self):
        """Plan reviews again that were called off."""
        self._check_step("cancelled")
        self._set_step({"state": "planned"})
        self._schedule_plan()

    def action_improve(self):
        """Return the form of a new service improvement plan that follows from it."""
        self.ensure_one()
        self.check_access("read")
        return self.agreement_id._improvement_form({"default_review_id": self.id})

    # === Business methods ===

    def _prepare_meeting(self):
        """Values of the meeting; when is for the participants to agree."""
        self.ensure_one()
        zone = pytz.timezone(self.agreement_id.tz or "UTC")
        local = datetime.combine(self.planned_on, BEGINS)
        start = zone.localize(local, is_dst=False).astimezone(pytz.utc)
        before = self._before().meeting_id
        # sudo: the shipped kind, whoever plans
        kind = self.env.ref("itsm_base.itsm_meeting_kind_service_review").sudo()
        lang = self.env.lang
        return {
            "name": self.env._(
                "Review: %(agreement)s", agreement=self.agreement_id.display_name
            ),
            "kind_id": kind.id,
            "company_id": self.company_id.id,
            "organizer_id": self.owner_id.id,
            "start": start.replace(tzinfo=None),
            "partner_ids": [
                Command.set(
                    (
                        self.partner_ids
                        | self.owner_id.partner_id
                        | self.env.user.partner_id
                    ).ids
                )
            ],
            "line_ids": [
                Command.create(
                    {
                        "sequence": topic.sequence,
                        "name": topic.with_context(lang=lang).name,
                        "minutes": topic.minutes,
                        "key": f"{topic._name},{topic.id}",
                    }
                )
                for topic in kind.topic_ids
            ],
            "notes": self._meeting_notes(before),
            "previous_id": before.id,
        }

    def _meeting_notes(self, before):
        """What the agreement says about its reviews.

        :param before: ``itsm.meeting`` of the last review, possibly none
        """
        agreement = self.agreement_id
        parts = []
        if agreement.review_input:
            parts.append(
                self.env._("To bring along: %(what)s", what=agreement.review_input)
            )
        if agreement.review_output:
            parts.append(
                self.env._("To come out of it: %(what)s", what=agreement.review_output)
            )
        if before:
            parts.append(
                self.env._("Last review: %(meeting)s", meeting=before.sudo().name)
                # sudo: its name; who may not read it sees no more
            )
        return Markup("").join(Markup("<p>%s</p>") % part for part in parts)

    def _follow_meeting(self):
        """Take over what became of the meeting; called when its state changes."""
        reviews = guard.with_token(self.sudo())  # sudo: whoever moved the meeting
        for review in reviews:
            meeting = review.meeting_id
            if meeting.state == "cancelled":
                review.write({"state": "planned", "meeting_id": False})
                review._schedule_plan()
                continue
            state = FOLLOWS[meeting.state]
            vals = {"state": state}
            if state in ("held", "minuted"):
                vals["held_on"] = meeting._minutes_date()
                if review.state in AHEAD:
                    review._read_figures()
            else:
                vals["held_on"] = False
            if review.state == "closed":
                # Corrected minutes: closed again when they are sent.
                vals.update(closed_by_id=False, closed_at=False)
            review.write(vals)
            if state == "minuted":
                review._finish_duties()

    def _finish_duties(self):
        """The yearly review that the duty asks for has been held (SLM-42)."""
        definition = self.env.ref(
            "itsm_sla.itsm_duty_definition_agreement_review", raise_if_not_found=False
        )
        if not definition:
            return
        duties = self.env["itsm.duty"].sudo()  # sudo: of whoever is responsible
        for review in self:
            open_duties = duties.search(
                [
                    ("definition_id", "=", definition.id),
                    ("company_id", "=", review.company_id.id),
                    ("res_model", "=", "itsm.agreement"),
                    ("res_id", "in", review.agreement_id._versions().ids),
                    ("state", "=", "open"),
                    ("work_start", "<=", review.held_on),
                ]
            )
            open_duties._done(fields.Datetime.now(), evidence=review)

    def _set_step(self, vals):
        guard.with_token(self).write(vals)

    # === Who is told ===

    def _plan_activities(self):
        activities = self.env["mail.activity"].sudo()  # sudo: the system's own
        return activities.search(
            [
                ("res_model", "=", self._name),
                ("res_id", "in", self.ids),
                ("automated", "=", True),
            ]
        )

    def _schedule_plan(self):
        """Remind who leads planned reviews, on the day; one batch, no mails."""
        planned = self.filtered(lambda review: review.state == "planned")
        if not planned or self.env.context.get("mail_activity_automation_skip"):
            return
        planned._plan_activities().unlink()
        todo = self.env.ref("mail.mail_activity_data_todo")
        model_id = self.env["ir.model"]._get_id(self._name)
        activities = self.env["mail.activity"].sudo()  # sudo: planned for others
        activities.with_context(mail_activity_quick_update=True).create(
            [
                {
                    "activity_type_id": todo.id,
                    "res_model_id": model_id,
                    "res_id": review.id,
                    "user_id": review.owner_id.id,
                    "date_deadline": review.planned_on,
                    "summary": review.with_context(
                        lang=review.owner_id.lang or self.env.lang
                    ).display_name,
                    "automated": True,
                }
                for review in planned
            ]
        )
