# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import base64
from unittest import skipUnless
from unittest.mock import patch

from lxml import etree

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.itsm_base.tools import pdf_form

from ..models import itsm_ci_graph
from .common_graph import GraphCommon

MARKUP = '<script>alert("x")</script> & <b>bold</b>'


@tagged("post_install", "-at_install")
class TestGraph(GraphCommon):
    """CFG-25, Pictures: what the impact graph shows."""

    def _read(self, items, user=None, **options):
        return items.with_user(user or self.agent).read_graph(options)

    def _nodes(self, graph):
        return {node["name"]: node for node in graph["nodes"]}

    def _lines(self, graph):
        """Pairs of names; a redundancy is called by its label."""
        names = [node["name"] for node in graph["nodes"]]
        names += [redundancy["label"] for redundancy in graph["redundancies"]]
        return {
            (names[one], names[two]): style for one, two, style, _d in graph["edges"]
        }

    def _landscape(self):
        """root → a, b; a → b, c; b → c; c → d; d → root (a circle)."""
        root, a, b, c, d = items = self._items("", 5)
        for item, name in zip(items, ("root", "a", "b", "c", "d"), strict=True):
            item.name = name
        self._fails_with(a, root)
        self._fails_with(b, root, a)
        self._fails_with(c, a, b)
        self._fails_with(d, c)
        self._fails_with(root, d)
        return items

    def test_lines(self):
        """CFG-25: every relation between reached ones is a line, not only the shortest
        ways; levels as the search has them; one is where it begins."""
        root = self._landscape()[0]
        graph = self._read(root)
        self.assertEqual(
            self._lines(graph),
            dict.fromkeys(
                [
                    ("root", "a"),
                    ("root", "b"),
                    ("a", "b"),
                    ("a", "c"),
                    ("b", "c"),
                    ("c", "d"),
                    ("d", "root"),
                ],
                "plain",
            ),
        )
        nodes = self._nodes(graph)
        self.assertEqual(
            {name: node["level"] for name, node in nodes.items()},
            {"root": 0, "a": 1, "b": 1, "c": 2, "d": 3},
        )
        self.assertEqual([n["name"] for n in graph["nodes"] if n["root"]], ["root"])
        self.assertEqual(
            [(row["name"], row["count"]) for row in graph["classes"]], [("Server", 4)]
        )
        self.assertEqual(graph["truncated"], {"total": 4, "nodes": 0, "edges": 0})
        self.assertLess(nodes["root"]["x"], nodes["a"]["x"])
        self.assertEqual(nodes["a"]["x"], nodes["b"]["x"])
        self.assertLess(nodes["c"]["x"], nodes["d"]["x"])

    def test_depth(self):
        """CFG-25: only so many levels."""
        graph = self._read(self._landscape()[0], depth=1)
        self.assertEqual(set(self._nodes(graph)), {"root", "a", "b"})

    def test_up(self):
        """CFG-25: what may be the cause stands left of what it affects; arrows run the
        way a failure does."""
        items = self._items("", 3)
        for item, name in zip(items, ("one", "two", "three"), strict=True):
            item.name = name
        self._fails_with(items[1], items[0])
        self._fails_with(items[2], items[1])
        graph = self._read(items[2], direction="up")
        nodes = self._nodes(graph)
        self.assertLess(nodes["one"]["x"], nodes["two"]["x"])
        self.assertLess(nodes["two"]["x"], nodes["three"]["x"])
        self.assertTrue(nodes["three"]["root"])
        self.assertEqual(set(self._lines(graph)), {("one", "two"), ("two", "three")})

    def test_redundancy_lost(self):
        """CFG-25: a redundancy is a node of its own between members and what depends on
        them: so many of so many."""
        root, one, two, three, item = items = self._items("", 5)
        for record, name in zip(items, ("root", "1", "2", "3", "item"), strict=True):
            record.name = name
        self._fails_with(one, root)
        self._fails_with(two, root)
        redundancy = self._redundancy(item, one | two | three, required=2)
        graph = self._read(root)
        self.assertEqual(
            set(self._lines(graph)),
            {
                ("root", "1"),
                ("root", "2"),
                ("1", "2 of 3"),
                ("2", "2 of 3"),
                ("2 of 3", "item"),
            },
        )
        [node] = graph["redundancies"]
        self.assertEqual((node["id"], node["lost"]), (redundancy.id, True))
        nodes = self._nodes(graph)
        self.assertLess(nodes["1"]["x"], node["x"])
        self.assertLess(node["x"], nodes["item"]["x"])
        self.assertNotIn("3", nodes)

    def test_redundancy_holds(self):
        """CFG-25: one that holds is shown, what it keeps going is not reached; seen
        from there, each member may be the cause."""
        root, other, item = items = self._items("", 3)
        for record, name in zip(items, ("root", "other", "item"), strict=True):
            record.name = name
        self._redundancy(item, root | other)
        graph = self._read(root)
        self.assertEqual(self._lines(graph), {("root", "1 of 2"): "standby"})
        [node] = graph["redundancies"]
        self.assertEqual((node["lost"], node["caption"]), (False, "item"))
        self.assertIn("it holds", node["title"])
        graph = self._read(item, direction="up")
        self.assertEqual(
            set(self._lines(graph)),
            {("root", "1 of 2"), ("other", "1 of 2"), ("1 of 2", "item")},
        )
        other.state = "dismantled"
        graph = self._read(root)
        self.assertEqual(set(self._nodes(graph)), {"root", "item"})
        self.assertEqual(graph["redundancies"][0]["label"], "1 of 1")

    def test_dismantled(self):
        """CFG-25: what is dismantled is left out, and what lies behind it."""
        items = self._landscape()
        items[3].state = "dismantled"
        graph = self._read(items[0])
        self.assertEqual(set(self._nodes(graph)), {"root", "a", "b"})

    def test_hidden_company(self):
        """What one may not see is not drawn, lines only between what is drawn, and its
        redundancy is not told of."""
        company = self.env["res.company"].create({"name": "Elsewhere"})
        root, seen = self._item("root"), self._item("seen")
        secret = self._item("secret", company_id=company.id)
        kept = self._item("kept", company_id=company.id)
        self._fails_with(secret, root)
        self._fails_with(seen, root, secret)
        self._redundancy(kept, root | self._item("second"))
        graph = self._read(root)
        self.assertEqual(set(self._nodes(graph)), {"root", "seen"})
        self.assertEqual(self._lines(graph), {("root", "seen"): "plain"})
        self.assertFalse(graph["redundancies"])
        self.assertNotIn("secret", str(graph))
        self.assertEqual(graph["truncated"]["total"], 1)
        with self.assertRaises(AccessError):
            self._read(secret)

    def test_hidden_member(self):
        """CFG-25: a redundancy through which one was reached is lost, although the user
        does not see all members that failed."""
        company = self.env["res.company"].create({"name": "Elsewhere"})
        root, one, item = self._item("root"), self._item("one"), self._item("item")
        secret = self._item("secret", company_id=company.id)
        self._fails_with(one, root)
        self._fails_with(secret, root)
        self._redundancy(item, one | secret)
        graph = self._read(root)
        self.assertEqual(set(self._nodes(graph)), {"root", "one", "item"})
        [node] = graph["redundancies"]
        self.assertEqual((node["lost"], node["holds"]), (True, False))
        self.assertIn("fewer are left", node["title"])
        self.assertNotIn("secret", str(graph))
        self.assertEqual(
            self._lines(graph),
            {
                ("root", "one"): "plain",
                ("one", "1 of 2"): "plain",
                ("1 of 2", "item"): "plain",
            },
        )

    def test_class_changed_just_now(self):
        """CFG-25: the class that an item has since a moment ago is drawn."""
        root, other = self._item("root"), self._item("other")
        self._fails_with(other, root)
        self.env.flush_all()
        other.class_id = self.software
        graph = root.read_graph({})
        self.assertEqual(self._nodes(graph)["other"]["class"], self.software.id)

    def test_denied(self):
        """Without a right to configuration items there is no graph and no file."""
        root = self._item("root")
        for user in (self.employee, self.portal_user):
            with self.assertRaises(AccessError):
                self._read(root, user=user)
            with self.assertRaises(AccessError):
                root.with_user(user).print_graph({}, "svg")

    def test_groups(self):
        """Pictures: many of one class behind one node become one node with the count,
        which can be opened; what lies behind it too."""
        root = self._item("root")
        servers = self._items("server", 5)
        systems = self._items("system", 5, self.software)
        self._fails_with(servers[0], root)
        for server, system in zip(servers, systems, strict=True):
            if server != servers[0]:
                self._fails_with(server, root)
            self._fails_with(system, server)
        lone = self._item("lone", self.software)
        self._fails_with(lone, root)
        graph = self._read(root, group=4)
        nodes = self._nodes(graph)
        self.assertEqual(set(nodes), {"root", "lone", "5 × Server", "5 × Application"})
        self.assertEqual(nodes["5 × Server"]["count"], 5)
        self.assertEqual(
            set(self._lines(graph)),
            {
                ("root", "lone"),
                ("root", "5 × Server"),
                ("5 × Server", "5 × Application"),
            },
        )
        opened = self._read(root, group=4, opened=[nodes["5 × Server"]["id"]])
        self.assertEqual(len(opened["nodes"]), 12)
        self.assertEqual(len(self._read(root, group=5)["nodes"]), 12)
        self.assertEqual(len(self._read(root, group=0)["nodes"]), 12)

    def test_tickets(self):
        """Pictures: open tickets stand on the nodes; one about two members of a group
        counts once; a closed one does not."""
        root = self._item("root")
        servers = self._items("server", 3)
        for server in servers:
            self._fails_with(server, root)
        one = self._create_ticket(name="one")
        one.ci_ids = servers[:2]
        two = self._create_ticket(name="two")
        two.ci_ids = root
        closed = self._create_ticket(name="closed", stage_id=self.stages["closed"].id)
        closed.ci_ids = root
        graph = self._read(root, user=self.manager)
        nodes = self._nodes(graph)
        self.assertEqual(nodes["root"]["tickets"], two.ids)
        self.assertEqual(nodes["server 0"]["tickets"], one.ids)
        self.assertEqual(nodes["server 2"]["tickets"], [])
        grouped = self._nodes(self._read(root, user=self.manager, group=2))
        self.assertEqual(grouped["3 × Server"]["tickets"], one.ids)

    def test_class_switched_off(self):
        """Pictures: a class that is switched off is passed by with a dotted line, and
        still counted."""
        root = self._item("root")
        server = self._item("server")
        system = self._item("system", self.software)
        self._fails_with(server, root)
        self._fails_with(system, server)
        graph = self._read(root, hidden=[self.server.id])
        self.assertEqual(self._lines(graph), {("root", "system"): "past"})
        rows = {row["name"]: (row["count"], row["hidden"]) for row in graph["classes"]}
        self.assertEqual(rows, {"Server": (1, True), "Application": (1, False)})

    def test_limit(self):
        """Pictures: nodes beyond the limit are told of, the nearest are drawn."""
        items = self._items("item", 6)
        for before, item in zip(items, items[1:], strict=False):
            self._fails_with(item, before)
        with patch.object(itsm_ci_graph, "NODES", 4):
            graph = self._read(items[0])
        self.assertEqual(set(self._nodes(graph)), {f"item {n}" for n in range(4)})
        self.assertEqual(graph["truncated"], {"total": 5, "nodes": 2, "edges": 0})
        self.assertIn("2 farther ones", graph["notes"][0])

    def test_too_many_lines(self):
        """Pictures: with too many lines nodes are grouped first; if they are still too
        many only the shortest ways are drawn, and it is said."""
        root = self._item("root")
        servers, systems = self._items("s", 3), self._items("t", 3, self.software)
        for server in servers:
            self._fails_with(server, root)
        for system in systems:
            self._fails_with(system, *servers)
        with patch.object(itsm_ci_graph, "EDGES", 5):
            graph = self._read(root)
        self.assertEqual(
            set(self._nodes(graph)), {"root", "3 × Server", "3 × Application"}
        )
        self.assertIn("are grouped", graph["notes"][0])
        with patch.object(itsm_ci_graph, "EDGES", 1):
            graph = self._read(root, opened=(servers[0] | systems[0]).ids, group=1)
        self.assertEqual(len(graph["nodes"]), 7)
        self.assertEqual(len(graph["edges"]), 6)
        self.assertEqual(graph["truncated"]["edges"], 6)
        self.assertIn("6 other relations", graph["notes"][-1])

    def test_markup(self):
        """Paper: names with markup are texts in the SVG."""
        root, other = self._item(MARKUP), self._item("bell \x07 <i>")
        self._fails_with(other, root)
        file = root.with_user(self.agent).print_graph({}, "svg")
        self.assertRegex(file["name"], r"^SRV-\d+-impact\.svg$")
        tree = etree.fromstring(base64.b64decode(file["content"]))
        tags = {etree.QName(element).localname for element in tree.iter()}
        self.assertLessEqual(
            tags, {"svg", "g", "path", "rect", "circle", "text", "title"}
        )
        titles = tree.findall(".//{*}title")
        self.assertEqual(
            {title.text for title in titles},
            {f"Server: {MARKUP}", "Server: bell  <i>"},
        )

    def test_group_on_paper(self):
        """Paper: nobody clicks there; the number of a single one is printed."""
        root = self._item("root")
        for server in self._items("server", 3):
            self._fails_with(server, root)
        self.assertIn("Click", str(self._read(root, group=2)["nodes"]))
        file = root.with_user(self.agent).print_graph({"group": 2}, "svg")
        picture = base64.b64decode(file["content"]).decode()
        self.assertIn("3 × Server", picture)
        self.assertIn(root.number, picture)
        self.assertNotIn("Click", picture)

    @skipUnless(pdf_form.program(), "wkhtmltopdf is not installed")
    def test_pdf(self):
        """Paper: the graph on the printed form; names with markup are texts."""
        root = self._item(MARKUP)
        self._fails_with(self._item("other"), root)
        pages = []
        make = type(self.env["ir.actions.report"])._itsm_form_make

        def watched(report, page):
            pages.append(page["html"])
            return make(report, page)

        with patch.object(
            type(self.env["ir.actions.report"]), "_itsm_form_make", watched
        ):
            file = root.with_user(self.agent).print_graph({}, "pdf")
        self.assertTrue(base64.b64decode(file["content"]).startswith(b"%PDF"))
        self.assertIn("<svg", pages[0])
        self.assertNotIn("<script", pages[0])
        self.assertNotIn("<b>bold", pages[0])

    def test_queries(self):
        """Speed: as many queries whatever the number of nodes, with cold caches."""
        counts = []
        for number in (2, 40):
            root = self._item("root")
            servers = self._items("server", number)
            for server in servers:
                self._fails_with(server, root)
                self._redundancy(self._item("system", self.software), server)
            self.env.flush_all()
            items = root.with_user(self.agent)
            items.read_graph({"group": 0})
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            graph = items.read_graph({"group": 0})
            counts.append(self.env.cr.sql_log_count - before)
            self.assertEqual(len(graph["nodes"]), 1 + 2 * number)
            self.assertEqual(len(graph["redundancies"]), number)
        self.assertEqual(counts[0], counts[1])

    def test_doors(self):
        """The graph opens from items, an impact and a ticket, but of nothing."""
        root = self._item("root")
        action = root.with_user(self.agent).action_graph()
        self.assertEqual(action["tag"], "itsm_ci_graph")
        self.assertEqual(action["params"]["ci_ids"], root.ids)
        wizard = self.env["itsm.ci.impact"].with_user(self.agent)
        wizard = wizard.create({"ci_ids": root.ids, "direction": "up", "depth": 2})
        params = wizard.action_graph()["params"]
        self.assertEqual(
            (params["ci_ids"], params["direction"], params["depth"]),
            (root.ids, "up", 2),
        )
        ticket = self._create_ticket(name="ticket")
        ticket.ci_ids = root
        self.assertEqual(ticket.action_impact_graph()["params"]["ci_ids"], root.ids)
        with self.assertRaises(UserError):
            root.browse().action_graph()
        with self.assertRaises(UserError):
            self._read(root, direction="sideways")
