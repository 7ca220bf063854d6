# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Demo data of service levels: requirements, and agreements on their way.

Everything is done by the people of the demo company, by the buttons that they have.
"""

import base64
from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo.fields import Command
from odoo.tools import file_open, plaintext2html

from odoo.addons.itsm_base.tools.period import Period, local_date

from .desk_demo import Teller
from .level_words import WORDS

#: Priority to minutes of response and resolution in the agreement that gets signed.
#: What desk, network team and carrier promise each other suffices for it.
SIGNED_TARGETS = {"3": (30, 480), "2": (60, 960), "1": (120, 1800), "0": (240, 3600)}


class LevelTeller(Teller):
    """Teller of what is about agreements: their days, their months."""

    words = WORDS

    def html(self, key):
        return plaintext2html(self.say(key))

    def agreement(self, name):
        return self.ref(f"agreement_demo_{name}")

    def today(self, agreement=None):
        """Today in the zone of an agreement, default that of the company."""
        zone = (agreement or self.agreement("default")).tz
        return local_date(zone, self.now)

    def last_month(self, agreement=None):
        """The month that is over in that zone.

        :rtype: odoo.addons.itsm_base.tools.period.Period
        """
        return Period.of("month", self.today(agreement)).previous()


class LevelRequirements(LevelTeller):
    """A requirement in each state (SLM-29)."""

    def load(self):
        self._collect("collected", "tianhe_zhang", ["erp"], 3)
        self._collect("analysed", "meadow", ["network_wifi"], 9).action_analyse()
        baselined = self._collect("baselined", "tianhe_li", ["erp_print"], 24)
        self._times(baselined, {"3": (30, 120)}, wished=(30, 60))
        rejected = self._collect("rejected", "harbour_emma", ["desktop"], 60)
        rejected.reject_reason = self.say("rejected_why")
        rejected.action_reject()
        agreed = self._collect("agreed", "harbour_oliver", ["internet"], 45)
        agreed.write({"workload": self.say("agreed_workload"), "cost_estimate": 21000})
        self._times(agreed, SIGNED_TARGETS)
        for requirement in baselined | agreed:
            requirement.action_analyse()
            requirement.action_baseline()

    def _collect(self, key, contact, services, days):
        """What a customer needs, written down by the service level manager."""
        contact = self.partner(contact)
        customer = contact.commercial_partner_id
        london = self.ref("resource_calendar_london")
        template = self.env.ref("itsm_sla.itsm_agreement_template_standard")
        return self.by(self.env["itsm.level.requirement"], "sla").create(
            {
                "name": self.say(key),
                "partner_id": customer.id,
                "contact_id": contact != customer and contact.id,
                "service_ids": [
                    Command.link(self.ref(f"itsm_service_{name}").id)
                    for name in services
                ],
                "received_on": self.today() - timedelta(days=days),
                "need": self.html(f"{key}_need"),
                "analysis": f"{key}_analysis" in WORDS and self.html(f"{key}_analysis"),
                "calendar_id": london.id,
                "template_id": template.id,
            }
        )

    def _times(self, requirement, targets, wished=None):
        """Times for incidents and requests: feasible, and wished if they differ."""
        requirement.target_ids = [
            Command.create(
                {
                    "itsm_kind": kind,
                    "priority": priority,
                    "metric": metric,
                    "wished_minutes": (wished or minutes)[index],
                    "feasible_minutes": minutes[index],
                }
            )
            for kind in ("incident", "request")
            for priority, minutes in targets.items()
            for index, metric in enumerate(("response", "resolution"))
        ]


class SignedAgreement(LevelTeller):
    """An agreement from its requirement to its last signature (SLM-19, SLM-20)."""

    def load(self):
        requirement = self.env["itsm.level.requirement"].search(
            [
                ("company_id", "=", self.company.id),
                ("state", "=", "baselined"),
                ("service_ids", "in", self.ref("itsm_service_internet").id),
            ]
        )
        requirement = self.by(requirement, "sla")
        requirement.action_make_agreement()
        agreement = requirement.agreement_id
        self._terms(agreement)
        self._talks(agreement)
        self._authorities()
        self._sign(agreement)
        agreement.action_activate()

    def _terms(self, agreement):
        """What the paper says besides targets and hours."""
        today = self.today()
        oliver = self.partner("harbour_oliver")
        agreement.write(
            {
                "date_start": today,
                "date_end": today + relativedelta(years=1, days=-1),
                "notice_days": 60,
                "amount": 24000,
                "tz": self.agreement("harbour").tz,
                "signer_ids": [Command.link(self.user("customer").partner_id.id)],
                "review_partner_ids": [Command.link(oliver.id)],
                "support_ids": [
                    Command.create(
                        {"supporting_id": self.agreement(name).id, "sequence": 10 * i}
                    )
                    for i, name in enumerate(
                        ("ola_desk", "ola_network", "uc_northline"), 1
                    )
                ],
                "contact_ids": [
                    Command.create(
                        {
                            "side": side,
                            "partner_id": partner.id,
                            "function": self.say(word),
                            "reachable": self.say("in_hours"),
                        }
                    )
                    for side, partner, word in (
                        ("provider", self.user("lead").partner_id, "contact_desk"),
                        ("receiver", oliver, "contact_customer"),
                    )
                ],
            }
        )
        self._fill_headings(agreement)

    def _fill_headings(self, agreement):
        """No heading of the paper stays empty."""
        agreement.action_add_clauses()
        codes = {label: code for code, label in agreement._paper_headings()}
        self.by(self.env["itsm.agreement.clause"], "sla").create(
            [
                {
                    "agreement_id": agreement.id,
                    "section": codes[label],
                    "body": self.html("clause"),
                }
                for label in agreement._paper_missing()
            ]
        )

    def _talks(self, agreement):
        rounds = self.by(self.env["itsm.agreement.negotiation"], "sla")
        for number, outcome in ((1, "rejected"), (2, "accepted")):
            rounds.create(
                {
                    "agreement_id": agreement.id,
                    "date": self.today() - timedelta(days=40 - 10 * number),
                    "side": "receiver",
                    "partner_id": self.partner("harbour_oliver").id,
                    "proposal": self.say(f"talk_{number}"),
                }
            ).write({"answer": self.say(f"talk_{number}_answer"), "outcome": outcome})

    def _authorities(self):
        """The service level manager signs small ones, the manager any.

        Nobody gives himself authority: the manager's is granted by the administrator.
        """
        common = {"company_id": self.company.id, "date_start": self.today()}
        authorities = self.env["itsm.signing.authority"]
        self.by(authorities, "manager").create(
            {**common, "user_id": self.user("sla").id, "amount_max": 10000}
        )
        authorities.with_user(self.ref("base.user_admin")).create(
            [
                {
                    **common,
                    "user_id": self.user("manager").id,
                    "kind": kind,
                    "is_unlimited": True,
                }
                for kind in ("sla", "ola", "uc")
            ]
        )

    def _sign(self, agreement):
        """Two departments, the company, and the customer in the portal."""
        agreement.action_put_to_signature()
        # sudo: whoever signs sees the paper in his own form
        paper = agreement.sudo().paper_ids
        for seat in agreement.countersign_ids:
            login = seat._signers().login
            self.by(agreement, login)._sign_department(seat, paper)
        self.by(agreement, "manager")._sign_provider(
            paper, role_name=self.say("role_manager")
        )
        with file_open("itsm_base/static/description/icon.png", "rb") as picture:
            drawing = base64.b64encode(picture.read())
        customer = self.user("customer")
        self.by(agreement, "customer")._sign_portal(
            paper, customer.name, drawing, read_at=self.now
        )


class DraftAgreement(LevelTeller):
    """The agreement that is negotiated: a gap, a waived one, a what-if."""

    def load(self):
        agreement = self.by(self.agreement("meadow"), "sla")
        agreement.action_add_clauses()
        self._support(agreement)
        self._talks(agreement)
        agreement.action_availability_review()
        self._whatif(agreement)

    def _support(self, agreement):
        """Only with the carrier behind it the chain takes too long, for incidents."""
        links = [("ola_desk", False), ("ola_network", False)]
        links += [("uc_northline", priority) for priority in "32"]
        agreement.support_ids = [
            Command.create(
                {
                    "supporting_id": self.agreement(name).id,
                    "sequence": 10 * index,
                    "itsm_kind": priority and "incident",
                    "priority": priority,
                }
            )
            for index, (name, priority) in enumerate(links, 1)
        ]
        agreement.action_chain_check()
        waived = agreement.gap_ids.filtered(lambda gap: gap.priority == "2")
        self.by(waived, "manager")._waive(self.say("waiver"))

    def _talks(self, agreement):
        rounds = self.by(self.env["itsm.agreement.negotiation"], "sla")
        rounds.create(
            {
                "agreement_id": agreement.id,
                "date": self.today() - timedelta(days=12),
                "side": "receiver",
                "partner_id": self.partner("meadow").id,
                "proposal": self.say("draft_1"),
            }
        ).write({"answer": self.say("draft_1_answer"), "outcome": "counter"})
        rounds.create(
            {
                "agreement_id": agreement.id,
                "date": self.today() - timedelta(days=5),
                "proposal": self.say("draft_2"),
            }
        )

    def _whatif(self, agreement):
        """What network tickets of all customers would have been under it."""
        scenario = self.by(self.env["itsm.whatif"], "sla").create(
            {
                "name": self.say("whatif"),
                "agreement_id": agreement.id,
                "target_ids": [
                    Command.create(
                        {"itsm_kind": kind, "priority": priority, "minutes": 240}
                    )
                    for kind in ("incident", "request")
                    for priority in "012"
                ],
                "candidate_calendar_ids": [
                    Command.link(self.env.ref("itsm_sla.resource_calendar_24x7").id)
                ],
            }
        )
        scenario.partner_ids = False
        scenario.action_compute()
        # sudo: the system works on runs
        scenario.run_id.sudo()._work_inline()
