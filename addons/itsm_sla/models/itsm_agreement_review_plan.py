# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

#: Months within which a review is held at the latest (SLM-42).
YEAR = 12


class ItsmAgreement(models.Model):
    """When an agreement is reviewed, and whether that is overdue (SLM-41, SLM-42)."""

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.agreement"

    review_ids = fields.One2many(
        comodel_name="itsm.agreement.review",
        inverse_name="agreement_id",
        string="Reviews",
        groups="itsm_base.itsm_group_agent",
    )
    review_months = fields.Integer(
        string="Reviewed Every (months)",
        default=YEAR,
        required=True,
        tracking=True,
        help="At least once a year: between 1 and 12.",
    )
    review_partner_ids = fields.Many2many(
        comodel_name="res.partner",
        relation="itsm_agreement_review_partner_rel",
        string="Take Part in Reviews",
        help="People of operations and of the management of the business, on both "
        "sides. They are invited to each review.",
    )
    review_input = fields.Text(
        string="Input of Reviews",
        translate=True,
        help="What is brought along beside the figures, which are read by the system.",
    )
    review_output = fields.Text(
        string="Output of Reviews", translate=True, help="What has to come out of them."
    )
    review_last_on = fields.Date(
        string="Last Review",
        compute="_compute_review_due_on",
        help="Of any version of the agreement.",
    )
    review_due_on = fields.Date(
        string="Next Review Until",
        compute="_compute_review_due_on",
        help="So many months after the last review of any version, or after the first "
        "day in force.",
    )
    review_overdue = fields.Boolean(
        compute="_compute_review_due_on",
        search="_search_review_overdue",
        help="In force, and the day until which it was to be reviewed has passed.",
    )
    review_count = fields.Integer(
        compute="_compute_review_count", groups="itsm_base.itsm_group_agent"
    )

    _review_months_range = models.Constraint(
        "CHECK(review_months BETWEEN 1 AND 12)",
        "An agreement is reviewed at least once a year: enter between 1 and 12 months.",
    )

    # === Computes ===

    @api.depends("state", "tz", "review_months", "superseded_on")
    def _compute_review_due_on(self):
        standing = self._origin._review_standing()
        for agreement in self:
            first, last = standing.get(agreement._origin.id, (None, None))
            since = max(filter(None, (first, last)), default=None)
            agreement.review_last_on = last
            due = False
            if since and agreement._review_is_due():
                due = since + relativedelta(months=agreement.review_months)
            agreement.review_due_on = due
            agreement.review_overdue = bool(due and due < agreement._today())

    def _review_is_due(self):
        """Whether the agreement is one that has to be reviewed."""
        self.ensure_one()
        return (
            self.state == "active"
            and not self.is_template
            and not (self.superseded_on and self.superseded_on <= self._today())
        )

    def _search_review_overdue(self, operator, value):
        if operator not in ("in", "not in"):
            return NotImplemented
        in_force = self.search([("state", "=", "active"), ("is_template", "=", False)])
        overdue = in_force.filtered("review_overdue")
        wanted = (operator == "in") == (True in value)
        return Domain("id", "in" if wanted else "not in", overdue.ids)

    def _compute_review_count(self):
        pairs = self._origin._version_pairs()
        groups = self.env["itsm.agreement.review"]._read_group(
            [("agreement_id", "in", [member for _id, member in pairs])],
            ["agreement_id"],
            ["__count"],
        )
        counts = {agreement.id: count for agreement, count in groups}
        for agreement in self:
            agreement.review_count = sum(
                counts.get(member, 0)
                for own, member in pairs
                if own == agreement._origin.id
            )

    # === Constraints ===

    @api.constrains("review_partner_ids")
    def _check_review_partner_ids(self):
        for agreement in self.sudo():  # sudo: what holds does not depend on who saves
            for partner in agreement.review_partner_ids:
                if partner.company_id not in (
                    agreement.company_id,
                    self.env["res.company"],
                ):
                    raise ValidationError(
                        self.env._(
                            "Take Part in Reviews: %(partner)s belongs to another "
                            "company than %(agreement)s.",
                            partner=partner.display_name,
                            agreement=agreement.display_name,
                        )
                    )

    # === Versions ===

    def _version_pairs(self):
        """Each agreement with all of its versions, itself among them; one query.

        :return: ``(id, id of a version)``
        :rtype: list[tuple[int, int]]
        """
        if not self.ids:
            return []
        self.flush_model(["previous_id"])
        return self.env.execute_query(
            SQL(
                """WITH RECURSIVE above (own, id, previous_id) AS (
                       SELECT id, id, previous_id FROM itsm_agreement
                        WHERE id IN %s
                        UNION
                       SELECT above.own, a.id, a.previous_id
                         FROM above JOIN itsm_agreement a ON a.id = above.previous_id),
                   member (own, id) AS (
                       SELECT own, id FROM above WHERE previous_id IS NULL
                        UNION
                       SELECT member.own, a.id
                         FROM member JOIN itsm_agreement a
                           ON a.previous_id = member.id)
                   SELECT own, id FROM member""",
                tuple(self.ids),
            )
        )

    def _versions(self):
        """All versions of these agreements."""
        return self.browse({member for _own, member in self._version_pairs()})

    def _review_standing(self, day=None):
        """First day in force and last review of each agreement; constant queries.

        :param date day: reviews held later do not count
        :return: dict of id → ``(date or None, date or None)``, over all versions
        """
        pairs = self._version_pairs()
        members = self.sudo().browse({member for _own, member in pairs})
        # sudo: when reviews were held does not depend on who asks
        domain = [("agreement_id", "in", members.ids), ("held_on", "!=", False)]
        if day:
            domain.append(("held_on", "<=", day))
        # sudo: as above
        held = self.env["itsm.agreement.review"].sudo().with_context(active_test=False)
        last = {
            agreement.id: latest
            for agreement, latest in held._read_group(
                domain, ["agreement_id"], ["held_on:max"]
            )
        }
        first = {
            member.id: member.date_start
            for member in members.with_context(active_test=False)
            if member.state != "draft"
        }
        found = {}
        for own, member in pairs:
            began, reviewed = found.get(own, (None, None))
            began = min(filter(None, (began, first.get(member))), default=None)
            reviewed = max(filter(None, (reviewed, last.get(member))), default=None)
            found[own] = (began, reviewed)
        return found

    # === Actions ===

    def action_view_reviews(self):
        """Open the reviews of all versions of this agreement."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "itsm_sla.itsm_agreement_review_action"
        )
        return action | {
            "domain": [("agreement_id", "in", self._versions().ids)],
            "context": {"default_agreement_id": self.id},
        }

    def action_plan_reviews(self):
        """Plan the reviews of the next twelve months, those that are not planned yet.

        :return: action that shows all reviews of the agreement
        :raise UserError: the agreement is not in force
        """
        reviews = self.env["itsm.agreement.review"]
        for agreement in self:
            if not agreement._review_is_due():
                raise UserError(
                    self.env._(
                        "%(agreement)s is not in force: there is nothing to review.",
                        agreement=agreement.display_name,
                    )
                )
            reviews.create(agreement._prepare_reviews())
        return self[:1].action_view_reviews() if len(self) == 1 else True

    def _prepare_reviews(self):
        """Values of the reviews of the next twelve months that are not planned yet."""
        self.ensure_one()
        today = self._today()
        end = today + relativedelta(months=YEAR)
        if self.date_end and self.date_end > today:
            # the term is reviewed at its end
            end = min(end, self.date_end)
        planned = self.env["itsm.agreement.review"].search(
            [
                ("agreement_id", "in", self._versions().ids),
                ("state", "in", ("planned", "scheduled")),
            ]
        )
        taken = set(planned.mapped("planned_on"))
        day = max(self.review_due_on or today, today)
        vals_list = []
        while day <= end or not (taken or vals_list):
            month = relativedelta(months=self.review_months)
            # One that is planned near by stands for it.
            if not any(abs((day - other).days) <= 15 for other in taken):
                vals_list.append({"agreement_id": self.id, "planned_on": day})
            day += month
        return vals_list
