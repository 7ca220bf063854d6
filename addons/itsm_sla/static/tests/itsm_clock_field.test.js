// Copyright 2026 The ITSM for Odoo maintainers
// License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import { beforeEach, describe, expect, test } from "@odoo/hoot";
import { queryAll, queryAllTexts, queryOne } from "@odoo/hoot-dom";
import {
    advanceTime,
    animationFrame,
    freezeTime,
    mockDate,
    mockTimeZone,
} from "@odoo/hoot-mock";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import {
    contains,
    defineModels,
    fields,
    mockService,
    models,
    mountView,
} from "@web/../tests/web_test_helpers";

import { clockSkew, readClock } from "@itsm_sla/components/itsm_clock/clock_reading";
import { tickers } from "@itsm_sla/components/ticker";

// Service hours 08:30 to 17:30 UTC from Monday, 2 March 2026; a target of four hours.
const MONDAY = [utc("2026-03-02 08:30:00"), utc("2026-03-02 17:30:00")];
const TUESDAY = [utc("2026-03-03 08:30:00"), utc("2026-03-03 17:30:00")];

function utc(text) {
    return Date.parse(text.replace(" ", "T") + "Z") / 1000;
}

/** A clock as the server sends it on Monday, 10:00, an hour after its start. */
function makeClock(values) {
    return {
        id: 7,
        metric: "resolution",
        label: "Resolution",
        status: "running",
        phase: "running",
        target: 4 * 3600,
        used: 3600,
        overrun: 0,
        deadline: utc("2026-03-02 13:00:00"),
        at_risk: utc("2026-03-02 12:00:00"),
        breached: false,
        stopped: false,
        intervals: [[utc("2026-03-02 10:00:00"), MONDAY[1]], TUESDAY],
        ...values,
    };
}

function makeSummary(...clocks) {
    return { now: "2026-03-02 10:00:00", reason: "", clocks };
}

class Ticket extends models.Model {
    _name = "helpdesk.ticket";
    name = fields.Char();
    clock_summary = fields.Json();
}
defineMailModels();
defineModels([Ticket]);

beforeEach(() => {
    mockTimeZone(0);
    mockDate("2026-03-02 10:00:00", 0);
    freezeTime(); // A busy machine takes seconds for what a user sees at once.
});

async function mountForm(summary) {
    Ticket._records = [{ id: 1, name: "Printer", clock_summary: summary }];
    await mountView({
        resModel: "helpdesk.ticket",
        resId: 1,
        type: "form",
        arch: `<form><field name="clock_summary" widget="itsm_clock"/></form>`,
    });
}

const text = (name) => queryAllTexts(`.o_itsm_clock_${name}`).join("|");

