# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import base64
import hashlib

from odoo import models
from odoo.exceptions import UserError

from ..tools import guard


class ItsmDocument(models.Model):
    """How a document is printed, and its file kept (REP-29)."""

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.document"

    # === The file ===

    def _stored_content(self):
        """The kept file as bytes; empty if there is none."""
        self.ensure_one()
        # sudo: the attachment is read for whoever may read the document
        attachment_sudo = (
            self.env["ir.attachment"]
            .sudo()
            .search(
                [
                    ("res_model", "=", self._name),
                    ("res_field", "=", "file"),
                    ("res_id", "=", self.id),
                ],
                limit=1,
            )
        )
        return attachment_sudo.raw or b""

    # === The printed form ===

    def _itsm_form_lang(self):
        self.ensure_one()
        return self.lang

    def _itsm_form_paperformat(self):
        return super()._itsm_form_paperformat() or self.kind_id.paperformat_id

    def _itsm_form_data(self):
        labels = dict(self._fields["confidentiality"]._description_selection(self.env))
        return super()._itsm_form_data() | {
            "title": self.name,
            "code": self.number or "",
            "version": f"V{self.version}",
            "confidentiality": labels.get(self.confidentiality, ""),
            "effective_date": self.effective_date,
            "is_draft": self.state in ("draft", "in_approval"),
        }

    def _itsm_form_signatures(self):
        signatures = super()._itsm_form_signatures()
        return signatures if self.kind_id.needs_approval else signatures[:1]

    def _itsm_form_prepared(self):
        self.ensure_one()
        return self.prepared_by_id, self.prepared_at

    def _itsm_form_file(self):
        """The file that was issued; made now if the server could not print then.

        :raise UserError: the kept file is not the one that was issued
        """
        self.ensure_one()
        if self.state not in ("approved", "withdrawn"):
            return super()._itsm_form_file()
        if not self.sha256:
            return None
        if self.file_state == "changed":
            raise UserError(
                self.env._(
                    "%(document)s: the kept file was changed after it was issued; its "
                    "checksum is not %(sha256)s any more. Restore the file from a "
                    "backup.",
                    document=self.display_name,
                    sha256=self.sha256,
                )
            )
        return self._stored_content()

    def _itsm_form_printed(self, content):
        """What is printed of a valid document for the first time is kept."""
        result = super()._itsm_form_printed(content)
        if self.state in ("approved", "withdrawn") and not self.sha256:
            # sudo: the first print makes the file, whoever of the readers prints
            guard.with_token(self.sudo()).write(
                {
                    "file": base64.b64encode(content),
                    "sha256": hashlib.sha256(content).hexdigest(),
                }
            )
        return result
