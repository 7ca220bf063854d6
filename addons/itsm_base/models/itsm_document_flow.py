# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..tools import guard


class ItsmDocument(models.Model):
    """How a document is filled, approved, issued, superseded and withdrawn."""

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.document"

    # === Actions ===

    def action_fill(self):
        """Read the figures of drafts now; the user has prepared them.

        :raise UserError: a document is not a draft
        """
        self.check_access("write")
        for document in self:
            if document.state != "draft":
                raise UserError(
                    self.env._(
                        "%(document)s is not a draft any more: its figures stay as "
                        "they are. Make a new version to fill it again.",
                        document=document.display_name,
                    )
                )
            document._check_begun()
            inside = document.with_company(document.company_id)
            inside = inside.with_context(lang=document.lang)
            fill = getattr(inside, f"_content_{document.kind_id.source}")
            guard.with_token(document).write(
                {
                    "content": fill(),
                    "prepared_by_id": self.env.uid,
                    "prepared_at": fields.Datetime.now(),
                }
            )

    @api.model
    def _report_sources(self):
        """Sources that report what happened in a period, which must be over.

        :rtype: set[str]
        """
        return {"desk_summary"}

    def _check_begun(self):
        """Raise ``UserError`` if the figures are of a period that has not begun."""
        self.ensure_one()
        period = self.kind_id.source in self._report_sources() and self._period()
        if period and period.start > self._today():
            raise UserError(
                self.env._(
                    "%(document)s: the period %(period)s has not begun. Choose a day "
                    "of a period with figures.",
                    document=self.display_name,
                    period=period.label,
                )
            )

    def _check_over(self):
        """Raise ``UserError`` if the document reports a period that is not over."""
        self.ensure_one()
        period = self.kind_id.source in self._report_sources() and self._period()
        if period and period.end >= self._today():
            raise UserError(
                self.env._(
                    "%(document)s: the period %(period)s is not over before "
                    "%(day)s. Fill it again then and ask for approval.",
                    document=self.display_name,
                    period=period.label,
                    day=fields.Date.add(period.end, days=1),
                )
            )

    def action_request_approval(self):
        """Give documents to approval; those that need none are issued at once.

        A document that nobody filled is filled now.

        :raise UserError: the period of a report is not over
        """
        self.check_access("write")
        for document in self:
            document._check_over()
            if not document.is_filled:
                document.action_fill()
        free = self.filtered(lambda document: not document.kind_id.needs_approval)
        for document in free:
            if document.state == "draft":
                document._issue()
        bound = self - free
        if bound:
            super(ItsmDocument, bound).action_request_approval()
        return True

    def action_new_version(self):
        """Begin the next version of an issued document, or open it.

        :return: an action
        :rtype: dict
        """
        self.ensure_one()
        self.check_access("write")
        newer = self.next_ids
        if not newer:
            if self.state != "approved":
                raise UserError(
                    self.env._(
                        "%(document)s is not issued: change it as it is.",
                        document=self.display_name,
                    )
                )
            newer = guard.without_token(
                guard.with_token(self).copy(
                    {
                        "number": self.number,
                        "version": self.version + 1,
                        "previous_id": self.id,
                        "name": self.name,
                    }
                )
            )
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": newer.id,
            "views": [(False, "form")],
        }

    def action_withdraw(self):
        """Withdraw issued documents today, without a new version."""
        self.check_access("write")
        if not self.env.user.has_group("itsm_base.itsm_group_manager"):
            raise AccessError(
                self.env._("Only a manager withdraws documents. Ask one of them.")
            )
        self.filtered(lambda document: document.state == "approved")._withdraw()

    def action_print(self):
        """Print documents: issued ones as they were issued.

        :return: a report action
        :rtype: dict
        """
        reports = self.kind_id.report_id
        if len(reports) != 1:
            reports = self.env.ref("itsm_base.itsm_document_report")
        return reports.report_action(self, config=False)

    # === Approval ===

    def _approval_requesters(self, review):
        # sudo: who prepared a document is no secret to its approval
        return super()._approval_requesters(review) | self.sudo().prepared_by_id

    def _approval_page_html(self):
        # The approver reads what will be printed, wherever he decides.
        page = self.env["ir.actions.report"]._itsm_form_page(
            self.kind_id.report_id, self
        )
        return page["html"]

    def _approval_summary_fields(self):
        return [
            *super()._approval_summary_fields(),
            "kind_id",
            "number",
            "version",
            "period_label",
            "confidentiality",
            "effective_date",
        ]

    def _approval_requested(self):
        result = super()._approval_requested()
        guard.with_token(self).write({"state": "in_approval"})
        return result

    def _approval_approved(self):
        result = super()._approval_approved()
        for document in self:
            document._issue()
        return result

    def _approval_rejected(self):
        result = super()._approval_rejected()
        self._set_back()
        return result

    def _approval_ended(self):
        result = super()._approval_ended()
        self._set_back()
        return result

    def _set_back(self):
        """Back to whoever prepares them."""
        waiting = self.filtered(lambda document: document.state == "in_approval")
        guard.with_token(waiting).write({"state": "draft"})

    def _issue(self):
        """The document is valid: freeze its file, withdraw the version before it."""
        self.ensure_one()
        secured = guard.with_token(self)
        secured.write(
            {
                "state": "approved",
                "approved_at": fields.Datetime.now(),
                "effective_date": self.effective_date or self._today(),
            }
        )
        self._issue_file()
        if self.effective_date <= self._today():
            self.previous_id._withdraw(self.effective_date)

    def _withdraw(self, day=None):
        """Withdraw valid documents.

        :param datetime.date day: from when; today if empty
        """
        for document in guard.with_token(self):
            if document.state == "approved":
                document.write(
                    {"state": "withdrawn", "withdrawn_on": day or document._today()}
                )

    @api.model
    def _cron_withdraw(self):
        """Withdraw the versions whose successors are effective now (scheduled)."""
        # a day of tolerance for zones ahead of UTC; each document has its own today
        limit = fields.Date.add(fields.Date.today(), days=1)
        newer = self.sudo().search(  # sudo: the scheduled action works for everybody
            [
                ("state", "=", "approved"),
                ("previous_id.state", "=", "approved"),
                ("effective_date", "<=", limit),
            ]
        )
        for document in newer:
            if document.effective_date <= document._today():
                document.previous_id._withdraw(document.effective_date)
