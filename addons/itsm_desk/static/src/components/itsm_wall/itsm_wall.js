// Copyright 2026 The ITSM for Odoo maintainers
// License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import { browser } from "@web/core/browser/browser";
import { router } from "@web/core/browser/router";
import { formatDate } from "@web/core/l10n/dates";
import { localization } from "@web/core/l10n/localization";
import { _t } from "@web/core/l10n/translation";
import { ConnectionLostError } from "@web/core/network/rpc";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

import {
    Component,
    onMounted,
    onWillStart,
    onWillUnmount,
    useExternalListener,
    useRef,
    useState,
} from "@odoo/owl";

import { WallChart } from "./wall_chart";
import { addressOf, barLength, cutShare, readChoice } from "./wall_reading";

const { DateTime } = luxon;

/** Where the browser keeps what was chosen on this screen. */
export const STORAGE_KEY = "itsm_desk.wall";
const CHANNEL = "itsm_desk.wall";
/** Milliseconds between two looks, whatever the bus says. */
export const PACE = 30000;
/** Milliseconds between two tries while the server cannot be reached. */
export const RETRY_PACE = 10000;
/** Milliseconds in which what the bus says is gathered. */
export const GATHER = 3000;

const ICONS = {
    danger: "fa-exclamation-triangle",
    warning: "fa-exclamation-circle",
    success: "fa-check-circle",
};

/**
 * The wall screen: what the desk has to do, readable from far away, always of now.
 *
 * Figures come from one call; each opens the list that it counts. Nothing is said by
 * colour alone: a sign and a word stand beside it.
 */
export class ItsmWall extends Component {
    static template = "itsm_desk.ItsmWall";
    static components = { WallChart };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.bus = useService("bus_service");
        this.root = useRef("root");
        const kept = browser.localStorage.getItem(STORAGE_KEY);
        this.choice = useState(readChoice(kept, router.current));
        this.tellAddress();
        this.state = useState({ figures: null, problem: "", isFullScreen: false });
        this.asked = 0;
        this.isGone = false;
        this.hear = () => {
            this.gathering ??= browser.setTimeout(() => this.load(), GATHER);
        };
        onWillStart(() => this.load());
        onMounted(() => {
            this.bus.addChannel(CHANNEL);
            this.bus.subscribe(CHANNEL, this.hear);
        });
        onWillUnmount(() => {
            this.isGone = true;
            browser.clearTimeout(this.timer);
            browser.clearTimeout(this.gathering);
            this.bus.unsubscribe(CHANNEL, this.hear);
            this.bus.deleteChannel(CHANNEL);
        });
        useExternalListener(window, "online", () => this.load());
        useExternalListener(document, "visibilitychange", () => {
            if (!document.hidden) {
                this.load();
            }
        });
        useExternalListener(document, "fullscreenchange", () => {
            this.state.isFullScreen = Boolean(document.fullscreenElement);
        });
    }

    // === Figures ===

    /** Read the figures; whatever happens, look again later. */
    async load() {
        browser.clearTimeout(this.timer);
        browser.clearTimeout(this.gathering);
        this.gathering = undefined;
        const asked = ++this.asked;
        const { team_ids, company_ids } = this.choice;
        let pace = PACE;
        try {
            const figures = await this.orm.silent.call("itsm.wall", "read_figures", [
                { team_ids, company_ids },
            ]);
            if (this.isGone || asked !== this.asked) {
                return; // somebody chose something else meanwhile
            }
            this.state.figures = figures;
            this.state.problem = "";
            this.forgetUnknown(figures.choices);
        } catch (error) {
            if (this.isGone || asked !== this.asked) {
                return;
            }
            this.state.problem = this.problemOf(error);
            pace = RETRY_PACE;
        }
        this.timer = browser.setTimeout(() => this.load(), pace);
    }

    problemOf(error) {
        if (error instanceof ConnectionLostError) {
            return _t("No connection to the server. Trying again.");
        }
        if (error.exceptionName === "odoo.http.SessionExpiredException") {
            return _t("You are signed out. Load the page again and sign in.");
        }
        const message = error.data?.message;
        if (!message) {
            throw error;
        }
        return _t("The figures cannot be read: %s", message);
    }

    /** A team that was deleted or is out of sight is not filtered by for ever. */
    forgetUnknown(choices) {
        for (const [name, known] of [
            ["team_ids", choices.teams],
            ["company_ids", choices.companies],
        ]) {
            const ids = this.choice[name];
            if (ids.some((id) => !known.find((row) => row.id === id))) {
                this.choose(name, "");
            }
        }
    }

    get asOf() {
        const moment = DateTime.fromSQL(this.state.figures.now, { zone: "utc" });
        return moment.toLocal().toFormat(localization.timeFormat);
    }

    iconOf(level) {
        return ICONS[level];
    }

    barsOf(rows) {
        const longest = Math.max(...rows.map((row) => row.count));
        return rows.map((row) => ({ ...row, length: barLength(row.count, longest) }));
    }

    get share() {
        const { hits, counted } = this.state.figures.first_line;
        const share = cutShare(hits.count, counted.count);
        return share && share.replace(".", localization.decimalPoint);
    }

    perPerson(team) {
        if (!team.people) {
            return team.open.count ? _t("nobody") : "";
        }
        return team.per_person.toFixed(1).replace(".", localization.decimalPoint);
    }

    get days() {
        return this.state.figures.days.map((day) => {
            const date = DateTime.fromISO(day.date);
            return { ...day, label: date.toFormat("ccc d"), name: formatDate(date) };
        });
    }

    get daySeries() {
        const { days } = this.state.figures;
        return [
            {
                label: _t("Reported"),
                color: this.choice.isDark ? "#7cc4ff" : "#0b5ea8",
                isHollow: true,
                counts: days.map((day) => day.reported.count),
            },
            {
                label: _t("Solved"),
                color: this.choice.isDark ? "#7fe0a5" : "#146c43",
                isHollow: false,
                counts: days.map((day) => day.solved.count),
            },
        ];
    }

    get today() {
        return this.days.at(-1);
    }

    get ink() {
        return this.choice.isDark ? "#f1f3f5" : "#212529";
    }

    // === What people do ===

    /** Open the list that a figure counts. */
    async open(figure, name) {
        if (document.fullscreenElement) {
            await document.exitFullscreen();
        }
        return this.action.doAction({
            type: "ir.actions.act_window",
            name,
            res_model: "helpdesk.ticket",
            views: [
                [false, "list"],
                [false, "kanban"],
                [false, "form"],
            ],
            domain: figure.domain,
        });
    }

    openDay(index, series) {
        const day = this.days[index];
        return series
            ? this.open(day.solved, _t("Solved: %s", day.name))
            : this.open(day.reported, _t("Reported: %s", day.name));
    }

    /** Filter by a team or company; empty: by none. */
    choose(name, value) {
        this.choice[name] = value ? [Number(value)] : [];
        this.keep();
        this.load();
    }

    toggleDark() {
        this.choice.isDark = !this.choice.isDark;
        this.keep();
    }

    keep() {
        browser.localStorage.setItem(STORAGE_KEY, JSON.stringify(this.choice));
        this.tellAddress();
    }

    tellAddress() {
        this.props.updateActionState?.(addressOf(this.choice));
    }

    toggleFullScreen() {
        return document.fullscreenElement
            ? document.exitFullscreen()
            : this.root.el.requestFullscreen();
    }
}

registry.category("actions").add("itsm_desk_wall", ItsmWall);
