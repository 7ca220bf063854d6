// Copyright 2026 The ITSM for Odoo maintainers
// License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import { beforeEach, expect, test } from "@odoo/hoot";
import { edit, press, queryAll, queryAllValues, unload } from "@odoo/hoot-dom";
import { animationFrame, Deferred, mockSendBeacon } from "@odoo/hoot-mock";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import {
    clickCancel,
    clickSave,
    contains,
    defineModels,
    fields,
    models,
    mountView,
    onRpc,
} from "@web/../tests/web_test_helpers";

class Agreement extends models.Model {
    _name = "itsm.agreement";
    name = fields.Char();
    state = fields.Char({ default: "draft" });
    kind = fields.Selection({
        selection: [
            ["sla", "SLA"],
            ["ola", "OLA"],
        ],
        default: "sla",
    });
    target_ids = fields.One2many({
        relation: "itsm.agreement.target",
        relation_field: "agreement_id",
    });
}

class Target extends models.Model {
    _name = "itsm.agreement.target";
    agreement_id = fields.Many2one({ relation: "itsm.agreement" });
    itsm_kind = fields.Selection({
        selection: [
            ["incident", "Incident"],
            ["request", "Service request"],
        ],
        default: "incident",
    });
    priority = fields.Selection({
        selection: [
            ["0", "Low"],
            ["1", "Medium"],
        ],
        default: "1",
    });
    metric = fields.Selection({
        selection: [
            ["response", "Response"],
            ["resolution", "Resolution"],
            ["update", "Next update"],
            ["emergency", "Emergency response"],
        ],
        default: "resolution",
    });
    minutes = fields.Integer();
    days = fields.Integer();
    day_hour = fields.Float();
}
defineMailModels();
defineModels([Agreement, Target]);

beforeEach(() => {
    Target._records = [
        target(11, "incident", "1", "response", 30),
        target(12, "incident", "1", "resolution", 240),
        target(13, "incident", "0", "resolution", 1440),
        target(14, "request", "1", "response", 90),
    ];
    Agreement._records = [
        { id: 1, name: "Mail", kind: "sla", target_ids: [11, 12, 13, 14] },
    ];
});

function target(id, itsm_kind, priority, metric, minutes) {
    return { id, agreement_id: 1, itsm_kind, priority, metric, minutes };
}

/** The command that saves a new target. */
function create(itsm_kind, priority, metric, minutes) {
    return [0, "new", { itsm_kind, priority, metric, minutes }];
}

async function mountForm({ resId = 1, readonly = "0" } = {}) {
    await mountView({
        resModel: "itsm.agreement",
        resId,
        type: "form",
        arch: `<form>
            <field name="name"/>
            <field name="kind"/>
            <field name="target_ids" widget="itsm_target_matrix" readonly="${readonly}">
                <list editable="bottom" limit="200">
                    <field name="itsm_kind"/>
                    <field name="priority"/>
                    <field name="metric"/>
                    <field name="minutes"/>
                    <field name="days"/>
                    <field name="day_hour"/>
                </list>
            </field>
        </form>`,
    });
}

const cell = (kind, priority, metric) =>
    `input[data-cell="${kind}|${priority}|${metric}"]`;
const MEDIUM_RESPONSE = cell("incident", "1", "response");
const MEDIUM_RESOLUTION = cell("incident", "1", "resolution");
const LOW_RESPONSE = cell("incident", "0", "response");

/** Type into a cell and leave it. */
async function type(selector, text) {
    await contains(selector).click();
    await edit(text, { confirm: "blur" });
    await animationFrame();
    await animationFrame();
}

/** What a new record is saved with: a zero says nothing. */
function withoutZeros(values) {
    return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== 0));
}

