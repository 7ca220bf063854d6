# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from collections import defaultdict

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..tools.approval import is_approval_model


class TierReview(models.Model):
    """Who may decide a step, or why not (design 8).

    Everything is read at the moment of the decision: members of groups also by
    implication, holders of roles, users a field names, substitutes.
    """

    _inherit = "tier.review"

    def _approval_records(self):
        """The records these are about, in sudo; those that are gone are left out.

        :rtype: dict[int, models.BaseModel]
        """
        reviews_sudo = self.sudo()  # who may decide does not depend on who asks
        found = {}
        for name, reviews in reviews_sudo.grouped("model").items():
            if not is_approval_model(self.env, name):
                continue
            records = reviews_sudo.env[name].with_context(active_test=False)
            records = records.browse(reviews.mapped("res_id")).exists()
            by_id = {record.id: record for record in records}
            for review in reviews:
                if review.res_id in by_id:
                    found[review.id] = by_id[review.res_id]
        return found

    def _approval_candidates(self):
        """Who is named by the step of each of these at this moment.

        Active users who work in the company of the record, of the organisation unless
        the record admits others; the requester, and who made the record, are left out.
        Constant queries for each model and step.

        :return: users in sudo by id of the review
        :rtype: dict[int, res.users]
        """
        nobody = self.env["res.users"].sudo()  # as in _approval_records
        records = self._approval_records()
        companies = {
            review_id: record._get_company() for review_id, record in records.items()
        }
        # sudo: as in _approval_records
        reviews_sudo = self.sudo().filtered(lambda review: review.id in records)
        all_companies = self.env["res.company"].union(*companies.values())
        holders = reviews_sudo.definition_id.role_id._holders_by_role(all_companies)
        named = {}
        for review in reviews_sudo:
            definition = review.definition_id
            record, company = records[review.id], companies[review.id]
            if definition.review_type == "role":
                users = holders.get((definition.role_id.id, company.id), nobody)
            elif definition.review_type == "group":
                users = definition.reviewer_group_id.all_user_ids
            elif definition.review_type == "field":
                users = record[definition.reviewer_field_id.name]
                if users._name == "res.groups":
                    users = users.all_user_ids
            else:
                users = definition.reviewer_id
            named[review.id] = users.sudo()  # as in _approval_records
        everybody = nobody.union(*named.values())
        everybody.fetch(["active", "share", "company_ids"])
        result = {review.id: nobody for review in self}
        for review in reviews_sudo:
            excluded = records[review.id]._approval_requesters(review)
            company = companies[review.id]
            result[review.id] = (named[review.id] - excluded).filtered(
                lambda user, company=company, record=records[review.id]: (
                    user.active
                    and company in user.company_ids
                    and record._approval_admits(user)
                )
            )
        return result

    def _approval_persons(self):
        """Who has taken part so far, by deciding or by being stood in for.

        :return: by id of the review: ids of users in this step, and in other steps of
            the same round of the same record
        :rtype: dict[int, tuple[set[int], set[int]]]
        """
        reviews_sudo = self.sudo()  # as in _approval_records
        decisions = self.env["itsm.approval.decision"].sudo()  # likewise
        decisions = decisions.search_fetch(
            [
                ("model", "in", list(set(reviews_sudo.mapped("model")))),
                ("res_id", "in", list(set(reviews_sudo.mapped("res_id")))),
            ],
            ["model", "res_id", "round", "review_id", "user_id", "for_user_id"],
        )
        by_round = defaultdict(list)
        for decision in decisions:
            key = (decision.model, decision.res_id, decision.round)
            people = {decision.user_id.id, decision.for_user_id.id}
            by_round[key].append((decision.review_id.id, people))
        result = {}
        for review in reviews_sudo:
            here, elsewhere = set(), set()
            key = (review.model, review.res_id, review.approval_round)
            for review_id, people in by_round[key]:
                (here if review_id == review.id else elsewhere).update(people)
            if review.definition_id.allow_same_person:
                elsewhere = set()
            result[review.id] = (here, elsewhere)
        return result

    def _approval_readable_by(self, user):
        """Which of these are about records that a user can read; a query a model.

        :param user: ``res.users``
        :return: ids of reviews
        :rtype: set[int]
        """
        found = set()
        # sudo: only their models; records are read as the user below
        for name, reviews in self.sudo().grouped("model").items():
            if not is_approval_model(self.env, name):
                continue
            records = self.env[name].with_user(user)
            records = records.with_context(
                active_test=False, allowed_company_ids=user._get_company_ids()
            )
            if records.has_access("read"):
                ids = records.search([("id", "in", reviews.mapped("res_id"))])._ids
                found.update(reviews.filtered(lambda r, ids=ids: r.res_id in ids)._ids)
        return found

    def _approval_standing(self, user):
        """In whose name a user may decide each of these, or why he may not.

        :param user: ``res.users``
        :return: by id of the review ``(user or None, reason or None)``; the reason is
            closed, requester, not_asked, decided or other_step
        :rtype: dict[int, tuple]
        """
        origin = self._origin
        candidates = origin._approval_candidates()
        persons = origin._approval_persons()
        records = origin._approval_records()
        absences = self.env["itsm.substitute"]._for_substitute(user)
        # Who may not read a record decides nothing, by a substitute neither.
        readable = {
            person.id: origin._approval_readable_by(person)
            for person in absences.user_id
        }
        result = {False: (None, "closed")}
        for review in origin.sudo():  # as in _approval_records
            record = records.get(review.id)
            if review.status != "pending" or review.is_past or record is None:
                result[review.id] = (None, "closed")
                continue
            if user in record._approval_requesters(review):
                result[review.id] = (None, "requester")
                continue
            company = record._get_company()
            people = (
                user
                | absences.filtered(
                    lambda absence, company=company: (
                        not absence.company_id or absence.company_id == company
                    )
                ).user_id
            )
            here, elsewhere = persons[review.id]
            reason = "not_asked"
            if (
                user.active
                # sudo: companies of a user are hidden from others
                and company in user.sudo().company_ids
                and record._approval_admits(user)
            ):
                for person in people:  # oneself first
                    if person not in candidates[review.id]:
                        continue
                    if person != user and review.id not in readable[person.id]:
                        continue
                    pair = {user.id, person.id}
                    if pair & here:
                        reason = "decided"
                    elif pair & elsewhere:
                        reason = "other_step"
                    else:
                        result[review.id] = (person, None)
                        break
            result.setdefault(review.id, (None, reason))
        return result

    def _approval_check_standing(self):
        """Return in whose name the user decides each of these.

        :rtype: dict[int, res.users]
        :raise UserError: he may not decide one of them; the message says why
        """
        standing = self._approval_standing(self.env.user)
        for review in self:
            reason = standing[review.id][1]
            if reason:
                raise UserError(review._approval_reason(reason))
        return {review.id: standing[review.id][0] for review in self}

    def _approval_reason(self, reason):
        """Why the user may not decide this step, in words."""
        step = self.sudo().name  # the name of the step is what he asked about
        if reason == "requester":
            return self.env._(
                "“%(step)s”: you asked for this approval or made the record, so "
                "somebody else decides.",
                step=step,
            )
        if reason == "decided":
            return self.env._(
                "“%(step)s”: you have taken part in this step already. Each person "
                "decides once.",
                step=step,
            )
        if reason == "other_step":
            return self.env._(
                "“%(step)s”: you have taken part in another step of this approval. "
                "Each step is decided by different people.",
                step=step,
            )
        if reason == "not_asked":
            return self.env._(
                "“%(step)s”: you are not among those who decide this step. Its set-up "
                "is under Configuration > Management > Approval Steps.",
                step=step,
            )
        return self.env._(
            "“%(step)s”: there is nothing to decide here (any more).", step=step
        )

    @api.model
    def _approval_mine(self, domain=Domain.TRUE):
        """Steps that wait for the present user, on records that he may read.

        :rtype: tier.review
        """
        pending = self.search(
            Domain("is_itsm", "=", True)
            & Domain("status", "=", "pending")
            & Domain("is_past", "=", False)
            & domain
        )
        standing = pending._approval_standing(self.env.user)
        mine = pending.filtered(lambda review: standing[review.id][0])
        return mine.filtered("record_name")

    def _approval_voters(self):
        """Who may still decide this step in his own name and can read the record.

        :rtype: res.users
        """
        self.ensure_one()
        record = self._approval_records()[self.id]
        here, elsewhere = self._approval_persons()[self.id]
        users = self._approval_candidates()[self.id].filtered(
            lambda user: user.id not in here and user.id not in elsewhere
        )
        return record._approval_readers(users)
