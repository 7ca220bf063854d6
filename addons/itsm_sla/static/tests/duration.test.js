// Copyright 2026 The ITSM for Odoo maintainers
// License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import { describe, expect, test } from "@odoo/hoot";
import { makeMockEnv } from "@web/../tests/web_test_helpers";

import {
    formatDuration,
    formatPromise,
    formatTarget,
    InvalidDuration,
    parseTarget,
} from "@itsm_sla/components/duration";

describe.current.tags("headless");

test("durations are shown rounded down, hours and minutes", async () => {
    await makeMockEnv();
    expect(formatDuration(0)).toBe("0 min");
    expect(formatDuration(40)).toBe("40 s");
    expect(formatDuration(59 * 60 + 59)).toBe("59 min");
    expect(formatDuration(2 * 3600 + 5 * 60 + 9)).toBe("2 h 05 min");
    expect(formatDuration(2 * 3600 + 5 * 60 + 9, { withSeconds: true })).toBe(
        "2 h 05 min 09 s"
    );
    expect(formatDuration(65, { withSeconds: true })).toBe("1 min 05 s");
    expect(formatDuration(9 * 3600 + 3599, { isShort: true })).toBe("9 h 59 min");
    expect(formatDuration(10 * 3600 + 3599, { isShort: true })).toBe("10 h");
});

test("targets are shown without needless zeros", async () => {
    await makeMockEnv();
    expect(formatTarget(15)).toBe("15 min");
    expect(formatTarget(120)).toBe("2 h");
    expect(formatTarget(1440)).toBe("24 h");
    expect(formatTarget(90)).toBe("1 h 30 min");
    expect(formatTarget(65)).toBe("1 h 05 min");
});

function hours(minutes) {
    return { minutes, days: 0, day_hour: 0 };
}

test("no text is no target", async () => {
    await makeMockEnv();
    expect(parseTarget("")).toBe(false);
    expect(parseTarget("  ")).toBe(false);
});

test("working days are read as people write them", async () => {
    await makeMockEnv();
    for (const [text, days, day_hour] of [
        ["4d 16:00", 4, 16],
        ["4 d 16:00", 4, 16],
        ["4D16:00", 4, 16],
        ["4wd 16:00", 4, 16],
        ["4 days, 16:00", 4, 16],
        ["4th working day by 16:00", 4, 16],
        ["1st working  day 9:30", 1, 9.5],
        ["working day 4 by 16:00", 4, 16],
        ["working day 4, 16:00", 4, 16],
        ["day 12 16:00", 12, 16],
        ["4d 4pm", 4, 16],
        ["4d 4:30 PM", 4, 16.5],
        ["4d 12 am", 4, false],
        ["250d 24:00", 250, 24],
        ["第4个工作日16:00", 4, 16],
        ["第 4 个工作日 16:00 前", 4, 16],
        ["第4个工作日16：00之前", 4, 16],
        ["４个工作日，１６：００", 4, 16],
        ["4天16点", 4, 16],
        ["4工作日16点30分", 4, 16.5],
    ]) {
        if (day_hour === false) {
            expect(() => parseTarget(text)).toThrow(/between 00:01/, { message: text });
            continue;
        }
        expect(parseTarget(text)).toEqual(
            { minutes: 0, days, day_hour },
            { message: `"${text}"` }
        );
    }
});

test("what is no working day is refused with a reason", async () => {
    await makeMockEnv();
    for (const text of ["4d 16", "4d", "d 16:00", "4d 4h", "4天8小时", "4d 16h"]) {
        expect(() => parseTarget(text)).toThrow(InvalidDuration, { message: text });
    }
    expect(() => parseTarget("4d 16")).toThrow(/days need the time of day/);
    for (const text of ["4d 24:01", "4d 16:75", "4d 25:00", "4d 0:00", "4d 13 pm"]) {
        expect(() => parseTarget(text)).toThrow(/between 00:01 and 24:00/, {
            message: text,
        });
    }
    for (const text of ["0d 16:00", "251d 16:00", "99999999d 16:00"]) {
        expect(() => parseTarget(text)).toThrow(/between 1 and 250/, { message: text });
    }
});

test("a promise in words can be typed again", async () => {
    await makeMockEnv();
    expect(formatPromise({ days: 4, day_hour: 16 })).toBe("workday 4, 16:00");
    expect(formatPromise({ days: 1, day_hour: 9 + 20 / 60 })).toBe("workday 1, 09:20");
    expect(formatPromise({ minutes: 90, days: 0 })).toBe("1 h 30 min");
    expect(formatPromise({})).toBe("");
    for (let minute = 1; minute <= 1440; minute += 7) {
        const promise = { minutes: 0, days: 3, day_hour: minute / 60 };
        expect(parseTarget(formatPromise(promise))).toEqual(promise);
    }
});

test("targets are read as people write them", async () => {
    await makeMockEnv();
    for (const [text, minutes] of [
        ["15", 15],
        ["15m", 15],
        ["15 min", 15],
        ["15 Minutes", 15],
        ["15’", 15],
        ["2h", 120],
        ["2 H", 120],
        ["2 hours", 120],
        ["1h30", 90],
        ["1h 30m", 90],
        ["1 h 30 min", 90],
        ["1 h 05 min", 65],
        ["2:30", 150],
        ["0:15", 15],
        ["1.5h", 90],
        ["1,5 h", 90],
        ["0.25 hours", 15],
        ["2小时", 120],
        ["1 小时 30 分钟", 90],
        ["１５分钟", 15],
        ["２：３０", 150],
        ["1440", 1440],
    ]) {
        expect(parseTarget(text)).toEqual(hours(minutes), { message: `"${text}"` });
    }
});

test("what is shown can be typed again", async () => {
    await makeMockEnv();
    for (const minutes of [1, 15, 59, 60, 61, 90, 120, 1440, 2700, 525600]) {
        expect(parseTarget(formatTarget(minutes))).toEqual(hours(minutes));
    }
});

test("everything else is refused with a reason", async () => {
    await makeMockEnv();
    for (const text of ["3d", "3 days", "1 week", "2天", "5 工作日", "1d 4h"]) {
        expect(() => parseTarget(text)).toThrow(/days need the time of day/, { message: text });
    }
    for (const text of ["0", "0 min", "0:00", "0h", "0.001h"]) {
        expect(() => parseTarget(text)).toThrow(/at least one minute/, { message: text });
    }
    for (const text of ["99999999999", "8761h"]) {
        expect(() => parseTarget(text)).toThrow(/at most 8760/, { message: text });
    }
    for (const text of [
        ...["abc", "-5", "1.5", "2:75", "1:2:3", "h", "15 x", "30m 1h", "1h 2h"],
        ...["1.5h 30m", "1h30.5", "2h30s", "1h 30 5", "15 min!", "∞"],
    ]) {
        expect(() => parseTarget(text)).toThrow(/is not a time/, { message: text });
    }
    expect(() => parseTarget("abc")).toThrow(InvalidDuration);
});
