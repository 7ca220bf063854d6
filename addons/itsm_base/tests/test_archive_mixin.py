# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import ItsmCommon


@tagged("post_install", "-at_install")
class TestArchiveMixin(ItsmCommon):
    """Manners: what evidence refers to is archived, never deleted (MS-29)."""

    def test_used(self):
        """MS-29: a service, reason or code of a ticket is kept, with the remedy."""
        self._create_ticket(
            service_id=self.service.id,
            stage_id=self.stage_paused.id,
            pause_reason_id=self.pause_reason.id,
            active=False,
        )
        self._create_ticket(
            stage_id=self.stage_closed.id, closing_code_id=self.closing_code.id
        )
        for record in self.service, self.pause_reason, self.closing_code:
            with (
                self.subTest(record=record),
                self.assertRaisesRegex(UserError, "Archive it instead"),
            ):
                record.sudo().unlink()
            record.active = False
            self.assertTrue(record.exists())

    def test_unused(self):
        """MS-29: an entry made by mistake can be deleted."""
        records = self.service_draft | self.service_retired
        records.unlink()
        self.assertFalse(records.exists())

    def test_key_of_uninstallation(self):
        """MS-29: the key by which Odoo uninstalls is no way around, if sent by RPC."""
        self._create_ticket(service_id=self.service.id)
        service = self.service.with_user(self.manager)
        for records in service, service.sudo():
            with self.assertRaises(UserError):
                records.with_context(_force_unlink=True).unlink()
        log = self.env["itsm.export.log"].sudo()
        log._note("export", "helpdesk.ticket", 1, "x")
        rows = log.with_user(self.manager).sudo().with_context(_force_unlink=True)
        with self.assertRaises(AccessError):
            rows.search([]).unlink()

    def test_uninstallation(self):
        """Manners: uninstalling asks nobody."""
        code = self.env["itsm.closing.code"].create({"name": "x"})
        self.env.flush_all()
        self.patch(type(code), "_archive_kept", lambda records: records)
        with self.assertRaises(UserError):
            code.unlink()
        code.with_context(_force_unlink=True).unlink()
        self.assertFalse(code.exists())

    def test_one_of_many(self):
        """MS-29: of several nothing is deleted if one is kept; it is named."""
        self._create_ticket(service_id=self.offering.id)
        with self.assertRaisesRegex(UserError, self.offering.name):
            (self.service_draft | self.offering).unlink()
        self.assertTrue(self.service_draft.exists())

    def test_query_count(self):
        """Issue 4, Speed: as many queries for ten records as for one."""
        services = self.env["itsm.service"].create(
            [{"name": f"S{number}", "code": f"S{number}"} for number in range(10)]
        )
        counts = []
        for records in services[:1], services:
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self.assertFalse(records.sudo()._archive_kept())
            counts.append(self.cr.sql_log_count - before)
        self.assertEqual(*counts)
