# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import Command
from odoo.tests import tagged

from .restriction_common import RestrictionCommon


@tagged("post_install", "-at_install")
class TestRestrictionTold(RestrictionCommon):
    def test_nobody_is_told_who_may_not_read(self):
        """SEC-05: followers, team and escalation; the group that handles it is told by
        number only."""
        self._create_agreement()
        with self.at("2026-03-23 10:00"):
            ticket = self._secret(partner_id=self.requester.id)
        rows = self.env["itsm.notification.log"].search(
            [("event_code", "=", "ticket_restricted"), ("res_id", "=", ticket.id)]
        )
        told = rows.filtered(lambda row: row.outcome in ("sent", "waiting"))
        self.assertIn(self.officer, told.user_id)
        self.assertFalse(told.user_id & self.outsiders)
        self.assertFalse(told.user_id & self.handler)
        ticket.sudo().message_subscribe(
            (self.agent_2 | self.lead | self.officer).partner_id.ids
            + self.requester.ids
            + self.requester_2.ids
        )
        message = ticket.with_user(self.agent).message_post(
            body="Passwords were changed",
            subtype_xmlid="mail.mt_comment",
            message_type="comment",
            partner_ids=self.manager.partner_id.ids,
        )
        told = message.sudo().notified_partner_ids
        self.assertLessEqual(self.officer.partner_id | self.requester, told)
        self.assertFalse(told & (self.outsiders.partner_id | self.requester_2))

    def test_escalation(self):
        """SEC-05: an escalation of a restricted ticket reaches its readers only, of an
        unrestricted one of the same team everybody that the rule names."""
        self._create_agreement()
        secret = self._secret("2026-03-23 10:00")
        plain = self._report("2026-03-23 10:00", team_id=self.team.id, user_id=False)
        rule = self.env["itsm.escalation.rule"].create(
            {
                "name": "Tell",
                "tell_team_leader": True,
                "tell_user_ids": [Command.set((self.agent_2 | self.officer).ids)],
            }
        )
        clocks = (self._clocks(secret) | self._clocks(plain)).sudo()
        told = {e.ticket: e.users for e in rule._fire(clocks)}
        self.assertEqual(told[secret], self.officer)
        self.assertEqual(told[plain], self.lead | self.agent_2 | self.officer)
