# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from . import account_analytic_line
from . import helpdesk_ticket
from . import itsm_service
from . import itsm_work_log
