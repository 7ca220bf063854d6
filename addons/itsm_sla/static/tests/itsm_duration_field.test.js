// Copyright 2026 The ITSM for Odoo maintainers
// License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import { describe, expect, test } from "@odoo/hoot";
import { queryAllTexts } from "@odoo/hoot-dom";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import {
    contains,
    defineModels,
    fields,
    models,
    mountView,
    onRpc,
} from "@web/../tests/web_test_helpers";

class Promised extends models.Model {
    _name = "itsm.promise";
    minutes = fields.Integer();
    _records = [
        { id: 1, minutes: 90 },
        { id: 2, minutes: 1440 },
        { id: 3, minutes: 0 },
    ];
}

describe.current.tags("desktop");

defineMailModels();
defineModels([Promised]);

const mountForm = () =>
    mountView({
        type: "form",
        resModel: "itsm.promise",
        resId: 1,
        arch: `<form><field name="minutes" widget="itsm_duration"/></form>`,
    });

test("minutes are shown in hours and minutes, nothing for zero", async () => {
    await mountView({
        type: "list",
        resModel: "itsm.promise",
        arch: `<list><field name="minutes" widget="itsm_duration"/></list>`,
    });
    expect(queryAllTexts(".o_data_cell")).toEqual(["1 h 30 min", "24 h", ""]);
});

test("what is typed in words is saved in minutes", async () => {
    onRpc("itsm.promise", "web_save", ({ args }) => {
        expect.step(args[1].minutes);
    });
    await mountForm();
    expect(".o_field_widget[name=minutes] input").toHaveValue("1 h 30 min");
    await contains(".o_field_widget[name=minutes] input").edit("2:15");
    expect(".o_field_widget[name=minutes] input").toHaveValue("2 h 15 min");
    await contains(".o_form_button_save").click();
    await contains(".o_field_widget[name=minutes] input").edit("");
    await contains(".o_form_button_save").click();
    expect.verifySteps([135, 0]);
});

test("what is no time, or a working day, is refused and says so", async () => {
    onRpc("itsm.promise", "web_save", () => {
        expect.step("saved");
    });
    await mountForm();
    for (const text of ["soon", "4 d 16:00"]) {
        await contains(".o_field_widget[name=minutes] input").edit(text);
        expect(".o_field_widget[name=minutes]").toHaveClass("o_field_invalid");
        expect(`.o_notification:contains(“${text}”)`).toHaveCount(1);
    }
    expect(".o_field_widget[name=minutes] input").toHaveValue("4 d 16:00");
    expect.verifySteps([]);
});
