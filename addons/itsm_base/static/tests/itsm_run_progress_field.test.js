// Copyright 2026 The ITSM for Odoo maintainers
// License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import { describe, expect, test } from "@odoo/hoot";
import { advanceTime, animationFrame } from "@odoo/hoot-mock";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import {
    MockServer,
    contains,
    defineModels,
    fields,
    models,
    mountView,
    onRpc,
} from "@web/../tests/web_test_helpers";

import { PACE } from "@itsm_base/components/itsm_run_progress/itsm_run_progress_field";

class Run extends models.Model {
    _name = "itsm.run";
    name = fields.Char();
    state = fields.Selection({
        selection: [
            ["waiting", "Waiting"],
            ["running", "Running"],
            ["done", "Done"],
        ],
    });
    done = fields.Integer();
    total = fields.Integer();
    progress = fields.Float();
    _records = [
        { id: 1, name: "Import", state: "running", done: 1, total: 4, progress: 25 },
        { id: 2, name: "Replay", state: "done", done: 9, total: 9, progress: 100 },
        { id: 3, name: "New", state: "waiting", done: 0, total: 0, progress: 0 },
    ];
}
defineMailModels();
defineModels([Run]);
describe.current.tags("desktop");

const FORM = `
    <form>
        <field name="name"/>
        <field name="state"/>
        <field name="progress" widget="itsm_run_progress"/>
    </form>`;

async function mountForm(resId) {
    await mountView({ type: "form", resModel: "itsm.run", resId, arch: FORM });
}

function countReads() {
    onRpc("itsm.run", "read", ({ args }) => {
        expect.step(args[1].join());
    });
}

/** What the scheduled action does meanwhile. */
function update(values) {
    MockServer.env["itsm.run"].write([1], values);
}

async function wait() {
    await advanceTime(PACE);
    await animationFrame();
}

const READ = "progress,state,done,total";

test("moves by itself while the run works, and stops when it ends", async () => {
    countReads();
    await mountForm(1);
    expect(".o_itsm_run_progress .small").toHaveText("1 of 4");
    expect(".o_itsm_run_progress .progress-bar").toHaveStyle({ width: "25%" }, { inline: true });
    expect.verifySteps([]);
    update({ done: 3, progress: 75 });
    await wait();
    expect.verifySteps([READ]);
    expect(".o_itsm_run_progress .small").toHaveText("3 of 4");
    update({ done: 4, progress: 100, state: "done" });
    await wait();
    expect.verifySteps([READ]);
    await animationFrame();
    expect(".o_itsm_run_progress .small").toHaveText("4 of 4");
    expect(".o_itsm_run_progress .progress-bar").toHaveClass("bg-success");
    // the whole record was loaded again
    expect(".o_field_widget[name=state] input").toHaveValue("Done");
    await wait();
    await wait();
    expect.verifySteps([]);
});

test("a run that has ended is not read again", async () => {
    countReads();
    await mountForm(2);
    expect(".o_itsm_run_progress .small").toHaveText("9 of 9");
    await wait();
    expect.verifySteps([]);
});

test("what the user has typed stays", async () => {
    await mountForm(1);
    await contains(".o_field_widget[name=name] input").edit("Typed");
    update({ done: 4, progress: 100, state: "done" });
    await wait();
    expect(".o_field_widget[name=name] input").toHaveValue("Typed");
    expect(".o_itsm_run_progress .small").toHaveText("4 of 4");
});

test("one error ends the looking", async () => {
    expect.errors(1);
    await mountForm(1);
    onRpc("itsm.run", "read", () => {
        expect.step("read");
        throw new Error("away");
    });
    await wait();
    await wait();
    expect.verifySteps(["read"]);
    expect.verifyErrors(["RPC_ERROR"]);
});

test("a total that is not known", async () => {
    await mountForm(3);
    expect(".o_itsm_run_progress .small").toHaveText("0");
});

test("in a list", async () => {
    await mountView({
        type: "list",
        resModel: "itsm.run",
        arch: `
            <list>
                <field name="name"/>
                <field name="progress" widget="itsm_run_progress"/>
            </list>`,
    });
    update({ done: 4, progress: 100, state: "done" });
    await wait();
    await animationFrame();
    expect(".o_data_row:first .o_itsm_run_progress .small").toHaveText("4 of 4");
    expect(".o_data_row:first .progress-bar").toHaveClass("bg-success");
});
