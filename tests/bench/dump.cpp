#include "tests/bench/dump.h"

#include <fmt/format.h>

#include <cstdio>
#include <random>
#include <vector>

namespace clew::bench {

namespace {

// Words of a made-up language with the skew of a real one: compressors and indexes see something like text.
class Words {
public:
    explicit Words(std::uint64_t seed)
        : random_(seed) {
        static constexpr std::string_view kConsonants = "bcdfghklmnprstvw", kVowels = "aeiou";
        for (int i = 0; i < 6000; ++i) {
            std::string word;
            for (std::uint64_t syllable = 2 + below(3); syllable > 0; --syllable) {
                word += kConsonants[below(kConsonants.size())];
                word += kVowels[below(kVowels.size())];
            }
            words_.push_back(std::move(word));
        }
        for (int i = 0; i < 4000; ++i) {
            std::string& phrase = phrases_.emplace_back();
            for (std::uint64_t word = 3 + below(6); word > 0; --word) {
                phrase += words_[skewed(words_.size())];
                phrase += ' ';
            }
            phrase.back() = below(3) == 0 ? '.' : ',';
            phrase += ' ';
        }
    }
    std::uint64_t below(std::uint64_t limit) { return random_() % limit; }
    std::uint64_t next() { return random_(); }

    void append(std::string& out, std::size_t bytes) {
        const std::size_t end = out.size() + bytes;
        while (out.size() < end)
            out += phrases_[skewed(phrases_.size())];
    }

private:
    std::size_t skewed(std::size_t limit) {
        const double random = static_cast<double>(random_() >> 11) * 0x1p-53;
        return static_cast<std::size_t>(random * random * static_cast<double>(limit - 1));
    }

    std::mt19937_64 random_;
    std::vector<std::string> words_;
    std::vector<std::string> phrases_;
};

class Writer {
public:
    explicit Writer(Dump& dump)
        : dump_(dump)
        , file_(std::fopen(dump.path.c_str(), "wb")) {}
    ~Writer() {
        flush();
        if (file_) std::fclose(file_);
    }
    Writer(const Writer&) = delete;
    Writer& operator=(const Writer&) = delete;

    void span(std::string_view trace, std::uint64_t id, std::uint64_t parent, std::string_view name,
              std::int64_t start, std::int64_t duration, std::string_view attributes, bool failed = false) {
        if (in_line_ > 0) line_ += ',';
        line_ += fmt::format(
            R"({{"traceId":"{}","spanId":"{:016x}","parentSpanId":"{}","flags":257,"name":"{}","kind":1,)"
            R"("startTimeUnixNano":"{}","endTimeUnixNano":"{}","attributes":[{}],"status":{}}})",
            trace, id, parent ? fmt::format("{:016x}", parent) : std::string(), name, start, start + duration,
            attributes, failed ? R"({"code":2,"message":"tool failed"})" : "{}");
        ++dump_.spans;
        if (++in_line_ == 200 || line_.size() > 1'000'000) flush();
    }

private:
    void flush() {
        if (in_line_ == 0 || !file_) return;
        const std::string head =
            R"({"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"bench"}}]},)"
            R"("scopeSpans":[{"scope":{"name":"bench","version":"1"},"spans":[)";
        const std::string tail = "]}]}]}\n";
        for (const std::string_view piece :
             {std::string_view(head), std::string_view(line_), std::string_view(tail)}) {
            std::fwrite(piece.data(), 1, piece.size(), file_);
            dump_.bytes += piece.size();
        }
        line_.clear();
        in_line_ = 0;
    }

    Dump& dump_;
    std::FILE* file_;
    std::string line_;
    int in_line_ = 0;
};

std::string text_attribute(std::string_view key, std::string_view value) {
    return fmt::format(R"({{"key":"{}","value":{{"stringValue":"{}"}}}},)", key, value);
}

std::string number_attribute(std::string_view key, std::uint64_t value) {
    return fmt::format(R"({{"key":"{}","value":{{"intValue":"{}"}}}},)", key, value);
}

std::string message(std::string_view role, std::string_view text) {
    return fmt::format(R"({{\"role\":\"{}\",\"parts\":[{{\"type\":\"text\",\"content\":\"{}\"}}]}})", role,
                       text);
}

std::string trimmed_comma(std::string attributes) {
    if (!attributes.empty()) attributes.pop_back();
    return attributes;
}

constexpr std::int64_t kStart = 1'760'000'000'000'000'000;

} // namespace

