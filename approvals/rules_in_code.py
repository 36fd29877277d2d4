"""Rules that are written in the product itself and rest on memory or on a proposal: a person must confirm them."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class CodeRule:
    """One rule: what it says, where it acts, what it rests on ("memory" or "proposed"), and why it is unconfirmed."""

    rule: Any
    where: Any
    standing: str
    why: Any


RULES_IN_CODE: tuple[CodeRule, ...] = (
    CodeRule(
        _("A cryptography plan must be attached from protection level 3 on"),
        _("Completeness of a proposal, checklist item SE-04"), "memory",
        _("Provinces differ: a hard gate in some, a chapter or an opinion in others."),
    ),
    CodeRule(
        _("The expert panel votes with an odd number; the ordinary panel has at least five"),
        _("Closing the expert review; the numbers themselves are a policy row"), "memory",
        _("The rule of the city on expert numbers could not be read."),
    ),
    CodeRule(
        _("Never drawn: experts of the applicant unit, of units above it and of joint builders, and who prepared it"),
        _("Draw of experts"), "memory",
        _("Avoidance rules of bidding reviews carried over; no rule of the city was read."),
    ),
    CodeRule(
        _("An expert's total stands apart from 10 points and 1.5 standard deviations away from the mean on"),
        _("Summary of the experts' points"), "proposed", _("A mark for the reader; nothing is left out of the mean."),
    ),
    CodeRule(
        _("Returned once with everything that is missing; a second notice only for what is new or not cured"),
        _("Return for correction"), "proposed", _("Practice of licensing carried over to projects."),
    ),
    CodeRule(
        _("A proposal that is not corrected in time and grace counts as withdrawn"),
        _("Time for correction"), "proposed", _("No rule of the city on lapsing was found."),
    ),
    CodeRule(
        _("A first-level budget unit needs no endorsement by another"),
        _("Submission"), "proposed", _("Follows from the meaning of a supervising department; not seen in a text."),
    ),
    CodeRule(
        _("Smallest tier, or approved at a higher level: filed only"),
        _("Filing at intake"), "proposed", _("Other places file below other amounts."),
    ),
    CodeRule(
        _("Every software line leads to a capability; more than a tenth unmapped is insufficient data"),
        _("Completeness and duplicate screening"), "proposed", _("Our safeguard against evading the duplicate check."),
    ),
    CodeRule(
        _("Red findings are decided one by one, amber ones may be decided together"),
        _("Duplicate adjudication"), "proposed", _("No text says how findings are decided."),
    ),
    CodeRule(
        _("A review whose sections did not change stands for the corrected version"),
        _("Submitting a corrected version"), "proposed", _("Saves work; no text allows or forbids it."),
    ),
    CodeRule(
        _("The approved amount is at most the reviewed amount"),
        _("Approval"), "proposed", _("General budget practice; the article was not read."),
    ),
    CodeRule(
        _("Function points are counted in five types, with reuse and adjustment factors"),
        _("Estimate beside the asked amount"), "memory",
        _("The method of GB/T 36964-2018 is written from memory; the standard was not at hand."),
    ),
    CodeRule(
        _("Standards whose title or edition is from memory are marked, and are used all the same"),
        _("Checklist of the standards review"), "memory", _("Editions move; each must be looked up before use."),
    ),
    CodeRule(
        _("The build mode follows from five questions and their weights"),
        _("Overview of a proposal, planning review"), "proposed",
        _("Article 3 names the two modes; the questions and weights are ours."),
    ),
    CodeRule(
        _("Money falls on months and cited plan items in equal parts"),
        _("Planning view"), "proposed", _("Proposals do not say how their money splits; a convention of ours."),
    ),
    CodeRule(
        _("A waiver that ran out after the approval becomes an obligation of the project"),
        _("Waivers and acceptance"), "proposed", _("No text on waivers was read."),
    ),
    CodeRule(
        _("Nobody signs for the unit they belong to or a proposal they prepared, not even in somebody's stead; "
          "where nobody of the role is left, the case waits for the manager by name and is never passed by itself"),
        _("Seats of a review"), "proposed", _("Separation of duties carried over to signatures; no text was read."),
    ),
    CodeRule(
        _("An open seat of somebody who has left is free again, what is signed stays signed; "
          "an expert who has left counts as recused"),
        _("Seats of a review"), "proposed", _("No rule of the city on people who leave was found."),
    ),
    CodeRule(
        _("A case is taken back only by its sender and before anybody has acted; a served correction notice, "
          "a decision and an accepted proposal never are"),
        _("Taking back a submission, a corrected version or an opinion"), "proposed",
        _("What was served on somebody or screened has effects outside; it is returned, withdrawn or decided anew."),
    ),
    CodeRule(
        _("While a case is suspended, only resuming, withdrawing and the end of a waiver go on"),
        _("Suspending a case"), "proposed", _("No text on suspension was read."),
    ),
    CodeRule(
        _("A reminder goes to whoever holds the case, once a working day for each case"),
        _("Reminders"), "proposed", _("Habit of office systems; no text."),
    ),
    CodeRule(
        _("Administrators' rights and an expert's judgement are never lent, and a substitute is never passed on"),
        _("Substitution"), "proposed",
        _("Follows from the separation of the three administrators; not seen in a text."),
    ),
    CodeRule(
        _("A year without a notice has the thirteen days off of the law, and no make-up days"),
        _("Working-day calendar of years that are not published"), "memory",
        _("The amendment of 2024 (order 795) is from memory; lunar dates were worked out with two libraries."),
    ),
    CodeRule(
        _("A stop of the clock takes the working days after the day on which it began, up to and with the day on which "
          "it ended"),
        _("Every time limit"), "proposed",
        _("Counted like the limits themselves (Civil Code, Art. 201); no rule on single days was read."),
    ),
)  # fmt: skip
