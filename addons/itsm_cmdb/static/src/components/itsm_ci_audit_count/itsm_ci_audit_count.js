// Copyright 2026 The ITSM for Odoo maintainers
// License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import { scanBarcode } from "@web/core/barcode/barcode_dialog";
import { isBarcodeScannerSupported } from "@web/core/barcode/barcode_video_scanner";
import { router } from "@web/core/browser/router";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

import { Component, onWillStart, useEffect, useRef, useState } from "@odoo/owl";

/** What the screen begins with, and goes back to when a line is counted. */
const empty = () => ({
    cards: [],
    chosen: null,
    differs: false,
    found: {},
    field: null,
    checked: {},
    warnings: {},
    note: "",
    code: "",
    scanned: "",
    message: "",
    unknown: false,
    thing: "",
});

/**
 * Counting for an audit: a code is scanned (a keyboard scanner types it, a phone reads
 * it with its camera), what is expected is shown, and what was found is noted.
 */
export class ItsmCiAuditCount extends Component {
    static template = "itsm_cmdb.ItsmCiAuditCount";
    static components = { Layout };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.notification = useService("notification");
        this.code = useRef("code");
        this.card = useRef("card");
        this.display = { controlPanel: {} };
        this.canScan = isBarcodeScannerSupported();
        const params = this.props.action.params || {};
        this.auditId = Number(params.audit_id || router.current.audit_id) || 0;
        this.state = useState({
            audit: null,
            ...empty(),
            busy: false,
        });
        onWillStart(() => this.load());
        // the next code is scanned without touching the screen
        useEffect(
            (chosen, unknown) => {
                if (!chosen && !unknown) {
                    this.code.el?.focus();
                }
            },
            () => [this.state.chosen, this.state.unknown]
        );
        // whoever taps at the end of a card begins at its head again
        useEffect(
            (card, differs) => {
                if (card && differs) {
                    card.scrollIntoView({ block: "start" });
                }
            },
            () => [this.card.el, this.state.differs]
        );
    }

    get progress() {
        const { total, pending } = this.state.audit.counts;
        return total ? Math.round((100 * (total - pending)) / total) : 0;
    }

    get shown() {
        return _t("The first %s are listed.", this.state.audit.lines.length);
    }

    async load() {
        if (!this.auditId) {
            return;
        }
        router.pushState({ audit_id: this.auditId });
        this.env.config?.setDisplayName?.(_t("Count"));
        this.state.audit = await this.call("read_count");
    }

    call(method, ...args) {
        return this.orm.call("itsm.ci.audit", method, [[this.auditId], ...args]);
    }

    /** One request at a time: a scanner is faster than the network. */
    async once(work) {
        if (this.state.busy) {
            return;
        }
        this.state.busy = true;
        try {
            await work();
        } finally {
            this.state.busy = false;
        }
    }

    reset() {
        Object.assign(this.state, empty());
        // an answer before the typed code was rendered would leave it in the input
        if (this.code.el) {
            this.code.el.value = "";
        }
    }

    onKey(ev) {
        if (ev.key === "Enter") {
            ev.preventDefault();
            this.find(this.state.code);
        }
    }

    find(code) {
        return this.once(async () => {
            const found = await this.call("find_count", code);
            this.reset();
            this.state.message = found.message;
            this.state.scanned = found.code || "";
            this.state.cards = found.cards;
            this.state.unknown = Boolean(found.code) && !found.is_known;
            if (found.cards.length === 1) {
                this.choose(found.cards[0]);
            }
        });
    }

    async scan() {
        const code = await scanBarcode(this.env);
        if (code) {
            navigator.vibrate?.(50);
            await this.find(code);
        }
    }

    /** A line of the list is found by its number, as a code is. */
    open(line) {
        return this.find(line.number);
    }

    choose(card) {
        this.state.chosen = card;
        this.state.differs = false;
        this.state.found = {};
        this.state.field = null;
        this.state.checked = {};
        this.state.warnings = {};
        this.state.note = card.note;
    }

    /** One field at a time: the list stays short on a phone. */
    openField(name) {
        this.state.field = this.state.field === name ? null : name;
    }

    /** What is written and names nothing that is recorded is told of once. */
    async hasNewWarnings(card) {
        let isNew = false;
        for (const field of card.fields) {
            const text = (this.state.found[field.name] || "").trim();
            if (!field.is_reference || !text || this.state.checked[field.name] === text) {
                continue;
            }
            const message = await this.call("check_found", card.id, field.name, text);
            this.state.checked[field.name] = text;
            this.state.warnings[field.name] = message;
            if (message) {
                this.state.field = field.name;
                isNew = true;
            }
        }
        return isNew;
    }

    count(result) {
        const card = this.state.chosen;
        return this.once(async () => {
            if (result === "different" && (await this.hasNewWarnings(card))) {
                return;
            }
            this.state.audit = await this.call(
                "count_line",
                card.id,
                result,
                { ...this.state.found },
                this.state.note,
                this.state.scanned
            );
            this.notification.add(_t("%s is noted.", card.label), { type: "success" });
            this.reset();
        });
    }

    noteUnrecorded() {
        return this.once(async () => {
            this.state.audit = await this.call(
                "count_unrecorded",
                this.state.thing,
                this.state.scanned
            );
            this.notification.add(_t("It is noted as not recorded."), {
                type: "success",
            });
            this.reset();
        });
    }

    openUnrecorded() {
        const code = this.state.scanned;
        this.reset();
        this.state.unknown = true;
        this.state.scanned = code;
    }

    openAudit() {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "itsm.ci.audit",
            res_id: this.auditId,
            views: [[false, "form"]],
        });
    }
}

registry.category("actions").add("itsm_ci_audit_count", ItsmCiAuditCount);
