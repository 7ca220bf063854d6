# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.modules.module import Manifest
from odoo.tests import tagged
from odoo.tools import sql

from odoo.addons import itsm_base

from ..hooks import post_init_hook
from .common import ItsmCommon


@tagged("post_install", "-at_install")
class TestInstall(ItsmCommon):
    """Manners: installing changes no existing ticket, and no table is rewritten."""

    def _our_columns(self):
        model = self.env["helpdesk.ticket"]
        return [
            name
            for name, field in model._fields.items()
            if field.store
            and field.column_type
            and set(field._modules) == {"itsm_base"}
        ]

    def test_no_default_and_no_compute(self):
        """Manners: a stored column of ours has neither default nor compute."""
        columns = self._our_columns()
        self.assertIn("itsm_kind", columns)
        for name in columns:
            with self.subTest(name=name):
                field = self.env["helpdesk.ticket"]._fields[name]
                self.assertFalse(field.default)
                self.assertFalse(field.compute)
                self.assertFalse(field.related)
                self.assertFalse(field.required)

    def test_install_leaves_rows_untouched(self):
        """Manners: adding the columns to tickets that exist moves no row.

        The columns are dropped and the model is set up as on installation. Any update
        of a row would move it to another place of the table (ctid).
        """
        self._create_tickets(20)
        self.env.flush_all()
        self.env.invalidate_all()
        columns = self._our_columns()
        for column in columns:
            self.cr.execute(
                sql.SQL(
                    "ALTER TABLE helpdesk_ticket DROP COLUMN %s CASCADE",
                    sql.SQL.identifier(column),
                )
            )
        before = self._rows()
        registry = self.env.registry
        registry.init_models(
            self.cr, ["helpdesk.ticket"], {"module": "itsm_base"}, install=True
        )
        post_init_hook(self.env)
        self.env.flush_all()
        self.assertEqual(self._rows(), before)
        self.cr.execute("SELECT COUNT(*) FROM helpdesk_ticket WHERE itsm_kind NOTNULL")
        self.assertEqual(self.cr.fetchone(), (0,))

    def _rows(self):
        self.cr.execute(
            "SELECT id, ctid::text, priority, stage_id, write_date, closed_date "
            "FROM helpdesk_ticket ORDER BY id"
        )
        return self.cr.fetchall()

    def test_hook_archives_resolved(self):
        """Manners: with tickets there already, nobody finds a new column."""
        stage = self.env.ref("itsm_base.helpdesk_ticket_stage_resolved")
        stage.active = True
        self._create_ticket()
        post_init_hook(self.env)
        self.assertFalse(stage.active)

    def test_hook_respects_changed_stages(self):
        """Manners: a shipped stage that was deleted or changed stops nothing."""
        self.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_rejected").unlink()
        awaiting = self.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_awaiting")
        awaiting.closed = True
        post_init_hook(self.env)
        self.assertEqual(awaiting.itsm_state, "closed")

    def test_old_ticket_works(self):
        """Manners: a ticket that knows none of our fields can be worked."""
        ticket = self._create_ticket()
        self.env.flush_all()
        for column in self._our_columns():
            self.cr.execute(
                sql.SQL(
                    "UPDATE helpdesk_ticket SET %s = NULL",
                    sql.SQL.identifier(column),
                )
            )
        self.env.invalidate_all()
        ticket = ticket.with_user(self.agent)
        self.assertFalse(ticket.itsm_kind)
        ticket.write({"stage_id": self.stage_closed.id, "user_id": self.agent.id})
        ticket.write({"stage_id": self.stage_open.id})
        self.assertEqual(ticket.reopened_count, 1)
        self.assertTrue(ticket.first_assigned_at)

    def test_uninstall_gives_back_the_access_line(self):
        """Manners: uninstalling leaves helpdesk_mgmt as it was."""
        name = "helpdesk_mgmt.access_helpdesk_ticket_stage_public"
        line = self.env.ref(name)
        self.assertFalse(line.active)
        hook = Manifest.for_addon("itsm_base")["uninstall_hook"]
        getattr(itsm_base, hook)(self.env)
        self.assertTrue(line.active)
        # deleted by somebody: nothing to give back, and nothing fails
        line.unlink()
        getattr(itsm_base, hook)(self.env)
        self.assertFalse(self.env.ref(name, raise_if_not_found=False))
