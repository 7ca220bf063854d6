// Copyright 2026 The ITSM for Odoo maintainers
// License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import { browser } from "@web/core/browser/browser";
import { DropdownItem } from "@web/core/dropdown/dropdown_item";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";

import { Component } from "@odoo/owl";

import { asksForHelp } from "./desk_keys";
import { DeskKeysDialog } from "./desk_keys_dialog";

/** Whether what is on the screen belongs to the desk. */
function isOfDesk(env) {
    const controller = env.services.action.currentController;
    return (
        controller?.props?.resModel === "helpdesk.ticket" ||
        controller?.action?.tag === "itsm_desk_wall"
    );
}

/**
 * The help panel of the keyboard: by ? on tickets and the wall screen, by Alt Shift H
 * and in the command palette there as well.
 */
export const deskKeysService = {
    dependencies: ["action", "command", "dialog"],
    start(env, { command, dialog }) {
        let isOpen = false;
        const show = () => {
            if (isOpen) {
                return;
            }
            isOpen = true;
            dialog.add(DeskKeysDialog, {}, { onClose: () => (isOpen = false) });
        };
        command.add(_t("Keyboard of the Service Desk"), show, {
            category: "smart_action",
            hotkey: "alt+shift+h",
            global: true,
            isAvailable: () => isOfDesk(env),
        });
        browser.addEventListener("keydown", (ev) => {
            if (asksForHelp(ev) && isOfDesk(env) && !document.querySelector(".modal")) {
                ev.preventDefault();
                show();
            }
        });
        return { show };
    },
};
registry.category("services").add("itsm_desk_keys", deskKeysService);

/** The same in the menu of tickets. */
export class DeskKeysMenuItem extends Component {
    static template = "itsm_desk.DeskKeysMenuItem";
    static components = { DropdownItem };
    static props = {};

    setup() {
        this.keys = useService("itsm_desk_keys");
    }

    onSelected() {
        this.keys.show();
    }
}
registry.category("cogMenu").add(
    "itsm_desk_keys",
    {
        Component: DeskKeysMenuItem,
        groupNumber: 40,
        isDisplayed: (env) => !env.isSmall && env.config?.actionType && isOfDesk(env),
    },
    { sequence: 90 }
);
