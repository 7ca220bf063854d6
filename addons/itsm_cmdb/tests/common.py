# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.fields import Command

from odoo.addons.itsm_base.tests.common import ItsmCommon

#: Attributes of the base class of the tests: code → kind.
KINDS = {
    "t_text": "char",
    "t_long": "text",
    "t_int": "integer",
    "t_float": "float",
    "t_bool": "boolean",
    "t_date": "date",
    "t_time": "datetime",
    "t_pick": "selection",
    "t_tags": "tags",
    "t_user": "many2one",
}


class CmdbCommon(ItsmCommon):
    """Classes with one attribute of each type, users of each role, a few relations."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpCmdbUsers()
        cls.setUpClasses()
        cls.setUpRelationTypes()

    @classmethod
    def setUpCmdbUsers(cls):
        """A user of each role of the CMDB, and two owners."""
        (
            cls.ci_reader,
            cls.ci_owner,
            cls.ci_owner_2,
            cls.ci_auditor,
            cls.ci_manager,
        ) = cls._create_users(
            {
                "ci-reader": "itsm_cmdb.itsm_group_ci_reader",
                "ci-owner": "itsm_cmdb.itsm_group_ci_owner",
                "ci-owner-2": "itsm_cmdb.itsm_group_ci_owner",
                "ci-auditor": "itsm_cmdb.itsm_group_ci_auditor",
                "ci-manager": "itsm_cmdb.itsm_group_ci_manager",
            }
        )

    @classmethod
    def setUpClasses(cls):
        """Base (all types of attributes) → leaf (own attribute), other, place."""
        classes = cls.env["itsm.ci.class"]
        cls.class_base = classes.create(
            {"name": "T base", "code": "t_base", "number_prefix": "TB-"}
        )
        cls.class_leaf, cls.class_leaf_2 = classes.create(
            [
                {"name": "T leaf", "code": "t_leaf", "parent_id": cls.class_base.id},
                {"name": "T leaf 2", "code": "t_leaf2", "parent_id": cls.class_base.id},
            ]
        )
        cls.class_other, cls.class_place = classes.create(
            [
                {"name": "T other", "code": "t_other"},
                {"name": "T place", "code": "t_place", "is_location": True},
            ]
        )
        choices = [
            Command.create({"name": name, "code": name.lower()})
            for name in ("Red", "Green", "Blue")
        ]
        attributes = cls.env["itsm.ci.attribute"].create(
            [
                {
                    "class_id": cls.class_base.id,
                    "name": f"Name of {code}",
                    "code": code,
                    "kind": kind,
                    "comodel": "res.users" if kind == "many2one" else False,
                    "option_ids": choices if kind in ("selection", "tags") else [],
                }
                for code, kind in KINDS.items()
            ]
        )
        cls.attribute = {attribute.code: attribute for attribute in attributes}
        cls.attribute["t_leaf_only"] = attributes.create(
            {
                "class_id": cls.class_leaf.id,
                "name": "Only leaf",
                "code": "t_leaf_only",
                "kind": "char",
            }
        )

    @classmethod
    def setUpRelationTypes(cls):
        """A type of each way of impact, for any class."""
        types = cls.env["itsm.ci.relation.type"].create(
            [
                {
                    "name": f"T {impact}",
                    "inverse_name": f"T {impact} back",
                    "code": f"t_{impact}",
                    "impact": impact,
                }
                for impact in ("forward", "backward", "both", "none")
            ]
        )
        cls.rel_forward, cls.rel_backward, cls.rel_both, cls.rel_none = types

    @classmethod
    def _ci_vals(cls, name="item", ci_class=None, **vals):
        return {"name": name, "class_id": (ci_class or cls.class_leaf).id, **vals}

    @classmethod
    def _ci(cls, name="item", ci_class=None, **vals):
        return cls.env["itsm.ci"].create(cls._ci_vals(name, ci_class, **vals))

    @classmethod
    def _relation_vals(cls, source, target, kind=None, **vals):
        return {
            "type_id": (kind or cls.rel_forward).id,
            "source_id": source.id,
            "target_id": target.id,
            **vals,
        }

    @classmethod
    def _relate(cls, source, target, kind=None, **vals):
        return cls.env["itsm.ci.relation"].create(
            cls._relation_vals(source, target, kind, **vals)
        )

    def _raw(self, item):
        """Attributes of an item as the table has them."""
        self.env.flush_all()
        self.env.cr.execute("SELECT attributes FROM itsm_ci WHERE id = %s", [item.id])
        return self.env.cr.fetchone()[0] or {}

    def _lines(self, item, attribute=None):
        """``[(attribute, before, after)]`` of the history, oldest first."""
        self.env.flush_all()
        lines = self.env["itsm.ci.history"].sudo().search([("ci_id", "=", item.id)])
        return [
            (line.attribute, line.old_value, line.new_value)
            for line in lines.sorted("id")
            if attribute in (None, line.attribute)
        ]

    @classmethod
    def _company_2(cls):
        """A second company, a manager who works there only."""
        company = cls.env["res.company"].create({"name": "Company Two"})
        manager = cls._create_user(
            "ci-manager-two",
            "itsm_cmdb.itsm_group_ci_manager",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )
        return company, manager
