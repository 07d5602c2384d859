-- What is there, in the order of lists, without a look at the wide rows of the table: counting and the first page read this.
DROP INDEX trace_start;
CREATE INDEX trace_start ON trace (hidden, start_ns);

-- trace_term 13: resource (row id); of term 11 (kind), 100: a tool over MCP.
INSERT OR IGNORE INTO trace_term SELECT DISTINCT 13, resource, trace FROM span WHERE resource IS NOT NULL;
INSERT OR IGNORE INTO trace_term SELECT DISTINCT 11, 100, trace FROM span WHERE flags & 4 <> 0;

-- Spoken parts of tok_in and tok_out, which have prices of their own.
ALTER TABLE span ADD COLUMN tok_audio_in INTEGER;
ALTER TABLE span ADD COLUMN tok_audio_out INTEGER;

-- Filters that somebody named.
CREATE TABLE saved_filter (
    name    TEXT PRIMARY KEY COLLATE NOCASE,
    filter  TEXT NOT NULL,
    time_ns INTEGER NOT NULL            -- when it was saved last
) WITHOUT ROWID;
