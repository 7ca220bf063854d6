# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import base64

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.itsm_base.tests.pdf_common import PdfCase

from .organisation_common import OrganisationCommon

#: A picture of one pixel.
PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAA"
    "AABJRU5ErkJggg=="
)


class VisitCommon(OrganisationCommon):
    """A visit of an agent for a ticket of the first customer."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.visits = cls.env["itsm.visit"]
        cls.ticket = cls.env["helpdesk.ticket"].create(cls._ticket_vals())

    def _visit(self, user=None, **vals):
        return self.visits.with_user(user or self.agent).create(
            {
                "ticket_id": self.ticket.id,
                "planned_start": self.utc("2026-03-23 10:00"),
                "engineer_id": (user or self.agent).id,
                **vals,
            }
        )

    def _photo(self, user=None, visit=None, **vals):
        return (
            self.env["ir.attachment"]
            .with_user(user or self.agent)
            .create(
                {
                    "name": "rack.png",
                    "raw": PIXEL,
                    "res_model": "itsm.visit",
                    "res_id": visit.id if visit else 0,
                    **vals,
                }
            )
        )

    def _signed(self, **vals):
        visit = self._visit(**vals)
        with self.at("2026-03-23 10:05"):
            visit.action_arrive()
        visit.work_done = "Changed the power supply."
        with self.at("2026-03-23 11:35"):
            visit.action_leave()
        visit.photo_ids = [Command.link(self._photo(visit=visit).id)]
        visit.write({"signed_by": "Ms Customer", "signature": base64.b64encode(PIXEL)})
        with self.at("2026-03-23 11:40"):
            visit.action_sign()
        return visit


@tagged("post_install", "-at_install")
class TestVisit(VisitCommon):
    """From the plan to the signature."""

    def test_name_of_a_new_one(self):
        """INC-25: what has no number yet is called new, not “/”."""
        ticket = self.ticket.display_name
        new = self.visits.new({"ticket_id": self.ticket.id})
        self.assertEqual(new.display_name, f"New Visit – {ticket}")
        self.assertEqual(self.visits.new({}).display_name, "New Visit")
        visit = self._visit()
        self.assertEqual(visit.display_name, f"{visit.number} – {ticket}")

    def test_flow(self):
        """INC-25, D21: number, customer of the ticket, times by buttons, 1.5 hours on
        site, in the engineer's activities until he arrives."""
        visit = self._visit(self.lead, engineer_id=self.agent.id)
        self.assertRegex(visit.number, r"^D21-\d{4}-\d{4}$")
        self.assertEqual(visit.partner_id, self.requester)
        self.assertEqual(visit.sudo().activity_ids.user_id, self.agent)
        visit = visit.with_user(self.agent)
        with self.at("2026-03-23 10:05"):
            visit.action_arrive()
        self.assertFalse(visit.sudo().activity_ids)
        with self.assertRaisesRegex(UserError, "Work Done"):
            visit.action_leave()
        visit.work_done = "Changed the power supply."
        with self.at("2026-03-23 11:35"):
            visit.action_leave()
        self.assertEqual((visit.state, visit.hours), ("done", 1.5))
        with self.assertRaisesRegex(UserError, "enter the name"):
            visit.action_sign()
        visit.write({"signed_by": "Ms C", "signature": base64.b64encode(PIXEL)})
        visit.action_sign()
        self.assertEqual((visit.state, visit.seal), ("signed", "intact"))
        self.assertEqual(len(visit.content_hash), 64)

    def test_signed_is_frozen(self):
        """INC-25, MS-29: nothing that was signed changes, by nobody; supervision and
        hand-over go on."""
        visit = self._signed()
        for user in (self.agent, self.lead, self.manager):
            for vals in (
                {"work_done": "More"},
                {"left_at": self.utc("2026-03-23 18:00")},
                {"signature": False},
                {"photo_ids": [Command.clear()]},
                {"customer_comment": "All fine"},
                {"ticket_id": self.ticket.id},
            ):
                with self.assertRaisesRegex(UserError, "was signed by Ms Customer"):
                    visit.with_user(user).write(vals)
        with self.assertRaises(UserError):
            visit.sudo().write({"work_done": "More"})
        with self.assertRaises(UserError):
            visit.sudo().unlink()
        visit.handover = "done"
        visit.with_user(self.lead).action_supervise()
        self.assertEqual(visit.supervised_by_id, self.lead)
        self.assertEqual(visit.seal, "intact")

    def test_pictures_are_frozen(self):
        """D21, MS-29: picture and signature of a signed visit cannot be changed or
        deleted as files either; those of an open one can."""
        visit = self._signed()
        signature = self.env["ir.attachment"].search(
            [("res_model", "=", "itsm.visit"), ("res_field", "=", "signature")]
        )
        for file in visit.photo_ids | signature:
            with self.assertRaisesRegex(UserError, "was signed"):
                file.sudo().raw = b"other"
            with self.assertRaisesRegex(UserError, "was signed"):
                file.sudo().unlink()
        other = self._visit()
        self._photo(visit=other).unlink()

    def test_change_behind_our_back_shows(self):
        """MS-29: the checksum shows what somebody changed in the database."""
        visit = self._signed()
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE itsm_visit SET work_done = 'Nothing' WHERE id = %s", [visit.id]
        )
        visit.invalidate_recordset()
        self.assertEqual(visit.seal, "changed")

    def test_steps_cannot_be_entered(self):
        """RPC: no state, time of signature or checksum by write, create or default."""
        visit = self._visit()
        for vals in (
            {"state": "signed"},
            {"signed_at": self.utc("2026-03-23 10:00")},
            {"content_hash": "0" * 64},
            {"supervised_at": self.utc("2026-03-23 10:00")},
        ):
            with self.assertRaises(AccessError):
                visit.write(vals)
            with self.assertRaises(AccessError):
                self._visit(**vals)
        with self.assertRaises(AccessError):
            self.visits.with_user(self.agent).with_context(default_state="done").create(
                {
                    "ticket_id": self.ticket.id,
                    "planned_start": self.utc("2026-03-23 10:00"),
                }
            )
        with self.assertRaisesRegex(UserError, "not open"):
            visit.action_sign()
        with self.assertRaises(AccessError):
            visit.action_supervise()

    @mute_logger("odoo.sql_db")
    def test_bad_input(self):
        """INC-25: left before arrived, no picture, a picture of somewhere else."""
        visit = self._visit()
        for vals in (
            {"left_at": self.utc("2026-03-23 10:00")},
            {
                "arrived_at": self.utc("2026-03-23 10:00"),
                "left_at": self.utc("2026-03-23 09:59"),
            },
            {"planned_end": self.utc("2026-03-23 09:59")},
        ):
            with self.assertRaises(Exception), self.env.cr.savepoint():  # noqa: B017
                visit.write(vals)
                self.env.flush_all()
            visit.invalidate_recordset()
        text = self._photo(name="virus.html", raw=b"<script>1</script>")
        refused = self.assertRaisesRegex(ValidationError, "is no picture")
        with refused, self.env.cr.savepoint():
            visit.photo_ids = [Command.link(text.id)]
        secret = self.env["ir.attachment"].create({"name": "secret.png", "raw": PIXEL})
        other = self._photo(visit=self._visit())
        for foreign, error in ((secret, AccessError), (other, ValidationError)):
            with self.assertRaises(error), self.env.cr.savepoint():
                visit.photo_ids = [Command.set(foreign.ids)]
                self.env.flush_all()
            visit.invalidate_recordset()
            self.assertFalse(visit.sudo().photo_ids)
        self.assertFalse(secret.res_id)
        photo = self._photo()
        visit.photo_ids = [Command.link(photo.id)]
        self.assertEqual(photo.res_id, visit.id, "uploaded before it was saved")

    def test_for_the_lead(self):
        """DSK-19: overdue, unsigned, to be handed over, with a comment; not those that
        were looked at or cancelled."""
        signed = self._signed()
        commented = self._signed_with_comment()
        overdue = self._visit()
        coming = self._visit(planned_start=self.utc("2026-03-30 10:00"))
        handover = self._visit(
            planned_start=self.utc("2026-03-30 10:00"), handover="open"
        )
        cancelled = self._visit()
        cancelled.action_cancel()
        mine = signed | commented | overdue | coming | handover | cancelled
        with self.at("2026-03-24 10:00"):
            found = self.visits.search(
                [("needs_lead", "=", True), ("id", "in", mine.ids)]
            )
            self.assertEqual(found, commented | overdue | handover)
            self.assertTrue(overdue.needs_lead)
            self.assertFalse(signed.needs_lead)
            commented.with_user(self.lead).action_supervise()
            self.assertFalse(commented.needs_lead)

    def _signed_with_comment(self):
        return self._signed(customer_comment="Came late")

    def test_ticket(self):
        """INC-25: a ticket shows its visits and opens a new one for its assignee."""
        action = self.ticket.with_user(self.agent).action_view_visits()
        self.assertEqual(action["views"], [(False, "form")])
        self.assertEqual(action["context"]["default_ticket_id"], self.ticket.id)
        self._visit()
        self.assertEqual(self.ticket.with_user(self.agent).visit_count, 1)

    def test_rights(self):
        """INC-25: agents; those of other companies, customers and employees not; who
        cannot see the ticket cannot plan a visit for it."""
        visit = self._visit(self.lead)
        self.assertEqual(visit.with_user(self.agent_2).state, "planned")
        _company, other_lead = self._other_company()
        for user in (self.portal_user, self.employee, self.helpdesk_user, other_lead):
            with self.assertRaises(AccessError):
                visit.with_user(user).read(["state"])
        for user in (self.portal_user, self.employee, self.helpdesk_user, other_lead):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                self._visit(user)
        with self.assertRaises(AccessError):
            visit.with_user(self.agent).unlink()
        # Nobody moves a visit to a ticket that he may not see.
        hidden = self.ticket.copy({"restriction": "security"})
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            visit.with_user(self.agent).ticket_id = hidden
        self.assertEqual(visit.ticket_id, self.ticket)
        supervisor = self._create_user("itsm-sup", "itsm_desk.itsm_group_supervisor")
        self.assertEqual(visit.with_user(supervisor).state, "planned")
        with self.assertRaises(AccessError):
            visit.with_user(supervisor).write({"task": "Look"})

    def test_restricted_and_external(self):
        """SEC-05, table 3: a visit is as restricted as its ticket; an external
        engineer sees those of his firm, and of the roster his own shifts."""
        firm = self.env["res.partner"].create({"name": "Firm", "is_company": True})
        external = self._create_user("itsm-ext", "itsm_desk.itsm_group_external")
        external.partner_id.parent_id = firm
        self.team.user_ids |= external
        foreign = self._visit(self.lead)
        ticket = self.ticket.copy({"user_id": external.id})
        own = self._visit(self.lead, ticket_id=ticket.id, engineer_id=external.id)
        visits = self.visits.with_user(external)
        self.assertEqual(visits.search([("id", "in", (foreign | own).ids)]), own)
        with self.assertRaises(AccessError):
            foreign.with_user(external).read(["task"])
        self._shift(self.agent, "2026-03-23 08:00", "2026-03-23 16:00")
        mine = self._shift(external, "2026-03-23 08:00", "2026-03-23 16:00")
        self.assertEqual(self.shifts.with_user(external).search([]), mine)
        self.ticket.restriction = "security"
        foreign.invalidate_recordset()
        for user in (self.agent_2, self.manager):
            self.assertFalse(self.visits.with_user(user).search([]) & foreign)
            with self.assertRaises(AccessError):
                foreign.with_user(user).read(["task"])


@tagged("post_install", "-at_install")
class TestVisitSheet(VisitCommon, PdfCase):
    """What is on the paper."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.report = cls.env.ref("itsm_desk.itsm_visit_report")

    def test_sheet(self):
        """D21: times of the company's zone, work, name, checksum; a draft says so."""
        visit = self._signed(customer_comment="Well done")
        (text,) = self._texts(self._print(visit.with_env(self.env)))
        for expected in (
            visit.number,
            "Changed the power supply.",
            "Well done",
            "Ms Customer",
            visit.content_hash,
            "10:05",
            "11:35",
            "01:30",
        ):
            self.assertIn(expected.replace(" ", ""), text.replace(" ", ""))
        self.assertNotIn("DRAFT", text)
        draft = self._visit()
        (text,) = self._texts(self._print(draft.with_env(self.env)))
        self.assertIn("DRAFT", text)
