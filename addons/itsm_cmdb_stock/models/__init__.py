# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from . import product_template
from . import itsm_ci
from . import itsm_ci_merge
from . import itsm_ci_receipt
from . import itsm_ci_completion
from . import itsm_ci_purchase
from . import stock_lot
from . import stock_move_line
from . import stock_scrap
from . import itsm_asset_difference
