# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from . import helpdesk_ticket_duplicate_wizard
from . import itsm_agreement_activate
from . import itsm_holiday_import
from . import itsm_ticket_exempt
from . import itsm_escalation_preview
from . import itsm_sheet_agreement
from . import itsm_sheet_import
