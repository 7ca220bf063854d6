# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from . import account_asset_profile
from . import account_asset
from . import account_asset_link
from . import itsm_ci
from . import itsm_ci_merge
from . import itsm_asset_difference
