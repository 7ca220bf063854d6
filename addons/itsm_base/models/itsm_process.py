# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain


class ItsmProcess(models.Model):
    """A process of the management system, with the people who answer for it (MS-03).

    Each company has its own: who owns a process, what controls it and what passes to
    the next one differ from company to company. A company that is added starts with
    copies of those of the main company (`res.company._itsm_create_processes`).
    """

    _name = "itsm.process"
    _description = "Process"
    _inherit = ["itsm.archive.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "sequence, code, id"
    _rec_names_search = ["name", "code"]
    _check_company_auto = True

    #: What only a manager decides; the owner writes everything else (MS-03).
    _appointed_fields = ("owner_id", "company_id", "code", "active")

    code = fields.Char(
        required=True,
        tracking=True,
        help="Short name for reports and for other addons, for example INC.",
    )
    name = fields.Char(required=True, translate=True, tracking=True)
    purpose = fields.Text(
        translate=True, help="What the process is for, in one or two sentences."
    )
    description = fields.Html(
        translate=True, help="Scope, steps, inputs and outputs, rules."
    )
    owner_id = fields.Many2one(
        comodel_name="res.users",
        string="Process Owner",
        index="btree_not_null",
        domain="[('share', '=', False)]",
        check_company=True,
        ondelete="restrict",
        copy=False,
        tracking=True,
        help="Answers for the process: its metrics, its yearly review, its "
        "improvement. May change what this page says.",
    )
    manager_id = fields.Many2one(
        comodel_name="res.users",
        string="Process Manager",
        index="btree_not_null",
        domain="[('share', '=', False)]",
        check_company=True,
        ondelete="restrict",
        copy=False,
        tracking=True,
        help="Runs the process from day to day. May be the process owner.",
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
        tracking=True,
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True, tracking=True)
    control_point_ids = fields.One2many(
        comodel_name="itsm.process.control",
        inverse_name="process_id",
        string="Control Points",
        copy=True,
    )
    interface_ids = fields.One2many(
        comodel_name="itsm.process.interface",
        inverse_name="process_from_id",
        string="Passes on",
    )
    interface_in_ids = fields.One2many(
        comodel_name="itsm.process.interface",
        inverse_name="process_to_id",
        string="Receives",
    )
    interface_common_ids = fields.Many2many(
        comodel_name="itsm.process.interface",
        string="With Every Process",
        compute="_compute_interface_common_ids",
        help="What every process passes on or receives.",
    )
    kpi_ids = fields.Many2many(
        comodel_name="itsm.kpi",
        string="KPIs",
        compute="_compute_kpi_ids",
        help="Those of this process, and those of the process with this code in every "
        "company (MS-04).",
    )
    kpi_count = fields.Integer(string="Number of KPIs", compute="_compute_kpi_ids")
    can_appoint = fields.Boolean(compute="_compute_can_appoint")
    action_open_count = fields.Integer(
        string="Open Actions", compute="_compute_action_open_count"
    )
    meeting_count = fields.Integer(string="Meetings", compute="_compute_meeting_count")
    duty_open_count = fields.Integer(
        string="Open Duties", compute="_compute_duty_open_count"
    )

    _code_company_uniq = models.UniqueIndex(
        "(company_id, code)",
        "Another process of the company has this code. Choose a different code.",
    )

    # === Computes ===

    @api.depends("company_id")
    def _compute_interface_common_ids(self):
        commons = self.env["itsm.process.interface"].search(
            Domain("company_id", "in", self.company_id.ids)
            & (
                Domain("process_from_id", "=", False)
                | Domain("process_to_id", "=", False)
            )
        )
        for process in self:
            process.interface_common_ids = commons.filtered(
                lambda interface, process=process: (
                    interface.company_id == process.company_id
                    and process
                    not in interface.process_from_id | interface.process_to_id
                )
            )

    @api.depends("code", "company_id")
    def _compute_kpi_ids(self):
        kpis = self.env["itsm.kpi"].search(
            Domain("process_id", "in", self.ids)
            | Domain("process_code", "in", self.mapped("code"))
        )
        for process in self:
            process.kpi_ids = kpis.filtered(
                lambda kpi, process=process: (
                    kpi.process_id == process._origin
                    or (
                        kpi.process_code == process.code
                        and (
                            not kpi.company_ids or process.company_id in kpi.company_ids
                        )
                    )
                )
            )
            process.kpi_count = len(process.kpi_ids)

    @api.depends_context("uid")
    def _compute_can_appoint(self):
        allowed = self._may_appoint()
        for process in self:
            process.can_appoint = allowed

    def _compute_action_open_count(self):
        counts = dict(
            self.env["itsm.action"]._read_group(
                Domain("process_id", "in", self.ids) & Domain("is_closed", "=", False),
                ["process_id"],
                ["__count"],
            )
        )
        for process in self:
            process.action_open_count = counts.get(process._origin, 0)

    def _compute_meeting_count(self):
        counts = dict(
            self.env["itsm.meeting"]._read_group(
                Domain("process_id", "in", self.ids), ["process_id"], ["__count"]
            )
        )
        for process in self:
            process.meeting_count = counts.get(process._origin, 0)

    def _compute_duty_open_count(self):
        counts = dict(
            self.env["itsm.duty"]._read_group(
                Domain("process_id", "in", self.ids) & Domain("state", "=", "open"),
                ["process_id"],
                ["__count"],
            )
        )
        for process in self:
            process.duty_open_count = counts.get(process._origin, 0)

    # === CRUD ===

    def write(self, vals):
        names = [name for name in self._appointed_fields if name in vals]
        if names and not self._may_appoint():
            raise AccessError(
                self.env._(
                    "%(fields)s of a process: only a manager of IT services changes "
                    "that. Ask one, or leave it as it is.",
                    fields=", ".join(
                        self._fields[name]._description_string(self.env)
                        for name in names
                    ),
                )
            )
        return super().write(vals)

    def copy_data(self, default=None):
        vals_list = super().copy_data(default=default)
        default = default or {}
        for process, vals in zip(self, vals_list, strict=True):
            if (
                default.get("company_id", process.company_id.id)
                != process.company_id.id
            ):
                continue
            if not default.get("name"):
                vals["name"] = self.env._("%(name)s (copy)", name=process.name)
            if not default.get("code"):
                vals["code"] = self.env._("%(code)s-COPY", code=process.code)
        return vals_list

    def _may_appoint(self):
        return self.env.su or self.env.user.has_group("itsm_base.itsm_group_manager")

    def _archive_references(self):
        return [
            *super()._archive_references(),
            ("itsm.action", "process_id"),
            ("itsm.duty", "process_id"),
            ("itsm.kpi.value", "process_id"),
            ("itsm.meeting", "process_id"),
        ]

    # === Actions ===

    def action_open_actions(self):
        """Return an action with the actions of the process (MS-53)."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "itsm_base.itsm_action_action"
        )
        action["domain"] = [("process_id", "=", self.id)]
        action["context"] = {"default_process_id": self.id}
        return action

    def action_open_meetings(self):
        """Return an action with the meetings of the process (MS-55)."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "itsm_base.itsm_meeting_action"
        )
        action["domain"] = [("process_id", "=", self.id)]
        action["context"] = {"default_process_id": self.id}
        return action

    def action_prepare_roster(self):
        """Return the form of a new roster: a document that lists the processes.

        Of all, whatever is chosen in the list.
        """
        kind = self.env.ref("itsm_base.itsm_document_kind_process_roster")
        return {
            "type": "ir.actions.act_window",
            "name": kind.name,
            "res_model": "itsm.document",
            "view_mode": "form",
            "views": [(False, "form")],
            "context": {"default_kind_id": kind.id},
        }

    def action_open_duties(self):
        """Return an action with the duties of the process (MS-54)."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Duties of %(name)s", name=self.name),
            "res_model": "itsm.duty",
            "view_mode": "list,calendar,form",
            "domain": [("process_id", "=", self.id)],
        }

    def action_open_kpis(self):
        """Return an action with the KPIs of the process (MS-04)."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("KPIs of %(name)s", name=self.name),
            "res_model": "itsm.kpi",
            "view_mode": "list,form",
            "domain": [("id", "in", self.kpi_ids.ids)],
            "context": {"default_process_id": self.id},
        }
