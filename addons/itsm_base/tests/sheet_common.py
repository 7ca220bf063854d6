# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import base64
import io
from pathlib import Path

import openpyxl

from odoo.tests import TransactionCase


class SheetCommon(TransactionCase):
    """Sheets of master data, read as a manager of IT services."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env["res.company"].create({"name": "Sheet Company"})
        cls.manager = cls._user("sheet-manager", "itsm_base.itsm_group_manager")

    @classmethod
    def _user(cls, login, *groups):
        return cls.env["res.users"].create(
            {
                "name": login,
                "login": login,
                "email": f"{login}@example.com",
                "company_id": cls.company.id,
                "company_ids": [(6, 0, cls.company.ids)],
                "group_ids": [(6, 0, [cls.env.ref(name).id for name in groups])],
            }
        )

    def _example(self, module, name):
        folder = Path(__file__).parents[2] / module / "static" / "example"
        return (folder / name).read_bytes()

    def _csv(self, *rows):
        return "\n".join(rows).encode()

    def _book(self, *rows, merge=None):
        book = openpyxl.Workbook()
        for row in rows:
            book.active.append(row)
        if merge:
            book.active.merge_cells(merge)
        buffer = io.BytesIO()
        book.save(buffer)
        return buffer.getvalue()

    def _preview(self, kind, data, user=None):
        wizard = (
            self.env["itsm.sheet.import"]
            .with_user(user or self.manager)
            .with_company(self.company)
            .create(
                {
                    "kind": kind,
                    "company_id": self.company.id,
                    "file": base64.b64encode(data),
                }
            )
        )
        wizard.action_preview()
        return wizard

    def _import(self, kind, data, user=None):
        wizard = self._preview(kind, data, user)
        wizard.action_import()
        return wizard

    def _states(self, wizard):
        return {line.number: line.state for line in wizard.line_ids}

    def _messages(self, wizard):
        return {line.number: line.message for line in wizard.line_ids}
