#include "tests/bench/limit.h"

#include <simdjson.h>
#include <sqlite3.h>

#include <charconv>
#include <cstdio>
#include <string>
#include <string_view>
#include <unordered_map>

namespace clew::bench {

namespace {

std::uint64_t hex(std::string_view text) {
    std::uint64_t value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value, 16);
    return value;
}

std::int64_t decimal(std::string_view text) {
    std::int64_t value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

class Dictionary {
public:
    std::int64_t id(std::string_view text) {
        const auto [it, added] =
            ids_.try_emplace(std::string(text), static_cast<std::int64_t>(ids_.size() + 1));
        return it->second;
    }

private:
    std::unordered_map<std::string, std::int64_t> ids_;
};

struct Row {
    std::int64_t trace = 0, id = 0, parent = 0, start = 0, end = 0, kind = 0, status = 0, name = 0, model = 0,
                 provider = 0, input = 0, output = 0, tool = 0;
};

using Object = simdjson::ondemand::object;

void read_attributes(simdjson::ondemand::array attributes, Row& row, Dictionary& dictionary) {
    for (Object attribute : attributes) {
        const std::string_view key = attribute["key"];
        Object value = attribute["value"];
        if (key == "gen_ai.request.model")
            row.model = dictionary.id(value["stringValue"].get_string());
        else if (key == "gen_ai.provider.name")
            row.provider = dictionary.id(value["stringValue"].get_string());
        else if (key == "gen_ai.tool.name")
            row.tool = dictionary.id(value["stringValue"].get_string());
        else if (key == "gen_ai.usage.input_tokens")
            row.input = decimal(value["intValue"].get_string());
        else if (key == "gen_ai.usage.output_tokens")
            row.output = decimal(value["intValue"].get_string());
    }
}

} // namespace

std::uint64_t run_limit(const std::string& dump, const std::string& database) {
    for (const char* suffix : {"", "-wal", "-shm"})
        std::remove((database + suffix).c_str());
    sqlite3* db = nullptr;
    if (sqlite3_open(database.c_str(), &db) != SQLITE_OK) return 0;
    sqlite3_exec(db,
                 "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF; PRAGMA cache_size=-65536;"
                 "CREATE TABLE span(id INTEGER PRIMARY KEY, trace INT, span_id INT, parent_id INT, start "
                 "INT, end INT, kind INT, status INT,"
                 " name INT, model INT, provider INT, input INT, output INT, tool INT); BEGIN",
                 nullptr, nullptr, nullptr);
    sqlite3_stmt* insert = nullptr;
    sqlite3_prepare_v2(db, "INSERT INTO span VALUES(NULL,?,?,?,?,?,?,?,?,?,?,?,?,?)", -1, &insert, nullptr);
    std::uint64_t spans = 0;
    try {
        const simdjson::padded_string text = simdjson::padded_string::load(dump);
        simdjson::ondemand::parser parser;
        Dictionary dictionary;
        std::unordered_map<std::string, std::int64_t> traces;
        simdjson::ondemand::document_stream lines = parser.iterate_many(text, 4'000'000);
        for (auto line : lines) {
            for (Object resource : line["resourceSpans"].get_array())
                for (Object scope : resource["scopeSpans"].get_array())
                    for (Object span : scope["spans"].get_array()) {
                        Row row;
                        const std::string_view trace = span["traceId"];
                        row.trace =
                            traces
                                .try_emplace(std::string(trace), static_cast<std::int64_t>(traces.size() + 1))
                                .first->second;
                        row.id = static_cast<std::int64_t>(hex(span["spanId"].get_string()));
                        row.parent = static_cast<std::int64_t>(hex(span["parentSpanId"].get_string()));
                        row.name = dictionary.id(span["name"].get_string());
                        row.kind = span["kind"].get_int64();
                        row.start = decimal(span["startTimeUnixNano"].get_string());
                        row.end = decimal(span["endTimeUnixNano"].get_string());
                        read_attributes(span["attributes"].get_array(), row, dictionary);
                        int column = 0;
                        for (const std::int64_t value :
                             {row.trace, row.id, row.parent, row.start, row.end, row.kind, row.status,
                              row.name, row.model, row.provider, row.input, row.output, row.tool})
                            sqlite3_bind_int64(insert, ++column, value);
                        if (sqlite3_step(insert) != SQLITE_DONE) return 0;
                        sqlite3_reset(insert);
                        ++spans;
                    }
        }
    } catch (const simdjson::simdjson_error& error) {
        std::fprintf(stderr, "limit: %s\n", error.what());
        spans = 0;
    }
    sqlite3_finalize(insert);
    sqlite3_exec(db, "COMMIT", nullptr, nullptr, nullptr);
    sqlite3_close(db);
    return spans;
}

} // namespace clew::bench
