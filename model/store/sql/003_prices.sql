-- Costs that Clew computes, beside those that sources report. meta 'prices': version of the price table with which every
-- cost_computed was made; 0 = of several, so that the store computes them again when it is next opened.
INSERT INTO meta VALUES ('prices', 0);

ALTER TABLE span ADD COLUMN tok_cache_write_1h INTEGER; -- part of tok_cache_write
ALTER TABLE span ADD COLUMN cost_computed INTEGER;      -- of calls, whether their cost is reported or not; NULL = no price
ALTER TABLE trace ADD COLUMN cost_computed INTEGER;     -- of the leaves whose cost no source reports
ALTER TABLE roll_day ADD COLUMN cost_computed INTEGER NOT NULL DEFAULT 0; -- likewise
ALTER TABLE roll_day ADD COLUMN unpriced INTEGER NOT NULL DEFAULT 0;      -- calls: neither reported nor computed

-- span.counted, bit 3: a call that counts and whose cost no source reports. trace.unpriced_calls: those of them for which no
-- cost is computed either.
UPDATE span SET counted = counted | 8
WHERE kind IN (3, 6) AND counted & 1 AND cost IS NULL AND flags & 32 = 0
      AND (SELECT t.unpriced_calls FROM trace t WHERE t.id = span.trace) > 0;

DROP VIEW v_traces;
CREATE VIEW v_traces AS
SELECT printf('%016x%016x', t.high, t.low) AS trace_id, t.own_id, t.name, t.detail, ds.s AS session, da.s AS agent,
       t.start_ns, t.end_ns, t.end_ns - t.start_ns AS duration_ns, t.running, t.spans, t.root_spans, t.orphan_spans,
       t.llm_calls, t.tool_calls, t.errors, t.tool_errors, t.silent_failures, t.steps,
       t.tok_in AS input_tokens, t.tok_cache_read AS cache_read_tokens, t.tok_cache_write AS cache_write_tokens,
       t.tok_out AS output_tokens, t.tok_reasoning AS reasoning_tokens, t.cost / 1e12 AS reported_cost_usd,
       t.cost_computed / 1e12 AS computed_cost_usd, t.unpriced_calls,
       t.aggregate_usage
FROM trace t
LEFT JOIN dict ds ON ds.id = t.session
LEFT JOIN dict da ON da.id = t.agent
WHERE t.hidden = 0;

DROP VIEW v_spans;
CREATE VIEW v_spans AS
SELECT printf('%016x%016x', t.high, t.low) AS trace_id, printf('%016x', s.span_id) AS span_id,
       CASE WHEN s.parent_id <> 0 THEN printf('%016x', s.parent_id) END AS parent_id, dn.s AS name,
       CASE s.kind WHEN 1 THEN 'agent' WHEN 2 THEN 'workflow' WHEN 3 THEN 'llm' WHEN 4 THEN 'tool'
            WHEN 5 THEN 'retriever' WHEN 6 THEN 'embedding' WHEN 7 THEN 'reranker' WHEN 8 THEN 'memory'
            WHEN 9 THEN 'guardrail' WHEN 10 THEN 'evaluator' ELSE 'generic' END AS kind,
       CASE s.status WHEN 1 THEN 'ok' WHEN 2 THEN 'error' ELSE 'unset' END AS status, s.status_message,
       s.start_ns, s.end_ns, s.end_ns - s.start_ns AS duration_ns, s.first_token_ns,
       dm.s AS model, drm.s AS request_model, dp.s AS provider, da.s AS agent, dt.s AS tool, dse.s AS session,
       du.s AS user, dpn.s AS prompt_name, dpv.s AS prompt_version,
       s.tok_in AS input_tokens, s.tok_cache_read AS cache_read_tokens, s.tok_cache_write AS cache_write_tokens,
       s.tok_out AS output_tokens, s.tok_reasoning AS reasoning_tokens, s.cost / 1e12 AS reported_cost_usd,
       s.cost_computed / 1e12 AS computed_cost_usd, (s.counted & 8) / 8 AS computed_cost_counts,
       s.counted & 1 AS usage_counts, s.flags, s.detail, s.own_id, r.service_name, c.name AS scope_name,
       so.path AS source_path
FROM span s
JOIN trace t ON t.id = s.trace AND t.hidden = 0
LEFT JOIN dict dn ON dn.id = s.name
LEFT JOIN dict dm ON dm.id = s.model
LEFT JOIN dict drm ON drm.id = s.request_model
LEFT JOIN dict dp ON dp.id = s.provider
LEFT JOIN dict da ON da.id = s.agent
LEFT JOIN dict dt ON dt.id = s.tool
LEFT JOIN dict dse ON dse.id = s.session
LEFT JOIN dict du ON du.id = s.user
LEFT JOIN dict dpn ON dpn.id = s.prompt_name
LEFT JOIN dict dpv ON dpv.id = s.prompt_version
LEFT JOIN resource r ON r.id = s.resource
LEFT JOIN scope c ON c.id = s.scope
LEFT JOIN source so ON so.id = s.source;
