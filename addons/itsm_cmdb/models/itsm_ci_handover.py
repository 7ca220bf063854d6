# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from odoo.addons.itsm_base.tools import guard

from ..tools.process import CONTEXT, Process

#: What a sheet says and nobody changes once it waits for its signature.
CONTENT = frozenset(
    {
        "kind",
        "partner_id",
        "company_id",
        "user_id",
        "date",
        "location_id",
        "state_after",
        "note",
        "line_ids",
    }
)
#: What who signs enters.
SIGNING = frozenset({"signed_by", "signature", "scan", "scan_name"})


class ItsmCiHandover(models.Model):
    """A sheet: what was handed to somebody, or came back, and who signed (CFG-38).

    Draft → to be signed → signed → done. Only what is done changes the configuration
    items. The signature is in `itsm_ci_handover_sign`.
    """

    _name = "itsm.ci.handover"
    _description = "Hand-over Sheet"
    _inherit = [
        "mail.thread",
        "mail.activity.mixin",
        "itsm.step.mixin",
        "itsm.archive.mixin",
    ]
    _order = "date desc, id desc"
    _rec_name = "number"
    _rec_names_search = ["number", "partner_id.name", "line_ids.name"]
    _check_company_auto = True
    _step_new = {
        "number": "/",
        "state": "draft",
        "signed_way": False,
        "presented_at": False,
        "told_at": False,
        "reminded_at": False,
        "signed_at": False,
        "signed_user_id": False,
        "content_hash": False,
        "done_at": False,
        "done_by_id": False,
    }

    number = fields.Char(readonly=True, copy=False, default="/", index="trigram")
    kind = fields.Selection(
        selection=[("out", "Hand-over"), ("back", "Return")],
        required=True,
        default="out",
        index=True,
        tracking=True,
    )
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Person",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
        domain="[('is_company', '=', False)]",
        tracking=True,
        help="Who gets the things, or brings them back; signs the sheet.",
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        index=True,
        ondelete="restrict",
        default=lambda self: self.env.company,
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Handed Over By",
        required=True,
        index=True,
        ondelete="restrict",
        default=lambda self: self.env.user,
        domain="[('share', '=', False)]",
        tracking=True,
        help="Who hands the things over or takes them back, and is told of the "
        "signature.",
    )
    date = fields.Date(
        required=True, default=fields.Date.context_today, index=True, tracking=True
    )
    location_id = fields.Many2one(
        comodel_name="itsm.ci",
        string="Place",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        domain="[('class_id.is_place', '=', True)]",
        help="Where the things stand from then on. Empty: where they stand now.",
    )
    state_after = fields.Selection(
        selection=[
            ("use", "In use"),
            ("test", "In test"),
            ("received", "Received"),
            ("dismantled", "Dismantled"),
            ("keep", "As it is"),
        ],
        string="State Afterwards",
        compute="_compute_state_after",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        help="Of the configuration items, where their class and life cycle allow it.",
    )
    note = fields.Text(help="Printed on the sheet.")
    line_ids = fields.One2many(
        comodel_name="itsm.ci.handover.line",
        inverse_name="handover_id",
        string="Things",
        copy=True,
    )
    line_count = fields.Integer(
        compute="_compute_line_count", string="Number of Things"
    )
    state = fields.Selection(
        selection=[
            ("draft", "Draft"),
            ("waiting", "To be signed"),
            ("signed", "Signed"),
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
    presented_at = fields.Datetime(
        string="Last Shown",
        readonly=True,
        copy=False,
        help="When the person could see and sign it; kept when it goes back to draft.",
    )
    done_at = fields.Datetime(string="Done On", readonly=True, copy=False)
    done_by_id = fields.Many2one(
        comodel_name="res.users", readonly=True, copy=False, ondelete="restrict"
    )
    active = fields.Boolean(default=True)

    # === Computes ===

    @api.depends("kind")
    def _compute_state_after(self):
        for sheet in self:
            sheet.state_after = "use" if sheet.kind == "out" else "received"

    @api.depends("line_ids")
    def _compute_line_count(self):
        counts = dict(
            self.env["itsm.ci.handover.line"]._read_group(
                [("handover_id", "in", self.ids)], ["handover_id"], ["__count"]
            )
        )
        for sheet in self:
            sheet.line_count = counts.get(sheet._origin, 0)

    @api.depends("number", "partner_id")
    def _compute_display_name(self):
        for sheet in self:
            number = sheet.number if sheet.number != "/" else self.env._("New sheet")
            names = (number, sheet.partner_id.name)
            sheet.display_name = " – ".join(filter(None, names))

    # === CRUD ===

    @api.model_create_multi
    def create(self, vals_list):
        sheets = super().create(vals_list)
        # sudo: whoever writes a sheet need not be allowed to set up numbers
        sequence = self.env["ir.sequence"].sudo()
        for sheet in guard.with_token(sheets):
            sheet.number = sequence.next_by_code("itsm.ci.handover") or "/"
        return sheets

    def write(self, vals):
        self.check_access("write")  # before a refusal that names the sheet
        if not guard.has_token(self.env):
            self._check_content(vals)
        return super().write(vals)

    def _check_content(self, vals):
        """Refuse to change what waits for its signature or was signed.

        :raise UserError: naming the sheet
        """
        for names, states in (
            (CONTENT, ("draft",)),
            (SIGNING, ("draft", "waiting")),
        ):
            if names & vals.keys():
                for sheet in self:
                    if sheet.state not in states:
                        raise UserError(sheet._fixed_message())
        if "active" in vals and not vals["active"]:
            for sheet in self:
                if sheet.state == "waiting":
                    raise UserError(
                        self.env._(
                            "%(sheet)s waits for its signature: who signs would not "
                            "find it any more. Cancel it or set it back to draft "
                            "before you archive it.",
                            sheet=sheet.number,
                        )
                    )

    def _fixed_message(self):
        self.ensure_one()
        if self.state == "waiting":
            return self.env._(
                "%(sheet)s waits for its signature and stays as it is. Set it back to "
                "draft to change it.",
                sheet=self.number,
            )
        return self.env._(
            "%(sheet)s is kept as evidence and stays as it is. Write another sheet.",
            sheet=self.number,
        )

    def _archive_kept(self):
        """All but drafts that were never shown to anybody."""
        return self.filtered(lambda sheet: sheet.presented_at or sheet.state != "draft")

    # === Steps ===

    def action_present(self):
        """The sheet is complete: who gets or returns the things can sign it.

        :raise UserError: it names nothing, or something that is gone
        """
        self._check_step("draft")
        for sheet in self:
            if not sheet.line_ids:
                raise UserError(
                    self.env._(
                        "%(sheet)s names nothing: add what changes hands.",
                        sheet=sheet.number,
                    )
                )
        self._check_items()
        lines = guard.with_token(self.line_ids)
        lines._note_item()
        # an archived draft would not be found by who signs
        guard.with_token(self).write(
            {
                "state": "waiting",
                "presented_at": fields.Datetime.now(),
                "active": True,
            }
        )
        return True

    def action_draft(self):
        """Back to draft, to change the sheet; what was entered to sign is dropped."""
        self._check_step("waiting")
        guard.with_token(self).write(
            {
                "state": "draft",
                "signed_by": False,
                "signature": False,
                "scan": False,
                "scan_name": False,
            }
        )
        return True

    def action_done(self):
        """The things have changed hands: the configuration items are told.

        With the rights of the user, so only those of configuration items that he may
        change. Constant queries for sheets alike.

        :raise UserError: the sheet is not signed, or an item is gone
        :raise AccessError: the user may not change one of the items
        """
        self._check_step("signed")
        self._check_items()
        self._check_holders()
        # what was written before is not under these sheets
        self.env["itsm.ci"].flush_model()
        process = Process(self._name, self.ids)
        items = self.env["itsm.ci"].with_context(**{CONTEXT: process})
        for sheet in self:
            sheet._change_items(items)
        # under these sheets
        items.flush_model()
        guard.with_token(self).write(
            {
                "state": "done",
                "done_at": fields.Datetime.now(),
                "done_by_id": self.env.uid,
            }
        )
        self.activity_unlink(["mail.mail_activity_data_todo"])
        return True

    def action_cancel(self):
        """Nothing changes hands after all."""
        self._check_step("draft", "waiting", "signed")
        guard.with_token(self).write({"state": "cancelled"})
        self.activity_unlink(["mail.mail_activity_data_todo"])
        return True

    def _check_items(self):
        """Refuse what is gone for good, and what stands for a service or a place.

        :raise UserError: naming the first
        """
        for sheet in self:
            for item in sheet.line_ids.ci_id:
                if item.state == "cancelled" or not item.active:
                    raise UserError(
                        self.env._(
                            "%(item)s is cancelled or archived: it cannot change "
                            "hands. Take it off the sheet.",
                            item=item.display_name,
                        )
                    )
                if item.service_id or item.class_id.is_place:
                    raise UserError(
                        self.env._(
                            "%(item)s is of the class %(ci_class)s: nobody takes it in "
                            "his hands. Take it off the sheet.",
                            item=item.display_name,
                            ci_class=item.class_id.name,
                        )
                    )

    def _check_holders(self):
        """Find sheets that pass over who has the things now (rule ci_holder)."""
        wrong = {}
        signers = self.filtered(lambda s: s.kind == "back").line_ids.ci_id._signers()
        for sheet in self:
            # who signed for a thing may return it, whatever was entered since
            signed = signers if sheet.kind == "back" else {}
            others = sheet.line_ids.filtered(
                lambda line, person=sheet.partner_id, signed=signed: (
                    line.ci_id.user_partner_id
                    and person
                    not in (line.ci_id.user_partner_id, signed.get(line.ci_id))
                )
            )
            if others:
                item = others[0].ci_id
                wrong[sheet.id] = self.env._(
                    "%(sheet)s: %(item)s is in the hands of %(holder)s. Record the "
                    "return first, so that he is relieved of it.",
                    sheet=sheet.number,
                    item=item.display_name,
                    holder=item.user_partner_id.name,
                )
        if wrong:
            self.env["itsm.enforcement.rule"]._enforce(
                "ci_holder", self.browse(wrong), wrong
            )

    def _change_items(self, model):
        """Who has the items of the sheet, where they stand, and their state.

        :param model: ``itsm.ci`` as it is written under the sheet
        """
        self.ensure_one()
        for line in guard.with_token(self.line_ids):
            line.holder_before_id = line.ci_id.user_partner_id
        vals = {"user_partner_id": self.partner_id.id if self.kind == "out" else False}
        if self.location_id:
            vals["location_id"] = self.location_id.id
        groups = self.line_ids.ci_id.grouped(self._states_of)
        for states, items in groups.items():
            items = model.browse(items.ids)
            items.write({**vals, **({"state": states[0]} if states else {})})
            for state in states[1:]:
                items.write({"state": state})

    def _states_of(self, item):
        """The states that an item goes through; empty: it keeps its own.

        What is returned is taken out of use before it is received again; it stays so
        where its class does not know “received”.

        :rtype: tuple[str]
        """
        state = self.state_after
        if state == "keep" or state == item.state:
            return ()
        if item._can_become(state):
            return (state,)
        if state == "received" and item._can_become("dismantled"):
            return ("dismantled", *(("received",) if item._knows(state) else ()))
        return ()

    # === What people open ===

    def action_view_items(self):
        """Open the configuration items of the sheet."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "itsm_cmdb.itsm_ci_action"
        )
        domain = [("id", "in", self.line_ids.ci_id.ids)]
        return {**action, "domain": domain, "context": {}}

    # === Portal: in sudo, asked by the controller ===

    @api.model
    def _portal_domain(self, user):
        """Sheets that a person sees: his own, once they are complete.

        :rtype: Domain
        """
        return Domain("partner_id", "=", user.partner_id.id) & Domain(
            "state", "in", ("waiting", "signed", "done")
        )
