# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.itsm_base.tools import guard

from ..tools.properties import JsonValue, same
from .itsm_ci_history import PREFIX
from .itsm_ci_record import FOR_EVERYBODY, HISTORY_FIELDS
from .itsm_ci_state import GONE

#: What the owner writes while he explains, and while he corrects.
EXPLAINED = {"cause_id", "explanation", "correction"}
CORRECTED = {"correction_note"}
#: What the auditor writes when he checks.
CHECKED = {"check_note"}
#: Which of them are free in which state.
FREE = {
    "open": EXPLAINED,
    "failed": EXPLAINED | CORRECTED,
    "explained": EXPLAINED | CORRECTED,
    "corrected": CHECKED,
}


class ItsmCiAuditDifference(models.Model):
    """A record that differs from what is there: explained, corrected, checked.

    The CI owner explains and corrects, an auditor who neither counted nor corrected it
    checks (CFG-05, CFG-30).
    """

    _name = "itsm.ci.audit.difference"
    _description = "Audit: Difference"
    _inherit = ["itsm.archive.mixin", "itsm.step.mixin"]
    _order = "audit_id desc, line_id, id"
    _rec_name = "what"
    _step_new = {
        "state": "open",
        "explained_by_id": False,
        "explained_at": False,
        "action_id": False,
        "corrected_by_id": False,
        "corrected_at": False,
        "checked_by_id": False,
        "checked_at": False,
    }

    line_id = fields.Many2one(
        comodel_name="itsm.ci.audit.line",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    audit_id = fields.Many2one(related="line_id.audit_id", store=True, index=True)
    company_id = fields.Many2one(related="line_id.company_id", store=True, index=True)
    ci_id = fields.Many2one(
        related="line_id.ci_id", store=True, index=True, string="Configuration Item"
    )
    owner_id = fields.Many2one(related="ci_id.owner_id", string="CI Owner")
    kind = fields.Selection(
        selection=[
            ("field", "Differs"),
            ("missing", "Missing"),
            ("unrecorded", "Not recorded"),
        ],
        required=True,
        readonly=True,
    )
    attribute = fields.Char(string="Field or Code", readonly=True)
    expected = JsonValue(string="Expected Value", groups=fields.NO_ACCESS)
    found_value = JsonValue(string="Found Value", groups=fields.NO_ACCESS)
    what = fields.Char(compute="_compute_words")
    expected_text = fields.Char(string="Expected", compute="_compute_words")
    found_text = fields.Char(string="Found", compute="_compute_words")
    found = fields.Char(string="Found as Noted", readonly=True)
    counted_by_id = fields.Many2one(related="line_id.counted_by_id")
    state = fields.Selection(
        selection=[
            ("open", "Open"),
            ("explained", "Explained"),
            ("corrected", "Corrected"),
            ("checked", "Checked"),
            ("failed", "Not right yet"),
        ],
        required=True,
        default="open",
        readonly=True,
        index=True,
    )
    cause_id = fields.Many2one(
        comodel_name="itsm.ci.audit.cause",
        index="btree_not_null",
        ondelete="restrict",
    )
    explanation = fields.Text(help="How it came about, by the CI owner.")
    correction = fields.Selection(
        selection=[
            ("record", "The record is corrected"),
            ("thing", "The thing is corrected"),
            ("none", "Nothing: it was counted wrongly"),
        ],
        help="What is wrong: what the CMDB says, or how the thing is.",
    )
    correction_note = fields.Text(string="What Was Done")
    explained_by_id = fields.Many2one(
        comodel_name="res.users",
        readonly=True,
        ondelete="restrict",
    )
    explained_at = fields.Datetime(string="Explained On", readonly=True)
    action_id = fields.Many2one(
        comodel_name="itsm.action",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        help="What is done so that it does not happen again.",
    )
    corrected_by_id = fields.Many2one(
        comodel_name="res.users",
        readonly=True,
        ondelete="restrict",
    )
    corrected_at = fields.Datetime(string="Corrected On", readonly=True)
    checked_by_id = fields.Many2one(
        comodel_name="res.users",
        readonly=True,
        ondelete="restrict",
    )
    checked_at = fields.Datetime(string="Checked On", readonly=True)
    check_note = fields.Text(string="What the Spot Check Showed")
    can_explain = fields.Boolean(compute="_compute_can")
    can_check = fields.Boolean(compute="_compute_can")

    # === Computes ===

    @api.depends("attribute", "expected", "found_value", "found", "kind", "ci_id")
    @api.depends_context("lang", "tz", "uid", FOR_EVERYBODY)
    def _compute_words(self):
        of_field = self.filtered(lambda record: record.kind == "field")
        rows = [
            {
                "ci_id": record.ci_id.id,
                "attribute": record.attribute,
                # sudo: said below as far as the user may know
                "old": record.sudo().expected,
                "new": record.sudo().found_value,
            }
            for record in of_field
        ]
        words = self.env["itsm.ci"]._difference_words(rows)
        for record, (what, old, new) in zip(of_field, words, strict=True):
            record.what = what
            record.expected_text = old
            record.found_text = record.found or new
        for record in self - of_field:
            record.what = self.env._("Configuration item")
            is_missing = record.kind == "missing"
            there, none = self.env._("there"), self.env._("not recorded")
            record.expected_text = there if is_missing else none
            record.found_text = (
                self.env._("missing") if is_missing else record.found or there
            )

    @api.depends(
        "ci_id.owner_id", "counted_by_id", "explained_by_id", "corrected_by_id"
    )
    @api.depends_context("uid")
    def _compute_can(self):
        user = self.env.user
        manager = user.has_group("itsm_cmdb.itsm_group_ci_manager")
        auditor = user.has_group("itsm_cmdb.itsm_group_ci_auditor")
        for record in self:
            item = record.ci_id.sudo()  # sudo: whose it is, seen or not
            owner = item.owner_id
            nobody = not owner or not owner.active
            record.can_explain = owner == user or (manager and nobody)
            record.can_check = (
                auditor or (manager and record.audit_id.auditor_id == user)
            ) and user not in (
                owner
                # of what was merged the one that stays is corrected
                | item._stands_for().owner_id
                | record.counted_by_id
                | record.explained_by_id
                | record.corrected_by_id
            )

    # === CRUD ===

    @api.model_create_multi
    def create(self, vals_list):
        if not guard.has_token(self.env):
            raise AccessError(
                self.env._(
                    "Differences follow from counting: count the configuration item, "
                    "and say what differs."
                )
            )
        return super().create(vals_list)

    def write(self, vals):
        if not guard.has_token(self.env):
            for record in self:
                record._check_free(set(vals))
        return super().write(vals)

    def _check_free(self, names):
        """Refuse to write what is not the user's to write now.

        :param set names: names of fields
        :raise UserError: not in this state
        :raise AccessError: not by this user
        """
        self.ensure_one()
        free = FREE.get(self.state, set())
        if self.audit_id.state in ("closed", "cancelled") or names - free:
            raise UserError(
                self.env._(
                    "%(name)s: that cannot be written now. The owner explains and "
                    "corrects, then the auditor checks.",
                    name=self.display_name,
                )
            )
        if not (self.can_check if names <= CHECKED else self.can_explain):
            raise AccessError(
                self._who_checks() if names <= CHECKED else self._who_explains()
            )

    def _archive_kept(self):
        # code replaces what was counted again
        return self.browse() if guard.has_token(self.env) else self

    def _who_explains(self):
        # sudo: whose it is, seen or not
        item = self.ci_id.sudo()
        return self.env._(
            "%(ci)s is explained and corrected by its owner: %(owner)s.",
            ci=item.name or self.found,
            owner=item.owner_id.name
            or self.env._("nobody yet, so by a configuration manager"),
        )

    def _who_checks(self):
        return self.env._(
            "%(name)s: a CI auditor who did not count, explain or correct it, and is "
            "not its owner, makes the spot check.",
            name=self.display_name,
        )

    # === Steps ===

    def _check_difference_step(self, allowed, *states):
        self._check_step(*states)
        for record in self:
            if record.audit_id.state in ("planned", "counting", "closed", "cancelled"):
                raise UserError(
                    self.env._(
                        "%(audit)s: differences are worked on from the end of the "
                        "counting until the audit is closed.",
                        audit=record.audit_id.display_name,
                    )
                )
            if not record[allowed]:
                raise AccessError(
                    record._who_checks()
                    if allowed == "can_check"
                    else record._who_explains()
                )

    def action_explain(self):
        """The owner has said how it came about, and what is to be corrected.

        :raise UserError: cause, explanation or what is corrected is missing
        """
        self._check_difference_step("can_explain", "open", "failed")
        for record in self:
            text = (record.explanation or "").strip()
            if not (record.cause_id and text and record.correction):
                raise UserError(
                    self.env._(
                        "%(name)s: choose a cause, write how it came about, and say "
                        "what is corrected.",
                        name=record.display_name,
                    )
                )
        self._note("explained", "explained")

    def action_correct(self):
        """It has been corrected.

        :raise UserError: the record still says what it said, or the action is open
        """
        self._check_difference_step("can_explain", "explained")
        for record in self:
            action = record.action_id.sudo()  # sudo: whether it is done, seen or not
            if action and not (action.done_at or action.is_closed):
                raise UserError(
                    self.env._(
                        "%(name)s: its action is not done yet.",
                        name=record.display_name,
                    )
                )
            if record.correction == "record" and record._is_unchanged():
                if record.kind == "missing":
                    raise UserError(
                        self.env._(
                            "%(ci)s is missing and is still recorded as being there. "
                            "Change its state or archive it first.",
                            ci=record.ci_id.display_name,
                        )
                    )
                raise UserError(
                    self.env._(
                        "%(ci)s still says of %(what)s: %(value)s. Correct the "
                        "configuration item first.",
                        # sudo: the one that stays is named, whoever may see it
                        ci=record.ci_id.sudo()._stands_for().display_name,
                        what=record.what,
                        value=record.expected_text,
                    )
                )
        self._note("corrected", "corrected")

    def _is_unchanged(self):
        """Whether the record still says what the audit found to be wrong."""
        self.ensure_one()
        item = self.ci_id.sudo()  # sudo: compared, not shown
        if self.kind == "missing":
            return item.active and item.state not in GONE
        if self.kind != "field" or not item:
            return False
        expected = self.sudo().expected  # sudo: as above
        # what was merged is corrected on the one that stays
        item = item._stands_for()
        item.flush_recordset()
        stored = item._stored_values(HISTORY_FIELDS)[item.id]
        if self.attribute.startswith(PREFIX):
            code = self.attribute.removeprefix(PREFIX)
            return same((stored["attributes"] or {}).get(code), expected)
        return self.attribute in stored and stored[self.attribute] == expected

    def action_check_ok(self):
        """The spot check showed that it is right now."""
        self._check_difference_step("can_check", "corrected")
        self._note("checked", "checked")

    def action_check_failed(self):
        """The spot check showed that it is not right: back to the owner.

        :raise UserError: nothing is said about it
        """
        self._check_difference_step("can_check", "corrected")
        for record in self:
            if not (record.check_note or "").strip():
                raise UserError(
                    self.env._(
                        "%(name)s: write down what is still wrong.",
                        name=record.display_name,
                    )
                )
        self._note("failed", "checked")
        audits = self.audit_id.filtered(lambda audit: audit.state == "check")
        # sudo: who checks need not plan audits
        guard.with_token(audits.sudo()).write({"state": "correction"})

    def _note(self, state, act):
        # sudo: the step was checked; only code writes who did it
        guard.with_token(self.sudo()).write(
            {
                "state": state,
                f"{act}_by_id": self.env.uid,
                f"{act}_at": fields.Datetime.now(),
            }
        )

    def action_make_action(self):
        """Make an action, so that it does not happen again (CFG-31).

        :raise UserError: there is one already
        """
        self.ensure_one()
        self._check_difference_step("can_explain", "open", "explained", "failed")
        if self.action_id:
            raise UserError(self.env._("There is an action already. Open it."))
        owner = self.ci_id.sudo().owner_id or self.env.user  # sudo: as above
        # sudo: it is for the owner, whoever asks for it
        action = (
            self.env["itsm.action"]
            .sudo()
            .create(
                {
                    "name": self.env._(
                        "%(audit)s: %(ci)s, %(what)s",
                        audit=self.audit_id.number,
                        ci=self.ci_id.display_name or self.found,
                        what=self.what,
                    ),
                    "kind": "corrective",
                    "res_model": "itsm.ci.audit",
                    "res_id": self.audit_id.id,
                    "owner_id": owner.id,
                    "company_id": self.company_id.id,
                    "due_date": fields.Date.add(
                        fields.Date.context_today(self), days=30
                    ),
                }
            )
        )
        guard.with_token(self.sudo()).write({"action_id": action.id})  # sudo: as above
        return self.action_open_action()

    def action_open_action(self):
        """Open the action."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "itsm.action",
            "res_id": self.action_id.id,
            "views": [(False, "form")],
        }

    def _sheet(self):
        """Differences as a sheet of a workbook: title, head, rows."""
        names = (
            *("ci_id", "owner_id", "what", "expected_text", "found_text", "cause_id"),
            *("explanation", "correction", "correction_note", "state", "check_note"),
        )
        head = [self._fields[name]._description_string(self.env) for name in names]
        rows = [
            [
                record[name].display_name
                if self._fields[name].type == "many2one"
                else dict(self._fields[name]._description_selection(self.env)).get(
                    record[name], ""
                )
                if self._fields[name].type == "selection"
                else record[name]
                for name in names
            ]
            for record in self
        ]
        return self.env._("Differences"), head, rows
