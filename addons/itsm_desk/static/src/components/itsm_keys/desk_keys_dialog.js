// Copyright 2026 The ITSM for Odoo maintainers
// License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import { Dialog } from "@web/core/dialog/dialog";

import { Component } from "@odoo/owl";

import { deskKeys, keyCaps } from "./desk_keys";

/** Which keys do what an agent does all day. */
export class DeskKeysDialog extends Component {
    static template = "itsm_desk.DeskKeysDialog";
    static components = { Dialog };
    static props = { close: Function };

    setup() {
        this.sections = deskKeys();
        this.keyCaps = keyCaps;
    }
}
