# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.fields import Domain

from .itsm_ci_state import GONE, STEPS


class ItsmCi(models.Model):
    """Configuration items in people's hands (CFG-38, D30)."""

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.ci"

    portal_visible = fields.Boolean(
        string="Visible to the Customer",
        help="People of the customer see name, number, model and state in the portal. "
        "Who has it in his hands sees it in any case.",
    )
    handover_line_ids = fields.One2many(
        comodel_name="itsm.ci.handover.line", inverse_name="ci_id", readonly=True
    )
    handover_count = fields.Integer(string="Sheets", compute="_compute_handover_count")

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_handover_count(self):
        lines = self.env["itsm.ci.handover.line"]
        counts = dict(
            lines._read_group([("ci_id", "in", self.ids)], ["ci_id"], ["__count"])
        )
        for item in self:
            item.handover_count = counts.get(item._origin, 0)

    def _archive_references(self):
        return [*super()._archive_references(), ("itsm.ci.handover.line", "ci_id")]

    def _can_become(self, state):
        """Whether life cycle and class let the item become *state* (CFG-18).

        :rtype: bool
        """
        self.ensure_one()
        return self.state in STEPS[state] and self._knows(state)

    def _knows(self, state):
        """Whether the class of the item knows *state*.

        :rtype: bool
        """
        known = self.class_id._inherited("state_ids").mapped("code")
        return not known or state in known

    # === Sheets ===

    def action_hand_over(self):
        """Open a new sheet with these items; the person is entered there."""
        return self._new_sheet("out", self.env["res.partner"])

    def action_take_back(self):
        """Open a new sheet of return with these items, from who has them.

        That is who signed for them last, whatever was entered since.
        """
        self.check_access("read")
        signers = self._signers()
        holders = self.env["res.partner"].union(
            *(signers.get(item, item.user_partner_id) for item in self)
        )
        return self._new_sheet("back", holders if len(holders) == 1 else holders[:0])

    def _signers(self):
        """Who signed for the items by the last sheet that was completed.

        Sheets of what was merged into an item are sheets of it. Constant queries.

        :return: ``{item: res.partner}`` of those that were handed over and not returned
        """
        # sudo: people are named by the item that the user may read
        lines = self.env["itsm.ci.handover.line"].sudo()
        known = self._ids_with_merged()
        last = {}
        for line in lines.search(
            [
                ("ci_id", "in", list(set().union(*known.values()))),
                ("handover_id.state", "=", "done"),
            ]
        ).sorted(lambda line: (line.handover_id.done_at, line.handover_id.id)):
            last[line.ci_id.id] = line.handover_id
        found = {}
        for item in self:
            sheets = lines.handover_id.union(
                *(last[one] for one in known[item.id] if one in last)
            )
            sheet = sheets.sorted(lambda sheet: (sheet.done_at, sheet.id))[-1:]
            if sheet.kind == "out":
                found[item] = sheet.partner_id.with_env(self.env)
        return found

    def _new_sheet(self, kind, person):
        self.check_access("read")
        companies = self.company_id
        return {
            "type": "ir.actions.act_window",
            "res_model": "itsm.ci.handover",
            "view_mode": "form",
            "context": {
                "default_kind": kind,
                "default_partner_id": person.id,
                "default_company_id": companies[:1].id or self.env.company.id,
                "default_line_ids": [
                    fields.Command.create({"ci_id": item.id}) for item in self
                ],
            },
        }

    def action_view_handovers(self):
        """Open the sheets that name this configuration item."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "itsm_cmdb.itsm_ci_handover_action"
        )
        return {
            **action,
            "domain": [("line_ids.ci_id", "=", self.id)],
            "context": {},
        }

    # === Portal: in sudo, asked by the controller ===

    @api.model
    def _portal_domain(self, user):
        """What a user of the portal may see of configuration items.

        What he has in his hands himself, and what of his organisation is marked so.

        :param user: ``res.users``
        :rtype: Domain
        """
        return Domain.OR([self._portal_own(user), self._portal_organisation(user)])

    @api.model
    def _portal_own(self, user):
        """In his hands, and not gone for good."""
        return Domain("user_partner_id", "=", user.partner_id.id) & Domain(
            "state", "not in", GONE
        )

    @api.model
    def _portal_organisation(self, user):
        """Of his organisation, marked as visible, and not in his hands."""
        organisation = user.partner_id.commercial_partner_id
        return (
            Domain("portal_visible", "=", True)
            & Domain("partner_id", "child_of", organisation.id)
            & Domain("state", "not in", GONE)
            & Domain("user_partner_id", "!=", user.partner_id.id)
        )

    def _portal_rows(self):
        """What the portal shows of configuration items, as plain values.

        Nothing else of them leaves: no attribute, relation, price, name of a host or
        other person.

        :rtype: list[dict]
        """
        states = dict(self._fields["state"]._description_selection(self.env))
        return [
            {
                "id": item.id,
                "number": item.number,
                "name": item.name,
                "class": item.class_id.name,
                "model": item.model_name or "",
                "serial": item.serial or "",
                "asset_tag": item.asset_tag or "",
                "state": states[item.state],
                "warranty_end": item.warranty_end,
            }
            for item in self
        ]
