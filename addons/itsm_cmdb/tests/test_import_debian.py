# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import re
import shutil
import subprocess

from odoo.tests import tagged

from .common_import import ImportCommon

#: Packages that the test takes: a root, what it needs, and all that this needs.
ROOTS = ("build-essential", "libreoffice", "gnome", "r-base", "postgresql", "gimp")
MOST = 1500


def apt(*arguments):
    """The lines that apt-cache answers."""
    answer = subprocess.run(
        ["apt-cache", *arguments], capture_output=True, text=True, check=True
    )
    return answer.stdout


def stanzas(text):
    """``{package: (version, all that it needs, alternatives too)}``.

    A need of any architecture (``python3:any``) is another name to `rdepends`: it is
    left out on both sides.
    """
    found = {}
    for stanza in text.split("\n\n"):
        fields = dict(re.findall(r"^([A-Za-z-]+): (.*)$", stanza, re.M))
        name = fields.get("Package")
        if not name or name in found:
            continue
        needs = []
        for field in ("Pre-Depends", "Depends"):
            for group in fields.get(field, "").split(","):
                for one in group.split("|"):
                    needs.append(re.split(r"[ (]", one.strip(), maxsplit=1)[0])
        found[name] = fields["Version"], [need for need in needs if need]
    return found


@tagged("post_install", "-at_install")
class TestImportDebian(ImportCommon):
    """Issue: real input that nobody here made, with apt as the oracle of impact."""

    def test_packages(self):
        """Debian's packages as items, dependencies as relations; what `apt-cache
        rdepends` says is affected is what the impact of the CMDB says."""
        if not shutil.which("apt-cache"):
            self.skipTest("apt-cache is not on this machine.")
        text = apt("dumpavail")
        graph = stanzas(text)
        if not graph:
            self.skipTest("There are no apt lists on this machine.")
        names = self._closure(graph)
        self.assertGreater(len(names), 1000)
        rows = [
            {
                "Package": name,
                "Version": graph[name][0],
                "Depends": ", ".join(
                    n for n in dict.fromkeys(graph[name][1]) if n in names and n != name
                ),
            }
            for name in sorted(names)
        ]
        source = self._source(
            "t_debian",
            {"Package": "name", "Version": "version"},
            keys=["name"],
            key_column="Package",
            class_id=self.class_other.id,
        )
        self.env["itsm.ci.source.relation"].create(
            {
                "source_id": source.id,
                "column": "Depends",
                "type_id": self.rel_backward.id,
            }
        )
        record = self._worked(rows, source)
        edges = {
            (row["Package"], need)
            for row in rows
            for need in row["Depends"].split(", ")
            if need
        }
        self.assertEqual(self._counts(record), {"new": len(names)})
        self.assertEqual(
            (record.related_count, record.relation_error_count), (len(edges), 0)
        )
        again = self._worked(rows, source)
        self.assertEqual(self._counts(again), {"unchanged": len(names)})
        self.assertEqual(again.related_count, 0)
        items = self._item(class_id=self.class_other.id).grouped("name")
        for root in ("libssl3", "zlib1g", "perl-base"):
            if root not in names:
                continue
            reached = items[root]._impact().reached
            affected = set(self.env["itsm.ci"].browse(reached).mapped("name"))
            self.assertEqual(affected, self._affected(root, names))

    def _worked(self, rows, source):
        record = self._import(rows, source)
        for start in (lambda: None, record.action_import):
            start()
            while record.run_id.state in ("waiting", "running"):
                record.run_id._work_inline()
            record.invalidate_recordset()
        return record

    def _closure(self, graph):
        """The roots and what they need, breadth first, up to so many."""
        names = [name for name in ROOTS if name in graph]
        seen = set(names)
        for name in names:
            for need in graph[name][1]:
                if need in graph and need not in seen and len(seen) < MOST:
                    seen.add(need)
                    names.append(need)
        return seen

    def _affected(self, root, names):
        """What apt says depends on a package, directly or not, among *names*."""
        reached, wave = set(), [root]
        while wave:
            text = apt(
                *("rdepends", "--no-recommends", "--no-suggests", "--no-conflicts"),
                *("--no-breaks", "--no-replaces", "--no-enhances", *wave),
            )
            found = {
                # " |name" is one of several that would do
                line.strip(" |").split(":")[0]
                for line in text.splitlines()
                if line.startswith((" ", "|"))
            }
            wave = sorted((found & names) - reached - {root})
            reached.update(wave)
        return reached
