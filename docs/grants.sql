-- What the application's role may do. As the owner, after each migration: psql tongchou < docs/grants.sql
GRANT USAGE ON SCHEMA public TO app_rw;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO app_rw;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO app_rw;

-- History is written once.
REVOKE UPDATE, DELETE ON approvals_decision, projects_version FROM app_rw;

-- Reviews and verdicts change while they are open, and stay.
REVOKE DELETE ON approvals_review, approvals_reviewitem FROM app_rw;

-- The arrows that a decision may record come with a migration, and so does the list of migrations.
REVOKE INSERT, UPDATE, DELETE ON approvals_edge, django_migrations FROM app_rw;
