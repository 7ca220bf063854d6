# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import hashlib
import json

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL

from odoo.addons.itsm_base.tools import guard

from ..tools import bulk

STATES = [
    ("draft", "Draft"),
    ("taken", "Taken"),
    ("approved", "Approved"),
    ("superseded", "Superseded"),
    ("rejected", "Rejected"),
]
#: What may be written once a baseline was taken.
FREE = {"active", "message_follower_ids", "message_main_attachment_id"}


class ItsmCiBaseline(models.Model):
    """How a set of configuration items was at a moment, kept for good (CFG-23).

    Content is written once, when it is taken. Its hash is worked out again whenever a
    baseline is looked at or compared, so that content changed behind its back shows.
    """

    _name = "itsm.ci.baseline"
    _description = "Baseline"
    _inherit = [
        "itsm.ci.scope.mixin",
        "itsm.archive.mixin",
        "itsm.step.mixin",
        "itsm.action.mixin",
        "mail.thread",
    ]
    _order = "taken_at desc, id desc"
    _rec_names_search = ["number", "name"]
    _check_company_auto = True
    _step_new = {
        "number": False,
        "state": "draft",
        "taken_at": False,
        "taken_by_id": False,
        "approved_at": False,
        "approved_by_id": False,
        "content_hash": False,
        "line_count": 0,
    }

    number = fields.Char(readonly=True, copy=False, index="btree_not_null")
    name = fields.Char(required=True, tracking=True)
    kind = fields.Selection(
        selection=[
            ("initial", "Initial"),
            ("release", "Before a release or change"),
            ("regular", "Regular"),
            ("other", "Other"),
        ],
        required=True,
        default="regular",
        tracking=True,
        help="Initial: what the CMDB began with; each company has one that is valid.",
    )
    purpose = fields.Text(help="What it is kept for.")
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
        ondelete="restrict",
        help="It holds configuration items of this company and those of all.",
    )
    moment = fields.Datetime(
        string="State As Of",
        copy=False,
        help="Empty: as it is when the baseline is taken. A past moment is worked out "
        "from the history.",
    )
    state = fields.Selection(
        selection=STATES,
        required=True,
        default="draft",
        readonly=True,
        index=True,
        tracking=True,
    )
    taken_at = fields.Datetime(string="Taken On", readonly=True, copy=False)
    taken_by_id = fields.Many2one(
        comodel_name="res.users",
        readonly=True,
        copy=False,
        ondelete="restrict",
    )
    approved_at = fields.Datetime(string="Decided On", readonly=True, copy=False)
    approved_by_id = fields.Many2one(
        comodel_name="res.users",
        string="Decided By",
        readonly=True,
        copy=False,
        ondelete="restrict",
    )
    previous_id = fields.Many2one(
        comodel_name="itsm.ci.baseline",
        string="Takes the Place Of",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        copy=False,
        domain="[('state', '=', 'approved'), ('id', '!=', id)]",
        help="Superseded once this one is approved.",
    )
    line_ids = fields.One2many(
        comodel_name="itsm.ci.baseline.line",
        inverse_name="baseline_id",
        string="Configuration Items",
        readonly=True,
    )
    line_count = fields.Integer(string="Items", readonly=True, copy=False)
    content_hash = fields.Char(
        string="Fingerprint of the Content (SHA-256)", readonly=True, copy=False
    )
    is_altered = fields.Boolean(
        string="Altered",
        compute="_compute_is_altered",
        help="The content is not what was taken: somebody changed it in the database.",
    )
    active = fields.Boolean(default=True)

    _number_uniq = models.Constraint(
        "UNIQUE(number)", "Another baseline has this number."
    )
    _initial_uniq = models.UniqueIndex(
        "(company_id) WHERE kind = 'initial' AND state = 'approved'",
        "The company has an approved initial baseline already. Say that this one takes "
        "its place, or choose another kind.",
    )

    # === Computes ===

    @api.depends("number", "name")
    def _compute_display_name(self):
        for baseline in self:
            parts = (baseline.number, baseline.name)
            baseline.display_name = " ".join(part for part in parts if part)

    def _compute_is_altered(self):
        taken = self.filtered("content_hash")
        hashes = taken._content_hashes()
        for baseline in self:
            baseline.is_altered = (
                baseline in taken and hashes[baseline.id] != baseline.content_hash
            )

    def _content_hashes(self):
        """SHA-256 of the content of each baseline as the table has it: one query.

        Over lines of JSON with sorted keys and no blanks: first number, moment and
        company, then each configuration item in the order of ids with its content.

        :rtype: dict[int, str]
        """
        hashes = {}
        for baseline in self.sudo():  # sudo: all of it counts, seen or not
            head = [
                baseline.number,
                fields.Datetime.to_string(baseline.moment),
                baseline.company_id.id,
            ]
            hashes[baseline.id] = hashlib.sha256(self._canonical(head))
        lines = self.env["itsm.ci.baseline.line"]
        lines.flush_model()
        rows = self.env.execute_query(
            SQL(
                "SELECT baseline_id, ci_id, content FROM %s"
                " WHERE baseline_id = ANY(%s) ORDER BY baseline_id, ci_id",
                SQL.identifier(lines._table),
                list(hashes),
            )
        )
        for baseline_id, ci_id, content in rows:
            hashes[baseline_id].update(self._canonical([ci_id, content]))
        return {key: value.hexdigest() for key, value in hashes.items()}

    @api.model
    def _canonical(self, value):
        text = json.dumps(
            value, sort_keys=True, separators=(",", ":"), ensure_ascii=False
        )
        return f"{text}\n".encode()

    # === Rules ===

    approval_note = fields.Char(
        compute="_compute_approval_note",
        compute_sudo=False,
        help="Why who looks at it cannot approve it.",
    )

    @api.constrains("moment")
    def _check_moment(self):
        for baseline in self:
            if baseline.moment and baseline.moment > fields.Datetime.now():
                raise ValidationError(
                    self.env._(
                        "%(name)s: nobody knows how it will be. Choose a past moment, "
                        "or leave it empty for now.",
                        name=baseline.name,
                    )
                )

    @api.depends("state", "taken_by_id", "company_id")
    @api.depends_context("uid", "lang")
    def _compute_approval_note(self):
        for baseline in self:
            others = self.env["res.users"]
            if baseline.state == "taken" and baseline.taken_by_id == self.env.user:
                others = baseline._other_managers()
            baseline.approval_note = bool(others) and self.env._(
                "You took it yourself: another configuration manager approves it, for "
                "example %(names)s.",
                names=", ".join(others.mapped("name")),
            )

    # === CRUD ===

    def write(self, vals):
        if vals.keys() - FREE and not guard.has_token(self.env):
            kept = self.filtered(lambda baseline: baseline.state != "draft")[:1]
            if kept:
                raise UserError(
                    self.env._(
                        "%(name)s was taken: a baseline is not changed any more. "
                        "Take another one that takes its place.",
                        name=kept.display_name,
                    )
                )
        return super().write(vals)

    def _archive_kept(self):
        kept = self.filtered(lambda baseline: baseline.state != "draft")
        return kept | super()._archive_kept()

    def _archive_references(self):
        return [
            ("itsm.ci.baseline", "previous_id"),
            ("itsm.ci.audit", "baseline_id"),
        ]

    def copy_data(self, default=None):
        vals_list = super().copy_data(default)
        if "name" not in (default or {}):
            for baseline, vals in zip(self, vals_list, strict=True):
                vals["name"] = self.env._("%(name)s (copy)", name=baseline.name)
        return vals_list

    # === Steps ===

    def action_take(self):
        """Write down how the configuration items in scope are, or were.

        :raise UserError: nothing is in scope, or nothing of it was recorded then
        """
        self._check_step("draft")
        for baseline in self:
            baseline._take()

    def _take(self):
        self.ensure_one()
        items = self._scope_items()
        now = fields.Datetime.now()
        moment = self.moment or now
        contents = self._contents_of(items, moment)
        if not contents:
            raise UserError(
                self.env._(
                    "%(name)s: none of the configuration items in its scope was "
                    "recorded at that moment. Choose a later one.",
                    name=self.display_name,
                )
            )
        # sudo: the number is drawn for whoever may take one
        sequence = self.env["ir.sequence"].sudo()
        number = sequence.next_by_code("itsm.ci.baseline")
        bulk.insert(
            self.env["itsm.ci.baseline.line"],
            [
                {"baseline_id": self.id, "ci_id": ci_id, "content": content}
                for ci_id, content in contents.items()
            ],
        )
        baseline = guard.with_token(self)
        baseline.write(
            {
                "number": number,
                "state": "taken",
                "moment": moment,
                "taken_at": now,
                "taken_by_id": self.env.uid,
                "line_count": len(contents),
            }
        )
        baseline.write({"content_hash": self._content_hashes()[self.id]})

    @api.model
    def _contents_of(self, items, moment):
        """What a baseline keeps of configuration items: stored values and relations.

        :param items: itsm.ci that the user may read
        :param datetime moment: naive UTC
        :rtype: dict[int, dict]
        """
        items.check_access("read")
        # sudo: the whole of it is kept, prices too; shown as far as one may know
        contents = {}
        for item, content in items.sudo()._as_of(moment).items():
            content["relations"].sort(key=lambda relation: relation["id"])
            contents[item.id] = content
        return contents

    def action_approve(self):
        """Approve what was taken; what it takes the place of is superseded.

        :raise UserError: by who took it while another manager could, or it is altered
        """
        self._check_step("taken")
        for baseline in self:
            if baseline.is_altered:
                raise UserError(baseline._altered_message())
            if baseline.taken_by_id == self.env.user and baseline._other_managers():
                raise UserError(
                    self.env._(
                        "You took %(name)s yourself: another configuration manager "
                        "approves it.",
                        name=baseline.display_name,
                    )
                )
            previous = guard.with_token(baseline.previous_id)
            if previous.state == "approved":
                previous.write({"state": "superseded"})
                previous.flush_recordset(["state"])  # before the index looks at both
            baseline._decide("approved")

    def action_reject(self):
        """Say that what was taken is no baseline; it is kept as it is."""
        self._check_step("taken")
        for baseline in self:
            baseline._decide("rejected")

    def _decide(self, state):
        guard.with_token(self).write(
            {
                "state": state,
                "approved_at": fields.Datetime.now(),
                "approved_by_id": self.env.uid,
            }
        )

    def _other_managers(self):
        """Some active configuration managers of the company other than the user."""
        managers = self.env["res.users"]._itsm_ci_managers(self.company_id)
        return (managers - self.env.user).sorted("name")[:3]

    def _altered_message(self):
        return self.env._(
            "The content of %(name)s was changed in the database after it was taken: "
            "its fingerprint does not fit. It cannot be relied upon; take a new one.",
            name=self.display_name,
        )

    # === What people open ===

    def action_compare(self):
        """Compare with how it is now."""
        self.ensure_one()
        comparison = self.env["itsm.ci.comparison"].create({"baseline_id": self.id})
        return comparison.action_compare()

    def action_view_lines(self):
        """Open what the baseline holds."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.display_name,
            "res_model": "itsm.ci.baseline.line",
            "views": [(False, "list"), (False, "form")],
            "domain": [("baseline_id", "=", self.id)],
        }
