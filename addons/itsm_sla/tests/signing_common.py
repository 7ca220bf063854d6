# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import base64
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.fields import Command

from .common import SlaCommon

#: A picture of one pixel.
PNG = base64.b64encode(
    base64.b64decode(
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk"
        "+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
    )
)


def fake_paper(agreement, lang=None):
    """A file that says the name: printing takes seconds and is tested once."""
    return f"{agreement.code}.pdf", b"%PDF-1.4 " + agreement.name.encode()


class SigningCommon(SlaCommon):
    """An SLA of the first customer, and people who may sign more or less of it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.classPatch(type(cls.env["itsm.agreement"]), "_paper", fake_paper)
        cls.representative = cls._create_user(
            "itsm-representative", "itsm_base.itsm_group_agent"
        )
        cls.director = cls._create_user("itsm-director", "itsm_base.itsm_group_agent")
        cls.seller = cls._create_user("itsm-seller", "itsm_base.itsm_group_agent")
        role = cls.env.ref("itsm_base.itsm_role_management_representative")
        role.holder_ids = [
            Command.clear(),
            Command.create(
                {"user_id": cls.representative.id, "company_id": cls.company.id}
            ),
        ]
        cls.env["itsm.signing.authority"].search([]).active = False
        cls.authorities = cls.env["itsm.signing.authority"].create(
            [
                cls._authority_vals(cls.sla_manager, amount_max=10000),
                cls._authority_vals(cls.director, is_unlimited=True),
                cls._authority_vals(cls.seller, side="proxy", amount_max=50000),
            ]
        )
        cls.maintainer = cls._create_user(
            "itsm-maintainer", "itsm_sla.itsm_group_sla_manager"
        )
        cls.agreement = cls._signable()

    @classmethod
    def _authority_vals(cls, user, **vals):
        return {
            "user_id": user.id,
            "company_id": cls.company.id,
            "kind": "sla",
            "date_start": "2020-01-01",
            **vals,
        }

    @classmethod
    def _signable(cls, **vals):
        """A draft SLA for the first customer with every heading filled."""
        vals = {
            "name": "Managed desktop",
            "partner_id": cls.customer.id,
            "service_ids": [Command.set(cls.service.ids)],
            "signer_ids": [Command.set(cls.requester.ids)],
            "amount": 8000,
            "countersign_ids": [Command.create({"team_id": cls.team.id})],
            **vals,
        }
        if vals.get("kind", "sla") == "ola":
            vals.update(partner_id=False, signer_ids=False)
        agreement = cls._draft_agreement(**vals)
        cls._fill(agreement)
        return agreement

    @classmethod
    def _fill(cls, agreement):
        agreement.action_add_clauses()
        labels = {label: code for code, label in agreement._paper_headings()}
        cls.env["itsm.agreement.clause"].create(
            [
                {
                    "agreement_id": agreement.id,
                    "section": labels[label],
                    "body": "<p>As agreed.</p>",
                }
                for label in agreement._paper_missing()
            ]
        )

    # === Ways to sign ===

    def _put(self, agreement=None):
        """Put to signature; returns the paper."""
        agreement = agreement or self.agreement
        agreement.with_user(self.maintainer).action_put_to_signature()
        return agreement.paper_ids.sorted("number")[-1]

    def _countersign(self, agreement=None, **more):
        agreement = agreement or self.agreement
        seat = agreement.countersign_ids[:1]
        return agreement.with_user(self.lead)._sign_department(
            seat, agreement.paper_ids.sorted("number")[-1], **more
        )

    def _sign_company(self, user=None, agreement=None):
        agreement = agreement or self.agreement
        return agreement.with_user(user or self.sla_manager)._sign_provider(
            agreement.paper_ids.sorted("number")[-1]
        )

    def _sign_customer(self, agreement=None, user=None):
        agreement = agreement or self.agreement
        return agreement.with_user(user or self.portal_user)._sign_portal(
            agreement.sudo().paper_ids.sorted("number")[-1], "P. Requester", PNG
        )

    def _sign_all(self, agreement=None):
        self._put(agreement)
        self._countersign(agreement)
        self._sign_company(agreement=agreement)
        self._sign_customer(agreement)

    def _state(self, agreement=None):
        agreement = agreement or self.agreement
        agreement._signing_refresh()
        return agreement.signing_state

    def _mode(self, code, mode):
        """Set a rule in the company of the tests."""
        self.env["itsm.enforcement.setting"].search(
            [("rule_id.code", "=", code), ("company_id", "=", self.company.id)]
        ).mode = mode

    def _findings(self, code):
        return self.env["itsm.enforcement.finding"].search([("rule_code", "=", code)])

    def _no_paper_program(self):
        """Context: the server cannot print."""

        def fail(agreement, lang=None):
            raise UserError("no program")  # pylint: disable=translation-required

        return patch.object(type(self.env["itsm.agreement"]), "_paper", fail)
