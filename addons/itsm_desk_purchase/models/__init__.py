# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from . import itsm_service
from . import itsm_request
from . import itsm_request_line
from . import purchase_order
from . import purchase_order_line
