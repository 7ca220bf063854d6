// Copyright 2026 The ITSM for Odoo maintainers
// License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import { beforeEach, describe, expect, test } from "@odoo/hoot";
import { press, queryOne } from "@odoo/hoot-dom";
import { Deferred, animationFrame } from "@odoo/hoot-mock";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { contains, mountWithCleanup, onRpc } from "@web/../tests/web_test_helpers";
import { ConnectionLostError } from "@web/core/network/rpc";
import { getDefaultConfig } from "@web/views/view";

import { ItsmCiAuditCount } from "@itsm_cmdb/components/itsm_ci_audit_count/itsm_ci_audit_count";

defineMailModels();
describe.current.tags("desktop");

const CODE = ".o_itsm_ci_count_code";
const CARD = ".o_itsm_ci_count_card";
const UNKNOWN = ".o_itsm_ci_count_unknown";

/** The audit as the server keeps it: one laptop and one screen are expected. */
let lines, unrecorded, broken, gate;

const summary = () => {
    const of = (result) => lines.filter((line) => line.result === result);
    return {
        title: "A-1 Stocktaking",
        counts: {
            total: lines.length,
            pending: of("pending").length,
            ok: of("ok").length,
            different: of("different").length + of("missing").length,
            unrecorded: unrecorded.length,
        },
        lines: of("pending").map(({ id, label, number }) => ({
            id,
            label,
            number,
            place: "Room 1",
        })),
    };
};

const card = (line) => ({
    id: line.id,
    label: line.label,
    number: line.number,
    class: "Workstation",
    place: "Room 1",
    result: line.result,
    result_label: { pending: "", ok: "As expected", different: "Different" }[line.result],
    note: line.note,
    message: "",
    fields: [
        { name: "serial", label: "Serial Number", expected: line.serial, choices: [] },
        { name: "location_id", label: "Location", expected: "Room 1", choices: [] },
    ],
});

beforeEach(() => {
    lines = [
        { id: 1, label: "Laptop", number: "CI-1", serial: "S-1", result: "pending", note: "" },
        { id: 2, label: "Screen", number: "CI-2", serial: "S-2", result: "pending", note: "" },
    ];
    unrecorded = [];
    broken = false;
    gate = null;
    const answer = (method, work) =>
        onRpc("itsm.ci.audit", method, async ({ args: [ids, ...args] }) => {
            expect(ids).toEqual([7]);
            expect.step(`${method} ${JSON.stringify(args)}`);
            if (broken) {
                throw new ConnectionLostError("/web/dataset/call_kw");
            }
            await gate;
            return work(...args);
        });
    answer("read_count", summary);
    answer("find_count", (code) => {
        const found = lines.filter((line) => [line.serial, line.number].includes(code.trim()));
        return {
            code: code.trim(),
            message: found.length ? "" : `Nothing with the code ${code} is recorded.`,
            is_known: Boolean(found.length),
            cards: found.map(card),
        };
    });
    answer("count_line", (id, result, _differences, note) => {
        Object.assign(
            lines.find((line) => line.id === id),
            { result, note }
        );
        return summary();
    });
    answer("count_unrecorded", (thing, code) => {
        unrecorded.push([thing, code]);
        return summary();
    });
});

async function mountCount() {
    await mountWithCleanup(ItsmCiAuditCount, {
        componentEnv: { config: getDefaultConfig() },
        props: { action: { params: { audit_id: 7 } } },
    });
    expect.verifySteps(["read_count []"]);
}

/** A keyboard scanner types the code and presses Enter. */
async function scan(code) {
    await contains(CODE).edit(code);
    await animationFrame();
}

test("what is left is listed, and the next code can be scanned at once", async () => {
    await mountCount();
    expect(".o_itsm_ci_count_lines button").toHaveCount(2);
    expect(".o_itsm_ci_count_figures").toHaveText(/2 to count/);
    expect(CODE).toBeFocused();
});

test("a known serial number is shown and counted", async () => {
    await mountCount();
    await scan("S-1");
    expect.verifySteps(['find_count ["S-1"]']);
    expect(`${CARD} h3`).toHaveText("Laptop");
    expect(UNKNOWN).toHaveCount(0);
    await contains("button[name=ok]").click();
    expect.verifySteps(['count_line [1,"ok",{},"","S-1"]']);
    expect(CARD).toHaveCount(0);
    expect(CODE).toHaveValue("");
    expect(CODE).toBeFocused();
    expect(".o_itsm_ci_count_figures").toHaveText(/1 to count · 1 as expected/);
    expect(".o_itsm_ci_count_lines button").toHaveCount(1);
});

