# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.addons.itsm_sla.tests.common import SlaCommon


class RestrictionCommon(SlaCommon):
    """People who handle restricted tickets, and everybody who must not see them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.officer = cls._create_user("p9-officer", "itsm_desk.itsm_group_security")
        cls.handler = cls._create_user("p9-handler", "itsm_desk.itsm_group_complaint")
        cls.supervisor = cls._create_user(
            "p9-supervisor", "itsm_desk.itsm_group_supervisor"
        )
        # Everybody inside who has nothing to do with the ticket, most powerful last.
        cls.outsiders = (
            cls.employee
            | cls.helpdesk_user
            | cls.supervisor
            | cls.agent_2
            | cls.lead
            | cls.manager
        )
        cls.nature_security = cls.env.ref("itsm_desk.itsm_ticket_nature_security")
        cls.nature_complaint = cls.env.ref("itsm_desk.itsm_ticket_nature_complaint")
        cls.tickets = cls.env["helpdesk.ticket"]

    def _secret(self, wall="2026-03-23 10:00", user=None, **vals):
        """A security incident of the service desk, recorded by an agent."""
        return self._report(
            wall,
            user=user,
            **{
                "name": "Mailbox of the director read by strangers",
                "description": "<p>zugangsdaten</p>",
                "nature_id": self.nature_security.id,
                "user_id": False,
                "team_id": self.team.id,
                **vals,
            },
        )
