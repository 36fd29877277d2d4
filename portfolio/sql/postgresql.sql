-- Notes for the search index, PostgreSQL form: once a statement, not once a row. Statements are divided by ";;".
CREATE OR REPLACE FUNCTION tc_note_system() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
  IF TG_OP = 'DELETE' THEN
    INSERT INTO portfolio_indexnote (system_id) SELECT id FROM old_rows;
  ELSE
    INSERT INTO portfolio_indexnote (system_id) SELECT id FROM new_rows;
  END IF;
  RETURN NULL;
END
$body$;;

CREATE OR REPLACE FUNCTION tc_note_capability() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
  IF TG_OP <> 'DELETE' THEN
    INSERT INTO portfolio_indexnote (system_id) SELECT DISTINCT system_id FROM new_rows;
  END IF;
  IF TG_OP <> 'INSERT' THEN
    INSERT INTO portfolio_indexnote (system_id) SELECT DISTINCT system_id FROM old_rows;
  END IF;
  RETURN NULL;
END
$body$;;

CREATE OR REPLACE FUNCTION tc_note_everything() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
  UPDATE portfolio_indexstate SET built_from = '';
  RETURN NULL;
END
$body$;;

CREATE OR REPLACE FUNCTION tc_note_code() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
  IF TG_ARGV[0] = 'department' THEN
    INSERT INTO portfolio_indexnote (system_id) SELECT id FROM portfolio_system WHERE department_id = NEW.id;
  ELSIF TG_ARGV[0] = 'node' THEN
    INSERT INTO portfolio_indexnote (system_id)
    SELECT DISTINCT system_id FROM portfolio_capability WHERE taxonomy_id = NEW.id;
  ELSE
    INSERT INTO portfolio_indexnote (system_id)
    SELECT DISTINCT system_id FROM portfolio_capability WHERE domain_id = NEW.id;
  END IF;
  RETURN NULL;
END
$body$;;

CREATE TRIGGER tc_note_system_insert AFTER INSERT ON portfolio_system
REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION tc_note_system();;

CREATE TRIGGER tc_note_system_update AFTER UPDATE ON portfolio_system
REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION tc_note_system();;

CREATE TRIGGER tc_note_system_delete AFTER DELETE ON portfolio_system
REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION tc_note_system();;

CREATE TRIGGER tc_note_system_truncate AFTER TRUNCATE ON portfolio_system
FOR EACH STATEMENT EXECUTE FUNCTION tc_note_everything();;

CREATE TRIGGER tc_note_capability_insert AFTER INSERT ON portfolio_capability
REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION tc_note_capability();;

CREATE TRIGGER tc_note_capability_update AFTER UPDATE ON portfolio_capability
REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION tc_note_capability();;

CREATE TRIGGER tc_note_capability_delete AFTER DELETE ON portfolio_capability
REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION tc_note_capability();;

CREATE TRIGGER tc_note_capability_truncate AFTER TRUNCATE ON portfolio_capability
FOR EACH STATEMENT EXECUTE FUNCTION tc_note_everything();;

CREATE TRIGGER tc_note_department_code AFTER UPDATE ON accounts_department FOR EACH ROW
WHEN (NEW.code IS DISTINCT FROM OLD.code) EXECUTE FUNCTION tc_note_code('department');;

CREATE TRIGGER tc_note_node_code AFTER UPDATE ON portfolio_capabilitynode FOR EACH ROW
WHEN (NEW.code IS DISTINCT FROM OLD.code) EXECUTE FUNCTION tc_note_code('node');;

CREATE TRIGGER tc_note_domain_code AFTER UPDATE ON portfolio_domain FOR EACH ROW
WHEN (NEW.code IS DISTINCT FROM OLD.code) EXECUTE FUNCTION tc_note_code('domain');;
