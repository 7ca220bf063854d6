# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models

from odoo.addons.itsm_base.tools import guard
from odoo.addons.itsm_base.tools.catalogue import OFFERED, PLANNED

#: In which state is the item of a service that is planned, offered, or neither.
ITEM_STATES = {
    **dict.fromkeys(PLANNED, "test"),
    **dict.fromkeys(OFFERED, "use"),
}
#: What of a service its item has as well; the name apart, see `write`.
FOLLOWED = {"active", "criticality", "company_id", "state"}


class ItsmService(models.Model):
    """A service is a configuration item as well, so that impact reaches it (CFG-15)."""

    _inherit = "itsm.service"

    ci_ids = fields.One2many(
        comodel_name="itsm.ci",
        inverse_name="service_id",
        string="Configuration Item",
        readonly=True,
    )

    @api.model_create_multi
    def create(self, vals_list):
        services = super().create(vals_list)
        services._make_configuration_items()
        return services

    def write(self, vals):
        result = super().write(vals)
        # the name apart: in the language that counts it may differ
        self._follow_in_items(FOLLOWED & vals.keys())
        self._follow_in_items({"name"} & vals.keys())
        if "parent_id" in vals:
            self._relate_configuration_items()
        return result

    def update_field_translations(self, field_name, translations, source_lang=""):
        result = super().update_field_translations(
            field_name, translations, source_lang=source_lang
        )
        self._follow_in_items({"name"} & {field_name})
        return result

    def _follow_in_items(self, names):
        """Write what has changed into the configuration items.

        Those that change alike change together: what is between them must fit at once.

        :param set names: fields of the service that were written
        """
        if not names:
            return
        # sudo: the item follows its service, whoever designs services
        items = guard.with_token(self.sudo().with_context(active_test=False).ci_ids)
        groups = {}
        for item in items:
            every = item.service_id._configuration_item_values()
            values = {name: every[name] for name in sorted(names)}
            groups.setdefault(tuple(values.items()), []).append(item.id)
        for values, ids in groups.items():
            items.browse(ids).write(dict(values))

    def unlink(self):
        # sudo: the item goes with its service; what has a past stays without it
        items = guard.with_token(self.sudo().with_context(active_test=False).ci_ids)
        relations = items.relation_source_ids | items.relation_target_ids
        guard.with_token(relations.filtered("is_catalogue")).unlink()
        kept = items._archive_kept()
        (items - kept).unlink()
        for item in kept:
            item.write(
                {"service_id": False, "state": item._last_state(), "active": False}
            )
        return super().unlink()

    def _make_configuration_items(self):
        """A configuration item for each that has none, silently."""
        # sudo: services become items, whoever makes them
        items = guard.silence(guard.with_token(self.env["itsm.ci"].sudo()))
        items = items.with_context(tracking_disable=True)
        known = items.with_context(active_test=False).search(
            [("service_id", "in", self.ids)]
        )
        ci_class = self.env.ref("itsm_cmdb.itsm_ci_class_service")
        items.create(
            [
                {
                    **service._configuration_item_values(),
                    "class_id": ci_class.id,
                    "service_id": service.id,
                }
                for service in self - known.service_id
            ]
        )
        self._relate_configuration_items()

    def _relate_configuration_items(self):
        """Relations as the catalogue has them: what a service needs, and its parent."""
        # sudo: the CMDB follows the catalogue, whoever keeps that
        services = self.sudo().with_context(active_test=False)
        kind = self.env.ref("itsm_cmdb.itsm_ci_relation_type_depends_on")
        wanted = set()
        for service in services:
            needs = service.dependency_ids.filtered(lambda line: line.kind == "needs")
            for other in needs.depends_on_id | service.parent_id:
                ends = service.ci_ids[:1], other.ci_ids[:1]
                if all(ends):
                    wanted.add((ends[0].id, ends[1].id))
        # sudo: as above
        relations = guard.with_token(self.env["itsm.ci.relation"].sudo())
        present = relations.search(
            [
                ("type_id", "=", kind.id),
                ("source_id", "in", services.ci_ids.ids),
                ("target_id.service_id", "!=", False),
                ("date_end", "=", False),
            ]
        )
        have = {(r.source_id.id, r.target_id.id) for r in present}
        present.filtered(
            lambda r: r.is_catalogue and (r.source_id.id, r.target_id.id) not in wanted
        ).unlink()
        relations.create(
            [
                {
                    "type_id": kind.id,
                    "source_id": source,
                    "target_id": target,
                    "is_catalogue": True,
                }
                for source, target in sorted(wanted - have)
            ]
        )

    @api.model
    def _configuration_item_lang(self):
        """The language in which services are named in the CMDB: one for all."""
        # sudo: the language of a company is no secret
        company = self.env["res.company"].sudo()._get_main_company()
        lang = company.partner_id.lang
        known = lang and self.env["res.lang"]._get_data(code=lang)
        return lang if known else "en_US"

    def _configuration_item_values(self):
        lang = self._configuration_item_lang()
        return {
            "name": self.with_context(lang=lang).name,
            "company_id": self.company_id.id,
            "criticality": self.criticality,
            "active": self.active,
            "state": ITEM_STATES.get(self.state, "dismantled"),
        }

    def action_view_ci(self):
        """Open the configuration item of the service."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "itsm.ci",
            "res_id": self.with_context(active_test=False).ci_ids[:1].id,
            "view_mode": "form",
        }
