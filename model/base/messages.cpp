#include "model/base/messages.h"

#include <algorithm>
#include <array>

namespace clew {

namespace {

// One line per code, by box, in alphabetical order within each.
constexpr std::array kTable = {
    // importers: files and containers
    MessageEntry{"container.bad_deflate", "The deflate data of “{0}” is damaged at byte {1}: {2}.",
                 "What came before it was kept."},
    MessageEntry{"container.bad_gzip", "The gzip data of “{0}” is damaged at byte {1}: {2}.",
                 "What came before it was kept."},
    MessageEntry{"container.bad_zip", "The zip archive “{0}” could not be opened: {1}.",
                 "Copy it again, or unpack what is left of it with a repair tool."},
    MessageEntry{"container.bad_zip_member", "“{0}” in the archive is damaged: {1}.",
                 "What came before the damage was kept."},
    MessageEntry{"container.bad_zstd", "The zstd data of “{0}” is damaged at byte {1}: {2}.",
                 "What came before it was kept."},
    MessageEntry{"container.nested", "“{0}” is a zip archive inside another file, which Clew does not open.",
                 "Unpack it first."},
    MessageEntry{"container.unsupported", "“{0}” is a {1} archive, which Clew does not read.",
                 "Unpack it first."},
    MessageEntry{
        "container.zip_bomb",
        "“{0}” was left out of the archive: it claims to unpack to {1}, far more than what is stored.",
        "If it really is that large, unpack it and open the file."},
    MessageEntry{
        "container.zip_cut",
        "The zip archive “{0}” has no readable directory; the {1} whole members found in it were kept.",
        "Its writer may still be at work, or the copy is cut; import it again when it is whole."},
    MessageEntry{"container.zip_empty", "The zip archive “{0}” holds no file that could be read.",
                 "Choose an archive that holds run files."},
    MessageEntry{"container.zip_encrypted", "“{0}” was left out of the archive: it is encrypted.",
                 "Unpack it with its password and open the file."},
    MessageEntry{"container.zip_link",
                 "“{0}” was left out of the archive: it is a link to another file, not a file.", ""},
    MessageEntry{"container.zip_method",
                 "“{0}” was left out of the archive: it is packed with method {1}, which Clew does not read.",
                 "Pack it with deflate or Zstandard, or unpack it first."},
    MessageEntry{"container.zip_names",
                 "{1} names in the zip archive “{0}” are written as paths to elsewhere (first: “{2}”); they "
                 "are read as plain names.",
                 ""},
    MessageEntry{"container.zip_pipe",
                 "The zip archive that comes as “{0}” is larger than {1} MiB, more than is held in memory.",
                 "Save it as a file and open that."},
    MessageEntry{"file.blank", "“{0}” holds nothing but white space.",
                 "Choose a file that an agent or an SDK has written to."},
    MessageEntry{"file.changed",
                 "“{0}” was rewritten since it was last read; its earlier spans were replaced.", ""},
    MessageEntry{"file.directory_empty", "“{0}” holds no file that could be read.",
                 "Choose a folder that holds run files."},
    MessageEntry{"file.empty", "“{0}” is empty.", "Choose a file that an agent or an SDK has written to."},
    MessageEntry{"file.is_folder", "“{0}” is a folder, not a file.", "Choose the files in it."},
    MessageEntry{"file.not_found", "“{0}” was not found.", "Check the path and try again."},
    MessageEntry{"file.not_readable", "“{0}” could not be read: {1}.", "Check the permissions of the file."},
    MessageEntry{"file.not_regular", "“{0}” is neither a file nor a folder.", "Choose a file or a folder."},
    MessageEntry{"file.not_writable", "“{0}” could not be written: {1}.",
                 "Choose another place or free some space."},
    // importers: what formats share
    MessageEntry{"csv.bad_row", "A row of {0} cells where the header has {1} was left out.",
                 "Cells that hold a separator or a line end must be quoted."},
    MessageEntry{"csv.too_large", "A row is larger than {0} MiB, which is more than Clew reads at once.",
                 "What came before it was kept."},
    MessageEntry{"dialect.bad_kinds", "“kinds” is no object of words and kinds.", ""},
    MessageEntry{"dialect.no_attributes", "It holds no object “attributes” of keys and columns.",
                 "Write it as {\"attributes\": {\"my.tool\": \"tool\"}}."},
    MessageEntry{"dialect.no_column", "“{0}” leads to “{1}”, which is no column.", "Use one of: {2}."},
    MessageEntry{"dialect.no_kind", "The word “{0}” stands for “{1}”, which is no kind.", "Use one of: {2}."},
    MessageEntry{"dialect.not_json", "It is no JSON object.", "Check it for a missing comma or brace."},
    MessageEntry{"dialect.taught_twice", "The key “{0}” is taught by an earlier file as well.",
                 "Keep it in one of them."},
    MessageEntry{"format.no_spans", "“{0}” is {1}, but holds no spans.", ""},
    MessageEntry{"format.nothing_read", "Nothing could be read from “{0}”: {1}.",
                 "Check that the file is whole and of the format that its name says."},
    MessageEntry{"format.parquet", "“{0}” is a Parquet file, which Clew does not read.",
                 "Export it as JSON Lines first."},
    MessageEntry{"format.sqlite", "“{0}” is an SQLite database, not a run file.",
                 "Export its traces as JSON Lines first."},
    MessageEntry{
        "format.unknown", "“{0}” is in no format that Clew knows: {1}.",
        "Name the format with --format, say with --mapping which field is what, or see “clew doctor”."},
    MessageEntry{"format.unknown_name", "There is no format named “{0}”. Known: {1}.",
                 "Use one of these names."},
    MessageEntry{"json.bad_record", "A record could not be read and was left out: {0}.", ""},
    MessageEntry{"json.bad_utf8", "A record holds bytes that are no UTF-8; they are shown as \uFFFD.", ""},
    MessageEntry{"json.cut", "The last record is cut and was left out.", "Its writer may still be at work."},
    MessageEntry{"json.cut_document",
                 "The document ends before it is whole; only its complete records are kept.",
                 "Its writer may still be at work; import it again when it is done."},
    MessageEntry{"json.other_text",
                 "Text between the records, such as a program's own output, was passed over (first: “{0}”).",
                 ""},
    MessageEntry{"json.too_large", "A record is larger than {0} MiB, which is more than Clew reads at once.",
                 "What came before it was kept."},
    MessageEntry{"mapped.no_record",
                 "A record is no JSON object, or not where the mapping says; it was left out.", ""},
    MessageEntry{"mapped.no_trace",
                 "{0} records have no “{1}”, which names their trace; they were put into one trace, “{2}”.",
                 ""},
    MessageEntry{"mapping.bad", "The mapping “{0}” cannot be used: {1}.",
                 "Mend the file, or make the mapping anew in the window."},
    MessageEntry{"session.fork",
                 "Session {0} begins with {2} turns copied from session {1}; their tokens count there.", ""},
    MessageEntry{"time.laid_out", "Records of “{0}” that state no time are laid out in their order.", ""},
    MessageEntry{"times.none", "The source has no times; its records were laid out in their order.", ""},
    MessageEntry{"times.synthetic", "The source states no times; its steps were laid out in order.", ""},
    // importers: one format's own
    MessageEntry{"adk_session.no_event", "A record that is no ADK session or event was left out.", ""},
    MessageEntry{"adk_session.partial",
                 "Pieces of streamed answers were passed over; the whole answers follow.", ""},
    MessageEntry{"agent_telemetry.attempt", "Run “{0}” starts again with seq {1}: attempt {2}.", ""},
    MessageEntry{"agent_telemetry.bad_latency",
                 "A latency_ms that is no duration was left out; its step is shown without length.", ""},
    MessageEntry{"agent_telemetry.no_record", "A record without a run_id was left out.",
                 "Each record of an AgentTelemetry log names its run."},
    MessageEntry{"agent_telemetry.no_run_id",
                 "Records that name no run were taken for run “{0}”, as the file is called.", ""},
    MessageEntry{"agent_telemetry.no_time",
                 "Steps without a ts_epoch were put at the time of the step before them.", ""},
    MessageEntry{"agent_telemetry.run_id_elsewhere",
                 "Run “{0}” has the id of another run, from “{1}”; the two are kept apart.",
                 "Give each run an id of its own, or write both into one file to have them joined."},
    MessageEntry{"agent_telemetry.same_run_id",
                 "Another run with the id “{0}” and a different header was kept apart from the first one.",
                 ""},
    MessageEntry{"agent_telemetry.time_unit",
                 "A ts_epoch that is not in seconds was taken for what its size says.", ""},
    MessageEntry{"agent_trace_rows.columns",
                 "Columns of the rows that belong to no span (first: {0}) were left out.", ""},
    MessageEntry{"agent_trace_rows.no_lines", "A row without the lines of a session was left out.", ""},
    MessageEntry{"agent_trace_rows.unknown_harness",
                 "The lines of “{0}”, written by “{1}”, are in no format that Clew knows and were left out.",
                 ""},
    MessageEntry{"aitracer.no_record", "A record is no model call and was left out.", ""},
    MessageEntry{"aitracer.no_time", "Calls without a timestamp were put behind the call before them.", ""},
    MessageEntry{"atif.no_trajectory", "A document holds no ATIF steps and was left out.", ""},
    MessageEntry{"atif.token_ids", "Token ids and log probabilities of the calls were left out.", ""},
    MessageEntry{"atif.too_deep", "Subagents nested deeper than 16 levels were left out.", ""},
    MessageEntry{"autogen_chat.no_messages", "A document holds no messages of agents and was left out.", ""},
    MessageEntry{"autogen_log.other_lines", "{0} lines that are no events were passed over.", ""},
    MessageEntry{"chat_dataset.no_row", "A row holds no messages and was left out.", ""},
    MessageEntry{"claude_code.bad_line", "Line {1} of “{0}” is no JSON and was left out: {2}.", ""},
    MessageEntry{"claude_code.cut_line", "The last line of “{0}” (line {1}) is cut off and was left out.",
                 "Import the file again once it is written whole."},
    MessageEntry{"claude_code.fork",
                 "Session {0} goes on from session {1}; what they share is stored once, there.", ""},
    MessageEntry{"claude_code.no_session", "A record names no session and was left out: {0}", ""},
    MessageEntry{"claude_code.partial",
                 "{1} partial messages of “{0}” were passed over; the whole ones follow.", ""},
    MessageEntry{"claude_code.repeated", "{1} records stand more than once in “{0}” and were stored once.",
                 ""},
    MessageEntry{"codex.copies",
                 "{1} records of session {0} that repeat messages for display were passed over; the messages "
                 "themselves are stored.",
                 ""},
    MessageEntry{"gemini_cli.many_sessions",
                 "Prompts of further sessions were left out; a log of so many is not read.",
                 "Split the file."},
    MessageEntry{"gemini_cli.rewound",
                 "{1} messages of session {0} were taken back later; they are shown, marked as rewound.", ""},
    MessageEntry{
        "inspect_ai.no_events",
        "Sample “{0}” was logged without its events: its messages are shown in order, without times.", ""},
    MessageEntry{"inspect_ai.no_sample", "A sample could not be read and was left out: {0}.",
                 "The other samples of the log were read."},
    MessageEntry{"inspect_ai.too_much",
                 "The samples refer to far more text than the log holds; the rest of it was left out.",
                 "The log may be damaged; open it in Inspect View to compare."},
    MessageEntry{"jaeger.says", "Jaeger wrote into its answer: {0}.", ""},
    MessageEntry{"langchain.no_event", "A record is no event of a LangChain run and was left out.", ""},
    MessageEntry{"langchain.no_parents",
                 "The events name no parents (astream_events v1); runs were nested by their order.",
                 "Write the events of version \"v2\" to be sure."},
    MessageEntry{"langfuse.no_id", "A record without an id (“{0}”) was left out.",
                 "Export the records with their ids."},
    MessageEntry{"langfuse.no_record",
                 "A record is neither a trace, an observation nor a score and was left out.", ""},
    MessageEntry{"langfuse.odd_observation", "Something in the observations of trace {0} is none.", ""},
    MessageEntry{"langfuse.score_without_trace",
                 "Scores that judge no trace (first: “{0}”) were left out: they belong to a session or a "
                 "dataset run.",
                 ""},
    MessageEntry{"langfuse.sdk_log", "Log messages of the SDK were passed over.", ""},
    MessageEntry{"langsmith.no_id", "A run without an id (“{0}”) was left out.",
                 "Export the runs with their ids."},
    MessageEntry{"langsmith.no_run", "A record holds neither runs nor feedback and was left out.", ""},
    MessageEntry{
        "langsmith.patch_only",
        "Updates of runs whose beginning is not in the source (first: {0}) are shown as far as they go.",
        "Import the batches that came before it as well."},
    MessageEntry{"langsmith.repeated", "Runs that were posted again (first: {0}) were read once.", ""},
    MessageEntry{"langsmith.too_deep", "Runs nested deeper than {0} levels were left out.", ""},
    MessageEntry{"mini_swe_agent.no_messages", "A document holds no messages and was left out.", ""},
    MessageEntry{"mlflow.no_id", "A trace or span without an id was left out.",
                 "Export the traces with their ids."},
    MessageEntry{"mlflow.no_trace", "A record is no trace and was left out.", ""},
    MessageEntry{"openai.batch_unmatched",
                 "{0} answers of a batch stand without their requests; they show what came back only.",
                 "Put the batch's input file beside it, named alike (x_input.jsonl, x_output.jsonl)."},
    MessageEntry{"openai.cut_stream",
                 "The streamed answer “{0}” ends before it is whole; what came of it is shown.", ""},
    MessageEntry{"openai.no_call",
                 "A record holds neither a request to a model nor its answer and was left out.", ""},
    MessageEntry{"openai.stream_other", "{0} lines are no events of a streamed answer and were passed over.",
                 ""},
    MessageEntry{"openai_agents.no_id", "A span that names no trace or has no id was left out.", ""},
    MessageEntry{"openai_agents.no_item", "A record holds neither a trace nor a span and was left out.", ""},
    MessageEntry{"openhands.bad_event", "Entries that are no OpenHands events were left out.", ""},
    MessageEntry{"openhands.no_event", "A record that is no OpenHands event was left out.", ""},
    MessageEntry{"otlp.bad_json", "A JSON record does not parse ({0}) and was left out.",
                 "Look at the place that is named; the records before and after it were read."},
    MessageEntry{"otlp.cut", "The input ends inside a record; only its complete spans are kept.",
                 "Its writer may still be at work; import it again when it is done."},
    MessageEntry{
        "otlp.derived_id",
        "{0} ids are neither hex nor base64 of the right length (first: “{1}”); the spans got ids that "
        "are derived from them.",
        ""},
    MessageEntry{"otlp.end_before_start", "{0} spans end before they start (first: “{1}”); shown as stated.",
                 "The clocks of their machines may differ."},
    MessageEntry{"otlp.logs_without_span", "{0} log records name no span and were passed over.", ""},
    MessageEntry{"otlp.metrics", "{0} batches of metrics were passed over.", ""},
    MessageEntry{
        "otlp.missing_id",
        "{0} ids are missing or all zero (first: “{1}”); the spans got ids that are derived from what "
        "they hold.",
        ""},
    MessageEntry{"otlp.not_telemetry", "{0} JSON records hold neither spans nor logs (first: “{1}”).", ""},
    MessageEntry{"otlp.odd_value",
                 "{0} values are not of the type that their format gives them (first: “{1}”).", ""},
    MessageEntry{"otlp.protobuf_cut", "The input ends inside a message; only its complete spans are kept.",
                 "Its writer may still be at work; import it again when it is done."},
    MessageEntry{"otlp.protobuf_damaged",
                 "{0} messages are damaged; what could not be read of them was left out.",
                 "What could be read before and after it was kept."},
    MessageEntry{"otlp.protobuf_too_large",
                 "A message of {0} bytes is larger than {1} MiB, which is more than Clew reads at once.",
                 "Split it, or write smaller batches."},
    MessageEntry{
        "otlp.repaired_number",
        "{0} records hold NaN, Infinity or integers beyond 64 bits, which JSON cannot; kept as text.", ""},
    MessageEntry{"otlp.repaired_text",
                 "{0} records hold invalid UTF-8 or lone surrogates, which are shown as \uFFFD.", ""},
    MessageEntry{"otlp.rewritten",
                 "{0} attribute, event or link lists are not in OTLP's form and were brought into it.", ""},
    MessageEntry{"otlp.too_deep", "A JSON record is nested deeper than {0} levels and was left out.",
                 "The records before and after it were read."},
    MessageEntry{"otlp.unknown_enum", "{0} kinds or statuses are none that OTLP has (first: “{1}”).", ""},
    MessageEntry{"otlp.zstd_damaged", "The zstd data of a message is damaged ({0}); it was left out.", ""},
    MessageEntry{"swe_agent.no_trajectory", "A document holds no trajectory and was left out.", ""},
    MessageEntry{
        "vercel_devtools.bad_json",
        "A step's input, output or usage holds no JSON that can be read; the step is shown without it.", ""},
    MessageEntry{"vercel_devtools.no_id", "A run or step without an id was left out.", ""},
    // importers: live sources
    MessageEntry{"live.bad_ids",
                 "{0} spans were rejected: their ids are neither hex nor base64 of the right length.",
                 "Trace ids have 16 bytes, span ids 8, and neither is all zero."},
    MessageEntry{"live.bad_port", "“{0}” is no port.", "Give a number up to 65535, or off."},
    MessageEntry{"live.bad_score", "The score names no trace, session or run, or has no name.", ""},
    MessageEntry{"live.body_too_large", "The body of a request is larger than {0} bytes.",
                 "Let the client send smaller batches."},
    MessageEntry{"live.cannot_listen", "Clew cannot listen on {0} port {1}: {2}.",
                 "Check the address, or choose another port."},
    MessageEntry{"live.content_type", "Content type “{0}” is not read here.",
                 "Send application/x-protobuf or application/json."},
    MessageEntry{"live.content_type_json", "Content type “{0}” is not read here.", "Send application/json."},
    MessageEntry{"live.cut_body", "The body ends inside a record; nothing of it was kept.", "Send it whole."},
    MessageEntry{"live.lost", "{0} spans that had been acknowledged could not be stored at the end.",
                 "Use --durability complete, which acknowledges what is stored."},
    MessageEntry{"live.multipart", "The multipart body could not be read: {0}.", ""},
    MessageEntry{"live.no_batch", "The body has no “batch” array.", ""},
    MessageEntry{"live.no_endpoint", "There is no endpoint at {0}.",
                 "OTLP is at /v1/traces; “clew serve --help” names the others."},
    MessageEntry{"live.no_grpc", "This Clew was built without gRPC, so nothing listens on {0} port {1}.",
                 "Let the client export by OTLP over HTTP, or build Clew with CLEW_GRPC."},
    MessageEntry{"live.no_object", "The body is not one whole JSON object.", ""},
    MessageEntry{"live.not_array", "“{0}” in the body is not an array.", ""},
    MessageEntry{"live.not_supported", "Clew receives traces and feedback; {0} is not answered here.", ""},
    MessageEntry{"live.off", "This way in is off.", "Give it a port."},
    MessageEntry{"live.only_post", "{0} takes POST only.", ""},
    MessageEntry{"live.paused", "Clew is paused and takes no spans for now.", "Try again later."},
    MessageEntry{"live.port_taken", "Clew cannot listen on {0} port {1}: another program does already.",
                 "Choose another port, or end the other program."},
    MessageEntry{"live.port_taken_other", "Port {1} on {0} is taken by another program.", "“{2}” is free."},
    MessageEntry{"live.queue_full", "More is waiting to be stored than Clew holds.", "Try again later."},
    MessageEntry{"live.token_needed", "{0} can be reached from other machines, so a token is needed.",
                 "Give one with --token, or listen on 127.0.0.1."},
    // model: prices
    MessageEntry{"price.bad_count", "A count of {0} tokens cannot be priced.", ""},
    MessageEntry{"price.bad_match", "The match of the prices of “{0}” cannot be read.",
                 "Write a name, such as \"my-model\" or \"my-model*\", or a list of names."},
    MessageEntry{"price.bad_price", "Of the prices of “{0}”, “{1}” is {2}.",
                 "Write USD per million tokens, such as 3 or \"0.075\": no less than 0, at most 100,000."},
    MessageEntry{"price.no_input_count", "The source does not say how many tokens went in.", ""},
    MessageEntry{"price.no_match", "Model {0} of the price file says no \"match\".",
                 "Write {\"match\": \"my-model\", \"input_mtok\": 3, \"output_mtok\": 15}."},
    MessageEntry{"price.no_model", "No price is known for the model “{0}”.",
                 "Give one with “clew prices --override FILE”."},
    MessageEntry{"price.no_models", "The price file holds no list \"models\".",
                 "Write {\"models\": [{\"match\": \"my-model\", \"input_mtok\": 3, \"output_mtok\": 15}]}."},
    MessageEntry{"price.no_output_count", "The source does not say how many tokens came out.", ""},
    MessageEntry{"price.no_rate", "The price table says no “{0}” for this model.", ""},
    MessageEntry{"price.no_service_tier", "No price is known for the service tier “{0}”.", ""},
    MessageEntry{"price.not_json", "The price file is no JSON.", "Check it for a missing comma or brace."},
    MessageEntry{"price.other_format", "The price file's format is “{0}”, which Clew does not read.",
                 "Give a table made by resources/prices/make_snapshot.py, or the data.json of genai-prices."},
    MessageEntry{"price.too_large", "The cost is more than can be counted.", ""},
    MessageEntry{"price.unknown_key", "“{0}” in the price file is not used.", ""},
    // model: the store
    MessageEntry{
        "store.busy",
        "The store “{0}” is being written by another program, which did not finish within 10 seconds.",
        "Wait for it to end and try again."},
    MessageEntry{"store.cannot_open", "The store “{0}” could not be opened: {1}.",
                 "Check that its folder exists and may be written to, or name another with --store."},
    MessageEntry{"store.corrupt", "The store “{0}” is damaged: {1}.",
                 "Move it away and import the run files again; “clew doctor” says what can still be read."},
    MessageEntry{"store.foreign", "“{0}” is a database of another program, not a store of Clew.",
                 "Name another file with --store."},
    MessageEntry{"store.full", "The store “{0}” could not grow: the disk is full.",
                 "Free some space and import again; what was stored before is whole."},
    MessageEntry{"store.io", "The store “{0}” could not be read or written: {1}.",
                 "Check the disk and try again."},
    MessageEntry{"store.newer",
                 "The store “{0}” was written by a newer version of Clew (schema {1}, this one knows {2}).",
                 "Update Clew, or name another store with --store."},
    MessageEntry{"store.not_read_back", "Span {0} was written, but could not be read back.",
                 "Check the disk; “clew doctor” looks at the whole store."},
    MessageEntry{"store.notes_merged", "{0} further notes “{1}” were counted, not kept.", ""},
    MessageEntry{"store.older",
                 "The store “{0}” is of an older version of Clew and is open for reading only.",
                 "Open it once for writing, which brings it up to date."},
    MessageEntry{"store.read_only", "The store “{0}” cannot be written to.",
                 "Check the permissions of the file and its folder, or name another with --store."},
    MessageEntry{"store.removed_meanwhile", "Trace {0} was removed while it was being imported.",
                 "Import its file again."},
    MessageEntry{"store.sql", "The store could not answer: {0}.",
                 "Check the query; “clew doctor” checks the store."},
    MessageEntry{"store.unknown_source", "There is no source {0} in the store.",
                 "“clew sql 'SELECT * FROM v_sources'” lists them."},
    // model: questions and judgements
    MessageEntry{"filter.bad_value", "“{1}” is no value of {0}:, which takes {2}.{3}", ""},
    MessageEntry{"filter.empty_text", "There is no word to search for in “{0}”.",
                 "Write a word, or remove it."},
    MessageEntry{"filter.empty_value", "The value behind “{0}:” is missing.",
                 "Write it right behind the colon, as in {0}:value."},
    MessageEntry{"filter.unclosed_quote", "The quotation mark of {0} is never closed.",
                 "Add a \" behind the phrase."},
    MessageEntry{"filter.unknown_key", "“{0}” is nothing that traces can be filtered by: {1}.{2}",
                 "To search for the text itself, write it in quotation marks: \"{3}\"."},
    MessageEntry{"id.ambiguous", "“{0}” fits more than one id: {1}.", "Add digits until only one fits."},
    MessageEntry{"id.unknown", "Nothing in the store has the id “{0}”.",
                 "“clew summary --by trace” lists the ids."},
    MessageEntry{"judgement.bad_score", "The score “{0}” is not a number.",
                 "Give a finite number, such as 0.8."},
    MessageEntry{"note.other", "{0}", ""},
    MessageEntry{"span.unknown", "Trace {0} has no span {1}.", "“clew show {0}” lists its spans."},
    MessageEntry{"sql.empty", "There is no statement to run.",
                 "Write one SELECT over the views v_traces, v_spans, v_sources, v_notes and v_judgements."},
    MessageEntry{"sql.failed", "The statement could not be run: {0}.", "Views to ask: {1}."},
    MessageEntry{"sql.many", "Only one statement can be run at a time; “{0}” follows the first.",
                 "Run them one after the other."},
    MessageEntry{"sql.not_allowed", "The statement was refused: {0}.",
                 "Only one SELECT over these views is allowed: {1}."},
    MessageEntry{"sql.too_long", "The answer holds more than {0} rows.", "Add a LIMIT or a condition."},
    MessageEntry{"trace.unknown", "There is no trace {0} in the store.",
                 "It may have been removed; import its file again."},
    // app: exports
    MessageEntry{"export.bad_row", "The {0} export is not valid at row {1}: {2}.",
                 "Nothing was put in place; please report this."},
    MessageEntry{"export.not_valid", "The {0} export reads back as {1} rows, which is not what was written.",
                 "Check the disk, then try again."},
    MessageEntry{"export.unknown_format", "There is no export format named “{0}”. Known: {1}.",
                 "Use one of these names."},
    // everywhere
    MessageEntry{"cancelled", "Cancelled.", ""},
    MessageEntry{"usage", "{0}", "See “clew --help”."},
};

void fill(std::string& out, std::string_view text, std::span<const std::string> args) {
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '{' && i + 2 < text.size() && text[i + 2] == '}' && text[i + 1] >= '0' &&
            text[i + 1] <= '9') {
            const auto n = static_cast<std::size_t>(text[i + 1] - '0');
            if (n < args.size()) out += args[n];
            i += 2;
        } else {
            out += text[i];
        }
    }
}

} // namespace

std::span<const MessageEntry> message_table() {
    return kTable;
}

const MessageEntry* find_message(std::string_view code) {
    const auto it = std::ranges::find(kTable, code, &MessageEntry::code);
    return it == kTable.end() ? nullptr : &*it;
}

std::string sentence(std::string_view code, std::span<const std::string> args) {
    std::string out;
    if (const auto* entry = find_message(code)) {
        fill(out, entry->text, args);
    } else {
        out = code;
        for (const auto& arg : args)
            (out += ' ') += arg;
    }
    return out;
}

std::string hint(std::string_view code, std::span<const std::string> args) {
    std::string out;
    if (const auto* entry = find_message(code)) fill(out, entry->hint, args);
    return out;
}

std::string sentence(const Error& error) {
    std::string out = sentence(error.code, error.args);
    if (!error.where.empty()) ((out += " (") += error.where) += ")";
    if (const std::string way_out = hint(error.code, error.args); !way_out.empty()) (out += ' ') += way_out;
    return out;
}

} // namespace clew
