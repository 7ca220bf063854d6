# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.tests import HttpCase, tagged

from .common_graph import GraphCommon


@tagged("post_install", "-at_install")
class TestCiTours(GraphCommon, HttpCase):
    """What a person does with configuration items, in the browser."""

    browser_size = "1366x768"

    def test_landscape(self):
        """CFG-10, CFG-15: the manager records a server with attributes, an application
        that depends on it, and sees the one as a cause of the other."""
        manager = self._create_user(
            "ci-tour-manager", "itsm_cmdb.itsm_group_ci_manager"
        )
        self.start_tour("/odoo/itsm-cis", "itsm_ci_landscape", login=manager.login)
        server, application = self.env["itsm.ci"].search(
            [("name", "in", ("tour-server", "tour-application"))], order="id"
        )
        self.assertEqual(server.class_id, self.server)
        values = server._raw_attributes()
        self.assertEqual((values["cpu_count"], values["memory_gb"]), (16, 64.0))
        self.assertEqual(application._impact("up").reached, server.ids)

    def test_incident(self):
        """CFG-25, INC-36: an agent names the broken switch; the service that it affects
        through a server is proposed, and taken over by him."""
        switch, server = self._item("tour-switch"), self._item("tour-server")
        self._fails_with(server, switch)
        service = self.env["itsm.service"].create(
            {"name": "Tour mail", "code": "T-TOUR", "state": "live"}
        )
        self._fails_with(service.ci_ids, server)
        ticket = self._create_ticket(name="No mail", team_id=self.team.id)
        self.start_tour(
            f"/odoo/helpdesk.ticket/{ticket.id}", "itsm_ci_incident", login="itsm-agent"
        )
        self.assertEqual(ticket.ci_ids, switch)
        self.assertEqual(ticket.impacted_service_ids, service)

    def test_only_read(self):
        """CFG-05: who may not change an item reads it in its form; what he may do with
        it works."""
        item = self._item("tour-foreign")
        item.serial = "TOUR-1"
        self.env.flush_all()
        url = f"/odoo/itsm-cis/{item.id}"
        for role in ("reader", "owner"):
            user = self._create_user(
                f"ci-tour-{role}", f"itsm_cmdb.itsm_group_ci_{role}"
            )
            self.start_tour(url, f"itsm_ci_write_{role}", login=user.login)
