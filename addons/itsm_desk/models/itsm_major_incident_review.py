# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import is_html_empty

from odoo.addons.itsm_base.tools import guard

#: States of a meeting that took place.
HELD = ("held", "sent", "closed")
#: Rows of the event log that a timeline shows.
TIMELINE_ROWS = 200
#: What comes first of what happened in the same second.
ROW_ORDER = {"ticket": 0, "step": 1, "communication": 2}


class ItsmMajorIncident(models.Model):
    """Looking back: meeting, cause, lessons, actions, timeline (INC-42)."""

    _inherit = "itsm.major.incident"

    cause = fields.Text(tracking=True, help="Why it happened, as far as it is known.")
    lessons = fields.Text(
        tracking=True, help="What went well, what did not, what is learnt from it."
    )
    meeting_id = fields.Many2one(
        comodel_name="itsm.meeting",
        string="Review Meeting",
        index="btree_not_null",
        check_company=True,
        ondelete="restrict",
        tracking=True,
    )
    no_action_reason = fields.Text(
        string="Why No Action Follows",
        tracking=True,
        help="Needed for the review if no action follows from it.",
    )
    timeline_html = fields.Html(
        string="Timeline", compute="_compute_timeline_html", sanitize=False
    )

    def _compute_timeline_html(self):
        for major in self:
            major.timeline_html = major.id and self.env["ir.qweb"]._render(
                "itsm_desk.itsm_major_timeline",
                {"rows": major._timeline(), "tz": self.env.tz.zone},
            )

    # === Actions ===

    def action_plan_review(self):
        """Plan the review with everybody who worked on it, or open it."""
        self.ensure_one()
        self._check_may_step("declared", "controlled", "restored", "reviewed")
        meeting = self.meeting_id
        if not meeting:
            meeting = self.env["itsm.meeting"].create(self._prepare_review())
            self.meeting_id = meeting
        return {
            "type": "ir.actions.act_window",
            "res_model": "itsm.meeting",
            "res_id": meeting.id,
            "view_mode": "form",
            "views": [(False, "form")],
        }

    def _prepare_review(self):
        """Values of the meeting: tomorrow at this hour, colleagues only."""
        people = self._colleague_partners() | self.env.user.partner_id
        people = people.filtered(lambda partner: not partner.partner_share)
        start = fields.Datetime.add(fields.Datetime.now(), days=1)
        return {
            "name": self.env._("Review: %(major)s", major=self.display_name),
            "kind_id": self.env.ref("itsm_base.itsm_meeting_kind_post_incident").id,
            "company_id": self.company_id.id,
            "start": start.replace(minute=0, second=0),
            "partner_ids": [fields.Command.set(people.ids)],
        }

    def action_review(self):
        """Say that the review was held (INC-42).

        :raise UserError: no meeting took place, it has no minutes, cause or lessons are
            missing, or neither an action nor a reason why none is needed
        """
        self._check_may_step("restored")
        for major in self:
            missing = major._review_missing()
            if missing:
                raise UserError(
                    self.env._(
                        "%(major)s: the review is not complete. %(missing)s",
                        major=major.display_name,
                        missing=" ".join(missing),
                    )
                )
        guard.with_token(self).write(
            {
                "state": "reviewed",
                "reviewed_at": fields.Datetime.now(),
                "reviewed_by_id": self.env.uid,
            }
        )

    def _review_missing(self):
        """What the review still lacks, as sentences."""
        self.ensure_one()
        meeting = self.meeting_id.sudo()  # sudo: its state counts, whoever takes part
        missing = []
        if meeting.state not in HELD:
            missing.append(self.env._("The review meeting was not held."))
        elif is_html_empty(meeting.notes) and not any(
            line.result or line.decision for line in meeting.line_ids
        ):
            missing.append(self.env._("The review meeting has no minutes."))
        if not (self.cause or "").strip():
            missing.append(self.env._("Enter the cause, or that it is not known."))
        if not (self.lessons or "").strip():
            missing.append(self.env._("Enter the lessons."))
        if not self._review_actions() and not (self.no_action_reason or "").strip():
            missing.append(
                self.env._("Write down an action, or enter why none follows.")
            )
        return missing

    def _review_actions(self):
        """Actions of the major incident and of its review, but those given up.

        :rtype: itsm.action
        """
        self.ensure_one()
        # sudo: an action hidden from the user counts all the same
        major_sudo = self.sudo()
        actions = major_sudo.action_ids | major_sudo.meeting_id.action_ids
        return actions.filtered(lambda action: action.state != "cancelled").with_env(
            self.env
        )

    def action_create_report(self):
        """Open the review report (D20), or make it.

        :return: an action with the document
        """
        self.ensure_one()
        self.check_access("read")
        self._check_reportable()
        documents = self.env["itsm.document"]
        kind = self.env.ref("itsm_desk.itsm_document_kind_d20_review")
        report = documents.search(
            [
                ("kind_id", "=", kind.id),
                ("res_model", "=", self._name),
                ("res_id", "=", self.id),
            ],
            order="version desc",
            limit=1,
        )
        if not report:
            report = documents.create(
                {
                    "kind_id": kind.id,
                    "name": f"{kind.name}: {self.display_name}",
                    "company_id": self.company_id.id,
                    "res_model": self._name,
                    "res_id": self.id,
                }
            )
            report.action_fill()
        return {
            "type": "ir.actions.act_window",
            "res_model": "itsm.document",
            "res_id": report.id,
            "view_mode": "form",
            "views": [(False, "form")],
        }

    def _check_reportable(self):
        """Refuse to print what is restricted: every agent reads the report.

        :raise UserError: naming it
        """
        self.ensure_one()
        if self._is_restricted():
            raise UserError(
                self.env._(
                    "%(major)s: its ticket is restricted, and a report would be read "
                    "by everybody at the desk. The minutes of the review stand for it.",
                    major=self.display_name,
                )
            )

    # === Timeline ===

    def _timeline(self):
        """What happened, in order: steps, communications, the parent ticket's log.

        :return: list of ``time`` (naive UTC), ``what``, ``who``, ``kind`` (step,
            communication, ticket)
        :rtype: list[dict]
        """
        self.ensure_one()
        self.check_access("read")
        major = self.sudo()  # sudo: names of people and states for every reader
        rows = [
            {"time": time, "what": what, "who": who or "", "kind": "step"}
            for time, what, who in major._timeline_steps()
            if time
        ]
        audience = dict(
            major.communication_ids._fields["audience"]._description_selection(self.env)
        )
        rows += [
            {
                "time": entry.time,
                "what": self.env._(
                    "Told %(audience)s: %(subject)s",
                    audience=audience[entry.audience].lower(),
                    subject=entry.subject,
                )
                + (self.env._(" (late)") if entry.is_late else ""),
                "who": entry.user_id.name,
                "kind": "communication",
            }
            for entry in major.communication_ids
        ]
        labels = dict(
            self.env["itsm.ticket.event"]
            ._fields["what"]
            ._description_selection(self.env)
        )
        events = self.env["itsm.ticket.event"].sudo()  # sudo: as above
        rows += [
            {
                "time": event.time,
                "what": f"{labels[event.what]}: {event.value}",
                "who": event.user_id.name or "",
                "kind": "ticket",
            }
            for event in events.search(
                [("ticket_id", "=", major.ticket_id.id)], limit=TIMELINE_ROWS
            )
        ]
        return sorted(rows, key=lambda row: (row["time"], ROW_ORDER[row["kind"]]))

    def _timeline_steps(self):
        """Steps as ``(time, what, who)``; times may be empty."""
        env = self.env
        proposer = self.proposed_by_id.name or env._("by a criterion")
        ended = env._("Refused") if self.state == "refused" else env._("Closed")
        return [
            (self.proposed_at, env._("Major incident proposed"), proposer),
            (
                self.declared_at,
                env._("Declared; management informed"),
                self.declared_by_id.name,
            ),
            (self.controlled_at, env._("Under control"), self.manager_id.name),
            (
                self.plan_invoked_at,
                env._(
                    "Emergency plan invoked: %(plan)s", plan=self.plan_id.display_name
                ),
                self.plan_invoked_by_id.name,
            ),
            (self.restored_at, env._("Service restored"), self.manager_id.name),
            (self.reviewed_at, env._("Reviewed"), self.reviewed_by_id.name),
            (self.closed_at, ended, self.ended_by_id.name),
        ]
