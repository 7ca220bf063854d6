# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from . import itsm_ticket_resolve
from . import itsm_ticket_reopen
from . import itsm_ticket_merge
from . import itsm_ticket_split
from . import itsm_ticket_kind
from . import itsm_ticket_pause
from . import itsm_ticket_hold
from . import itsm_request_reason
from . import itsm_ticket_escalate
from . import itsm_major_propose
from . import itsm_major_step
from . import itsm_major_communicate
from . import itsm_shift_coverage
from . import itsm_shift_coverage_line
from . import itsm_shift_plan
from . import itsm_ticket_unrestrict
from . import itsm_ticket_answer
