# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import html2plaintext


class ItsmDocument(models.Model):
    """The review report of a major incident (D20, INC-42)."""

    _inherit = "itsm.document"

    def _content_major_review(self):
        """Timeline, cause, lessons and actions of a major incident.

        :return: ``head`` (rows of ``name``, ``value``), ``impact``, ``cause``,
            ``lessons``, ``timeline``, ``communications``, ``meeting``, ``actions``,
            ``no_action_reason``
        :rtype: dict
        :raise UserError: the document is not about a major incident
        """
        self.ensure_one()
        majors = self.env["itsm.major.incident"]
        if self.res_model != majors._name:
            raise UserError(
                self.env._(
                    "This document is made from a major incident: open it and press "
                    "“Review Report”."
                )
            )
        major = majors.browse(self.res_id).exists()
        major.check_access("read")
        major._check_reportable()
        return {
            "head": self._major_head(major),
            "impact": major.impact_text or "",
            "cause": major.cause or "",
            "lessons": major.lessons or "",
            "timeline": [
                {**row, "time": str(row["time"])} for row in major._timeline()
            ],
            "communications": self._major_communications(major),
            "meeting": self._major_meeting(major),
            "actions": self._major_actions(major),
            "no_action_reason": major.no_action_reason or "",
        }

    def _major_head(self, major):
        """What it was, who led it, how long it lasted."""
        env = self.env
        sudo = major.sudo()  # sudo: names of people and services for every reader
        begin = sudo.ticket_id._itsm_reported_time()
        hours = ""
        if major.restored_at:
            hours = self._incident_mean((major.restored_at - begin).total_seconds(), 1)
        labels = dict(major._fields["state"]._description_selection(env))
        rows = [
            (env._("Major incident"), major.display_name),
            (env._("Service"), sudo.service_id.display_name),
            (env._("Led by"), sudo.manager_id.name),
            (env._("Why proposed"), major.reason),
            (env._("State"), labels[major.state]),
            (env._("Hours from report to restoration"), hours),
            (env._("Tickets"), str(major.ticket_count)),
            (env._("Customers concerned"), str(len(self._major_customers(sudo)))),
            (
                env._("Management informed"),
                ", ".join(sudo.informed_user_ids.mapped("name")),
            ),
            (env._("Head office"), major.head_text),
            (env._("Units"), major.unit_text),
            (env._("Emergency plan"), sudo.plan_id.display_name),
        ]
        return [{"name": name, "value": value} for name, value in rows if value]

    def _major_customers(self, major_sudo):
        return major_sudo._customer_partners().commercial_partner_id

    def _major_communications(self, major):
        labels = {
            name: dict(
                major.communication_ids._fields[name]._description_selection(self.env)
            )
            for name in ("audience", "channel")
        }
        return [
            {
                "time": str(entry.time),
                "audience": labels["audience"][entry.audience],
                "channel": labels["channel"][entry.channel],
                "subject": entry.subject,
                "late": entry.is_late,
            }
            for entry in major.communication_ids.sorted(lambda row: (row.time, row.id))
        ]

    def _major_meeting(self, major):
        """The review: when, who, what was said; False while there is none."""
        meeting = major.meeting_id.sudo()  # sudo: as _major_head
        if not meeting:
            return False
        present = meeting.partner_ids - meeting.absent_partner_ids
        return {
            "name": meeting.name,
            "start": str(meeting.start),
            "people": ", ".join(present.mapped("name")),
            "notes": html2plaintext(meeting.notes or "").strip(),
            "lines": [
                {
                    "name": line.name,
                    "result": line.result or "",
                    "decision": line.decision or "",
                }
                for line in meeting.line_ids
                if line.result or line.decision
            ],
        }

    def _major_actions(self, major):
        actions = major._review_actions().sudo()  # sudo: as _major_head
        labels = {
            name: dict(actions._fields[name]._description_selection(self.env))
            for name in ("kind", "state")
        }
        return [
            {
                "name": action.name,
                "kind": labels["kind"][action.kind],
                "owner": action.owner_id.name,
                "due": str(action.due_date or ""),
                "state": labels["state"][action.state],
            }
            for action in actions.filtered(lambda action: not action.restricted)
        ]
