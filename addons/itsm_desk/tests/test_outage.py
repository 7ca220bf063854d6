# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .restriction_common import RestrictionCommon


@tagged("post_install", "-at_install")
class TestOutage(RestrictionCommon):
    """Incidents propose outages (AVC-06)."""

    def _incident(self, **vals):
        return self._report(
            "2026-03-23 10:00",
            **{
                "service_id": self.service.id,
                "interruption_start": self.utc("2026-03-23 09:30"),
                **vals,
            },
        )

    def _outages(self, tickets):
        return self.env["itsm.outage"].search([("ticket_id", "in", tickets.ids)])

    def test_resolving_proposes(self):
        """AVC-06: an incident with times of interruption proposes an outage when it is
        resolved, once; the times of both are their own afterwards."""
        ticket = self._incident()
        self.assertFalse(self._outages(ticket))
        restored = self.utc("2026-03-23 10:45")
        self._move("2026-03-23 14:00", ticket, "resolved", interruption_end=restored)
        outage = self._outages(ticket)
        self.assertEqual(
            (outage.date_start, outage.date_stop),
            (self.utc("2026-03-23 09:30"), self.utc("2026-03-23 10:45")),
        )
        self.assertEqual((outage.state, outage.effect), ("proposed", "down"))
        self.assertEqual(outage.service_id, self.service)
        self.assertEqual(outage.partner_ids, self.customer)
        outage.with_user(self.sla_manager).date_start = self.utc("2026-03-23 09:00")
        self.assertEqual(ticket.interruption_start, self.utc("2026-03-23 09:30"))
        self._move("2026-03-23 15:00", ticket, "open")
        self._move("2026-03-23 16:00", ticket, "resolved")
        self.assertEqual(self._outages(ticket), outage)

    def test_follows_corrections(self):
        """AVC-06: what is only proposed follows the incident: reopened, solved again,
        times corrected; what was changed by hand does not."""
        ticket, by_hand = self._incident(), self._incident()
        self._move("2026-03-23 14:00", ticket | by_hand, "resolved")
        outage, other = self._outages(ticket), self._outages(by_hand)
        stop = self.utc("2026-03-23 13:00")
        other.with_user(self.agent).date_stop = stop
        self._move("2026-03-23 15:00", ticket | by_hand, "open")
        self.assertFalse(outage.date_stop)  # it was not restored
        self._move("2026-03-23 16:00", ticket | by_hand, "resolved")
        self.assertEqual(outage.date_stop, self.utc("2026-03-23 16:00"))
        start, restored = self.utc("2026-03-23 09:15"), self.utc("2026-03-23 15:45")
        self._write(
            "2026-03-23 17:00",
            ticket | by_hand,
            interruption_start=start,
            interruption_end=restored,
        )
        self.assertEqual((outage.date_start, outage.date_stop), (start, restored))
        self.assertEqual((other.date_start, other.date_stop), (start, stop))
        self.assertEqual(outage.state, "proposed")

    def test_decided_does_not_follow(self):
        """AVC-06: what was decided stays, but what was confirmed while it lasted ends
        when the incident is over."""
        tickets = [self._incident() for _number in range(3)]
        confirmed, rejected, lasting = tickets
        with self.at("2026-03-23 11:00"):
            lasting.with_user(self.agent).action_propose_outage()
            self._outages(lasting).with_user(self.sla_manager).action_confirm()
        self._move("2026-03-23 14:00", confirmed | rejected | lasting, "resolved")
        solved = self.utc("2026-03-23 14:00")
        self.assertEqual(self._outages(lasting).date_stop, solved)
        self._outages(confirmed).with_user(self.sla_manager).action_confirm()
        self._outages(rejected).with_user(self.sla_manager).action_reject()
        self._write(
            "2026-03-23 17:00",
            confirmed | rejected | lasting,
            interruption_end=self.utc("2026-03-23 13:00"),
        )
        for ticket in tickets:
            self.assertEqual(self._outages(ticket).date_stop, solved)

    def test_following_does_not_keep_from_saving(self):
        """AVC-06: what speaks against a corrected outage does not keep the incident
        from being saved."""
        ticket = self._incident()
        self._move("2026-03-23 14:00", ticket, "resolved")
        outage = self._outages(ticket)

        def refuse(outages, vals):
            raise ValidationError("A constraint speaks against it")  # pylint: disable=translation-required

        self.patch(self.registry["itsm.outage"], "write", refuse)
        restored = self.utc("2026-03-23 13:00")
        path = "odoo.addons.itsm_desk.models.helpdesk_ticket_outage"
        with self.assertLogs(path, "WARNING"):
            self._write("2026-03-23 17:00", ticket, interruption_end=restored)
        self.assertEqual(ticket.interruption_end, restored)
        self.assertEqual(outage.date_stop, self.utc("2026-03-23 14:00"))

    def test_what_proposes_nothing(self):
        """AVC-06: requests, incidents without times or service and history propose
        nothing; restored when resolved if nobody said when."""
        silent = (
            self._incident(itsm_kind="request")
            | self._incident(interruption_start=False)
            | self._incident(service_id=False)
        )
        open_end = self._incident(still_operational=True)
        tickets = silent | open_end
        self._move("2026-03-23 14:00", tickets, "resolved")
        outage = self._outages(tickets)
        self.assertEqual(outage.ticket_id, open_end)
        self.assertEqual(outage.date_stop, self.utc("2026-03-23 14:00"))
        self.assertEqual(outage.effect, "degraded")
        history = self._history_ticket(
            service_id=self.service.id,
            itsm_kind="incident",
            reported_at="2026-03-01 10:00",
            interruption_start="2026-03-01 10:00",
            resolved_at="2026-03-01 12:00",
        )
        history._itsm_propose_outages()
        self.assertFalse(self._outages(history))

    def test_does_not_keep_from_resolving(self):
        """AVC-06: what speaks against an outage does not keep tickets from being
        resolved, nor others from their outage."""
        wrong, right = self._incident(), self._incident()
        outages = self.registry["itsm.outage"]
        create = outages.create

        def refuse(model, vals_list):
            records = create(model, vals_list)
            if wrong in records.ticket_id:
                raise ValidationError("A constraint speaks against it")  # pylint: disable=translation-required
            return records

        self.patch(outages, "create", refuse)
        path = "odoo.addons.itsm_desk.models.helpdesk_ticket_outage"
        with self.assertLogs(path, "WARNING"):
            self._move("2026-03-23 14:00", wrong | right, "resolved")
        self.assertEqual(set((wrong | right).mapped("itsm_state")), {"resolved"})
        self.assertEqual(self._outages(wrong | right).ticket_id, right)

    def test_customer_of_another_company(self):
        """AVC-06: an outage names no customer of another company: none is proposed,
        and the incident is resolved."""
        company = self.env["res.company"].create({"name": "Other"})
        customer = self.env["res.partner"].create({"name": "Theirs"})
        ticket = self._incident(partner_id=customer.id)
        customer.company_id = company
        self._move("2026-03-23 14:00", ticket, "resolved")
        self.assertEqual(ticket.itsm_state, "resolved")
        self.assertFalse(self._outages(ticket))

    def test_button(self):
        """AVC-06: an agent proposes an outage while the incident is open; the second
        press opens it."""
        ticket = self._incident()
        as_agent = ticket.with_user(self.agent)
        with self.at("2026-03-23 11:00"):
            action = as_agent.action_propose_outage()
            outage = self.env["itsm.outage"].search(action["domain"])
            self.assertEqual((len(outage), outage.date_stop), (1, False))
            as_agent.invalidate_recordset()
            as_agent.action_propose_outage()
            self.assertEqual(self._outages(ticket), outage)
            self.assertEqual(as_agent.outage_count, 1)
            with self.assertRaises(UserError):
                self._incident(interruption_start=False).action_propose_outage()
        with self.at("2026-03-23 11:00"), self.assertRaises(AccessError):
            self._incident().with_user(self.helpdesk_user).action_propose_outage()

    def test_constant_queries(self):
        """Design, Speed: twenty incidents propose with as many queries as one."""
        tickets = self.env["helpdesk.ticket"]
        for _number in range(21):
            tickets |= self._incident(interruption_end=self.utc("2026-03-23 09:45"))

        def queries(some):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            some._itsm_prepare_outages()
            return self.env.cr.sql_log_count - before

        self.assertEqual(queries(tickets[0]), queries(tickets[1:]))
        tickets._itsm_propose_outages()
        self.assertEqual(len(self._outages(tickets)), 21)

    def test_restricted(self):
        """SEC-05: the outage of a restricted incident counts, and is neither shown nor
        named to who may not read the incident."""
        ticket = self._secret(
            service_id=self.service.id,
            interruption_start=self.utc("2026-03-23 09:30"),
        )
        restored = self.utc("2026-03-23 10:30")
        self._move(
            "2026-03-23 14:00",
            ticket,
            "resolved",
            user=self.officer,
            interruption_end=restored,
        )
        outage = self._outages(ticket)
        self.assertTrue(outage)
        outage.action_confirm()
        agreement = self._create_agreement(
            availability_ids=[(0, 0, {"service_id": self.service.id})]
        )
        with self.at("2026-04-02 12:00"):
            rows = self.env["itsm.availability"]._compute_months(
                agreement, self.utc("2026-03-01 12:00").date()
            )
        row = rows.filtered(lambda row: row.month_label == "2026-03")
        self.assertEqual(row.down_hours, 1)
        self.env.invalidate_all()
        self.assertTrue(outage.with_user(self.officer).name)
        for user in self.outsiders - self.employee:
            with self.subTest(user=user.login):
                if user != self.supervisor:
                    self.assertFalse(row.with_user(user).outage_ids)
                    self.assertFalse(
                        self.env["itsm.outage"]
                        .with_user(user)
                        .search([("id", "=", outage.id)])
                    )
                with self.assertRaises(AccessError):
                    outage.with_user(user).read(["name"])
        for user in (self.env.user, self.officer):
            section = agreement.with_user(user)._availability_section_data(
                row.month, row.month
            )
            self.assertFalse(section["outages"])
