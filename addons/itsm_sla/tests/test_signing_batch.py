# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from unittest.mock import patch

from odoo.fields import Command
from odoo.tests import tagged

from .signing_common import SigningCommon


@tagged("post_install", "-at_install")
class TestSigningBatch(SigningCommon):
    """SLM-19, speed: how far agreements are signed costs a list constant queries."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.agreements = cls.agreement
        for number in range(5):
            cls.agreements |= cls._signable(name=f"Desktop {number}")

    def _queries(self, agreements, *names):
        """Queries and digests of papers that it takes to read fields of a list."""
        self.env.flush_all()
        self.env.invalidate_all()
        papers = type(self.env["itsm.agreement.paper"])
        digest, count = papers._digest, []

        def counting(paper, content):
            count.append(1)
            return digest(paper, content)

        agreements = self.env["itsm.agreement"].browse(agreements.ids)
        before = self.env.cr.sql_log_count
        with patch.object(papers, "_digest", counting):
            agreements.web_read({name: {} for name in names or ["signing_state"]})
        return self.env.cr.sql_log_count - before, len(count)

    def _sign(self, agreements):
        """In turn only put to signature, countersigned, signed by all."""
        for number, agreement in enumerate(agreements):
            self._put(agreement)
            if number % 3:
                self._countersign(agreement)
            if number % 3 == 2:
                self._sign_company(agreement=agreement)
                self._sign_customer(agreement)

    def test_drafts(self):
        """Drafts put to signature, countersigned and signed: as many queries for six
        as for three; each content is compared once, each file looked at once."""
        self._sign(self.agreements)
        few, many = self.agreements[:3], self.agreements
        self._queries(many, "signing_missing")  # what is kept for good
        for names in (["signing_state"], ["signing_state", "signing_missing"]):
            queries, digests = self._queries(few, *names)
            self.assertEqual(self._queries(many, *names), (queries, 2 * digests))
            self.assertEqual(digests, 2 * len(few))
        self.assertEqual(
            many.mapped("signing_state"), ["review", "countersigned", "signed"] * 2
        )

    def test_in_force(self):
        """The same of agreements in force, and of seats of roles."""
        role = self.env.ref("itsm_base.itsm_role_management_representative")
        agreements = self.env["itsm.agreement"]
        for number in range(6):
            customer = self.env["res.partner"].create({"name": f"Customer {number}"})
            agreements |= self._signable(
                partner_id=customer.id,
                signer_ids=False,
                countersign_ids=[Command.create({"role_id": role.id})],
            )
        for agreement in agreements:
            self._put(agreement)
            agreement.action_activate()
        names = ("signing_state", "signing_missing")
        self._queries(agreements, *names)
        queries, digests = self._queries(agreements[:3], *names)
        self.assertEqual(self._queries(agreements, *names), (queries, 2 * digests))
        self.assertEqual(set(agreements.mapped("signing_state")), {"review"})
        self.assertIn(self.representative.name, agreements[0].signing_missing)
