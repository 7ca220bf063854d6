# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from collections import Counter, defaultdict

from odoo import models
from odoo.fields import Domain

from .itsm_ci_history import PREFIX
from .itsm_ci_state import GONE, STATES

#: So many configuration items are printed; the list holds all.
LISTED = 500
#: The process that keeps the CMDB, and the role that answers for it.
PROCESS = "CFG"
ROLE = "configuration_manager"


class ItsmDocument(models.Model):
    """Papers of configuration management: D26, D27 and D28."""

    _inherit = "itsm.document"

    def _report_sources(self):
        return super()._report_sources() | {"ci_report"}

    # === D26 ===

    def _content_configuration_plan(self):
        """How configuration is managed, as it is set up today (CFG-08).

        What is wanted is the text of the document; these are the facts.

        :return: ``people`` (role and names), ``groups`` (which groups may do what),
            ``classes`` (as D27, without attributes), ``states``, ``relations``,
            ``duties``, ``interfaces``
        :rtype: dict
        """
        self.ensure_one()
        # sudo: how the process is set up is printed for every reader
        interfaces = (
            self.env["itsm.process.interface"]
            .sudo()
            .search(
                [
                    ("company_id", "=", self.company_id.id),
                    "|",
                    ("process_from_id.code", "=", PROCESS),
                    ("process_to_id.code", "=", PROCESS),
                ]
            )
        )
        everybody = self.env._("every process")
        return {
            "people": self._configuration_people(),
            "classes": self._class_rows(with_attributes=False),
            "states": [state.name for state in self.env["itsm.ci.state"].search([])],
            "relations": [
                {
                    "name": kind.name,
                    "inverse": kind.inverse_name,
                    "impact": self._label(kind, "impact"),
                    "from": ", ".join(kind.source_class_ids.mapped("display_name")),
                    "to": ", ".join(kind.target_class_ids.mapped("display_name")),
                }
                for kind in self.env["itsm.ci.relation.type"].search([])
            ],
            "duties": self._configuration_duties(),
            "interfaces": [
                {
                    "from": interface.process_from_id.name or everybody,
                    "to": interface.process_to_id.name or everybody,
                    "passes": interface.passes,
                    "returns": interface.returns or "",
                }
                for interface in interfaces
            ],
        }

    def _label(self, record, name):
        """The words of a selection value in the language of the document."""
        return dict(record._fields[name]._description_selection(self.env)).get(
            record[name], ""
        )

    def _configuration_people(self):
        """Who manages, and how many items each owner keeps."""
        # sudo: who holds a role is printed for every reader
        role = self.env["itsm.role"].sudo().search([("code", "=", ROLE)])
        holders = role._holders(self.company_id) if role else self.env["res.users"]
        owned = self.env["itsm.ci"]._read_group(
            [*self._reported_domain(), ("owner_id", "!=", False)],
            ["owner_id"],
            ["__count"],
            order="__count DESC, owner_id",
        )
        nobody = self.env["itsm.ci"].search_count(
            [*self._reported_domain(), ("owner_id", "=", False)]
        )
        return {
            # sudo: names of users are printed for every reader
            "managers": holders.sudo().mapped("name"),
            "owners": [
                {"name": owner.sudo().name, "count": count}  # sudo: as above
                for owner, count in owned
            ],
            "without": nobody,
        }

    def _configuration_duties(self):
        """Duties of the process in this company, switched on ones only."""
        # sudo: how the process is set up is printed for every reader
        scopes = (
            self.env["itsm.duty.scope"]
            .sudo()
            .search(
                [
                    ("company_id", "=", self.company_id.id),
                    ("definition_id.active", "=", True),
                    ("definition_id.process_id.code", "=", PROCESS),
                ]
            )
        )
        return [
            {
                "name": definition.name,
                "period": self._label(definition, "period"),
                "role": definition.role_id.name or "",
            }
            for definition in scopes.definition_id.sorted()
        ]

    # === D27 ===

    def _content_ci_classification(self):
        """The classes with naming rule, numbers, states and attributes (CFG-09).

        :return: ``classes`` with ``level`` (0 at the top), ``name``, ``code``,
            ``description``, ``prefix``, ``naming``, ``states``, ``attributes`` (own
            ones: ``name``, ``code``, ``kind``, ``required``)
        :rtype: dict
        """
        self.ensure_one()
        return {"classes": self._class_rows()}

    def _class_rows(self, with_attributes=True):
        rows = []
        names = ("name", "code", "description", "is_abstract", "parent_path")
        for ci_class in self.env["itsm.ci.class"].search_fetch([], names):
            row = {
                "level": len(ci_class._path()) - 1,
                "name": ci_class.name,
                "code": ci_class.code,
                "description": ci_class.description or "",
                "is_abstract": ci_class.is_abstract,
                "prefix": ci_class._inherited("number_prefix") or "",
                "naming": ci_class._inherited("name_hint")
                or ci_class._inherited("name_pattern")
                or "",
                "states": ci_class._inherited("state_ids").mapped("name"),
            }
            if with_attributes:
                row["attributes"] = [
                    {
                        "name": attribute.name,
                        "code": attribute.code,
                        "kind": self._label(attribute, "kind"),
                        "unit": attribute.unit or "",
                        "options": attribute.option_ids.mapped("name"),
                        "required": attribute.required,
                    }
                    for attribute in ci_class.attribute_ids.sorted()
                ]
            rows.append(row)
        return rows

    # === D28 ===

    def _reported_domain(self):
        """The configuration items of the company, those of all companies included."""
        return [("company_id", "in", [self.company_id.id, False])]

    def _content_ci_report(self):
        """The configuration items and what happened to them in a period (CFG-34).

        Numbers of today; changes of the period, cut in the zone of the company.

        :return: ``states`` (their names), ``classes`` (rows with ``name``, ``counts``
            by state, ``total``), ``totals``, ``changes`` (``name`` and ``count``),
            ``rows`` (``number``, ``name``, ``class``, ``version``, ``place``,
            ``master``, ``needs``, ``versions``), ``unlisted`` (how many are not
            printed)
        :rtype: dict
        """
        self.ensure_one()
        items = self.env["itsm.ci"]
        codes = [code for code, _label in STATES]
        counts = defaultdict(Counter)
        for ci_class, state, number in items._read_group(
            self._reported_domain(), ["class_id", "state"], ["__count"]
        ):
            counts[ci_class][state] += number
        classes = self.env["itsm.ci.class"].union(*counts).sorted()
        changed, changes = self._configuration_changes()
        there = Domain(self._reported_domain()) & Domain("state", "not in", GONE)
        # what changed in the period comes first where not all can be printed
        listed = items.search(there & Domain("id", "in", changed), limit=LISTED)
        if len(listed) < LISTED:
            others = there & Domain("id", "not in", listed.ids)
            listed += items.search(others, limit=LISTED - len(listed))
        listed = listed.with_context(tz=str(self._zone()))
        return {
            "states": [
                dict(items._fields["state"]._description_selection(self.env))[code]
                for code in codes
            ],
            "classes": [
                {
                    "name": ci_class.display_name,
                    "counts": [counts[ci_class][code] for code in codes],
                    "total": counts[ci_class].total(),
                }
                for ci_class in classes
            ],
            "totals": [
                *(sum(row[code] for row in counts.values()) for code in codes),
                sum(row.total() for row in counts.values()),
            ],
            "changes": changes,
            "rows": [
                {
                    "number": item.number or "",
                    "name": item.name,
                    "class": item.class_id.display_name,
                    "version": item.version or "",
                    "place": item.place_text,
                    "master": item.master_text,
                    "needs": item.needs_text,
                    "versions": item.versions_text,
                }
                for item in listed.sorted(
                    lambda item: (item.class_id.complete_name, item.name, item.id)
                )
            ],
            "unlisted": items.search_count(there) - len(listed),
        }

    def _configuration_changes(self):
        """What happened in the period.

        :return: the items that changed, and how many did in which way
        :rtype: tuple[list[int], list[dict]]
        """
        begins, stops = self._period().bounds_utc(self._zone())
        inside = [("time", ">=", begins), ("time", "<", stops)]
        groups = self.env["itsm.ci.history"]._read_group(
            [*inside, ("ci_id.company_id", "in", [self.company_id.id, False])],
            ["attribute"],
            ["ci_id:array_agg"],
        )
        names = {
            "version": self.env._("Version changed"),
            "state": self.env._("State changed"),
            "location_id": self.env._("Location changed"),
            "owner_id": self.env._("Owner changed"),
            "relation": self.env._("Relations changed"),
            PREFIX: self.env._("Attributes changed"),
            "": self.env._("Something else changed"),
        }
        found = {key: set() for key in names}
        for attribute, ids in groups:
            if attribute.startswith(PREFIX):
                key = PREFIX
            else:
                key = attribute if attribute in names else ""
            found[key].update(ids)
        made = self.env["itsm.ci"].search_count(
            [
                *self._reported_domain(),
                ("create_date", ">=", begins),
                ("create_date", "<", stops),
            ]
        )
        changes = [{"name": self.env._("Recorded for the first time"), "count": made}]
        changes += [
            {"name": name, "count": len(found[key])} for key, name in names.items()
        ]
        return sorted(set().union(*found.values())), changes
