# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import hashlib
from datetime import date, timedelta

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.itsm_base.tools import guard

from .signing_common import PNG, SigningCommon


@tagged("post_install", "-at_install")
class TestSigning(SigningCommon):
    """From the draft to the signed agreement, and who may not (SLM-19, 20, 74)."""

    def test_states_follow_the_evidence(self):
        """SLM-20, D02: draft, in review, countersigned, signed, then in force."""
        self.assertEqual(self._state(), "draft")
        paper = self._put()
        self.assertEqual(self._state(), "review")
        self.env.invalidate_all()
        form = self.agreement.with_context(bin_size=True)  # as the web client reads
        self.assertEqual(form.signing_state, "review")
        self.assertFalse(form.paper_ids.is_altered)
        self.assertEqual(
            paper.sha256,
            hashlib.sha256(b"%PDF-1.4 Managed desktop").hexdigest(),
            "of exactly the file that is kept",
        )
        self.assertEqual(paper.attachment_id.raw, b"%PDF-1.4 Managed desktop")
        self._countersign()
        self.assertEqual(self._state(), "countersigned")
        told = self.env["mail.notification"].search(
            [("mail_message_id.res_id", "=", self.agreement.id)]
        )
        told = told.filtered(
            lambda n: (
                n.mail_message_id.model == "itsm.agreement"
                and n.res_partner_id.partner_share
            )
        )
        self.assertEqual(
            told.res_partner_id, self.requester, "his turn; no other customer is told"
        )
        self.assertIn(f"/my/agreements/{self.agreement.id}", told.mail_message_id.body)
        signature = self._sign_company()
        self.assertEqual(signature.authority_id, self.authorities[0])
        self.assertEqual(self._state(), "countersigned")
        self.assertIn("Customer One", self.agreement.signing_missing)
        customer = self._sign_customer()
        self.assertEqual(self._state(), "signed")
        self.assertFalse(self.agreement.signing_missing)
        self.assertRecordValues(
            customer,
            [
                {
                    "name": "P. Requester",
                    "user_id": self.portal_user.id,
                    "partner_id": self.customer.id,
                    "way": "portal",
                    "sha256": paper.sha256,
                    "state": "valid",
                }
            ],
        )
        before = self._findings("agreement_signature")
        self.agreement.with_user(self.maintainer).action_activate()
        self.assertFalse(self._findings("agreement_signature") - before)
        self.assertEqual(self._state(), "signed")

    def test_state_in_the_web_client(self):
        """SLM-20: forms read with sizes instead of files; the state is the same."""
        self._sign_all()
        self.env.invalidate_all()
        seen = self.agreement.with_user(self.maintainer).with_context(bin_size=True)
        self.assertEqual(seen.signing_state, "signed")
        self.assertFalse(seen.paper_ids.is_altered)

    def test_maintainer_cannot_sign(self):
        """SLM-48, table 3: who keeps agreements has no authority by that."""
        self._put()
        self._countersign()
        with self.assertRaisesRegex(ValidationError, "no authority"):
            self._sign_company(self.maintainer)
        with self.assertRaisesRegex(ValidationError, "no authority"):
            self.agreement.with_user(self.maintainer)._ask_proxy(
                self.agreement.paper_ids, "Not there", date(2030, 1, 1)
            )
        with self.assertRaises(AccessError):
            self._sign_company(self.agent)
        with self.assertRaises(AccessError):
            self.agreement.with_user(self.maintainer)._sign_department(
                self.agreement.countersign_ids, self.agreement.paper_ids
            )
        # Where the rule only records, he may, and it is found.
        self._mode("signing_authority", "record")
        self._sign_company(self.maintainer)
        self.assertEqual(
            self._findings("signing_authority")[:1].user_id, self.maintainer
        )
        with self.assertRaises(AccessError):
            self.agreement.with_user(self.agent)._check_authority("provider")

    def test_beyond_authority(self):
        """SLM-74: up to the yearly amount, of the kind, in the company, in time."""
        self.agreement.amount = 10000.01
        self._put()
        self._countersign()
        with self.assertRaisesRegex(ValidationError, "worth more"):
            self._sign_company(self.sla_manager)
        authority = self.authorities[0]
        authority.amount_max = 10000.01
        self.assertTrue(
            self.agreement.with_user(self.sla_manager)._check_authority("provider")
        )
        for vals in (
            {"kind": "uc"},
            {"kind": "sla", "date_end": "2021-01-01"},
            {"date_end": False, "date_start": "2100-01-01"},
            {"date_start": "2020-01-01", "active": False},
            {"active": True, "side": "proxy"},
        ):
            authority.write(vals)
            with self.assertRaises(ValidationError, msg=str(vals)):
                self._sign_company(self.sla_manager)
        other = self.env["res.company"].create({"name": "Other firm"})
        self.sla_manager.company_ids = [Command.link(other.id)]
        authority.write({"side": "provider", "company_id": other.id})
        with self.assertRaises(ValidationError):
            self._sign_company(self.sla_manager)
        self._sign_company(self.director)

    def test_authority_by_role_and_currency(self):
        """SLM-74: holders of a role; another currency counts at the day's rate."""
        role = self.env.ref("itsm_base.itsm_role_service_level_manager")
        role.holder_ids = [
            Command.create({"user_id": self.agent.id, "company_id": self.company.id})
        ]
        authority = self.env["itsm.signing.authority"].create(
            {"role_id": role.id, "kind": "sla", "amount_max": 100}
        )
        currency = self.env["res.currency"].create(
            {
                "name": "TST",
                "symbol": "t",
                "rate_ids": [Command.create({"name": "2020-01-01", "rate": 4.0})],
            }
        )
        self.agreement.write({"amount": 400, "currency_id": currency.id})
        mine = self.env["itsm.signing.authority"]._of(
            self.agent, self.agreement, "provider"
        )
        self.assertEqual(mine, authority)
        self.assertTrue(mine._covers(self.agreement), "400 TST are 100")
        self.agreement.amount = 404
        self.assertFalse(mine._covers(self.agreement), "101 is more")
        with self.assertRaises(ValidationError):
            authority.user_id = self.agent
        with self.assertRaises(ValidationError):
            authority.write({"role_id": False, "user_id": self.portal_user.id})

    def test_who_gives_authority(self):
        """SLM-74: managers of IT services; nobody gives it to himself."""
        authorities = self.env["itsm.signing.authority"]
        operations = ("read", "write", "create", "unlink")
        for user, allowed in (
            (self.helpdesk_user, ()),
            (self.agent, ("read",)),
            (self.sla_manager, ("read",)),
            (self.manager, operations),
        ):
            rights = [
                o for o in operations if authorities.with_user(user).has_access(o)
            ]
            self.assertEqual(rights, list(allowed), user.login)
        self._put()
        self._countersign()
        self._sign_company()
        with self.assertRaisesRegex(UserError, "rchive"):
            self.authorities[0].with_user(self.manager).unlink()

    def test_countersigned_first(self):
        """SLM-19: nobody signs for company or customer before the departments."""
        self._put()
        with self.assertRaisesRegex(UserError, "Service Desk"):
            self._sign_company()
        with self.assertRaisesRegex(UserError, "Service Desk"):
            self._sign_customer()
        with self.assertRaisesRegex(UserError, "say what has to be changed"):
            self._countersign(refusal=" ")
        refused = self._countersign(refusal="Four hours at night are not possible")
        self.assertEqual(refused.state, "refused")
        self.assertEqual(self.agreement.countersign_ids.state, "refused")
        self.assertEqual(self._state(), "review")
        with self.assertRaisesRegex(UserError, "kept"):
            self.agreement.countersign_ids.unlink()
        self._countersign()
        self.assertEqual(self._state(), "countersigned")
        self.assertEqual(refused.state, "replaced")
        with self.assertRaisesRegex(UserError, "already"):
            self._countersign()
        self._sign_company()
        with self.assertRaisesRegex(UserError, "nothing is missing"):
            self._sign_company(self.director)

    def test_departments_are_proposed_and_asked(self):
        """SLM-19, 76: teams behind the agreement; their leaders get an activity."""
        self.team_2.user_id = self.agent_2
        ola = self._signable(kind="ola", team_id=self.team_2.id, countersign_ids=False)
        self._put(ola)
        self.assertEqual(ola.countersign_ids.team_id, self.team_2)
        self.assertEqual(ola.activity_ids.user_id, self.agent_2)
        self.assertIn(
            ola,
            self.env["itsm.agreement"].search([("signing_state", "=", "review")]),
        )
        begun = self.env["itsm.agreement"].search([("signing_state", "!=", "draft")])
        self.assertNotIn(self.agreement, begun)
        self.assertIn(ola, begun)
        self.assertIn(
            self.agreement,
            self.env["itsm.agreement"].search([("signing_state", "=", "draft")]),
        )
        paper = ola.paper_ids
        ola.with_user(self.agent_2)._sign_department(ola.countersign_ids, paper)
        self.assertFalse(ola.activity_ids)
        self.assertEqual(self._state(ola), "countersigned")
        with self.assertRaises(ValidationError, msg="authority for SLA only"):
            self._sign_company(self.sla_manager, ola)
        self.env["itsm.signing.authority"].create(
            self._authority_vals(self.sla_manager, kind="ola", is_unlimited=True)
        )
        self._sign_company(self.sla_manager, ola)
        self.assertEqual(self._state(ola), "signed", "an OLA has no other party")

    def test_one_holder_is_enough(self):
        """SLM-19: who need not countersign any more is asked no longer."""
        role = self.env["itsm.role"].create(
            {
                "name": "Legal",
                "code": "legal-test",
                "holder_ids": [
                    Command.create({"user_id": user.id, "company_id": self.company.id})
                    for user in (self.director, self.seller)
                ],
            }
        )
        self.agreement.countersign_ids = [
            Command.clear(),
            Command.create({"role_id": role.id}),
            Command.create({"team_id": self.team_2.id, "user_id": self.seller.id}),
        ]
        self._put()
        asked = self.agreement.activity_ids.user_id
        self.assertEqual(asked, self.director | self.seller)
        paper = self.agreement.paper_ids
        of_role, own = self.agreement.countersign_ids
        seller = self.agreement.with_user(self.seller)
        self.agreement.with_user(self.director)._sign_department(of_role, paper)
        self.assertEqual(
            self.agreement.activity_ids.user_id, self.seller, "his own seat is open"
        )
        seller._sign_department(own, paper)
        self.assertFalse(self.agreement.activity_ids)

    def test_gap_in_the_chain_blocks(self):
        """SLM-22, design 3: an open gap stops putting to signature and signing."""
        ola = self._create_agreement(
            {"2": (30, 600)}, kind="ola", team_id=self.team.id, name="Slow"
        )
        self.agreement.support_ids = [Command.create({"supporting_id": ola.id})]
        with self.assertRaisesRegex(ValidationError, "not supported"):
            self._put()
        self.assertFalse(self.agreement.paper_ids)
        gaps = self.agreement.gap_ids
        self.assertTrue(gaps)
        gaps.with_user(self.manager)._waive("Accepted for the first year")
        self._put()
        self._countersign()
        gap = guard.with_token(gaps[0].sudo())  # sudo: rows are written by code only
        gap.write({"waived_until": date(2020, 1, 1)})
        with self.assertRaisesRegex(ValidationError, "not supported"):
            self._sign_company()

    def test_availability_review_first(self):
        """SLM-07: without an issued review no signature, by the rule."""
        self.agreement.availability_ids = [
            Command.create(
                {"service_id": self.service.id, "has_target": True, "target": 99.5}
            )
        ]
        with self.assertRaisesRegex(ValidationError, "availability review"):
            self._put()
        self.agreement.action_availability_review()
        document = self.agreement.availability_review_id
        with self.assertRaisesRegex(ValidationError, "availability review"):
            self._put()
        guard.with_token(document).state = "approved"
        self._put()
        self.assertEqual(self._state(), "review")
        other = self._signable(
            service_ids=[Command.set(self.offering.ids)],
            availability_ids=[Command.create({"service_id": self.offering.id})],
        )
        self._mode("agreement_availability_review", "record")
        self._put(other)
        self.assertEqual(
            self._findings("agreement_availability_review")[:1].res_id, other.id
        )

    def test_headings_first(self):
        """SLM-05, 13: empty headings stop it where the rule says so; agents cannot."""
        bare = self._draft_agreement(
            partner_id=self.customer.id, service_ids=[Command.set(self.service.ids)]
        )
        self._mode("agreement_headings", "block")
        with self.assertRaisesRegex(ValidationError, "not complete"):
            self._put(bare)
        with self.assertRaises(AccessError):
            self.agreement.with_user(self.agent).action_put_to_signature()


