# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.exceptions import AccessError
from odoo.tests import Form, tagged

from odoo.addons.itsm_base.tools.period import Period

from .organisation_common import OrganisationCommon


@tagged("post_install", "-at_install")
class TestChannelNorm(OrganisationCommon):
    """How soon contacts of a channel are answered."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.mail, cls.chat = cls.env["helpdesk.ticket.channel"].create(
            [
                {"name": "Test mail", "response_minutes": 120},
                {"name": "Test chat", "response_minutes": 5},
            ]
        )

    def test_working_time(self):
        """DSK-11: two hours from Friday 17:00 end on Monday 10:00; a holiday is left
        out; corrected times and channels move it."""
        ticket = self._report("2026-03-20 17:00", channel_id=self.mail.id)
        self.assertEqual(ticket.norm_due_at, self.utc("2026-03-23 10:00"))
        ticket.channel_id = self.chat
        self.assertEqual(ticket.norm_due_at, self.utc("2026-03-20 17:05"))
        self._holiday("2026-03-23 00:00", "2026-03-23 23:59")
        other = self._report("2026-03-20 17:00", channel_id=self.mail.id)
        self.assertEqual(other.norm_due_at, self.utc("2026-03-24 10:00"))
        self.assertFalse(self._report("2026-03-20 17:00").norm_due_at)

    def test_new_norms_do_not_judge_old_tickets(self):
        """DSK-11: a norm holds for what comes from then on; history has none."""
        ticket = self._report("2026-03-20 10:00", channel_id=self.mail.id)
        self.env.flush_all()
        self.mail.response_minutes = 1
        self.env.flush_all()
        self.assertEqual(ticket.norm_due_at, self.utc("2026-03-20 12:00"))
        history = self._history_ticket(
            channel_id=self.mail.id, reported_at=self.utc("2026-03-20 10:00")
        )
        self.assertFalse(history.norm_due_at)

    def test_measure(self):
        """DSK-11: answered in time, late, solved without an answer, unanswered and
        late, waiting: 2 of 4 = 50 %. The one that waits does not count yet."""
        kpi = self.env.ref("itsm_desk.itsm_kpi_channel_norm")
        in_time = self._report("2026-03-20 09:00", channel_id=self.mail.id)
        self._reply("2026-03-20 11:00", in_time)
        late = self._report("2026-03-20 09:00", channel_id=self.mail.id)
        self._reply("2026-03-20 11:01", late)
        solved = self._report("2026-03-20 09:00", channel_id=self.mail.id)
        self._move("2026-03-20 09:30", solved, "resolved")
        self._report("2026-03-20 09:00", channel_id=self.chat.id)
        self._report("2026-03-20 16:30", channel_id=self.mail.id)
        cancelled = self._report("2026-03-20 09:00", channel_id=self.chat.id)
        self._move("2026-03-20 09:30", cancelled, "cancelled")
        self.env.flush_all()
        now = self.utc("2026-03-20 17:00")
        with self.at("2026-03-20 17:00"):
            span = kpi._kpi_span(self.company, Period.of("month", now.date()), now)
            figure = kpi.sudo()._kpi_measure_channel_norm([span])[span]
        before = self.env["helpdesk.ticket"].search_count(
            [
                ("norm_due_at", "!=", False),
                ("channel_id", "not in", (self.mail | self.chat).ids),
            ]
        )
        self.assertEqual(before, 0, "none of others in the database")
        self.assertEqual(
            (figure.numerator, figure.denominator, figure.value), (2, 4, 50)
        )

    def test_company_without_hours(self):
        """DSK-11: no calendar, no norm; tickets come in all the same."""
        self.company.resource_calendar_id = self.env["resource.calendar"].create(
            {
                "name": "Empty",
                "attendance_ids": [(5, 0, 0)],
                "company_id": self.company.id,
            }
        )
        self.assertFalse(
            self._report("2026-03-20 09:00", channel_id=self.mail.id).norm_due_at
        )

    def test_rights_and_bad_input(self):
        """DSK-11: agents do not set norms, customers do not read them, less than
        nothing is refused."""
        with self.assertRaises(AccessError):
            self.mail.with_user(self.agent).response_minutes = 1
        ticket = self._report("2026-03-20 09:00", channel_id=self.mail.id)
        with self.assertRaises(AccessError):
            ticket.with_user(self.portal_user).read(["norm_due_at"])
        form = Form(self.mail)
        form.response_minutes = 30
        form.save()
        self.assertEqual(self.mail.response_minutes, 30)
