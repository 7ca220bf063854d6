# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.itsm_base.tools import guard

from ..tools.process import CONTEXT, Process


class ItsmCiScrapping(models.Model):
    """Assets that are disposed of: approved, wiped, then gone (CFG-41).

    Draft → in approval → approved → done. While it is approved the data is wiped; only
    with the evidence of it can it be done.
    """

    _name = "itsm.ci.scrapping"
    _description = "Scrapping of Assets"
    _inherit = ["itsm.approval.mixin"]
    _order = "id desc"
    _rec_name = "number"
    _rec_names_search = ["number", "line_ids.ci_id.name"]
    _check_company_auto = True

    _state_from = ["draft", "in_approval"]
    _state_to = ["approved"]
    _cancel_state = "cancelled"

    number = fields.Char(readonly=True, copy=False, default="/", index="trigram")
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        index=True,
        ondelete="restrict",
        default=lambda self: self.env.company,
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Responsible",
        required=True,
        index=True,
        ondelete="restrict",
        default=lambda self: self.env.user,
        domain="[('share', '=', False)]",
        tracking=True,
    )
    reason = fields.Text(required=True, help="Why they are not used any longer.")
    way = fields.Selection(
        selection=[
            ("recycled", "Recycled"),
            ("destroyed", "Destroyed"),
            ("sold", "Sold"),
            ("donated", "Given away"),
            ("lessor", "Back to the lessor"),
            ("supplier", "Back to the supplier"),
        ],
        string="What Becomes of Them",
        required=True,
        default="recycled",
        tracking=True,
    )
    recipient_id = fields.Many2one(
        comodel_name="res.partner",
        string="Goes To",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
    )
    line_ids = fields.One2many(
        comodel_name="itsm.ci.scrapping.line",
        inverse_name="scrapping_id",
        string="Assets",
    )
    line_count = fields.Integer(
        compute="_compute_line_count", string="Number of Assets"
    )
    state = fields.Selection(
        selection=[
            ("draft", "Draft"),
            ("in_approval", "In approval"),
            ("approved", "Approved"),
            ("done", "Done"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        default="draft",
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
    )
    done_at = fields.Datetime(string="Done On", readonly=True, copy=False)
    done_by_id = fields.Many2one(
        comodel_name="res.users", readonly=True, copy=False, ondelete="restrict"
    )

    # === Computes ===

    @api.depends("line_ids")
    def _compute_line_count(self):
        counts = dict(
            self.env["itsm.ci.scrapping.line"]._read_group(
                [("scrapping_id", "in", self.ids)], ["scrapping_id"], ["__count"]
            )
        )
        for scrapping in self:
            scrapping.line_count = counts.get(scrapping._origin, 0)

    @api.depends("number")
    def _compute_display_name(self):
        for scrapping in self:
            number = scrapping.number
            scrapping.display_name = number if number != "/" else self.env._("New")

    # === CRUD ===

    @api.model_create_multi
    def create(self, vals_list):
        # said by the buttons: neither a form nor a default in the context
        fixed = {"state": "draft", "done_at": False, "done_by_id": False}
        vals_list = [{**vals, **fixed, "number": "/"} for vals in vals_list]
        scrappings = super().create(vals_list)
        # sudo: whoever writes one need not be allowed to set up numbers
        sequence = self.env["ir.sequence"].sudo()
        for scrapping in guard.with_token(scrappings):
            scrapping.number = sequence.next_by_code("itsm.ci.scrapping") or "/"
        return scrappings

    def write(self, vals):
        self.check_access("write")  # before a refusal that names the record
        if not guard.has_token(self.env):
            self._check_steps(vals)
        return super().write(vals)

    def _check_steps(self, vals):
        """What the buttons say is entered by nobody, and what is done stays so.

        :raise UserError: naming the field or the record
        """
        names = {"number", "state", "done_at", "done_by_id"} & vals.keys()
        if names:
            raise UserError(
                self.env._(
                    "%(fields)s: written by the buttons only.",
                    fields=", ".join(
                        self._fields[name]._description_string(self.env)
                        for name in sorted(names)
                    ),
                )
            )
        for scrapping in self:
            content = vals.keys() - self._approval_unlocked_fields()
            if content and scrapping.state in ("done", "cancelled"):
                raise UserError(scrapping._fixed_message())

    def _fixed_message(self):
        self.ensure_one()
        return self.env._(
            "%(scrapping)s is over and kept as evidence: it stays as it is.",
            scrapping=self.number,
        )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_begun(self):
        for scrapping in self:
            if scrapping.state != "draft":
                raise UserError(scrapping._fixed_message())

    # === Approval ===

    def _approval_unlocked_fields(self):
        # the lines lock themselves, all but the evidence of wiping
        return super()._approval_unlocked_fields() | {"line_ids"}

    def _approval_summary_fields(self):
        return [*super()._approval_summary_fields(), "reason", "way", "line_count"]

    def _approval_requested(self):
        result = super()._approval_requested()
        for scrapping in self:
            if not scrapping.line_ids:
                raise UserError(
                    self.env._(
                        "%(scrapping)s names nothing: add what is to be scrapped.",
                        scrapping=scrapping.number,
                    )
                )
        guard.with_token(self).state = "in_approval"
        return result

    def _approval_approved(self):
        result = super()._approval_approved()
        guard.with_token(self).state = "approved"
        return result

    def _approval_rejected(self):
        result = super()._approval_rejected()
        guard.with_token(self).state = "draft"
        return result

    def _approval_ended(self):
        result = super()._approval_ended()
        back = self.filtered(lambda scrapping: scrapping.state == "in_approval")
        guard.with_token(back).state = "draft"
        return result

    # === Steps ===

    def _check_step(self, *states):
        """Refuse a button where it does not apply.

        :raise AccessError: the user may not write the records
        :raise UserError: naming the first to which it does not apply
        """
        self.check_access("write")
        labels = dict(self._fields["state"]._description_selection(self.env))
        for scrapping in self:
            if scrapping.state not in states:
                raise UserError(
                    self.env._(
                        "%(name)s is “%(state)s”: this step does not apply to it.",
                        name=scrapping.number,
                        state=labels[scrapping.state],
                    )
                )

    def action_done(self):
        """They are gone: each gets the last state of its life that its class knows.

        With the rights of the user on the configuration items.

        :raise UserError: not approved, or data is not shown to be wiped
        :raise AccessError: the user may not change one of the items
        """
        self._check_step("approved")
        self.line_ids._check_wiped()
        # what was written before is not under this paper
        self.env["itsm.ci"].flush_model()
        process = Process(self._name, self.ids)
        model = self.env["itsm.ci"].with_context(**{CONTEXT: process})
        groups = self.line_ids.ci_id.grouped(lambda item: item._scrapped_state())
        for state, items in groups.items():
            model.browse(items.ids).write(
                {"user_partner_id": False, **({"state": state} if state else {})}
            )
        # under this paper
        model.flush_model()
        guard.with_token(self).write(
            {
                "state": "done",
                "done_at": fields.Datetime.now(),
                "done_by_id": self.env.uid,
            }
        )
        return True

    def action_draft(self):
        """Back to draft, to change it; the approval ends and is asked for again."""
        self._check_step("approved")
        for scrapping in self:
            scrapping._approval_end_round()
        guard.with_token(self).write({"state": "draft"})
        return True

    def action_cancel(self):
        """They are kept after all; the approval ends."""
        self._check_step("draft", "in_approval", "approved")
        for scrapping in self:
            if scrapping.approval_state in ("waiting", "approved"):
                scrapping._approval_end_round()
        guard.with_token(self).write({"state": "cancelled"})
        return True

    def action_view_items(self):
        """Open the assets of the scrapping."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "itsm_cmdb.itsm_ci_action"
        )
        domain = [("id", "in", self.line_ids.ci_id.ids)]
        return {**action, "domain": domain, "context": {"active_test": False}}
