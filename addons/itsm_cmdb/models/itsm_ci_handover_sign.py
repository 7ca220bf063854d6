# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import base64
import hashlib
import json

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.itsm_base.tools import guard
from odoo.addons.itsm_base.tools.serial import one_after_the_other

#: What who signs saw of the sheet, and of each thing on it.
SHEET_FIELDS = (
    "number",
    "kind",
    "partner_id",
    "company_id",
    "date",
    "location_id",
    "user_id",
)
#: What was sealed of sheets that were signed before 19.0.1.5.0.
SHEET_FIELDS_BEFORE = SHEET_FIELDS[:-1]
LINE_FIELDS = ("number", "name", "serial", "asset_tag", "condition", "accessories")


class ItsmCiHandover(models.Model):
    """The signature under a hand-over sheet, and what it seals (CFG-38, MS-29)."""

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.ci.handover"

    signed_by = fields.Char(
        string="Name of who Signs", copy=False, help="In print, under the signature."
    )
    signature = fields.Binary(copy=False, attachment=True)
    scan = fields.Binary(
        string="Signed Sheet",
        copy=False,
        attachment=True,
        help="A scan of the sheet that was signed on paper.",
    )
    scan_name = fields.Char(string="Name of the Scan", copy=False)
    signed_way = fields.Selection(
        selection=[
            ("drawn", "Drawn here"),
            ("portal", "In the portal"),
            ("scan", "On paper"),
        ],
        string="Signed How",
        readonly=True,
        copy=False,
    )
    signed_at = fields.Datetime(readonly=True, copy=False)
    signed_user_id = fields.Many2one(
        comodel_name="res.users",
        string="Taken Down By",
        readonly=True,
        copy=False,
        ondelete="restrict",
        help="Whose session it was: of the person himself in the portal.",
    )
    content_hash = fields.Char(
        string="Checksum",
        readonly=True,
        copy=False,
        help="SHA-256 of everything that was signed.",
    )
    seal = fields.Selection(
        selection=[
            ("none", "Not signed"),
            ("intact", "As it was signed"),
            ("changed", "Changed after the signature"),
        ],
        compute="_compute_seal",
        string="State of the Sheet",
    )

    def _compute_seal(self):
        for sheet in self:
            if not sheet.content_hash:
                sheet.seal = "none"
            elif sheet.content_hash in (
                sheet._content_hash(),
                sheet._content_hash(SHEET_FIELDS_BEFORE),
            ):
                sheet.seal = "intact"
            else:
                sheet.seal = "changed"

    def action_sign(self):
        """Seal the sheet that was signed here or on paper.

        :raise UserError: it does not wait for a signature, or name and signature are
            missing
        """
        self._check_step("waiting")
        one_after_the_other(self)
        for sheet in self:
            # with the size alone, a signature is not read to see whether there is one
            if not (sheet.signed_by or "").strip() or not (
                sheet.signature or sheet.scan
            ):
                raise UserError(
                    self.env._(
                        "%(sheet)s: enter the name of who signs, and let him sign or "
                        "upload the signed paper.",
                        sheet=sheet.number,
                    )
                )
            sheet._seal("drawn" if sheet.signature else "scan")
        return True

    def _sign_portal(self, name, signature):
        """The person himself signs in the portal; ``self`` in sudo, he was checked.

        :param str name: as he wrote it
        :param str signature: PNG in base64
        :raise UserError: the sheet does not wait for a signature
        """
        self.ensure_one()
        self._check_step("waiting")
        one_after_the_other(self)
        guard.with_token(self).write({"signed_by": name, "signature": signature})
        self._seal("portal")
        self.message_post(
            body=self.env._("%(name)s has signed in the portal.", name=name)
        )
        self.activity_schedule(
            "mail.mail_activity_data_todo",
            user_id=self.user_id.id,
            summary=self.env._("Signed: hand over and complete the sheet"),
        )

    def _seal(self, way):
        sheet = guard.with_token(self)
        sheet.write(
            {
                "signed_way": way,
                "signed_at": fields.Datetime.now(),
                "signed_user_id": self.env.uid,
            }
        )
        sheet.write({"state": "signed", "content_hash": sheet._content_hash()})

    def _content_hash(self, names=SHEET_FIELDS):
        """SHA-256 of what was signed, files included.

        :param tuple names: fields of the sheet itself
        :rtype: str
        """
        self.ensure_one()
        # sudo: a checksum does not depend on who may open the files
        sheet = self.sudo().with_context(bin_size=False)
        content = {
            "sheet": [sheet._hashed(sheet, name) for name in names],
            "note": sheet.note or "",
            "signed": [sheet.signed_by or "", str(sheet.signed_at)],
            "lines": [
                [sheet._hashed(line, name) for name in LINE_FIELDS]
                + [line.ci_id.id, line.remark or ""]
                for line in sheet.line_ids.sorted("id")
            ],
        }
        for name in ("signature", "scan"):
            file = base64.b64decode(sheet[name] or b"")
            content[name] = hashlib.sha256(file).hexdigest()
        text = json.dumps(content, sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()

    @api.model
    def _hashed(self, record, name):
        value = record[name]
        if record._fields[name].type == "many2one":
            return value.id
        return str(value) if value else ""

    # === The printed sheet ===

    def _itsm_form_data(self):
        return super()._itsm_form_data() | {
            "title": self.number,
            "code": self.number,
            "effective_date": self.date,
            "is_draft": self.state in ("draft", "cancelled"),
        }

    def _itsm_form_signatures(self):
        # both sign the sheet itself
        return []
