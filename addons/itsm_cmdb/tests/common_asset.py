# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields
from odoo.fields import Command

from odoo.addons.itsm_base.tools import guard

from .common import CmdbCommon

#: A picture of one pixel.
PIXEL = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJ"
    "RU5ErkJggg=="
)


class AssetCommon(CmdbCommon):
    """A laptop, a monitor and a room; a person who gets them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sheets = cls.env["itsm.ci.handover"]
        cls.room = cls._ci("Store", cls.class_place)
        cls.laptop, cls.monitor = cls.env["itsm.ci"].create(
            [
                cls._ci_vals(
                    "laptop 1",
                    serial="S-1",
                    model_name="Model 14",
                    state="received",
                    owner_id=cls.ci_owner.id,
                ),
                cls._ci_vals("monitor 1", serial="S-2", state="received"),
            ]
        )
        cls.person = cls.portal_user.partner_id

    @classmethod
    def _new_sheet(cls, items, kind="out", user=None, **vals):
        sheets = cls.sheets.with_user(user) if user else cls.sheets
        return sheets.create(
            {
                "kind": kind,
                "partner_id": cls.person.id,
                "line_ids": [Command.create({"ci_id": item.id}) for item in items],
                **vals,
            }
        )

    @classmethod
    def _signed(cls, items, kind="out", user=None, **vals):
        sheet = cls._new_sheet(items, kind, user, **vals)
        sheet.action_present()
        sheet.write({"signed_by": "Person", "signature": PIXEL})
        sheet.action_sign()
        return sheet

    @classmethod
    def _hand_over(cls, items, kind="out", user=None, **vals):
        sheet = cls._signed(items, kind, user, **vals)
        sheet.action_done()
        return sheet

    @classmethod
    def _today(cls):
        return fields.Date.context_today(cls.env.user)

    @classmethod
    def _force(cls, record, **vals):
        guard.with_token(record).write(vals)
