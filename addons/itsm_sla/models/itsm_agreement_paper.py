# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import hashlib
import json

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.itsm_base.tools import guard

from .itsm_agreement_signing import FOR_SIGNATURE


class ItsmAgreementPaper(models.Model):
    """The very file that is put to signature, and what it says (SLM-24, D02, D03).

    Made when an agreement is put to signature; everybody signs the same file. As soon
    as the draft says something else, the paper and all signatures under it are void,
    and a new one has to be made.
    """

    _name = "itsm.agreement.paper"
    _description = "Paper for Signature"
    _inherit = ["itsm.evidence.mixin"]
    _order = "agreement_id, number desc"

    agreement_id = fields.Many2one(
        comodel_name="itsm.agreement",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(related="agreement_id.company_id")
    number = fields.Integer(readonly=True, aggregator=None)
    lang = fields.Char(string="Language", readonly=True)
    made_at = fields.Datetime(string="Made on", required=True, readonly=True)
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Put to Signature by",
        required=True,
        readonly=True,
        ondelete="restrict",
    )
    content = fields.Json(string="Content as Kept", readonly=True)
    digest = fields.Char(
        string="SHA-256 of the Content", readonly=True, help="When it was made."
    )
    attachment_id = fields.Many2one(
        comodel_name="ir.attachment", string="File", readonly=True, ondelete="restrict"
    )
    sha256 = fields.Char(
        string="SHA-256 of the File",
        readonly=True,
        help="Signatures are for the file with this checksum.",
    )
    is_altered = fields.Boolean(
        string="Altered",
        compute="_compute_is_altered",
        help="File or content is no longer what was put to signature.",
    )
    is_current = fields.Boolean(
        string="Current",
        compute="_compute_is_current",
        help="The agreement still says what the paper says.",
    )

    _number_uniq = models.Constraint(
        "UNIQUE(agreement_id, number)", "The agreement has this paper already."
    )

    @api.depends("agreement_id", "number")
    def _compute_display_name(self):
        for paper in self:
            paper.display_name = self.env._(
                "%(agreement)s, paper %(number)s",
                agreement=paper.agreement_id.display_name,
                number=paper.number,
            )

    @api.depends("content", "digest", "attachment_id", "sha256")
    def _compute_is_altered(self):
        for paper in self:
            paper.is_altered = (
                paper.digest != self._digest(paper.content)
                or paper.sha256 != hashlib.sha256(paper._file()).hexdigest()
            )

    @api.depends(lambda self: self._current_depends())
    def _compute_is_current(self):
        # sudo: the same whoever reads; in sudo lists are whole
        current = self.agreement_id.sudo()._current_papers()
        for paper in self:
            paper.is_current = paper._origin == current.get(paper.agreement_id.id)

    @api.model
    def _current_depends(self):
        agreements = self.env["itsm.agreement"]
        return ["is_altered"] + [
            f"agreement_id.{name}" for name in agreements._signing_depends()
        ]

    def _file(self):
        """The kept file; empty if it is gone.

        :rtype: bytes
        """
        self.ensure_one()
        # sudo: the attachment is read for whoever may read the agreement. A form of
        # the web client asks for sizes in place of contents.
        paper = self.sudo().with_context(bin_size=False)
        return paper.attachment_id.raw or b""

    @api.model
    def _digest(self, content):
        """Hexadecimal SHA-256 of what a paper says.

        :param dict content: plain data
        """
        plain = json.dumps(content, sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(plain.encode()).hexdigest()

    @api.model
    def _make(self, agreement):
        """Make the paper of an agreement as it is now.

        A server that cannot print keeps the content as a text file: then the checksum
        is that of the text.

        :param agreement: ``itsm.agreement``
        :return: the paper, in sudo and without the token
        """
        agreement.ensure_one()
        # sudo: the paper is the same, whoever puts it to signature
        secured = guard.with_token(self).sudo()
        lang = agreement._signing_lang()
        content = agreement._signing_content(lang)
        paper = secured.create(
            {
                "agreement_id": agreement.id,
                "number": 1
                # sudo: numbers of all papers
                + max(agreement.sudo().paper_ids.mapped("number"), default=0),
                "lang": lang,
                "made_at": fields.Datetime.now(),
                "user_id": self.env.uid,
                "content": content,
                "digest": self._digest(content),
            }
        )
        try:
            # sudo: the whole paper, with the money
            printed = agreement.sudo().with_context(itsm_for_signature=FOR_SIGNATURE)
            name, file = printed._paper(lang)
            mimetype = "application/pdf"
        except UserError:
            name, file, mimetype = "", b"", "application/json"
        if not file:
            plain = json.dumps(content, sort_keys=True, ensure_ascii=False, indent=1)
            name, file = f"{agreement.code or agreement.id}.json", plain.encode()
            mimetype = "application/json"
        attachment = secured.env["ir.attachment"].create(
            {
                "name": name,
                "raw": file,
                "mimetype": mimetype,
                "res_model": self._name,
                "res_id": paper.id,
            }
        )
        paper.write(
            {
                "attachment_id": attachment.id,
                "sha256": hashlib.sha256(file).hexdigest(),
            }
        )
        return guard.without_token(paper)

    def action_download(self):
        """Open the file in the browser."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_url",
            "url": f"/itsm/agreement/paper/{self.id}",
            "target": "new",
        }
