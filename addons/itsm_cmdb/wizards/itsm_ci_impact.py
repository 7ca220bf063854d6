# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

#: Lines that are shown; beyond that the classes say how many there are.
SHOWN = 2000
#: Of a path that is longer, the middle is left out.
LONG = 12


class ItsmCiImpact(models.TransientModel):
    """What fails with some configuration items, or what they may fail with."""

    _name = "itsm.ci.impact"
    _description = "Impact"

    ci_ids = fields.Many2many(
        comodel_name="itsm.ci",
        relation="itsm_ci_impact_ci_rel",
        column1="impact_id",
        column2="ci_id",
        string="Of",
        required=True,
    )
    ticket_id = fields.Many2one(comodel_name="helpdesk.ticket", readonly=True)
    direction = fields.Selection(
        selection=[
            ("down", "What is affected"),
            ("up", "What may be the cause"),
        ],
        required=True,
        default="down",
    )
    depth = fields.Integer(
        string="Levels", help="How far to look; 0: as far as it goes."
    )
    date = fields.Date(
        string="As Of",
        default=fields.Date.context_today,
        required=True,
        help="Relations as they hold on this day.",
    )
    line_ids = fields.One2many(
        comodel_name="itsm.ci.impact.line",
        inverse_name="impact_id",
        string="Configuration Items",
        domain=[("kind", "=", "reached")],
        readonly=True,
    )
    spared_ids = fields.One2many(
        comodel_name="itsm.ci.impact.line",
        inverse_name="impact_id",
        string="At Risk",
        domain=[("kind", "=", "spared")],
        readonly=True,
        help="Not affected, since a redundancy that lost members still holds.",
    )
    total = fields.Integer(string="Reached", readonly=True)
    summary = fields.Char(compute="_compute_summary")
    classes = fields.Text(string="By Class", readonly=True)
    service_ids = fields.Many2many(
        comodel_name="itsm.service",
        relation="itsm_ci_impact_service_rel",
        column1="impact_id",
        column2="service_id",
        string="Services",
        readonly=True,
    )
    partner_ids = fields.Many2many(
        comodel_name="res.partner",
        relation="itsm_ci_impact_partner_rel",
        column1="impact_id",
        column2="partner_id",
        string="Customers",
        readonly=True,
    )

    @api.depends("ci_ids", "direction")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for wizard in self:
            names = wizard.ci_ids[:3].mapped("name")
            if len(wizard.ci_ids) > 3:
                names.append("…")
            names = ", ".join(names)
            if wizard.direction == "up":
                wizard.display_name = self.env._("Causes: %(names)s", names=names)
            else:
                wizard.display_name = self.env._("Impact: %(names)s", names=names)

    @api.depends("total", "direction", "spared_ids.note")
    def _compute_summary(self):
        for wizard in self:
            notes = wizard.spared_ids.mapped("note")
            if not wizard.total and notes:
                text = self.env._("Nothing else is affected.")
            elif not wizard.total:
                text = self.env._("Nothing else: no relation leads on from there.")
            elif wizard.total > SHOWN:
                text = self.env._(
                    "%(total)s configuration items; the nearest %(shown)s are listed.",
                    total=wizard.total,
                    shown=SHOWN,
                )
            else:
                text = self.env._("%(total)s configuration items.", total=wizard.total)
            notes = wizard.ci_ids._spared_summary(notes)
            wizard.summary = " ".join([text, *notes])

    @api.model
    def default_get(self, fields):
        values = super().default_get(fields)
        # a form shows the name of the one that the context names
        ticket = self.env["helpdesk.ticket"].browse(values.get("ticket_id"))
        self._check_ticket(ticket)
        return values

    @api.model_create_multi
    def create(self, vals_list):
        wizards = super().create(vals_list)
        self._check_ticket(wizards.ticket_id)
        wizards._work_out()
        return wizards

    def write(self, vals):
        result = super().write(vals)
        if "ticket_id" in vals:
            self._check_ticket(self.ticket_id)
        return result

    @api.model
    def _check_ticket(self, tickets):
        """The name of a ticket is shown to who may read it.

        :raise AccessError: the user may not read the ticket
        """
        if tickets:
            tickets.check_access("read")

    def _work_out(self):
        """Search, and keep the lines to show. Constant queries and one a level."""
        for wizard in self:
            items = wizard.ci_ids
            impact = items._impact(wizard.direction, wizard.depth or None, wizard.date)
            reached = items.browse(impact.reached)
            known = wizard.sudo()  # sudo: as they were made
            (known.line_ids | known.spared_ids).unlink()
            wizard.write(
                {
                    "total": len(reached),
                    "classes": self._classes_text(reached),
                    **wizard._stakes(items | reached),
                }
            )
            shown = reached[:SHOWN]
            spared = impact.spared[:SHOWN]
            paths = {at for item in shown for at in impact.path(item.id)}
            for one in spared:
                paths.update(wizard._spared_path(impact, one))
            items.browse(paths).fetch(["name"])
            # sudo: who asks reads lines, and nobody writes them
            self.env["itsm.ci.impact.line"].sudo().create(
                [wizard._line_values(impact, item) for item in shown]
                + [wizard._spared_values(impact, one) for one in spared]
            )

    @api.model
    def _classes_text(self, reached):
        counts = reached._read_group(
            [("id", "in", reached.ids)], ["class_id"], ["__count"]
        )
        return "\n".join(
            f"{ci_class.display_name}: {count}"
            for ci_class, count in sorted(counts, key=lambda row: -row[1])
        )

    def _stakes(self, items):
        """Services and customers behind what was reached.

        A service without customers of its own is everybody's: nobody is named for it.
        """
        if self.direction == "up":
            return {"service_ids": False, "partner_ids": False}
        items = items.with_context(prefetch_fields=False)
        services = items.service_id._filtered_access("read")
        partners = items.partner_id | services.partner_ids
        partners = partners._filtered_access("read")
        return {
            "service_ids": [Command.set(services.ids)],
            "partner_ids": [Command.set(partners.ids)],
        }

    def _line_values(self, impact, item):
        redundancy = impact.redundancy.get(item.id)
        return {
            "impact_id": self.id,
            "ci_id": item.id,
            "depth": impact.depth[item.id],
            "path": self._path_text(impact.path(item.id)),
            "redundancy_id": redundancy,
        }

    @api.model
    def _path_text(self, path):
        names = self.env["itsm.ci"].browse(path).mapped("name")
        if len(names) > LONG:
            names = [*names[: LONG // 2], "…", *names[-LONG // 2 :]]
        return " → ".join(names)

    @api.model
    def _spared_path(self, impact, spared):
        """Ids of a way to what is spared; one that leads over hidden ones is not told.

        :param Spared spared: see ``Impact.spared``
        """
        way = impact.path(spared.before) if spared.before in impact.depth else []
        return [*way, spared.item]

    def _spared_values(self, impact, spared):
        return {
            "impact_id": self.id,
            "kind": "spared",
            "ci_id": spared.item,
            "depth": spared.level,
            "path": self._path_text(self._spared_path(impact, spared)),
            "redundancy_id": spared.redundancy,
            "note": self.env["itsm.ci"]._spared_text(spared),
        }

    def _action_open(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Impact"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "current",
        }

    def action_again(self):
        """Work it out anew with what is entered."""
        self._work_out()
        return self._action_open()

    def action_graph(self):
        """Draw what is entered."""
        self.ensure_one()
        return self.ci_ids.action_graph(
            {
                "direction": self.direction,
                "depth": self.depth,
                "date": fields.Date.to_string(self.date),
            }
        )

    def action_confirm(self):
        """Take services and customers over into the ticket.

        :raise UserError: it was not opened from a ticket, or shows causes
        """
        self.ensure_one()
        if not self.ticket_id or self.direction != "down":
            raise UserError(
                self.env._("Only what a ticket affects can be taken over into it.")
            )
        self.ticket_id._confirm_impact(self.service_ids, self.partner_ids)
        return {
            "type": "ir.actions.act_window",
            "res_model": "helpdesk.ticket",
            "res_id": self.ticket_id.id,
            "view_mode": "form",
        }
