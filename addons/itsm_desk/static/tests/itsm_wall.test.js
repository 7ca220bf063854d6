// Copyright 2026 The ITSM for Odoo maintainers
// License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import { beforeEach, describe, expect, test } from "@odoo/hoot";
import { advanceTime, animationFrame } from "@odoo/hoot-mock";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import {
    contains,
    mockService,
    mountWithCleanup,
    onRpc,
    patchWithCleanup,
} from "@web/../tests/web_test_helpers";
import { browser } from "@web/core/browser/browser";
import { router } from "@web/core/browser/router";
import { ConnectionLostError } from "@web/core/network/rpc";

import {
    GATHER,
    ItsmWall,
    PACE,
    RETRY_PACE,
    STORAGE_KEY,
} from "@itsm_desk/components/itsm_wall/itsm_wall";

defineMailModels();
describe.current.tags("desktop");

const figure = (count, more = {}) => ({ count, domain: [["id", "=", count]], ...more });

function figures(open) {
    return {
        now: "2026-03-26 09:00:00",
        zone: "Europe/Paris",
        tiles: [
            figure(open, { key: "open", label: "Open", level: "plain", word: "" }),
            figure(2, { key: "breached", label: "Breached", level: "danger", word: "Act now" }),
        ],
        priorities: [figure(4, { key: "3", label: "Critical", late: figure(1) })],
        ages: [figure(4, { key: 0, label: "up to 1 day" })],
        days: [{ date: "2026-03-26", reported: figure(6), solved: figure(7) }],
        first_line: { days: 30, hits: figure(19), counted: figure(20) },
        teams: {
            shown: [
                {
                    id: 5,
                    name: "Network",
                    people: 2,
                    per_person: 1.5,
                    open: figure(3),
                    unassigned: figure(1),
                    breached: figure(0),
                },
            ],
            more: 0,
        },
        choices: { teams: [{ id: 5, name: "Network" }], companies: [{ id: 1, name: "One" }] },
    };
}

let answer;
beforeEach(() => {
    let looks = 0;
    answer = () => figures(++looks);
    onRpc("itsm.wall", "read_figures", ({ args }) => {
        expect.step(JSON.stringify(args[0]));
        return answer();
    });
});

const ALL = '{"team_ids":[],"company_ids":[]}';
const OPEN = "[data-key=open] .o_itsm_wall_count";

async function mountWall(props = {}) {
    const wall = await mountWithCleanup(ItsmWall, { props: { action: {}, ...props } });
    expect.verifySteps([ALL]);
    return wall;
}

test("looks again by itself, without reload", async () => {
    await mountWall();
    expect(OPEN).toHaveText("1");
    await advanceTime(PACE);
    await animationFrame();
    expect.verifySteps([ALL]);
    expect(OPEN).toHaveText("2");
});

test("what changes is gathered", async () => {
    const wall = await mountWall();
    wall.hear();
    wall.hear();
    await advanceTime(GATHER);
    await animationFrame();
    expect.verifySteps([ALL]);
    expect(OPEN).toHaveText("2");
});

test("a lost connection has a plain word", async () => {
    const wall = await mountWall();
    expect(wall.problemOf(new ConnectionLostError("/web"))).toBe(
        "No connection to the server. Trying again."
    );
    expect(wall.problemOf({ exceptionName: "odoo.http.SessionExpiredException" })).toMatch(
        /signed out/
    );
});

test("a problem is said beside the last figures, and gone when it is over", async () => {
    await mountWall();
    const found = answer;
    answer = () => {
        throw new Error("no such server");
    };
    await advanceTime(PACE);
    await animationFrame();
    expect(".o_itsm_wall_problem").toHaveText(/cannot be read.*Figures of/s);
    expect(OPEN).toHaveText("1");
    expect.verifySteps([ALL]);
    answer = found;
    await advanceTime(RETRY_PACE);
    await animationFrame();
    expect.verifySteps([ALL]);
    expect(".o_itsm_wall_problem").toHaveCount(0);
    expect(OPEN).toHaveText("2");
});

test("the team is chosen and kept", async () => {
    await mountWall();
    await contains("select[name=team]").select("5");
    expect.verifySteps(['{"team_ids":[5],"company_ids":[]}']);
    expect(JSON.parse(browser.localStorage.getItem(STORAGE_KEY)).team_ids).toEqual([5]);
    expect("select[name=company]").toHaveCount(0);
});

test("the address of the screen names what is chosen", async () => {
    const told = [];
    await mountWall({ updateActionState: (state) => told.push({ ...state }) });
    expect(told).toEqual([{ team: "all", company: "all" }]);
    await contains("select[name=team]").select("5");
    expect.verifySteps(['{"team_ids":[5],"company_ids":[]}']);
    expect(told.at(-1)).toEqual({ team: 5, company: "all" });
    await contains("select[name=team]").select("");
    expect.verifySteps([ALL]);
    expect(told.at(-1)).toEqual({ team: "all", company: "all" });
});

test("the address of the screen is read", async () => {
    browser.localStorage.setItem(STORAGE_KEY, '{"team_ids": [4]}');
    patchWithCleanup(router, {
        get current() {
            return { team: 5 };
        },
    });
    await mountWithCleanup(ItsmWall, { props: { action: {} } });
    expect.verifySteps(['{"team_ids":[5],"company_ids":[]}']);
    expect("select[name=team]").toHaveValue("5");
});

test("each figure opens its list", async () => {
    mockService("action", {
        doAction: (action) => expect.step(`${action.name} ${JSON.stringify(action.domain)}`),
    });
    await mountWall();
    expect("[data-key=first_line] .o_itsm_wall_count").toHaveText("95.0 %");
    for (const [selector, seen] of [
        ["[data-key=breached]", 'Breached [["id","=",2]]'],
        ["[data-key=priorities] button[data-key='3']", 'Critical [["id","=",4]]'],
        ["[data-key=priorities] .o_itsm_wall_late", 'Critical [["id","=",1]]'],
        ["[data-key=ages] button", 'up to 1 day [["id","=",4]]'],
        ["[data-key=teams] td:nth-child(3) button", 'Network [["id","=",3]]'],
    ]) {
        await contains(selector).click();
        expect.verifySteps([seen]);
    }
    expect("[data-key=teams] td:nth-child(4)").toHaveText("1.5");
});
