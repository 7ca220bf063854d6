# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

<<<<<<< HEAD
from . import test_access
from . import test_attributes
from . import test_ci
from . import test_class
from . import test_history
from . import test_impact
from . import test_relation
from . import test_service
from . import test_ticket
=======
from . import test_graph, test_graph_layout, test_graph_tour, test_js
>>>>>>> w6
