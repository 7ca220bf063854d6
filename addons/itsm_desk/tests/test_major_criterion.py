# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from unittest.mock import patch

import psycopg2
from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.itsm_base.tools import guard

from .major_common import MajorCommon


@tagged("post_install", "-at_install")
class TestMajorCriterion(MajorCommon):
    """What proposes a major incident, and what does not."""

    def test_similar(self):
        """INC-39: the third incident of one service within half an hour proposes one;
        the first is the parent ticket, the incident manager is told."""
        criterion = self._criterion(update_minutes=15)
        first = self._incident("2026-03-23 10:00", name="Mail is down")
        second = self._incident("2026-03-23 10:20")
        self.assertFalse(self.majors.search([("ticket_id", "in", first.ids)]))
        third = self._incident("2026-03-23 10:30")
        major = third.major_incident_id
        self.assertRecordValues(
            major,
            [
                {
                    "state": "proposed",
                    "name": "Mail is down",
                    "ticket_id": first.id,
                    "service_id": self.service.id,
                    "category_id": False,
                    "criterion_id": criterion.id,
                    "proposed_by_id": False,
                    "proposed_at": self.utc("2026-03-23 10:30"),
                    "manager_id": self.incident_manager.id,
                    "update_minutes": 15,
                    "company_id": self.company.id,
                }
            ],
        )
        self.assertEqual(major.ticket_ids, first | second | third)
        self.assertIn("3 incidents", major.reason)
        self.assertFalse((second | third).parent_id, "joined at declaration only")
        told = self._told("major_proposed", major)
        self.assertIn(
            (major.id, self.incident_manager.partner_id.id, "sent", "at_once"), told
        )

    def test_window(self):
        """INC-39: 31 minutes between the first and the third are too many; any span
        of 30 minutes counts, also before the ticket that was saved last."""
        self._criterion()
        tickets = self._incident("2026-03-23 10:00") | self._incident(
            "2026-03-23 10:20"
        )
        tickets |= self._incident("2026-03-23 10:31")
        self.assertFalse(tickets.major_incident_id)
        # reported at 10:10, saved at 10:40: 10:00, 10:10, 10:20 are three
        late = self._incident(
            "2026-03-23 10:40", reported_at=self.utc("2026-03-23 10:10")
        )
        self.assertEqual(late.major_incident_id.ticket_ids, tickets | late)

    def test_not_similar(self):
        """INC-39: requests, other services, cancelled, restricted, imported tickets and
        those of other companies do not count."""
        self._criterion()
        tickets = self._incident() | self._incident(service_id=self.service_2.id)
        tickets |= self._incident(itsm_kind="request")
        cancelled = self._incident()
        self._move("2026-03-23 10:01", cancelled, "cancelled")
        tickets |= self._history_ticket(
            itsm_kind="incident", service_id=self.service.id
        )
        tickets |= self._incident()
        self.assertFalse((tickets | cancelled).major_incident_id)

    def test_restricted(self):
        """Issue 5: a restricted ticket proposes nothing and counts for nothing."""
        if "restriction" not in self.env["helpdesk.ticket"]._fields:
            self.skipTest("no restricted tickets")
        self._criterion()
        restricted = self._incident()
        field = self.env["helpdesk.ticket"]._fields["restriction"]
        value = field.get_values(self.env)[0]
        guard.with_token(restricted.sudo()).write({"restriction": value})
        tickets = self._incident() | self._incident()
        self.assertFalse((tickets | restricted).major_incident_id)

    def test_category(self):
        """INC-39: similar by category, by service and category; a ticket that lacks
        what makes it similar does not count."""
        self._criterion(same_by="both", threshold=2)
        one = self._incident(category_id=self.category.id)
        other = self._incident()
        self.assertFalse((one | other).major_incident_id)
        self._write("2026-03-23 10:02", other, category_id=self.category.id)
        self.assertEqual(one.major_incident_id.ticket_ids, one | other)
        self.assertEqual(one.major_incident_id.category_id, self.category)

    def test_priority_of_critical_service(self):
        """INC-42: a critical incident of a critical service is proposed at once, also
        when it becomes critical later; others are not."""
        self._criterion(threshold=1, priority="3", criticality="1")
        low = self._incident(service_id=self.service_2.id, priority="2")
        other = self._incident(priority="3")
        self.assertFalse((low | other).major_incident_id)
        self._write("2026-03-23 10:02", low, priority="3")
        self.assertEqual(low.major_incident_id.ticket_id, low)

    def test_nature(self):
        """INC-42: a nature proposes at once, also when it is entered later."""
        nature = self.env["itsm.ticket.nature"].create({"name": "Outage"})
        self._criterion(threshold=1, nature_ids=nature.ids)
        ticket = self._incident()
        self.assertFalse(ticket.major_incident_id)
        self._write("2026-03-23 10:01", ticket, nature_id=nature.id)
        self.assertEqual(ticket.major_incident_id.state, "proposed")

    def test_one_proposal(self):
        """INC-39: what comes after a proposal is added to it; after a refusal its
        tickets do not count again, as many new ones do."""
        self._criterion(threshold=2)
        tickets = self._incident() | self._incident() | self._incident()
        major = tickets.major_incident_id
        self.assertEqual(len(major), 1)
        self.assertEqual(major.ticket_ids, tickets)
        major.with_user(self.incident_manager)._refuse("Two users, one mistake")
        again = self._incident()
        self.assertFalse(again.major_incident_id)
        more = self._incident()
        self.assertEqual((again | more).major_incident_id.ticket_ids, again | more)
        self.assertEqual(major.ticket_ids, tickets)

    def test_at_the_same_moment(self):
        """INC-39: who proposes writes the row of the criterion, so that the second of
        two transactions fails and is run again; without a proposal it does not. A mail
        would be lost, so it becomes a ticket without a proposal."""
        criterion = self._criterion(threshold=2)
        self._incident("2026-03-23 10:00")
        self.assertFalse(criterion.proposed_at)
        self._incident("2026-03-23 10:05")
        self.assertEqual(criterion.proposed_at, self.utc("2026-03-23 10:05"))
        self._incident("2026-03-23 10:06")
        self.assertEqual(criterion.proposed_at, self.utc("2026-03-23 10:05"))
        tickets = self.env["helpdesk.ticket"]
        vals = self._ticket_vals(itsm_kind="incident", service_id=self.service.id)
        failure = psycopg2.errors.SerializationFailure("concurrent update")
        with patch.object(
            self.env.registry["itsm.major.incident"],
            "_propose_by_criteria",
            side_effect=failure,
        ):
            with self.assertRaises(psycopg2.errors.SerializationFailure):
                tickets.create(vals)
            mailed = tickets.with_context(itsm_event_source=guard.MAIL).create(vals)
            forged = tickets.with_context(itsm_event_source="MAIL")
            with self.assertRaises(psycopg2.errors.SerializationFailure):
                forged.create(vals)
        self.assertTrue(mailed.exists())
        self.assertFalse(mailed.major_incident_id)

    def test_declared(self):
        """INC-39: beside a declared major incident nothing is proposed; the ticket
        shows it, and a person joins."""
        self._criterion(threshold=2)
        major = self._declared()
        tickets = self._incident() | self._incident()
        self.assertFalse(tickets.major_incident_id)
        self.assertEqual(tickets.ongoing_major_id, major)

    def test_batch(self):
        """INC-39, speed: a batch of many proposes once for each service; the queries
        do not grow with the batch."""
        self._criterion(threshold=5)
        service_3 = self.env["itsm.service"].create(
            {"name": "Third", "code": "T-3", "state": "live"}
        )

        def create(count, service):
            vals = self._ticket_vals(itsm_kind="incident", service_id=service.id)
            tickets = self.env["helpdesk.ticket"].create([vals] * count)
            self.env.flush_all()
            return tickets

        few = create(5, self.service)
        many = create(40, self.service_2)
        self.assertEqual(len(few.major_incident_id), 1)
        self.assertEqual(many.major_incident_id.ticket_ids, many)
        more = create(10, service_3) | create(30, service_3)
        self.assertEqual(len(more.major_incident_id), 1)
        # the check alone, on tickets that match and propose nothing
        proposed = few.major_incident_id | many.major_incident_id
        proposed |= more.major_incident_id
        proposed.with_user(self.incident_manager)._refuse("Test")
        counts = []
        for size in (2, 4):
            fresh = create(size, self.service)
            self.env.invalidate_all()
            fresh.mapped("name")
            before = self.cr.sql_log_count
            fresh._itsm_check_major()
            counts.append(self.cr.sql_log_count - before)
            self._token(fresh).write({"major_incident_id": few.major_incident_id.id})
        self.assertEqual(counts[0], counts[1])

    def test_nothing_to_match(self):
        """Speed: without a criterion the check asks the database for nothing new."""
        tickets = self._create_tickets(3, itsm_kind="incident")
        self.criteria._criteria_of(self.company.id)
        tickets._itsm_check_major()
        with self.assertQueryCount(0):
            tickets._itsm_check_major()

    def test_silence(self):
        """Manners: what is done in silence proposes nothing."""
        self._criterion(threshold=1, priority="0")
        tickets = guard.silence(self.env["helpdesk.ticket"])
        ticket = tickets.create(self._ticket_vals(itsm_kind="incident"))
        self.assertFalse(ticket.major_incident_id)

    def test_vacant_role(self):
        """INC-42: where nobody is incident manager the managers are told."""
        self.env["itsm.role.holder"].search([]).unlink()
        major = self._proposed()
        told = [row[1] for row in self._told("major_proposed", major)]
        self.assertIn(self.manager.partner_id.id, told)
        self.assertFalse(major.manager_id)

    def test_bad_input(self):
        """INC-42: a criterion that every incident meets, or without a time."""
        with self.assertRaises(ValidationError):
            self._criterion(threshold=1)
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(IntegrityError),
            self.cr.savepoint(),
        ):
            self._criterion(minutes=0)

    def test_access(self):
        """Table 3: managers keep the criteria; agents read them; others do not."""
        criterion = self._criterion()
        criterion.with_user(self.manager).threshold = 4
        self.assertEqual(criterion.with_user(self.agent).threshold, 4)
        with self.assertRaises(AccessError):
            criterion.with_user(self.lead).threshold = 5
        with self.assertRaises(AccessError):
            criterion.with_user(self.portal_user).read(["threshold"])

    def test_companies(self):
        """INC-40: each company has its own criteria, the shipped ones to begin with,
        and its tickets count for itself."""
        company = self.env["res.company"].create({"name": "Unit"})
        shipped = self.criteria.search([("company_id", "=", company.id)])
        self.assertEqual(shipped.mapped("threshold"), [1, 5])
        self._criterion(threshold=1, priority="0")
        ticket = self._create_ticket(
            company_id=company.id, team_id=False, itsm_kind="incident"
        )
        self.assertFalse(ticket.major_incident_id)
        self.assertEqual(
            self.criteria.with_user(self.manager).search(
                [("company_id", "=", company.id)]
            ),
            self.criteria,
        )
