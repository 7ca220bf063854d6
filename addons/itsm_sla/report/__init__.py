# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from . import itsm_clock_report
from . import itsm_share_verdict
from . import itsm_target_result
from . import itsm_workload
