# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import logging

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..tools import guard
from ..tools.event_input import NAMES, BadInput, read_event
from ..tools.event_intake import Intake
from .itsm_event_source import GROUP

_logger = logging.getLogger(__name__)

#: Events in one call; more is refused as a whole, before anything is read.
MAX_EVENTS = 1000


class ItsmEvent(models.Model):
    """Taking events in: the one way in for monitoring and other systems."""

    _inherit = "itsm.event"

    @api.model
    def ingest(self, events):
        """Take a batch of events in, and make, join or recover their incidents.

        Over HTTP: ``POST /json/2/itsm.event/ingest`` with an API key of a user of the
        group *Event source* and the body ``{"events": [{...}, ...]}``. They go to the
        company of this user. Each event is a dict:

        - ``source`` (text, 64): the system that reports; where `itsm.event.source`
          names its users, only they may send for it;
        - ``key`` (text, 255): what it is about; the same key of the same source is the
          same incident while that is open;
        - ``severity``: critical, major, minor, warning, info or ok (some other usual
          words are understood too); ok means recovered;
        - ``summary`` (text, 255) and ``message`` (text, 10,000), wanted: longer ones
          are cut;
        - ``time``, wanted: ISO 8601, or seconds since 1970; by default now;
        - ``id`` (text, 255), wanted: how the source calls this event; sent again it
          changes nothing.

        Other names are not looked at, and the message says so. Rules
        (`itsm.event.rule`) decide what becomes of events. A bad event does not lose the
        others.

        :param list events: at most 1,000
        :return: a list with one dict for each event, in order: ``status`` (created,
            joined, recovered, ignored or error), ``message``, and ``incident`` (number
            of the ticket) where there is one
        :raise AccessError: the user is no event source
        :raise UserError: ``events`` is no list, or too long

        Requirements: issue 4 (Events in), INC-05.
        """
        if not self.env.user.has_group(GROUP):
            raise AccessError(
                self.env._(
                    "Only users of the group “Event source” may send monitoring "
                    "events. Ask an administrator."
                )
            )
        if not isinstance(events, list):
            raise UserError(
                self.env._("events: send a list of events, even if there is only one.")
            )
        if len(events) > MAX_EVENTS:
            raise UserError(
                self.env._(
                    "events: %(count)s events in one call; at most %(max)s are taken. "
                    "Send them in several calls; none of these was taken.",
                    count=len(events),
                    max=MAX_EVENTS,
                )
            )
        company = self.env.company  # raises if the context names another's
        now = fields.Datetime.now()
        results = [None] * len(events)
        good, refused = [], set()
        for index, data in enumerate(events):
            try:
                event = read_event(data, now)
                self._check_source(event.source, company)
            except BadInput as error:
                if error.code == "sender":
                    refused.add(event.source)
                results[index] = {
                    "status": "error",
                    "message": self._bad_input_message(error),
                }
            else:
                good.append((index, event))
        if refused:
            _logger.warning(
                "User %s may not send events of %s in company %s",
                self.env.uid,
                sorted(refused),
                company.id,
            )
        if good:
            intake = Intake(self._intake_env(company), company.id, now)
            for index, answer in intake.take(good):
                results[index] = self._answer(answer)
                unknown = sorted(map(str, set(events[index]) - NAMES))
                if unknown:
                    results[index]["message"] += " " + self.env._(
                        "Not looked at: %(names)s.", names=", ".join(unknown[:10])[:255]
                    )
        return results

    @api.model
    def _check_source(self, source, company):
        """Raise ``BadInput`` if the user may not send events of a source."""
        sources = self.env["itsm.event.source"]
        if not sources._may_send(source, self.env.user, company.id):
            raise BadInput("sender", name=source)

    def _intake_env(self, company):
        """The environment in which events are worked on.

        A context of its own: no key that came with the call reaches the work.
        """
        company_sudo = company.sudo()  # sudo: the sender may not read his company
        # just these: reading any field would read all of them, for each call
        company_sudo.fetch(["partner_id"])
        company_sudo.partner_id.fetch(["lang"])
        context = {
            "allowed_company_ids": company.ids,
            "lang": company_sudo.partner_id.lang or self.env.lang or "en_US",
            "mail_create_nosubscribe": True,
            "itsm_automatic": guard.AUTOMATIC,
        }
        # sudo: an event source may read and write nothing by itself
        return self.env(su=True, context=context)

    @api.model
    def _bad_input_message(self, error):
        """What to tell the sender: what was wrong, and what to send instead."""
        values = error.values
        if error.code == "missing":
            return self.env._("%(name)s is missing. Send a text.", name=values["name"])
        if error.code == "long":
            return self.env._(
                "%(name)s is too long: at most %(size)s characters.",
                name=values["name"],
                size=values["size"],
            )
        if error.code == "severity":
            return self.env._(
                "severity “%(value)s” is not known. Send critical, major, minor, "
                "warning, info or ok.",
                value=values["value"],
            )
        if error.code == "time":
            return self.env._(
                "%(name)s is no time. Send it like 2026-03-01T09:30:00Z, or as seconds "
                "since 1970.",
                name=values["name"],
            )
        if error.code == "future":
            return self.env._(
                "%(name)s lies in the future. Set the clock of the source.",
                name=values["name"],
            )
        if error.code == "sender":
            return self.env._(
                "You may not send events of %(system)s. Ask an administrator to name "
                "your user under Monitoring Sources.",
                system=values["name"],
            )
        if values["name"] == "event":
            return self.env._("An event is an object with source, key and severity.")
        return self.env._("%(name)s must be a text.", name=values["name"])

    @api.model
    def _answer(self, answer):
        """One line of the result, in the language of the sender."""
        outcome, number, note = answer
        status, message = {
            "created": ("created", self.env._("A new incident.")),
            "joined": ("joined", self.env._("The incident is open already.")),
            "storm": (
                "joined",
                self.env._("Too much at once: collected in one incident."),
            ),
            "recovered": ("recovered", self.env._("Noted as recovered.")),
            "no_rule": ("ignored", self.env._("No rule for it. It is kept.")),
            "ignored": ("ignored", self.env._("A rule leaves it out. It is kept.")),
            "interruption": (
                "ignored",
                self.env._("In a planned interruption. It is kept."),
            ),
            "over": ("ignored", self.env._("Nothing of this key is open. It is kept.")),
            "duplicate": ("ignored", self.env._("Received already.")),
            "failed": (
                "error",
                self.env._("No incident could be made: %(why)s", why=note or ""),
            ),
        }[outcome]
        result = {"status": status, "message": message}
        if number:
            result["incident"] = number
        return result

    @api.model
    def _planned_interruption(self, company, service, time):
        """Hook: the name of the planned interruption a service is in, or False.

        Nothing is planned here; ``itsm_sla`` knows interruptions.

        :param company: ``res.company``
        :param service: ``itsm.service``, may be empty
        :param datetime time: naive UTC
        """
        return False
