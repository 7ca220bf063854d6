// Copyright 2026 The ITSM for Odoo maintainers
// License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import { beforeEach, describe, expect, test } from "@odoo/hoot";
import { animationFrame } from "@odoo/hoot-mock";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import {
    contains,
    defineModels,
    fields,
    models,
    mountView,
    onRpc,
    toggleActionMenu,
} from "@web/../tests/web_test_helpers";

class ItsmCi extends models.Model {
    _name = "itsm.ci";
    name = fields.Char();
    active = fields.Boolean({ default: true });
    can_write = fields.Boolean({ default: true });
    part_ids = fields.One2many({ relation: "itsm.ci.relation", relation_field: "ci_id" });
    class_id = fields.Many2one({ relation: "itsm.ci.class" });
    attributes = fields.Properties({
        definition_record: "class_id",
        definition_record_field: "attributes_definition",
    });
    _records = [
        { id: 1, name: "mine", can_write: true, part_ids: [1], class_id: 1 },
        { id: 2, name: "another's", can_write: false, part_ids: [2] },
    ];
}

class ItsmCiRelation extends models.Model {
    _name = "itsm.ci.relation";
    name = fields.Char();
    ci_id = fields.Many2one({ relation: "itsm.ci" });
    _records = [
        { id: 1, name: "one", ci_id: 1 },
        { id: 2, name: "two", ci_id: 2 },
    ];
}

class ItsmCiClass extends models.Model {
    _name = "itsm.ci.class";
    name = fields.Char();
    attributes_definition = fields.PropertiesDefinition();
    _records = [{ id: 1, name: "server", attributes_definition: [] }];
}

defineMailModels();
defineModels([ItsmCi, ItsmCiClass, ItsmCiRelation]);
describe.current.tags("desktop");

const NAME = ".o_field_widget[name=name]";
const ADD = ".o_field_x2many_list_row_add";

beforeEach(() => {
    onRpc("has_group", () => true);
});

const open = (resId) =>
    mountView({
        type: "form",
        resModel: "itsm.ci",
        resId,
        resIds: [1, 2],
        arch: `
            <form js_class="itsm_ci_form">
                <header>
                    <button name="action_graph" type="object" string="Graph" />
                </header>
                <field name="can_write" invisible="1" />
                <field name="active" invisible="1" />
                <field name="name" />
                <field name="class_id" invisible="1" />
                <field name="attributes" />
                <field name="part_ids">
                    <list editable="bottom"><field name="name" /></list>
                </field>
            </form>`,
        actionMenus: {},
    });

function expectEdit(name) {
    expect(".o_form_editable").toHaveCount(1);
    expect(`${NAME} input`).toHaveValue(name);
    expect(ADD).toHaveCount(1);
}

function expectRead(name) {
    expect(".o_form_readonly").toHaveCount(1);
    expect(`.o_form_view ${NAME}:first`).toHaveText(name);
    expect(".o_form_view .o_field_widget input").toHaveCount(0);
    expect(ADD).toHaveCount(0);
}

test("what one may not change is read, on every page, and what is new is entered", async () => {
    await open(1);
    expectEdit("mine");
    await contains(".o_pager_next").click();
    expectRead("another's");
    await contains(".o_pager_previous").click();
    expectEdit("mine");
    await contains(".o_pager_next").click();
    await contains(".o_form_button_create").click();
    expectEdit("");
});

test("what is given away is read once it is saved", async () => {
    onRpc("itsm.ci", "web_save", function ({ args: [ids] }) {
        this.env["itsm.ci"].write(ids, { can_write: false });
    });
    await open(1);
    await contains(`${NAME} input`).edit("yours");
    await contains(".o_form_button_save").click();
    expectRead("yours");
});

test("its buttons work, and nothing is saved by them", async () => {
    onRpc("itsm.ci", "web_save", () => expect.step("web_save"));
    onRpc("itsm.ci", "action_graph", ({ args: [ids] }) => {
        expect.step(`action_graph ${ids}`);
        return false;
    });
    await open(2);
    await contains("button[name=action_graph]").click();
    await animationFrame();
    expect.verifySteps(["action_graph 2"]);
    expectRead("another's");
});

test("only what one may change is archived", async () => {
    await open(2);
    await toggleActionMenu();
    expect(".o_menu_item:contains(Archive)").toHaveCount(0);
    await contains(".o_pager_previous").click();
    await toggleActionMenu();
    expect(".o_menu_item:contains(Archive)").toHaveCount(1);
});

test("attributes are defined on the class, not here", async () => {
    await open(1);
    await toggleActionMenu();
    expect(".o_menu_item:contains(Duplicate)").toHaveCount(1);
    expect(".o_menu_item:contains(Edit Properties)").toHaveCount(0);
});
