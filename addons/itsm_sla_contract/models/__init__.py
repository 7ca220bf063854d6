# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from . import itsm_customer_contract
from . import itsm_customer_contract_line
from . import itsm_agreement
from . import itsm_agreement_amount
from . import itsm_agreement_contract_end
from . import itsm_agreement_revenue
from . import itsm_agreement_credit
from . import contract_contract
from . import contract_line