/** Note what is saved; ids of new records are made up by the client. */
function onSave() {
    onRpc("web_save", ({ args }) => {
        const commands = (args[1].target_ids || []).map(([code, id, values]) => [
            code,
            code === 0 ? "new" : id,
            code === 0 ? withoutZeros(values) : values || null,
        ]);
        expect.step(commands);
    });
}

test.tags("desktop");
test("one matrix: priorities from the highest, kinds and metrics side by side", async () => {
    await mountForm();
    expect("table").toHaveCount(1);
    expect(queryAll("tbody th").map((el) => el.textContent)).toEqual(["Medium", "Low"]);
    expect(queryAll("thead tr:first-child th").map((el) => el.textContent)).toEqual([
        "Priority",
        "Incident",
        "Service request",
    ]);
    expect(queryAllValues("tbody input")).toEqual([
        ...["30 min", "4 h", "1 h 30 min", ""],
        ...["", "24 h", "", ""],
    ]);
    expect(MEDIUM_RESPONSE).toHaveAttribute("aria-label", "Incident, Medium, Response");
});

test.tags("mobile");
test("one table for each kind on a small screen", async () => {
    await mountForm();
    expect("table").toHaveCount(2);
    expect(queryAllValues("table:eq(0) input")).toEqual(["30 min", "4 h", "", "24 h"]);
    expect(queryAllValues("table:eq(1) input")).toEqual(["1 h 30 min", "", "", ""]);
});

test("change, add and clear targets, in one save", async () => {
    onSave();
    await mountForm();
    await type(MEDIUM_RESPONSE, "1h15");
    expect(MEDIUM_RESPONSE).toHaveValue("1 h 15 min");
    await type(LOW_RESPONSE, "2:30");
    expect(LOW_RESPONSE).toHaveValue("2 h 30 min");
    await type(MEDIUM_RESOLUTION, "");
    expect(MEDIUM_RESOLUTION).toHaveValue("");
    await clickSave();
    expect.verifySteps([
        [
            [1, 11, { minutes: 75 }],
            [
                0,
                "new",
                { itsm_kind: "incident", priority: "0", metric: "response", minutes: 150 },
            ],
            [2, 12, null],
        ],
    ]);
    expect(MEDIUM_RESPONSE).toHaveValue("1 h 15 min");
    expect(LOW_RESPONSE).toHaveValue("2 h 30 min");
    expect(MEDIUM_RESOLUTION).toHaveValue("");
});

test("a cell that is cleared and filled again is one target", async () => {
    onSave();
    await mountForm();
    await type(MEDIUM_RESPONSE, "");
    await type(MEDIUM_RESPONSE, "20");
    await type(MEDIUM_RESPONSE, "25");
    await type(LOW_RESPONSE, "10");
    await type(LOW_RESPONSE, "");
    await clickSave();
    expect.verifySteps([
        [
            [2, 11, null],
            [
                0,
                "new",
                { itsm_kind: "incident", priority: "1", metric: "response", minutes: 25 },
            ],
        ],
    ]);
});

test("typing the same again changes nothing", async () => {
    onSave();
    await mountForm();
    await type(MEDIUM_RESPONSE, "0.5 h");
    expect(MEDIUM_RESPONSE).toHaveValue("30 min");
    expect(".o_form_button_save").not.toBeVisible();
    expect.verifySteps([]);
});

test("typing the same working day again changes nothing", async () => {
    Object.assign(Target._records[1], { minutes: 0, days: 4, day_hour: 16 });
    await mountForm();
    expect(MEDIUM_RESOLUTION).toHaveValue("workday 4, 16:00");
    await type(MEDIUM_RESOLUTION, "workday 4, 16:00");
    expect(".o_form_button_save").not.toBeVisible();
    await type(MEDIUM_RESOLUTION, "4d16:00");
    expect(".o_form_button_save").not.toBeVisible();
});

test("what is still being typed is saved", async () => {
    onSave();
    await mountForm();
    await contains(MEDIUM_RESPONSE).click();
    await edit("45");
    await animationFrame();
    await clickSave();
    expect.verifySteps([[[1, 11, { minutes: 45 }]]]);
});

