# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.fields import Domain

#: Who takes a step of a report, by the fields of the row.
STEPS = ("author", "reviewer", "approver")


class ItsmReportDefinition(models.Model):
    """From the row to its reports, and the matrix on paper (REP-10)."""

    _inherit = "itsm.report.definition"

    due_text = fields.Char(string="Due", compute="_compute_due_text")
    author_text = fields.Text(string="Who Writes", compute="_compute_people_texts")
    reviewer_text = fields.Text(string="Who Reviews", compute="_compute_people_texts")
    approver_text = fields.Text(string="Who Approves", compute="_compute_people_texts")
    audience_text = fields.Text(string="For Whom", compute="_compute_people_texts")

    @api.depends("deadline_days", "period", "company_id")
    def _compute_due_text(self):
        for definition in self:
            definition.due_text = self.env._(
                "Day %(day)s after the period", day=definition._due_day()
            )

    @api.depends(
        *("company_id", "partner_ids", "audience_role_ids"),
        *(f"{what}_id" for what in STEPS),
        *(f"{what}_role_id" for what in STEPS),
    )
    @api.depends_context("lang")
    def _compute_people_texts(self):
        """Persons by name, roles with the names of their holders; one query for all.

        Holders are named as they are today.
        """
        roles = self.env["itsm.role"]
        for name in ("audience_role_ids", *(f"{what}_role_id" for what in STEPS)):
            roles |= self[name]
        holders = roles._holders_by_role(self.company_id)
        nobody = self.env._("nobody")
        for row in self:

            def in_words(role, row=row):
                people = holders.get((role.id, row.company_id._origin.id))
                # sudo: names of colleagues are shown to every reader
                names = ", ".join(people.sudo().mapped("name") if people else [])
                return f"{role.name}: {names or nobody}"

            for what in STEPS:
                # sudo: as above
                person, role = row[f"{what}_id"].sudo(), row[f"{what}_role_id"]
                row[f"{what}_text"] = person.name or (
                    in_words(role.sudo()) if role else False  # sudo: as above
                )
            # sudo: names of customers' people, for who reads the matrix
            readers = row.partner_ids.sudo().mapped("display_name")
            readers += [in_words(role) for role in row.audience_role_ids.sudo()]
            row.audience_text = "\n".join(readers)

    def _due_day(self):
        """The n-th day on which the report is due.

        :rtype: int
        """
        self.ensure_one()
        if self.deadline_days or not self.period:
            return self.deadline_days
        name = {"half_year": "half"}.get(self.period, self.period)
        company = self.company_id.sudo()  # sudo: a setting, shown to readers
        return company[f"itsm_duty_{name}_day"]

    # === Actions ===

    def action_make_last(self):
        """Open the newest report that may be made now, or make it."""
        self.ensure_one()
        return self._action_report(self._default_period().start)

    def action_open_reports(self):
        """Open the reports that were made of this row."""
        self.ensure_one()
        model, domain = self._report_domain()
        return {
            "type": "ir.actions.act_window",
            "name": self.name,
            "res_model": model,
            "views": [(False, "list"), (False, "form")],
            "domain": list(domain),
        }

    @api.model
    def action_print_matrix(self):
        """Make the control matrix of this year as a document, or open its draft.

        :return: an action
        :rtype: dict
        """
        kind = self.env.ref("itsm_sla.itsm_document_kind_report_matrix")
        documents = self.env["itsm.document"]
        year = fields.Date.context_today(self).year
        document = documents.search(
            [
                ("kind_id", "=", kind.id),
                ("company_id", "=", self.env.company.id),
                ("period_start", "=", f"{year}-01-01"),
                ("state", "=", "draft"),
            ],
            limit=1,
        )
        if not document:
            document = documents.create(
                {"kind_id": kind.id, "period_start": f"{year}-01-01"}
            )
        document.action_fill()
        return {
            "type": "ir.actions.act_window",
            "res_model": document._name,
            "res_id": document.id,
            "views": [(False, "form")],
        }

    # === Business methods ===

    def _report_domain(self):
        """Where the reports of a row are: model and domain.

        :rtype: tuple[str, Domain]
        """
        self.ensure_one()
        if not self.document_kind_id:
            return "itsm.service.report", Domain("definition_id", "=", self.id)
        domain = Domain("kind_id", "=", self.document_kind_id.id)
        domain &= Domain("company_id", "=", self.company_id.id)
        if not self.agreement_id:
            # what is about one agreement or one customer is another row's
            return "itsm.document", domain & Domain("res_model", "=", False) & Domain(
                "partner_id", "=", False
            )
        # sudo: all versions, whichever of them the reader may see
        versions = self.agreement_id.sudo()._report_versions()
        own = Domain("res_model", "=", versions._name)
        own &= Domain("res_id", "in", versions.ids)
        if self == self._rows_of_document(self.agreement_id.partner_id):
            # made by hand for the customer, and of no other agreement
            own |= Domain("res_model", "=", False) & Domain(
                "partner_id", "=", self.agreement_id.partner_id.id
            )
        return "itsm.document", domain & own

    def _rows_of_document(self, partner):
        """The rows about an agreement with a customer (empty: with nobody), made as a
        document of the kind of this row.

        :rtype: itsm.report.definition
        """
        self.ensure_one()
        # sudo: which rows there are does not depend on who may read them
        rows = self.sudo().search(
            [
                ("document_kind_id", "=", self.document_kind_id.id),
                ("company_id", "=", self.company_id.id),
                ("agreement_id", "!=", False),
                ("agreement_id.partner_id", "=", partner.id),
                ("period", "=", self.period),
            ]
        )
        return rows.with_env(self.env)

    def _action_report(self, period_start):
        """Open the newest report of a period, or make it.

        :param datetime.date period_start: first day of the period
        :return: an action
        :rtype: dict
        """
        self.ensure_one()
        model, domain = self._report_domain()
        reports = self.env[model]
        report = reports.search(
            domain & Domain("period_start", "=", period_start),
            order="id desc",
            limit=1,
        )
        if not report:
            report = reports.create(self._prepare_report(period_start))
        return {
            "type": "ir.actions.act_window",
            "res_model": model,
            "res_id": report.id,
            "views": [(False, "form")],
        }

    def _prepare_report(self, period_start):
        """Values of the report of a period.

        :param datetime.date period_start: first day of the period
        :rtype: dict
        """
        self.ensure_one()
        if not self.document_kind_id:
            return {"definition_id": self.id, "period_start": period_start}
        vals = {
            "kind_id": self.document_kind_id.id,
            "company_id": self.company_id.id,
            "period_start": period_start,
            "partner_id": self.agreement_id.partner_id.id,
        }
        if self.lang:
            vals["lang"] = self.lang
        if self.agreement_id:
            # of each agreement its own: two with one customer are told apart
            vals |= {
                "res_model": self.agreement_id._name,
                "res_id": self.agreement_id.id,
                "name": self._document_name(period_start),
            }
        return vals

    def _document_name(self, period_start):
        """Title of the document of a period, with the agreement that it is about.

        :param datetime.date period_start: first day of the period
        :rtype: str
        """
        self.ensure_one()
        # sudo: the reference of the agreement that a readable row is about
        agreement = self.agreement_id.sudo()
        kind = self.document_kind_id.with_context(
            lang=self.lang or agreement.partner_id.lang or self.env.lang
        )
        parts = (kind.name, self._period_of(period_start).label, agreement.code)
        return " ".join(filter(None, parts))

    def _as_matrix_row(self):
        """What the control matrix says of this row, in the language of the context.

        :rtype: dict
        """
        self.ensure_one()

        def label(name):
            return dict(self._fields[name]._description_selection(self.env))[self[name]]

        accepted = self.accepted_at and self._itsm_form_date(self.accepted_at)
        rate = ""
        if self.duty_count:
            done = round(self.on_time_rate * self.duty_count)
            rate = f"{done * 1000 // self.duty_count / 10:g} %"
        return {
            "name": self.name,
            # sudo: its name, in a row that the reader may see
            "agreement": self.agreement_id.sudo().display_name or "",
            "author": self.author_text or "",
            "reviewer": self.reviewer_text or "",
            "approver": self.approver_text or "",
            "audience": (self.audience_text or "").splitlines(),
            "period": label("period"),
            "due": self.due_text,
            "delivery": label("delivery"),
            "accepted": accepted.isoformat() if accepted else "",
            "on_time": rate,
        }
