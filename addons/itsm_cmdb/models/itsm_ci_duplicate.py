# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

from odoo.addons.itsm_base.tools import guard

from .itsm_ci_source import MANAGER
from .itsm_ci_state import GONE

#: What makes two configuration items one, with what is compared of it.
RULES = {
    "serial": SQL("lower(btrim(c.serial))"),
    "asset_tag": SQL("lower(btrim(c.asset_tag))"),
    "hostname": SQL("lower(btrim(c.hostname))"),
    "external_id": SQL("lower(btrim(c.external_id))"),
    # letters and digits of whatever script
    "name": SQL("regexp_replace(lower(c.name), '[^[:alnum:]]+', '', 'g')"),
}


class ItsmCiDuplicate(models.Model):
    """Configuration items that may be one thing, until somebody has said it (CFG-26).

    Found anew by `_find`; that some are not the same is remembered.
    """

    _name = "itsm.ci.duplicate"
    _description = "Possible Duplicates"
    _order = "ci_count desc, id"
    _rec_name = "value"

    rule = fields.Selection(
        selection=[
            ("serial", "Serial number"),
            ("asset_tag", "Asset tag"),
            ("hostname", "Host name"),
            ("external_id", "External ID"),
            ("name", "Name and class"),
        ],
        string="The Same",
        required=True,
        readonly=True,
    )
    value = fields.Char(required=True, readonly=True)
    company_id = fields.Many2one(
        comodel_name="res.company", readonly=True, index=True, ondelete="restrict"
    )
    ci_ids = fields.Many2many(
        comodel_name="itsm.ci",
        relation="itsm_ci_duplicate_ci_rel",
        column1="duplicate_id",
        column2="ci_id",
        ondelete="cascade",
        string="Configuration Items",
        readonly=True,
        context={"active_test": False},
    )
    ci_count = fields.Integer(string="Items", readonly=True, aggregator=None)
    state = fields.Selection(
        selection=[
            ("open", "To look at"),
            ("distinct", "Not the same"),
            ("merged", "Merged"),
        ],
        required=True,
        readonly=True,
        default="open",
        index=True,
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Said By",
        readonly=True,
        ondelete="restrict",
    )

    # === Finding ===

    @api.model
    def action_find(self):
        """Look for duplicates in the companies at hand, and open them.

        :raise AccessError: not a configuration manager
        """
        self._check_manager()
        self._find(self.env.companies)
        return self.env["ir.actions.act_window"]._for_xml_id(
            "itsm_cmdb.itsm_ci_duplicate_action"
        )

    @api.model
    def _check_manager(self):
        if not self.env.su and not self.env.user.has_group(MANAGER):
            raise AccessError(
                self.env._("Only configuration managers look for duplicates.")
            )

    @api.model
    def _find(self, companies):
        """Groups of items that are the same by a rule, a statement for each rule.

        :param companies: ``res.company``; items that belong to all count as well
        """
        self.env["itsm.ci"].flush_model()
        # sudo: groups are written by code only
        groups = guard.with_token(self.sudo())
        scope = [("company_id", "in", [False, *companies.ids])]
        groups.search([*scope, ("state", "=", "open")]).unlink()
        settled = {}
        for group in groups.search([*scope, ("state", "=", "distinct")]):
            for item_id in group.ci_ids.ids:
                settled.setdefault(item_id, []).append(set(group.ci_ids.ids))
        vals_list = []
        for rule, value, company_id, ids in self._groups(companies):
            if any(set(ids) <= known for known in settled.get(ids[0], ())):
                continue
            vals_list.append(
                {
                    "rule": rule,
                    "value": value,
                    "company_id": company_id,
                    "ci_ids": ids,
                    "ci_count": len(ids),
                }
            )
        groups.create(vals_list)

    @api.model
    def _groups(self, companies):
        """``[(rule, value, company, ids)]``: none of services, none that is gone."""
        found = []
        for rule, value in RULES.items():
            by_class = SQL(", c.class_id") if rule == "name" else SQL()
            rows = self.env.execute_query(
                SQL(
                    """SELECT %(value)s, c.company_id, array_agg(c.id ORDER BY c.id)
                         FROM itsm_ci c
                        WHERE c.active AND c.service_id IS NULL
                          AND NOT c.state = ANY(%(gone)s)
                          AND (c.company_id IS NULL
                               OR c.company_id = ANY(%(companies)s))
                          AND %(value)s <> ''
                        GROUP BY %(value)s, c.company_id%(by_class)s
                       HAVING count(*) > 1""",
                    value=value,
                    gone=list(GONE),
                    companies=companies.ids,
                    by_class=by_class,
                )
            )
            found += [(rule, *row) for row in rows]
        return found

    # === What people say ===

    def action_distinct(self):
        """They are not the same; that is remembered until another one joins them."""
        self._settle("distinct")

    def action_reopen(self):
        """Look at them again."""
        self._settle("open")

    def action_merge(self):
        """Merge them: choose which one stays and what of the others it takes over."""
        self.ensure_one()
        self._check_manager()
        return self.env["itsm.ci.merge"]._open_for(self.ci_ids, self)

    def _settle(self, state):
        self._check_manager()
        self.check_access("read")
        # sudo: groups are written by code only
        groups = guard.with_token(self.sudo())
        groups.write({"state": state, "user_id": self.env.uid})

    def _check_by_code(self):
        if not guard.has_token(self.env):
            raise AccessError(
                self.env._("Possible duplicates are found by the search only.")
            )

    @api.model_create_multi
    def create(self, vals_list):
        self._check_by_code()
        return super().create(vals_list)

    def write(self, vals):
        self._check_by_code()
        return super().write(vals)
