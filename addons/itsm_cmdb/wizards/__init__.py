# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from . import (
    itsm_ci_class_change,
    itsm_ci_form,
    itsm_ci_impact,
    itsm_ci_impact_line,
    itsm_ci_merge,
)
