# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from . import itsm_upload_mixin
from . import itsm_upload_wizard
from . import base_module_uninstall
from . import itsm_approval_decide
from . import itsm_duty_act
from . import itsm_holiday_import
from . import itsm_holiday_import_line
from . import itsm_kpi_correction
from . import itsm_sheet
from . import itsm_ticket_wizard
from . import itsm_sheet_requester
from . import itsm_sheet_service
from . import itsm_sheet_team
from . import itsm_sheet_import
from . import itsm_sheet_import_line
