# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models

DECISIONS = [("yes", "Approved"), ("no", "Rejected"), ("abstain", "Abstained")]


class ItsmApprovalDecision(models.Model):
    """Who decided what, when and in whose name: the evidence of an approval.

    Rows are added by code only and never changed (design 8). Who may read the record
    that was decided about may read them.
    """

    _name = "itsm.approval.decision"
    _inherit = ["itsm.evidence.mixin", "itsm.approval.access.mixin"]
    _description = "Approval Decision"
    _order = "time desc, id desc"

    model = fields.Char(
        required=True, readonly=True, index=True, export_string_translation=False
    )
    res_id = fields.Many2oneReference(
        string="Record",
        model_field="model",
        required=True,
        readonly=True,
        index=True,
    )
    record_name = fields.Char(
        string="About",
        required=True,
        readonly=True,
        help="The name of the record when it was decided about.",
    )
    company_id = fields.Many2one(
        comodel_name="res.company", readonly=True, index="btree_not_null"
    )
    review_id = fields.Many2one(
        comodel_name="tier.review",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    definition_id = fields.Many2one(
        comodel_name="tier.definition",
        string="Approval Step",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    name = fields.Char(
        string="Step",
        required=True,
        readonly=True,
        help="The name of the step when it was decided.",
    )
    round = fields.Integer(readonly=True, aggregator=None)
    sequence = fields.Integer(string="Step No.", readonly=True, aggregator=None)
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Decided by",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    for_user_id = fields.Many2one(
        comodel_name="res.users",
        string="In the Name of",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
        help="Another person than who decided: somebody stood in.",
    )
    is_substitute = fields.Boolean(
        string="By a Substitute", compute="_compute_is_substitute"
    )
    requester_id = fields.Many2one(
        comodel_name="res.users",
        string="Requested by",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    decision = fields.Selection(selection=DECISIONS, required=True, readonly=True)
    comment = fields.Text(readonly=True)
    channel = fields.Selection(
        selection=[
            ("form", "Form"),
            ("list", "List"),
            ("page", "Page of the link"),
            ("api", "Remote call"),
        ],
        string="From",
        required=True,
        readonly=True,
    )
    time = fields.Datetime(required=True, readonly=True, index=True)

    # Whatever happens at the same moment: nobody counts twice in a step.
    _user_uniq = models.UniqueIndex(
        "(review_id, user_id)", "This person has decided this step already."
    )
    _for_user_uniq = models.UniqueIndex(
        "(review_id, for_user_id)",
        "This step was decided in the name of this person already.",
    )

    @api.depends("user_id", "for_user_id")
    def _compute_is_substitute(self):
        for decision in self:
            decision.is_substitute = decision.user_id != decision.for_user_id

    @api.depends("name", "record_name", "decision")
    def _compute_display_name(self):
        labels = dict(self._fields["decision"]._description_selection(self.env))
        for decision in self:
            label = labels.get(decision.decision, "")
            decision.display_name = f"{decision.record_name} – {decision.name}: {label}"

    def action_open_record(self):
        """Open the record that was decided about.

        :return: an action
        :rtype: dict
        """
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "res_model": self.model,
            "res_id": self.res_id,
            "views": [(False, "form")],
        }
