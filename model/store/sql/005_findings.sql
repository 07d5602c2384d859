-- What rules found, by trace. trace.findings_version: rules, thresholds and rules turned off (a hash) under which the rows of
-- `finding` were computed for the trace as it is; 0 = it has changed since, or was never looked at. The counts are those of
-- its rows, also while they are stale.
ALTER TABLE trace ADD COLUMN findings_version INTEGER NOT NULL DEFAULT 0;
ALTER TABLE trace ADD COLUMN findings_error INTEGER NOT NULL DEFAULT 0;
ALTER TABLE trace ADD COLUMN findings_warning INTEGER NOT NULL DEFAULT 0;
ALTER TABLE trace ADD COLUMN findings_info INTEGER NOT NULL DEFAULT 0;
CREATE INDEX trace_findings_version ON trace (findings_version);

CREATE TABLE finding (
    trace    INTEGER NOT NULL,
    number   INTEGER NOT NULL,          -- in the order of rules, then of spans
    rule     TEXT NOT NULL,
    severity INTEGER NOT NULL,
    spans    BLOB NOT NULL,             -- 8 bytes each, big-endian; the first is the one to look at
    args     TEXT NOT NULL,             -- JSON array of strings: the arguments of the rule's sentence
    tokens   INTEGER,                   -- what was wasted; NULL = not known
    cost     INTEGER,
    time_ns  INTEGER,
    PRIMARY KEY (trace, number)
) WITHOUT ROWID;
CREATE INDEX finding_rule ON finding (rule, trace);

-- Whoever changes a trace counts its generation; log records join its spans without a roll-up.
CREATE TRIGGER trace_changed AFTER UPDATE OF generation ON trace
WHEN new.generation <> old.generation AND old.findings_version <> 0
BEGIN
    UPDATE trace SET findings_version = 0 WHERE id = new.id;
END;
CREATE TRIGGER trace_logged AFTER INSERT ON log_record
BEGIN
    UPDATE trace SET findings_version = 0, generation = (SELECT value FROM meta WHERE key = 'generation') + 1
    WHERE high = new.high AND low = new.low AND hidden = 0;
END;
CREATE TRIGGER trace_gone AFTER DELETE ON trace
BEGIN
    DELETE FROM finding WHERE trace = old.id;
END;

CREATE VIEW v_findings AS
SELECT printf('%016x%016x', t.high, t.low) AS trace_id, f.rule,
       CASE f.severity WHEN 2 THEN 'error' WHEN 1 THEN 'warning' ELSE 'info' END AS severity,
       lower(hex(substr(f.spans, 1, 8))) AS span_id, length(f.spans) / 8 AS spans, f.args AS arguments,
       f.tokens AS wasted_tokens, f.cost / 1e12 AS wasted_usd, f.time_ns AS wasted_ns, t.findings_version <> 0 AS current
FROM finding f
JOIN trace t ON t.id = f.trace AND t.hidden = 0;
