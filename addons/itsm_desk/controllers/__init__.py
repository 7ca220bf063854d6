# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from . import ticket_answer
from . import catalogue
from . import service_request
from . import service_request_answer
from . import complaint
from . import ticket_report
