# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""What the states of a service mean."""

#: States of a service that is not offered yet.
PLANNED = ("proposed", "design", "transition")
#: States in which a service is offered: the catalogue shows it, tickets may name it.
OFFERED = ("live", "changing", "retiring")
