# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from . import test_access
from . import test_batch
from . import test_guard
from . import test_install
from . import test_menus
from . import test_milestones
from . import test_multi_company
from . import test_portal
from . import test_priority
from . import test_reply
from . import test_reported
from . import test_service
from . import test_stage_state
from . import test_ticket_form
from . import test_holiday_import
from . import test_itsm_working_day
from . import test_timeline
from . import test_timeline_calendar
from . import test_calendar_rights
from . import test_duplicate
from . import test_run
from . import test_js
