-- What each visible trace used, by hour, model, agent, tool, prompt and session, packed (usage_cells.h): the Costs page
-- reads a row a trace, never spans. Kept by the writer with the trace's roll-up; filled from the spans right after these
-- steps, in their transaction. Takes the place of roll_day, which nobody read.
CREATE TABLE trace_usage (
    trace INTEGER PRIMARY KEY,
    used  BLOB NOT NULL
);
DROP TABLE roll_day;
