# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from collections import defaultdict

from odoo import fields, models


class ItsmUploadWizard(models.AbstractModel):
    """A wizard that imports the rows of a file: choose it, look at it, import it.

    Nothing is written before *Import* is pressed. Then the file is read and compared
    again, so that what somebody else entered since the preview is not entered twice.

    Wizards that inherit this have ``line_ids``, the rows of the preview, each with a
    ``state``. They say who may import, read, write and show.

    Requirement: Manners (a preview before anything is written).
    """

    _name = "itsm.upload.wizard"
    _inherit = "itsm.upload.mixin"
    _description = "Import of a File"

    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        default=lambda self: self.env.company,
    )
    file = fields.Binary(attachment=False)
    filename = fields.Char()
    state = fields.Selection(
        selection=[("draft", "File"), ("preview", "Preview"), ("done", "Imported")],
        required=True,
        default="draft",
    )

    # === Actions ===

    def action_preview(self):
        """Read the file and show what it would change; nothing else is written.

        :return: an action that shows the wizard again
        :raise UserError: the file cannot be read; the message names the field and the
            remedy
        :raise AccessError: the user may not write what the file holds
        """
        self.ensure_one()
        self._upload_check_access()
        self._upload_show(self._upload_read())
        self.state = "preview"
        return self._upload_reopen()

    def action_import(self):
        """Write what the preview said; without a preview show it first.

        :return: an action that shows the wizard again
        :raise UserError: as `action_preview`
        :raise AccessError: as `action_preview`
        """
        self.ensure_one()
        if self.state != "preview":
            return self.action_preview()
        self._upload_check_access()
        rows = self._upload_read()
        self._upload_write(rows)
        self._upload_show(rows)
        self.state = "done"
        return self._upload_reopen()

    def action_back(self):
        """Go back to the choice of the file.

        :return: an action that shows the wizard again
        """
        self.ensure_one()
        self.line_ids.unlink()
        self.state = "draft"
        return self._upload_reopen()

    def _upload_reopen(self):
        return {
            "type": "ir.actions.act_window",
            "name": self._upload_title(),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }

    def _upload_show(self, rows):
        """Show rows in place of those of an earlier preview."""
        self.line_ids.unlink()
        self.line_ids.create(
            [dict(self._upload_line_vals(row), import_id=self.id) for row in rows]
        )

    def _upload_counts(self):
        """How many rows are in each state: dict, 0 for a state that no row has."""
        lines = self.line_ids.grouped("state")
        return defaultdict(int, {state: len(same) for state, same in lines.items()})

    # === For the wizards ===

    def _upload_check_access(self):
        """Check what the writing relies on.

        :raise AccessError: the user may not import, or not into the company
        """
        raise NotImplementedError(self._name)

    def _upload_title(self):
        """What the window of the wizard is called."""
        raise NotImplementedError(self._name)

    def _upload_read(self):
        """The rows of the file, compared with what is there.

        :raise UserError: the file cannot be read
        """
        raise NotImplementedError(self._name)

    def _upload_write(self, rows):
        """Write those of the rows that are to be written.

        :param list rows: as `_upload_read` returns them
        """
        raise NotImplementedError(self._name)

    def _upload_line_vals(self, row):
        """Values of the line of the preview that shows a row."""
        raise NotImplementedError(self._name)
