# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from contextlib import closing

from psycopg2.errors import SerializationFailure

from odoo import SUPERUSER_ID, api
from odoo.sql_db import db_connect
from odoo.tests import TransactionCase, tagged
from odoo.tools import mute_logger

from odoo.addons.itsm_base.tools.serial import one_after_the_other


@tagged("post_install", "-at_install")
class TestSerial(TransactionCase):
    def test_second_starts_again(self):
        """Design, Manners: who comes second must not go on with what he read before."""
        connection = db_connect(self.env.cr.dbname)
        with closing(connection.cursor()) as first, closing(connection.cursor()) as two:
            companies = [
                api.Environment(cr, SUPERUSER_ID, {})["res.company"].browse(1)
                for cr in (first, two)
            ]
            before = companies[1].name  # from now on the second sees this moment
            one_after_the_other(companies[0])
            first.commit()
            with (
                mute_logger("odoo.sql_db"),
                self.assertRaises(SerializationFailure),
            ):
                one_after_the_other(companies[1])
            two.rollback()
            one_after_the_other(companies[1])
            self.assertEqual(companies[1].name, before, "nothing is changed")
            two.rollback()
