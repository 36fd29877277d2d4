-- The database's own guards, PostgreSQL form: same names and refusals as sqlite.sql. Statements are divided by ";;".
CREATE OR REPLACE FUNCTION tc_refuse() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
  RAISE EXCEPTION 'tongchou: %', TG_ARGV[0] USING ERRCODE = 'check_violation';
END
$body$;;

CREATE OR REPLACE FUNCTION tc_project_move() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
  IF NEW.id IS DISTINCT FROM OLD.id OR NEW.seq <> OLD.seq + 1 OR NOT EXISTS (
    SELECT 1 FROM approvals_decision
    WHERE project_id = NEW.id AND seq = NEW.seq AND source = OLD.state AND target = NEW.state) THEN
    RAISE EXCEPTION 'tongchou: state change without its decision' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END
$body$;;

CREATE OR REPLACE FUNCTION tc_decision_birth() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
  IF NOT EXISTS (
    SELECT 1 FROM approvals_edge WHERE source = NEW.source AND action = NEW.action AND target = NEW.target) THEN
    RAISE EXCEPTION 'tongchou: illegal edge' USING ERRCODE = 'check_violation';
  END IF;
  IF NOT EXISTS (
    SELECT 1 FROM projects_project WHERE id = NEW.project_id AND state = NEW.source AND seq = NEW.seq - 1) THEN
    RAISE EXCEPTION 'tongchou: stale or skipped decision' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.previous IS DISTINCT FROM COALESCE(
    (SELECT digest FROM approvals_decision WHERE project_id = NEW.project_id AND seq = NEW.seq - 1), '') THEN
    RAISE EXCEPTION 'tongchou: broken chain' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END
$body$;;

CREATE OR REPLACE FUNCTION tc_review_move() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
  IF NEW.basis IS DISTINCT FROM OLD.basis OR NEW.version_id IS DISTINCT FROM OLD.version_id
    OR NEW.project_id IS DISTINCT FROM OLD.project_id OR NEW.kind IS DISTINCT FROM OLD.kind THEN
    RAISE EXCEPTION 'tongchou: a review keeps its version and basis' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.seq <> OLD.seq + 1 OR NOT EXISTS (
    SELECT 1 FROM approvals_decision d JOIN projects_project p ON p.id = d.project_id
    WHERE d.review_id = NEW.id AND d.seq = p.seq + 1
      AND d.review_source = OLD.status AND d.review_target = NEW.status) THEN
    RAISE EXCEPTION 'tongchou: review step without its decision' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END
$body$;;

CREATE OR REPLACE FUNCTION tc_item_update() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
  IF (SELECT status FROM approvals_review WHERE id = OLD.review_id) <> 'in_progress' THEN
    RAISE EXCEPTION 'tongchou: verdicts change only while the review is in progress' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END
$body$;;

CREATE TRIGGER tc_project_birth BEFORE INSERT ON projects_project FOR EACH ROW
WHEN (NEW.state <> 'draft' OR NEW.seq <> 0) EXECUTE FUNCTION tc_refuse('projects start as draft');;

CREATE TRIGGER tc_project_move BEFORE UPDATE ON projects_project FOR EACH ROW
WHEN (NEW.state IS DISTINCT FROM OLD.state OR NEW.seq IS DISTINCT FROM OLD.seq OR NEW.id IS DISTINCT FROM OLD.id)
EXECUTE FUNCTION tc_project_move();;

CREATE TRIGGER tc_project_delete BEFORE DELETE ON projects_project FOR EACH ROW
WHEN (OLD.seq <> 0 OR OLD.state <> 'draft')
EXECUTE FUNCTION tc_refuse('a project with a history is never deleted');;

CREATE TRIGGER tc_project_truncate BEFORE TRUNCATE ON projects_project FOR EACH STATEMENT
EXECUTE FUNCTION tc_refuse('a project with a history is never deleted');;

CREATE TRIGGER tc_decision_birth BEFORE INSERT ON approvals_decision FOR EACH ROW
EXECUTE FUNCTION tc_decision_birth();;

CREATE TRIGGER tc_decision_update BEFORE UPDATE ON approvals_decision FOR EACH ROW
EXECUTE FUNCTION tc_refuse('history is append-only');;

CREATE TRIGGER tc_decision_delete BEFORE DELETE ON approvals_decision FOR EACH ROW
EXECUTE FUNCTION tc_refuse('history is append-only');;

CREATE TRIGGER tc_decision_truncate BEFORE TRUNCATE ON approvals_decision FOR EACH STATEMENT
EXECUTE FUNCTION tc_refuse('history is append-only');;

CREATE TRIGGER tc_version_update BEFORE UPDATE ON projects_version FOR EACH ROW
EXECUTE FUNCTION tc_refuse('a submitted version never changes');;

CREATE TRIGGER tc_version_delete BEFORE DELETE ON projects_version FOR EACH ROW
EXECUTE FUNCTION tc_refuse('a submitted version never changes');;

CREATE TRIGGER tc_version_truncate BEFORE TRUNCATE ON projects_version FOR EACH STATEMENT
EXECUTE FUNCTION tc_refuse('a submitted version never changes');;

CREATE TRIGGER tc_review_birth BEFORE INSERT ON approvals_review FOR EACH ROW
WHEN (NEW.status <> 'not_started' OR NEW.seq <> 0) EXECUTE FUNCTION tc_refuse('reviews start as not started');;

CREATE TRIGGER tc_review_move BEFORE UPDATE ON approvals_review FOR EACH ROW
WHEN (NEW.status IS DISTINCT FROM OLD.status OR NEW.seq IS DISTINCT FROM OLD.seq
  OR NEW.basis IS DISTINCT FROM OLD.basis OR NEW.version_id IS DISTINCT FROM OLD.version_id
  OR NEW.project_id IS DISTINCT FROM OLD.project_id OR NEW.kind IS DISTINCT FROM OLD.kind)
EXECUTE FUNCTION tc_review_move();;

CREATE TRIGGER tc_review_delete BEFORE DELETE ON approvals_review FOR EACH ROW
EXECUTE FUNCTION tc_refuse('reviews are never deleted');;

CREATE TRIGGER tc_review_truncate BEFORE TRUNCATE ON approvals_review FOR EACH STATEMENT
EXECUTE FUNCTION tc_refuse('reviews are never deleted');;

CREATE TRIGGER tc_item_update BEFORE UPDATE ON approvals_reviewitem FOR EACH ROW
EXECUTE FUNCTION tc_item_update();;

CREATE TRIGGER tc_item_delete BEFORE DELETE ON approvals_reviewitem FOR EACH ROW
EXECUTE FUNCTION tc_refuse('verdicts are never deleted');;

CREATE TRIGGER tc_item_truncate BEFORE TRUNCATE ON approvals_reviewitem FOR EACH STATEMENT
EXECUTE FUNCTION tc_refuse('verdicts are never deleted');;
