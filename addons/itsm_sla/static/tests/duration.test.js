// Copyright 2026 The ITSM for Odoo maintainers
// License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import { describe, expect, test } from "@odoo/hoot";
import { makeMockEnv } from "@web/../tests/web_test_helpers";

import {
    formatDuration,
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

test("targets are read as people write them", async () => {
    await makeMockEnv();
    for (const [text, minutes] of [
        ["", false],
        ["  ", false],
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
        expect(parseTarget(text)).toBe(minutes, { message: `"${text}"` });
    }
});

test("what is shown can be typed again", async () => {
    await makeMockEnv();
    for (const minutes of [1, 15, 59, 60, 61, 90, 120, 1440, 2700, 600000]) {
        expect(parseTarget(formatTarget(minutes))).toBe(minutes);
    }
});

test("everything else is refused with a reason", async () => {
    await makeMockEnv();
    for (const text of ["3d", "3 days", "1 week", "2天", "5 工作日", "1d 4h"]) {
        expect(() => parseTarget(text)).toThrow(/not days or weeks/, { message: text });
    }
    for (const text of ["0", "0 min", "0:00", "0h", "0.001h"]) {
        expect(() => parseTarget(text)).toThrow(/at least one minute/, { message: text });
    }
    for (const text of ["99999999999", "10001h"]) {
        expect(() => parseTarget(text)).toThrow(/at most 10000/, { message: text });
    }
    for (const text of [
        ...["abc", "-5", "1.5", "2:75", "1:2:3", "h", "15 x", "30m 1h", "1h 2h"],
        ...["1.5h 30m", "1h30.5", "2h30s", "1h 30 5", "15 min!", "∞"],
    ]) {
        expect(() => parseTarget(text)).toThrow(/is not a time/, { message: text });
    }
    expect(() => parseTarget("abc")).toThrow(InvalidDuration);
});
