# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from unittest.mock import patch

from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.itsm_base.tests.common import ItsmCommon

from ..models.helpdesk_ticket_similar import PARAMETER


@tagged("post_install", "-at_install")
class TestSimilar(ItsmCommon):
    """Hints while a title is typed: what is found, and who may see it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.tickets = cls.env["helpdesk.ticket"]
        cls.env["ir.config_parameter"].set_param(PARAMETER, "0.5")
        cls.zebra, cls.zebra_2, cls.other = cls.tickets.create(
            [
                cls._ticket_vals(name="Zebraprinter prints blank pages in hall Q7"),
                cls._ticket_vals(name="Blank pages from the zebraprinter"),
                cls._ticket_vals(name="Quarterly closing wrong"),
            ]
        )
        cls.env.flush_all()

    def _names(self, text, user=None, **kwargs):
        tickets = self.tickets.with_user(user or self.agent)
        found = tickets.itsm_similar_tickets(text, **kwargs)["tickets"]
        return [values["id"] for values in found]

    def test_found(self):
        """Issue 5, Incidents: titles that name what is typed, best first."""
        found = self._names("zebraprinter prints blank")
        self.assertEqual(found[:1], self.zebra.ids)
        self.assertNotIn(self.other.id, found)
        self.assertIn(self.zebra_2.id, self._names("blank pages from the zebra"))

    def test_typing_errors(self):
        """Issue 5, Incidents: letters that are missing are forgiven."""
        self.assertIn(self.zebra.id, self._names("zebraprnter prints blank"))

    def test_chinese(self):
        """Issue 5: Chinese titles are found inside a longer one."""
        ticket = self._create_ticket(name="三楼斑马打印机坏了无法使用")
        self.assertIn(ticket.id, self._names("斑马打印机坏了无法使用"))

    def test_index(self):
        """Issue 5, Speed: the search has an index, which the planner can use."""
        self.env.cr.execute(
            "SELECT indexdef FROM pg_indexes WHERE tablename = 'helpdesk_ticket'"
            " AND indexdef LIKE '%gin_trgm_ops%'"
        )
        self.assertTrue(self.env.cr.fetchall())

    def test_threshold(self):
        """Issue 5: how alike titles are at least is set in the database."""
        text = "zebraprinter prints nothing of the sort at all today"
        self.assertNotIn(self.zebra.id, self._names(text))
        self.env["ir.config_parameter"].set_param(PARAMETER, "0.2")
        self.assertIn(self.zebra.id, self._names(text))
        for nonsense, used in (("much", 0.5), ("7", 1.0), ("-1", 0.1)):
            self.env["ir.config_parameter"].set_param(PARAMETER, nonsense)
            self.assertEqual(self.tickets._itsm_similar_threshold(), used)
        with self.assertRaises(ValidationError):
            self.env["res.config.settings"].create({"itsm_similar_threshold": 2})

    def test_same_service_first(self):
        """Issue 5, Incidents: of titles alike those of the service come first."""
        first, second = self.tickets.create(
            [
                self._ticket_vals(name="Xylophon is mute", service_id=self.service.id),
                self._ticket_vals(name="Xylophon is mute"),
            ]
        )
        self.assertEqual(self._names("xylophon is mute"), [second.id, first.id])
        self.assertEqual(
            self._names("xylophon is mute", service_id=self.service.id),
            [first.id, second.id],
        )

    def test_itself_is_left_out(self):
        """Issue 5, Incidents: the ticket that is being edited is no hint."""
        text = "zebraprinter prints blank"
        self.assertNotIn(self.zebra.id, self._names(text, ticket_id=self.zebra.id))

    def test_what_is_shown(self):
        """Issue 5, Incidents: number, state and whether there is a solution."""
        self.zebra.solution = "<p>New head</p>"
        found = self.tickets.with_user(self.agent).itsm_similar_tickets(
            "zebraprinter prints"
        )
        values = next(row for row in found["tickets"] if row["id"] == self.zebra.id)
        self.assertEqual(values["number"], self.zebra.number)
        self.assertFalse(values["solved"], "a draft is no solution")
        self.zebra.stage_id = self.stage_resolved
        found = self.tickets.with_user(self.agent).itsm_similar_tickets(
            "zebraprinter prints"
        )
        values = next(row for row in found["tickets"] if row["id"] == self.zebra.id)
        self.assertTrue(values["solved"])
        self.assertEqual(values["state"], "resolved")
        self.assertEqual(found["knowledge"], [])

    def test_rights(self):
        """Issue 5, Incidents: hints name what the reader may read, nothing else."""
        text = "zebraprinter prints blank"
        engineer = self._create_user("hint-eng", "itsm_desk.itsm_group_engineer")
        engineer.helpdesk_team_ids = self.team_2
        self.assertFalse(self._names(text, engineer))
        self.zebra.team_id = self.team_2
        self.assertEqual(self._names(text, engineer), self.zebra.ids)
        self.assertIn(self.zebra.id, self._names(text, self.portal_user))
        self.assertFalse(self._names(text, self.portal_user_2))
        self.assertFalse(self._names(text, self.employee))
        with self.assertRaises(AccessError):
            self._names(text, self.env.ref("base.public_user"))

    def test_restricted(self):
        """Issue 5, Security incidents: a restricted ticket is no hint for others."""
        nature = self.env.ref("itsm_desk.itsm_ticket_nature_security")
        hidden = self._create_ticket(name="Zebraprinter leaks", nature_id=nature.id)
        self.env.flush_all()
        self.assertEqual(hidden.restriction, "security")
        self.assertNotIn(hidden.id, self._names("zebraprinter leaks"))

    def test_other_company(self):
        """Issue 5: tickets of another company are no hints."""
        other = self.env["res.company"].create({"name": "Other"})
        stranger = self._create_user(
            "hint-other",
            "itsm_base.itsm_group_agent",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        self.assertFalse(self._names("zebraprinter prints blank", stranger))

    def test_archived(self):
        """Issue 5: archived tickets are no hints."""
        self.zebra.active = False
        self.assertNotIn(self.zebra.id, self._names("zebraprinter prints blank"))

    def test_bad_input(self):
        """Issue 5, bad input: texts that say nothing, hostile texts, wrong types."""
        for text in (
            "",
            "  ",
            "ab",
            "\0\0\0",
            None,
            7,
            ["zebra"],
            "%_%'; --",
            "z" * 99999,
        ):
            with self.subTest(str(text)[:9]):
                self.assertIsInstance(self._names(text), list)
        self.assertIsInstance(self._names("zebraprinter", service_id="1; DROP"), list)

    def test_queries(self):
        """Issue 5, Speed: the queries do not grow with the number of tickets found."""
        tickets = self.tickets.with_user(self.agent)

        def count():
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            tickets.itsm_similar_tickets("wombat on the line")
            return self.env.cr.sql_log_count - before

        self._create_tickets(5, name="Wombat on the line")
        self.env.flush_all()
        count()
        few = count()
        self._create_tickets(20, name="Wombat on the line")
        self.env.flush_all()
        self.assertEqual(count(), few)

    def test_without_the_extension(self):
        """Issue 5: without pg_trgm the newest tickets with all the words are found."""
        with patch.object(self.env.registry, "has_trigram", False):
            self.assertEqual(self._names("blank hall zebraprinter"), self.zebra.ids)
            self.assertFalse(self._names("blank hall", self.portal_user_2))

    def test_seqscan_is_given_back(self):
        """Issue 5, Speed: the rest of the transaction plans as it did before."""
        self._names("zebraprinter prints blank")
        self.env.cr.execute("SHOW enable_seqscan")
        self.assertEqual(self.env.cr.fetchone()[0], "on")
