# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from . import helpdesk_ticket_duplicate_wizard
from . import itsm_agreement_activate
from . import itsm_agreement_gap_waive
from . import itsm_agreement_sign
from . import itsm_availability_correction
from . import itsm_holiday_import
from . import itsm_ticket_exempt
from . import itsm_breach_explain
from . import itsm_breach_pareto
from . import itsm_breach_pareto_line
from . import itsm_credit_compute
from . import itsm_credit_decide
from . import itsm_escalation_preview
from . import itsm_report_acceptance
from . import itsm_service_report_publish
from . import itsm_service_report_reason
from . import itsm_sheet_agreement
from . import itsm_sheet_import
