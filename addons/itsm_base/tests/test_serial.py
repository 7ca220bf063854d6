# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from contextlib import closing

from psycopg2.errors import SerializationFailure

from odoo.exceptions import LockError
from odoo.tests import TransactionCase, tagged
from odoo.tools import mute_logger

from ..tools.serial import one_after_other


@tagged("post_install", "-at_install")
class TestSerial(TransactionCase):
    """Manners: what depends on what is there is done by one transaction at a time."""

    def setUp(self):
        super().setUp()
        self.language = self.env.ref("base.lang_en")  # no test writes it
        self.first = self.registry.cursor()
        self.second = self.registry.cursor()
        for cr in (self.first, self.second):
            self.enterContext(closing(cr))

    def _language(self, cr):
        return self.language.with_env(self.env(cr=cr))

    def test_refused_while_held(self):
        """While the first one is at it the second is told so."""
        one_after_other(self._language(self.first))
        with self.assertRaises(LockError):
            one_after_other(self._language(self.second))

    @mute_logger("odoo.sql_db")
    def test_tried_again_afterwards(self):
        """Who began before the first one was done begins anew, instead of going on
        without having seen what it wrote; who begins later goes on."""
        self.second.execute("SELECT 1")  # its transaction begins
        before = self.language.write_date
        one_after_other(self._language(self.first))
        self.first.commit()
        with self.assertRaises(SerializationFailure):
            one_after_other(self._language(self.second))
        self.second.rollback()
        language = self._language(self.second)
        one_after_other(language)
        language.invalidate_recordset()
        self.assertEqual(language.write_date, before)

    def test_nothing(self):
        """No records: nothing is held."""
        one_after_other(self.language.browse())
