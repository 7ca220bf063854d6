# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from odoo.addons.itsm_base.tools import guard

from ..tools.fold import OVER

#: Tickets that one slice works on: a second or two.
AT_ONCE = 200
LIFE = ("state", "started_id", "run_id")


class ItsmLogRebuild(models.Model):
    """Builds event logs of tickets that are older than the installation.

    From tracking values and messages, as far as they tell; what they do not tell is
    said for each ticket. Nothing is built by itself (design 2: tickets that exist
    before installation).
    """

    _name = "itsm.log.rebuild"
    _inherit = ["itsm.run.job", "itsm.archive.mixin"]
    _description = "Rebuild of Event Logs"
    _order = "id desc"

    name = fields.Char(
        required=True, default=lambda self: self.env._("Tickets before installation")
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    scope = fields.Selection(
        selection=[("open", "Open tickets"), ("all", "Open and finished tickets")],
        required=True,
        default="open",
    )
    created_from = fields.Date(help="Empty: however old.")
    attach = fields.Selection(
        selection=[
            ("clocks", "Logs and clocks, silently"),
            ("rows", "Logs only"),
        ],
        string="Build",
        required=True,
        default="clocks",
        help="Clocks run under the agreement that was in force when the ticket was "
        "reported; nobody is told of what is past. With logs only, the tickets go on "
        "as before the installation; a later rebuild adds what happened since.",
    )
    state = fields.Selection(
        selection=[
            ("draft", "Draft"),
            ("running", "Being built"),
            ("done", "Done"),
            ("undone", "Undone"),
        ],
        required=True,
        readonly=True,
        default="draft",
        copy=False,
    )
    started_id = fields.Many2one(
        comodel_name="res.users", string="Started By", readonly=True, copy=False
    )
    ticket_count = fields.Integer(
        string="Tickets Without a Log",
        compute="_compute_preview",
        help="How many tickets the rebuild would work on.",
    )
    message_count = fields.Integer(
        string="Their Messages",
        compute="_compute_preview",
        help="Messages and tracked changes that are read for them.",
    )
    line_ids = fields.One2many(
        comodel_name="itsm.log.rebuild.line",
        inverse_name="rebuild_id",
        string="Tickets",
        readonly=True,
        copy=False,
    )
    built_count = fields.Integer(string="Logs Built", compute="_compute_counts")
    unknown_count = fields.Integer(
        string="With Gaps", compute="_compute_counts", help="Not all could be known."
    )
    kept_count = fields.Integer(string="Not Undone", compute="_compute_counts")

    # === Computes ===

    @api.depends("company_id", "scope", "created_from", "state")
    def _compute_preview(self):
        for rebuild in self:
            tickets = self.env["helpdesk.ticket"].with_context(active_test=False)
            domain = rebuild._domain()
            rebuild.ticket_count = tickets.search_count(domain)
            # sudo: only how many there are
            messages = self.env["mail.message"].sudo()
            rebuild.message_count = messages.search_count(
                [
                    ("model", "=", tickets._name),
                    ("res_id", "in", tickets._search(domain)),
                ]
            )

    @api.depends("line_ids.state", "line_ids.unknown")
    def _compute_counts(self):
        # ids: a form that is not saved yet has none, and no lines
        mine = Domain("rebuild_id", "in", self.ids)
        counts = {}
        for name, domain in (
            ("built_count", Domain("state", "in", ("built", "undone", "kept"))),
            ("unknown_count", Domain("unknown", "!=", False)),
            ("kept_count", Domain("state", "=", "kept")),
        ):
            counts[name] = dict(
                self.env["itsm.log.rebuild.line"]._read_group(
                    mine & domain, ["rebuild_id"], ["__count"]
                )
            )
        for rebuild in self:
            for name, count in counts.items():
                rebuild[name] = count.get(rebuild._origin, 0)

    # === CRUD ===

    @api.model
    def default_get(self, fields):
        defaults = super().default_get(fields)
        for name in LIFE:
            defaults.pop(name, None)
        return defaults | ({"state": "draft"} if "state" in fields else {})

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_life(
                [
                    name
                    for name in LIFE
                    if vals.get(name) and (name, vals[name]) != ("state", "draft")
                ]
            )
        return super().create(vals_list)

    def write(self, vals):
        self.check_access("write")
        self._check_life([name for name in LIFE if name in vals])
        if not guard.has_token(self.env) and any(r.state != "draft" for r in self):
            raise UserError(
                self.env._(
                    "%(rebuild)s was started and is kept as it was. Make a new one.",
                    rebuild=self[:1].name,
                )
            )
        return super().write(vals)

    def _check_life(self, names):
        if names and not guard.has_token(self.env):
            raise AccessError(
                self.env._("The run and the buttons keep the state of a rebuild.")
            )

    def _archive_kept(self):
        return self.filtered(lambda rebuild: rebuild.state != "draft")

    def _archive_message(self):
        return self.env._(
            "A rebuild that was started is the record of what could not be known: it "
            "cannot be deleted."
        )

    # === Which tickets ===

    def _domain(self):
        """Domain of the tickets without a log of their own."""
        self.ensure_one()
        domain = (
            Domain("company_id", "=", self.company_id.id)
            & Domain("agreement_reason", "=", False)
            & Domain("is_history", "in", (False, None))
        )
        if self.created_from:
            domain &= Domain("create_date", ">=", self.created_from)
        if self.scope == "open":
            domain &= Domain("stage_id.itsm_state", "not in", OVER)
            domain &= Domain("duplicate_id", "=", False)
            domain &= Domain("active", "=", True)
        return domain

    def _tickets(self, domain, limit=None):
        tickets = self.env["helpdesk.ticket"].with_context(active_test=False)
        return tickets.search(domain, order="id", limit=limit)

    # === Actions ===

    def action_start(self):
        """Start the run that builds the logs.

        :raises UserError: it was started before
        """
        self.ensure_one()
        self.check_access("write")
        if self.state != "draft":
            raise UserError(
                self.env._(
                    "%(rebuild)s was started already. Make a new one: it changes "
                    "nothing where nothing is new.",
                    rebuild=self.name,
                )
            )
        run = self._run_start(
            self.env._("Rebuild event logs: %(name)s", name=self.name),
            self.ticket_count,
            {"after": 0},
        )
        self.env["itsm.log.rebuild.line"]._tell_in_general(self, run)
        guard.with_token(self).write({"state": "running", "started_id": self.env.uid})
        return True

    def action_view_lines(self):
        """Open the tickets, with what could not be known of each."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "itsm_sla.itsm_log_rebuild_line_action"
        )
        return action | {
            "domain": [("rebuild_id", "=", self.id)],
            "context": dict(self.env.context),
        }

    # === The run ===

    def _run_slice(self, run):
        after = run.position.get("after", 0)
        tickets = self._tickets(self._domain() & Domain("id", ">", after), AT_ONCE)
        self.env["itsm.log.rebuild.line"]._build(self, tickets)
        done = len(tickets)
        run.position = {"after": tickets.ids[-1] if done else after}
        self.env.flush_all()
        self.env.invalidate_all(flush=False)
        return done, done < AT_ONCE

    def _run_finished(self, run):
        guard.with_token(self).write({"state": "done"})
        run._log(
            self.env._(
                "%(built)s logs built; of %(unknown)s tickets not all could be known, "
                "the list says what.",
                built=self.built_count,
                unknown=self.unknown_count,
            )
        )

    def _run_can_undo(self):
        return self.state in ("running", "done")

    def _run_undo_slice(self, run):
        return self.env["itsm.log.rebuild.line"]._undo_next(self)

    def _run_undone(self, run):
        guard.with_token(self).write({"state": "undone"})
        if self.kept_count:
            run._log(
                self.env._(
                    "%(count)s tickets have events of their own since, or were rebuilt "
                    "again: their logs stay.",
                    count=self.kept_count,
                ),
                "warning",
            )