test("what is still being typed is saved when the page is closed", async () => {
    const sent = new Deferred();
    mockSendBeacon((_route, blob) => {
        blob.text().then((text) => sent.resolve(JSON.parse(text).params.args[1]));
        return true;
    });
    await mountForm();
    await contains(MEDIUM_RESPONSE).click();
    await edit("45");
    await contains(LOW_RESPONSE).click();
    await edit("50");
    await unload();
    const { target_ids: commands } = await sent;
    expect(commands.length).toBe(2);
    expect(commands[0]).toEqual([1, 11, { minutes: 45 }]);
    expect(withoutZeros(commands[1][2])).toEqual({
        itsm_kind: "incident",
        priority: "0",
        metric: "response",
        minutes: 50,
    });
});

test("what is not understood is marked, kept and not saved", async () => {
    onSave();
    await mountForm();
    await type(MEDIUM_RESPONSE, "soon");
    expect(".o_field_itsm_target_matrix").toHaveClass("o_field_invalid");
    expect(MEDIUM_RESPONSE).toHaveValue("soon");
    expect(MEDIUM_RESPONSE).toHaveAttribute("aria-invalid", "true");
    expect(".o_notification").toHaveCount(1);
    expect(".o_itsm_target_messages").toHaveText(/“soon” is not a time/);
    // Another cell can be changed, and the first one stays as it is.
    await type(MEDIUM_RESOLUTION, "3h");
    expect(MEDIUM_RESPONSE).toHaveValue("soon");
    expect(MEDIUM_RESOLUTION).toHaveValue("3 h");
    expect(".o_field_itsm_target_matrix").toHaveClass("o_field_invalid");
    expect(".o_form_button_save").not.toBeEnabled();
    expect(".o_notification").toHaveCount(1, { message: "said once" });
    await type(MEDIUM_RESPONSE, "20 min");
    expect(".o_field_itsm_target_matrix").not.toHaveClass("o_field_invalid");
    expect(".o_itsm_target_messages .text-danger").toHaveCount(0);
    await clickSave();
    expect.verifySteps([
        [
            [1, 12, { minutes: 180 }],
            [1, 11, { minutes: 20 }],
        ],
    ]);
});

test("days without a time of day are refused", async () => {
    await mountForm();
    await type(MEDIUM_RESOLUTION, "3d");
    expect(".o_itsm_target_messages").toHaveText(/such as 3 d 16:00/);
    expect(MEDIUM_RESOLUTION).toHaveValue("3d");
});

test("a working day with its time of day, and back to hours", async () => {
    onSave();
    await mountForm();
    await type(MEDIUM_RESOLUTION, "4d 16:00");
    expect(MEDIUM_RESOLUTION).toHaveValue("workday 4, 16:00");
    await type(LOW_RESPONSE, "第2个工作日9:30");
    expect(LOW_RESPONSE).toHaveValue("workday 2, 09:30");
    await clickSave();
    expect.verifySteps([
        [
            [1, 12, { minutes: 0, days: 4, day_hour: 16 }],
            [
                0,
                "new",
                {
                    itsm_kind: "incident",
                    priority: "0",
                    metric: "response",
                    days: 2,
                    day_hour: 9.5,
                },
            ],
        ],
    ]);
    await type(MEDIUM_RESOLUTION, "5d 16:00");
    await clickSave();
    await type(MEDIUM_RESOLUTION, "8 h");
    await clickSave();
    expect.verifySteps([
        [[1, 12, { days: 5 }]],
        [[1, 12, { minutes: 480, days: 0, day_hour: 0 }]],
    ]);
    expect(MEDIUM_RESOLUTION).toHaveValue("8 h");
});

