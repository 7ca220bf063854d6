# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain

from odoo.addons.itsm_base.tools import guard

#: What each step of the way needs anew once a report is returned to its author.
NOTED = (
    *("written_by_id", "written_at", "reviewed_by_id", "reviewed_at"),
    *("representative_id", "representative_at", "approved_by_id", "approved_at"),
    "abnormal_reason",
)
#: Who stands in where a definition names nobody.
STAND_INS = {
    "author": "itsm_sla.itsm_group_sla_manager",
    "reviewer": "itsm_sla.itsm_group_sla_manager",
    "approver": "itsm_base.itsm_group_manager",
    "representative": "itsm_base.itsm_group_manager",
}


class ItsmServiceReport(models.Model):
    """Written → reviewed → approved → published → archived (REP-11).

    Who writes does not review or approve. An abnormal report is approved only after
    the management representative has seen it. Each step is taken by the people whom
    the definition names; where it names nobody, or the role is vacant, by service level
    managers (writing, reviewing) and managers (approving, representing).
    """

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.service.report"

    can_write = fields.Boolean(compute="_compute_can")
    can_review = fields.Boolean(compute="_compute_can")
    can_represent = fields.Boolean(compute="_compute_can")
    can_approve = fields.Boolean(compute="_compute_can")
    can_return = fields.Boolean(compute="_compute_can")
    can_publish = fields.Boolean(compute="_compute_can")

    @api.depends(
        "definition_id", "state", "is_abnormal", "representative_id", "written_by_id"
    )
    @api.depends_context("uid")
    def _compute_can(self):
        for report in self:
            may = {what: report._may(what) for what in STAND_INS}
            other = report.written_by_id != self.env.user
            open_case = report.is_abnormal and not report.representative_id
            report.can_write = report.state == "draft" and may["author"]
            report.can_review = report.state == "written" and may["reviewer"] and other
            report.can_represent = (
                report.state == "reviewed" and open_case and may["representative"]
            ) and other
            report.can_approve = (
                report.state == "reviewed" and not open_case and may["approver"]
            ) and other
            report.can_return = report.state in (
                "written",
                "reviewed",
                "approved",
            ) and any(may.values())
            report.can_publish = report.state == "approved" and any(may.values())

    # === Who may ===

    def _step_people(self, what):
        """Who takes a step of this report.

        :param str what: a key of `STAND_INS`
        :rtype: res.users
        """
        self.ensure_one()
        if what != "representative":
            # sudo: who is named, whoever asks
            definition = self.definition_id.sudo()
            # A form that was just opened has none yet.
            return definition._people(what) if definition else self.env["res.users"]
        role = self.env.ref("itsm_base.itsm_role_management_representative")
        return role._holders(self.company_id)

    def _may(self, what):
        """Whether the user takes this step, apart from what he did before.

        :rtype: bool
        """
        people = self._step_people(what)
        if people:
            return self.env.user in people
        return self.env.user.has_group(STAND_INS[what])

    def _check_may(self, *steps):
        """Refuse a step to others than its people.

        :raise AccessError: naming who may
        """
        for report in self:
            report.check_access("read")
            if not any(report._may(what) for what in steps):
                people = self.env["res.users"].union(
                    *(report._step_people(what) for what in steps)
                )
                # sudo: names of colleagues
                names = ", ".join(people.sudo().mapped("name"))
                raise AccessError(
                    self.env._(
                        "%(report)s: this step is not yours. Ask %(people)s.",
                        report=report.display_name,
                        people=names or self.env._("a manager of IT services"),
                    )
                )

    def _check_other(self):
        """Refuse that somebody reviews or approves what he wrote.

        :raise AccessError: he wrote it
        """
        own = self.filtered(lambda report: report.written_by_id == self.env.user)
        if own:
            raise AccessError(
                self.env._(
                    "%(report)s was written by you: somebody else reviews and "
                    "approves it.",
                    report=own[0].display_name,
                )
            )

    def _check_state(self, *states):
        """Refuse a step where it does not apply.

        :raise UserError: naming the first report to which it does not apply
        """
        wrong = self.filtered(lambda report: report.state not in states)
        if wrong:
            raise UserError(
                self.env._(
                    "%(report)s is %(state)s: this step does not apply to it.",
                    report=wrong[0].display_name,
                    state=wrong[0]._state_label(),
                )
            )

    def _note(self, vals):
        """Keep a step. Who may take it was checked."""
        # sudo: steps are written by code only
        guard.with_token(self.sudo()).write(vals)

    # === Steps ===

    def action_compute(self):
        """Work the figures of drafts out, again if they were before."""
        self._check_state("draft")
        self._check_may("author")
        self._store_content()

    def action_write(self):
        """Freeze the report: worked out now, and no longer edited (REP-05).

        :raise UserError: it is written already, or has no conclusion
        """
        self._check_state("draft")
        self._check_may("author")
        for report in self:
            if not report.conclusion_ids:
                raise UserError(
                    self.env._(
                        "Conclusions: say what follows from the figures of "
                        "%(report)s, at least that nothing has to be done.",
                        report=report.display_name,
                    )
                )
        self._store_content()
        now = fields.Datetime.now()
        for report in self:
            content = report.sudo().content  # sudo: just worked out
            reasons = content["abnormal"][report._reading_lang()]
            report._note(
                {
                    "state": "written",
                    "first_written_at": report.first_written_at or now,
                    "written_by_id": self.env.uid,
                    "written_at": now,
                    "abnormal_reason": "\n".join(reasons) or False,
                }
            )
        self._after_written()

    def action_review(self):
        """Note that the service level manager has reviewed the report."""
        self._check_state("written")
        self._check_may("reviewer")
        self._check_other()
        self._check_worked_out()
        self._note(
            {
                "state": "reviewed",
                "reviewed_by_id": self.env.uid,
                "reviewed_at": fields.Datetime.now(),
            }
        )

    def action_represent(self):
        """Note that the management representative has seen an abnormal report."""
        self._check_state("reviewed")
        self._check_may("representative")
        self._check_other()
        normal = self.filtered(lambda report: not report.is_abnormal)
        if normal:
            raise UserError(
                self.env._(
                    "%(report)s is not abnormal: it is approved at once.",
                    report=normal[0].display_name,
                )
            )
        self._note(
            {
                "representative_id": self.env.uid,
                "representative_at": fields.Datetime.now(),
            }
        )

    def action_approve(self):
        """Approve reviewed reports; abnormal ones after the representative.

        :raise UserError: the representative has not seen an abnormal report
        """
        self._check_state("reviewed")
        self._check_may("approver")
        self._check_other()
        self._check_worked_out()
        waiting = self.filtered(
            lambda report: report.is_abnormal and not report.representative_id
        )
        if waiting:
            raise UserError(
                self.env._(
                    "%(report)s is abnormal: the management representative has to see "
                    "it first.",
                    report=waiting[0].display_name,
                )
            )
        self._note(
            {
                "state": "approved",
                "approved_by_id": self.env.uid,
                "approved_at": fields.Datetime.now(),
            }
        )

    def _check_publishable(self):
        """Refuse to publish what is not approved, or by others than its people.

        :raise UserError: it is not approved, or published already
        """
        self._check_state("approved")
        self._check_may("author", "reviewer", "approver")
        self._check_worked_out()

    def action_publish(self):
        """Publish approved reports; the revision before goes to the archive.

        :return: a question to confirm, where promises were missed and nobody has said
            why
        :raise UserError: it is not approved, or published already
        """
        self._check_publishable()
        return self._ask_unexplained() or self._publish()

    def _publish(self):
        """Publish these reports; `_check_publishable` was called."""
        self._enforce_explained()
        now = fields.Datetime.now()
        self._note(
            {
                "state": "published",
                "published_by_id": self.env.uid,
                "published_at": now,
            }
        )
        replaced = self.previous_id.filtered(lambda r: r.state == "published")
        replaced._note({"state": "archived", "archived_at": now})
        self._after_published()

    def action_archive_report(self):
        """Put published reports into the archive; they stay readable."""
        self._check_state("published")
        self._check_may("author", "reviewer", "approver")
        self._note({"state": "archived", "archived_at": fields.Datetime.now()})

    def action_return(self):
        """Ask for the reason, then return the report to its author."""
        return self._ask_reason("return")

    def _return(self, reason):
        """Return a report to its author: a draft again, worked out anew when written.

        :param str reason: why; posted on the report
        :raise ValidationError: no reason
        """
        reason = self._checked_reason(reason)
        self._check_state("written", "reviewed", "approved")
        self._check_may(*STAND_INS)
        self._note({"state": "draft", **dict.fromkeys(NOTED, False)})
        for report in self:
            report._message_log(
                body=self.env._("Returned to the author: %(reason)s", reason=reason)
            )

    # === Revisions ===

    def action_revise(self):
        """Ask for the reason, then begin the next revision of a published report."""
        return self._ask_reason("revise")

    def _revise(self, reason):
        """The next revision: a draft with the same period and conclusions.

        What was published stays as it was, and stands until the revision is published.

        :param str reason: what was wrong; kept with the revision
        :return: the revision
        :raise UserError: not published, or corrected already
        :raise ValidationError: no reason
        """
        self.ensure_one()
        reason = self._checked_reason(reason)
        self._check_state("published", "archived")
        self._check_may("author")
        latest = self.sudo().search(  # sudo: seen or not, it counts
            Domain("definition_id", "=", self.definition_id.id)
            & Domain("period_start", "=", self.period_start),
            order="revision desc",
            limit=1,
        )
        if latest != self:
            raise UserError(
                self.env._(
                    "%(report)s was corrected already by %(latest)s. Correct that one.",
                    report=self.display_name,
                    latest=latest.display_name,
                )
            )
        self.flush_recordset(["state"])  # the one that is out makes room
        # sudo: the number of a revision is set by code only
        revision = guard.with_token(self.sudo()).create(
            {
                "name": self.name,
                "definition_id": self.definition_id.id,
                "period_start": self.period_start,
                "revision": self.revision + 1,
                "previous_id": self.id,
                "revision_reason": reason,
            }
        )
        for line in self.conclusion_ids:
            line.sudo().copy({"report_id": revision.id})  # sudo: as above
        return self.browse(revision.id)

    def _ask_reason(self, step):
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "itsm_sla.itsm_service_report_reason_action"
        )
        return action | {
            "context": {"default_report_id": self.id, "default_step": step}
        }

    @api.model
    def _checked_reason(self, reason):
        reason = (reason or "").strip()
        if not reason:
            raise ValidationError(self.env._("Reason: enter why, then confirm again."))
        return reason

    # === Hooks ===

    def _after_written(self):
        """Hook: these reports were just written."""

    def _after_published(self):
        """Hook: these reports were just published; delivery and duties follow."""
