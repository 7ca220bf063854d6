# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from odoo.addons.itsm_base.tools import guard


class ItsmCiMaintenanceOrder(models.Model):
    """The steps of a work order: begun, reported, reviewed by another one (MNT-07)."""

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.ci.maintenance.order"

    # === The work ===

    def action_start(self):
        """Begin the work: the check list is laid out for each configuration item.

        :raise AccessError: the order is somebody else's
        :raise UserError: it has begun already
        """
        self._check_step("planned")
        return self._start()

    def _start(self):
        for order in self.filtered(lambda order: not order.user_id):
            order.user_id = self.env.user
        self._lay_out()
        guard.with_token(self).write({"state": "progress"})
        now = fields.Datetime.now()
        self.filtered(lambda order: not order.done_start).done_start = now
        return True

    def action_take(self):
        """Do the order oneself."""
        self._check_step("planned", "progress")
        self.user_id = self.env.user
        return True

    def _lay_out(self):
        """One line for each point and configuration item; one statement (MNT-02).

        The points are copied: what is changed in the plan later changes no report.
        """
        if not self.ids:
            return
        results = self.env["itsm.ci.maintenance.result"]
        self.env.flush_all()
        lang = self.env.lang or "en_US"
        self.env.execute_query(
            SQL(
                """
                INSERT INTO itsm_ci_maintenance_result (
                    order_id, company_id, ci_id, check_id, sequence, name, kind, unit,
                    has_minimum, minimum, has_maximum, maximum, is_required,
                    makes_incident, create_uid, write_uid, create_date, write_date
                )
                SELECT o.id, o.company_id, r.ci_id, c.id, c.sequence,
                       COALESCE(c.name->>%(lang)s, c.name->>'en_US'), c.kind,
                       COALESCE(c.unit->>%(lang)s, c.unit->>'en_US'),
                       c.has_minimum, c.minimum, c.has_maximum, c.maximum,
                       c.is_required, c.makes_incident, %(uid)s, %(uid)s,
                       now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC'
                  FROM itsm_ci_maintenance_order o
                  JOIN itsm_ci_maintenance_check c ON c.plan_id = o.plan_id
             LEFT JOIN itsm_ci_maintenance_order_ci_rel r ON r.order_id = o.id
                 WHERE o.id = ANY(%(ids)s)
                RETURNING id""",
                lang=lang,
                uid=self.env.uid,
                ids=self.ids,
            )
        )
        results.invalidate_model()
        self.invalidate_recordset(["result_ids"])

    def action_rest_ok(self):
        """Answer every point that is OK or not, and has no answer yet, with OK.

        What is measured or described stays as it is. One write; the chatter says who
        did it, and to how many points.

        :raise AccessError: the order is somebody else's
        :raise UserError: it is not in progress
        """
        self._check_step("progress")
        rest = self.env["itsm.ci.maintenance.result"].search(
            [
                ("order_id", "in", self.ids),
                ("kind", "=", "check"),
                ("outcome", "=", False),
            ]
        )
        rest.action_ok()
        counts = {
            order: len(found) for order, found in rest.grouped("order_id").items()
        }
        orders = self.filtered(lambda order: order in counts)
        orders._message_log_batch(
            bodies={
                order.id: self.env._(
                    "All the rest OK: %(count)s points.", count=counts[order]
                )
                for order in orders
            }
        )
        return True

    # === The report ===

    def action_report(self):
        """Report what was found: complete, and each defect explained.

        :raise UserError: answers, notes or the conclusion are missing
        """
        self._check_step("progress")
        results = self.env["itsm.ci.maintenance.result"].search(
            [
                ("order_id", "in", self.ids),
                "|",
                ("outcome", "=", False),
                ("outcome", "=", "nok"),
            ]
        )
        for order, found in results.grouped("order_id").items():
            order._check_results(found)
        for order in self:
            if not (order.conclusion or "").strip():
                raise UserError(
                    self.env._(
                        "%(order)s: say in the conclusion what was done and found.",
                        order=order.display_name,
                    )
                )
        now = fields.Datetime.now()
        self.filtered(lambda order: not order.done_end).done_end = now
        results.filtered(
            lambda r: r.outcome == "nok" and r.makes_incident and not r.ticket_id
        )._make_incidents(automatic=True)
        guard.with_token(self).write(
            {
                "state": "reported",
                "reported_by_id": self.env.uid,
                "reported_at": now,
                "reviewed_by_id": False,
                "reviewed_at": False,
            }
        )
        self._drop_activities()
        asked = self.filtered("reviewer_id")
        self._tell(
            asked,
            {order.id: order.reviewer_id for order in asked},
            {
                order.id: self.env._(
                    "Review the report of %(order)s", order=order.display_name
                )
                for order in asked
            },
        )
        return True

    def _check_results(self, results):
        """Refuse a report with points that are open or not explained.

        :param results: those without an answer, and those that are not OK
        """
        self.ensure_one()
        missing = results.filtered(lambda r: not r.outcome and r.is_required)
        if missing:
            raise UserError(
                self.env._(
                    "%(order)s: %(count)s points have no answer yet, %(first)s for "
                    "one. Answer them, or say that they do not apply.",
                    order=self.display_name,
                    count=len(missing),
                    first=missing[0].display_name,
                )
            )
        silent = results.filtered(
            lambda r: r.outcome == "nok" and not (r.note or "").strip()
        )
        if silent:
            raise UserError(
                self.env._(
                    "%(order)s: say in a note what is not OK with %(first)s.",
                    order=self.display_name,
                    first=silent[0].display_name,
                )
            )

    # === The review ===

    def action_review(self):
        """Accept the reports: by somebody else than who reported or did the work.

        :raise AccessError: the user reported one of them himself
        :raise UserError: one is not reported
        """
        self._check_review()
        guard.with_token(self).write(
            {
                "state": "closed",
                "reviewed_by_id": self.env.uid,
                "reviewed_at": fields.Datetime.now(),
            }
        )
        self._drop_activities()
        return True

    def _check_review(self):
        self._check_step("reported")
        for order in self:
            if self.env.user in (order.reported_by_id, order.user_id):
                raise AccessError(
                    self.env._(
                        "%(order)s is your own work: let somebody else review the "
                        "report.",
                        order=order.display_name,
                    )
                )

    def _send_back(self, reason):
        """Have the reports corrected; what for is said in the chatter.

        :param str reason: what is wrong
        """
        self._check_review()
        for order in self:
            guard.with_token(order).write(
                {"state": "progress", "returned_count": order.returned_count + 1}
            )
            order._message_log(
                body=self.env._("Report sent back: %(reason)s", reason=reason)
            )
        self._drop_activities()
        told = self.filtered("user_id")
        self._tell(
            told,
            {order.id: order.user_id for order in told},
            {
                order.id: self.env._(
                    "Correct the report of %(order)s", order=order.display_name
                )
                for order in told
            },
        )

    def _cancel(self, reason):
        """Give orders up.

        :param str reason: why; it is kept
        :raise AccessError: the user does not plan
        """
        self._check_step("planned", "progress")
        if not self._may_plan():
            raise AccessError(
                self.env._("Work orders are cancelled by configuration managers.")
            )
        guard.with_token(self).write(
            {
                "state": "cancelled",
                "cancelled_at": fields.Datetime.now(),
                "cancel_reason": reason,
            }
        )
        self._drop_activities()
        self._given_up()

    # === What people open ===

    @api.model
    def _ask_names(self):
        """Headings of the question why, by what is to be done. Addons add theirs."""
        return {
            "cancel": self.env._("Cancel Work Orders"),
            "back": self.env._("Send the Report Back"),
        }

    @api.model
    def _ask(self, act, orders):
        return {
            "type": "ir.actions.act_window",
            "name": self._ask_names()[act],
            "res_model": "itsm.ci.maintenance.reason",
            "view_mode": "form",
            "target": "new",
            "context": {"default_act": act, "default_order_ids": orders.ids},
        }

    def action_cancel(self):
        """Ask why, then cancel."""
        return self._ask("cancel", self)

    def action_send_back(self):
        """Ask what is wrong, then send the report back."""
        return self._ask("back", self)

    def action_view_results(self):
        """Open the check list of the order, to be worked through."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "itsm_cmdb.itsm_ci_maintenance_result_action"
        )
        return {
            **action,
            "domain": [("order_id", "=", self.id)],
            "context": {"search_default_group_item": len(self.ci_ids) > 1},
        }

    def action_view_tickets(self):
        """Open the incidents that were made of defects."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "itsm_base.helpdesk_ticket_action_all"
        )
        return {
            **action,
            "domain": [("id", "in", self.result_ids.ticket_id.ids)],
            "context": {},
        }
