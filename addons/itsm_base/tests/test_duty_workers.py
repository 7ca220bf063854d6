# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from contextlib import closing

from freezegun import freeze_time
from psycopg2.errors import SerializationFailure

from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import ItsmCommon


@tagged("post_install", "-at_install")
class TestDutyWorkers(ItsmCommon):
    """CAL-10: two schedulers at once, each with its own transaction."""

    def setUp(self):
        super().setUp()
        self.scope_id = self._commit_scope()
        self.first = self.registry.cursor()
        self.second = self.registry.cursor()
        for cr in (self.first, self.second):
            self.enterContext(closing(cr))

    def _commit_scope(self):
        """A definition that other transactions see; removed behind the test."""
        with self.registry.cursor() as cr:
            env = self.env(cr=cr)
            company = env.ref("base.main_company")
            definition = env["itsm.duty.definition"].create(
                {
                    "name": "Two schedulers",
                    "responsible": "user",
                    "user_id": env.ref("base.user_admin").id,
                    "scope_ids": [
                        Command.create(
                            {"company_id": company.id, "date_from": "2020-01-01"}
                        )
                    ],
                }
            )
            ids = definition.ids
            scope_id = definition.scope_ids.id

        def remove():
            with self.registry.cursor() as cr:
                cr.execute("SET LOCAL lock_timeout = '5s'")
                for table in ("mail_activity", "mail_followers"):
                    cr.execute(
                        f"""DELETE FROM {table} WHERE res_model = 'itsm.duty'
                             AND res_id IN (SELECT id FROM itsm_duty
                                             WHERE definition_id = ANY(%s))""",
                        (ids,),
                    )
                cr.execute(
                    "DELETE FROM itsm_duty WHERE definition_id = ANY(%s)", (ids,)
                )
                cr.execute(
                    """DELETE FROM mail_followers
                        WHERE res_model = 'itsm.duty.definition'
                          AND res_id = ANY(%s)""",
                    (ids,),
                )
                cr.execute(
                    "DELETE FROM itsm_duty_definition WHERE id = ANY(%s)", (ids,)
                )

        self.addCleanup(remove)
        return scope_id

    def _generate(self, cr):
        scope = self.env(cr=cr)["itsm.duty.scope"].browse(self.scope_id)
        scope.invalidate_recordset()
        with freeze_time("2020-06-15 12:00:00"):
            return scope._generate(None)[0]

    def test_at_the_same_time(self):
        """CAL-10: what one is making the other leaves alone."""
        self.assertEqual(self._generate(self.first), 6)
        # whoever had to wait would fail here
        self.second.execute("SET LOCAL lock_timeout = '2s'")
        self.assertEqual(self._generate(self.second), 0)
        self.first.commit()
        self.second.rollback()
        self.assertEqual(self._generate(self.second), 0)

    def test_from_an_old_snapshot(self):
        """CAL-10: who looked before the other committed fails, and tries again."""
        self.second.execute("SELECT 1 FROM itsm_duty_scope LIMIT 1")  # its snapshot
        self.assertEqual(self._generate(self.first), 6)
        self.first.commit()
        with mute_logger("odoo.sql_db"), self.assertRaises(SerializationFailure):
            self._generate(self.second)
        self.second.rollback()
        self.assertEqual(self._generate(self.second), 0)

    def test_killed(self):
        """CAL-10: what a scheduler did not commit the next one makes."""
        self.assertEqual(self._generate(self.first), 6)
        self.first.rollback()
        self.assertEqual(self._generate(self.second), 6)
