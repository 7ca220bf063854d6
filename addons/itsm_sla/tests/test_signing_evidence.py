# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import date

from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from .signing_common import SigningCommon


@tagged("post_install", "-at_install")
class TestSigningEvidence(SigningCommon):
    """What stands behind a signature: authority, processes, departments."""

    def test_used_authority_stays(self):
        """SLM-74, Manners: an authority with which somebody signed stays as it was; it
        may end. One that nobody used yet is corrected."""
        authority = self.authorities[0]
        authority.amount_max = authority.amount_max + 1
        self._sign_all()
        used = self.agreement.signature_ids.authority_id
        self.assertIn(authority, used)
        for vals in (
            {"user_id": self.director.id},
            {"kind": "uc"},
            {"side": "proxy"},
            {"amount_max": 1},
            {"is_unlimited": not authority.is_unlimited},
            {"date_start": "2019-12-31"},
        ):
            for records in (authority.with_user(self.manager), authority.sudo()):
                with self.assertRaises(UserError, msg=vals):
                    records.write(vals)
        authority.with_user(self.manager).write(
            {"kind": authority.kind, "date_end": date(2030, 12, 31)}
        )
        authority.with_user(self.manager).active = False
        self.assertFalse(authority.active)

    def test_table_is_whole(self):
        """MS-07: a table of processes from which one was deleted that every customer
        gets is not signed; without a table there is nothing to check."""
        agreement = self.agreement
        agreement.action_add_processes()
        mandatory = agreement.process_ids.filtered("mandatory")
        self.assertTrue(mandatory)
        name = mandatory[0].process_id.display_name
        mandatory[0].unlink()
        with self.assertRaises(ValidationError) as refused:
            self._put()
        self.assertIn(name, str(refused.exception))
        agreement.action_add_processes()
        self._put()
        self.assertTrue(agreement.paper_ids)

    def test_portal_waits_for_departments(self):
        """SLM-19, SLM-76: while a department has not signed the customer is offered
        nothing to sign, in force or not."""
        self._put()
        agreement = self.agreement.sudo()
        self.assertFalse(agreement._portal_can_sign())
        self.agreement.action_activate()
        self.assertFalse(agreement._portal_can_sign())
        self._countersign()
        self.assertTrue(agreement._portal_can_sign())
