# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from odoo.addons.itsm_base.tools import guard


class HelpdeskTicket(models.Model):
    """Exceptions: tickets that are left out of what was achieved (SLM-10)."""

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "helpdesk.ticket"

    clock_exempt = fields.Boolean(
        string="Exempt from Service Levels",
        copy=False,
        readonly=True,
        help="Its clocks go on, but alert nobody and are counted apart. Set by the "
        "desk lead or the service level manager, with a reason.",
    )

    def _itsm_protected_fields(self):
        return (*super()._itsm_protected_fields(), "clock_exempt")

    def action_exempt(self):
        """Ask why, then leave the tickets out (SLM-10)."""
        return self._action_exemption(True)

    def action_count_again(self):
        """Ask why, then count the tickets again (SLM-10)."""
        return self._action_exemption(False)

    def _action_exemption(self, exempt):
        self._check_may_exempt()
        xmlid = "action_exempt" if exempt else "action_count_again"
        action = self.env["ir.actions.act_window"]._for_xml_id(
            f"itsm_sla.itsm_ticket_exempt_{xmlid}"
        )
        return action | {
            "context": {"default_exempt": exempt, "default_ticket_ids": self.ids}
        }

    def _check_may_exempt(self):
        user = self.env.user
        if not (
            user.has_group("itsm_base.itsm_group_lead")
            or user.has_group("itsm_sla.itsm_group_sla_manager")
        ):
            raise AccessError(
                self.env._(
                    "Exempt from Service Levels: only the desk lead or the service "
                    "level manager decides that. Ask one of them."
                )
            )
        self.check_access("write")

    def _clock_set_exempt(self, exempt, reason):
        """Leave tickets out of what was achieved, or count them again.

        Their clocks go on in either case, so that counting again restores them.

        :param bool exempt: leave out
        :param str reason: why; kept in the event log
        :raises AccessError: the user is neither desk lead nor service level manager
        :raises ValidationError: no reason
        :raises UserError: there is nothing to change
        """
        self._check_may_exempt()
        reason = (reason or "").strip()
        if not reason:
            raise ValidationError(self.env._("Reason: enter why, then confirm again."))
        tickets = self.filtered(lambda ticket: bool(ticket.clock_exempt) != exempt)
        if not tickets:
            if exempt:
                raise UserError(self.env._("These tickets are exempt already."))
            raise UserError(self.env._("These tickets are counted already."))
        now = fields.Datetime.now()
        # sudo: clocks and milestones are evidence, which only code writes
        tickets = tickets.sudo()
        logged = tickets.filtered("agreement_reason")
        # It takes away finished misses too.
        late = logged._clock_pressed(now)
        guard.with_token(tickets).write({"clock_exempt": exempt})
        if logged:
            rows = [
                {
                    "ticket_id": ticket.id,
                    "time": now,
                    "what": "exempt" if exempt else "counted",
                    "note": reason,
                    "is_late_change": exempt and ticket in late,
                }
                for ticket in logged
            ]
            if exempt:
                logged._clock_count_late(dict.fromkeys(late.ids, 1))
            logged._clock_log(rows)
            logged._clock_mark_exempt(exempt)
        if exempt:
            body = self.env._(
                "Exempt from service levels. Reason: %(reason)s", reason=reason
            )
        else:
            body = self.env._(
                "Counted in service levels again. Reason: %(reason)s", reason=reason
            )
        tickets._message_log_batch(dict.fromkeys(tickets.ids, body))

    def _clock_mark_exempt(self, exempt):
        """Set the mark on all clocks of the tickets; the scheduler follows."""
        clocks = self.env["itsm.clock"].sudo()  # sudo: as in _clock_set_exempt
        clocks = clocks.search([("ticket_id", "in", self.ids)])
        resolver = self.env["itsm.agreement"]._clock_resolver()
        values = []
        for clock in clocks:
            next_event = False
            if not exempt and not clock.is_history:
                fold = clock._as_fold(clock._rules(resolver))
                next_event = clocks._next_event(fold, clock.fired)
            values.append({"exempt": exempt, "next_event_at": next_event})
        if clocks:
            clocks._store(values)