test("seldom promises take columns when they are asked for", async () => {
    onSave();
    await mountForm();
    const MEDIUM_UPDATE = cell("incident", "1", "update");
    const MEDIUM_EMERGENCY = cell("incident", "1", "emergency");
    expect("tbody input").toHaveCount(8);
    await contains(".o_itsm_target_more").click();
    expect(".o_itsm_target_more").toHaveCount(0);
    // Four columns for each kind: one table for each.
    expect("table").toHaveCount(2);
    expect("tbody input").toHaveCount(16);
    expect("table:eq(0) thead tr:eq(1) th").toHaveCount(4);
    await type(MEDIUM_UPDATE, "24h");
    await type(MEDIUM_EMERGENCY, "1 h");
    await contains(".o_itsm_target_copy").click();
    await animationFrame();
    expect(cell("request", "1", "update")).toHaveValue("24 h");
    await type(MEDIUM_EMERGENCY, "");
    await clickSave();
    expect.verifySteps([
        [
            create("incident", "1", "update", 1440),
            [1, 14, { minutes: 30 }],
            create("request", "1", "resolution", 240),
            create("request", "1", "update", 1440),
            create("request", "1", "emergency", 60),
            create("request", "0", "resolution", 1440),
        ],
    ]);
});

test("what is used has its column", async () => {
    Target._records.push(target(15, "incident", "1", "update", 1440));
    Agreement._records[0].target_ids.push(15);
    await mountForm({ readonly: "1" });
    expect(".o_itsm_target_more").toHaveCount(0);
    expect("table:eq(0) thead tr:eq(1) th").toHaveCount(3);
    expect("[data-cell='incident|1|update']").toHaveText("24 h");
    expect("[data-cell='incident|1|emergency']").toHaveCount(0);
});

test("teams and suppliers promise response and resolution", async () => {
    Agreement._records[0].kind = "ola";
    await mountForm();
    expect(".o_itsm_target_more").toHaveCount(0);
    expect(".o_itsm_target_warning").toHaveCount(0);
});

test("what an OLA cannot promise is named", async () => {
    Target._records.push(target(15, "incident", "1", "update", 1440));
    Agreement._records[0].target_ids.push(15);
    Agreement._records[0].kind = "ola";
    await mountForm();
    expect(".o_itsm_target_warning").toHaveText(
        "Promised to customers only, clear these columns: Next update."
    );
    await type(cell("incident", "1", "update"), "");
    expect(".o_itsm_target_warning").toHaveCount(0);
    expect(cell("incident", "1", "update")).toHaveCount(0);
});

test("discard brings everything back", async () => {
    onSave();
    await mountForm();
    await type(MEDIUM_RESPONSE, "20");
    await type(LOW_RESPONSE, "10");
    await type(MEDIUM_RESOLUTION, "soon");
    await clickCancel();
    await animationFrame();
    expect(MEDIUM_RESPONSE).toHaveValue("30 min");
    expect(LOW_RESPONSE).toHaveValue("");
    expect(MEDIUM_RESOLUTION).toHaveValue("4 h");
    expect(".o_field_itsm_target_matrix").not.toHaveClass("o_field_invalid");
    expect(".o_itsm_target_messages .text-danger").toHaveCount(0);
    expect.verifySteps([]);
});

test("Escape brings one cell back", async () => {
    await mountForm();
    await contains(MEDIUM_RESPONSE).click();
    await edit("77");
    await press("Escape");
    await animationFrame();
    expect(MEDIUM_RESPONSE).toHaveValue("30 min");
});

test("Enter and arrows move within a column", async () => {
    onSave();
    await mountForm();
    await contains(MEDIUM_RESPONSE).click();
    await edit("20");
    await press("Enter");
    await animationFrame();
    expect(MEDIUM_RESPONSE).toHaveValue("20 min");
    expect(LOW_RESPONSE).toBeFocused();
    await press("ArrowUp");
    expect(MEDIUM_RESPONSE).toBeFocused();
    await press("ArrowDown");
    await press("Enter");
    expect(MEDIUM_RESOLUTION).toBeFocused({ message: "on to the next column" });
    await press(["Shift", "Enter"]);
    expect(LOW_RESPONSE).toBeFocused();
    await clickSave();
    expect.verifySteps([[[1, 11, { minutes: 20 }]]]);
});

