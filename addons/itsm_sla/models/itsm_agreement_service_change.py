# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class ItsmAgreement(models.Model):
    """What changed of the services that agreements are about (SLM-30)."""

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.agreement"

    def _service_changes(self, changes):
        """What the notification says, in the language of the reader.

        :param dict changes: ``[service id, names of fields]`` by id of the agreement
        :return: a line a service
        :rtype: list[str]
        """
        self.ensure_one()
        # sudo: named to those who answer for the agreement
        services = self.env["itsm.service"].sudo()
        lines = []
        for service_id, names in (changes or {}).get(str(self.id), ()):
            service = services.browse(service_id).exists()
            if service:
                labels = ", ".join(
                    service._fields[name]._description_string(self.env)
                    for name in names
                )
                lines.append(f"{service.display_name}: {labels}")
        return lines
