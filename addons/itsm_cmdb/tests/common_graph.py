# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.addons.itsm_base.tests.common import ItsmCommon


class GraphCommon(ItsmCommon):
    """Configuration items of which the second depends on the first."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.depends_on = cls.env.ref("itsm_cmdb.itsm_ci_relation_type_depends_on")
        cls.server = cls.env.ref("itsm_cmdb.itsm_ci_class_server")
        cls.software = cls.env.ref("itsm_cmdb.itsm_ci_class_application")

    @classmethod
    def _item(cls, name, ci_class=None, **values):
        values.setdefault("company_id", False)
        return cls.env["itsm.ci"].create(
            {
                "name": name,
                "class_id": (ci_class or cls.server).id,
                "state": "use",
                **values,
            }
        )

    @classmethod
    def _items(cls, prefix, number, ci_class=None):
        return cls.env["itsm.ci"].create(
            [
                {
                    "name": f"{prefix} {count}",
                    "class_id": (ci_class or cls.server).id,
                    "state": "use",
                    "company_id": False,
                }
                for count in range(number)
            ]
        )

    @classmethod
    def _fails_with(cls, item, *causes, **values):
        """If one of the causes fails, *item* fails."""
        return cls.env["itsm.ci.relation"].create(
            [
                {
                    "type_id": cls.depends_on.id,
                    "source_id": item.id,
                    "target_id": cause.id,
                    **values,
                }
                for cause in causes
            ]
        )

    @classmethod
    def _redundancy(cls, item, members, required=1):
        redundancy = cls.env["itsm.ci.redundancy"].create(
            {"name": "members", "ci_id": item.id, "required": required}
        )
        cls._fails_with(item, *members, redundancy_id=redundancy.id)
        return redundancy
