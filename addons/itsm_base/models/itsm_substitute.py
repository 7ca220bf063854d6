# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import format_date

from ..tools.approval import trusted
from ..tools.period import local_date

#: What somebody else has to know about an entry.
TOLD_FIELDS = (
    "user_id",
    "substitute_id",
    "date_from",
    "date_to",
    "company_id",
    "active",
)


class ItsmSubstitute(models.Model):
    """Who decides approvals in whose name, and when.

    The days are whole days in the zone of the person who is away, the first and the
    last included. A substitute of a substitute decides nothing.
    """

    _name = "itsm.substitute"
    _inherit = ["mail.thread"]
    _description = "Substitute"
    _order = "date_from desc, id desc"
    _rec_name = "user_id"

    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Person Away",
        required=True,
        index=True,
        tracking=True,
        ondelete="cascade",
        default=lambda self: self.env.user,
        domain="[('share', '=', False)]",
    )
    substitute_id = fields.Many2one(
        comodel_name="res.users",
        required=True,
        index=True,
        tracking=True,
        ondelete="cascade",
        domain="[('share', '=', False), ('id', '!=', user_id)]",
    )
    date_from = fields.Date(
        string="First Day",
        required=True,
        tracking=True,
        default=fields.Date.context_today,
        help="A day in the time zone of the person who is away.",
    )
    date_to = fields.Date(
        string="Last Day", required=True, tracking=True, help="This day is included."
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        index="btree_not_null",
        tracking=True,
        help="Empty: for what is decided in any company.",
    )
    note = fields.Char(string="Reason", help="For example: holiday.")
    active = fields.Boolean(default=True, tracking=True)
    is_in_force = fields.Boolean(
        string="In Force", compute="_compute_is_in_force", search="_search_is_in_force"
    )

    _not_oneself = models.Constraint(
        "CHECK(user_id <> substitute_id)",
        "Nobody can be his own substitute. Choose another person.",
    )
    _dates_ordered = models.Constraint(
        "CHECK(date_from <= date_to)",
        "Substitute: the last day is before the first one.",
    )

    # === Computes ===

    @api.depends("user_id.tz", "date_from", "date_to", "active")
    def _compute_is_in_force(self):
        in_force = self._now_in_force()
        for substitute in self:
            substitute.is_in_force = substitute in in_force

    def _search_is_in_force(self, operator, value):
        if operator != "in":
            return NotImplemented
        return Domain("id", "in", self._search_in_force(Domain.TRUE).ids)

    @api.depends("user_id", "substitute_id")
    def _compute_display_name(self):
        for substitute in self:
            substitute.display_name = self.env._(
                "%(substitute)s for %(user)s",
                substitute=substitute.substitute_id.name or "",
                user=substitute.user_id.name or "",
            )

    # === Constraints ===

    @api.constrains("user_id", "substitute_id", "company_id")
    def _check_people(self):
        """Both are users of the organisation who work in the company (MS-29)."""
        for substitute in self:
            people = substitute.sudo()  # companies of a user are hidden from others
            for user in people.user_id | people.substitute_id:
                if user.share:
                    raise ValidationError(
                        self.env._(
                            "%(user)s is a portal user and can neither decide nor "
                            "stand in. Choose somebody of the organisation.",
                            user=user.name,
                        )
                    )
                if people.company_id and people.company_id not in user.company_ids:
                    raise ValidationError(
                        self.env._(
                            "%(user)s has no access to %(company)s and cannot decide "
                            "there. Choose another person or another company.",
                            user=user.name,
                            company=people.company_id.name,
                        )
                    )

    @api.constrains(
        "user_id", "substitute_id", "company_id", "date_from", "date_to", "active"
    )
    def _check_overlap(self):
        """One substitute at a time, and nobody who is away himself for the person."""
        for substitute in self.filtered("active").sudo():  # those of others count too
            for other in substitute._overlapping():
                if other.user_id == substitute.user_id:
                    raise ValidationError(
                        self.env._(
                            "%(user)s has a substitute already: %(other)s from "
                            "%(first)s to %(last)s. Change those days, or archive "
                            "that entry.",
                            user=substitute.user_id.name,
                            other=other.substitute_id.name,
                            first=format_date(self.env, other.date_from),
                            last=format_date(self.env, other.date_to),
                        )
                    )
                raise ValidationError(
                    self.env._(
                        "%(one)s and %(two)s would stand in for each other on the same "
                        "days, so nobody would decide. Choose another person.",
                        one=substitute.user_id.name,
                        two=substitute.substitute_id.name,
                    )
                )

    def _overlapping(self):
        """Others on one of these days for the same person, or the other way round."""
        self.ensure_one()
        domain = (
            Domain("id", "!=", self.id)
            & Domain("active", "=", True)
            & Domain("date_from", "<=", self.date_to)
            & Domain("date_to", ">=", self.date_from)
            & (
                Domain("user_id", "=", self.user_id.id)
                | Domain("user_id", "=", self.substitute_id.id)
                & Domain("substitute_id", "=", self.user_id.id)
            )
        )
        if self.company_id:
            domain &= Domain("company_id", "in", [False, self.company_id.id])
        return self.search(domain)

    # === CRUD ===

    @api.model_create_multi
    def create(self, vals_list):
        substitutes = super().create(vals_list)
        substitutes._tell()
        return substitutes

    def write(self, vals):
        if not set(TOLD_FIELDS) & vals.keys():
            return super().write(vals)
        before = {substitute: substitute._told_values() for substitute in self}
        result = super().write(vals)
        if {"user_id", "company_id"} & vals.keys():
            # Odoo asks the record rules before: nobody makes his own entry one that
            # lets him decide in the name of somebody else.
            self.check_access("write")
        for substitute, values in before.items():
            if substitute._told_values() != values:
                substitute._tell(values[0] | values[1])
        return result

    def _told_values(self):
        return [self[name] for name in TOLD_FIELDS]

    def _tell(self, former=None):
        """Say it to the people concerned, except to who has entered it.

        What is over tells nobody, and no key of a remote call silences it.

        :param former: ``res.users`` concerned before a change
        """
        today = fields.Date.today()
        for substitute in trusted(self):
            users = substitute.user_id | substitute.substitute_id
            partners = ((users | (former or users)) - self.env.user).partner_id
            if not partners or substitute.date_to < today:
                continue
            if substitute.active:
                text = self.env._(
                    "%(substitute)s decides approvals in the name of %(user)s from "
                    "%(first)s to %(last)s.",
                    substitute=substitute.substitute_id.name,
                    user=substitute.user_id.name,
                    first=format_date(self.env, substitute.date_from),
                    last=format_date(self.env, substitute.date_to),
                )
            else:
                text = self.env._(
                    "%(substitute)s does not decide approvals in the name of %(user)s "
                    "any more.",
                    substitute=substitute.substitute_id.name,
                    user=substitute.user_id.name,
                )
            # sudo: who enters it need not be allowed to write to others' threads
            substitute.sudo().message_notify(
                partner_ids=partners.ids, subject=substitute.display_name, body=text
            )

    def _message_auto_subscribe_notify(self, partner_ids, template):
        # “You have been assigned” says nothing; `_tell` says what it is about.
        return

    # === Engine ===

    def _now_in_force(self):
        """Those of these that hold at this moment, each in its person's zone.

        :rtype: itsm.substitute
        """
        now = fields.Datetime.now()
        return self.filtered(
            lambda substitute: (
                substitute.active
                and substitute.date_from
                and substitute.date_to
                and substitute.date_from
                <= local_date(substitute.user_id.sudo().tz or "UTC", now)  # own zone
                <= substitute.date_to
            )
        )

    @api.model
    def _search_in_force(self, domain):
        """Substitutes in force now, of whatever company.

        :param Domain domain: further conditions
        :return: records in sudo: who may decide does not depend on who asks
        :rtype: itsm.substitute
        """
        today = fields.Date.today()
        day = timedelta(days=1)  # zones differ from UTC by less than that
        domain &= Domain("date_from", "<=", today + day)
        domain &= Domain("date_to", ">=", today - day)
        substitutes = self.sudo().search(domain)  # of whatever company, see above
        return substitutes._now_in_force()

    @api.model
    def _for_substitute(self, user):
        """Whom a user stands in for at this moment.

        :param user: ``res.users``
        :rtype: itsm.substitute
        """
        return self._search_in_force(Domain("substitute_id", "=", user.id))

    @api.model
    def _for_people(self, users):
        """Who stands in for these users at this moment.

        :param users: ``res.users``
        :rtype: itsm.substitute
        """
        return self._search_in_force(Domain("user_id", "in", users.ids))
