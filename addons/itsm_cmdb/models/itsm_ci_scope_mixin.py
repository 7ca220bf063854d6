# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import ast

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain


class ItsmCiScopeMixin(models.AbstractModel):
    """Which configuration items a baseline or an audit is about.

    What is archived is in no scope; who names one that is archived is told so.
    """

    _name = "itsm.ci.scope.mixin"
    _description = "Scope of Configuration Items"

    scope = fields.Selection(
        selection=[
            ("chosen", "Chosen by hand"),
            ("class", "Classes, with those below"),
            ("system", "A service or system, with all it depends on"),
            ("filter", "A filter"),
            ("all", "All of the company"),
        ],
        required=True,
        default="chosen",
    )
    ci_ids = fields.Many2many(
        comodel_name="itsm.ci", string="Chosen", context={"active_test": False}
    )
    class_ids = fields.Many2many(comodel_name="itsm.ci.class", string="Classes")
    system_id = fields.Many2one(
        comodel_name="itsm.ci",
        string="Service or System",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        help="It and all it may fail with, as the impact finds them today.",
    )
    filter_domain = fields.Char(string="Filter", default="[]")
    scope_count = fields.Integer(
        string="In Scope Now",
        compute="_compute_scope_count",
        help="Configuration items that you may see.",
    )

    @api.depends(
        "scope", "ci_ids", "class_ids", "system_id", "filter_domain", "company_id"
    )
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_scope_count(self):
        items = self.env["itsm.ci"]
        for record in self:
            try:
                record.scope_count = items.search_count(record._scope_domain())
            except UserError:
                record.scope_count = 0

    @api.constrains("scope", "filter_domain")
    def _check_filter_domain(self):
        for record in self.filtered(lambda record: record.scope == "filter"):
            record._scope_filter()

    def _scope_filter(self):
        """The filter as a domain.

        :raise ValidationError: it is none
        """
        self.ensure_one()
        try:
            domain = Domain(ast.literal_eval(self.filter_domain or "[]"))
            domain.validate(self.env["itsm.ci"])
            self.env["itsm.ci"].search_count(domain, limit=1)
        except (ValueError, SyntaxError, TypeError, KeyError) as error:
            raise ValidationError(
                self.env._(
                    "The filter cannot be read: choose fields and values again. "
                    "Dynamic values such as “me” cannot be used in it."
                )
            ) from error
        return domain

    def _scope_domain(self):
        """Configuration items in scope now, in the user's eyes.

        :rtype: Domain
        """
        self.ensure_one()
        own = Domain("company_id", "in", [False, self.company_id.id])
        if self.scope == "chosen":
            return own & Domain("id", "in", self.ci_ids._origin.ids)
        if self.scope == "class":
            return own & Domain("class_id", "child_of", self.class_ids._origin.ids)
        if self.scope == "system":
            system = self.system_id._origin
            reached = system._impact("up").reached if system else ()
            return own & Domain("id", "in", [*system.ids, *reached])
        if self.scope == "filter":
            return own & self._scope_filter()
        return own

    def _scope_items(self):
        """Configuration items in scope now.

        :rtype: itsm.ci
        :raise UserError: there are none, or one that was chosen is archived
        """
        self.ensure_one()
        if self.scope == "chosen":
            archived = self.ci_ids.filtered(lambda item: not item.active)[:1]
            if archived:
                raise UserError(
                    self.env._(
                        "%(name)s is archived: there is nothing of it to look at. "
                        "Take it out of %(scope)s, or restore it first.",
                        name=archived.display_name,
                        scope=self.display_name,
                    )
                )
        items = self.env["itsm.ci"].search(self._scope_domain(), order="id")
        if not items:
            raise UserError(
                self.env._(
                    "%(scope)s is about no configuration item: nothing that you may "
                    "see is in its scope. Choose another scope.",
                    scope=self.display_name,
                )
            )
        return items
