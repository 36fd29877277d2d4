"""What each address answers to each person: the rule book for the urlconf, written by hand from the domain's rules.

Columns: nobody signed in, then one person of each role. "own": an object of the hospital, whose clerk is `applicant`
and whose supervising department is the endorser's. "other": the same of the water bureau, whose clerk is `applicant2`.
"back": the hospital's proposal after a return. 404 where a person may not know of the object, 403 where they may and
the act is not theirs, 405 where the address takes forms only, 409 where the act is theirs and something stands in the
way, 422 (or 200 with the form again) where an empty form is refused; log: sent to the sign-in page.
An address that takes no POST here answers 405 to one.
"""

PEOPLE = (
    "anon", "applicant", "applicant2", "endorser", "intake", "planner", "requirements", "standards", "expert",
    "manager", "approver", "finance", "steward", "auditor", "secadmin", "sysadmin",
)  # fmt: skip
TABLE = """
#                                               ano app ap2 end int pla req std exp man apr fin stw aud sec sys
# anyone, signed in or not
GET  healthz                              -     200 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200
GET  readyz                               -     200 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200
GET  set_language                         -     405 405 405 405 405 405 405 405 405 405 405 405 405 405 405 405
POST set_language                         -     302 302 302 302 302 302 302 302 302 302 302 302 302 302 302 302
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
GET  approvals:case                       own   log 200 404 200 200 200 200 200 200 200 200 200 404 200 404 404
GET  approvals:case                       other log 404 200 404 200 200 200 200 200 200 200 200 404 200 404 404
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
# a notice is read by all who see the case, and answered by the unit alone
GET  approvals:notice                     own   log 200 404 200 200 200 200 200 404 200 200 200 404 200 404 404
POST approvals:notice                     own   log 302 404 403 403 403 403 403 404 403 403 403 404 403 404 404
GET  approvals:notice                     other log 404 200 404 200 200 200 200 404 200 200 200 404 200 404 404
POST approvals:notice                     other log 404 302 404 403 403 403 403 404 403 403 403 404 403 404 404
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
# proposals: a draft is known to its unit, the supervising department and the auditor
GET  projects:index                       -     log 200 200 200 200 200 200 200 200 200 200 200 403 200 403 403
GET  projects:new                         -     log 200 200 403 403 403 403 403 403 403 403 403 403 403 403 403
POST projects:new                         -     log 422 422 403 403 403 403 403 403 403 403 403 403 403 403 403
GET  projects:edit                        own   log 200 404 403 404 404 404 404 404 404 404 404 404 403 404 404
GET  projects:edit                        other log 404 200 404 404 404 404 404 404 404 404 404 404 403 404 404
GET  projects:section                     own   log 200 404 403 404 404 404 404 404 404 404 404 404 403 404 404
POST projects:section                     own   log 422 404 403 404 404 404 404 404 404 404 404 404 403 404 404
GET  projects:section                     other log 404 200 404 404 404 404 404 404 404 404 404 404 403 404 404
POST projects:section                     other log 404 422 404 404 404 404 404 404 404 404 404 404 403 404 404
GET  projects:preview                     own   log 405 405 405 405 405 405 405 405 405 405 405 405 405 405 405
POST projects:preview                     own   log 200 404 403 404 404 404 404 404 404 404 404 404 403 404 404
POST projects:preview                     other log 404 200 404 404 404 404 404 404 404 404 404 404 403 404 404
GET  approvals:interruption               own   log 200 404 403 404 404 404 404 404 404 404 404 404 403 404 404
POST approvals:interruption               own   log 422 404 403 404 404 404 404 404 404 404 404 404 403 404 404
GET  approvals:interruption               other log 404 200 404 404 404 404 404 404 404 404 404 404 403 404 404
POST approvals:interruption               other log 404 422 404 404 404 404 404 404 404 404 404 404 403 404 404
GET  projects:check                       own   log 200 404 403 404 404 404 404 404 404 404 404 404 403 404 404
GET  projects:check                       other log 404 200 404 404 404 404 404 404 404 404 404 404 403 404 404
GET  projects:upload                      own   log 405 405 405 405 405 405 405 405 405 405 405 405 405 405 405
POST projects:upload                      own   log 422 404 403 404 404 404 404 404 404 404 404 404 403 404 404
GET  projects:upload                      other log 405 405 405 405 405 405 405 405 405 405 405 405 405 405 405
POST projects:upload                      other log 404 422 404 404 404 404 404 404 404 404 404 404 403 404 404
GET  projects:remove_document             own   log 200 404 403 404 404 404 404 404 404 404 404 404 403 404 404
POST projects:remove_document             own   log 302 404 403 404 404 404 404 404 404 404 404 404 403 404 404
GET  projects:remove_document             other log 404 200 404 404 404 404 404 404 404 404 404 404 403 404 404
POST projects:remove_document             other log 404 302 404 404 404 404 404 404 404 404 404 404 403 404 404
GET  projects:delete                      own   log 200 404 403 404 404 404 404 404 404 404 404 404 403 404 404
POST projects:delete                      own   log 302 404 403 404 404 404 404 404 404 404 404 404 403 404 404
GET  projects:delete                      other log 404 200 404 404 404 404 404 404 404 404 404 404 403 404 404
POST projects:delete                      other log 404 302 404 404 404 404 404 404 404 404 404 404 403 404 404
GET  projects:document                    own   log 200 404 200 404 404 404 404 404 404 404 404 404 200 404 404
GET  projects:document                    other log 404 200 404 404 404 404 404 404 404 404 404 404 200 404 404
# the same proposal after a return: seen by the desk, edited by its unit alone
GET  projects:edit                        back  log 200 404 403 403 403 403 403 404 403 403 403 404 403 404 404
GET  projects:section                     back  log 200 404 403 403 403 403 403 404 403 403 403 404 403 404 404
POST projects:preview                     back  log 200 404 403 403 403 403 403 404 403 403 403 404 403 404 404
POST projects:section                     back  log 422 404 403 403 403 403 403 404 403 403 403 404 403 404 404
GET  projects:check                       back  log 200 404 403 403 403 403 403 404 403 403 403 404 403 404 404
POST projects:upload                      back  log 422 404 403 403 403 403 403 404 403 403 403 404 403 404 404
GET  projects:remove_document             back  log 200 404 403 403 403 403 403 404 403 403 403 404 403 404 404
POST projects:remove_document             back  log 302 404 403 403 403 403 403 404 403 403 403 404 403 404 404
GET  projects:delete                      back  log 409 404 403 403 403 403 403 404 403 403 403 404 403 404 404
POST projects:delete                      back  log 409 404 403 403 403 403 403 404 403 403 403 404 403 404 404
GET  projects:document                    back  log 200 404 200 200 200 200 200 404 200 200 200 404 200 404 404
# the registry: everybody but the two administrators looks, the steward writes
GET  portfolio:index                      -     log 200 200 200 200 200 200 200 200 200 200 200 200 200 403 403
GET  portfolio:export                     -     log 200 200 200 200 200 200 200 200 200 200 200 200 200 403 403
GET  portfolio:unified                    -     log 200 200 200 200 200 200 200 200 200 200 200 200 200 403 403
GET  portfolio:negative                   -     log 200 200 200 200 200 200 200 200 200 200 200 200 200 403 403
GET  portfolio:taxonomy                   -     log 200 200 200 200 200 200 200 200 200 200 200 200 200 403 403
GET  portfolio:system                     -     log 200 200 200 200 200 200 200 200 200 200 200 200 200 403 403
GET  portfolio:new                        -     log 403 403 403 403 403 403 403 403 403 403 403 200 403 403 403
POST portfolio:new                        -     log 403 403 403 403 403 403 403 403 403 403 403 200 403 403 403
GET  portfolio:edit                       -     log 403 403 403 403 403 403 403 403 403 403 403 200 403 403 403
POST portfolio:edit                       -     log 403 403 403 403 403 403 403 403 403 403 403 200 403 403 403
GET  portfolio:new_contract               -     log 403 403 403 403 403 403 403 403 403 403 403 200 403 403 403
POST portfolio:new_contract               -     log 403 403 403 403 403 403 403 403 403 403 403 200 403 403 403
GET  portfolio:edit_contract              -     log 403 403 403 403 403 403 403 403 403 403 403 200 403 403 403
POST portfolio:edit_contract              -     log 403 403 403 403 403 403 403 403 403 403 403 200 403 403 403
GET  portfolio:import_systems             -     log 403 403 403 403 403 403 403 403 403 403 403 200 403 403 403
POST portfolio:import_systems             -     log 403 403 403 403 403 403 403 403 403 403 403 200 403 403 403
GET  portfolio:import_check               -     log 403 403 403 403 403 403 403 403 403 403 403 302 403 403 403
GET  portfolio:import_errors              -     log 403 403 403 403 403 403 403 403 403 403 403 302 403 403 403
GET  portfolio:import_confirm             -     log 405 405 405 405 405 405 405 405 405 405 405 405 405 405 405
POST portfolio:import_confirm             -     log 403 403 403 403 403 403 403 403 403 403 403 302 403 403 403
GET  portfolio:import_cancel              -     log 405 405 405 405 405 405 405 405 405 405 405 405 405 405 405
POST portfolio:import_cancel              -     log 403 403 403 403 403 403 403 403 403 403 403 302 403 403 403
GET  portfolio:import_result              -     log 403 403 403 403 403 403 403 403 403 403 403 302 403 403 403
GET  portfolio:import_template            -     log 403 403 403 403 403 403 403 403 403 403 403 200 403 403 403
# what everybody may read
GET  standards:index                      -     log 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200
GET  standards:item                       -     log 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200
GET  standards:catalogue                  -     log 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200
GET  standards:standard                   -     log 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200
GET  planning:index                       -     log 200 200 200 200 200 200 200 200 200 200 200 200 200 403 403
GET  planning:policies                    -     log 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200
# notices: one's own (the one asked for is the applicant's); failed deliveries for the system administrator
GET  notifications:index                  -     log 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200
GET  notifications:open                   -     log 302 404 404 404 404 404 404 404 404 404 404 404 404 404 404
GET  notifications:mark_all_read          -     log 405 405 405 405 405 405 405 405 405 405 405 405 405 405 405
POST notifications:mark_all_read          -     log 302 302 302 302 302 302 302 302 302 302 302 302 302 302 302
GET  notifications:failed                 -     log 403 403 403 403 403 403 403 403 403 403 403 403 403 403 200
GET  notifications:retry                  -     log 405 405 405 405 405 405 405 405 405 405 405 405 405 405 405
POST notifications:retry                  -     log 403 403 403 403 403 403 403 403 403 403 403 403 403 403 302
# the sign-in package's own pages; nobody signs up, and no link sent by mail is valid
GET  account_inactive                     -     200 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200
GET  account_confirm_email                -     200 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200
GET  account_reset_password_from_key      -     200 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200
GET  account_reset_password_from_key_done -     200 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200
GET  account_reset_password               -     200 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200
GET  account_reset_password_done          -     200 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200
GET  account_email_verification_sent      -     200 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200
GET  account_signup                       -     200 302 302 302 302 302 302 302 302 302 302 302 302 302 302 302
GET  account_reauthenticate               -     log 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200
GET  account_email                        -     log 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200
GET  account_change_password              -     log 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200
GET  account_set_password                 -     log 302 302 302 302 302 302 302 302 302 302 302 302 302 302 302
GET  account_confirm_login_code           -     log 302 302 302 302 302 302 302 302 302 302 302 302 302 302 302
GET  mfa_index                            -     log 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200
GET  mfa_authenticate                     -     log 302 302 302 302 302 302 302 302 302 302 302 302 302 302 302
GET  mfa_reauthenticate                   -     log 302 302 302 302 302 302 302 302 302 302 302 302 302 302 302
GET  mfa_activate_totp                    -     log 302 302 302 302 302 302 302 302 302 302 302 302 302 302 302
GET  mfa_generate_recovery_codes          -     log 302 302 302 302 302 302 302 302 302 302 302 302 302 302 302
GET  mfa_deactivate_totp                  -     log 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
GET  mfa_view_recovery_codes              -     log 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
GET  mfa_download_recovery_codes          -     log 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
"""