test("a response later than the resolution gets a warning mark", async () => {
    await mountForm();
    expect(".o_itsm_target_warning").toHaveCount(0);
    await type(MEDIUM_RESPONSE, "5h");
    expect("td .fa-exclamation-triangle").toHaveCount(1);
    expect(".o_itsm_target_warning").toHaveCount(1);
    expect(".o_field_itsm_target_matrix").not.toHaveClass("o_field_invalid");
    await type(MEDIUM_RESOLUTION, "");
    expect(".o_itsm_target_warning").toHaveCount(0);
});

test("working days are compared with working days only", async () => {
    await mountForm();
    await type(MEDIUM_RESPONSE, "2d 16:00");
    expect(".o_itsm_target_warning").toHaveCount(0, { message: "days and hours" });
    await type(MEDIUM_RESOLUTION, "2d 12:00");
    expect(".o_itsm_target_warning").toHaveCount(1);
    await type(MEDIUM_RESOLUTION, "3d 9:00");
    expect(".o_itsm_target_warning").toHaveCount(0);
});

test("working days are copied too", async () => {
    onSave();
    await mountForm();
    await type(MEDIUM_RESPONSE, "1d 12:00");
    await contains(".o_itsm_target_copy").click();
    await animationFrame();
    expect(cell("request", "1", "response")).toHaveValue("workday 1, 12:00");
    await clickSave();
    const day = { minutes: 0, days: 1, day_hour: 12 };
    expect.verifySteps([
        [
            [1, 11, day],
            [1, 14, day],
            create("request", "1", "resolution", 240),
            create("request", "0", "resolution", 1440),
        ],
    ]);
});

test("incident targets are copied to requests", async () => {
    onSave();
    await mountForm();
    await contains(".o_itsm_target_copy").click();
    await animationFrame();
    expect(cell("request", "1", "response")).toHaveValue("30 min");
    expect(cell("request", "1", "resolution")).toHaveValue("4 h");
    expect(cell("request", "0", "resolution")).toHaveValue("24 h");
    await clickSave();
    expect.verifySteps([
        [
            [1, 14, { minutes: 30 }],
            [
                0,
                "new",
                { itsm_kind: "request", priority: "1", metric: "resolution", minutes: 240 },
            ],
            [
                0,
                "new",
                { itsm_kind: "request", priority: "0", metric: "resolution", minutes: 1440 },
            ],
        ],
    ]);
});

test("a new agreement gets its targets with the first save", async () => {
    onSave();
    await mountForm({ resId: false });
    expect(".o_itsm_target_copy").toHaveCount(0);
    await type(MEDIUM_RESPONSE, "15");
    await type(MEDIUM_RESOLUTION, "2h");
    expect(".o_itsm_target_copy").toHaveCount(1);
    await clickSave();
    expect.verifySteps([
        [
            [
                0,
                "new",
                { itsm_kind: "incident", priority: "1", metric: "response", minutes: 15 },
            ],
            [
                0,
                "new",
                { itsm_kind: "incident", priority: "1", metric: "resolution", minutes: 120 },
            ],
        ],
    ]);
    expect(MEDIUM_RESPONSE).toHaveValue("15 min");
});

test("readonly shows text", async () => {
    await mountForm({ readonly: "1" });
    expect("table input").toHaveCount(0);
    expect(".o_itsm_target_copy").toHaveCount(0);
    expect("[data-cell='incident|1|response']").toHaveText("30 min");
    expect("[data-cell='incident|0|response']").toHaveText("–\nno target");
});
