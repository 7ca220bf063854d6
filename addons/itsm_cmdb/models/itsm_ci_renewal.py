# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from dateutil.relativedelta import relativedelta
from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from odoo.addons.itsm_base.models.itsm_action import ACTIVE

from .itsm_ci_state import GONE

#: Days before the renewal in which it is said to be due.
AHEAD = 180


class ItsmCi(models.Model):
    """What is old: when it is to be renewed, and the proposal (CFG-42, CFG-45)."""

    _name = "itsm.ci"
    _inherit = ["itsm.ci", "itsm.action.mixin"]

    renewal_date = fields.Date(
        string="Renew By",
        compute="_compute_renewal_date",
        store=True,
        index="btree_not_null",
        help="End of life; without one, the purchase and the years after which its "
        "class is replaced.",
    )
    is_to_renew = fields.Boolean(
        string="To be Renewed",
        compute="_compute_is_to_renew",
        search="_search_is_to_renew",
        help="Not gone yet, and to be renewed within 180 days or overdue.",
    )

    @api.depends("end_of_life", "purchase_date", "class_id")
    def _compute_renewal_date(self):
        years = {
            ci_class: ci_class._inherited("service_life") for ci_class in self.class_id
        }
        for item in self:
            date = item.end_of_life
            life = years.get(item.class_id)
            if not date and item.purchase_date and life:
                date = item.purchase_date + relativedelta(years=life)
            item.renewal_date = date

    @api.depends("renewal_date", "state")
    def _compute_is_to_renew(self):
        last = fields.Date.context_today(self) + relativedelta(days=AHEAD)
        for item in self:
            date = item.renewal_date
            item.is_to_renew = bool(date) and date <= last and item.state not in GONE

    @api.model
    def _search_is_to_renew(self, operator, value):
        if operator != "in":
            return NotImplemented
        last = fields.Date.context_today(self) + relativedelta(days=AHEAD)
        domain = Domain("renewal_date", "<=", last) & Domain("state", "not in", GONE)
        return domain if True in value else ~domain

    def action_propose_renewal(self):
        """Write down an action for each of these: renew it, or say why not.

        It belongs to the owner of the configuration item and is due when that is to be
        renewed. What has an open action already gets no second one.

        :return: an action that opens them
        :raise AccessError: the user may not change the items
        :raise UserError: all of them have a proposal, or are gone
        """
        self.check_access("write")
        items = self.filtered(lambda item: item.state not in GONE)
        items -= items._with_renewal()
        if not items:
            raise UserError(
                self.env._(
                    "Nothing to propose: these are gone, or have an open action "
                    "already."
                )
            )
        today = fields.Date.context_today(self)
        # sudo: who may change the items proposes; the owners get the actions
        actions = (
            self.env["itsm.action"]
            .sudo()
            .create(
                [
                    {
                        "name": self.env._("Renew %(item)s", item=item.display_name),
                        "kind": "correction",
                        "res_model": item._name,
                        "res_id": item.id,
                        "owner_id": item._renewal_owner().id,
                        "company_id": (item.company_id or self.env.company).id,
                        "due_date": max(item.renewal_date or today, today),
                        "description": item._renewal_text(),
                    }
                    for item in items
                ]
            )
        )
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "itsm_base.itsm_action_action"
            ),
            "domain": [("id", "in", actions.ids)],
            "context": {},
        }

    def _renewal_owner(self):
        """Who sees to it: the owner if he works in the company, else who asks."""
        self.ensure_one()
        owner = self.owner_id
        company = self.company_id or self.env.company
        # sudo: in which companies somebody works is only compared
        if owner.active and company in owner.sudo().company_ids:
            return owner
        return self.env.user

    def _renewal_text(self):
        self.ensure_one()
        lines = [
            (self.env._("Model"), self.model_name),
            (self.env._("Bought on"), self.purchase_date),
            (self.env._("Warranty until"), self.warranty_end),
            (self.env._("Renew by"), self.renewal_date),
            (self.env._("Used by"), self.user_partner_id.name),
        ]
        return Markup("<ul>%s</ul>") % Markup().join(
            Markup("<li>%s: %s</li>") % (label, value)
            for label, value in lines
            if value
        )

    def _with_renewal(self):
        """Those of these that have an open action already.

        Of any kind that was written down for the item: who has one looks there.
        """
        # sudo: a proposal counts, whoever may see it
        actions = self.env["itsm.action"].sudo()
        found = actions.search(
            Domain("res_model", "=", self._name)
            & Domain("res_id", "in", self.ids)
            & Domain("state", "in", ACTIVE)
        )
        return self.browse(set(found.mapped("res_id")))
