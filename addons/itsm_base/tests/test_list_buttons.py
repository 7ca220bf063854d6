# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from lxml import etree

from odoo.tests import TransactionCase, tagged

#: Buttons in these pass the ids of the records to the method.
BUTTONS = "//button[@type='object'][@name]"


def uncallable(view):
    """Methods behind buttons of a view that take no records.

    A client calls them with ids; a method of the model would get these as an argument.

    :rtype: list[str]
    """
    found = []
    for button in etree.fromstring(view.arch_db).xpath(BUTTONS):
        model = view.env[view.model]
        for parent in reversed(list(button.iterancestors("field"))):
            name = parent.get("name")
            comodel = model._fields[name].comodel_name if name in model._fields else ""
            if not comodel:
                break
            model = view.env[comodel]
        method = getattr(type(model), button.get("name"), None)
        if method is not None and getattr(method, "_api_model", False):
            found.append(f"{view.xml_id}: {model._name}.{button.get('name')}")
    return found


@tagged("post_install", "-at_install")
class TestListButtons(TransactionCase):
    """What is behind a button can be called the way a client calls it."""

    def _views(self):
        views = self.env["ir.ui.view"].search([("model", "!=", False)])
        return views.filtered(
            lambda view: (
                (view.xml_id or "").startswith("itsm")
                and view.model in self.env
                and view.type in ("list", "form", "kanban")
            )
        )

    def test_buttons(self):
        """No button of any view of the addons calls a method of the model."""
        views = self._views()
        self.assertGreater(len(views), 20)
        self.assertEqual([row for view in views for row in uncallable(view)], [])

    def test_finds(self):
        """The search for such buttons finds one, in a list of lines as well."""
        header = "<header><button name='name_search' type='object'/></header>"
        for model, arch, named in (
            ("res.partner", f"<list>{header}<field name='name'/></list>", "partner"),
            (
                "res.partner",
                f"<form><field name='bank_ids'><list>{header}</list></field></form>",
                "partner.bank",
            ),
        ):
            view = self.env["ir.ui.view"].new(
                {"model": model, "arch_db": arch, "type": "list"}
            )
            self.assertIn(f"res.{named}.name_search", "".join(uncallable(view)))