@tagged("post_install", "-at_install")
class TestSignedContent(SigningCommon):
    """What was signed stays what was signed (SLM-24, design Manners)."""

    def test_change_invalidates(self):
        """A changed draft voids every signature; the same content restores it."""
        self._put()
        self._countersign()
        self._sign_company()
        target = self.agreement.target_ids[0]
        before = target.minutes
        target.minutes = before + 1
        self.assertEqual(self._state(), "draft")
        self.assertEqual(set(self.agreement.signature_ids.mapped("state")), {"invalid"})
        self.assertFalse(self.agreement.paper_ids.is_current)
        with self.assertRaisesRegex(UserError, "was changed"):
            self._sign_customer()
        target.minutes = before
        self.assertEqual(self._state(), "countersigned")
        self.agreement.name = "Managed desktop and more"
        self.assertEqual(self._state(), "draft")
        paper = self._put()
        self.assertEqual(paper.number, 2)
        self.assertEqual(self._state(), "review", "the departments sign again")

    def test_exchanged_file_invalidates(self):
        """A file exchanged below Odoo is found by its checksum."""
        self._sign_all()
        self.assertEqual(self._state(), "signed")
        attachment = guard.with_token(self.agreement.paper_ids.attachment_id.sudo())
        attachment.raw = b"%PDF-1.4 Managed desktop for less"
        self.assertEqual(self._state(), "draft")
        self.assertTrue(self.agreement.paper_ids.is_altered)
        self.assertEqual(set(self.agreement.signature_ids.mapped("state")), {"invalid"})

    def test_signed_is_frozen(self):
        """SLM-24: a signed agreement changes by a new version only."""
        self._sign_all()
        agreement = self.agreement.with_user(self.maintainer)
        for vals in (
            {"name": "Other"},
            {"date_end": "2027-12-31"},
            {"amount": 1},
            {"clauses": "<p>More</p>"},
            {"partner_id": self.customer_2.id},
            {"target_ids": [Command.clear()]},
            {"clause_ids": [Command.clear()]},
        ):
            with self.assertRaisesRegex(UserError, "is signed", msg=str(vals)):
                agreement.write(vals)
        for part in (agreement.target_ids[0], agreement.clause_ids[0]):
            with (
                self.assertRaisesRegex(UserError, "is signed"),
                self.env.cr.savepoint(),
            ):
                part.unlink()
        for model, vals in (
            ("itsm.agreement.clause", {"section": "other", "body": "<p>More</p>"}),
            ("itsm.agreement.workload", {"name": "More", "limit": 1}),
        ):
            lines = self.env[model].with_user(self.maintainer)
            with (
                self.assertRaisesRegex(UserError, "is signed", msg=model),
                self.env.cr.savepoint(),
            ):
                lines.create(dict(vals, agreement_id=agreement.id))
        with self.assertRaisesRegex(UserError, "is signed"):
            agreement.update_field_translations("name", {"en_US": "Other"})
        with self.assertRaisesRegex(UserError, "is signed"), self.env.cr.savepoint():
            agreement.countersign_ids = [Command.create({"team_id": self.team_2.id})]
        with self.assertRaisesRegex(UserError, "is signed"):
            agreement.action_put_to_signature()
        self.assertEqual(self._state(), "signed")
        agreement.action_activate()
        with self.assertRaises(UserError, msg="also in force"):
            agreement.date_end = "2027-12-31"
        version = agreement.browse(agreement.action_new_version()["res_id"])
        self.assertEqual(self._state(version), "draft")
        self.assertFalse(version.signature_ids)
        self.assertFalse(version.paper_ids)
        self.assertEqual(version.countersign_ids.team_id, self.team)
        version.date_end = "2027-12-31"
        self.assertEqual(self._state(), "signed")

    def test_in_force_names_may_change(self):
        """From activation on the file counts: a renamed customer voids nothing."""
        self._sign_all()
        self.agreement.action_activate()
        self.customer.name = "Customer One Ltd."
        self.assertEqual(self._state(), "signed")

    def test_activation_revives_no_signature(self):
        """SLM-24: what was signed is another text than what came into force."""
        paper = self._put()
        self._countersign()
        self._sign_company()
        resolution = self.agreement.target_ids.filtered(
            lambda target: target.metric == "resolution"
        )[0]
        resolution.minutes *= 10
        self.assertEqual(self._state(), "draft")
        self.agreement.action_activate()
        self.assertEqual(self._state(), "draft")
        self.assertEqual(set(self.agreement.signature_ids.mapped("state")), {"invalid"})
        with self.assertRaisesRegex(UserError, "was changed since"):
            self.agreement.with_user(self.portal_user)._sign_portal(
                paper, "P. Requester", PNG
            )
        # What is in force is put to signature and signed afterwards.
        self._sign_all()
        self.assertEqual(self._state(), "signed")

    def test_pausing_with_the_supplier_is_on_paper(self):
        """SLM-24: no promise can be changed between two signatures."""
        self._put()
        self._countersign()
        self._sign_company()
        self.agreement.pause_with_supplier = not self.agreement.pause_with_supplier
        self.assertEqual(self._state(), "draft")

    def test_archived_clause(self):
        """SLM-24: whoever looks at archived records, too, sees the same state."""
        extra = self.agreement.clause_ids[0].copy({"agreement_id": self.agreement.id})
        extra.active = False
        self._sign_all()
        self.env.invalidate_all()
        seen = self.agreement.with_context(active_test=False)
        self.assertEqual(seen.signing_state, "signed")
        self.assertEqual(set(seen.signature_ids.mapped("state")), {"valid"})
        self.env.invalidate_all()
        self.assertIn(
            self.agreement,
            seen.search([("signing_state", "=", "signed")]),
        )

    def test_evidence_is_append_only(self):
        """MS-29: nobody writes, makes or deletes papers, signatures or their files."""
        self._sign_all()
        admin = self.env.ref("base.user_admin")
        paper, signature = self.agreement.paper_ids, self.agreement.signature_ids[0]
        scan = paper.attachment_id
        for user in (admin, self.manager, self.maintainer):
            for record, vals in ((paper, {"sha256": "0"}), (signature, {"name": "X"})):
                record = record.with_user(user)
                with self.assertRaises(AccessError):
                    record.write(vals)
                with self.assertRaises(AccessError):
                    record.sudo().write(vals)  # sudo: opens nothing
                with self.assertRaises(UserError):
                    record.unlink()
                with self.assertRaises(UserError):
                    record.sudo().unlink()  # sudo: opens nothing
            with self.assertRaises(AccessError):
                signature.with_user(user).create(
                    {
                        "agreement_id": self.agreement.id,
                        "paper_id": paper.id,
                        "sha256": paper.sha256,
                        "side": "customer",
                        "decision": "signed",
                        "way": "portal",
                        "user_id": user.id,
                        "name": "X",
                        "time": "2026-01-01",
                    }
                )
            with self.assertRaises(UserError):
                scan.with_user(user).write({"raw": b"other"})
            with self.assertRaises(UserError):
                scan.with_user(user).unlink()
            with self.assertRaises(UserError):
                self.agreement.with_user(user).write(
                    {"signature_ids": [Command.unlink(signature.id)]}
                )
        with self.assertRaises(UserError):
            self.agreement.unlink()
        self.env["ir.attachment"].create({"name": "x", "raw": b"y"})
        with self.assertRaises(UserError):
            self.env["ir.attachment"].create(
                {"name": "x", "raw": b"y", "res_model": paper._name, "res_id": paper.id}
            )

    def test_unsigned_activation(self):
        """SLM-20: by the rule warned of and recorded (shipped), off, or stopped."""
        drafts = [
            self._signable(service_ids=[Command.set(service.ids)])
            for service in (self.service, self.offering)
        ]
        drafts[0].action_activate()
        finding = self._findings("agreement_signature")[:1]
        self.assertEqual((finding.res_id, finding.outcome), (drafts[0].id, "warned"))
        self._mode("agreement_signature", "block")
        with self.assertRaisesRegex(ValidationError, "without being signed"):
            drafts[1].action_activate()
        self.assertEqual(drafts[1].state, "draft")
        self._sign_all(drafts[1])
        drafts[1].action_activate()
        self.assertEqual(drafts[1].state, "active")

    def test_server_that_cannot_print(self):
        """Without a printing program the content is kept and signed as text."""
        with self._no_paper_program():
            paper = self._put()
        self.assertEqual(paper.attachment_id.mimetype, "application/json")
        self.assertEqual(
            paper.sha256, hashlib.sha256(paper.attachment_id.raw).hexdigest()
        )
        self._countersign()
        self.assertEqual(self._state(), "countersigned")


