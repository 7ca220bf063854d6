# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models
from odoo.exceptions import UserError

from odoo.addons.itsm_base.tools import guard

from .itsm_major_incident import ACTIVE


class ItsmMajorIncident(models.Model):
    """The steps of a major incident (INC-42, table 2), and the emergency plan."""

    _inherit = "itsm.major.incident"

    # INC-45
    plan_id = fields.Many2one(
        comodel_name="itsm.document",
        string="Emergency Plan",
        index="btree_not_null",
        domain="[('state', '=', 'approved')]",
        check_company=True,
        ondelete="restrict",
        tracking=True,
        help="The issued plan by which the service is restored.",
    )
    plan_invoked_at = fields.Datetime(string="Plan Invoked on", readonly=True)
    plan_invoked_by_id = fields.Many2one(
        comodel_name="res.users",
        string="Plan Invoked by",
        readonly=True,
        ondelete="restrict",
    )

    # === Actions ===

    def action_declare(self):
        """Declare major incidents; management is informed (INC-42).

        The tickets become children of the parent ticket.

        :raise AccessError: the user may not declare them
        :raise UserError: manager, impact or time until the next communication is
            missing
        """
        self._check_may_step("proposed")
        labels = {
            name: self._fields[name]._description_string(self.env)
            for name in ("manager_id", "impact_text", "update_minutes")
        }
        for major in self:
            missing = [
                label
                for name, label in labels.items()
                if not str(major[name] or "").strip()
            ]
            if missing:
                raise UserError(
                    self.env._(
                        "%(major)s: enter %(fields)s before you declare it.",
                        major=major.display_name,
                        fields=", ".join(missing),
                    )
                )
        now = fields.Datetime.now()
        for major in self:
            guard.with_token(major).write(
                {
                    "state": "declared",
                    "declared_at": now,
                    "declared_by_id": self.env.uid,
                    "next_update_at": major._next_update(now),
                }
            )
        self.sudo()._adopt()  # sudo: children follow their parent, whosever they are
        self._log_on_tickets(
            lambda major: self.env._(
                "The major incident %(major)s was declared.", major=major.display_name
            )
        )
        self._inform_management("major_declared")
        self._answer_units()

    def action_control(self):
        """Say that major incidents do not spread any more: a way round is in place."""
        self._check_may_step("declared")
        guard.with_token(self).write(
            {"state": "controlled", "controlled_at": fields.Datetime.now()}
        )
        self._answer_units()

    def action_close(self):
        """Close reviewed major incidents."""
        self._check_may_step("reviewed")
        guard.with_token(self).write(
            {
                "state": "closed",
                "closed_at": fields.Datetime.now(),
                "ended_by_id": self.env.uid,
            }
        )

    def action_invoke_plan(self):
        """Note that the emergency plan is invoked, by whom and when (INC-45).

        Where an emergency response is promised, its clock ends.

        :raise UserError: no plan is chosen, or it was invoked already
        """
        self._check_may_step(*ACTIVE)
        for major in self:
            if not major.plan_id:
                raise UserError(
                    self.env._(
                        "%(major)s: choose the Emergency Plan first.",
                        major=major.display_name,
                    )
                )
            if major.plan_invoked_at:
                raise UserError(
                    self.env._(
                        "%(major)s: the plan was invoked already.",
                        major=major.display_name,
                    )
                )
        guard.with_token(self).write(
            {
                "plan_invoked_at": fields.Datetime.now(),
                "plan_invoked_by_id": self.env.uid,
            }
        )
        # sudo: who leads the major incident need not work on its ticket
        tickets = self.ticket_id.sudo()
        tickets.filtered(
            lambda ticket: (
                ticket.can_start_emergency and not ticket.emergency_started_at
            )
        ).action_start_emergency()

    def action_open_step(self):
        """Open the dialog of a step that asks for something.

        The step is ``itsm_major_step`` in the context: refuse, restore, raise, merge.
        """
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "itsm_desk.itsm_major_step_action"
        )
        step = self.env.context.get("itsm_major_step")
        return action | {"context": {"default_major_id": self.id, "default_step": step}}

    # === Steps with what the dialog asked ===

    def _refuse(self, reason):
        """Refuse proposals: what was seen is no major incident.

        :param str reason: why; the proposer reads it
        """
        self._check_may_step("proposed")
        if not (reason or "").strip():
            raise UserError(self.env._("Enter why it is no major incident."))
        guard.with_token(self).write(
            {
                "state": "refused",
                "refuse_reason": reason,
                "closed_at": fields.Datetime.now(),
                "ended_by_id": self.env.uid,
            }
        )
        self._answer_units()

    def _restore(self, restored_at):
        """Say that the service works again; management is informed (INC-42).

        The parent ticket is resolved by those who work on it.

        :param datetime restored_at: naive UTC
        :raise UserError: before it was proposed, or in the future
        """
        self._check_may_step(*ACTIVE)
        now = fields.Datetime.now()
        for major in self:
            # sudo: when it was reported, also for who may not read the ticket
            begin = major.ticket_id.sudo()._itsm_reported_time()
            if not restored_at or not begin <= restored_at <= now:
                raise UserError(
                    self.env._(
                        "Restored: enter a time between the report of the parent "
                        "ticket and now."
                    )
                )
        guard.with_token(self).write(
            {"state": "restored", "restored_at": restored_at, "next_update_at": False}
        )
        # sudo: as above; the interruption ends when the service works again
        tickets = self.ticket_id.sudo().filtered(
            lambda ticket: (
                ticket.interruption_start
                and not ticket.interruption_end
                and ticket.interruption_start <= restored_at
            )
        )
        if tickets:
            tickets.write({"interruption_end": restored_at})
        self._log_on_tickets(
            lambda major: self.env._(
                "The service of the major incident %(major)s was restored.",
                major=major.display_name,
            )
        )
        self._inform_management("major_restored")
        self._answer_units()

    # === Common ===

    def _check_may_step(self, *states):
        """Refuse a step where it does not apply, or by whom it is not up to.

        :param str states: states in which it applies
        :raise AccessError: the user is no incident manager
        :raise UserError: naming the first to which it does not apply
        """
        self.check_access("read")
        self._check_can_manage()
        self._check_step(*states)

    def _log_on_tickets(self, text):
        """Note a step in the messages of all tickets, for colleagues only.

        :param text: function of one major incident that gives the text
        """
        bodies = {}
        # sudo: who leads the major incident need not work on its tickets
        for major_sudo in self.sudo():
            bodies.update(dict.fromkeys(major_sudo.ticket_ids.ids, text(major_sudo)))
        tickets_sudo = (
            self.env["helpdesk.ticket"].sudo().browse(bodies)
        )  # sudo: as above
        tickets_sudo._message_log_batch(bodies)

    def _next_update(self, since):
        """When the next communication is due after *since*; False when none is."""
        self.ensure_one()
        if self.state not in ("proposed", *ACTIVE) or not self.update_minutes:
            return False
        return fields.Datetime.add(since, minutes=self.update_minutes)

    def _inform_management(self, code):
        """Tell management of a declaration or restoration (INC-42).

        :param str code: code of the notification event
        """
        # sudo: who holds a role does not depend on who declares
        role = self.env.ref("itsm_desk.itsm_role_it_management").sudo()
        holders = role._holders_by_role(self.company_id)
        majors = guard.with_token(self.sudo())  # sudo: evidence of who was to be told
        for major in majors:
            users = holders.get((role.id, major.company_id.id))
            if users:
                major.informed_user_ids |= users
        self.env["itsm.notification.event"]._notify(code, self)
