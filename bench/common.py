# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""What the measurements share: databases, one process for all sides, the output."""

import json
import os
import platform
import statistics
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
ADDONS = os.path.join(HERE, "addons")


def configure():
    """Read Odoo's configuration once; the connection comes from PG… or ODOO_RC."""
    from odoo.tools import config

    config.parse_config(
        ["--addons-path", ADDONS, "--max-cron-threads=0", "--log-level=warn"]
    )


def ensure_database(name, modules):
    """Make database ``name`` with ``modules`` unless it is there already."""
    import psycopg2

    with psycopg2.connect(dbname="postgres") as connection:
        connection.autocommit = True
        cursor = connection.cursor()
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        if cursor.fetchone():
            cursor.close()
            return
    print(f"making database {name} with {modules}", flush=True)
    subprocess.run(
        [
            *(sys.executable, "-m", "odoo", f"--addons-path={ADDONS}"),
            *("-d", name, "-i", modules, "--no-http", "--stop-after-init"),
            *("--max-cron-threads=0", "--log-level=error"),
        ],
        check=True,
    )


def timed(function, *args):
    """Seconds that one call took."""
    start = time.perf_counter()
    function(*args)
    return time.perf_counter() - start


def spread(values):
    """Smallest, median and largest of some figures."""
    return min(values), statistics.median(values), max(values)


def report(result):
    """Print the figures, the last line as JSON."""
    result.update(
        date=time.strftime("%Y-%m-%d"),
        python=platform.python_version(),
        load_average=round(os.getloadavg()[0], 2),
    )
    for name, value in result.items():
        print(f"  {name}: {value}")
    print(json.dumps(result))
