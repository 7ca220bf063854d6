# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models
from odoo.exceptions import AccessError, UserError

from odoo.addons.itsm_base.tools import guard


class ItsmAgreement(models.Model):
    """The ways to sign an agreement (SLM-18, SLM-19, SLM-68, SLM-76)."""

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.agreement"

    def _sign_provider(self, paper, **more):
        """The user signs for the company.

        :param paper: the paper that he was shown
        :param more: further values of the signature (role_name, drawing)
        :return: the signature
        :raise AccessError: no authority
        :raise UserError: changed, or departments have not countersigned
        :raise ValidationError: a rule blocks
        """
        self._check_paper(paper)
        authority = self._check_authority("provider")
        self._check_countersigned("provider")
        # sudo: who signs need not be able to write the agreement
        self.sudo()._check_signable()
        if self.sudo().create_uid == self.env.user:  # sudo: who made it
            self.env["itsm.enforcement.rule"]._enforce(
                "agreement_sign_own",
                self,
                self.env._(
                    "%(agreement)s was made by yourself: let somebody else sign it.",
                    agreement=self.display_name,
                ),
            )
        return self._keep_signature(
            paper,
            side="provider",
            way="own",
            name=self.env.user.name,
            partner_id=self.company_id.partner_id.id,
            authority_id=authority.id,
            **more,
        )

    def _sign_department(self, seat, paper, refusal=None, **more):
        """The user countersigns for a department, or refuses.

        :param seat: ``itsm.agreement.countersign``
        :param paper: the paper that he was shown
        :param str refusal: the reason; then it is refused
        :return: the signature
        """
        self._check_paper(paper)
        seat = seat.sudo()  # sudo: departments sign, whoever keeps the agreement
        if seat.agreement_id.id != self.id or self.env.user not in seat._signers():
            raise AccessError(
                self.env._(
                    "You do not countersign %(agreement)s for this department.",
                    agreement=self.display_name,
                )
            )
        if seat.state == "signed":
            raise UserError(
                self.env._(
                    "%(seat)s has countersigned already.", seat=seat.display_name
                )
            )
        if refusal is not None and not refusal.strip():
            raise UserError(self.env._("Reason: say what has to be changed."))
        signature = self._keep_signature(
            paper,
            side="department",
            way="own",
            decision="signed" if refusal is None else "refused",
            reason=(refusal or "").strip(),
            name=self.env.user.name,
            countersign_id=seat.id,
            **more,
        )
        self._close_activity()
        if refusal is None:
            self._tell_signers()
        return signature

    def _sign_paper(self, paper, name, signed_on, scan, **more):
        """Record what the other party signed on paper.

        :param paper: the paper that was printed
        :param str name: who signed it there
        :param date signed_on: the day that it bears
        :param scan: ``(file name, bytes)``
        :return: the signature
        """
        self._check_paper(paper)
        self._check_countersigned("customer")
        self._check_authority("provider")
        name = (name or "").strip()
        if not name or not signed_on or not scan[1]:
            raise UserError(
                self.env._(
                    "On paper: enter who signed and the day, and attach the scan."
                )
            )
        if signed_on > self._today():
            raise UserError(self.env._("On paper: the day lies in the future."))
        # sudo: nobody has the right to write evidence
        secured = guard.with_token(self.env["ir.attachment"]).sudo()
        file = secured.create({"name": scan[0] or "scan", "raw": scan[1]})
        signature = self._keep_signature(
            paper,
            side="customer",
            way="paper",
            name=name,
            signed_on=signed_on,
            partner_id=self._signing_party().id,
            scan_id=file.id,
            **more,
        )
        # With the paper: it shows as much money as that does.
        file.write({"res_model": paper._name, "res_id": paper.id})
        return signature

    def _sign_portal(self, paper, name, drawing, **more):
        """A named contact of the other party signs in the portal (SLM-68).

        Called for a user of the portal; the caller checked that he may.

        :param paper: the paper that he was shown
        :param str name: his name as he wrote it
        :param str drawing: base64 of the drawn signature
        :param more: further values of the signature (read_at)
        :return: the signature
        """
        return self._keep_portal(paper, name, drawing=drawing, **more)

    def _refuse_portal(self, paper, reason):
        """A named contact of the other party refuses to sign in the portal (SLM-68).

        He may still sign the same paper later. Called as `_sign_portal`.

        :param paper: the paper that he was shown
        :param str reason: why
        :return: the refusal
        :raise UserError: without a reason, or there is nothing to sign
        """
        reason = (reason or "").strip()
        if not reason:
            raise UserError(self.env._("Reason: say why you do not sign."))
        refusal = self._party_refusal()
        if refusal.user_id == self.env.user and refusal.paper_id == paper:
            raise UserError(
                self.env._(
                    "You have refused to sign this document, and your contact knows "
                    "why. Write to him for anything else, or sign it."
                )
            )
        return self._keep_portal(
            paper, self.env.user.name, decision="refused", reason=reason
        )

    def _keep_portal(self, paper, name, **vals):
        """Keep what a contact of the other party decided in the portal."""
        agreement = self.sudo()  # sudo: users of the portal have no right on it
        agreement._check_paper(paper)
        agreement._check_countersigned("customer")
        return agreement._keep_signature(
            paper,
            side="customer",
            way="portal",
            name=name,
            role_name=self.env.user.partner_id.function,
            partner_id=agreement._signing_party().id,
            **vals,
        )

    def _ask_proxy(self, paper, reason, valid_until, role_name=None):
        """Ask for the approval of a signature for the customer (SLM-18).

        :param paper: the paper that he was shown
        :param str reason: why the customer does not sign himself
        :param date valid_until: last day on which it counts
        :return: ``itsm.agreement.proxy``, in sudo
        """
        self._check_paper(paper)
        self._check_countersigned("proxy")
        authority = self._check_authority("proxy")
        if not (reason or "").strip():
            raise UserError(
                self.env._("Reason: say why the customer does not sign himself.")
            )
        if not valid_until or valid_until <= self._today():
            raise UserError(
                self.env._(
                    "Counts Until: enter a later day; by then the customer has to "
                    "sign himself."
                )
            )
        # sudo: made by the system for who may ask, see above
        proxies = guard.with_token(self.env["itsm.agreement.proxy"]).sudo()
        if proxies.search_count(
            [("paper_id", "=", paper.id), ("state", "=", "in_approval")], limit=1
        ):
            raise UserError(
                self.env._(
                    "%(agreement)s: a proxy signature waits for approval already.",
                    agreement=self.display_name,
                )
            )
        proxy = proxies.create(
            {
                "agreement_id": self.id,
                "paper_id": paper.id,
                "partner_id": self.sudo()._signing_party().id,  # sudo: as above
                "user_id": self.env.uid,
                "authority_id": authority.id,
                "role_name": role_name,
                "reason": reason.strip(),
                "valid_until": valid_until,
            }
        )
        proxy = guard.without_token(proxy)
        proxy.action_request_approval()
        return proxy

    def _check_countersigned(self, side):
        """Refuse to sign before the departments, or for a side that has signed.

        The other party itself may take the place of its proxy.

        :param str side: provider, customer or proxy
        :raise UserError: saying what is missing
        """
        departments = self._missing_departments()
        if departments:
            raise UserError(
                self.env._(
                    "%(agreement)s is signed after the departments have "
                    "countersigned:\n%(missing)s",
                    agreement=self.display_name,
                    missing="\n".join(departments),
                )
            )
        refusal = side == "proxy" and self._party_refusal()
        if refusal:
            raise UserError(
                self.env._(
                    "%(agreement)s: %(name)s refused to sign it for the other party, "
                    "so nobody signs for it as proxy: %(reason)s",
                    agreement=self.display_name,
                    name=refusal.name,
                    reason=refusal.reason,
                )
            )
        if side == "customer":
            is_open = self._signing_party() and not self._party_has_signed()
        else:
            what = "customer" if side == "proxy" else side
            is_open = what in {name for name, _text in self._missing_signatures()}
        if not is_open:
            raise UserError(
                self.env._(
                    "%(agreement)s: nothing is missing on this side.",
                    agreement=self.display_name,
                )
            )

    def _keep_signature(self, paper, **vals):
        """Keep a signature, and note it in the thread.

        :return: the signature, in sudo
        """
        signature = self.env["itsm.agreement.signature"]._add(paper, vals)
        # sudo: who signs need not be able to write the agreement
        agreement = self.sudo()
        agreement._signing_refresh()
        agreement.message_post(
            body=signature._said(), author_id=self.env.user.partner_id.id
        )
        if signature.decision == "refused":
            self.env["itsm.notification.event"]._notify("agreement_refused", agreement)
        return signature

    def _close_activity(self):
        """The user's request to sign is done, and that of everybody for whom nothing is
        left to sign."""
        kind = self.env.ref("itsm_sla.mail_activity_type_sign")
        # sudo: activities on a record that he only reads
        agreement = self.sudo()
        asked = agreement.activity_ids.filtered(lambda a: a.activity_type_id == kind)
        asked.filtered(lambda a: a.user_id == self.env.user).action_done()
        waiting = self.env["res.users"]
        for seat in agreement.countersign_ids.filtered(lambda s: s.state != "signed"):
            waiting |= seat._signers()
        asked.exists().filtered(lambda a: a.user_id not in waiting).unlink()
