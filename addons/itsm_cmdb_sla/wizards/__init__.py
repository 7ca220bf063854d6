# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from . import (
    itsm_ci_impact,
    itsm_ci_impact_agreement,
    itsm_ci_maintenance_reason,
)
