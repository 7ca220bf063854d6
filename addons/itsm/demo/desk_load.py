# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""The demo data of the desk in order, silently."""

from .desk_demo import DeskPeople, Teller
from .desk_request_demo import DeskPapers, DeskRequests
from .desk_ticket_demo import DeskTickets


def load_desk(env):
    """Create what people of the desk did; nothing is mailed, tickets stay silent."""
    with Hush(env):
        DeskPeople(env).load()
        DeskTickets(env).load()
        DeskRequests(env).load()


def load_papers(env):
    """Issue documents about months whose figures were computed."""
    with Hush(env):
        DeskPapers(env).load()


class Hush(Teller):
    """Takes back what the acts said: all mails, and messages and tasks on tickets."""

    #: Model, the field that names a model, and where it counts.
    SPOKEN = (
        ("mail.mail", False),
        ("mail.activity", "res_model"),
        ("mail.message", "model"),
    )

    def __enter__(self):
        self.last = {
            model: self.env[model].search([], order="id desc", limit=1).id or 0
            for model, _field in self.SPOKEN
        }
        return self

    def __exit__(self, error, *_args):
        if error:
            return
        self.env.flush_all()
        for model, field in self.SPOKEN:
            domain = [("id", ">", self.last[model])]
            if field:
                domain.append((field, "=", "helpdesk.ticket"))
            self.env[model].search(domain).unlink()
