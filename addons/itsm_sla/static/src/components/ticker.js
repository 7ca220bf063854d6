// Copyright 2026 The ITSM for Odoo maintainers
// License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import { browser } from "@web/core/browser/browser";

import { useEffect, useState } from "@odoo/owl";

/**
 * One timer per pace for the whole page, running only while somebody listens.
 */
class Ticker {
    constructor(pace) {
        this.pace = pace;
        this.listeners = new Set();
        this.tick = this.tick.bind(this);
    }

    tick() {
        const now = currentSecond();
        for (const listener of [...this.listeners]) {
            listener(now);
        }
    }

    add(listener) {
        if (!this.listeners.size) {
            this.timer = browser.setInterval(this.tick, this.pace);
            // Browsers slow the timers of hidden tabs down.
            document.addEventListener("visibilitychange", this.tick);
        }
        this.listeners.add(listener);
        return () => this.remove(listener);
    }

    remove(listener) {
        this.listeners.delete(listener);
        if (!this.listeners.size) {
            browser.clearInterval(this.timer);
            document.removeEventListener("visibilitychange", this.tick);
        }
    }
}

/** By pace; exported for tests. */
export const tickers = new Map();

/** The present second of the browser, in seconds since 1970 (UTC). */
export function currentSecond() {
    return Math.floor(Date.now() / 1000);
}

/**
 * The present second, kept up to date while the component is mounted.
 *
 * @param {number} pace milliseconds between two updates
 * @param {() => boolean} isNeeded whether anything of the component depends on the time
 * @returns {{ second: number }} reactive
 */
export function useNow(pace, isNeeded) {
    const now = useState({ second: currentSecond() });
    useEffect(
        (needed) => {
            if (!needed) {
                return;
            }
            if (!tickers.has(pace)) {
                tickers.set(pace, new Ticker(pace));
            }
            const listener = (second) => {
                now.second = second;
            };
            listener(currentSecond());
            return tickers.get(pace).add(listener);
        },
        () => [isNeeded()]
    );
    return now;
}
