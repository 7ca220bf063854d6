# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import http
from odoo.exceptions import UserError
from odoo.http import request

from odoo.addons.itsm_base.controllers.main import ItsmTicketController

#: How urgent a problem is if nobody says so.
URGENCY = "3"
#: Whoever reports in the portal reports for himself: one person.
IMPACT = "4"
#: The most services that the form offers, and own tickets that it names.
MOST_SERVICES, MOST_TICKETS = 300, 5
#: The longest subject and description, in characters.
LONGEST_SUBJECT, LONGEST = 200, 20000
#: What is chosen in the form, besides the texts.
CHOSEN = ("service", "urgency", "category", "team")


class ItsmTicketReport(ItsmTicketController):
    """Reporting a problem in the portal: which service, how urgent (INC-05, INC-12).

    Priority, agreement and clocks follow from what is chosen, so nothing is taken that
    the form does not offer to this visitor.
    """

    def _get_create_new_ticket_values(self, **kw):
        values = super()._get_create_new_ticket_values(**kw)
        services = self._report_services()
        chosen = self._report_service(kw, services)
        values["itsm_report"] = {
            "services": services,
            "service": chosen or services.browse(),
            "urgencies": self._report_urgencies(),
            "urgency": kw.get("urgency") or URGENCY,
            "own_tickets": self._report_own_tickets(chosen),
        }
        return values

    @http.route()
    def submit_ticket(self, **kw):
        """Take the report; what was typed is shown again if something is wrong.

        :param kw: as in helpdesk_mgmt, and ``service`` (id, may be empty) and
            ``urgency`` (1 to 4, may be empty)
        """
        kw = self._report_clean(kw)
        error = self._report_error(kw)
        if not error:
            try:
                with request.env.cr.savepoint():
                    return super().submit_ticket(**kw)
            except UserError as raised:
                error = str(raised)
        values = self._get_create_new_ticket_values(**kw)
        values.update(itsm_error=error, itsm_values=kw)
        response = request.render("helpdesk_mgmt.portal_create_ticket", values)
        response.status_code = 422
        return response

    def _prepare_submit_ticket_vals(self, **kw):
        vals = super()._prepare_submit_ticket_vals(**kw)
        vals.update(impact=IMPACT, urgency=kw.get("urgency") or URGENCY)
        service = self._report_service(kw, self._report_services())
        if service:
            vals.update(service_id=service.id, company_id=service.company_id.id)
            team = service._itsm_first_team()
            if team and not vals.get("team_id"):
                vals["team_id"] = team.id
                vals["stage_id"] = team._get_applicable_stages()[:1].id
        return vals

    # === What the form offers ===

    def _report_services(self):
        """The services of the visitor, in sudo: he may not read the catalogue itself.

        :rtype: itsm.service
        """
        services = request.env["itsm.service"]._itsm_entitled(
            request.env.user.partner_id
        )
        # sudo: checked just now; the form shows names
        return services.sudo()[:MOST_SERVICES]

    def _report_service(self, kw, services):
        """The service that a form names.

        :param dict kw: what was sent
        :param services: those that are offered
        :return: one of *services*; empty if none is named; None if another one is
        """
        text = kw.get("service")
        if not text:
            return services.browse()
        return services.filtered(lambda service: str(service.id) == text) or None

    def _report_urgencies(self):
        """Levels of urgency in the words of who reports; the highest first.

        :rtype: list[tuple[str, str]]
        """
        return [
            ("1", request.env._("I cannot work at all")),
            ("2", request.env._("I can hardly work")),
            ("3", request.env._("It hinders me, but I can work")),
            ("4", request.env._("It can wait")),
        ]

    def _report_own_tickets(self, service):
        """The visitor's own open tickets, so that nobody reports twice (INC-19).

        Nothing of anybody else's is looked at.

        :param service: only those about it, if there is one
        :rtype: helpdesk.ticket
        """
        domain = [
            ("partner_id", "=", request.env.user.partner_id.id),
            ("stage_id.closed", "=", False),
        ]
        if service:
            domain.append(("service_id", "=", service.id))
        return request.env["helpdesk.ticket"].search(
            domain, order="id desc", limit=MOST_TICKETS
        )

    # === What is wrong ===

    def _report_error(self, kw):
        """What is wrong with a form, in words; empty if nothing is.

        :param dict kw: what was sent
        :rtype: str
        """
        for name, (label, longest) in self._report_texts().items():
            if not kw[name]:
                return request.env._("%(field)s: it is needed.", field=label)
            if len(kw[name]) > longest:
                return request.env._(
                    "%(field)s: at most %(limit)s characters. Attach the rest as a "
                    "file.",
                    field=label,
                    limit=longest,
                )
        if self._report_service(kw, self._report_services()) is None:
            return request.env._("Service: choose one of the list.")
        if kw["urgency"] and kw["urgency"] not in dict(self._report_urgencies()):
            return request.env._("How urgent: choose one of the list.")
        for name, offered, label in (
            ("category", self._get_categories(), request.env._("Category")),
            ("team", self._get_teams(), request.env._("Team")),
        ):
            ids = offered.ids if offered else []
            if kw[name] and kw[name] not in map(str, ids):
                return request.env._("%(field)s: choose one of the list.", field=label)
        return ""

    def _report_clean(self, kw):
        """What was sent, with texts where texts are asked for.

        A file that was sent instead of a text is none, and characters that the
        database cannot keep are left out.

        :param dict kw: what was sent
        :rtype: dict
        """
        texts = {}
        for name in (*self._report_texts(), *CHOSEN):
            value = kw.get(name)
            text = value if isinstance(value, str) else ""
            texts[name] = text.replace("\0", "").strip()
        return {**kw, **texts}

    def _report_texts(self):
        """Texts that a report needs: label and the most characters, by name."""
        return {
            "subject": (request.env._("Subject"), LONGEST_SUBJECT),
            "description": (request.env._("Description"), LONGEST),
        }
