# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from psycopg2.errors import CheckViolation

from odoo import fields
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import CmdbCommon


@tagged("post_install", "-at_install")
class TestLicence(CmdbCommon):
    """Licences: bought − installed − reserved, and who is told (CFG-43)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.positions = cls.env["itsm.ci.licence.position"]
        cls.class_licence = cls.env.ref("itsm_cmdb.itsm_ci_class_licence")
        cls.class_computer = cls.env.ref("itsm_cmdb.itsm_ci_class_workstation")
        cls.uses = cls.env.ref("itsm_cmdb.itsm_ci_relation_type_uses_licence")
        cls.today = fields.Date.context_today(cls.env.user)
        cls.licence = cls._licence(licence_count=10, licence_minimum=2)
        cls.computers = cls.env["itsm.ci"].create(
            [
                cls._ci_vals(
                    f"pc {number}",
                    cls.class_computer,
                    attributes={"cpu_count": number},
                )
                for number in range(1, 5)
            ]
        )

    @classmethod
    def _licence(cls, name="Office", **attributes):
        return cls._ci(
            name,
            cls.class_licence,
            attributes=attributes,
            owner_id=cls.ci_owner.id,
            state="use",
        )

    def _use(self, item, licence=None, **vals):
        return self._relate(item, licence or self.licence, self.uses, **vals)

    def _position(self, licence=None):
        self.env.flush_all()
        self.positions.invalidate_model()
        return self.positions.browse((licence or self.licence).id)

    def _figures(self, licence=None):
        row = self._position(licence)
        return row.bought, row.installed, row.reserved, row.position, row.status

    def _reserve(self, quantity, **vals):
        return self.env["itsm.ci.licence.reservation"].create(
            {"ci_id": self.licence.id, "quantity": quantity, "reason": "Pilot", **vals}
        )

    def test_position(self):
        """CFG-43: 10 − 3 − 4 = 3; what is over, ended or gone does not count."""
        self.assertEqual(self._figures(), (10, 0, 0, 10, "enough"))
        for computer in self.computers[:3]:
            self._use(computer)
        day = timedelta(days=1)
        self._use(self.computers[3], date_end=self.today - day)
        self._reserve(4)
        self._reserve(5, date_end=self.today - day)
        self._reserve(7, active=False)
        self.assertEqual(self._figures(), (10, 3, 4, 3, "enough"))
        # the last day counts
        self._reserve(2, date_end=self.today)
        self.assertEqual(self._figures(), (10, 3, 6, 1, "low"))
        self._reserve(2)
        self.assertEqual(self._figures(), (10, 3, 8, -1, "short"))
        self.computers[0].action_dismantle()
        self.computers[1].action_archive()
        self.assertEqual(self._figures(), (10, 1, 8, 1, "low"))

    def test_other_relations(self):
        """Only relations of a type that takes up a licence count, and each once."""
        self._relate(self.computers[0], self.licence, self.rel_none)
        self.assertEqual(self._figures()[1], 0)
        self.rel_none.takes_licence = True
        self.assertEqual(self._figures()[1], 1)
        self._use(self.computers[0])
        self.assertEqual(self._figures()[1], 1)

    def test_metric(self):
        """Counted by core, user and site as the licence says, by hand."""
        people = self.env["res.partner"].create([{"name": "A"}, {"name": "B"}])
        one, two, three, four = self.computers
        (one | two).user_partner_id = people[0]
        three.user_partner_id = people[1]
        room = self._ci("Room", self.class_place)
        (one | two | three).location_id = room
        expected = {
            "core": 1 + 2 + 3 + 4,
            "user": 3,  # A, B, and the one that nobody has
            "site": 2,  # the room, and the one that stands nowhere
            "device": 4,
            False: 4,
        }
        for metric, installed in expected.items():
            licence = self._licence(
                f"By {metric}", licence_count=20, licence_metric=metric
            )
            for computer in self.computers:
                self._use(computer, licence)
            self.assertEqual(self._figures(licence)[1], installed, metric)
        four.attributes = {"cpu_count": False}
        cores = self.env["itsm.ci"].search([("name", "=", "By core")])
        self.assertEqual(self._figures(cores)[1], 1 + 2 + 3 + 1)
        self.assertEqual(self._position(cores).metric, "Processor core")

    def test_ends(self):
        """A licence that is over counts as none; one that ends in 60 days is named."""
        day = timedelta(days=1)
        for end, position, status in (
            (self.today - day, 0, "expired"),
            (self.today, 10, "ending"),
            (self.today + 60 * day, 10, "ending"),
            (self.today + 61 * day, 10, "enough"),
        ):
            self.licence.attributes = {"licence_end": fields.Date.to_string(end)}
            figures = self._figures()
            self.assertEqual(figures[3:], (position, status), end)
        self.licence.attributes = {"licence_end": False, "licence_count": False}
        self.assertEqual(self._figures()[4], "uncounted")
        self.licence.action_cancel()
        self.assertFalse(self._position().exists())

    def test_alert(self):
        """The owner is told once for each state, those who answer for the CMDB too."""
        self._reserve(11)
        self.env["itsm.ci"]._cron_licence_alert()
        logs = self.env["itsm.notification.log"].search(
            [("res_model", "=", "itsm.ci"), ("res_id", "=", self.licence.id)]
        )
        self.assertIn(self.ci_owner.partner_id, logs.partner_id)
        self.assertEqual(self.licence.licence_told, "short")
        self.assertIn("10 bought", self.licence.licence_message)
        count = len(logs)

        def told():
            return self.env["itsm.notification.log"].search_count(
                [("res_model", "=", "itsm.ci"), ("res_id", "=", self.licence.id)]
            )

        self.env["itsm.ci"]._cron_licence_alert()
        self.assertEqual(told(), count)
        reservation = self.licence.licence_reservation_ids
        reservation.quantity = 9
        self.env["itsm.ci"]._cron_licence_alert()
        self.assertEqual(self.licence.licence_told, "low")
        self.assertGreater(told(), count)
        count = told()
        reservation.quantity = 1
        self.env["itsm.ci"]._cron_licence_alert()
        self.assertFalse(self.licence.licence_told)
        self.assertEqual(told(), count)

    def test_reservation(self):
        """Reserved are licences only, at least one; owners of the licence reserve."""
        with self.assertRaises(ValidationError):
            self._reserve(1, ci_id=self.computers[0].id)
        with mute_logger("odoo.sql_db"), self.assertRaises(CheckViolation):
            self._reserve(0)
            self.env.flush_all()

    def test_rights(self):
        """Readers read; nobody writes a position; other companies see nothing."""
        self._reserve(1).with_user(self.ci_reader).read(["reason"])
        reservation = self._reserve(1).with_user(self.ci_owner)
        reservation.quantity = 2
        with self.assertRaises(AccessError):
            reservation.with_user(self.ci_owner_2).quantity = 3
        with self.assertRaises(AccessError):
            reservation.with_user(self.ci_reader).quantity = 3
        position = self._position()
        position.with_user(self.ci_reader).read(["position"])
        with self.assertRaises(AccessError):
            position.with_user(self.ci_manager).write({"bought": 1000})
        _company, manager = self._company_2()
        found = self.positions.with_user(manager).search([("id", "=", self.licence.id)])
        self.assertFalse(found)
        with self.assertRaises(AccessError):
            self.positions.with_user(self.employee).search([])

    def test_drill_down(self):
        """What uses it and what is reserved open from the list."""
        relation = self._use(self.computers[0])
        gone = self._use(self.computers[1])
        self.computers[1].action_dismantle()
        position = self._position()
        action = position.action_view_installed()
        found = self.env[action["res_model"]].search(action["domain"])
        self.assertEqual(found, relation)
        self.assertNotIn(gone, found)
        reservation = self._reserve(1)
        action = position.action_view_reserved()
        self.assertEqual(
            self.env[action["res_model"]].search(action["domain"]), reservation
        )

    def test_queries(self):
        """One statement for all positions."""
        for number in range(30):
            self._use(self.computers[0], self._licence(f"L{number}", licence_count=1))
        self.env.flush_all()
        self.env.invalidate_all()
        self.env.ref("itsm_cmdb.itsm_ci_class_licence").parent_path  # noqa: B018
        before = self.env.cr.sql_log_count
        rows = self.positions.search_read(
            [("ci_id.name", "like", "L%")], ["position", "installed"]
        )
        self.assertEqual(len(rows), 30)
        self.assertLessEqual(self.env.cr.sql_log_count - before, 2)
