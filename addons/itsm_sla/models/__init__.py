# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from . import itsm_agreement
from . import itsm_agreement_target
from . import itsm_ticket_event
from . import itsm_clock
from . import itsm_clock_alert
from . import helpdesk_ticket
from . import resource_calendar
from . import itsm_history_import
from . import itsm_history_import_column
from . import itsm_history_import_value
from . import itsm_history_import_line
from . import itsm_history_import_ticket
