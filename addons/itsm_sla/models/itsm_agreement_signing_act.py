# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from markupsafe import Markup

from odoo import models
from odoo.exceptions import AccessError, UserError

from odoo.addons.itsm_base.tools.serial import one_after_the_other


class ItsmAgreement(models.Model):
    """How an agreement is put to signature, and who may sign (SLM-07, 19, 74)."""

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.agreement"

    # === Put to signature ===

    def action_propose_countersigners(self):
        """Name the departments behind these agreements as countersigners (SLM-19).

        The team of an OLA, the teams of the OLAs on the path of an SLA and the teams
        that work on its services. What is there already stays.
        """
        self.check_access("write")
        for agreement in self:
            teams = agreement._signing_teams() - agreement.countersign_ids.team_id
            self.env["itsm.agreement.countersign"].create(
                [{"agreement_id": agreement.id, "team_id": team.id} for team in teams]
            )
        return True

    def _signing_teams(self):
        """The teams that an agreement obliges.

        :rtype: helpdesk.ticket.team
        """
        self.ensure_one()
        # sudo: who is obliged does not depend on who reads
        agreement = self.sudo()
        teams = agreement.team_id | agreement.support_ids.supporting_id.team_id
        return self.env["helpdesk.ticket.team"].browse(teams.ids)

    def action_put_to_signature(self):
        """Make the paper that everybody signs, and ask for the signatures.

        :raise ValidationError: something is missing, or a rule blocks
        :raise UserError: it is signed, or the same paper is out already
        """
        for agreement in self:
            agreement._put_to_signature()
        return True

    def _put_to_signature(self):
        self.ensure_one()
        self.check_access("write")
        self._check_signable()
        if self._is_signed():
            raise UserError(self._signed_message())
        if self._current_paper():
            raise UserError(
                self.env._(
                    "%(agreement)s is put to signature already and was not changed "
                    "since.",
                    agreement=self.display_name,
                )
            )
        if not self.countersign_ids:
            self.action_propose_countersigners()
        paper = self.env["itsm.agreement.paper"]._make(self)
        self.sudo()._signing_refresh()  # sudo: evidence, seen or not
        self.message_post(
            body=self.env._(
                "Put to signature: paper %(number)s, SHA-256 %(sha256)s.",
                number=paper.number,
                sha256=paper.sha256,
            )
        )
        self._ask_countersigners()
        self._tell_signers()

    def _check_signable(self):
        """Raise unless these can be put to signature or signed for the company.

        :raise ValidationError: incomplete; gaps in the chain or no availability
            review, as the rules say
        """
        for agreement in self:
            if agreement.is_template or agreement.state == "terminated":
                raise UserError(
                    self.env._(
                        "%(agreement)s is not signed: it is a template or over.",
                        agreement=agreement.display_name,
                    )
                )
            agreement._check_can_run()
        slas = self.filtered(lambda a: a.kind == "sla")
        supported = slas.filtered("support_ids")
        supported._chain_check()
        supported._chain_enforce(supported)
        # sudo: whether there is a review does not depend on who may read it
        unreviewed = slas.sudo().filtered(
            lambda a: (
                a.availability_ids
                and a.availability_review_id.state not in ("approved", "withdrawn")
            )
        )
        if unreviewed:
            self.env["itsm.enforcement.rule"]._enforce(
                "agreement_availability_review",
                self.browse(unreviewed.ids),
                lambda agreement: self.env._(
                    "%(agreement)s promises availability, but no initial availability "
                    "review is attached and issued: press “Availability review” on "
                    "the page Availability and workload, and have the document "
                    "approved.",
                    agreement=agreement.display_name,
                ),
            )

    def _ask_countersigners(self):
        """An activity for everybody who can countersign, unless he has one."""
        self.ensure_one()
        kind = self.env.ref("itsm_sla.mail_activity_type_sign")
        # sudo: who is asked need not be seen by who asks
        agreement = self.sudo()
        waiting = agreement.countersign_ids.filtered(lambda s: s.state == "waiting")
        people = self.env["res.users"]
        for seat in waiting:
            people |= seat._signers()
        asked = agreement.activity_ids.filtered(
            lambda activity: activity.activity_type_id == kind
        ).user_id
        for user in people - asked - self.env.user:
            if user.active and self.with_user(user).has_access("read"):
                agreement.activity_schedule(
                    activity_type_id=kind.id,
                    user_id=user.id,
                    summary=self.env._("Review and countersign the agreement"),
                )

    def _tell_signers(self):
        """Tell the named contacts of the other party once it is their turn."""
        self.ensure_one()
        # sudo: who countersigned last need not see the customer's contacts
        agreement = self.sudo()
        if not agreement._portal_can_sign():
            return
        agreement = agreement.with_context(lang=agreement._signing_lang())
        url = f"{agreement.get_base_url()}/my/agreements/{agreement.id}"
        for partner in agreement.signer_ids:
            agreement.message_notify(
                partner_ids=partner.ids,
                subject=agreement.env._(
                    "To be signed: %(agreement)s", agreement=agreement.display_name
                ),
                body=Markup("<p>%s</p><p><a href='%s'>%s</a></p>")
                % (
                    agreement.env._("The agreement can be read and signed now."),
                    url,
                    agreement.display_name,
                ),
                email_layout_xmlid="mail.mail_notification_light",
            )

    # === Who may sign what ===

    def _sign_seats(self):
        """What the user can sign now: pairs of side and countersignature.

        :return: list of ``(side, itsm.agreement.countersign)``
        """
        self.ensure_one()
        agreement = self.sudo()  # sudo: evidence, seen or not
        if self.signing_state == "draft" or self.state == "terminated":
            return []
        user = self.env.user
        none = agreement.countersign_ids.browse()
        seats = [
            ("department", seat)
            for seat in agreement.countersign_ids
            if seat.state != "signed" and user in seat._signers()
        ]
        if self.signing_state != "countersigned":
            return seats
        missing = {what for what, _text in agreement._missing_signatures()}
        if "provider" in missing and self._may_sign("provider"):
            seats.append(("provider", none))
        if "customer" in missing and self._sign_ways():
            seats.append(("customer", none))
        return seats

    def _sign_ways(self):
        """How the user can sign for the other party: as proxy, or what is on paper.

        Nobody signs as proxy for who has refused.

        :rtype: list[str]
        """
        self.ensure_one()
        ways = []
        if not self._party_refusal() and self._may_sign("proxy"):
            ways.append("proxy")
        if self._may_sign("provider"):
            ways.append("paper")
        return ways

    def action_open_sign(self):
        """Open the dialog in which the user signs or refuses.

        :raise UserError: there is nothing that he can sign
        """
        self.ensure_one()
        self.check_access("read")
        self.sudo()._signing_refresh()  # sudo: evidence, seen or not
        seats = self._sign_seats()
        if not seats:
            raise UserError(
                self.env._(
                    "There is nothing for you to sign in %(agreement)s now.\n"
                    "%(missing)s",
                    agreement=self.display_name,
                    missing=self.signing_missing or "",
                )
            )
        side, seat = seats[0]
        wizard = self.env["itsm.agreement.sign"].create(
            {
                "agreement_id": self.id,
                "paper_id": self._current_paper().id,
                "side": side,
                "countersign_id": seat.id,
                "way": self._sign_ways()[0] if side == "customer" else "own",
            }
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Sign"),
            "res_model": wizard._name,
            "res_id": wizard.id,
            "views": [(False, "form")],
            "target": "new",
        }

    def _check_paper(self, paper):
        """Raise unless the signer has seen what the agreement says now.

        :param paper: ``itsm.agreement.paper`` that he was shown
        """
        self.ensure_one()
        agreement = self.sudo()  # sudo: evidence, whoever may see it
        # two signatures, or a signature and a change, one after the other
        one_after_the_other(agreement)
        agreement._signing_refresh()
        if not paper or agreement._current_paper() != paper:
            raise UserError(
                self.env._(
                    "%(agreement)s was changed since it was put to signature. Put it "
                    "to signature again and sign the new paper.",
                    agreement=agreement.display_name,
                )
            )

    def _check_authority(self, side):
        """The authority by which the user signs (SLM-74).

        :param str side: provider or proxy
        :return: ``itsm.signing.authority``; empty if the rule lets him go on
        :raise AccessError: he is nobody who could sign
        :raise ValidationError: rule ``signing_authority``
        """
        authority, refused, broken = self._authority(side)
        if refused:
            raise AccessError(refused)
        if broken:
            self.env["itsm.enforcement.rule"]._enforce(
                "signing_authority", self, broken
            )
        return authority

    def _may_sign(self, side):
        """Whether `_check_authority` would let the user sign for a side.

        :rtype: bool
        """
        _authority, refused, broken = self._authority(side)
        if refused or not broken:
            return not refused
        rules = self.env["itsm.enforcement.rule"]
        return rules._mode_of("signing_authority", self.company_id) != "block"

    def _authority(self, side):
        """The authority of the user for a side, and what stands against it.

        :param str side: provider or proxy
        :return: ``itsm.signing.authority``; why he may not at all, or None; what breaks
            the rule ``signing_authority``, or None
        :rtype: tuple
        """
        self.ensure_one()
        user = self.env.user
        authorities = self.env["itsm.signing.authority"]
        mine = authorities._of(user, self, side)
        enough = mine.filtered(lambda authority: authority._covers(self))[:1]
        if enough:
            return enough, None, None
        if mine:
            broken = self.env._(
                "%(agreement)s is worth more in a year than you may sign for. Somebody "
                "with more authority signs it.",
                agreement=self.display_name,
            )
            return mine[:1], None, broken
        if authorities._entered(user, self, side):
            refused = self.env._(
                "You have given yourself the authority to sign %(agreement)s, or the "
                "role that has it. It counts once another manager of IT services "
                "confirms it, or names you.",
                agreement=self.display_name,
            )
            return mine, refused, None
        if not user.has_group("itsm_sla.itsm_group_sla_manager"):
            refused = self.env._(
                "You have no authority to sign %(agreement)s.",
                agreement=self.display_name,
            )
            return mine, refused, None
        broken = self.env._(
            "You have no authority to sign %(agreement)s. A manager enters who may "
            "under Configuration, Signing Authority.",
            agreement=self.display_name,
        )
        return mine, None, broken
