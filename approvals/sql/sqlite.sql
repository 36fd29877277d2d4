-- The database's own guards, SQLite form. One statement a trigger; each ends with "END;" at the start of a line.
CREATE TRIGGER tc_project_birth BEFORE INSERT ON projects_project
WHEN NEW.state <> 'draft' OR NEW.seq <> 0
BEGIN
  SELECT RAISE(ABORT, 'tongchou: projects start as draft');
END;

CREATE TRIGGER tc_project_move BEFORE UPDATE ON projects_project
WHEN NEW.state IS NOT OLD.state OR NEW.seq IS NOT OLD.seq OR NEW.id IS NOT OLD.id
BEGIN
  SELECT RAISE(ABORT, 'tongchou: state change without its decision')
  WHERE NEW.id IS NOT OLD.id OR NEW.seq <> OLD.seq + 1 OR NOT EXISTS (
    SELECT 1 FROM approvals_decision
    WHERE project_id = NEW.id AND seq = NEW.seq AND source = OLD.state AND target = NEW.state);
END;

CREATE TRIGGER tc_project_delete BEFORE DELETE ON projects_project
WHEN OLD.seq <> 0 OR OLD.state <> 'draft'
BEGIN
  SELECT RAISE(ABORT, 'tongchou: a project with a history is never deleted');
END;

CREATE TRIGGER tc_decision_birth BEFORE INSERT ON approvals_decision
BEGIN
  SELECT RAISE(ABORT, 'tongchou: illegal edge')
  WHERE NOT EXISTS (
    SELECT 1 FROM approvals_edge WHERE source = NEW.source AND action = NEW.action AND target = NEW.target);
  SELECT RAISE(ABORT, 'tongchou: stale or skipped decision')
  WHERE NOT EXISTS (
    SELECT 1 FROM projects_project WHERE id = NEW.project_id AND state = NEW.source AND seq = NEW.seq - 1);
  SELECT RAISE(ABORT, 'tongchou: broken chain')
  WHERE NEW.previous IS NOT COALESCE(
    (SELECT digest FROM approvals_decision WHERE project_id = NEW.project_id AND seq = NEW.seq - 1), '');
END;

CREATE TRIGGER tc_decision_update BEFORE UPDATE ON approvals_decision
BEGIN
  SELECT RAISE(ABORT, 'tongchou: history is append-only');
END;

CREATE TRIGGER tc_decision_delete BEFORE DELETE ON approvals_decision
BEGIN
  SELECT RAISE(ABORT, 'tongchou: history is append-only');
END;

CREATE TRIGGER tc_version_update BEFORE UPDATE ON projects_version
BEGIN
  SELECT RAISE(ABORT, 'tongchou: a submitted version never changes');
END;

CREATE TRIGGER tc_version_delete BEFORE DELETE ON projects_version
BEGIN
  SELECT RAISE(ABORT, 'tongchou: a submitted version never changes');
END;

CREATE TRIGGER tc_review_birth BEFORE INSERT ON approvals_review
WHEN NEW.status <> 'not_started' OR NEW.seq <> 0
BEGIN
  SELECT RAISE(ABORT, 'tongchou: reviews start as not started');
END;

CREATE TRIGGER tc_review_move BEFORE UPDATE ON approvals_review
WHEN NEW.status IS NOT OLD.status OR NEW.seq IS NOT OLD.seq OR NEW.basis IS NOT OLD.basis
  OR NEW.version_id IS NOT OLD.version_id OR NEW.project_id IS NOT OLD.project_id OR NEW.kind IS NOT OLD.kind
BEGIN
  SELECT RAISE(ABORT, 'tongchou: a review keeps its version and basis')
  WHERE NEW.basis IS NOT OLD.basis OR NEW.version_id IS NOT OLD.version_id
    OR NEW.project_id IS NOT OLD.project_id OR NEW.kind IS NOT OLD.kind;
  SELECT RAISE(ABORT, 'tongchou: review step without its decision')
  WHERE NEW.seq <> OLD.seq + 1 OR NOT EXISTS (
    SELECT 1 FROM approvals_decision d JOIN projects_project p ON p.id = d.project_id
    WHERE d.review_id = NEW.id AND d.seq = p.seq + 1
      AND d.review_source = OLD.status AND d.review_target = NEW.status);
END;

CREATE TRIGGER tc_review_delete BEFORE DELETE ON approvals_review
BEGIN
  SELECT RAISE(ABORT, 'tongchou: reviews are never deleted');
END;

CREATE TRIGGER tc_item_update BEFORE UPDATE ON approvals_reviewitem
WHEN (SELECT status FROM approvals_review WHERE id = OLD.review_id) <> 'in_progress'
BEGIN
  SELECT RAISE(ABORT, 'tongchou: verdicts change only while the review is in progress');
END;

CREATE TRIGGER tc_item_delete BEFORE DELETE ON approvals_reviewitem
BEGIN
  SELECT RAISE(ABORT, 'tongchou: verdicts are never deleted');
END;
