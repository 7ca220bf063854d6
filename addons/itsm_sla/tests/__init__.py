# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from . import test_fold
from . import test_access
from . import test_activation
from . import test_agreement
from . import test_agreement_input
from . import test_agreement_match
from . import test_clock_batch
from . import test_clock_guard
from . import test_clock_log
from . import test_js
from . import test_reply
from . import test_report
from . import test_scheduler
from . import test_status_search
from . import test_tours
from . import test_uninstalled_before
from . import test_vectors
from . import test_vectors_rules
from . import test_vectors_zones
from . import test_history_file
from . import test_history_import
from . import test_history_reconcile
from . import test_history_silent
from . import test_incident_log
from . import test_templates
