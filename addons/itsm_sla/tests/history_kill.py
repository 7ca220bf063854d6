# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""A server that works on runs and is killed in the middle of a slice.

Run by test_history_kill in a process of its own: database, configuration as JSON and
the number of the ticket that it does not survive.
"""

import json
import os
import signal
import sys
from unittest.mock import patch


def main(database, options, number):
    from odoo.tools import config

    config.parse_config(json.loads(options))
    from odoo import SUPERUSER_ID, api
    from odoo.modules.registry import Registry

    registry = Registry(database)

    # Run as a script: nothing to be relative to.
    # pylint: disable=odoo-addons-relative-import
    from odoo.addons.itsm_sla.tools import history_worker

    links = registry["itsm.history.import.ticket"]
    store = links._store_plans

    def store_and_die(records, history_import, plans):
        result = store(records, history_import, plans)
        records.env.flush_all()
        if any(plan.number == number for plan in plans):
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    with (
        registry.cursor() as cr,
        patch.object(history_worker, "TICKETS", 1),
        patch.object(history_worker, "SECONDS", 0),
        patch.object(links, "_store_plans", store_and_die),
    ):
        api.Environment(cr, SUPERUSER_ID, {})["itsm.run"]._cron_run()


if __name__ == "__main__":
    main(*sys.argv[1:])
