# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import re

from odoo import models
from odoo.tools import format_date

from odoo.addons.itsm_base.models.itsm_priority_rule import IMPACTS, URGENCIES
from odoo.addons.itsm_base.tools.kpi import plain


class ItsmAgreement(models.Model):
    """What the paper says of parties, services, hours and priorities (SLM-05, SLM-11).

    One method for each heading, ``_paper_<section>``; called in sudo and in the
    language of the paper. Each returns ``facts`` (label and value), ``tables`` and
    ``notes``, as far as there are any.
    """

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.agreement"

    def _paper_label(self, name, record=None):
        """The value of a selection field in words."""
        record = self if record is None else record
        selection = record._fields[name]._description_selection(self.env)
        return dict(selection).get(record[name], "")

    def _paper_party(self, partner):
        """Name, address and numbers of a party, for the paper.

        :rtype: list[str]
        """
        # Parts that are not filled in leave commas behind.
        parts = re.split(r"[,\n]", partner._display_address(without_company=True))
        address = ", ".join(part.strip() for part in parts if part.strip())
        return [
            line
            for line in (
                partner.commercial_partner_id.name or partner.name,
                partner.name if partner != partner.commercial_partner_id else "",
                address,
                partner.vat and self.env._("Tax ID: %(number)s", number=partner.vat),
            )
            if line
        ]

    def _paper_parties(self):
        company = "\n".join(self._paper_party(self.company_id.partner_id))
        (first, _name), (second, _other) = self._paper_sides()
        if self.kind == "sla":
            other = "\n".join(self._paper_party(self.partner_id)) or self.env._(
                "Every customer who has no agreement of his own"
            )
            return {"facts": [[first, company], [second, other]]}
        if self.kind == "ola":
            return {"facts": [[first, self.team_id.name or ""], [second, company]]}
        supplier = "\n".join(self._paper_party(self.supplier_id))
        return {"facts": [[first, supplier], [second, company]]}

    def _paper_validity(self):
        facts = []
        if self.date_start:
            facts.append(
                [self.env._("In force from"), format_date(self.env, self.date_start)]
            )
            until = self.date_end and format_date(self.env, self.date_end)
            facts.append([self.env._("Until"), until or self.env._("it is terminated")])
            facts.append([self.env._("Days are read in"), self.tz])
        if self.notice_date:
            facts.append(
                [
                    self.env._("Notice"),
                    self.env._(
                        "%(days)s days before the end, that is by %(date)s",
                        days=self.notice_days,
                        date=format_date(self.env, self.notice_date),
                    ),
                ]
            )
        if self.base_agreement_id:
            base = self.base_agreement_id
            label = f"{base.code or ''} {base.name} v{base.version}".strip()
            facts.append([self.env._("Supplement to"), label])
        if self.previous_id:
            label = f"{self.code or ''} v{self.previous_id.version}".strip()
            facts.append([self.env._("Takes over from"), label])
        notes = []
        if self.date_end:
            notes.append(
                self.env._(
                    "After that day the agreement stays valid until a new one is "
                    "signed or it is terminated."
                )
            )
        return {"facts": facts, "notes": notes}

    def _paper_contact(self):
        facts = []
        if self.owner_id:
            facts.append(
                [
                    self.env._("Answers for the agreement"),
                    ", ".join(filter(None, [self.owner_id.name, self.owner_id.email])),
                ]
            )
        sides = dict(self.contact_ids._fields["side"]._description_selection(self.env))
        rows = [
            [
                sides[contact.side],
                contact.function or "",
                contact.name,
                "\n".join(filter(None, [contact.phone, contact.email])),
                contact.reachable or "",
            ]
            for contact in self.contact_ids
        ]
        head = [
            self.env._("Side"),
            self.env._("Concerning"),
            self.env._("Name"),
            self.env._("Phone, e-mail"),
            self.env._("Reachable"),
        ]
        return {"facts": facts, "tables": [{"title": "", "head": head, "rows": rows}]}

    def _paper_scope(self):
        """Services of the catalogue in the customer's words (SLM-04, SLM-11)."""
        rows = [
            [
                service.code or "",
                service.display_name,
                "\n".join(
                    text
                    for text in (
                        service.summary,
                        service.audience,
                        service.delivery_method,
                    )
                    if text
                ),
            ]
            for service in self.service_ids
        ]
        if not rows:
            every = self.env._("Every service of the catalogue")
            return {"facts": [[self.env._("Services"), every]]}
        head = [self.env._("Code"), self.env._("Service"), self.env._("What it is")]
        return {"tables": [{"title": "", "head": head, "rows": rows}]}

    def _paper_hours(self):
        if not self.calendar_id:
            return {}
        zone = self.env._("the requester's zone") if self.tz_of == "requester" else None
        hours = self.env["itsm.service"]._itsm_calendar_text(
            self.calendar_id, zone or self.tz
        )
        return {
            "facts": [[self.env._("Service hours"), hours]],
            "notes": [
                self.env._(
                    "Promised times are counted in the service hours only. Public "
                    "holidays and other days on which the service hours are closed do "
                    "not count."
                )
            ],
        }

    def _paper_interruption(self):
        if self.exclude_interruptions:
            text = self.env._(
                "While a service is interrupted as planned and agreed, promised times "
                "stand still and the time does not count as unavailable."
            )
        else:
            text = self.env._(
                "Planned interruptions count like any other time: promised times run "
                "on."
            )
        return {"notes": [text]}

    def _paper_priority(self):
        """The guide to impact, urgency and priority, as tickets are classified."""
        matrix = self.env["itsm.priority.rule"]._get_matrix(self.company_id.id)
        if not matrix or self.kind != "sla":
            return {}
        label = self.env["itsm.priority.rule"]._itsm_selection_label
        urgencies = [code for code, _label in URGENCIES]
        rows = [
            [
                label("impact", impact),
                *(
                    label("priority", matrix.get((impact, urgency)))
                    for urgency in urgencies
                ),
            ]
            for impact, _label in IMPACTS
        ]
        head = [
            self.env._("Impact"),
            *(
                self.env._("Urgency: %(urgency)s", urgency=label("urgency", urgency))
                for urgency in urgencies
            ),
        ]
        return {"tables": [{"title": "", "head": head, "rows": rows}]}

    def _paper_process(self):
        """The tailoring: which processes are used for the customer (MS-07)."""
        rows = [
            [
                line.process_id.name,
                self.env._("yes") if line.used else self.env._("no"),
                line.reason or "",
            ]
            for line in self.process_ids
        ]
        head = [self.env._("Process"), self.env._("Is used"), self.env._("Reason")]
        warning = self.certification_warning
        return {
            "tables": [{"title": "", "head": head, "rows": rows}],
            "notes": [warning] if warning else [],
        }

    def _paper_division(self):
        """Who does what, and how much of each promised time is his (SLM-75)."""
        rows = [
            [
                line.team_id.name,
                line.user_id.name or "",
                line.task,
                f"{plain(line.share)} %",
            ]
            for line in self.division_ids
        ]
        head = [
            self.env._("Team"),
            self.env._("Responsible"),
            self.env._("What it does"),
            self.env._("Share"),
        ]
        tables = [{"title": "", "head": head, "rows": rows}]
        if rows:
            tables.append(self._paper_division_times())
        return {"tables": tables}

    def _paper_division_times(self):
        """The part of each resolution time that each team has.

        :rtype: dict
        """
        clocks = self.env["itsm.clock"]
        labels = {
            name: dict(
                self.env["itsm.agreement.target"]
                ._fields[name]
                ._description_selection(self.env)
            )
            for name in ("itsm_kind", "priority")
        }
        rows = [
            [
                labels["itsm_kind"][target.itsm_kind],
                labels["priority"][target.priority],
                clocks._duration_label(target.minutes * 60),
                *(
                    clocks._duration_label(line._share_seconds(target.minutes * 60))
                    for line in self.division_ids
                ),
            ]
            for target in self.target_ids
            if target.minutes and target.metric == "resolution"
        ]
        head = [
            self.env._("Ticket"),
            self.env._("Priority"),
            self.env._("Together"),
            *self.division_ids.mapped("team_id.name"),
        ]
        title = self.env._("Resolution times of the teams")
        return {"title": title, "head": head, "rows": rows}

    def _paper_availability_review(self):
        document = self.availability_review_id
        if not document:
            return {}
        facts = [[self.env._("Document"), document.display_name]]
        if document.effective_date:
            day = format_date(self.env, document.effective_date)
            facts.append([self.env._("Of"), day])
        note = self.env._("The review is attached to this agreement as a record.")
        return {"facts": facts, "notes": [note]}