test("what differs is noted with what was found", async () => {
    await mountCount();
    await scan("S-2");
    await contains("button[name=differs]").click();
    await contains("button[data-field=location_id]").click();
    await contains("input[name=location_id]").edit("Room 9", { confirm: false });
    await contains("input[name=note]").edit("behind the door", { confirm: false });
    await contains("button[name=different]").click();
    expect.verifySteps([
        'find_count ["S-2"]',
        'count_line [2,"different",{"location_id":"Room 9"},"behind the door","S-2"]',
    ]);
    expect(".o_itsm_ci_count_figures").toHaveText(/1 different or missing/);
});

test("an unknown serial number is noted as found", async () => {
    await mountCount();
    await scan("S-9");
    expect.verifySteps(['find_count ["S-9"]']);
    expect(".alert-info").toHaveText("Nothing with the code S-9 is recorded.");
    expect(CARD).toHaveCount(0);
    expect(UNKNOWN).toHaveText(/Code: S-9/);
    expect("button[name=unrecorded]").not.toBeEnabled();
    await contains("textarea[name=thing]").edit("A printer, room 1");
    await contains("button[name=unrecorded]").click();
    expect.verifySteps(['count_unrecorded ["A printer, room 1","S-9"]']);
    expect(UNKNOWN).toHaveCount(0);
    expect(".o_itsm_ci_count_figures").toHaveText(/1 not recorded/);
    expect(CODE).toBeFocused();
});

test("the same code twice: one request at a time, and what was noted is shown", async () => {
    await mountCount();
    gate = new Deferred();
    await contains(CODE).edit("S-1");
    await press("Enter");
    await animationFrame();
    expect.verifySteps(['find_count ["S-1"]']);
    gate.resolve();
    await animationFrame();
    expect(CARD).toHaveCount(1);
    gate = new Deferred();
    await contains("button[name=ok]").click();
    expect("button[name=ok]").not.toBeEnabled();
    gate.resolve();
    await animationFrame();
    expect.verifySteps(['count_line [1,"ok",{},"","S-1"]']);
    gate = null;
    await scan("S-1");
    expect.verifySteps(['find_count ["S-1"]']);
    expect(`${CARD} strong`).toHaveText("As expected");
    expect(lines.filter((line) => line.result === "ok")).toHaveLength(1);
    await contains("button[name=back]").click();
    expect(CARD).toHaveCount(0);
    expect.verifySteps([]);
});

test("a network error keeps what was typed, and it can be sent again", async () => {
    expect.errors(3);
    await mountCount();
    broken = true;
    await scan("S-1");
    expect.verifySteps(['find_count ["S-1"]']);
    expect.verifyErrors([/Connection to/]);
    expect(CODE).toHaveValue("S-1");
    expect(CARD).toHaveCount(0);
    broken = false;
    await contains("button[name=find]").click();
    expect.verifySteps(['find_count ["S-1"]']);
    // nor is lost what was found
    await contains("button[name=differs]").click();
    await contains("button[data-field=location_id]").click();
    await contains("input[name=location_id]").edit("Room 9", { confirm: false });
    await contains("input[name=note]").edit("behind the door", { confirm: false });
    broken = true;
    await contains("button[name=different]").click();
    expect.verifyErrors([/Connection to/]);
    expect("input[name=location_id]").toHaveValue("Room 9");
    expect("input[name=note]").toHaveValue("behind the door");
    expect("button[name=different]").toBeEnabled();
    broken = false;
    const sent = 'count_line [1,"different",{"location_id":"Room 9"},"behind the door","S-1"]';
    await contains("button[name=different]").click();
    expect.verifySteps([sent, sent]);
    expect(CARD).toHaveCount(0);
    // nor a thing that is not recorded
    await scan("S-9");
    await contains("textarea[name=thing]").edit("A printer");
    broken = true;
    await contains("button[name=unrecorded]").click();
    expect.verifyErrors([/Connection to/]);
    expect(queryOne("textarea[name=thing]")).toHaveValue("A printer");
    expect(UNKNOWN).toHaveText(/Code: S-9/);
    broken = false;
    await contains("button[name=unrecorded]").click();
    const thing = 'count_unrecorded ["A printer","S-9"]';
    expect.verifySteps(['find_count ["S-9"]', thing, thing]);
    expect(unrecorded).toEqual([["A printer", "S-9"]]);
});
