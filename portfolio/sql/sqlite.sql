-- Notes for the search index, SQLite form. One statement a trigger; each ends with "END;" at the start of a line.
CREATE TRIGGER tc_note_system_insert AFTER INSERT ON portfolio_system
BEGIN
  INSERT INTO portfolio_indexnote (system_id) VALUES (NEW.id);
END;

CREATE TRIGGER tc_note_system_update AFTER UPDATE ON portfolio_system
BEGIN
  INSERT INTO portfolio_indexnote (system_id) VALUES (NEW.id);
END;

CREATE TRIGGER tc_note_system_delete AFTER DELETE ON portfolio_system
BEGIN
  INSERT INTO portfolio_indexnote (system_id) VALUES (OLD.id);
END;

CREATE TRIGGER tc_note_capability_insert AFTER INSERT ON portfolio_capability
BEGIN
  INSERT INTO portfolio_indexnote (system_id) VALUES (NEW.system_id);
END;

CREATE TRIGGER tc_note_capability_update AFTER UPDATE ON portfolio_capability
BEGIN
  INSERT INTO portfolio_indexnote (system_id) VALUES (NEW.system_id);
  INSERT INTO portfolio_indexnote (system_id) SELECT OLD.system_id WHERE OLD.system_id <> NEW.system_id;
END;

CREATE TRIGGER tc_note_capability_delete AFTER DELETE ON portfolio_capability
BEGIN
  INSERT INTO portfolio_indexnote (system_id) VALUES (OLD.system_id);
END;

CREATE TRIGGER tc_note_department_code AFTER UPDATE ON accounts_department WHEN NEW.code <> OLD.code
BEGIN
  INSERT INTO portfolio_indexnote (system_id) SELECT id FROM portfolio_system WHERE department_id = NEW.id;
END;

CREATE TRIGGER tc_note_node_code AFTER UPDATE ON portfolio_capabilitynode WHEN NEW.code <> OLD.code
BEGIN
  INSERT INTO portfolio_indexnote (system_id)
  SELECT DISTINCT system_id FROM portfolio_capability WHERE taxonomy_id = NEW.id;
END;

CREATE TRIGGER tc_note_domain_code AFTER UPDATE ON portfolio_domain WHEN NEW.code <> OLD.code
BEGIN
  INSERT INTO portfolio_indexnote (system_id)
  SELECT DISTINCT system_id FROM portfolio_capability WHERE domain_id = NEW.id;
END;
