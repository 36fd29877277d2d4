"""What the two workflow tables must say, written by hand from the domain's rules."""

# from, action, to, who; then "!" where the actor must say why.
EXPECTED = """
draft          submit                 endorsement    applicant
endorsement    endorse                intake         endorser        !
endorsement    skip_endorsement       intake         system
endorsement    send_back              draft          endorser        !
intake         accept                 screening      intake
intake         return_for_correction  correction     intake          !
intake         file                   filed          intake          !
intake         reject                 rejected       intake          !
correction     resubmit               intake         applicant
correction     lapse                  withdrawn      system
screening      pass_screening         review         system
screening      rescreen               screening      manager,intake
review         return_for_correction  correction     manager,intake  !
review         reject                 rejected       manager         !
review         rescreen               review         manager,intake
review         to_adjudication        adjudication   system
review         to_experts             expert_review  system
review         to_decision            decision       system
adjudication   adjudicate             adjudication   manager         !
adjudication   return_for_correction  correction     manager         !
adjudication   rescreen               adjudication   manager,intake
adjudication   to_experts             expert_review  system
adjudication   to_decision            decision       system
adjudication   merge                  merged         manager         !
adjudication   redirect               reuse          manager         !
adjudication   reject                 rejected       manager         !
adjudication   propose_ending         adjudication   manager         !
adjudication   confirm_merge          merged         approver        !
adjudication   confirm_redirect       reuse          approver        !
adjudication   confirm_reject         rejected       approver        !
adjudication   decline_ending         adjudication   approver        !
expert_review  to_decision            decision       manager         !
expert_review  return_for_correction  correction     manager         !
expert_review  draw_experts           expert_review  manager
expert_review  replace_expert         expert_review  manager         !
decision       approve                approved       approver        !
decision       defer                  deferred       approver        !
decision       reject                 rejected       approver        !
decision       return_for_correction  correction     approver        !
deferred       take_up                draft          applicant
review         waive                  review         manager         !
adjudication   waive                  adjudication   manager         !
expert_review  waive                  expert_review  manager         !
decision       waive                  decision       manager         !
approved       waive                  approved       manager         !
review         end_waiver             review         planner,requirements,standards  !
adjudication   end_waiver             adjudication   planner,requirements,standards  !
expert_review  end_waiver             expert_review  planner,requirements,standards  !
decision       end_waiver             decision       planner,requirements,standards  !
approved       end_waiver             approved       planner,requirements,standards  !
review         lapse_waiver           review         system
adjudication   lapse_waiver           adjudication   system
expert_review  lapse_waiver           expert_review  system
decision       lapse_waiver           decision       system
approved       lapse_waiver           approved       system
endorsement    recall                 draft          applicant
intake         recall                 draft          applicant
intake         recall_correction      correction     applicant
intake         recall_endorsement     endorsement    endorser
endorsement    suspend                endorsement    manager         !
intake         suspend                intake         manager         !
correction     suspend                correction     manager         !
screening      suspend                screening      manager         !
review         suspend                review         manager         !
adjudication   suspend                adjudication   manager         !
expert_review  suspend                expert_review  manager         !
decision       suspend                decision       manager         !
endorsement    resume                 endorsement    manager
intake         resume                 intake         manager
correction     resume                 correction     manager
screening      resume                 screening      manager
review         resume                 review         manager
adjudication   resume                 adjudication   manager
expert_review  resume                 expert_review  manager
decision       resume                 decision       manager
intake         extend                 intake         manager         !
review         extend                 review         manager         !
adjudication   extend                 adjudication   manager         !
expert_review  extend                 expert_review  manager         !
decision       extend                 decision       manager         !
draft          withdraw               withdrawn      applicant       !
endorsement    withdraw               withdrawn      applicant       !
intake         withdraw               withdrawn      applicant       !
correction     withdraw               withdrawn      applicant       !
screening      withdraw               withdrawn      applicant       !
review         withdraw               withdrawn      applicant       !
adjudication   withdraw               withdrawn      applicant       !
expert_review  withdraw               withdrawn      applicant       !
decision       withdraw               withdrawn      applicant       !
deferred       withdraw               withdrawn      applicant       !
"""
# "holder": whoever has the role of the review; "signer": the same, but no expert; "manager" also of unified reviews.
REVIEWS = """
not_started    review_open                  in_progress
in_progress    review_pass                  passed
in_progress    review_pass_with_conditions  passed_with_conditions
in_progress    review_ask                   info_needed
in_progress    review_fail                  failed                  !
not_started    review_recuse                recused                 !
in_progress    review_recuse                recused                 !
not_started    seat_take                    not_started   signer
in_progress    seat_take                    in_progress   signer
in_progress    seat_sign                    in_progress   signer
in_progress    seat_take_back               in_progress   signer
not_started    seat_add                     not_started   signer,manager  !
in_progress    seat_add                     in_progress   signer,manager  !
not_started    seat_remove                  not_started   signer,manager  !
in_progress    seat_remove                  in_progress   signer,manager  !
not_started    seat_transfer                not_started   signer,manager  !
in_progress    seat_transfer                in_progress   signer,manager  !
in_progress    seat_delegate                in_progress   signer  !
in_progress    seat_give_back               in_progress   signer  !
not_started    seat_recuse                  not_started   signer  !
in_progress    seat_recuse                  in_progress   signer  !
not_started    seat_release                 not_started   system
in_progress    seat_release                 in_progress   system
not_started    review_vacate                recused       system
in_progress    review_vacate                recused       system
in_progress    seats_pass                   passed        system
in_progress    seats_pass_with_conditions   passed_with_conditions  system
in_progress    seats_ask                    info_needed   system
in_progress    seats_fail                   failed        system
"""
FILING = "declared_unclassified is_complete"
CLEARED = "screening_succeeded data_is_sufficient reviews_passed majors_cured_or_waived no_open_findings"
NOTICE = "notice_was_looked_at notice_is_new_or_uncured"
HERE = "case_is_under_review review_is_current"
SHEET = f"{HERE} every_item_has_a_verdict every_criterion_has_points"
DONE = f"{SHEET} opinion_given signs_alone"
MOVES = ("take", "take_back", "add", "remove", "transfer", "delegate", "give_back")
# What must hold before a step; a step that is not named here needs nothing.
GUARDS = {
    "draft submit": f"{FILING} round_is_open carry_over_allows",
    "endorsement skip_endorsement": "unit_supervises_itself",
    "endorsement send_back": "has_items",
    "intake accept": FILING.replace("is_complete", "is_complete_for_acceptance"),
    "intake return_for_correction": f"has_items {NOTICE}",
    "intake file": f"{FILING} may_be_filed",
    "intake reject": "clause_cited",
    "correction resubmit": f"{FILING} every_item_answered",
    "correction lapse": "correction_has_lapsed",
    "screening pass_screening": "screening_succeeded",
    "screening rescreen": "screening_did_not_succeed",
    "review rescreen": "screening_did_not_succeed",
    "adjudication rescreen": "screening_did_not_succeed",
    "review return_for_correction": f"reviews_concluded has_items {NOTICE}",
    "review reject": "reviews_concluded a_review_failed",
    "review to_adjudication": "screening_succeeded reviews_passed has_open_findings",
    "review to_experts": f"{CLEARED} tier_needs_experts",
    "review to_decision": f"{CLEARED} tier_needs_no_experts",
    "adjudication adjudicate": "findings_named batch_is_amber applicant_was_heard reason_is_coded",
    "adjudication return_for_correction": f"something_to_correct {NOTICE}",
    "adjudication to_experts": f"{CLEARED} tier_needs_experts",
    "adjudication to_decision": f"{CLEARED} tier_needs_no_experts",
    "adjudication merge": "within_manager_authority target_named",
    "adjudication redirect": "within_manager_authority target_named",
    "adjudication reject": "within_manager_authority",
    "adjudication propose_ending": "above_manager_authority target_named",
    "adjudication confirm_merge": "proposed_merge",
    "adjudication confirm_redirect": "proposed_redirect",
    "adjudication confirm_reject": "proposed_reject",
    "adjudication decline_ending": "an_ending_is_proposed",
    "expert_review to_decision": f"{CLEARED} quorum_reached",
    "expert_review draw_experts": "places_are_free pool_has_experts",
    "expert_review replace_expert": "seat_may_be_replaced pool_has_experts",
    "expert_review return_for_correction": f"quorum_reached has_items {NOTICE}",
    "decision approve": f"{CLEARED} screening_is_fresh version_is_unchanged quorum_reached "
    "is_complete_for_approval amount_within_reviewed",
    "decision return_for_correction": f"has_items {NOTICE}",
    "not_started review_open": f"{HERE} its_turn interest_is_declared first_seat_is_free",
    "in_progress review_pass": f"{DONE} nothing_found its_lines_are_closed",
    "in_progress review_pass_with_conditions": f"{DONE} something_found no_veto_failed majors_waived its_lines_are_closed",
    "in_progress review_ask": f"{DONE} something_found",
    "in_progress review_fail": f"{DONE} a_veto_failed",
    "not_started review_recuse": f"{HERE} steps_back_in_person",
    "in_progress review_recuse": f"{HERE} steps_back_in_person",
    "in_progress seat_sign": f"{SHEET} may_sign sheet_is_as_seen outcome_fits_the_sheet",
}
BEGUN = ("not_started", "in_progress")
GUARDS |= {f"{status} seat_{move}": f"{HERE} may_{move}" for status in BEGUN for move in MOVES}
GUARDS |= {f"{status} seat_recuse": f"{HERE} does_not_lead may_recuse" for status in BEGUN}
GUARDS |= {f"{status} seat_release": f"{HERE} somebody_has_left" for status in BEGUN}
GUARDS |= {f"{status} review_vacate": f"{HERE} the_expert_has_left" for status in BEGUN}
OUTCOMES = ("pass", "pass_with_conditions", "ask", "fail")
GUARDS |= {f"in_progress seats_{outcome}": f"{HERE} signatures_say_{outcome}" for outcome in OUTCOMES}
RECALLABLE = ("endorsement", "intake")
SUSPENDABLE = (
    "endorsement", "intake", "correction", "screening", "review", "adjudication", "expert_review", "decision",
)  # fmt: skip
GUARDS |= {f"{state} recall": "submission_is_untouched can_be_filed_again" for state in RECALLABLE}
GUARDS |= {
    "intake recall_correction": "correction_is_untouched time_for_correction_is_left",
    "intake recall_endorsement": "endorsement_is_untouched",
}
GUARDS |= {f"{state} suspend": "is_not_suspended" for state in SUSPENDABLE}
GUARDS |= {f"{state} resume": "is_suspended" for state in SUSPENDABLE}
WAIVABLE = ("review", "adjudication", "expert_review", "decision", "approved")
GUARDS |= {f"{state} waive": "item_may_be_waived waiver_is_bounded" for state in WAIVABLE}
EXTENDABLE = ("intake", "review", "adjudication", "expert_review", "decision")
GUARDS |= {f"{state} extend": "not_extended_yet extension_is_bounded" for state in EXTENDABLE}
GUARDS |= {f"{state} end_waiver": "waiver_is_yours_to_end" for state in WAIVABLE}
GUARDS |= {f"{state} lapse_waiver": "a_waiver_has_run_out" for state in WAIVABLE}
