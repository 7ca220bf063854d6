// Copyright 2026 The ITSM for Odoo maintainers
// License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import { isMacOS } from "@web/core/browser/feature_detection";
import { _t } from "@web/core/l10n/translation";

/**
 * The keys of an agent's day. Those of a button stand on the button itself
 * (`data-hotkey`, pressed with Alt), so that Odoo shows them while Alt is held down and
 * lists them in the command palette; here is what the help panel says.
 *
 * @returns {{title: string, rows: {keys: string, what: string}[]}[]}
 */
export function deskKeys() {
    return [
        {
            title: _t("On a ticket"),
            rows: [
                { keys: "alt+g", what: _t("Take: assign it to me and begin") },
                { keys: "alt+m", what: _t("Reply to the requester") },
                { keys: "alt+shift+m", what: _t("Write an internal note") },
                { keys: "control+enter", what: _t("Send what was written") },
                { keys: "alt+w", what: _t("Pause, with what it waits for") },
                { keys: "alt+o", what: _t("Resume") },
                { keys: "alt+e", what: _t("Resolve, with the solution") },
                { keys: "alt+l", what: _t("Escalate") },
                { keys: "alt+n", what: _t("Next ticket of the list") },
                { keys: "alt+p", what: _t("Previous ticket of the list") },
                { keys: "alt+b", what: _t("Back to the list") },
                { keys: "alt+s", what: _t("Save") },
                { keys: "alt+j", what: _t("Discard what was changed") },
            ],
        },
        {
            title: _t("In a list"),
            rows: [
                { keys: "arrowdown", what: _t("To the next row; Enter opens it") },
                { keys: "space", what: _t("Tick the row") },
                { keys: "alt+g", what: _t("Take the ticked tickets") },
                { keys: "alt+w", what: _t("Pause the ticked tickets") },
                { keys: "alt+e", what: _t("Resolve the ticked tickets") },
                { keys: "alt+u", what: _t("More actions for the ticked tickets") },
            ],
        },
        {
            title: _t("In a dialog"),
            rows: [
                { keys: "alt+q", what: _t("Do it") },
                { keys: "alt+x", what: _t("Leave it") },
            ],
        },
        {
            title: _t("Everywhere"),
            rows: [
                { keys: "control+k", what: _t("Command palette: search what you can do") },
                { keys: "alt+shift+h", what: _t("This help; on tickets ? too") },
            ],
        },
    ];
}

/**
 * Keys as they are written on the keyboard: “alt+g” is “Alt G”, on a Mac “Control G”.
 *
 * @param {string} keys
 * @returns {string[]}
 */
export function keyCaps(keys) {
    const names = {
        alt: isMacOS() ? _t("Control") : _t("Alt"),
        control: isMacOS() ? _t("Command") : _t("Ctrl"),
        shift: _t("Shift"),
        enter: _t("Enter"),
        space: _t("Space"),
        arrowdown: "↓",
    };
    return keys.split("+").map((key) => String(names[key] || key.toUpperCase()));
}

/**
 * Whether a key that was pressed asks for the help panel: a question mark outside of
 * what somebody writes.
 *
 * @param {KeyboardEvent} ev
 * @returns {boolean}
 */
export function asksForHelp(ev) {
    if (ev.key !== "?" || ev.altKey || ev.ctrlKey || ev.metaKey || ev.isComposing) {
        return false;
    }
    const target = ev.target;
    return !(
        target instanceof HTMLElement &&
        (target.isContentEditable || target.matches("input, textarea, select"))
    );
}
