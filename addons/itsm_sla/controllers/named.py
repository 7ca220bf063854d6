# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Records that portal users may see without a right on their model.

The model's ``_portal_domain(user)`` names who sees what; everything is found in sudo by
that domain, and whoever may not gets the answer of a record that does not exist.
"""

from odoo.fields import Domain
from odoo.http import request

from odoo.addons.portal.controllers.portal import pager as portal_pager


def _model_and_domain(model):
    # sudo: the domain names those who may
    records = request.env[model].sudo()
    return records, Domain(records._portal_domain(request.env.user))


def count(model):
    """How many records of a model the user may see."""
    records, domain = _model_and_domain(model)
    return records.search_count(domain)


def find(model, record_id):
    """The record, in sudo; empty if there is none for the user."""
    records, domain = _model_and_domain(model)
    return records.search(domain & Domain("id", "=", record_id))


def page_of(model, url, page, step):
    """One page of what the user may see, in sudo.

    :return: ``(records, pager)``
    """
    return search_page(*_model_and_domain(model), url, page, step)


def search_page(records, domain, url, page, step):
    """One page of what is found, with the rights of ``records``.

    :return: ``(records, pager)``
    """
    total = records.search_count(domain)
    pager = portal_pager(url=url, total=total, page=page, step=step)
    return records.search(domain, limit=step, offset=pager["offset"]), pager
