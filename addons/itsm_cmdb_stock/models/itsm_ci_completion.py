# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

#: What completing a receipt does not fill: that is decided elsewhere.
NOT_FILLED = frozenset(
    {"company_id", "user_partner_id", "spare_state", "merged_into_id"}
)


class ItsmCi(models.Model):
    """Entering what is missing of what was received is part of the receipt (CFG-41).

    Until it is first put to use or to test; what the receipt or somebody entered is
    changed under another authority.
    """

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.ci"

    is_to_complete = fields.Boolean(
        string="To Be Completed",
        compute="_compute_is_to_complete",
        search="_search_is_to_complete",
        help="Came by a goods receipt, and has no owner or lacks a required attribute.",
    )

    @api.depends("state", "product_id", "owner_id", "attributes", "class_id")
    def _compute_is_to_complete(self):
        for item in self:
            item.is_to_complete = (
                item.state == "received"
                and bool(item.product_id)
                and (not item.owner_id or bool(item._missing_attributes()))
            )

    @api.model
    def _search_is_to_complete(self, operator, value):
        if operator != "in":
            return NotImplemented
        missing = self.env["itsm.ci.health.rule"]._finding_incomplete()
        domain = (
            Domain("state", "=", "received")
            & Domain("product_id", "!=", False)
            & (Domain("owner_id", "=", False) | missing)
        )
        return domain if True in value else ~domain

    @api.model
    def _authority_for(self, changes, moment):
        found = super()._authority_for(changes, moment)
        filled = [
            change
            for change in changes
            if change.fills
            and change.ci_id
            and change not in found
            and change.attribute not in NOT_FILLED
        ]
        receipts = self._open_receipts({change.ci_id for change in filled})
        for change in filled:
            if change.ci_id in receipts:
                found[change] = receipts[change.ci_id]
        return found

    @api.model
    def _open_receipts(self, ids):
        """The serial numbers whose receipt is not complete yet; constant queries.

        :param ids: of configuration items
        :return: ``{id: stock.lot}`` of those that were received and were neither in
            use nor in test so far
        """
        if not ids:
            return {}
        # sudo: a receipt holds for everybody, whoever may read it
        items = self.sudo().browse(sorted(ids))
        items = items.filtered(lambda item: item.state == "received" and item.lot_id)
        if not items:
            return {}
        history = self.env["itsm.ci.history"]
        history.flush_model(["ci_id", "attribute", "old_value", "new_value"])
        used = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT ci_id FROM itsm_ci_history
                 WHERE ci_id = ANY(%s) AND attribute = 'state'
                   AND (old_value #>> '{}' IN ('test', 'use')
                        OR new_value #>> '{}' IN ('test', 'use'))
                """,
                items.ids,
            )
        )
        items -= items.browse(item_id for (item_id,) in used)
        # sudo: as above
        lines = self.env["stock.move.line"].sudo()
        received = lines._read_group(
            Domain("lot_id", "in", items.lot_id.ids)
            & Domain("state", "=", "done")
            & Domain("location_dest_id.usage", "in", ("internal", "transit"))
            # as a receipt is told: between warehouses nothing is received
            & (
                Domain("location_id.usage", "=", "supplier")
                | Domain("location_id.usage", "=", "transit")
                & Domain("move_id.purchase_line_id", "!=", False)
            ),
            ["lot_id"],
        )
        lots = {lot.id: lot for (lot,) in received}
        return {
            item.id: lots[item.lot_id.id] for item in items if item.lot_id.id in lots
        }
