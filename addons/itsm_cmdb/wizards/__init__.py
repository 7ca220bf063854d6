# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from . import (
    itsm_ci_class_change,
    itsm_ci_comparison,
    itsm_ci_comparison_line,
    itsm_ci_form,
    itsm_ci_impact,
    itsm_ci_impact_line,
    itsm_ci_ledger,
    itsm_ci_maintenance_reason,
    itsm_ci_maintenance_year,
    itsm_ci_merge,
    itsm_ci_unauthorised_decide,
    itsm_ci_authorisation_refuse,
    itsm_ci_confirm,
)
