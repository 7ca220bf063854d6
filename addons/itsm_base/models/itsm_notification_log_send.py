# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import json
import logging

from markupsafe import Markup
from psycopg2.errors import OperationalError

from odoo import api, fields, models

from odoo.addons.mail.tools.discuss import Store

from ..tools import guard
from .itsm_notification_log import LONGEST_NOTE

_logger = logging.getLogger(__name__)

#: People worked off in one transaction by the scheduled action.
PEOPLE = 50
#: Screens refreshed at once; with more, people see them when they next look.
PUSHES = 20
#: Longest note about an error.


class ItsmNotificationLog(models.Model):
    """Telling: rendering, mails, activities, messages, and what waits."""

    _inherit = "itsm.notification.log"

    # === Scheduled ===

    def _wake_up(self):
        """Let the scheduled action come when the first of these rows is due."""
        due = [log.due_at for log in self if log.due_at and not log.sent_at]
        if due:
            cron = self.env.ref("itsm_base.ir_cron_itsm_notification")
            cron._trigger(at=min(due))

    @api.model
    def _cron_deliver(self):
        """Send what was waiting for working hours or for a digest (scheduled)."""
        cron = self.env["ir.cron"]
        domain = [
            ("outcome", "in", ("waiting", "digest")),
            ("sent_at", "=", False),
            ("due_at", "<=", fields.Datetime.now()),
        ]
        while True:
            people = [
                partner.id
                for (partner,) in self._read_group(domain, ["partner_id"], limit=PEOPLE)
            ]
            due = self.search([*domain, ("partner_id", "in", people)], order="id")
            due = due.try_lock_for_update(allow_referencing=True)
            due.invalidate_recordset()
            due = due.filtered(lambda log: not log.sent_at)
            if not due:
                return
            due._deliver()
            if not cron._commit_progress(len(due), remaining=self.search_count(domain)):
                return

    # === Telling ===

    def _deliver(self):
        """Tell these rows now: one mail for each recipient, whatever their number.

        What cannot be told is written down with its reason and stops nobody else.
        """
        logs = self._still_to_tell()
        if not logs:
            return
        texts = logs._texts()
        logs = logs.filtered(lambda log: log.id in texts)
        digest = logs.filtered(lambda log: log.outcome == "digest")
        digest._with_address()._guarded("mail", texts)
        for channel, rows in (logs - digest)._by_channel().items():
            rows._guarded(channel, texts)

    def _by_channel(self):
        """Rows by the way that reaches the recipient, which is then noted.

        The inbox of who handles notifications by mail is hidden from him: he gets an
        activity. A record without activities is told by mail.
        """
        ways = {}
        for log in self:
            channel = log.channel
            if channel == "inbox" and log.user_id.notification_type != "inbox":
                channel = "activity"
            if channel == "activity" and "activity_ids" not in self.env[log.res_model]:
                channel = "mail"
            ways.setdefault(channel, []).append(log.id)
        found = {channel: self.browse(ids) for channel, ids in ways.items()}
        for channel, rows in found.items():
            other = rows.filtered(lambda log, way=channel: log.channel != way)
            if other:
                guard.with_token(other).write({"channel": channel})
        if "mail" in found:
            found["mail"] = found["mail"]._with_address()
        return found

    def _with_address(self):
        """Those that a mail reaches; of the others it is noted that none does."""
        able = self.filtered("partner_id.email_normalized")
        (self - able)._end("suppressed", "no_address")
        return able

    def _guarded(self, channel, texts):
        """Tell rows one way, together or, if that fails, person by person.

        An error takes back what it is about only, and is noted.
        """
        if not self:
            return
        try:
            with self.env.cr.savepoint():
                getattr(self, f"_tell_by_{channel}")(texts)
                self.env.flush_all()
        except OperationalError:
            raise  # somebody saved the same rows: the transaction is tried again
        except Exception as error:
            people = self.grouped("partner_id")
            if len(people) > 1:
                for rows in people.values():
                    rows._guarded(channel, texts)
                return
            _logger.exception("Notifications %s failed", self.ids)
            self._end("failed", "error", str(error)[:LONGEST_NOTE], sent=True)
            return
        for outcome, rows in self.grouped("outcome").items():
            rows._end("sent" if outcome == "waiting" else outcome)

    def _still_to_tell(self):
        """Leave out rows of records and people that are gone, or lost the right.

        What is sent at once was looked at a moment ago.
        """
        late = self.filtered("due_at")
        events = self.env["itsm.notification.event"]
        gone, hidden, left = self.browse(), self.browse(), self.browse()
        for (model, user), logs in late.grouped(
            lambda log: (log.res_model, log.user_id)
        ).items():
            if model not in self.env:
                gone |= logs  # its addon was uninstalled
                continue
            if user and not user.active:
                left |= logs
                continue
            records = self.env[model].browse(logs.mapped("res_id")).exists()
            there = set(records.ids)
            readable = there
            if user:
                readable = events._readable(records, [user])[user.id]
            gone |= logs.filtered(lambda log, ids=there: log.res_id not in ids)
            hidden |= logs.filtered(
                lambda log, there=there, ids=readable: (
                    log.res_id in there and log.res_id not in ids
                )
            )
        gone._end("suppressed", "gone")
        hidden._end("suppressed", "no_access")
        left._end("suppressed", "inactive")
        return self - gone - hidden - left

    # === Texts ===

    def _texts(self):
        """Subject and text of each row in the recipient's language.

        Each template is rendered once for each language and record.

        :return: dict of row id to ``(subject, body)``; rows that failed are missing and
            noted
        """
        groups = {}
        for log in self:
            key = (
                log.res_model,
                log.template_id,
                log.event_id,
                self._lang_of(log),
                json.dumps(log.extra or {}, sort_keys=True),
            )
            groups.setdefault(key, []).append(log.id)
        texts = {}
        for (model, template, event, lang, extra), ids in groups.items():
            logs = self.browse(ids)
            try:
                with self.env.cr.savepoint(flush=False):
                    found = self._render(
                        model,
                        sorted(set(logs.mapped("res_id"))),
                        template,
                        event,
                        lang,
                        json.loads(extra),
                    )
            except OperationalError:
                raise
            except Exception as error:
                _logger.warning("Notification %s: %s", event.code, error)
                logs._end("failed", "error", str(error)[:LONGEST_NOTE])
                continue
            texts.update((log.id, found[log.res_id]) for log in logs)
        return texts

    @api.model
    def _lang_of(self, log):
        return log.user_id.lang or log.partner_id.lang or self.env.lang or "en_US"

    @api.model
    def _render(self, model, res_ids, template, event, lang, extra):
        """Render for one language: dict of record id to ``(subject, body)``."""
        if not template:
            records = self.env[model].with_context(lang=lang).browse(res_ids)
            name = event.with_context(lang=lang).name or ""
            return {
                record.id: (f"{name}: {record.display_name}", Markup(""))
                for record in records
            }
        # sudo: the recipient may read the record; who causes the mail need not
        template = template.sudo().with_context(lang=lang)
        context = {"extra": extra}
        subjects = template._render_field("subject", res_ids, add_context=context)
        bodies = template._render_field(
            "body_html", res_ids, add_context=context, options={"post_process": True}
        )
        return {res_id: (subjects[res_id], bodies[res_id]) for res_id in res_ids}

    def _url(self):
        self.ensure_one()
        base = self.get_base_url()
        return f"{base}/mail/view?model={self.res_model}&res_id={self.res_id}"

    # === Channels ===

    def _tell_by_mail(self, texts):
        """One mail for each recipient and company, queued."""
        vals_list = []
        groups = self.grouped(lambda log: (log.partner_id, log.company_id))
        for (partner, company), logs in groups.items():
            lang = self._lang_of(logs[0])
            sections = [
                {
                    "subject": texts[log.id][0],
                    "body": texts[log.id][1],
                    "url": log._url(),
                }
                for log in logs
            ]
            body = self.env["ir.qweb"]._render(
                "itsm_base.mail_notification",
                {
                    "sections": sections,
                    "partner": partner,
                    "digest": logs[0].outcome == "digest",
                    "company": company,
                },
                lang=lang,
            )
            vals = {
                "subject": logs.with_context(lang=lang)._subject(sections),
                "body_html": body,
                "email_from": company.email_formatted or self.env.user.email_formatted,
                "recipient_ids": [fields.Command.link(partner.id)],
                "auto_delete": True,
            }
            vals.update(logs._reply_to())
            vals_list.append(vals)
        # sudo: the queue of mails belongs to the system
        mails = self.env["mail.mail"].sudo().create(vals_list)
        for mail, logs in zip(mails, groups.values(), strict=True):
            # sudo: the queue of mails belongs to the system
            guard.with_token(logs.sudo()).write(
                {"mail_id": mail.id, "delivery": "queued"}
            )

    def _subject(self, sections):
        if len(self) == 1 and self.outcome != "digest":
            return sections[0]["subject"]
        if self[0].outcome == "digest":
            return self.env._("Your digest: %(count)s notifications", count=len(self))
        names = ", ".join(sorted(set(self.event_id.mapped("name"))))
        return self.env._(
            "%(count)s notifications: %(names)s", count=len(self), names=names
        )

    def _reply_to(self):
        """Let the answer of a customer to one record come back to it."""
        colleague = self.user_id and not self.user_id.share
        if len(self) != 1 or colleague:
            return {}
        record = self.env[self.res_model].browse(self.res_id)
        if not hasattr(record, "_notify_get_reply_to"):
            return {}
        return {
            "model": self.res_model,
            "res_id": self.res_id,
            # a mail to one person: no empty line in everybody's conversation
            "message_type": "user_notification",
            "reply_to": record._notify_get_reply_to()[record.id],
        }

    def _tell_by_inbox(self, texts):
        """A message in the inbox of each recipient."""
        author = self.env.ref("base.partner_root")
        note_id = self.env["ir.model.data"]._xmlid_to_res_id("mail.mt_note")
        # sudo: told by the system, and not in the name of who caused it
        messages = self.env["mail.message"].sudo()
        messages = messages.create(
            [
                {
                    "model": log.res_model,
                    "res_id": log.res_id,
                    "author_id": author.id,
                    "email_from": author.email_formatted,
                    "message_type": "user_notification",
                    "subtype_id": note_id,
                    "is_internal": True,
                    "subject": texts[log.id][0],
                    "body": texts[log.id][1] or texts[log.id][0],
                    "partner_ids": [fields.Command.link(log.partner_id.id)],
                    "reply_to": author.email_formatted,
                }
                for log in self
            ]
        )
        # sudo: as above
        self.env["mail.notification"].sudo().create(
            [
                {
                    "author_id": author.id,
                    "mail_message_id": message.id,
                    "notification_status": "sent",
                    "notification_type": "inbox",
                    "res_partner_id": log.partner_id.id,
                }
                for message, log in zip(messages, self, strict=True)
            ]
        )
        for message, log in list(zip(messages, self, strict=True))[:PUSHES]:
            user = log.user_id
            store = Store(bus_channel=user).add(
                message.with_user(user).with_context(allowed_company_ids=[]),
                add_followers=True,
            )
            user._bus_send(
                "mail.message/inbox",
                {"message_id": message.id, "store_data": store.get_result()},
            )

    def _tell_by_activity(self, texts):
        """A to-do on each record, all in one batch and without a mail each."""
        todo = self.env.ref("mail.mail_activity_data_todo")
        today = {  # where the recipient is
            user: fields.Date.context_today(self.with_context(tz=user.tz))
            for user in self.user_id
        }
        ir_models = self.env["ir.model"]
        # sudo: made by the system, for people who may read the record
        self.env["mail.activity"].sudo().with_context(
            mail_activity_quick_update=True
        ).create(
            [
                {
                    "activity_type_id": todo.id,
                    "res_model_id": ir_models._get_id(log.res_model),
                    "res_id": log.res_id,
                    "user_id": log.user_id.id,
                    "date_deadline": today[log.user_id],
                    "summary": texts[log.id][0],
                    "note": texts[log.id][1],
                    "automated": True,
                }
                for log in self
            ]
        )