Dump write_plain_dump(const std::string& path, std::uint64_t spans) {
    Dump dump;
    dump.path = path;
    {
        Writer writer(dump);
        Words words(1);
        const std::string large = fmt::format("{:032x}", std::uint64_t(1) << 60);
        dump.largest_trace = large;
        std::uint64_t trace = 0, id = 0, left_in_trace = 0, root = 0, large_root = 0;
        std::string hex;
        while (dump.spans < spans) {
            const bool in_large = words.below(10) == 0;
            if (!in_large && left_in_trace == 0) {
                ++trace;
                hex = fmt::format("{:016x}{:016x}", words.next(), trace);
                left_in_trace = 30 + words.below(90);
                root = 0;
            }
            std::uint64_t& top = in_large ? large_root : root;
            const std::string_view of = in_large ? std::string_view(large) : std::string_view(hex);
            const std::int64_t start = kStart + static_cast<std::int64_t>(dump.spans) * 1'000'000;
            ++id;
            std::string attributes;
            const std::uint64_t kind = top == 0 ? 0 : 1 + words.below(3);
            if (kind == 0) {
                attributes = text_attribute("gen_ai.operation.name", "invoke_agent") +
                             text_attribute("gen_ai.agent.name", "planner");
            } else if (kind == 1) {
                std::string in, out;
                words.append(in, 800 + words.below(1400));
                words.append(out, 300 + words.below(700));
                attributes =
                    text_attribute("gen_ai.operation.name", "chat") +
                    text_attribute("gen_ai.provider.name", "openai") +
                    text_attribute("gen_ai.request.model", words.below(2) ? "gpt-4o" : "claude-sonnet-4-5") +
                    text_attribute("gen_ai.response.id", fmt::format("r-{:x}", words.next())) +
                    number_attribute("gen_ai.usage.input_tokens", 100 + words.below(6000)) +
                    number_attribute("gen_ai.usage.output_tokens", 5 + words.below(900)) +
                    text_attribute("gen_ai.input.messages", "[" + message("user", in) + "]") +
                    text_attribute("gen_ai.output.messages", "[" + message("assistant", out) + "]");
            } else if (kind == 2) {
                std::string result;
                words.append(result, 200 + words.below(600));
                attributes = text_attribute("gen_ai.operation.name", "execute_tool") +
                             text_attribute("gen_ai.tool.name", "search_docs") +
                             text_attribute("gen_ai.tool.call.id", fmt::format("call_{:x}", words.next())) +
                             text_attribute("gen_ai.tool.call.arguments", R"({\"q\":\"order\"})") +
                             text_attribute("gen_ai.tool.call.result", result);
            } else {
                attributes = text_attribute("http.request.method", "GET") +
                             text_attribute("url.path", "/v1/items") +
                             number_attribute("http.response.status_code", 200);
            }
            const bool failed = words.below(100) == 0;
            writer.span(of, id, top,
                        kind == 1   ? "chat gpt-4o"
                        : kind == 2 ? "execute_tool search_docs"
                                    : "step",
                        start, 1'000'000 + static_cast<std::int64_t>(words.below(900'000'000)),
                        trimmed_comma(attributes), failed);
            if (in_large) dump.last_span = fmt::format("{:016x}", id);
            if (top == 0) top = id;
            if (!in_large) --left_in_trace;
        }
    }
    return dump;
}

Dump write_resend_dump(const std::string& path, int runs, int turns, int long_run_turns) {
    struct Run {
        std::string hex, history;
        std::uint64_t root = 0;
        int turn = 0, turns = 0;
    };
    Dump dump;
    dump.path = path;
    {
        Writer writer(dump);
        Words words(77);
        std::string system;
        words.append(system, 3000);
        std::vector<Run> open;
        int started = 0;
        std::uint64_t id = 0;
        const auto start_run = [&](int length) {
            Run run;
            run.hex = fmt::format("{:016x}{:016x}", words.next(), words.next() | 1);
            run.turns = length;
            run.root = ++id;
            std::string ask;
            words.append(ask, 300);
            dump.unique_text += ask.size() + system.size();
            run.history = message("system", system) + "," + message("user", ask);
            open.push_back(std::move(run));
            ++started;
        };
        if (long_run_turns > 0) {
            start_run(long_run_turns);
            dump.largest_trace = open.front().hex;
        }
        while (true) {
            while (open.size() < 16 && started < runs)
                start_run(turns);
            if (open.empty()) break;
            const std::size_t at = words.below(open.size());
            Run& run = open[at];
            const std::int64_t start = kStart + static_cast<std::int64_t>(id) * 1'000'000'000;
            std::string reply, result;
            words.append(reply, 500);
            words.append(result, 900);
            dump.unique_text += reply.size() + result.size();
            const std::uint64_t call = ++id;
            writer.span(run.hex, call, run.root, "chat gpt-4o", start, 2'000'000'000,
                        trimmed_comma(text_attribute("gen_ai.operation.name", "chat") +
                                      text_attribute("gen_ai.request.model", "gpt-4o") +
                                      number_attribute("gen_ai.usage.input_tokens",
                                                       1000 + static_cast<std::uint64_t>(run.turn) * 400) +
                                      number_attribute("gen_ai.usage.output_tokens", 200) +
                                      text_attribute("gen_ai.input.messages", "[" + run.history + "]") +
                                      text_attribute("gen_ai.output.messages",
                                                     "[" + message("assistant", reply) + "]")));
            if (run.hex == dump.largest_trace) dump.last_span = fmt::format("{:016x}", call);
            writer.span(run.hex, ++id, call, "execute_tool read_file", start + 2'100'000'000, 500'000'000,
                        trimmed_comma(text_attribute("gen_ai.operation.name", "execute_tool") +
                                      text_attribute("gen_ai.tool.name", "read_file") +
                                      text_attribute("gen_ai.tool.call.result", result)));
            run.history += "," + message("assistant", reply) + "," + message("tool", result);
            if (++run.turn == run.turns) {
                writer.span(run.hex, run.root, 0, "invoke_agent planner", kStart,
                            static_cast<std::int64_t>(run.turns) * 5'000'000'000,
                            trimmed_comma(text_attribute("gen_ai.operation.name", "invoke_agent") +
                                          text_attribute("gen_ai.agent.name", "planner")));
                open.erase(open.begin() + static_cast<std::ptrdiff_t>(at));
            }
        }
    }
    return dump;
}

} // namespace clew::bench
