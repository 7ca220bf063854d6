# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import base64
import io

import xlsxwriter

from odoo import api, fields, models

from odoo.addons.itsm_base.tools.text_file import escape_cell

#: Fields of a row, in the order of the sheet; what they are in the example.
COLUMNS = {
    "name": None,
    "serial": "SN-2026-{number:04}",
    "asset_tag": "A-{number:05}",
    "hostname": None,
    "external_id": None,
    "version": "1.0",
    "state": None,
    "environment": "production",
    "criticality": "3",
    "owner_id": None,
    "location_id": None,
    "model_name": None,
    "supplier_id": None,
    "purchase_date": "2026-01-15",
    "warranty_end": "2029-01-14",
}
#: What an attribute has in the example, by its type.
EXAMPLES = {
    "integer": "4",
    "float": "8.5",
    "date": "2026-01-31",
    "datetime": "2026-01-31 09:00:00",
}
OPTIONS = {
    "in_memory": True,
    # what people typed is text, never a formula or a link
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


class ItsmCiForm(models.TransientModel):
    """The initialisation form of the CMDB, to be filled in and imported (D27, CFG-14).

    Three sheets: configuration items with an example row for each class, the classes
    with their naming rules, and their attributes. The first one is what an import
    reads.
    """

    _name = "itsm.ci.form"
    _description = "Initialisation Form of the CMDB"

    class_ids = fields.Many2many(
        comodel_name="itsm.ci.class",
        relation="itsm_ci_form_class_rel",
        column1="form_id",
        column2="class_id",
        string="CI Classes",
        domain="[('is_abstract', '=', False)]",
        help="Empty: all of them.",
    )
    lang = fields.Selection(
        selection=lambda self: self.env["res.lang"].get_installed(),
        string="Language",
        required=True,
        default=lambda self: self.env.lang or "en_US",
    )
    has_examples = fields.Boolean(
        string="With Examples",
        default=True,
        help="A filled row for each class; delete them before you import yours.",
    )
    file = fields.Binary(readonly=True, attachment=False)
    filename = fields.Char(readonly=True)

    @api.model
    def default_get(self, fields):
        values = super().default_get(fields)
        if self.env.context.get("active_model") == "itsm.ci.class":
            classes = self.env["itsm.ci.class"].browse(self.env.context["active_ids"])
            values["class_ids"] = classes.filtered(lambda c: not c.is_abstract).ids
        return values

    def action_make(self):
        """Make the workbook.

        :return: an action that shows the wizard with the file
        """
        self.ensure_one()
        self.write(
            {
                "file": base64.b64encode(self._workbook()),
                "filename": f"cmdb_{self.lang}.xlsx",
            }
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Initialisation Form"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }

    def _workbook(self):
        """The form in its language.

        :rtype: bytes
        """
        self.ensure_one()
        form = self.with_context(lang=self.lang)
        classes = form.class_ids or form.class_ids.search(
            [("is_abstract", "=", False), ("code", "!=", "service")]
        )
        stream = io.BytesIO()
        with xlsxwriter.Workbook(stream, OPTIONS) as book:
            head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True})
            for title, rows in (
                (form.env._("Configuration Items"), form._item_rows(classes)),
                (form.env._("CI Classes"), form._class_rows(classes)),
                (form.env._("Attributes"), form._attribute_rows(classes)),
            ):
                sheet = book.add_worksheet(title[:31])
                sheet.freeze_panes(1, 0)
                for place, cells in enumerate(rows):
                    for column, cell in enumerate(cells):
                        text = escape_cell(str(cell or ""))
                        sheet.write_string(
                            place, column, text, head if not place else None
                        )
                sheet.set_column(0, len(rows[0]) - 1, 20)
        return stream.getvalue()

    def _attributes_of(self, ci_class):
        known = ci_class._attribute_map().values()
        return [a.with_context(lang=self.lang) for a in known if a.active]

    def _item_rows(self, classes):
        items = self.env["itsm.ci"]
        attributes = {}
        for ci_class in classes:
            for attribute in self._attributes_of(ci_class):
                attributes.setdefault(attribute.code, attribute)
        rows = [
            [
                items._fields["class_id"]._description_string(self.env),
                *(items._fields[n]._description_string(self.env) for n in COLUMNS),
                *(f"{a.name} ({code})" for code, a in attributes.items()),
            ]
        ]
        if not self.has_examples:
            return rows
        for number, ci_class in enumerate(classes, start=1):
            own = {a.code for a in self._attributes_of(ci_class)}
            row = [ci_class.code]
            for name, example in COLUMNS.items():
                if name == "name":
                    example = self.env._("Example: %(name)s", name=ci_class.name)
                elif name in ("environment", "criticality"):
                    field = items._fields[name]
                    example = dict(field._description_selection(self.env))[example]
                row.append(example.format(number=number) if example else "")
            row += [
                self._example(attribute) if code in own else ""
                for code, attribute in attributes.items()
            ]
            rows.append(row)
        return rows

    def _example(self, attribute):
        if attribute.pattern or attribute.kind in ("many2one", "text", "char"):
            return ""
        if attribute.kind in ("selection", "tags"):
            return attribute.option_ids.filtered("active")[:1].name or ""
        if attribute.kind == "boolean":
            return self.env._("yes")
        return EXAMPLES[attribute.kind]

    def _class_rows(self, classes):
        env = self.env
        states = dict(env["itsm.ci"]._fields["state"]._description_selection(env))
        rows = [
            [
                *(env._("Code"), env._("Class"), env._("Kind of"), env._("Numbers")),
                *(env._("Naming Rule"), env._("Naming Rule in Words")),
                *(env._("States"), env._("Description")),
            ]
        ]
        for ci_class in classes:
            known = ci_class._inherited("state_ids").mapped("code")
            rows.append(
                [
                    ci_class.code,
                    ci_class.name,
                    ci_class.parent_id.name,
                    ci_class._inherited("number_prefix"),
                    ci_class._inherited("name_pattern"),
                    ci_class._inherited("name_hint"),
                    ", ".join(states[code] for code in known or states),
                    ci_class.description,
                ]
            )
        return rows

    def _attribute_rows(self, classes):
        env = self.env
        fields_of = env["itsm.ci.attribute"]._fields
        kinds = dict(fields_of["kind"]._description_selection(env))
        rows = [
            [
                *(env._("CI Class"), env._("Code"), env._("Attribute"), env._("Type")),
                *(env._("Unit"), env._("Required"), env._("Choices"), env._("Rule")),
                env._("Default"),
            ]
        ]
        for ci_class in classes:
            for attribute in self._attributes_of(ci_class):
                options = attribute.option_ids.filtered("active")
                rows.append(
                    [
                        ci_class.name,
                        attribute.code,
                        attribute.name,
                        kinds[attribute.kind],
                        attribute.unit,
                        env._("yes") if attribute.required else "",
                        ", ".join(options.mapped("name")),
                        attribute.pattern,
                        attribute.default_value,
                    ]
                )
        return rows