describe("reading", () => {
    test("working time passes within service hours only", () => {
        const clock = makeClock();
        const at = (moment) => readClock(clock, utc(moment));
        expect(at("2026-03-02 10:00:00").used).toBe(3600);
        expect(at("2026-03-02 11:30:05").used).toBe(2.5 * 3600 + 5);
        expect(at("2026-03-02 11:30:05").left).toBe(1.5 * 3600 - 5);
        expect(at("2026-03-02 11:30:05").isWorking).toBe(true);
        expect(at("2026-03-02 11:30:05").worksUntil).toBe(MONDAY[1]);
        // 7.5 h until closing time, and none until the next morning.
        for (const moment of ["2026-03-02 17:30:00", "2026-03-03 03:00:00"]) {
            expect(at(moment).used).toBe(8.5 * 3600);
            expect(at(moment).isWorking).toBe(false);
            expect(at(moment).resumesAt).toBe(TUESDAY[0]);
        }
        expect(at("2026-03-03 09:30:00").used).toBe(9.5 * 3600);
        // Beyond what the server has sent nothing is claimed.
        expect(at("2026-03-03 17:30:00").isUnknown).toBe(true);
        expect(at("2026-03-03 09:30:00").isUnknown).toBe(false);
    });

    test("the status follows from the moment, not from the server's word", () => {
        const clock = makeClock();
        const at = (moment) => readClock(clock, utc(moment));
        expect(at("2026-03-02 11:59:59").status).toBe("running");
        expect(at("2026-03-02 12:00:00").status).toBe("at_risk");
        // In time means at the deadline or before it.
        expect(at("2026-03-02 13:00:00").status).toBe("at_risk");
        expect(at("2026-03-02 13:00:00").left).toBe(0);
        expect(at("2026-03-02 13:00:01").status).toBe("breached");
        expect(at("2026-03-02 13:00:01").overrun).toBe(1);
    });

    test("after closing time of the last day a clock is late without overrun", () => {
        const clock = makeClock({
            used: 0,
            target: 7.5 * 3600,
            deadline: MONDAY[1],
            at_risk: MONDAY[1],
        });
        const reading = readClock(clock, MONDAY[1] + 3600);
        expect(reading.status).toBe("breached");
        expect(reading.overrun).toBe(0);
        expect(reading.isWorking).toBe(false);
    });

    test("phases that do not run", () => {
        const still = { deadline: false, at_risk: false, intervals: [] };
        const now = utc("2026-03-05 10:00:00");
        const read = (values) => readClock(makeClock({ ...still, ...values }), now);
        expect(read({ phase: "paused" }).status).toBe("paused");
        expect(read({ phase: "paused" }).left).toBe(3 * 3600);
        const late = read({ phase: "paused", used: 5 * 3600, breached: 1 });
        expect(late.status).toBe("breached");
        expect(late.isPaused).toBe(true);
        expect(late.overrun).toBe(3600);
        expect(read({ phase: "stopped", stopped: 1 }).status).toBe("met");
        expect(read({ phase: "stopped", stopped: 1, breached: 1 }).status).toBe("missed");
        expect(read({ phase: "cancelled", breached: 1 }).status).toBe("cancelled");
    });

    test("a browser clock that is wrong is corrected by the server's", () => {
        const summary = makeSummary();
        const server = utc("2026-03-02 10:00:00");
        expect(clockSkew(summary, server)).toBe(0);
        expect(clockSkew(summary, server + 3)).toBe(0);
        expect(clockSkew(summary, server + 3600)).toBe(-3600);
        expect(clockSkew(summary, server - 600)).toBe(600);
    });
});

