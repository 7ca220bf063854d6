# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from odoo.addons.itsm_base.tools import guard

from .itsm_ci_maintenance_check import CHECK_KINDS

#: What who does the work enters.
ANSWERS = {"outcome", "value", "note", "photo"}


class ItsmCiMaintenanceResult(models.Model):
    """The answer to one point of the check list for one configuration item (MNT-02).

    Lines are laid out by code when the work begins, answered while it goes on, and
    stay as they were reported.
    """

    _name = "itsm.ci.maintenance.result"
    _description = "Result of a Check"
    _order = "order_id, ci_id, sequence, id"
    _allow_sudo_commands = False

    order_id = fields.Many2one(
        comodel_name="itsm.ci.maintenance.order",
        string="Work Order",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    order_state = fields.Selection(related="order_id.state", string="State of Order")
    reported_at = fields.Datetime(
        related="order_id.reported_at", store=True, string="Reported On"
    )
    ci_id = fields.Many2one(
        comodel_name="itsm.ci",
        string="Configuration Item",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    check_id = fields.Many2one(
        comodel_name="itsm.ci.maintenance.check",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    sequence = fields.Integer(readonly=True)
    name = fields.Char(string="What Is Checked", required=True, readonly=True)
    kind = fields.Selection(
        selection=CHECK_KINDS, string="Answer", required=True, readonly=True
    )
    unit = fields.Char(readonly=True)
    has_minimum = fields.Boolean(readonly=True)
    minimum = fields.Float(digits=False, readonly=True)
    has_maximum = fields.Boolean(readonly=True)
    maximum = fields.Float(digits=False, readonly=True)
    is_required = fields.Boolean(string="Required", readonly=True)
    makes_incident = fields.Boolean(string="Incident by Itself", readonly=True)
    limits = fields.Char(compute="_compute_limits")
    value = fields.Char(
        string="Found", help="The number or the text; the limits judge a number."
    )
    number = fields.Float(
        string="Measured",
        digits=False,
        compute="_compute_number",
        store=True,
        aggregator="avg",
    )
    outcome = fields.Selection(
        selection=[
            ("ok", "OK"),
            ("nok", "Not OK"),
            ("na", "Does not apply"),
        ],
        compute="_compute_outcome",
        store=True,
        readonly=False,
        index="btree_not_null",
    )
    note = fields.Text(help="What is not OK, and what was done about it.")
    photo = fields.Image(max_width=1920, max_height=1920)
    ticket_id = fields.Many2one(
        comodel_name="helpdesk.ticket",
        string="Incident",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )

    # === Computes ===

    @api.depends("name", "ci_id")
    def _compute_display_name(self):
        for result in self:
            # sudo: named to who may read the line
            item = result.ci_id.sudo().name
            result.display_name = f"{item}: {result.name}" if item else result.name

    @api.depends("has_minimum", "minimum", "has_maximum", "maximum", "unit")
    def _compute_limits(self):
        for result in self:
            low = f"{result.minimum:g}" if result.has_minimum else ""
            high = f"{result.maximum:g}" if result.has_maximum else ""
            text = ""
            if low and high:
                text = f"{low} – {high}"
            elif low:
                text = f"≥ {low}"
            elif high:
                text = f"≤ {high}"
            result.limits = " ".join(filter(None, (text, result.unit)))

    @api.depends("value", "kind")
    def _compute_number(self):
        for result in self:
            number = result._parsed() if result.kind == "number" else None
            result.number = number or 0.0

    @api.depends("value", "kind")
    def _compute_outcome(self):
        for result in self:
            outcome = result.outcome
            if result.kind == "number":
                number = result._parsed()
                if number is not None:
                    outcome = "ok" if result._within(number) else "nok"
                elif outcome == "ok":
                    outcome = False
            elif result.kind == "text":
                if result.value and not outcome:
                    outcome = "ok"
                elif not result.value and outcome == "ok":
                    outcome = False
            result.outcome = outcome

    def _parsed(self):
        """The number that was entered, None if there is none."""
        self.ensure_one()
        text = (self.value or "").strip().replace(",", ".")
        try:
            number = float(text)
        except ValueError:
            return None
        # no such thing is measured
        return number if abs(number) < 1e15 else None

    def _within(self, number):
        """Whether a number lies within the limits, both included."""
        self.ensure_one()
        return not (
            (self.has_minimum and number < self.minimum)
            or (self.has_maximum and number > self.maximum)
        )

    # === Rules ===

    @api.constrains("value", "outcome")
    def _check_value(self):
        for result in self:
            if result.kind != "number":
                continue
            number = result._parsed()
            if result.value and number is None:
                raise ValidationError(
                    self.env._(
                        "%(check)s: “%(value)s” is no number. Enter one, without its "
                        "unit.",
                        check=result.display_name,
                        value=result.value,
                    )
                )
            if result.outcome == "ok" and (
                number is None or not result._within(number)
            ):
                raise ValidationError(
                    self.env._(
                        "%(check)s is OK with a number within its limits only "
                        "(%(limits)s). Enter the number that was measured.",
                        check=result.display_name,
                        limits=result.limits or "–",
                    )
                )

    # === CRUD ===

    @api.model_create_multi
    def create(self, vals_list):
        self._check_code()
        return super().create(vals_list)

    def write(self, vals):
        if not guard.has_token(self):
            if vals.keys() - ANSWERS:
                self._check_code()
            self.check_access("read")  # before a refusal that names the order
            for order in self.order_id:
                if order.state != "progress":
                    raise UserError(
                        self.env._(
                            "%(order)s is not in progress: begin the work first; a "
                            "report is sent back before it is changed.",
                            order=order.display_name,
                        )
                    )
        return super().write(vals)

    @api.ondelete(at_uninstall=True)
    def _unlink_except_code(self):
        if not guard.is_uninstalling(self):
            self._check_code()

    def _check_code(self):
        if not guard.has_token(self.env):
            raise UserError(
                self.env._(
                    "The lines of a work order are laid out from the check list of its "
                    "plan when the work begins, and stay. Change the plan for the next "
                    "order."
                )
            )

    # === Answers ===

    def action_ok(self):
        """All right."""
        self.write({"outcome": "ok"})
        return True

    def action_not_ok(self):
        """A defect."""
        self.write({"outcome": "nok"})
        return True

    # === Defects (MNT-08) ===

    def action_make_incident(self):
        """Make an incident of a defect, and open it.

        :raise UserError: it is no defect, or has an incident already
        """
        self.ensure_one()
        self.order_id.check_access("write")
        if self.outcome != "nok" or self.ticket_id:
            raise UserError(
                self.env._(
                    "%(check)s: only what is not OK and has no incident yet becomes "
                    "one.",
                    check=self.display_name,
                )
            )
        return self._make_incidents()._action_open_from_maintenance()

    def _make_incidents(self, automatic=False):
        """One incident for each, which names the configuration item; one batch.

        :param bool automatic: the check list asks for it
        :return: the incidents
        :rtype: helpdesk.ticket
        """
        tickets = self.env["helpdesk.ticket"]
        if not self:
            return tickets
        if automatic:
            tickets = tickets.sudo()  # sudo: the check list asks for it
        tickets = tickets.create([result._incident_vals() for result in self])
        for result, ticket in zip(self, tickets, strict=True):
            # sudo: also of what has been reported, which nobody writes any more
            guard.with_token(result.sudo()).ticket_id = ticket.id
        return tickets.sudo(self.env.su)

    def _incident_vals(self):
        """Values of the incident of a defect."""
        self.ensure_one()
        order, item = self.order_id, self.ci_id
        found = " ".join(filter(None, (self.value, self.unit)))
        facts = [
            (self.env._("Work order"), order.display_name),
            (self.env._("Found"), found),
            (self.env._("Limits"), self.limits),
        ]
        body = Markup("<p>%s</p><ul>%s</ul>") % (
            self.note or self.name,
            Markup().join(
                Markup("<li>%s: %s</li>") % (label, text)
                for label, text in facts
                if text
            ),
        )
        partner = order.partner_id or item.partner_id
        return {
            "name": self.env._("Not OK: %(check)s", check=self.display_name),
            "description": body,
            "itsm_kind": "incident",
            "company_id": order.company_id.id,
            "team_id": order.team_id.id,
            "partner_id": partner.id,
            "partner_name": partner.name,
            "ci_ids": [fields.Command.set(item.ids)],
        }
