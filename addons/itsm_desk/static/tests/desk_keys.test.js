// Copyright 2026 The ITSM for Odoo maintainers
// License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import { describe, expect, test } from "@odoo/hoot";
import { mockUserAgent } from "@odoo/hoot-mock";
import { patchTranslations } from "@web/../tests/web_test_helpers";

import { asksForHelp, deskKeys, keyCaps } from "@itsm_desk/components/itsm_keys/desk_keys";

describe.current.tags("desktop");

test("keys are written as on the keyboard", () => {
    patchTranslations();
    expect(keyCaps("alt+g")).toEqual(["Alt", "G"]);
    expect(keyCaps("control+enter")).toEqual(["Ctrl", "Enter"]);
    expect(keyCaps("alt+shift+h")).toEqual(["Alt", "Shift", "H"]);
});

test("a Mac has other keys", () => {
    patchTranslations();
    mockUserAgent("mac");
    expect(keyCaps("alt+g")).toEqual(["Control", "G"]);
    expect(keyCaps("control+k")).toEqual(["Command", "K"]);
});

test("no key stands twice in a section", () => {
    patchTranslations();
    for (const { rows } of deskKeys()) {
        const keys = rows.map((row) => row.keys);
        expect(new Set(keys).size).toBe(keys.length);
    }
});

test("a question mark asks for help, but not where somebody writes", () => {
    const ask = (target, more = {}) => asksForHelp({ key: "?", target, ...more });
    const input = document.createElement("input");
    const editor = document.createElement("div");
    editor.contentEditable = "true";
    expect(ask(document.body)).toBe(true);
    expect(ask(input)).toBe(false);
    expect(ask(document.createElement("textarea"))).toBe(false);
    expect(asksForHelp({ key: "a", target: document.body })).toBe(false);
    expect(ask(document.body, { altKey: true })).toBe(false);
    expect(ask(document.body, { isComposing: true })).toBe(false);
});
