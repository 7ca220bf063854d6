# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from odoo.addons.itsm_base.tools import guard

from .itsm_ci_spare import DECIDED


class ItsmCiRepair(models.Model):
    """A bad part that is returned for repair (RMA): sent, back, good or scrapped."""

    _name = "itsm.ci.repair"
    _description = "Repair"
    _inherit = [
        "mail.thread",
        "mail.activity.mixin",
        "itsm.archive.mixin",
        "itsm.step.mixin",
    ]
    _order = "sent_on desc, id desc"
    _rec_names_search = ["number", "rma_number", "ci_id"]
    _check_company_auto = True
    _step_new = {"state": "draft", "result": False, "returned_on": False}

    number = fields.Char(readonly=True, copy=False)
    ci_id = fields.Many2one(
        comodel_name="itsm.ci",
        string="Spare Part",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
        tracking=True,
    )
    serial = fields.Char(related="ci_id.serial")
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        index=True,
        ondelete="restrict",
        default=lambda self: self.env.company,
    )
    supplier_id = fields.Many2one(
        comodel_name="res.partner",
        string="Repaired By",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        tracking=True,
    )
    rma_number = fields.Char(
        string="RMA Number",
        index="btree_not_null",
        copy=False,
        tracking=True,
        help="Under which the supplier takes it back.",
    )
    fault = fields.Text(required=True, help="What is wrong with it.")
    ticket_id = fields.Many2one(
        comodel_name="helpdesk.ticket",
        string="Incident",
        index="btree_not_null",
        ondelete="restrict",
        help="In which it failed.",
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Responsible",
        index="btree_not_null",
        ondelete="restrict",
        default=lambda self: self.env.user,
        domain="[('share', '=', False)]",
        tracking=True,
    )
    warranty = fields.Boolean(
        string="Under Warranty",
        compute="_compute_warranty",
        help="On the day on which it was sent.",
    )
    state = fields.Selection(
        selection=[
            ("draft", "To be sent"),
            ("sent", "Sent"),
            ("back", "Came back"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        default="draft",
        index=True,
        tracking=True,
        copy=False,
    )
    sent_on = fields.Date(copy=False, tracking=True)
    due_back = fields.Date(copy=False, tracking=True, help="When it should be back.")
    returned_on = fields.Date(readonly=True, copy=False, tracking=True)
    result = fields.Selection(
        selection=[("good", "Repaired"), ("scrapped", "Scrapped")],
        readonly=True,
        copy=False,
        tracking=True,
    )
    note = fields.Text(help="What was done to it.")
    is_late = fields.Boolean(
        string="Late", compute="_compute_is_late", search="_search_is_late"
    )

    _number_uniq = models.Constraint("UNIQUE(number)", "Another repair has it.")
    _open_once = models.UniqueIndex(
        "(ci_id) WHERE state = 'sent'", "The part is away for repair already."
    )

    # === Computes ===

    @api.depends("number", "ci_id")
    def _compute_display_name(self):
        for repair in self:
            name = f"{repair.number or ''} {repair.ci_id.display_name or ''}"
            repair.display_name = name.strip()

    @api.depends("ci_id.warranty_end", "sent_on")
    def _compute_warranty(self):
        today = fields.Date.context_today(self)
        for repair in self:
            end = repair.ci_id.warranty_end
            repair.warranty = bool(end) and end >= (repair.sent_on or today)

    @api.depends("state", "due_back")
    def _compute_is_late(self):
        today = fields.Date.context_today(self)
        for repair in self:
            repair.is_late = (
                repair.state == "sent"
                and bool(repair.due_back)
                and repair.due_back < today
            )

    def _search_is_late(self, operator, value):
        if operator != "in":
            return NotImplemented
        today = fields.Date.context_today(self)
        return [("state", "=", "sent"), ("due_back", "<", today)]

    # === Rules ===

    @api.constrains("sent_on", "due_back", "returned_on")
    def _check_days(self):
        for repair in self:
            for day in (repair.due_back, repair.returned_on):
                if day and repair.sent_on and day < repair.sent_on:
                    raise ValidationError(
                        self.env._(
                            "%(repair)s comes back before it was sent. Correct the "
                            "days.",
                            repair=repair.display_name,
                        )
                    )

    @api.constrains("ci_id", "company_id")
    def _check_part_company(self):
        for repair in self:
            company = repair.ci_id.company_id
            if company and company != repair.company_id:
                raise ValidationError(
                    self.env._(
                        "%(part)s belongs to another company: choose that one.",
                        part=repair.ci_id.display_name,
                    )
                )

    # === CRUD ===

    @api.model_create_multi
    def create(self, vals_list):
        # sudo: a number is drawn by whoever sends a part
        sequence = self.env.ref("itsm_cmdb.itsm_ci_repair_sequence").sudo()
        for vals in vals_list:
            vals["number"] = sequence.next_by_id()
        return super().create(vals_list)

    def write(self, vals):
        if not guard.has_token(self):
            if "number" in vals:
                raise UserError(self.env._("The number of a repair stays."))
            begun = self.filtered(lambda r: r.state != "draft")
            if begun and vals.keys() & {"ci_id", "company_id"}:
                raise UserError(
                    self.env._(
                        "%(repair)s was sent or is over: its part and its company "
                        "stay. Make another repair instead.",
                        repair=begun[0].display_name,
                    )
                )
            gone = begun.filtered(lambda r: r.state != "sent")
            if gone and vals.keys() & {"fault", "sent_on", "supplier_id"}:
                raise UserError(
                    self.env._(
                        "%(repair)s is over: what it was about stays.",
                        repair=gone[0].display_name,
                    )
                )
        return super().write(vals)

    def _archive_kept(self):
        return self.filtered(lambda repair: repair.state != "draft")

    # === Steps ===

    def action_send(self):
        """Send parts away: a spare part is then away for repair.

        :raise UserError: one has no supplier
        """
        self._check_step("draft")
        for repair in self:
            if not repair.supplier_id:
                raise UserError(
                    self.env._(
                        "%(repair)s: say who repairs it.", repair=repair.display_name
                    )
                )
        today = fields.Date.context_today(self)
        self.filtered(lambda repair: not repair.sent_on).sent_on = today
        guard.with_token(self).write({"state": "sent"})
        self._set_condition("repair")
        for repair in self.filtered(lambda r: r.due_back and r.user_id):
            if not guard.is_silent(self.env):
                repair.activity_schedule(
                    "mail.mail_activity_data_todo",
                    repair.due_back,
                    summary=self.env._("Is it back from repair?"),
                    user_id=repair.user_id.id,
                )
        return True

    def action_return_good(self):
        """It is back and repaired; a spare part waits for its check."""
        return self._come_back("good")

    def action_return_scrapped(self):
        """It cannot be repaired: it is bad, and its life ends."""
        return self._come_back("scrapped")

    def _come_back(self, result):
        self._check_step("sent")
        guard.with_token(self).write(
            {
                "state": "back",
                "result": result,
                "returned_on": fields.Date.context_today(self),
            }
        )
        self._set_condition("returned" if result == "good" else "bad")
        if result == "scrapped":
            parts = self.ci_id.filtered(
                lambda part: part.state in ("received", "test", "use")
            )
            parts.state = "dismantled"
        self.activity_unlink(["mail.mail_activity_data_todo"])
        return True

    def action_cancel(self):
        """It is not repaired after all; a part that was sent is bad again."""
        self._check_step("draft", "sent")
        sent = self.filtered(lambda repair: repair.state == "sent")
        guard.with_token(self).write({"state": "cancelled"})
        sent._set_condition("bad")
        self.activity_unlink(["mail.mail_activity_data_todo"])
        return True

    def _set_condition(self, state):
        """What the parts are, as far as they are spare parts."""
        parts = self.ci_id.filtered("is_spare")
        if parts:
            parts.with_context(**DECIDED).spare_state = state
