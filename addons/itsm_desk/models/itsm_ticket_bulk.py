# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import logging

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import is_html_empty
from odoo.tools.pdf import merge_pdf

from odoo.addons.itsm_base.tools import guard

_logger = logging.getLogger(__name__)

#: Up to this many tickets are changed while the user waits; more by a run.
AT_ONCE = 200
#: The same if they are printed, which takes about a second each; so many make a file.
PRINTED_AT_ONCE = 20
#: Tickets that are tried together; if one fails, each of them is tried alone.
TOGETHER = 50
#: What code alone says of a bulk change.
RESULT_FIELDS = ("state", "line_ids", "file_ids", "company_ids")
#: What classifies a ticket; empty ones are left as they are.
CLASSIFICATION = ("service_id", "category_id", "nature_id", "impact", "urgency")


class ItsmTicketBulk(models.Model):
    """One change of many tickets, and what came of each (issue 5, Pace).

    Every ticket succeeds or fails by itself: what one of them does not allow is shown
    beside its number and keeps no other from being changed. It works with the rights
    of the user. Tickets are saved together in groups, so that queries by ticket are
    those of the save itself; only a group with a failure is done one by one.
    """

    _name = "itsm.ticket.bulk"
    _inherit = "itsm.run.job"
    _description = "Bulk Change of Tickets"
    _order = "id desc"

    operation = fields.Selection(
        selection=[
            ("assign", "Assign"),
            ("classify", "Classify"),
            ("pause", "Pause"),
            ("resume", "Resume"),
            ("resolve", "Resolve"),
            ("print", "Print"),
        ],
        required=True,
        default="assign",
    )
    state = fields.Selection(
        selection=[("draft", "Draft"), ("working", "Working"), ("done", "Done")],
        required=True,
        readonly=True,
        default="draft",
        copy=False,
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        readonly=True,
        index=True,
        default=lambda self: self.env.company,
    )
    company_ids = fields.Many2many(
        comodel_name="res.company",
        string="Chosen Companies",
        readonly=True,
        copy=False,
        help="Those in which a run finds the tickets.",
    )
    selected = fields.Json(
        string="Tickets",
        copy=False,
        default=lambda self: self._default_selected(),
        help="Ids of the tickets.",
        exportable=False,
    )
    ticket_count = fields.Integer(string="Chosen", compute="_compute_ticket_count")
    team_id = fields.Many2one(comodel_name="helpdesk.ticket.team", ondelete="cascade")
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Assignee",
        domain="[('share', '=', False)]",
        ondelete="cascade",
    )
    service_id = fields.Many2one(comodel_name="itsm.service", ondelete="cascade")
    category_id = fields.Many2one(
        comodel_name="helpdesk.ticket.category", ondelete="cascade"
    )
    nature_id = fields.Many2one(comodel_name="itsm.ticket.nature", ondelete="cascade")
    impact = fields.Selection(selection=lambda self: self._selection_of("impact"))
    urgency = fields.Selection(selection=lambda self: self._selection_of("urgency"))
    late_reason = fields.Char(
        string="Reason for the Late Change",
        help="Needed where a target is breached or nearly used up.",
    )
    pause_reason_id = fields.Many2one(
        comodel_name="itsm.pause.reason", ondelete="cascade"
    )
    solution = fields.Html(
        help="In words for the requesters; the same for all tickets.",
    )
    closing_code_id = fields.Many2one(
        comodel_name="itsm.closing.code",
        domain="[('kind', '!=', 'cancelled')]",
        ondelete="cascade",
    )
    line_ids = fields.One2many(
        comodel_name="itsm.ticket.bulk.line",
        inverse_name="bulk_id",
        string="Results",
        readonly=True,
    )
    ok_count = fields.Integer(string="Done", compute="_compute_counts")
    error_count = fields.Integer(string="Failed", compute="_compute_counts")
    file_ids = fields.Many2many(
        comodel_name="ir.attachment", string="Files", readonly=True, copy=False
    )

    # === Defaults and computes ===

    @api.model
    def _default_selected(self):
        if self.env.context.get("active_model") != "helpdesk.ticket":
            return []
        return self.env.context.get("active_ids") or []

    @api.model
    def _selection_of(self, name):
        return (
            self.env["helpdesk.ticket"]._fields[name]._description_selection(self.env)
        )

    @api.depends("selected")
    def _compute_ticket_count(self):
        for bulk in self:
            bulk.ticket_count = len(bulk.selected or [])

    @api.depends("line_ids.state")
    def _compute_counts(self):
        rows = self.env["itsm.ticket.bulk.line"]._read_group(
            [("bulk_id", "in", self.ids)], ["bulk_id", "state"], ["__count"]
        )
        counts = {(bulk.id, state): count for bulk, state, count in rows}
        for bulk in self:
            bulk.ok_count = counts.get((bulk.id, "ok"), 0)
            bulk.error_count = counts.get((bulk.id, "error"), 0)

    @api.depends("operation")
    @api.depends_context("lang")
    def _compute_display_name(self):
        labels = dict(self._fields["operation"]._description_selection(self.env))
        for bulk in self:
            bulk.display_name = labels.get(bulk.operation)

    @api.model_create_multi
    def create(self, vals_list):
        self._check_results(vals_list)
        return super().create(vals_list)

    def write(self, vals):
        self._check_results([vals])
        # What was done is not described otherwise afterwards.
        if not guard.has_token(self):
            self._check_draft()
        return super().write(vals)

    def _check_results(self, vals_list):
        """Refuse results that somebody writes himself.

        :raise UserError: *vals_list* has some
        """
        if not guard.has_token(self) and any(
            name in vals for vals in vals_list for name in RESULT_FIELDS
        ):
            raise UserError(
                self.env._("Results of a bulk change are written by the system.")
            )

    def _check_draft(self):
        if any(bulk.state != "draft" for bulk in self):
            raise UserError(
                self.env._("This was done already. Choose the tickets anew.")
            )

    # === Doing it ===

    def action_apply(self):
        """Change the tickets; up to 200 at once (20 in print), more by a run.

        :return: the action that shows the results
        :raise UserError: nothing is chosen, or what is to be done is not said
        """
        self.ensure_one()
        self.check_access("write")
        self._check_draft()
        self._check_complete()
        lines = self._make_lines()
        bulk = guard.with_token(self)
        if len(lines) <= (PRINTED_AT_ONCE if self.operation == "print" else AT_ONCE):
            self._work(lines)
            bulk.state = "done"
        else:
            # A run knows one company only, the user chose among his.
            companies = [Command.set(self.env.companies.ids)]
            bulk.write({"state": "working", "company_ids": companies})
            self._run_start(self.display_name, len(lines))
        return self._action_results()

    def _action_results(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("%(operation)s: Results", operation=self.display_name),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "new",
        }

    def _check_complete(self):
        """Say what is missing before anything is changed.

        :raise UserError: naming the field
        """
        ids = self.selected
        if not isinstance(ids, list) or any(
            isinstance(i, bool) or not isinstance(i, int) for i in ids
        ):
            raise UserError(self.env._("Tickets: a list of numbers is expected."))
        if not ids:
            raise UserError(self.env._("Choose tickets in the list first."))
        if self.operation == "assign" and not (self.team_id or self.user_id):
            raise UserError(self.env._("Choose a team, an assignee, or both."))
        if self.operation == "classify" and not self._classification():
            raise UserError(self.env._("Choose at least one value to be set."))
        if self.operation == "pause" and not self.pause_reason_id:
            raise UserError(
                self.env._("Pause Reason: choose what the tickets wait for.")
            )

    def _make_lines(self):
        """A line for each chosen ticket; those the user may not see fail at once."""
        tickets = self.env["helpdesk.ticket"].with_context(active_test=False)
        found = tickets.search_fetch([("id", "in", self.selected)], ["number"])
        by_id = {ticket.id: ticket for ticket in found}
        values = []
        for ticket_id in dict.fromkeys(self.selected):
            ticket = by_id.get(ticket_id)
            values.append(
                {
                    "bulk_id": self.id,
                    "ticket_id": ticket_id if ticket else False,
                    "number": ticket.number if ticket else str(ticket_id),
                    "state": "waiting" if ticket else "error",
                    "message": False
                    if ticket
                    else self.env._("There is no such ticket, or you may not see it."),
                }
            )
        # sudo: results are written by code only
        lines = self.env["itsm.ticket.bulk.line"].sudo().create(values)
        return lines.sudo(False)

    def _work(self, lines):
        """Change the tickets of lines that wait, in groups.

        :param lines: ``itsm.ticket.bulk.line``
        """
        bulk = guard.without_token(self)
        waiting = lines.filtered(lambda line: line.state == "waiting")
        size = self._group_size()
        for start in range(0, len(waiting), size):
            group = waiting[start : start + size]
            if self.operation == "print":
                files = [bulk._try(line, alone=True) for line in group]
                bulk._keep_file([content for content in files if content])
            elif not bulk._try(group):
                for line in group:
                    bulk._try(line, alone=True)

    def _group_size(self):
        """Tickets that are saved, or printed to one file, together."""
        return PRINTED_AT_ONCE if self.operation == "print" else TOGETHER

    def _try(self, lines, alone=False):
        """Change the tickets of *lines*, all or none.

        :param bool alone: one line, whose failure is noted
        :return: what came of it, False if it failed
        """
        result, error = False, None
        try:
            with self.env.cr.savepoint():
                result = self._change(lines.ticket_id.with_env(self.env))
                self.env.flush_all()
        except UserError as exception:
            error = str(exception)
        except psycopg2.Error as exception:
            if isinstance(exception, PG_CONCURRENCY_EXCEPTIONS_TO_RETRY):
                raise  # the whole transaction is tried again
            _logger.warning("A bulk change failed", exc_info=True)
            error = self.env._("The database refuses it: %s", exception)
        if error and not alone:
            return False
        # sudo: results are written by code only
        lines.sudo().write({"state": "error" if error else "ok", "message": error})
        return not error and result

    def _change(self, tickets):
        """Do what is to be done with *tickets*.

        :return: the file if it prints, True otherwise
        :raise UserError: a ticket does not allow it
        """
        match self.operation:
            case "assign":
                vals = {"team_id": self.team_id.id, "user_id": self.user_id.id}
                tickets.write({name: value for name, value in vals.items() if value})
            case "classify":
                vals = self._classification()
                if self.late_reason:
                    vals["clock_change_reason"] = self.late_reason
                tickets.write(vals)
            case "pause":
                tickets._itsm_pause(self.pause_reason_id)
            case "resume":
                tickets.action_resume()
            case "resolve":
                vals = {}
                if self.closing_code_id:
                    vals["closing_code_id"] = self.closing_code_id.id
                if not is_html_empty(self.solution):
                    vals["solution"] = self.solution
                tickets._itsm_resolve(vals)
            case "print":
                tickets.check_access("read")
                content, _kind = self.env["ir.actions.report"]._render_qweb_pdf(
                    "itsm_desk.itsm_ticket_report", tickets.ids
                )
                return content
        return True

    def _classification(self):
        """Values that are to be set, without those that were left empty."""
        values = {}
        for name in CLASSIFICATION:
            value = self[name]
            if value:
                values[name] = value.id if isinstance(value, models.Model) else value
        return values

    def _keep_file(self, files):
        """Keep printed tickets of a group as one file beside the results."""
        if not files:
            return
        number = len(self.file_ids) + 1
        # sudo: results are written by code only
        attachment_sudo = (
            self.env["ir.attachment"]
            .sudo()
            .create(
                {
                    "name": self.env._("Tickets %(number)s.pdf", number=number),
                    "raw": merge_pdf(files) if len(files) > 1 else files[0],
                    "mimetype": "application/pdf",
                    "res_model": self._name,
                    "res_id": self.id,
                }
            )
        )
        guard.with_token(self).file_ids = [Command.link(attachment_sudo.id)]
