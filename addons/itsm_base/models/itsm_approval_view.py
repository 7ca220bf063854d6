# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from copy import deepcopy

from odoo import api, models

LOCKED = "approval_state in ('waiting', 'approved')"


class ItsmApprovalMixin(models.AbstractModel):
    """The one look of approvals: every form and search of such a record shows it.

    Buttons, banner, page and filter are the views of the mixin itself; they are put
    into the views of the models that inherit it, which need to do nothing.
    """

    _inherit = "itsm.approval.mixin"

    @api.model
    def _get_view(self, view_id=None, view_type="form", **options):
        arch, view = super()._get_view(view_id, view_type, **options)
        if self._abstract:
            return arch, view
        if view_type == "form":
            self._approval_put_into_form(arch)
        elif view_type == "search":
            part = self._approval_part("itsm_base.itsm_approval_mixin_view_search")
            arch.extend(part)
        return arch, view

    @api.model
    def _approval_part(self, xmlid):
        # sudo: as every view is read for the user
        return deepcopy(self.env.ref(xmlid).sudo()._get_combined_arch())

    @api.model
    def _approval_put_into_form(self, arch):
        self._approval_make_readonly(arch)
        part = self._approval_part("itsm_base.itsm_approval_mixin_view_form")
        header = arch.find("header")
        sheet = arch.find("sheet")
        if header is None:
            header = arch.makeelement("header")
            arch.insert(0, header)
        for position, button in enumerate(part.find("header")):
            header.insert(position, button)
        if sheet is None:
            sheet = arch
        else:
            for banner in part.findall("div"):
                sheet.addprevious(banner)
        notebook = sheet.find(".//notebook")
        if notebook is None:
            notebook = sheet.makeelement("notebook")
            sheet.append(notebook)
        notebook.extend(part.find("sheet/notebook"))

    @api.model
    def _approval_make_readonly(self, arch):
        """Show fields of a locked record as what they are; the server refuses them."""
        unlocked = self._approval_unlocked_fields()
        for node in arch.xpath("//field[@name][not(ancestor::field)]"):
            field = self._fields.get(node.get("name"))
            if field is None or field.name in unlocked:
                continue
            readonly = node.get("readonly")
            if readonly:
                node.set("readonly", f"({readonly}) or {LOCKED}")
            elif not field.readonly:
                node.set("readonly", LOCKED)
