# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from . import helpdesk_ticket
from . import helpdesk_ticket_stage
from . import itsm_closing_code
from . import itsm_evidence_mixin
from . import itsm_pause_reason
from . import itsm_priority_rule
from . import itsm_run
from . import itsm_run_job
from . import itsm_run_line
from . import itsm_service
from . import res_company
from . import itsm_working_day
from . import resource_calendar
from . import resource_calendar_attendance
from . import resource_calendar_leaves