describe("form", () => {
    test("counts down every second", async () => {
        await mountForm(makeSummary(makeClock()));
        expect(".o_itsm_clock").toHaveCount(1);
        expect(text("main")).toBe("3 h 00 min 00 s left");
        expect(text("status")).toBe("Running");
        expect(text("due")).toBe("due today 1:00 PM");
        expect(text("usage")).toBe("1 h 00 min of 4 h");
        expect(text("note")).toBe("service hours until today 5:30 PM");
        expect(".o_itsm_clock .progress-bar").toHaveStyle({ width: /.+/ });
        expect(queryOne(".progress-bar").style.width).toBe("25%");
        expect("[role=progressbar]").toHaveAttribute("aria-valuenow", "25");
        expect("[role=progressbar]").toHaveAttribute("aria-valuetext", "1 h 00 min of 4 h");
        await advanceTime(1000);
        await animationFrame();
        expect(text("main")).toBe("2 h 59 min 59 s left");
        await advanceTime(64000);
        await animationFrame();
        expect(text("main")).toBe("2 h 58 min 55 s left");
    });

    test("turns at risk and breached while the page is open", async () => {
        await mountForm(makeSummary(makeClock()));
        mockDate("2026-03-02 12:59:59", 0);
        await advanceTime(1000);
        await animationFrame();
        expect(text("status")).toBe("At risk");
        expect(text("main")).toBe("0 s left");
        expect(".progress-bar").toHaveClass("bg-warning");
        await advanceTime(1000);
        await animationFrame();
        expect(text("status")).toBe("Breached");
        expect(text("main")).toBe("1 s over the target");
        expect(text("due")).toBe("was due today 1:00 PM");
        expect(".o_itsm_clock").toHaveAttribute("data-status", "breached");
        expect(".o_itsm_clock_main").toHaveClass("text-danger");
    });

    const NIGHT = {
        ...makeSummary(
            makeClock({
                deadline: utc("2026-03-03 11:30:00"),
                at_risk: utc("2026-03-03 10:30:00"),
                intervals: [TUESDAY],
            })
        ),
        now: "2026-03-02 20:00:00",
    };

    test("stands still outside service hours and says so", async () => {
        mockDate("2026-03-02 20:00:00", 0);
        await mountForm(NIGHT);
        expect(text("main")).toBe("3 h 00 min left");
        expect(text("note")).toBe("outside service hours, resumes Tue 8:30 AM");
        expect(text("due")).toBe("due Tue 11:30 AM");
        await advanceTime(600000);
        await animationFrame();
        expect(text("main")).toBe("3 h 00 min left");
    });

    test("goes on when service hours begin", async () => {
        mockDate("2026-03-02 20:00:00", 0);
        await mountForm(NIGHT);
        mockDate("2026-03-03 08:30:10", 0);
        await advanceTime(1000);
        await animationFrame();
        expect(text("main")).toBe("2 h 59 min 49 s left");
        expect(text("note")).toBe("");
    });

    test("shows times in the zone of the client", async () => {
        mockTimeZone(8);
        await mountForm(makeSummary(makeClock()));
        expect(text("due")).toBe("due today 9:00 PM");
        expect(text("note")).toBe("service hours until Tue 1:30 AM");
    });

    test("paused: what is left and no deadline", async () => {
        await mountForm(
            makeSummary(
                makeClock({
                    phase: "paused",
                    used: 2400,
                    deadline: false,
                    at_risk: false,
                    intervals: [],
                })
            )
        );
        expect(text("main")).toBe("paused, 3 h 20 min left");
        expect(text("due")).toBe("no deadline");
        await advanceTime(3600000);
        await animationFrame();
        expect(text("main")).toBe("paused, 3 h 20 min left");
    });

    test("met, missed and cancelled after the end", async () => {
        const ended = {
            phase: "stopped",
            deadline: false,
            at_risk: false,
            intervals: [],
            stopped: utc("2026-02-28 09:00:00"),
        };
        await mountForm(
            makeSummary(
                makeClock({ ...ended, id: 1, metric: "response", label: "Response" }),
                makeClock({ ...ended, id: 2, used: 5 * 3600, breached: 1 }),
                makeClock({ ...ended, id: 3, phase: "cancelled" })
            )
        );
        expect(text("status")).toBe("Met|Missed|Cancelled");
        expect(text("main")).toBe(
            "3 h 00 min to spare|1 h 00 min over the target|does not count"
        );
        expect(text("due")).toBe(
            "ended Sat 9:00 AM|solved Sat 9:00 AM|cancelled Sat 9:00 AM"
        );
        expect(queryAll(".o_itsm_clock").map((el) => el.dataset.status)).toEqual([
            "met",
            "missed",
            "cancelled",
        ]);
    });

    test("handed over, exempt, and the ends of other promises", async () => {
        const ended = {
            phase: "stopped",
            deadline: false,
            at_risk: false,
            intervals: [],
            stopped: utc("2026-02-28 09:00:00"),
        };
        await mountForm(
            makeSummary(
                makeClock({ ...ended, id: 1, metric: "emergency", label: "Emergency" }),
                makeClock({ ...ended, id: 2, metric: "update", label: "Next update" }),
                makeClock({ ...ended, id: 3, phase: "handed_over" }),
                makeClock({ id: 4, exempt: true, breached: 1 }),
                makeClock({ id: 5, phase: "paused", exempt: true, deadline: false })
            )
        );
        expect(text("status")).toBe("Met|Met|Handed over|Exempt|Exempt");
        expect(text("main")).toBe(
            "3 h 00 min to spare|3 h 00 min to spare|3 h 00 min to spare|" +
                "does not count|does not count"
        );
        expect(text("due")).toBe(
            "started Sat 9:00 AM|ended Sat 9:00 AM|handed over Sat 9:00 AM||"
        );
    });

    test("a promise by working day is shown as it was given", async () => {
        await mountForm(
            makeSummary(makeClock({ promise: "4@16:00", target: 37 * 3600 }))
        );
        expect(text("usage")).toBe("1 h 00 min of workday 4, 16:00");
    });

    test("no clock: the reason", async () => {
        await mountForm({ ...makeSummary(), reason: "No clock: no agreement" });
        expect(".o_itsm_clock").toHaveCount(0);
        expect(".o_itsm_clock_none").toHaveText("No clock: no agreement");
    });

    test("a ticket without any value does not break the form", async () => {
        await mountForm(false);
        expect(".o_itsm_clock_none").toHaveText("No clock: older than service levels");
    });

    test("can be heard and not only seen", async () => {
        await mountForm(makeSummary(makeClock()));
        expect(".o_itsm_clock").toHaveAttribute(
            "aria-label",
            "Resolution: Running, 3 h 00 min left, due today 1:00 PM, " +
                "service hours until today 5:30 PM"
        );
    });

    test("Why? opens the clock", async () => {
        mockService("action", {
            doAction: (action) => {
                expect.step(`${action.res_model} ${action.res_id}`);
            },
        });
        await mountForm(makeSummary(makeClock()));
        await contains(".o_itsm_clock_why").click();
        expect.verifySteps(["itsm.clock 7"]);
    });
});