@tagged("post_install", "-at_install")
class TestProxySignature(SigningCommon):
    """Sales signs for the customer, for a time (SLM-18), and paper signatures."""

    def _ready(self):
        self._put()
        self._countersign()
        return self.agreement.paper_ids

    def test_proxy(self):
        """SLM-18: approved by the management representative, expires, is replaced."""
        with self.at("2026-03-23 10:00"):
            paper = self._ready()
            self._sign_company()
            agreement = self.agreement.with_user(self.seller)
            proxy = agreement._ask_proxy(paper, "Signs in May", date(2026, 4, 30))
            self.assertEqual(proxy.state, "in_approval")
            self.assertEqual(self._state(), "countersigned")
            with self.assertRaisesRegex(UserError, "waits for approval"):
                agreement._ask_proxy(paper, "Again", date(2026, 4, 30))
            for user in (self.seller, self.sla_manager, self.manager):
                with self.assertRaises(UserError):
                    proxy.with_user(user).action_approve()
            with self.assertRaises(AccessError):
                proxy.with_user(self.representative).write({"state": "approved"})
            proxy.with_user(self.representative).action_approve()
            signature = self.agreement.signature_ids.filtered("proxy_id")
            self.assertRecordValues(
                signature,
                [
                    {
                        "side": "customer",
                        "way": "proxy",
                        "user_id": self.seller.id,
                        "name": self.seller.name,
                        "proxy_id": proxy.id,
                        "authority_id": self.authorities[2].id,
                        "valid_until": date(2026, 4, 30),
                        "state": "valid",
                    }
                ],
            )
            self.assertEqual(self._state(), "signed")
            self.agreement.action_activate()
        with self.at("2026-04-30 23:30"):
            self.assertEqual(self._state(), "signed", "the last day counts")
        with self.at("2026-05-01 00:30"):
            self.assertEqual(self._state(), "countersigned")
            self.assertEqual(signature.state, "expired")
            with self.assertRaises(UserError, msg="still frozen"):
                self.agreement.date_end = "2027-01-01"
            self._sign_customer()
            self.assertEqual(self._state(), "signed")
            self.assertEqual(signature.state, "replaced")

    def test_refused_and_outdated(self):
        """SLM-18: rejected is no signature; a changed draft cannot be approved."""
        with self.at("2026-03-23 10:00"):
            paper = self._ready()
            agreement = self.agreement.with_user(self.seller)
            for reason, day in (
                ("", date(2026, 4, 30)),
                ("Why", date(2026, 3, 23)),
                ("Why", None),
            ):
                with self.assertRaises(UserError):
                    agreement._ask_proxy(paper, reason, day)
            self.agreement.amount = 50000.01
            with self.assertRaisesRegex(UserError, "was changed|worth more"):
                agreement._ask_proxy(paper, "Why", date(2026, 4, 30))
            self.agreement.amount = 8000
            proxy = agreement._ask_proxy(paper, "Why", date(2026, 4, 30))
            proxy.with_user(self.representative).action_reject("Ask him")
            self.assertEqual(proxy.state, "draft")
            self.assertNotIn("customer", self.agreement.signature_ids.mapped("side"))
            again = agreement._ask_proxy(paper, "Why", date(2026, 4, 30))
            self.agreement.name = "Other"
            with self.assertRaisesRegex(UserError, "was changed"):
                again.with_user(self.representative).action_approve()
            with self.assertRaises(AccessError):
                self.env["itsm.agreement.proxy"].create(
                    {"agreement_id": self.agreement.id}
                )

    def test_customer_was_faster(self):
        """SLM-18: no proxy takes the place of the customer's own signature."""
        self._ready()
        paper = self.agreement.paper_ids
        proxy = self.agreement.with_user(self.seller)._ask_proxy(
            paper, "Signs in May", self.agreement._today() + timedelta(days=30)
        )
        own = self._sign_customer()
        with self.assertRaisesRegex(UserError, "has signed .* meanwhile"):
            proxy.with_user(self.representative).action_approve()
        self.assertEqual(own.state, "valid")
        self._sign_company()
        self.assertEqual(self._state(), "signed")

    def test_scan_shows_money(self):
        """SLM-68: the scan is for those who may read the paper with the money."""
        self._ready()
        signature = self.agreement.with_user(self.sla_manager)._sign_paper(
            self.agreement.paper_ids, "Boss", date(2026, 1, 1), ("scan.pdf", b"8000")
        )
        self.env.invalidate_all()
        for user in (self.agent, self.helpdesk_user):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                signature.scan_id.with_user(user).sudo(False).read(["raw"])
        manager = signature.scan_id.with_user(self.sla_manager).sudo(False)
        self.assertEqual(manager.raw, b"8000")

    def test_on_paper(self):
        """A scan of what the customer signed, recorded by who may sign himself."""
        paper = self._ready()
        agreement = self.agreement.with_user(self.sla_manager)
        for name, day, scan in (
            ("", date(2026, 3, 1), b"%PDF"),
            ("Mr Bank", None, b"%PDF"),
            ("Mr Bank", date(2026, 3, 1), b""),
            ("Mr Bank", date(2999, 3, 1), b"%PDF"),
        ):
            with self.assertRaises(UserError):
                agreement._sign_paper(paper, name, day, ("scan.pdf", scan))
        with self.assertRaises(ValidationError):
            self.agreement.with_user(self.maintainer)._sign_paper(
                paper, "Mr Bank", date(2026, 3, 1), ("scan.pdf", b"%PDF")
            )
        signature = agreement._sign_paper(
            paper, "Mr Bank", date(2026, 3, 1), ("scan.pdf", b"%PDF scan")
        )
        self.assertEqual(signature.scan_id.raw, b"%PDF scan")
        with self.assertRaises(UserError):
            signature.scan_id.with_user(self.manager).write({"raw": b"other"})
        self._sign_company()
        self.assertEqual(self._state(), "signed")

    def test_dialog(self):
        """The dialog: what one can sign, and only after the paper was read."""
        self._put()
        with self.assertRaisesRegex(UserError, "nothing for you"):
            self.agreement.with_user(self.agent).action_open_sign()
        action = self.agreement.with_user(self.lead).action_open_sign()
        wizard = self.env[action["res_model"]].with_user(self.lead)
        wizard = wizard.browse(action["res_id"])
        self.assertEqual(wizard.countersign_id, self.agreement.countersign_ids)
        with self.assertRaisesRegex(UserError, "have read"):
            wizard.action_confirm()
        wizard.write({"has_read": True, "drawing": PNG, "role_name": "Leader"})
        wizard.action_confirm()
        self.assertEqual(self._state(), "countersigned")
        self.assertEqual(self.agreement.signature_ids.drawing, PNG)
        action = self.agreement.with_user(self.director).action_open_sign()
        wizard = self.env[action["res_model"]].with_user(self.director)
        wizard = wizard.browse(action["res_id"])
        self.assertEqual(wizard.side, "provider")
        self.assertTrue(wizard.sha256)
        wizard.has_read = True
        wizard.action_confirm()
        action = self.agreement.with_user(self.seller).action_open_sign()
        wizard = self.env[action["res_model"]].with_user(self.seller)
        wizard = wizard.browse(action["res_id"])
        self.assertEqual((wizard.side, wizard.way), ("customer", "proxy"))
        wizard.write(
            {"has_read": True, "reason": "Why", "valid_until": date(2999, 1, 1)}
        )
        wizard.action_confirm()
        self.assertEqual(self.agreement.proxy_ids.state, "in_approval")
        self.assertEqual(
            self.agreement.signature_ids.mapped(lambda s: bool(s.read_at)), [True] * 2
        )
        papers = self.env["itsm.agreement.paper"]
        own = [("agreement_id", "=", self.agreement.id)]
        for user in (self.director, self.lead, self.maintainer):
            self.assertTrue(papers.with_user(user).search(own), "who signs reads")
        self.assertFalse(
            papers.with_user(self.agent_2).search(own),
            "what it costs is not for everybody",
        )

    def _dialog(self, user):
        """What the dialog offers a user: sides, departments, and ways by side."""
        action = self.agreement.with_user(user).action_open_sign()
        wizard = self.env[action["res_model"]].with_user(user).browse(action["res_id"])
        ways = {}
        for side in wizard.sides.split(","):
            wizard.side = side
            ways[side] = wizard.ways
        return wizard.sides, wizard.seat_ids, ways

    def test_dialog_offers(self):
        """SLM-74: the dialog offers the sides, departments and ways of the user, and
        nobody else's."""
        other = self.env["itsm.agreement.countersign"].create(
            {
                "agreement_id": self.agreement.id,
                "role_id": self.env.ref("itsm_base.itsm_role_service_level_manager").id,
                "user_id": self.agent.id,
            }
        )
        self._put()
        seat = self.agreement.countersign_ids - other
        self.assertEqual(
            self._dialog(self.lead), ("department", seat, {"department": "own"})
        )
        self._countersign()
        self.agreement.with_user(self.agent)._sign_department(
            other, self.agreement.paper_ids
        )
        none = seat.browse()
        both = {"provider": "own", "customer": "paper"}
        self.assertEqual(self._dialog(self.director), ("provider,customer", none, both))
        self.assertEqual(
            self._dialog(self.seller), ("customer", none, {"customer": "proxy"})
        )
        # who keeps agreements has no authority by that, and is offered nothing
        for user in (self.maintainer, self.agent):
            with self.assertRaisesRegex(UserError, "nothing for you"):
                self.agreement.with_user(user).action_open_sign()
            self.assertFalse(self.agreement.with_user(user).can_sign)
        self._mode("signing_authority", "record")
        self.assertEqual(self._dialog(self.maintainer)[0], "provider,customer")
        self._mode("signing_authority", "block")
        # more than he may sign for
        self.authorities[0].amount_max = 1
        with self.assertRaisesRegex(UserError, "nothing for you"):
            self.agreement.with_user(self.sla_manager).action_open_sign()
