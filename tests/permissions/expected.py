"""What each address answers to each person: the rule book for the urlconf, written by hand from the domain's rules.

Columns: nobody signed in, then one person of each role. "own": an object of the hospital, whose clerk is `applicant`
and whose supervising department is the endorser's. "other": the same of the water bureau, whose clerk is `applicant2`.
"back": the hospital's proposal after a return. 404 where a person may not know of the object, 403 where they may and
the act is not theirs, 405 where the address takes forms only, 409 where the act is theirs and something stands in the
way, 422 (or 200 with the form again) where an empty form is refused; log: sent to the sign-in page.
An address that takes no POST here answers 405 to one.
"""

from tests.permissions import expected_elsewhere

PEOPLE = (
    "anon", "applicant", "applicant2", "endorser", "intake", "planner", "requirements", "standards", "expert",
    "manager", "approver", "finance", "steward", "auditor", "secadmin", "sysadmin",
)  # fmt: skip
FIRST = """
#                                               ano app ap2 end int pla req std exp man apr fin stw aud sec sys
# anyone, signed in or not
GET  healthz                              -     200 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200
GET  readyz                               -     200 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200
GET  set_language                         -     405 405 405 405 405 405 405 405 405 405 405 405 405 405 405 405
POST set_language                         -     302 302 302 302 302 302 302 302 302 302 302 302 302 302 302 302
# the demand pool: needs of the hospital and of the water bureau, both filed in the call that is open
GET  needs:needs                          -     log 200 200 200 200 200 200 200 403 200 200 200 403 200 403 403
GET  needs:pool                           -     log 200 200 200 200 200 200 200 403 200 200 200 403 200 403 403
GET  needs:export                         -     log 200 200 200 200 200 200 200 403 200 200 200 403 200 403 403
GET  needs:need                           own   log 200 404 200 200 200 200 200 404 200 200 200 404 200 404 404
GET  needs:need                           other log 404 200 404 200 200 200 200 404 200 200 200 404 200 404 404
GET  needs:edit_need                      own   log 200 404 403 403 403 403 403 404 403 403 403 404 403 404 404
GET  needs:edit_need                      other log 404 200 404 403 403 403 403 404 403 403 403 404 403 404 404
POST needs:edit_need                      own   log 200 404 403 403 403 403 403 404 403 403 403 404 403 404 404
POST needs:edit_need                      other log 404 200 404 403 403 403 403 404 403 403 403 404 403 404 404
GET  needs:withdraw                       own   log 200 404 403 403 403 403 403 404 403 403 403 404 403 404 404
GET  needs:withdraw                       other log 404 200 404 403 403 403 403 404 403 403 403 404 403 404 404
POST needs:withdraw                       own   log 302 404 403 403 403 403 403 404 403 403 403 404 403 404 404
POST needs:withdraw                       other log 404 302 404 403 403 403 403 404 403 403 403 404 403 404 404
GET  needs:file                           own   log 405 405 405 405 405 405 405 405 405 405 405 405 405 405 405
POST needs:file                           own   log 409 404 403 403 403 403 403 404 403 403 403 404 403 404 404
POST needs:file                           other log 404 409 404 403 403 403 403 404 403 403 403 404 403 404 404
GET  needs:carry                          own   log 405 405 405 405 405 405 405 405 405 405 405 405 405 405 405
POST needs:carry                          own   log 409 404 403 403 403 403 403 404 403 403 403 404 403 404 404
POST needs:carry                          other log 404 409 404 403 403 403 403 404 403 403 403 404 403 404 404
GET  needs:new                            -     log 200 200 403 403 403 403 403 403 403 403 403 403 403 403 403
POST needs:new                            -     log 200 200 403 403 403 403 403 403 403 403 403 403 403 403 403
GET  needs:start                          -     log 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
POST needs:start                          -     log 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
GET  needs:decide                         -     log 403 403 403 403 404 404 403 403 403 403 403 403 403 403 403
POST needs:decide                         -     log 403 403 403 403 404 404 403 403 403 403 403 403 403 403 403
GET  needs:group                          -     log 403 403 403 403 200 200 403 403 403 403 403 403 403 403 403
POST needs:group                          -     log 403 403 403 403 200 200 403 403 403 403 403 403 403 403 403
GET  needs:new_group                      -     log 403 403 403 403 200 200 403 403 403 403 403 403 403 403 403
POST needs:new_group                      -     log 403 403 403 403 200 200 403 403 403 403 403 403 403 403 403
GET  needs:new_call                       -     log 403 403 403 403 200 403 403 403 403 403 403 403 403 403 403
POST needs:new_call                       -     log 403 403 403 403 200 403 403 403 403 403 403 403 403 403 403
GET  needs:call                           -     log 403 403 403 403 200 403 403 403 403 403 403 403 403 403 403
POST needs:call                           -     log 403 403 403 403 200 403 403 403 403 403 403 403 403 403 403
GET  needs:import_needs                   -     log 200 200 403 403 200 200 403 403 403 403 403 403 403 403 403
POST needs:import_needs                   -     log 200 200 403 403 200 200 403 403 403 403 403 403 403 403 403
GET  needs:arrange                        -     log 405 405 405 405 405 405 405 405 405 405 405 405 405 405 405
POST needs:arrange                        -     log 403 403 403 403 302 302 403 403 403 403 403 403 403 403 403
GET  needs:remove_group                   -     log 405 405 405 405 405 405 405 405 405 405 405 405 405 405 405
POST needs:remove_group                   -     log 403 403 403 403 302 302 403 403 403 403 403 403 403 403 403
GET  needs:import_confirm                 -     log 405 405 405 405 405 405 405 405 405 405 405 405 405 405 405
POST needs:import_confirm                 -     log 302 302 403 403 302 302 403 403 403 403 403 403 403 403 403
GET  needs:import_check                   -     log 302 302 403 403 302 302 403 403 403 403 403 403 403 403 403
GET  needs:import_template                -     log 200 200 403 403 200 200 403 403 403 403 403 403 403 403 403
# signing in and out
GET  account_login                        -     200 302 302 302 302 302 302 302 302 302 302 302 302 302 302 302
POST account_login                        -     200 302 302 302 302 302 302 302 302 302 302 302 302 302 302 302
GET  account_logout                       -     log 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200
POST account_logout                       -     log log log log log log log log log log log log log log log log
# own page, own permissions, the accounts
GET  accounts:profile                     -     log 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200
POST accounts:profile                     -     log 302 302 302 302 302 302 302 302 302 302 302 302 302 302 302
GET  accounts:permissions                 -     log 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200
GET  accounts:people                      -     log 403 403 403 403 403 403 403 403 403 403 403 403 200 200 200
GET  accounts:unlock                      -     log 405 405 405 405 405 405 405 405 405 405 405 405 405 405 405
POST accounts:unlock                      -     log 403 403 403 403 403 403 403 403 403 403 403 403 403 302 403
# one case before experts: the unit, its supervising department, the desk, the seated experts, finance
GET  approvals:workbench                  -     log 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200
# own phrases and filters, own lists as a workbook; several cases at once: who may remind or hand on, nobody else
GET  approvals:phrases                    -     log 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200
POST approvals:phrases                    -     log 422 422 422 422 422 422 422 422 422 422 422 422 422 422 422
GET  approvals:filters                    -     log 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200
POST approvals:filters                    -     log 422 422 422 422 422 422 422 422 422 422 422 422 422 422 422
GET  approvals:export_cases               -     log 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200
GET  approvals:together                   -     log 200 200 200 200 200 200 200 403 200 403 403 403 403 403 403
POST approvals:together                   -     log 422 422 422 422 422 422 422 403 422 403 403 403 403 403 403
GET  approvals:follow                     own   log 405 405 405 405 405 405 405 405 405 405 405 405 405 405 405
POST approvals:follow                     own   log 302 404 302 302 302 302 302 302 302 302 302 404 302 404 404
POST approvals:follow                     other log 404 302 404 302 302 302 302 302 302 302 302 404 302 404 404
GET  approvals:case                       own   log 200 404 200 200 200 200 200 200 200 200 200 404 200 404 404
GET  approvals:case                       other log 404 200 404 200 200 200 200 200 200 200 200 404 200 404 404
GET  approvals:deadline                   own   log 200 404 200 200 200 200 200 200 200 200 200 404 200 404 404
GET  approvals:deadline                   other log 404 200 404 200 200 200 200 200 200 200 200 404 200 404 404
GET  approvals:differences                own   log 200 404 200 200 200 200 200 200 200 200 200 404 200 404 404
GET  approvals:differences                other log 404 200 404 200 200 200 200 200 200 200 200 404 200 404 404
# the next notice: its lines for who sends it (the reviews are over), its preview for who may send it now
GET  approvals:notice_lines               own   log 403 404 403 200 403 403 403 403 200 200 403 404 403 404 404
GET  approvals:notice_lines               other log 404 403 404 200 403 403 403 403 200 200 403 404 403 404 404
POST approvals:notice_lines               own   log 403 404 403 200 403 403 403 403 200 200 403 404 403 404 404
POST approvals:notice_lines               other log 404 403 404 200 403 403 403 403 200 200 403 404 403 404 404
GET  approvals:notice_preview             own   log 403 404 403 403 403 403 403 403 200 403 403 404 403 404 404
GET  approvals:notice_preview             other log 404 403 404 403 403 403 403 403 200 403 403 404 403 404 404
POST approvals:notice_preview             own   log 403 404 403 403 403 403 403 403 200 403 403 404 403 404 404
POST approvals:notice_preview             other log 404 403 404 403 403 403 403 403 200 403 403 404 403 404 404
GET  approvals:print                      own   log 200 404 200 200 200 200 200 200 200 200 200 404 200 404 404
GET  approvals:print                      other log 404 200 404 200 200 200 200 200 200 200 200 404 200 404 404
GET  approvals:compare                    own   log 200 404 200 200 200 200 200 200 200 200 200 404 200 404 404
GET  approvals:compare                    other log 404 200 404 200 200 200 200 200 200 200 200 404 200 404 404
GET  projects:versions                    own   log 200 404 200 200 200 200 200 200 200 200 200 404 200 404 404
GET  projects:versions                    other log 404 200 404 200 200 200 200 200 200 200 200 404 200 404 404
GET  approvals:case_file                  own   log 403 403 403 403 403 403 403 403 403 403 403 403 200 403 403
GET  approvals:case_file                  other log 403 403 403 403 403 403 403 403 403 403 403 403 200 403 403
GET  approvals:step                       own   log 200 404 403 403 403 403 403 403 403 403 403 404 403 404 404
POST approvals:step                       own   log 200 404 403 403 403 403 403 403 403 403 403 404 403 404 404
GET  approvals:step                       other log 404 200 404 403 403 403 403 403 403 403 403 404 403 404 404
POST approvals:step                       other log 404 200 404 403 403 403 403 403 403 403 403 404 403 404 404
# the planning review that nobody has taken yet: the planner alone (reviews are blind)
GET  approvals:review                     own   log 404 404 404 404 200 404 404 404 404 404 404 404 404 404 404
POST approvals:review                     own   log 404 404 404 404 200 404 404 404 404 404 404 404 404 404 404
GET  approvals:review_step                own   log 405 405 405 405 405 405 405 405 405 405 405 405 405 405 405
POST approvals:review_step                own   log 404 404 404 404 200 404 404 404 404 404 404 404 404 404 404
GET  approvals:review                     other log 404 404 404 404 200 404 404 404 404 404 404 404 404 404 404
POST approvals:review                     other log 404 404 404 404 200 404 404 404 404 404 404 404 404 404 404
GET  approvals:review_step                other log 405 405 405 405 405 405 405 405 405 405 405 405 405 405 405
POST approvals:review_step                other log 404 404 404 404 200 404 404 404 404 404 404 404 404 404 404
GET  approvals:seat_step                  own   log 404 404 404 404 200 404 404 404 200 404 404 404 404 404 404
POST approvals:seat_step                  own   log 404 404 404 404 200 404 404 404 200 404 404 404 404 404 404
GET  approvals:seat_step                  other log 404 404 404 404 200 404 404 404 200 404 404 404 404 404 404
POST approvals:seat_step                  other log 404 404 404 404 200 404 404 404 200 404 404 404 404 404 404
# reminders, copies and questions to the applicant (the case is before experts, so no reviewer may ask), and leave
GET  approvals:urge                       own   log 200 404 200 200 403 403 403 403 200 403 403 404 403 404 404
GET  approvals:urge                       other log 404 200 404 200 403 403 403 403 200 403 403 404 403 404 404
POST approvals:urge                       own   log 302 404 302 302 403 403 403 403 302 403 403 404 403 404 404
POST approvals:urge                       other log 404 302 404 302 403 403 403 403 302 403 403 404 403 404 404
GET  approvals:copy                       own   log 403 404 403 200 200 200 200 403 200 200 403 404 403 404 404
GET  approvals:copy                       other log 404 403 404 200 200 200 200 403 200 200 403 404 403 404 404
POST approvals:copy                       own   log 403 404 403 422 422 422 422 403 422 422 403 404 403 404 404
POST approvals:copy                       other log 404 403 404 422 422 422 422 403 422 422 403 404 403 404 404
GET  approvals:ask                        own   log 403 404 403 403 403 403 403 403 200 403 403 404 403 404 404
GET  approvals:ask                        other log 404 403 404 403 403 403 403 403 200 403 403 404 403 404 404
POST approvals:ask                        own   log 403 404 403 403 403 403 403 403 422 403 403 404 403 404 404
POST approvals:ask                        other log 404 403 404 403 403 403 403 403 422 403 403 404 403 404 404
GET  approvals:question                   own   log 200 404 200 200 200 200 200 200 200 200 200 404 200 404 404
GET  approvals:question                   other log 404 200 404 200 200 200 200 200 200 200 200 404 200 404 404
POST approvals:question                   own   log 422 404 403 403 403 403 403 403 403 403 403 404 403 404 404
POST approvals:question                   other log 404 422 404 403 403 403 403 403 403 403 403 404 403 404 404
GET  approvals:withdraw_question          own   log 405 405 405 405 405 405 405 405 405 405 405 405 405 405 405
POST approvals:withdraw_question          own   log 403 404 403 403 403 403 403 403 302 403 403 404 403 404 404
POST approvals:withdraw_question          other log 404 403 404 403 403 403 403 403 302 403 403 404 403 404 404
GET  approvals:stuck                      -     log 403 403 403 403 403 403 403 403 200 403 403 403 403 403 403
GET  approvals:substitution               -     log 200 200 200 200 200 200 200 200 200 200 200 200 200 403 403
POST approvals:substitution               -     log 422 422 422 422 422 422 422 422 422 422 422 422 422 403 403
GET  approvals:end_substitution           -     log 405 405 405 405 405 405 405 405 405 405 405 405 405 405 405
POST approvals:end_substitution           -     log 404 404 404 302 404 404 404 404 302 404 404 404 404 302 404
GET  approvals:substitutions              -     log 403 403 403 403 403 403 403 403 200 403 403 403 403 200 403
GET  approvals:substitution_of            -     log 403 403 403 403 403 403 403 403 200 403 403 403 403 200 403
POST approvals:substitution_of            -     log 403 403 403 403 403 403 403 403 422 403 403 403 403 422 403
GET  approvals:handover                   -     log 200 200 200 200 200 200 200 200 200 200 200 200 200 403 403
POST approvals:handover                   -     log 422 422 422 422 422 422 422 422 422 422 422 422 422 403 403
GET  approvals:handover_of                -     log 403 403 403 403 403 403 403 403 200 403 403 403 403 200 403
POST approvals:handover_of                -     log 403 403 403 403 403 403 403 403 422 403 403 403 403 422 403
# the panel: draws for the office, the seat for its expert, questions to outside experts for who asks
GET  approvals:draw                       own   log 403 403 403 200 403 403 403 403 200 200 403 403 200 403 403
GET  approvals:draw                       other log 403 403 403 200 403 403 403 403 200 200 403 403 200 403 403
GET  approvals:declare_interest           own   log 405 405 405 405 405 405 405 405 405 405 405 405 405 405 405
POST approvals:declare_interest           own   log 404 404 404 404 404 404 404 422 404 404 404 404 404 404 404
POST approvals:declare_interest           other log 404 404 404 404 404 404 404 422 404 404 404 404 404 404 404
GET  approvals:score                      own   log 405 405 405 405 405 405 405 405 405 405 405 405 405 405 405
POST approvals:score                      own   log 404 404 404 404 404 404 404 422 404 404 404 404 404 404 404
POST approvals:score                      other log 404 404 404 404 404 404 404 422 404 404 404 404 404 404 404
GET  approvals:invite                     own   log 403 404 403 403 200 200 200 404 200 403 403 404 403 404 404
POST approvals:invite                     own   log 403 404 403 403 422 422 422 404 422 403 403 404 403 404 404
GET  approvals:invitation                 own   log 404 404 404 404 200 404 404 404 200 404 404 404 200 404 404
POST approvals:invitation                 own   log 404 404 404 404 403 404 404 404 403 404 404 404 403 404 404
POST approvals:revoke_invitation          own   log 404 404 404 404 302 404 404 404 302 404 404 404 403 404 404
GET  approvals:invite                     other log 404 403 404 403 200 200 200 404 200 403 403 404 403 404 404
POST approvals:invite                     other log 404 403 404 403 422 422 422 404 422 403 403 404 403 404 404
GET  approvals:invitation                 other log 404 404 404 404 200 404 404 404 200 404 404 404 200 404 404
POST approvals:invitation                 other log 404 404 404 404 403 404 404 404 403 404 404 404 403 404 404
POST approvals:revoke_invitation          other log 404 404 404 404 302 404 404 404 302 404 404 404 403 404 404
GET  approvals:revoke_invitation          own   log 405 405 405 405 405 405 405 405 405 405 405 405 405 405 405
# the pool: the office looks, the manager keeps it
GET  experts:experts                      -     log 403 403 403 200 403 403 403 403 200 200 403 403 200 403 403
GET  experts:export_experts               -     log 403 403 403 200 403 403 403 403 200 200 403 403 200 403 403
GET  experts:new_expert                   -     log 403 403 403 403 403 403 403 403 200 403 403 403 403 403 403
POST experts:new_expert                   -     log 403 403 403 403 403 403 403 403 422 403 403 403 403 403 403
GET  experts:edit_expert                  -     log 403 403 403 403 403 403 403 403 200 403 403 403 403 403 403
POST experts:edit_expert                  -     log 403 403 403 403 403 403 403 403 422 403 403 403 403 403 403
GET  experts:set_available                -     log 405 405 405 405 405 405 405 405 405 405 405 405 405 405 405
POST experts:set_available                -     log 403 403 403 403 403 403 403 403 409 403 403 403 403 403 403
# meetings: the desk and finance look, the manager calls them and enters results, the approver releases
GET  meetings:meetings                    -     log 403 403 403 200 200 200 200 403 200 200 200 403 200 403 403
GET  meetings:meeting                     -     log 403 403 403 200 200 200 200 403 200 200 200 403 200 403 403
GET  meetings:agenda                      -     log 403 403 403 200 200 200 200 403 200 200 200 403 200 403 403
GET  meetings:minutes                     -     log 403 403 403 200 200 200 200 403 200 200 200 403 200 403 403
GET  meetings:new_meeting                 -     log 403 403 403 403 403 403 403 403 200 403 403 403 403 403 403
POST meetings:new_meeting                 -     log 403 403 403 403 403 403 403 403 422 403 403 403 403 403 403
GET  meetings:edit_meeting                -     log 403 403 403 403 403 403 403 403 200 403 403 403 403 403 403
POST meetings:edit_meeting                -     log 403 403 403 403 403 403 403 403 422 403 403 403 403 403 403
GET  meetings:put_on_agenda               -     log 405 405 405 405 405 405 405 405 405 405 405 405 405 405 405
POST meetings:put_on_agenda               -     log 403 403 403 403 403 403 403 403 422 403 403 403 403 403 403
GET  meetings:take_off_agenda             -     log 405 405 405 405 405 405 405 405 405 405 405 405 405 405 405
POST meetings:take_off_agenda             -     log 403 403 403 403 403 403 403 403 302 403 403 403 403 403 403
GET  meetings:result                      -     log 403 403 403 403 403 403 403 403 200 403 403 403 403 403 403
POST meetings:result                      -     log 403 403 403 403 403 403 403 403 302 403 403 403 403 403 403
GET  meetings:release                     -     log 403 403 403 403 403 403 403 403 403 200 403 403 403 403 403
POST meetings:release                     -     log 403 403 403 403 403 403 403 403 403 409 403 403 403 403 403
GET  meetings:cancel_meeting              -     log 405 405 405 405 405 405 405 405 405 405 405 405 405 405 405
POST meetings:cancel_meeting              -     log 403 403 403 403 403 403 403 403 302 403 403 403 403 403 403
GET  meetings:letter                      own   log 200 404 200 200 200 200 200 404 200 200 200 404 200 404 404
GET  meetings:letter                      other log 404 200 404 200 200 200 200 404 200 200 200 404 200 404 404
# a notice is read by all who see the case, and answered by the unit alone
GET  approvals:notice                     own   log 200 404 200 200 200 200 200 404 200 200 200 404 200 404 404
POST approvals:notice                     own   log 302 404 403 403 403 403 403 404 403 403 403 404 403 404 404
GET  approvals:notice                     other log 404 200 404 200 200 200 200 404 200 200 200 404 200 404 404
POST approvals:notice                     other log 404 302 404 403 403 403 403 404 403 403 403 404 403 404 404
# a line is closed by who raised it, once the answers are in
GET  approvals:close_line                 own   log 405 405 405 405 405 405 405 405 405 405 405 405 405 405 405
POST approvals:close_line                 own   log 403 404 403 409 403 403 403 404 403 403 403 404 403 404 404
GET  approvals:close_line                 other log 405 405 405 405 405 405 405 405 405 405 405 405 405 405 405
POST approvals:close_line                 other log 404 403 404 409 403 403 403 404 403 403 403 404 403 404 404
# duplicates: the desk and finance look, the manager decides, the unit answers
GET  approvals:duplicates                 -     log 403 403 403 200 200 200 200 403 200 200 200 403 200 403 403
GET  approvals:cuts                       -     log 403 403 403 200 200 200 200 403 200 200 200 403 200 403 403
GET  approvals:exceptions                 -     log 403 403 403 200 200 200 200 403 200 200 200 403 200 403 403
GET  approvals:batch                      -     log 403 403 403 403 403 403 403 403 200 403 403 403 403 403 403
POST approvals:batch                      -     log 403 403 403 403 403 403 403 403 200 403 403 403 403 403 403
GET  approvals:adjudicate                 own   log 200 404 200 200 200 200 200 404 200 200 200 404 200 404 404
POST approvals:adjudicate                 own   log 403 404 403 403 403 403 403 404 200 403 403 404 403 404 404
GET  approvals:reply                      own   log 200 404 403 403 403 403 403 404 403 403 403 404 403 404 404
POST approvals:reply                      own   log 200 404 403 403 403 403 403 404 403 403 403 404 403 404 404
GET  approvals:adjudicate                 other log 404 200 404 200 200 200 200 404 200 200 200 404 200 404 404
POST approvals:adjudicate                 other log 404 403 404 403 403 403 403 404 200 403 403 404 403 404 404
GET  approvals:reply                      other log 404 200 404 403 403 403 403 404 403 403 403 404 403 404 404
POST approvals:reply                      other log 404 200 404 403 403 403 403 404 403 403 403 404 403 404 404
GET  overlaps:overlaps                    -     log 403 403 403 200 200 200 200 403 200 200 200 403 200 403 403
GET  overlaps:download_overlaps           -     log 403 403 403 200 200 200 200 403 200 200 200 403 200 403 403
GET  overlaps:dismiss_overlap             -     log 403 403 403 403 403 403 403 403 200 403 403 403 403 403 403
POST overlaps:dismiss_overlap             -     log 403 403 403 403 403 403 403 403 200 403 403 403 403 403 403
GET  overlaps:restore_overlap             -     log 405 405 405 405 405 405 405 405 405 405 405 405 405 405 405
POST overlaps:restore_overlap             -     log 403 403 403 403 403 403 403 403 302 403 403 403 403 403 403
GET  projects:note_hint                   own   log 405 405 405 405 405 405 405 405 405 405 405 405 405 405 405
POST projects:note_hint                   own   log 403 404 403 403 403 403 403 404 302 403 403 404 403 404 404
GET  projects:note_hint                   other log 405 405 405 405 405 405 405 405 405 405 405 405 405 405 405
POST projects:note_hint                   other log 404 403 404 403 403 403 403 404 302 403 403 404 403 404 404
# how good the findings are: managers, and the auditor looks; what is compared is changed by managers alone
GET  approvals:quality                -     log 403 403 403 403 403 403 403 403 200 403 403 403 200 403 403
GET  approvals:labels                 -     log 403 403 403 403 403 403 403 403 200 403 403 403 403 403 403
GET  approvals:thresholds             -     log 403 403 403 403 403 403 403 403 200 403 403 403 403 403 403
POST approvals:thresholds             -     log 403 403 403 403 403 403 403 403 200 403 403 403 403 403 403
GET  approvals:synonyms               -     log 403 403 403 403 403 403 403 403 200 403 403 403 403 403 403
POST approvals:synonyms               -     log 403 403 403 403 403 403 403 403 200 403 403 403 403 403 403
GET  approvals:switch_synonyms        -     log 405 405 405 405 405 405 405 405 405 405 405 405 405 405 405
POST approvals:switch_synonyms        -     log 403 403 403 403 403 403 403 403 302 403 403 403 403 403 403
GET  approvals:trial                  -     log 403 403 403 403 403 403 403 403 200 403 403 403 403 403 403
POST approvals:trial                  -     log 403 403 403 403 403 403 403 403 422 403 403 403 403 403 403
"""
TABLE = FIRST + expected_elsewhere.TABLE
