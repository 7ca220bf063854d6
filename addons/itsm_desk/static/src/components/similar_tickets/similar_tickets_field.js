// Copyright 2026 The ITSM for Odoo maintainers
// License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { useDebounced } from "@web/core/utils/timing";
import { CharField, charField } from "@web/views/fields/char/char_field";

import { Component, onWillDestroy, useState } from "@odoo/owl";

/** Milliseconds after the last key, so that not each letter asks the server. */
const PAUSE = 400;
const SHORTEST = 3;

const ICONS = {
    new: "fa-circle-o",
    open: "fa-spinner",
    paused: "fa-pause",
    resolved: "fa-check-circle-o",
    closed: "fa-check-circle",
    cancelled: "fa-ban",
};

/**
 * The title of a ticket with the tickets below it that are called alike. What is shown
 * is what the server lets the user read.
 */
export class SimilarTicketsField extends Component {
    static template = "itsm_desk.SimilarTicketsField";
    static components = { CharField };
    static props = { ...CharField.props };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.state = useState({ tickets: [], knowledge: [], asked: "" });
        this.search = useDebounced(this.load.bind(this), PAUSE);
        this.alive = true;
        onWillDestroy(() => {
            this.alive = false;
        });
    }

    get charProps() {
        return this.props;
    }

    get title() {
        return _t("Similar tickets");
    }

    icon(ticket) {
        return ICONS[ticket.state] || "fa-circle-o";
    }

    onInput(ev) {
        if (!this.props.readonly && ev.target.tagName === "INPUT") {
            this.search(ev.target.value);
        }
    }

    onKeydown(ev) {
        if (ev.key === "Escape" && (this.state.tickets.length || this.state.knowledge.length)) {
            ev.stopPropagation();
            this.close();
        }
    }

    close() {
        // what is still being asked is not shown any more
        this.state.asked = "";
        this.state.tickets = [];
        this.state.knowledge = [];
    }

    async load(text) {
        const record = this.props.record;
        if (text.trim().length < SHORTEST) {
            this.close();
            return;
        }
        this.state.asked = text;
        const service = record.data.service_id;
        const isTicket = record.resModel === "helpdesk.ticket";
        const found = await this.orm.silent.call(
            "helpdesk.ticket",
            "itsm_similar_tickets",
            [text],
            {
                service_id: (service && service.id) || false,
                ticket_id: (isTicket && record.resId) || false,
            }
        );
        // a later question has its own answer
        if (this.alive && this.state.asked === text) {
            this.state.tickets = found.tickets;
            this.state.knowledge = found.knowledge;
        }
    }

    open(model, id, ev) {
        ev.preventDefault();
        this.action.doAction(
            {
                type: "ir.actions.act_window",
                res_model: model,
                res_id: id,
                views: [[false, "form"]],
                target: "new",
                context: { create: false },
            },
            {}
        );
    }
}

export const similarTicketsField = {
    ...charField,
    component: SimilarTicketsField,
    displayName: _t("Title with similar tickets"),
    supportedTypes: ["char"],
};

registry.category("fields").add("itsm_similar_tickets", similarTicketsField);
