# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.tests import HttpCase, tagged

from .common_graph import GraphCommon


@tagged("post_install", "-at_install")
class TestGraphTour(GraphCommon, HttpCase):
    """CFG-25, Pictures: the graph in the browser."""

    browser_size = "1366x768"

    def test_graph(self):
        """From the form to the graph, the other direction, a class off and on, a card,
        the keys, and to the item."""
        root = self._item("Graph root")
        server = self._item("Graph <b>server</b>")
        system = self._item("Graph system", self.software)
        self._fails_with(server, root)
        self._fails_with(system, server)
        ticket = self._create_ticket(name="Graph ticket", team_id=self.team.id)
        ticket.ci_ids = system
        self.start_tour(
            f"/odoo/itsm-cis/{root.id}", "itsm_ci_graph", login="itsm-agent"
        )
