# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import format_date

from ..tools.control import FREE, RECORD, REFUSE

#: What each class says for itself; nothing above counts.
OWN = ("first_state", "is_abstract")
#: What a class that says yes says for those below it, too.
YES_BELOW = ("is_location", "has_capacity", "is_spare", "holds_data")


class ItsmCiClass(models.Model):
    """What holds for a class, and which class of those above says it (CFG-09)."""

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.ci.class"

    inherited_attribute_ids = fields.Many2many(
        comodel_name="itsm.ci.attribute",
        string="Attributes of the Classes Above",
        compute="_compute_inherited_attribute_ids",
    )
    effective_html = fields.Html(
        string="What Holds",
        compute="_compute_effective_html",
        sanitize=False,
    )

    # Not recursive: Odoo would work out each class by itself. What changes farther up
    # in the same transaction is not seen here until the next one.
    @api.depends("parent_id.attribute_ids.active", "parent_id.attribute_ids.sequence")
    def _compute_inherited_attribute_ids(self):
        for ci_class, path in self._paths().items():
            ci_class.inherited_attribute_ids = self.env["itsm.ci.attribute"].concat(
                *(c.attribute_ids.filtered("active").sorted() for c in path[:-1])
            )

    @api.depends(
        *OWN,
        *YES_BELOW,
        "parent_id",
        "number_prefix",
        "name_pattern",
        "name_hint",
        "state_ids",
        "service_life",
        "control",
        "refuse_from",
        "control_incident",
        "control_field_ids",
        "write_group_id",
    )
    @api.depends_context("lang")
    def _compute_effective_html(self):
        row = Markup(
            '<tr><td>%s</td><td class="text-break">%s</td>'
            '<td class="text-muted">%s</td></tr>'
        )
        table = Markup(
            '<table class="table table-sm"><thead><tr><th>%s</th><th>%s</th>'
            "<th>%s</th></tr></thead><tbody>%s</tbody></table>"
        )
        here = self.env._("This class")
        nowhere = self.env._("Standard")
        standard = self._standard_settings()
        for ci_class, path in self._paths().items():
            rows = [
                row
                % (
                    self._fields[name]._description_string(self.env),
                    text,
                    here if said == ci_class else said.name or nowhere,
                )
                for name, text, said in ci_class._effective_settings(path, standard)
            ]
            ci_class.effective_html = table % (
                self.env._("What"),
                self.env._("Holds"),
                self.env._("Comes From"),
                Markup().join(rows),
            )

    def _paths(self):
        """``{class: [the classes from the top of the tree down to it]}``.

        By the class above that is chosen, which need not be saved; read together.
        """
        found = self.sudo()  # sudo: rules hold, seen or not
        ids = {
            ci_class: parent._path().ids
            for ci_class in found
            if (parent := ci_class.parent_id._origin)
        }
        above = found.browse(sorted({i for path in ids.values() for i in path}))
        above = {ci_class.id: ci_class for ci_class in above}
        return {
            ci_class: [*(above[i] for i in ids.get(ci_class, ())), ci_class]
            for ci_class in found
        }

    @api.model
    def _standard_settings(self):
        """What holds where no class says anything, in words, by field."""
        sequence = self.env.ref("itsm_cmdb.itsm_ci_sequence", raise_if_not_found=False)
        # sudo: how numbers begin is no secret
        prefix = sequence and sequence.sudo().prefix
        # sudo: rules hold, seen or not
        things = self.env["itsm.ci.control.field"].sudo()
        things = things.search([("is_default", "=", True)])
        return {
            "number_prefix": prefix or "",
            "name_pattern": self.env._("Any name"),
            "state_ids": self.env._("All states"),
            "control_field_ids": ", ".join(things.mapped("name")),
            "write_group_id": self.env._("All who may write configuration items"),
        }

    def _effective_settings(self, path, standard):
        """What holds, each time ``(field, text, the class that says it)``.

        :param list path: classes from the top of the tree down to this one
        :param dict standard: see `_standard_settings`
        :return: generator; where no class says anything the class is empty
        """
        self.ensure_one()
        nothing = self.browse()

        def nearest(name):
            return next((c for c in reversed(path) if c[name]), nothing)

        def text(name, said):
            if name == "write_group_id":
                # sudo: a name of a group is no secret
                found = said.sudo().write_group_id.full_name
            elif self._fields[name].type == "many2many":
                found = ", ".join(said[name].mapped("name"))
            else:
                found = said[name]
            return found or standard[name]

        def nearest_text(name):
            said = nearest(name)
            return name, text(name, said), said

        yield nearest_text("number_prefix")
        rule = nearest_text("name_pattern")
        yield rule
        hint = nearest("name_hint")
        if rule[2] and hint:
            yield "name_hint", hint.name_hint, hint
        yield nearest_text("state_ids")
        for name in OWN:
            yield name, self._setting_text(name), self
        for name in YES_BELOW:
            said = nearest(name)
            yield name, said._setting_text(name), said or self
        said = nearest("service_life")
        if said:
            yield "service_life", str(said.service_life), said
        said = nearest("control")
        labels = dict(self._fields["control"]._description_selection(self.env))
        yield "control", labels[said.control or FREE], said
        if said.control == REFUSE and said.refuse_from:
            yield "refuse_from", format_date(self.env, said.refuse_from), said
        if said.control in (RECORD, REFUSE):
            said = nearest("control_incident")
            yield "control_incident", said._setting_text("control_incident"), said
            yield nearest_text("control_field_ids")
        yield nearest_text("write_group_id")

    def _setting_text(self, name):
        """A selection or a yes-or-no in words; of no class: no."""
        field = self._fields[name]
        if field.type == "boolean":
            return self.env._("Yes") if self[name] else self.env._("No")
        labels = dict(field._description_selection(self.env))
        return labels.get(self[name]) or self.env._("No")
