-- Texts of prompts: those whose version a source names, and those that Clew numbers because none does. One row a name, stated
-- version and text; `near` is the hash of the text without what differs from call to call (model/analysis/prompts), `number` counts
-- the texts of a name without a stated version in the order in which they were first seen: it never changes. 0 = the version is stated.
CREATE TABLE prompt_text (
    id       INTEGER PRIMARY KEY,
    name     TEXT NOT NULL,
    version  TEXT NOT NULL,             -- as stated; '' = none is
    near     INTEGER NOT NULL,
    number   INTEGER NOT NULL,
    first_ns INTEGER,                   -- first known use
    text     TEXT NOT NULL,             -- of the first use, ids and times masked
    UNIQUE (name, version, near)
);

-- Which text each call of a model used.
CREATE TABLE call_prompt (
    trace  INTEGER NOT NULL,
    span   INTEGER NOT NULL,
    prompt INTEGER NOT NULL,            -- prompt_text.id
    PRIMARY KEY (trace, span)
) WITHOUT ROWID;
CREATE INDEX call_prompt_prompt ON call_prompt (prompt, trace);

-- trace.prompts_version: rules under which its calls' rows were computed for the trace as it is; 0 = changed since, or never.
ALTER TABLE trace ADD COLUMN prompts_version INTEGER NOT NULL DEFAULT 0;
CREATE INDEX trace_prompts_version ON trace (prompts_version);
CREATE TRIGGER trace_prompts_changed AFTER UPDATE OF generation ON trace
WHEN new.generation <> old.generation AND old.prompts_version <> 0
BEGIN
    UPDATE trace SET prompts_version = 0 WHERE id = new.id;
END;
CREATE TRIGGER trace_prompts_gone AFTER DELETE ON trace
BEGIN
    -- A removed run leaves the number of its prompt, not the words.
    UPDATE prompt_text SET text = ''
    WHERE id IN (SELECT prompt FROM call_prompt WHERE trace = old.id)
      AND NOT EXISTS (SELECT 1 FROM call_prompt c WHERE c.prompt = prompt_text.id AND c.trace <> old.id);
    DELETE FROM call_prompt WHERE trace = old.id;
END;

CREATE VIEW v_prompts AS
SELECT p.name, CASE WHEN p.number > 0 THEN 'v' || p.number ELSE p.version END AS version, p.number > 0 AS inferred,
       p.first_ns, count(c.span) AS calls, p.text
FROM prompt_text p
JOIN call_prompt c ON c.prompt = p.id
JOIN trace t ON t.id = c.trace AND t.hidden = 0
GROUP BY p.id;
