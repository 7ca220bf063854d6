# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import base64
import hashlib
import json

from odoo import api, fields, models
from odoo.exceptions import UserError

from .itsm_visit import SIGNED_FIELDS


class ItsmVisit(models.Model):
    """The signature of the customer, and what it seals (D21, MS-29)."""

    _inherit = "itsm.visit"

    @api.depends("content_hash", *SIGNED_FIELDS)
    def _compute_seal(self):
        for visit in self:
            if not visit.content_hash:
                visit.seal = "none"
            elif visit.content_hash == visit._content_hash():
                visit.seal = "intact"
            else:
                visit.seal = "changed"

    def action_sign(self):
        """Seal the sheet that the customer has signed; after that it stays as it is.

        :raise UserError: the engineer has not left, or name or signature is missing
        """
        self._check_state("done")
        for visit in self:
            if not (visit.signed_by or "").strip() or not visit.signature:
                raise UserError(
                    self.env._(
                        "%(visit)s: enter the name of who signs, and let him sign.",
                        visit=visit.number,
                    )
                )
            visit._step(signed_at=fields.Datetime.now())
            visit._step(state="signed", content_hash=visit._content_hash())
        return True

    def _content_hash(self):
        """SHA-256 of what was signed, pictures included.

        :rtype: str
        """
        self.ensure_one()
        # sudo: a checksum does not depend on who may open the pictures
        visit = self.sudo().with_context(bin_size=False)
        content = {"number": visit.number, "signed_at": str(visit.signed_at)}
        for name in SIGNED_FIELDS:
            value = visit[name]
            if name == "photo_ids":
                content[name] = [
                    hashlib.sha256(photo.raw or b"").hexdigest()
                    for photo in value.sorted("id")
                ]
            elif name == "signature":
                image = base64.b64decode(value or b"")
                content[name] = hashlib.sha256(image).hexdigest()
            elif self._fields[name].type == "many2one":
                content[name] = value.id
            else:
                content[name] = str(value) if value else ""
        text = json.dumps(content, sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()

    def _check_not_signed(self, vals):
        """Refuse to change what was signed, or to reopen what was cancelled.

        :raise UserError: naming the visit
        """
        if not (set(SIGNED_FIELDS) | {"number"}) & vals.keys():
            return
        for visit in self:
            if visit.state == "signed":
                raise UserError(
                    self.env._(
                        "%(visit)s was signed by %(name)s: it stays as it is. Plan "
                        "another visit, or write a message.",
                        visit=visit.number,
                        name=visit.signed_by,
                    )
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_begun(self):
        for visit in self:
            if visit.state not in ("planned", "cancelled") or visit.arrived_at:
                raise UserError(
                    self.env._(
                        "%(visit)s has begun: it is kept as evidence and cannot be "
                        "deleted.",
                        visit=visit.number,
                    )
                )

    # === The printed form ===

    def _zone(self):
        """The zone in which times of the visit are printed: that of the company."""
        self.ensure_one()
        # sudo: the zone of a company is no secret
        return self.env["itsm.kpi"]._kpi_zone(self.company_id.sudo())

    def _itsm_form_data(self):
        return super()._itsm_form_data() | {
            "title": self.number,
            "code": self.number,
            "is_draft": self.state != "signed",
        }

    def _itsm_form_signatures(self):
        # The customer signs the sheet itself.
        return []
