# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.itsm_base.tools import guard

from .itsm_report_definition import PERIOD_KINDS

#: What the duty of a row follows from.
DUTY_FIELDS = frozenset(
    {
        "active",
        "name",
        "company_id",
        "purpose",
        "period",
        "deadline_days",
        "author_id",
        "author_role_id",
        "nature",
    }
)


class ItsmReportDefinition(models.Model):
    """Each row of the control matrix makes a duty for each period (REP-10, CAL-10).

    The row keeps a duty definition of its own, so that its day, author and company
    setting (holidays, zone, catching up) are those of the duty engine. Publishing the
    report closes the duty; what is on time is read from duties (REP-05, CAL-11).
    """

    _inherit = "itsm.report.definition"

    duty_definition_id = fields.Many2one(
        comodel_name="itsm.duty.definition",
        string="Duty",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )
    duty_count = fields.Integer(
        string="Reports Owed",
        compute="_compute_duties",
        help="Reports that were published or are overdue.",
    )
    overdue_count = fields.Integer(string="Overdue", compute="_compute_duties")
    on_time_rate = fields.Float(
        string="On Time",
        compute="_compute_duties",
        digits=(16, 4),
        help="Published before the end of the due day, of all that were published or "
        "are overdue. Waived ones do not count.",
    )

    # === Computes ===

    def _compute_duties(self):
        counts = self._duty_counts()
        for definition in self:
            found = counts.get(definition._origin.duty_definition_id.id, {})
            done, late = found.get("done", 0), found.get("late", 0)
            definition.overdue_count = found.get("overdue", 0)
            definition.duty_count = done + late + definition.overdue_count
            definition.on_time_rate = (
                done / definition.duty_count if definition.duty_count else 0.0
            )

    def _duty_counts(self):
        """How many duties have which status, by duty definition: one query.

        Of the companies of the rows, whoever may see the single duties.

        :rtype: dict[int, dict[str, int]]
        """
        ids = self.duty_definition_id.ids
        if not ids:
            return {}
        duties = self.env["itsm.duty"]
        duties.flush_model(["definition_id", "state", "done_at", "due_at"])
        rows = self.env.execute_query(
            SQL(
                """SELECT definition_id, %(status)s, COUNT(*)
                     FROM itsm_duty WHERE definition_id IN %(ids)s GROUP BY 1, 2""",
                status=duties.sudo()._status_sql("itsm_duty"),  # sudo: counts only
                ids=tuple(ids),
            )
        )
        counts = {}
        for definition_id, status, count in rows:
            counts.setdefault(definition_id, {})[status] = count
        return counts

    # === CRUD ===

    @api.model_create_multi
    def create(self, vals_list):
        definitions = super().create(vals_list)
        definitions._follow_duties()
        return definitions

    def write(self, vals):
        result = super().write(vals)
        if DUTY_FIELDS & vals.keys():
            self._follow_duties()
        return result

    def unlink(self):
        # sudo: the duty goes with the row that made it, whoever may delete the row
        rules = self.duty_definition_id.sudo()
        result = super().unlink()
        rules.unlink()  # refused once duties were made: they are evidence
        return result

    # === Actions ===

    def action_open_duties(self):
        """Open the duties of these rows."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "itsm_base.itsm_duty_action"
        )
        action["domain"] = [("definition_id", "in", self.duty_definition_id.ids)]
        action["context"] = {"active_test": False}
        return action

    # === Business methods ===

    def _follow_duties(self):
        """Let the duty definitions say what the rows say."""
        langs = [code for code, _name in self.env["res.lang"].get_installed()]
        for definition in self:
            # sudo: duties of a row are made by who may write the row
            rule = definition.duty_definition_id.sudo()
            vals = definition._prepare_duty()
            if not rule and not definition.active:
                continue
            if not rule:
                rule = rule.create(
                    {
                        **vals,
                        "scope_ids": [
                            fields.Command.create(
                                {"company_id": definition.company_id.id}
                            )
                        ],
                    }
                )
                definition.duty_definition_id = rule
            else:
                rule.write(vals)
                if rule.scope_ids.company_id != definition.company_id:
                    rule.scope_ids.company_id = definition.company_id
            for lang in langs:
                words = definition.with_context(lang=lang)
                rule.with_context(lang=lang).write(
                    {"name": words.name, "description": words.purpose}
                )

    def _prepare_duty(self):
        """Values of the duty definition of a row.

        :rtype: dict
        """
        self.ensure_one()
        process_sudo = self.env["itsm.process"].sudo()  # sudo: its id, no more
        return {
            "name": self.name,
            "description": self.purpose,
            "active": self.active,
            "period": PERIOD_KINDS.get(self.period, self.period),
            "concerns": "previous",
            "process_id": process_sudo.search(
                [("code", "=", "REP"), ("company_id", "=", self.company_id.id)], limit=1
            ).id,
            "responsible": "user" if self.author_id else "role",
            "user_id": self.author_id.id,
            "role_id": self.author_role_id.id,
            "due_rule": "day" if self.deadline_days else "company",
            "due_day": self.deadline_days or 10,
            "due_month": 1,
            "evidence_required": True,
        }

    def _close_duties(self, period_start, evidence):
        """The report of a period is out: its duty is done by the present user.

        Nothing happens where the duty was done or waived before, as when a revision
        follows.

        :param datetime.date period_start: first day of the period of the report
        :param evidence: the report or document
        :return: the duties that were closed
        :rtype: itsm.duty
        """
        # sudo: who publishes the report does the duty, whoever may see it
        duties = self.env["itsm.duty"].sudo()
        if self.duty_definition_id:
            duties = duties.search(
                [
                    ("definition_id", "in", self.duty_definition_id.ids),
                    ("company_id", "in", self.company_id.ids),
                    ("period_start", "=", period_start),
                    ("state", "=", "open"),
                ]
            )
        if duties:
            guard.without_token(duties)._done(fields.Datetime.now(), evidence)
        return duties.with_env(self.env)

    def _is_due(self, period):
        """Whether a report of a period is owed: the agreement was in force in it.

        :param Period period: the period of the report
        :rtype: bool
        """
        self.ensure_one()
        # sudo: dates of the agreement that a readable row is about
        agreement = self.agreement_id.sudo()
        if not agreement:
            return True
        return any(
            version.state != "draft"
            and version.date_start <= period.end
            and (not version._last_day() or version._last_day() >= period.start)
            for version in agreement._report_versions()
        )