describe("list and kanban", () => {
    beforeEach(() => {
        Ticket._records = [
            { id: 1, clock_summary: makeSummary(makeClock(), makeClock({ id: 8 })) },
            {
                id: 2,
                clock_summary: makeSummary(
                    makeClock({ phase: "paused", deadline: false, intervals: [] })
                ),
            },
            {
                id: 3,
                clock_summary: makeSummary(
                    makeClock({ used: 16 * 3600, breached: 1, deadline: 1 })
                ),
            },
            { id: 4, clock_summary: { ...makeSummary(), reason: "No agreement" } },
        ];
    });

    test("a list shows a badge for each clock, with one timer for all", async () => {
        await mountView({
            resModel: "helpdesk.ticket",
            type: "list",
            arch: `<list><field name="clock_summary" widget="itsm_clock"/></list>`,
        });
        // Two tickets have a clock that runs; what stands still needs no timer.
        expect(tickers.get(30000).listeners.size).toBe(2);
        expect(queryAll(".o_itsm_chip").map((el) => el.dataset.status)).toEqual([
            "running",
            "running",
            "paused",
            "breached",
        ]);
        const shown = () =>
            queryAllTexts(".o_itsm_chip > span[aria-hidden]:not(.o_itsm_chip_progress)");
        expect(shown()).toEqual(["3 h 00 min", "3 h 00 min", "3 h 00 min", "12 h over"]);
        expect(".o_data_row:eq(2) .o_itsm_chip").toHaveClass("text-bg-danger");
        expect(".o_data_row:eq(3) .o_itsm_clock_none").toHaveAttribute(
            "title",
            "No agreement"
        );
        await advanceTime(60000);
        await animationFrame();
        expect(shown()).toEqual(["2 h 59 min", "2 h 59 min", "3 h 00 min", "12 h over"]);
    });

    test("a card shows the same", async () => {
        await mountView({
            resModel: "helpdesk.ticket",
            type: "kanban",
            arch: `<kanban><templates><t t-name="card">
                <field name="clock_summary" widget="itsm_clock"/>
            </t></templates></kanban>`,
        });
        expect(".o_kanban_record:not(.o_kanban_ghost) .o_itsm_chip").toHaveCount(4);
        expect(".o_itsm_chip:eq(0)").toHaveAttribute(
            "title",
            "Resolution: Running, 3 h 00 min left, due today 1:00 PM, " +
                "service hours until today 5:30 PM"
        );
    });

    test("the two most urgent of many, and how many more there are", async () => {
        Ticket._records = [
            {
                id: 1,
                clock_summary: makeSummary(
                    makeClock({ id: 1, metric: "emergency", phase: "stopped", stopped: 1 }),
                    makeClock({ id: 2, metric: "response", used: 2 * 3600 }),
                    makeClock({ id: 3, metric: "resolution" }),
                    makeClock({ id: 4, metric: "update", label: "Next update", breached: 1 })
                ),
            },
        ];
        await mountView({
            resModel: "helpdesk.ticket",
            type: "list",
            arch: `<list><field name="clock_summary" widget="itsm_clock"/></list>`,
        });
        // Late first, then the one with the least time left; as the server orders them.
        expect(queryAll(".o_itsm_chip").map((el) => el.dataset.metric)).toEqual([
            "response",
            "update",
        ]);
        expect(".o_itsm_chip_more > span:first-child").toHaveText("+2");
        expect(queryOne(".o_itsm_chip_more").title.split("\n")).toHaveLength(2);
    });
});
