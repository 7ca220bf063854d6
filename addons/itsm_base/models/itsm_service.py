# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain


class ItsmService(models.Model):
    _name = "itsm.service"
    _description = "Service"
    _inherit = ["itsm.action.mixin", "mail.thread", "itsm.archive.mixin"]
    _order = "sequence, name, id"
    _parent_store = True
    _rec_names_search = ["name", "code"]
    _check_company_auto = True

    name = fields.Char(required=True, translate=True, tracking=True)
    display_name = fields.Char(recursive=True)
    code = fields.Char(
        tracking=True, help="Short name for imports and reports, for example MAIL."
    )
    parent_id = fields.Many2one(
        comodel_name="itsm.service",
        string="Part of",
        index=True,
        ondelete="restrict",
        check_company=True,
        tracking=True,
        help="Empty for a service; the service for one of its offerings.",
    )
    parent_path = fields.Char(index=True)
    child_ids = fields.One2many(
        comodel_name="itsm.service",
        inverse_name="parent_id",
        string="Offerings",
    )
    kind = fields.Selection(
        selection=[("service", "Service"), ("offering", "Service offering")],
        compute="_compute_kind",
        store=True,
        help="A service stands at the top of the tree, its offerings below.",
    )
    owner_id = fields.Many2one(
        comodel_name="res.users",
        string="Service Owner",
        index="btree_not_null",
        domain="[('share', '=', False)]",
        check_company=True,
        tracking=True,
        help="Answers for the service towards the customers.",
    )
    partner_ids = fields.Many2many(
        comodel_name="res.partner",
        string="Customers",
        check_company=True,
        help="Who may use the service; everybody if empty. Contacts of a customer "
        "are included.",
    )
    criticality = fields.Selection(
        selection=[("1", "Critical"), ("2", "High"), ("3", "Medium"), ("4", "Low")],
        default="3",
        required=True,
        tracking=True,
        help="How much the customers depend on it.",
    )
    state = fields.Selection(
        selection=[("draft", "Draft"), ("live", "Live"), ("retired", "Retired")],
        default="draft",
        required=True,
        index=True,
        tracking=True,
        help="Only live services can be chosen on new tickets. Tickets that name a "
        "service keep it when it is retired.",
    )
    description = fields.Html(translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    open_ticket_count = fields.Integer(
        string="Open Tickets", compute="_compute_open_ticket_count"
    )

    _code_company_uniq = models.UniqueIndex(
        "(company_id, code) WHERE code IS NOT NULL",
        "Another service of the company has this code. Choose a different code.",
    )

    # === Computes ===

    @api.depends("name", "parent_id.display_name")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for service in self:
            name = service.name or ""
            if service.parent_id:
                name = f"{service.parent_id.display_name} / {name}"
            service.display_name = name

    @api.depends("parent_id")
    def _compute_kind(self):
        for service in self:
            service.kind = "offering" if service.parent_id else "service"

    def _compute_open_ticket_count(self):
        counts = dict(
            self.env["helpdesk.ticket"]._read_group(
                self._itsm_open_ticket_domain(), ["service_id"], ["__count"]
            )
        )
        for service in self:
            service.open_ticket_count = sum(
                count
                for ticket_service, count in counts.items()
                if f"/{service.id}/" in f"/{ticket_service.parent_path or ''}"
            )

    # === CRUD ===

    def write(self, vals):
        if vals.get("parent_id"):
            self.check_access("write")
            self._itsm_check_parent(vals["parent_id"])
        return super().write(vals)

    def copy_data(self, default=None):
        vals_list = super().copy_data(default=default)
        for service, vals in zip(self, vals_list, strict=True):
            if not (default or {}).get("name"):
                vals["name"] = self.env._("%(name)s (copy)", name=service.name)
            if not (default or {}).get("code"):
                vals["code"] = False
        return vals_list

    def _archive_references(self):
        return [*super()._archive_references(), ("helpdesk.ticket", "service_id")]

    def _itsm_check_parent(self, parent_id):
        """Refuse a parent that is one of these services or below one of them.

        Before writing: the parent store would raise an error that names no field.

        :raise ValidationError: naming the field
        """
        # sudo: the tree does not depend on who may read the parent
        path = self.browse(parent_id).sudo().parent_path or ""
        if any(f"/{service_id}/" in f"/{path}" for service_id in self.ids):
            raise ValidationError(
                self.env._(
                    "Part of: a service cannot be part of itself, directly or through "
                    "its offerings. Choose another service or leave it empty."
                )
            )

    # === Actions ===

    def action_set_live(self):
        """Offer the services: they can be chosen on new tickets.

        :raise AccessError: if the user may not write services
        """
        self.write({"state": "live"})

    def action_retire(self):
        """Withdraw the services: they can no longer be chosen on new tickets.

        :raise AccessError: if the user may not write services
        """
        self.write({"state": "retired"})

    def action_set_draft(self):
        """Take the services back to draft.

        :raise AccessError: if the user may not write services
        """
        self.write({"state": "draft"})

    def action_open_tickets(self):
        """Return an action with the open tickets of the service and its offerings."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "itsm_base.helpdesk_ticket_action_all"
        )
        action["domain"] = list(self._itsm_open_ticket_domain())
        action["context"] = {"default_service_id": self.id}
        return action

    # === Business methods ===

    def _itsm_open_ticket_domain(self):
        """Return the domain of open tickets of these services and their offerings."""
        return Domain("service_id", "child_of", self.ids) & Domain(
            "stage_id.closed", "=", False
        )
