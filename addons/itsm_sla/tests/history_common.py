# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import base64
from pathlib import Path

from odoo.tests import freeze_time

from .common import SlaCommon

DATA = Path(__file__).parent / "data"
HEADER = "number,opened_at,updated_at,state,priority\n"
#: All the files of these tests lie before.
NOW = "2026-03-16 08:00:00"


class HistoryCommon(SlaCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.small = (DATA / "history_small.csv").read_text(encoding="utf-8")
        cls.startClassPatcher(freeze_time(NOW))

    def _new(self, content, user=None, **vals):
        """An import of text (as UTF-8) or bytes, made by a service level manager."""
        data = content.encode() if isinstance(content, str) else content
        # Without the context of the test's environment, which switches mail off.
        env = self.env(user=user or self.sla_manager, context={})
        return env["itsm.history.import"].create(
            {
                "file": base64.b64encode(data),
                "filename": "log.csv",
                "tz": self.zone,
                **vals,
            }
        )

    def _preview(self, content, **vals):
        history = self._new(content, **vals)
        history.action_preview()
        return history

    def _import(self, content, **vals):
        history = self._preview(content, **vals)
        history.action_import()
        self.env.flush_all()
        self.env.invalidate_all()
        return history

    def _ticket(self, number, company=None):
        return self.env["helpdesk.ticket"].search(
            [
                ("number", "=", number),
                ("company_id", "=", (company or self.company).id),
            ]
        )

    def _meanings(self, history):
        return {
            column.name: column.meaning
            for column in history.column_ids
            if column.meaning != "ignore"
        }

    def _reasons(self, history, level):
        return [
            (line.row, line.number, line.reason)
            for line in history.line_ids
            if line.level == level
        ]

    def _set(self, history, name, **vals):
        """Say what a value of the file means, as the user does before the preview."""
        history.value_ids.filtered(lambda v: v.name == name).write(vals)
