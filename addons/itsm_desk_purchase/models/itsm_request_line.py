# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.itsm_desk.models.itsm_request_line import LINE_OVER


class ItsmRequestLine(models.Model):
    """Buying what a line asks for; received is delivered (REQ-01, REQ-03)."""

    _inherit = "itsm.request.line"

    purchase_line_ids = fields.One2many(
        comodel_name="purchase.order.line",
        inverse_name="itsm_request_line_id",
        string="Purchase Order Lines",
        groups="purchase.group_purchase_user",
        copy=False,
    )
    product_id = fields.Many2one(related="service_id.product_id")
    is_bought = fields.Boolean(
        string="Ordered",
        compute="_compute_is_bought",
        help="Everything that is asked for is ordered, or has come.",
    )

    @api.depends(
        "quantity",
        "purchase_line_ids.state",
        "purchase_line_ids.product_uom_qty",
        "purchase_line_ids.qty_received",
    )
    def _compute_is_bought(self):
        # sudo: whether it is ordered, not what and for how much
        for line, line_sudo in zip(self, self.sudo(), strict=True):
            line.is_bought = line_sudo._quantity_to_buy() <= 0

    # === Quantities, in the unit of the product ===

    def _quantity_received(self):
        """How much of what was ordered for a line has come; ``self`` in sudo.

        :rtype: float
        """
        self.ensure_one()
        return sum(order._itsm_quantity_received() for order in self.purchase_line_ids)

    def _quantity_to_buy(self):
        """How much of a line is neither on order nor received; ``self`` in sudo.

        Of a cancelled order only that counts which came all the same.

        :rtype: float
        """
        self.ensure_one()
        covered = 0
        for order in self.purchase_line_ids:
            received = order._itsm_quantity_received()
            on_order = 0 if order.state == "cancel" else order.product_uom_qty
            covered += max(received, on_order)
        return self.quantity - covered

    # === Buying ===

    def action_buy(self):
        """Make draft purchase orders for lines that are being fulfilled.

        Purchasing checks and confirms them.

        :raise AccessError: the user may not write the lines
        :raise UserError: not being fulfilled, ordered already, no product, no supplier
        """
        self.check_access("write")
        for line in self:
            problem = line._buying_problem()
            if problem:
                raise UserError(problem)
        self._buy()
        return True

    def _buying_problem(self):
        """Why a line cannot be bought, in words; empty if it can."""
        self.ensure_one()
        values = {"line": self.title}
        if self.state != "fulfilment":
            return self.env._("%(line)s is not being fulfilled.", **values)
        if self.is_bought:
            return self.env._("%(line)s is ordered already.", **values)
        # sudo: the product of the item is no secret; products may be closed
        product = self.sudo().product_id
        if not product:
            return self.env._(
                "%(line)s: the item names no product. A catalogue manager enters it "
                "on the page “Fulfilment” of the item.",
                **values,
            )
        if not self._seller():
            return self.env._(
                "%(line)s: %(product)s has no supplier. Enter one on the page "
                "“Purchase” of the product, and press Buy.",
                product=product.display_name,
                **values,
            )
        return ""

    def _seller(self):
        """The supplier from whom the product of the line is bought."""
        self.ensure_one()
        line = self.sudo()  # sudo: prices of suppliers are closed to the desk
        product = line.product_id.with_company(line.company_id)
        return (
            product._select_seller(
                quantity=line._quantity_to_buy(), date=fields.Date.context_today(self)
            )
            or product._prepare_sellers()[:1]
        )

    def _buy(self):
        """Make the draft orders: one for each request and supplier."""
        # sudo: an approved request is the right to ask for an order; purchasing decides
        groups = self.sudo().grouped(lambda line: (line.request_id, line._seller()))
        orders = self.env["purchase.order"].sudo()  # sudo: likewise
        by_supplier = {}
        for (request, seller), lines in groups.items():
            key = request, seller.partner_id
            by_supplier[key] = by_supplier.get(key, lines.browse()) | lines
        for (request, supplier), lines in by_supplier.items():
            order = orders.with_company(request.company_id).create(
                {
                    "partner_id": supplier.id,
                    "company_id": request.company_id.id,
                    "origin": request.name,
                    # Whoever approves or asks is no buyer.
                    "user_id": False,
                    "order_line": [
                        fields.Command.create(
                            {
                                "product_id": line.product_id.id,
                                "product_qty": line._quantity_to_buy(),
                                # what the requester counts in, whatever the
                                # supplier packs
                                "product_uom_id": line.product_id.uom_id.id,
                                "itsm_request_line_id": line.id,
                            }
                        )
                        for line in lines
                    ],
                }
            )
            request._approval_post(
                self.env._(
                    "Draft purchase order %(order)s for: %(lines)s.",
                    order=order.name,
                    lines=", ".join(lines.mapped("title")),
                )
            )
        lines_sudo = self.sudo()  # sudo: new rows that the user may not see
        lines_sudo.invalidate_recordset(["purchase_line_ids", "is_bought"])

    def _make_tasks(self):
        result = super()._make_tasks()
        for line in self.filtered("service_id.buy_on_approval"):
            problem = line._buying_problem()
            if problem:
                line.request_id._approval_post(problem)
            else:
                line._buy()
        return result

    # === Receiving ===

    def _waits_for_goods(self):
        # What was ordered comes, is ordered again, or the desk says otherwise.
        line = self.sudo()  # sudo: only how many have come
        return super()._waits_for_goods() or (
            bool(line.purchase_line_ids) and line._quantity_received() < line.quantity
        )

    @api.model
    def _cron_follow_receipts(self):
        """Deliver lines whose goods have come, by whatever way they were received."""
        received = self.env["purchase.order.line"]._read_group(
            [
                ("itsm_request_line_id.state", "=", "fulfilment"),
                ("qty_received", ">", 0),
            ],
            ["itsm_request_line_id"],
        )
        self.union(*(line for (line,) in received))._advance()

    # === What is not needed any more ===

    def _deliver(self, note=False):
        lines = self.filtered(lambda line: line.state == "fulfilment")
        result = super()._deliver(note)
        lines._end_orders()
        return result

    def _refuse(self, reason):
        lines = self.filtered(lambda line: line.state == "fulfilment")
        result = super()._refuse(reason)
        lines._end_orders()
        return result

    def _end_orders(self):
        """Cancel the draft orders of lines that are over; purchasing is asked to do
        something about what is still to come.

        A draft that is for something else as well stays: that is not ours to cancel.
        """
        lines = self.sudo()  # sudo: who ends a line need not see what was ordered
        lines = lines.filtered(lambda line: line.purchase_line_ids)
        orders = lines.purchase_line_ids.order_id
        drafts = orders.filtered(
            lambda order: (
                order.state in ("draft", "sent")
                and all(
                    row.itsm_request_line_id.state in LINE_OVER
                    for row in order.order_line
                    if not row.display_type
                )
            )
        )
        if drafts:
            drafts.button_cancel()
        for request, own in lines.grouped("request_id").items():
            missing = own.filtered(
                lambda line: line._quantity_received() < line.quantity
            )
            left = missing.purchase_line_ids.order_id.filtered(
                lambda order: order.state != "cancel"
            )
            if left:
                request._approval_post(
                    self.env._(
                        "Still ordered, although not needed any more: %(orders)s. Ask "
                        "purchasing to change or cancel it.",
                        orders=", ".join(left.mapped("name")),
                    )
                )
