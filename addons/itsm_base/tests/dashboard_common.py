# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import json

from odoo.tests import HttpCase

#: Waits until a dashboard has loaded all its data, then compares cells and charts.
PROBE = """
(async () => {
    const expected = %s;
    const { env } = odoo.__WOWL_DEBUG__.root;
    const column = (n) => (n > 25 ? column(Math.floor(n / 26) - 1) : "") +
        String.fromCharCode(65 + (n %% 26));
    let model = null;
    let failed = false;
    const read = () => {
        const loader = env.services.spreadsheet_dashboard_loader;
        const dashboard = loader && loader.getActiveDashboard();
        model = dashboard && dashboard.model;
        failed = Boolean(dashboard && dashboard.error);
        if (!model) {
            return null;
        }
        const found = {};
        for (const sheetId of model.getters.getSheetIds()) {
            const name = model.getters.getSheetName(sheetId);
            for (const id of Object.keys(model.getters.getCells(sheetId))) {
                const position = model.getters.getCellPosition(id);
                const cell = model.getters.getEvaluatedCell(position);
                found[`${name}!${column(position.col)}${position.row + 1}`] = cell;
            }
        }
        return found;
    };
    const charts = () => {
        const sums = {};
        for (const sheetId of model.getters.getSheetIds()) {
            for (const figure of model.getters.getFigures(sheetId)) {
                const chartIds = model.getters.getChartIds(sheetId);
                for (const id of chartIds) {
                    const config = model.getters.getChartRuntime(id).chartJsConfig;
                    if (config) {
                        sums[id] = config.data.datasets
                            .flatMap((set) => set.data)
                            .reduce((sum, value) => sum + Number(value || 0), 0);
                    }
                }
            }
        }
        return sums;
    };
    const loading = (cells) =>
        !cells ||
        Object.values(cells).some((cell) => /loading/i.test(String(cell.value)));
    let cells = null;
    let settled = 0;
    for (let turn = 0; turn < 300 && !failed; turn++) {
        cells = read();
        if (!loading(cells)) {
            charts();
            await new Promise((resolve) => setTimeout(resolve, 300));
            cells = read();
            const seen = Object.values(charts());
            const same = expected.charts.every((value, at) => seen[at] === value);
            // a chart may still wait for its figures
            if (!loading(cells) && (same || ++settled > 20)) {
                break;
            }
        }
        await new Promise((resolve) => setTimeout(resolve, 100));
    }
    const problems = [];
    if (loading(cells)) {
        const { error } =
            env.services.spreadsheet_dashboard_loader.getActiveDashboard() || {};
        problems.push(`the dashboard did not load: ${error && error.stack}`);
    }
    for (const [at, cell] of Object.entries(cells || {})) {
        if (cell.type === "error" || /^#[A-Z]/.test(String(cell.value))) {
            problems.push(`${at} is ${cell.value}: ${cell.message}`);
        }
    }
    const say = (value) => (value === null || value === undefined ? "" : value);
    for (const [at, value] of Object.entries(expected.cells)) {
        const cell = cells && cells[at];
        const actual = cell ? say(cell.value) : "";
        if (String(actual) !== String(value)) {
            problems.push(`${at} is ${actual} and not ${value}`);
        }
    }
    const sums = model ? charts() : {};
    if (Object.keys(sums).length !== expected.charts.length) {
        problems.push(`charts: ${JSON.stringify(sums)}`);
    }
    expected.charts.forEach((value, index) => {
        if (Object.values(sums)[index] !== value) {
            problems.push(`charts: ${JSON.stringify(sums)} and not ${value}`);
        }
    });
    if (problems.length) {
        console.error(problems.slice(0, 10).join("; "));
    } else {
        console.log("test successful");
    }
})();
"""


class DashboardCase(HttpCase):
    """Opens a dashboard in the browser and compares what it shows with the database."""

    def assertDashboard(self, dashboard, login, cells, charts=()):
        """Every cell without an error, and these cells and charts with these figures.

        :param dashboard: ``spreadsheet.dashboard``
        :param str login: who looks at it
        :param dict cells: ``{"Sheet!B2": value}``; ``""``: empty
        :param charts: for each chart the sum of what it draws, in the order of the file
        """
        # The values are compared as the browser writes them: 4.0 is 4.
        cells = {
            at: int(value)
            if isinstance(value, float) and value == int(value)
            else value
            for at, value in cells.items()
        }
        self.browser_js(
            f"/odoo/dashboards?dashboard_id={dashboard.id}",
            PROBE % json.dumps({"cells": cells, "charts": list(charts)}),
            ready="!!document.querySelector('.o_spreadsheet_dashboard_action')",
            login=login,
            timeout=120,
        )
