# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.tests import tagged

from .signing_common import SigningCommon


@tagged("post_install", "-at_install")
class TestHiddenTracking(SigningCommon):
    """SLM-74: the yearly amount is tracked, and not everybody may read it."""

    def _told(self, user):
        """What the chatter shows to somebody: names of changed fields of a message."""
        fetched = (
            self.env["mail.message"]
            .with_user(user)
            ._message_fetch(None, thread=self.agreement.with_user(user))
        )
        # sudo: as the chatter does, which filters the values itself
        return [
            set(
                message.sudo()
                .tracking_value_ids._filter_has_field_access(message.env)
                .field_id.mapped("name")
            )
            for message in fetched["messages"]
            if not message.body
        ]

    def _track(self, **vals):
        self.env.flush_all()
        self.cr.flush()
        tracked = self.agreement.with_context(
            tracking_disable=False, mail_notrack=False
        )
        tracked.write(vals)
        self.env.flush_all()
        self.cr.flush()
        self.env.invalidate_all()

    def test_amount(self):
        """A change of the amount alone is no line for the desk lead, not an empty one
        either; with another field he reads the other one. Who may read amounts reads
        both."""
        before = self._told(self.lead)
        self._track(amount=5000)
        self.assertEqual(self._told(self.lead), before)
        self.assertEqual(self._told(self.maintainer)[0], {"amount"})
        self._track(amount=6000, date_end="2030-12-31")
        self.assertEqual(self._told(self.lead)[0], {"date_end"})
        self.assertEqual(self._told(self.maintainer)[0], {"amount", "date_end"})

    def test_words_stay(self):
        """What somebody wrote stays, whatever was tracked with it."""
        self._track(amount=7000)
        message = self.agreement.message_ids[0]
        self.assertEqual(message.sudo().tracking_value_ids.field_id.name, "amount")
        fetch = self.env["mail.message"].with_user(self.lead)._message_fetch
        thread = self.agreement.with_user(self.lead)
        self.assertNotIn(message, fetch(None, thread=thread)["messages"])
        message.body = "As agreed by telephone"
        self.assertIn(message, fetch(None, thread=thread)["messages"])
