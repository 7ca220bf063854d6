# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from .common import SlaCommon

#: Priority "2" has 4 h for the solution: reported Monday 10:00, due 15:00 (Paris).
MON, LATE = "2026-03-23 10:00", "2026-03-23 15:01"


class BreachCommon(SlaCommon):
    """Late tickets: 09–12 and 13–18 in Paris, 4 h for the solution."""

    #: Response and resolution in minutes. No response is promised: one clock is late.
    minutes = {"2": (0, 240), "3": (0, 120)}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["itsm.breach.rule"].search([]).active = False
        cls.agreement = cls._create_agreement(cls.minutes)
        cls.cause = cls.env.ref("itsm_sla.itsm_breach_cause_technical")
        cls.cause_customer = cls.env.ref("itsm_sla.itsm_breach_cause_customer")
        cls.cause_force = cls.env.ref("itsm_sla.itsm_breach_cause_force_majeure")

    def _breaches(self, tickets, active=True):
        model = self.env["itsm.breach"].with_context(active_test=active)
        return model.search([("ticket_id", "in", tickets.ids)], order="id")

    def _late_ticket(self, reported=MON, resolved=None, wall=None, **vals):
        """A ticket that is late; solved at a wall clock time, or open still."""
        ticket = self._report(reported, **vals)
        if resolved:
            self._move(resolved, ticket, "resolved")
        else:
            self._run_scheduler(wall or reported[:10] + " 18:00")
        return ticket

    def _explain(self, breaches, cause=None, user=None, wall=None, **kwargs):
        cause = self.cause if cause is None else cause
        with self.at(wall or "2026-04-02 10:00"):
            breaches.with_user(user or self.lead)._explain(cause, **kwargs)
            self.env.flush_all()
        self.env.invalidate_all()
