# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import secrets

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from odoo.addons.itsm_base.tools import guard
from odoo.addons.itsm_base.tools.kpi import cut

STATES = [
    ("planned", "Planned"),
    ("counting", "Counting"),
    ("differences", "Differences"),
    ("correction", "Correction"),
    ("check", "Spot check"),
    ("closed", "Closed"),
    ("cancelled", "Cancelled"),
]
#: What may be written until an audit is over.
OPEN = {"counter_ids", "uncounted", "conclusion", "cancel_reason", "date_end"}
#: What may be written once an audit was started.
FREE = OPEN | {
    "active",
    "message_follower_ids",
    "message_main_attachment_id",
    "activity_ids",
}
#: Results of what was looked at.
AUDITED = ("ok", "different", "missing")
DIFFERENT = ("different", "missing")


class ItsmCiAudit(models.Model):
    """Records compared with what is there: audits and stocktaking (CFG-29, CFG-40).

    The steps are in ``itsm_ci_audit_step.py``, counting in ``itsm_ci_audit_count.py``.
    """

    _name = "itsm.ci.audit"
    _description = "Configuration Audit"
    _inherit = [
        "itsm.ci.scope.mixin",
        "itsm.archive.mixin",
        "itsm.step.mixin",
        "itsm.action.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "date_start desc, id desc"
    _rec_names_search = ["number", "name"]
    _check_company_auto = True
    _step_new = {
        "number": False,
        "state": "planned",
        "snapshot_at": False,
        "closed_at": False,
        "closed_by_id": False,
        "seed": 0,
        "drawn_from": None,
        "report_file": False,
        "report_sha256": False,
        "report_page": None,
    }

    number = fields.Char(readonly=True, copy=False, index="btree_not_null")
    name = fields.Char(required=True, tracking=True)
    kind = fields.Selection(
        selection=[
            ("configuration", "Configuration audit"),
            ("stocktaking", "Stocktaking"),
            ("baseline", "Comparison with a baseline"),
            ("import", "Comparison with a list"),
        ],
        required=True,
        default="configuration",
        tracking=True,
        help="Configuration audit: people compare each record with the thing, all of "
        "it. Stocktaking: is it there, where, and with whom. The comparisons are made "
        "by the system.",
    )
    state = fields.Selection(
        selection=STATES,
        required=True,
        default="planned",
        readonly=True,
        index=True,
        tracking=True,
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
        ondelete="restrict",
    )
    auditor_id = fields.Many2one(
        comodel_name="res.users",
        required=True,
        default=lambda self: self.env.user,
        index=True,
        ondelete="restrict",
        domain="[('share', '=', False)]",
        tracking=True,
        help="Leads the audit and checks a part of the corrections.",
    )
    counter_ids = fields.Many2many(
        comodel_name="res.users",
        relation="itsm_ci_audit_counter_rel",
        column1="audit_id",
        column2="user_id",
        string="Counted By",
        domain="[('share', '=', False)]",
        help="They count as well as the auditors. They need to be readers of the CMDB.",
    )
    date_start = fields.Date(
        string="From", required=True, default=fields.Date.context_today
    )
    date_end = fields.Date(string="Until", required=True)
    purpose = fields.Text(help="Why, and what is looked at.")
    sample_size = fields.Integer(
        string="Sample",
        help="So many are drawn at random, each class by its share. 0: all of the "
        "scope.",
    )
    seed = fields.Integer(
        string="Drawn With",
        readonly=True,
        copy=False,
        aggregator=None,
        help="The number that the sample was drawn with: with it, it can be drawn "
        "again.",
    )
    # ids by class from which the sample was drawn
    drawn_from = fields.Json(readonly=True, copy=False, groups=fields.NO_ACCESS)
    baseline_id = fields.Many2one(
        comodel_name="itsm.ci.baseline",
        string="Compared With",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        domain="[('state', '!=', 'draft')]",
    )
    file = fields.Binary(
        string="List",
        attachment=True,
        copy=False,
        help="CSV or XLSX. One column that identifies (number, serial number, asset "
        "tag, host name or external ID), and others to compare: name, version, model, "
        "location.",
    )
    file_name = fields.Char(copy=False)
    uncounted = fields.Selection(
        selection=[
            ("missing", "Is missing"),
            ("left", "Was left out"),
        ],
        string="What Was Not Counted",
        default="missing",
        required=True,
        help="Missing: a difference that the owner explains. Left out: not audited, "
        "and no part of any figure.",
    )
    snapshot_at = fields.Datetime(
        string="Snapshot Of", readonly=True, copy=False, help="What was expected then."
    )
    closed_at = fields.Datetime(string="Closed On", readonly=True, copy=False)
    closed_by_id = fields.Many2one(
        comodel_name="res.users",
        readonly=True,
        copy=False,
        ondelete="restrict",
    )
    conclusion = fields.Html(copy=False, help="Printed in the report.")
    cancel_reason = fields.Char(copy=False, tracking=True)
    line_ids = fields.One2many(
        comodel_name="itsm.ci.audit.line", inverse_name="audit_id", readonly=True
    )
    difference_ids = fields.One2many(
        comodel_name="itsm.ci.audit.difference", inverse_name="audit_id", readonly=True
    )
    active = fields.Boolean(default=True)

    line_count = fields.Integer(string="To Count", compute="_compute_counts")
    pending_count = fields.Integer(string="Not Counted", compute="_compute_counts")
    audited_count = fields.Integer(
        string="Audited",
        compute="_compute_counts",
        help="Configuration items that were counted, or found missing.",
    )
    passed_count = fields.Integer(string="As Expected", compute="_compute_counts")
    different_count = fields.Integer(
        string="Different",
        compute="_compute_counts",
        help="Configuration items with at least one difference, or missing.",
    )
    unrecorded_count = fields.Integer(
        string="Not Recorded",
        compute="_compute_counts",
        help="Found, but not in the CMDB. No part of the variance.",
    )
    difference_count = fields.Integer(
        string="Differences", compute="_compute_difference_count"
    )
    open_difference_count = fields.Integer(
        string="Open Differences", compute="_compute_difference_count"
    )
    variance_text = fields.Char(
        string="Variance",
        compute="_compute_counts",
        help="Configuration items with a difference, of those audited (K56).",
    )
    passed_text = fields.Char(
        string="Passed",
        compute="_compute_counts",
        help="Configuration items as expected, of those audited (K59).",
    )

    _number_uniq = models.Constraint("UNIQUE(number)", "Another audit has this number.")
    _dates = models.Constraint(
        "CHECK(date_end >= date_start)", "An audit cannot end before it begins."
    )
    _sample_positive = models.Constraint(
        "CHECK(sample_size >= 0)", "A sample has a size of 1 or more; 0 means all."
    )

    # === Computes ===

    @api.depends("number", "name")
    def _compute_display_name(self):
        for audit in self:
            parts = (audit.number, audit.name)
            audit.display_name = " ".join(part for part in parts if part)

    @api.depends(
        "state",
        "line_ids.result",
        "line_ids.is_merged",
        "line_ids.ci_id.merged_into_id",
    )
    def _compute_counts(self):
        # sudo: figures are of all that was audited, seen or not
        lines = self.env["itsm.ci.audit.line"].sudo()
        counts = {}
        for audit, result, count in lines._read_group(
            [("audit_id", "in", self.ids)], ["audit_id", "result"], ["__count"]
        ):
            counts[audit.id, result] = count
        left_out = self._left_out_counts()
        for audit in self:
            number = {
                name: counts.get((audit._origin.id, name), 0)
                for name in ("pending", *AUDITED, "unrecorded")
            }
            audited = sum(number[name] for name in AUDITED)
            different = sum(number[name] for name in DIFFERENT)
            pending = number["pending"] - left_out.get(audit._origin.id, 0)
            audit.line_count = audited + pending
            audit.pending_count = pending
            audit.audited_count = audited
            audit.passed_count = number["ok"]
            audit.different_count = different
            audit.unrecorded_count = number["unrecorded"]
            audit.variance_text = self._percent_text(different, audited, "down")
            audit.passed_text = self._percent_text(number["ok"], audited, "up")

    @api.model
    def _percent_text(self, part, whole, direction):
        if not whole:
            return self.env._("no data")
        return f"{cut(100 * part / whole, 1, direction)} %"

    @api.depends("difference_ids.state")
    def _compute_difference_count(self):
        # sudo: as above
        differences = self.env["itsm.ci.audit.difference"].sudo()
        counts = {}
        for audit, state, count in differences._read_group(
            [("audit_id", "in", self.ids)], ["audit_id", "state"], ["__count"]
        ):
            counts.setdefault(audit.id, {})[state] = count
        for audit in self:
            found = counts.get(audit._origin.id, {})
            audit.difference_count = sum(found.values())
            audit.open_difference_count = sum(
                found.get(state, 0) for state in ("open", "failed", "explained")
            )

    # === Rules ===

    @api.constrains("auditor_id")
    def _check_auditor_id(self):
        for audit in self:
            user = audit.auditor_id.sudo()  # sudo: roles count, whoever may see them
            if not (
                user.has_group("itsm_cmdb.itsm_group_ci_auditor")
                or user.has_group("itsm_cmdb.itsm_group_ci_manager")
            ):
                raise ValidationError(
                    self.env._(
                        "%(user)s is no CI auditor. Choose one, or give the role to "
                        "this user under Settings → Users.",
                        user=user.name,
                    )
                )

    @api.constrains("kind", "baseline_id")
    def _check_baseline_id(self):
        for audit in self:
            if audit.kind == "baseline" and not audit.baseline_id:
                raise ValidationError(
                    self.env._(
                        "%(name)s: choose the baseline to compare with.",
                        name=audit.name,
                    )
                )

    # === CRUD ===

    @api.onchange("date_start")
    def _onchange_date_start(self):
        if self.date_start and not self.date_end:
            self.date_end = fields.Date.add(self.date_start, days=30)

    def write(self, vals):
        if vals.keys() - FREE and not guard.has_token(self.env):
            begun = self.filtered(lambda audit: audit.state != "planned")[:1]
            if begun:
                raise ValidationError(
                    self.env._(
                        "%(name)s has begun: what it is about stays as it is. Cancel "
                        "it and plan another one.",
                        name=begun.display_name,
                    )
                )
        if vals.keys() & OPEN and not guard.has_token(self.env):
            closed = self.filtered(lambda audit: audit.state in ("closed", "cancelled"))
            if closed:
                raise ValidationError(
                    self.env._(
                        "%(name)s is over: it is kept as it is.",
                        name=closed[0].display_name,
                    )
                )
        return super().write(vals)

    def _archive_kept(self):
        kept = self.filtered(lambda audit: audit.state != "planned")
        return kept | super()._archive_kept()

    def copy_data(self, default=None):
        vals_list = super().copy_data(default)
        if "name" not in (default or {}):
            for audit, vals in zip(self, vals_list, strict=True):
                vals["name"] = self.env._("%(name)s (copy)", name=audit.name)
        return vals_list

    @api.model
    def _new_seed(self):
        return secrets.randbelow(2**31 - 1) + 1

    # === What people open ===

    def _action_of(self, xmlid, domain):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(xmlid)
        own = Domain("audit_id", "=", self.id) & Domain(domain)
        return {**action, "domain": list(own), "context": {}}

    def action_view_lines(self):
        """Open what was to be counted and what was found."""
        return self._action_of(
            "itsm_cmdb.itsm_ci_audit_line_action",
            [("id", "not in", self._left_out_lines().ids)],
        )

    def action_view_differences(self):
        """Open the differences."""
        return self._action_of("itsm_cmdb.itsm_ci_audit_difference_action", [])

    def action_open_counting(self):
        """Open the screen for counting."""
        self.ensure_one()
        self._check_counting()
        action = self.env["ir.actions.client"]._for_xml_id(
            "itsm_cmdb.itsm_ci_audit_count_action"
        )
        return {**action, "params": {"audit_id": self.id}}

    def action_count_sheet(self):
        """Download the list to count by, or the result, as XLSX (D30)."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "url": f"/itsm/ci-audit/{self.id}/xlsx",
            "target": "download",
        }
