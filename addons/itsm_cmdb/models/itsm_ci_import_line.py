# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from odoo.addons.itsm_base.tools import guard

#: What a person says of a row that asks.
DECISION = frozenset({"decision", "chosen_ci_id"})


#: The order of the log by kind; all others come after these.
RANKS = {"error": 1, "ask": 2, "relation": 3, "warning": 4, "claimed": 5}
LAST_RANK = 9


class ItsmCiImportLine(models.Model):
    """What an import says of a row; people only answer what it asks."""

    _name = "itsm.ci.import.line"
    _description = "Import of Configuration Items: Line of the Log"
    _order = "import_id desc, rank, row, id"
    _rec_name = "key"

    import_id = fields.Many2one(
        comodel_name="itsm.ci.import",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="import_id.company_id")
    row = fields.Integer(readonly=True, aggregator=None)
    key = fields.Char(readonly=True)
    kind = fields.Selection(
        selection=[
            ("new", "New"),
            ("changed", "Changed"),
            ("ask", "To be decided"),
            ("error", "Error"),
            ("relation", "Relation not recorded"),
            ("claimed", "Left to another source"),
            ("linked", "Remembered"),
            ("skipped", "Passed over"),
            ("info", "Notice"),
            ("warning", "Warning"),
        ],
        required=True,
        readonly=True,
        index=True,
    )
    # what somebody has to look at comes first
    rank = fields.Integer(readonly=True, aggregator=None)
    ci_id = fields.Many2one(
        comodel_name="itsm.ci",
        string="Configuration Item",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    what = fields.Char(readonly=True)
    old = fields.Char(string="Before", readonly=True)
    new = fields.Char(string="After", readonly=True)
    message = fields.Char(readonly=True)
    candidate_ids = fields.Many2many(
        comodel_name="itsm.ci",
        relation="itsm_ci_import_line_candidate_rel",
        column1="line_id",
        column2="ci_id",
        string="Possible",
        readonly=True,
        context={"itsm_ci_number": True},
    )
    decision = fields.Selection(
        selection=[
            ("use", "It is the chosen one"),
            ("create", "Record a new one"),
            ("skip", "Pass over"),
        ]
    )
    chosen_ci_id = fields.Many2one(
        comodel_name="itsm.ci",
        string="Chosen",
        index="btree_not_null",
        ondelete="set null",
        context={"itsm_ci_number": True},
    )

    is_worked = fields.Boolean(
        string="Imported", readonly=True, help="What was decided has been done."
    )

    @api.onchange("chosen_ci_id")
    def _onchange_chosen(self):
        if self.chosen_ci_id:
            self.decision = "use"

    @api.constrains("decision", "chosen_ci_id")
    def _check_decision(self):
        for line in self:
            if line.decision == "use" and not line.chosen_ci_id:
                raise ValidationError(
                    self.env._(
                        "Row %(row)s: choose the configuration item that it is.",
                        row=line.row,
                    )
                )
            # sudo: the company counts, seen or not
            company = line.chosen_ci_id.sudo().company_id
            if line.chosen_ci_id and company != line.import_id.sudo().company_id:
                raise ValidationError(
                    self.env._(
                        "Row %(row)s: %(ci)s does not belong to the company of the "
                        "source.",
                        row=line.row,
                        ci=line.chosen_ci_id.name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        if not guard.has_token(self.env):
            raise self._log_error()
        return super().create(vals_list)

    def write(self, vals):
        if not guard.has_token(self.env):
            if vals.keys() - DECISION or any(line.kind != "ask" for line in self):
                raise self._log_error()
            for record in self.import_id:
                if record._run_active():
                    raise UserError(record._busy_message())
            if any(line.import_id.state not in ("checked", "done") for line in self):
                raise AccessError(
                    self.env._("Questions are answered after the dry run.")
                )
            worked = self.filtered("is_worked")
            if worked:
                raise UserError(
                    self.env._(
                        "Row %(row)s: what was decided has been done. Change the "
                        "configuration item itself.",
                        row=worked[0].row,
                    )
                )
        return super().write(vals)

    def _log_error(self):
        return AccessError(
            self.env._("The log of an import is written by the import only.")
        )
