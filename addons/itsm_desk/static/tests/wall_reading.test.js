// Copyright 2026 The ITSM for Odoo maintainers
// License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import { describe, expect, test } from "@odoo/hoot";

import {
    addressOf,
    barLength,
    cutShare,
    readChoice,
} from "@itsm_desk/components/itsm_wall/wall_reading";

describe.current.tags("headless");

test("a share is cut off and not rounded", () => {
    expect(cutShare(9496, 10000)).toBe("94.9");
    expect(cutShare(1, 3)).toBe("33.3");
    expect(cutShare(2, 2)).toBe("100.0");
    expect(cutShare(999, 1000)).toBe("99.9");
    expect(cutShare(9999, 10000)).toBe("99.9");
    expect(cutShare(0, 7)).toBe("0.0");
});

test("nothing counted is no data", () => {
    expect(cutShare(0, 0)).toBe(false);
});

test("a bar that stands for something is seen", () => {
    expect(barLength(0, 500)).toBe(0);
    expect(barLength(1, 500)).toBe(2);
    expect(barLength(500, 500)).toBe(100);
    expect(barLength(0, 0)).toBe(0);
});

test("what the browser kept, whatever it is", () => {
    const nothing = { team_ids: [], company_ids: [], isDark: true };
    for (const kept of [null, "", "{", "[]", "7", '{"team_ids": "1", "isDark": 0}']) {
        expect(readChoice(kept)).toEqual(nothing);
    }
    expect(readChoice('{"team_ids": [4, "5", null], "isDark": false}')).toEqual({
        team_ids: [4],
        company_ids: [],
        isDark: false,
    });
});

test("the address says it before what the browser kept", () => {
    const kept = '{"team_ids": [4], "company_ids": [2], "isDark": false}';
    const read = (address) => {
        const { team_ids, company_ids } = readChoice(kept, address);
        return [team_ids, company_ids];
    };
    expect(read({})).toEqual([[4], [2]]);
    expect(read({ team: 7, company: 3 })).toEqual([[7], [3]]);
    expect(read({ team: "all", company: "all" })).toEqual([[], []]);
    for (const foolish of ["7x", -1, 0, 1.5, "", null, [7]]) {
        expect(read({ team: foolish })).toEqual([[4], [2]]);
    }
    const choice = { team_ids: [7], company_ids: [] };
    expect(addressOf(choice)).toEqual({ team: 7, company: "all" });
    expect(readChoice(kept, addressOf(choice))).toEqual({ ...choice, isDark: false });
});
