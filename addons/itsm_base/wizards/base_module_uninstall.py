# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from typing import NamedTuple

from markupsafe import Markup

from odoo import api, fields, models
from odoo.fields import Domain

#: What inherits these is evidence, or becomes it; so does what is approved.
MIXINS = ("itsm.evidence.mixin", "itsm.archive.mixin", "itsm.approval.mixin")


class Loss(NamedTuple):
    """Records, or what an addon added to them, that an uninstallation takes away."""

    #: name of the model
    model: str
    #: which of its records; all by default
    domain: object = Domain.TRUE
    #: what people call them; the model's description by default
    label: str | None = None


class BaseModuleUninstall(models.TransientModel):
    """Say what will be lost before an addon of the family goes (design, Manners)."""

    _inherit = "base.module.uninstall"

    itsm_loss = fields.Html(
        string="Evidence That Will Be Lost",
        compute="_compute_itsm_loss",
        sanitize=False,
    )

    @api.depends("module_ids")
    def _compute_itsm_loss(self):
        for wizard in self:
            rows = wizard._itsm_lost_records() if wizard.module_ids else []
            wizard.itsm_loss = rows and Markup("<ul>%s</ul>") % Markup("").join(
                Markup("<li>%s: <b>%s</b></li>") % (label, count)
                for label, count in rows
            )

    def _itsm_lost_records(self):
        """What the modules of this wizard take along.

        :return: list of ``(label, count)``, the largest first
        """
        names = set(self._get_modules().mapped("name"))
        rows = []
        for loss in self._itsm_losses(names):
            # sudo: what is lost is counted, not read
            model = self.env[loss.model].sudo().with_context(active_test=False)
            count = model.search_count(loss.domain)
            if count:
                # sudo: the model's label is not secret
                label = self.env["ir.model"].sudo()._get(loss.model).name
                rows.append((loss.label or label, count))
        return sorted(rows, key=lambda row: -row[1])

    @api.model
    def _itsm_losses(self, module_names):
        """What is lost with the modules; addons add what no mixin tells.

        :param set module_names: names of all modules that go
        :return: list of `Loss`
        """
        names = set()
        for mixin in MIXINS:
            names |= self._itsm_children(mixin)
        losses = [
            Loss(name)
            for name in sorted(names)
            if self._itsm_is_lost(self.env[name], module_names)
        ]
        if "itsm_base" in module_names:
            losses.append(
                Loss(
                    "helpdesk.ticket",
                    Domain("itsm_kind", "!=", False),
                    self.env._("Tickets: their kind, service, milestones and reasons"),
                )
            )
        return losses

    @api.model
    def _itsm_is_lost(self, model, module_names):
        return (
            not model._abstract
            and not model._transient
            and model._auto
            and model._original_module in module_names
        )

    @api.model
    def _itsm_children(self, name):
        """Names of the models that inherit one, at any distance."""
        found = set()
        todo = [name]
        while todo:
            children = set(self.env.registry[todo.pop()]._inherit_children) - found
            found |= children
            todo += children
        return found
