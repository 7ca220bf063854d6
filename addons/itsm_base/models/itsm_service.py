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
        selection=[
            ("proposed", "Proposed"),
            ("design", "In design"),
            ("transition", "In transition"),
            ("live", "Live"),
            ("changing", "Being changed"),
            ("retiring", "Being retired"),
            ("retired", "Retired"),
        ],
        default="proposed",
        required=True,
        index=True,
        tracking=True,
        help="Services that are live, being changed or being retired are offered: the "
        "catalogue shows them and new tickets may name them. Tickets that name a "
        "service keep it when it is retired.",
    )
    summary = fields.Text(
        string="Overview",
        translate=True,
        tracking=True,
        help="What the customers get, in one or two sentences.",
    )
    audience = fields.Text(
        translate=True, tracking=True, help="Who the service is meant for."
    )
    delivery_method = fields.Text(
        string="Delivery",
        translate=True,
        tracking=True,
        help="How the service reaches its users: from where, by whom, by which means.",
    )
    calendar_id = fields.Many2one(
        comodel_name="resource.calendar",
        string="Service Hours",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        tracking=True,
        help="When the service is provided. Empty for an offering: the hours of the "
        "service that it is part of.",
    )
    description = fields.Html(translate=True)
    is_hot = fields.Boolean(
        string="Often Asked For",
        tracking=True,
        help="Shown first in the catalogue.",
    )
    approval_required = fields.Boolean(
        string="Needs Approval",
        tracking=True,
        help="Requests for it are approved before they are fulfilled.",
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    price = fields.Monetary(
        groups="itsm_base.itsm_group_finance",
        tracking=True,
        help="What is charged for one unit.",
    )
    cost = fields.Monetary(
        string="Unit Cost",
        groups="itsm_base.itsm_group_finance",
        tracking=True,
        help="What one unit costs the provider.",
    )
    price_basis = fields.Selection(
        selection=[
            ("once", "Once"),
            ("month", "Each month"),
            ("year", "Each year"),
        ],
        string="Charged",
        groups="itsm_base.itsm_group_finance",
        tracking=True,
        help="What price and unit cost are about.",
    )
    question_ids = fields.One2many(
        comodel_name="itsm.question",
        inverse_name="service_id",
        string="Questions",
        help="What is asked for in a request.",
    )
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
    request_count = fields.Integer(
        string="Requests",
        compute="_compute_request_count",
        help="Service requests for it and its offerings, of all times.",
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

    def _compute_request_count(self):
        counts = self._itsm_request_counts()
        for service in self:
            service.request_count = sum(
                count
                for requested, count in counts.items()
                if f"/{service.id}/" in f"/{requested.parent_path or ''}"
            )

    def _itsm_request_counts(self):
        """How often each service was asked for; what counts is a hook for other addons.

        :return: numbers by service, these and those below them
        :rtype: dict[itsm.service, int]
        """
        return dict(
            self.env["helpdesk.ticket"]._read_group(
                self._itsm_request_domain(), ["service_id"], ["__count"]
            )
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

    def action_open_tickets(self):
        """Return an action with the open tickets of the service and its offerings."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "itsm_base.helpdesk_ticket_action_all"
        )
        action["domain"] = list(self._itsm_open_ticket_domain())
        action["context"] = {"default_service_id": self.id}
        return action

    def action_open_requests(self):
        """Return an action with the requests for the service and its offerings."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "itsm_base.helpdesk_ticket_action_all"
        )
        action["domain"] = list(self._itsm_request_domain())
        action["context"] = {"default_service_id": self.id}
        return action

    def action_open_versions(self):
        """Return an action with the versions of the service."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "itsm_base.itsm_service_version_action"
        )
        action["domain"] = [("service_id", "=", self.id)]
        return action

    # === Business methods ===

    def _itsm_request_domain(self):
        """Return the domain of requests for these services and their offerings."""
        return Domain("service_id", "child_of", self.ids) & Domain(
            "itsm_kind", "=", "request"
        )

    def _itsm_open_ticket_domain(self):
        """Return the domain of open tickets of these services and their offerings."""
        return Domain("service_id", "child_of", self.ids) & Domain(
            "stage_id.closed", "=", False
        )
