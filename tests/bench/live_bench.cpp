// Live sources: how long an answer takes for each durability, and how many spans a second are taken at 512 a
// request, beside what one thread imports of the same bodies as a file.
//
//   live_bench [--seconds N]      CLEW_BENCH_DIR=/tmp
//
// The client is in the same process and takes its share of the machine. Trust the ratio; the latencies are of
// this machine at this moment.

#include "importers/import_job.h"
#include "importers/live/receiver.h"
#include "importers/sources/http_server.h"
#include "model/base/messages.h"
#include "model/store/store.h"
#include "tests/support/raw_client.h"

#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <protozero/pbf_writer.hpp>
#include <random>
#include <string>
#include <thread>
#include <vector>

namespace {

using namespace clew;
using Clock = std::chrono::steady_clock;

constexpr std::size_t kBatch = 512;
constexpr int kConnections = 4;

[[noreturn]] void fail(const std::string& why) {
    fmt::print(stderr, "live_bench: {}\n", why);
    std::exit(1);
}

std::string folder() {
    const char* text = std::getenv("CLEW_BENCH_DIR");
    const auto path =
        (text ? std::filesystem::path(text) : std::filesystem::temp_directory_path()) / "clew-bench";
    std::filesystem::create_directories(path);
    return path.string() + "/";
}

void remove_store(const std::string& path) {
    for (const char* suffix : {"", "-wal", "-shm"})
        std::remove((path + suffix).c_str());
}

void attribute(protozero::pbf_writer& span, const char* key, const std::string& text) {
    protozero::pbf_writer pair(span, 9);
    pair.add_string(1, key);
    protozero::pbf_writer value(pair, 2);
    value.add_string(1, text);
}

void count(protozero::pbf_writer& span, const char* key, std::int64_t number) {
    protozero::pbf_writer pair(span, 9);
    pair.add_string(1, key);
    protozero::pbf_writer value(pair, 2);
    value.add_int64(3, number);
}

// Export requests whose ids never repeat: agents with calls and tools, about 1.2 KB a span.
class Bodies {
public:
    std::string next(std::size_t spans) {
        std::string out;
        protozero::pbf_writer request(out);
        protozero::pbf_writer resource_spans(request, 1);
        {
            protozero::pbf_writer resource(resource_spans, 1);
            protozero::pbf_writer pair(resource, 1);
            pair.add_string(1, "service.name");
            protozero::pbf_writer value(pair, 2);
            value.add_string(1, "bench");
        }
        protozero::pbf_writer scope_spans(resource_spans, 2);
        for (std::size_t i = 0; i < spans; ++i)
            add_span(scope_spans);
        return out;
    }

private:
    void add_span(protozero::pbf_writer& scope_spans) {
        constexpr std::uint64_t kSpansOfATrace = 32;
        const std::uint64_t n = next_++;
        const std::uint64_t trace[2] = {0x1122334455667788u, n / kSpansOfATrace + 1};
        const std::uint64_t id = n + 1;
        const std::uint64_t parent = n / kSpansOfATrace * kSpansOfATrace + 1;
        protozero::pbf_writer span(scope_spans, 2);
        span.add_bytes(1, reinterpret_cast<const char*>(trace), sizeof trace);
        span.add_bytes(2, reinterpret_cast<const char*>(&id), sizeof id);
        if (id != parent) span.add_bytes(4, reinterpret_cast<const char*>(&parent), sizeof parent);
        const std::uint64_t start = 1'760'000'000'000'000'000u + n * 1'000'000u;
        span.add_fixed64(7, start);
        span.add_fixed64(8, start + 900'000u);
        const bool call = n % 2 == 0;
        span.add_string(5, id == parent ? "invoke_agent" : call ? "chat" : "execute_tool");
        attribute(span, "gen_ai.operation.name",
                  id == parent ? "invoke_agent"
                  : call       ? "chat"
                               : "execute_tool");
        attribute(span, "gen_ai.request.model", "model-a");
        if (call) {
            count(span, "gen_ai.usage.input_tokens", static_cast<std::int64_t>(n % 4000));
            count(span, "gen_ai.usage.output_tokens", static_cast<std::int64_t>(n % 300));
            attribute(span, "gen_ai.input.messages", words(1500));
        } else {
            attribute(span, "gen_ai.tool.name", "search");
            attribute(span, "gen_ai.tool.call.result", words(400));
        }
    }

    std::string words(std::size_t bytes) {
        std::string out = R"([{"role":"user","parts":[{"type":"text","content":")";
        while (out.size() < bytes) {
            for (auto letters = 3 + random_() % 7; letters > 0; --letters)
                out += static_cast<char>('a' + random_() % 26);
            out += ' ';
        }
        return out + "\"}]}]";
    }

    std::uint64_t next_ = 0;
    std::minstd_rand random_{7};
};

std::string post(const std::string& body) {
    return fmt::format(
               "POST /v1/traces HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-protobuf\r\n"
               "Content-Length: {}\r\n\r\n",
               body.size()) +
           body;
}

struct Latencies {
    std::vector<double> ms;
    double at(double part) {
        const auto place = static_cast<std::ptrdiff_t>(part * static_cast<double>(ms.size() - 1));
        std::ranges::nth_element(ms, ms.begin() + place);
        return ms[static_cast<std::size_t>(place)];
    }
};

class Server {
public:
    Server(const std::string& path, Durability durability) {
        remove_store(path);
        auto store = Store::open({.path = path});
        if (!store) fail(sentence(store.error()));
        store_ = std::move(*store);
        live::IntakeOptions options;
        options.durability = durability;
        receiver_ = std::make_unique<live::Receiver>(options, [this] { return store_->live_target(); });
        HttpServerOptions how;
        how.port = 0;
        auto http = HttpServer::start(how, *receiver_);
        if (!http) fail(sentence(http.error()));
        http_ = std::move(*http);
    }
    [[nodiscard]] std::uint16_t port() const { return http_->port(); }

private:
    std::unique_ptr<Store> store_;
    std::unique_ptr<live::Receiver> receiver_;
    std::unique_ptr<HttpServer> http_;
};

Latencies one_by_one(std::uint16_t port, Bodies& bodies, double seconds) {
    test::RawClient client(port);
    Latencies out;
    const auto end = Clock::now() + std::chrono::duration<double>(seconds);
    while (Clock::now() < end) {
        const std::string request = post(bodies.next(1));
        const auto begun = Clock::now();
        client.send(request);
        if (client.reply().status != 200) fail("a request was refused");
        out.ms.push_back(std::chrono::duration<double, std::milli>(Clock::now() - begun).count());
    }
    return out;
}

double sustained(std::uint16_t port, std::vector<std::string>& requests) {
    std::atomic<std::size_t> next{0};
    const auto begun = Clock::now();
    std::vector<std::thread> clients;
    for (int i = 0; i < kConnections; ++i) {
        clients.emplace_back([&] {
            test::RawClient client(port);
            for (std::size_t at = next++; at < requests.size(); at = next++) {
                for (;;) {
                    client.send(requests[at]);
                    const int status = client.reply().status;
                    if (status == 200) break;
                    if (status != 503) fail("a request was refused");
                    std::this_thread::sleep_for(std::chrono::milliseconds(20)); // no room: as SDKs do
                }
            }
        });
    }
    for (auto& client : clients)
        client.join();
    const std::chrono::duration<double> took = Clock::now() - begun;
    return static_cast<double>(requests.size() * kBatch) / took.count();
}

double cpu_seconds() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    const auto seconds = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
    };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

// Spans a second that one thread would import of a file with the same bodies: spans by processor time.
double imported(const std::vector<std::string>& bodies) {
    const std::string file = folder() + "live.binpb";
    {
        std::ofstream out(file, std::ios::binary);
        for (const std::string& body : bodies) {
            const auto size = static_cast<std::uint32_t>(body.size());
            for (int shift = 24; shift >= 0; shift -= 8)
                out.put(static_cast<char>(size >> shift & 0xff));
            out << body;
        }
    }
    const std::string path = folder() + "live-import.db";
    remove_store(path);
    auto store = Store::open({.path = path});
    if (!store) fail(sentence(store.error()));
    auto target = (*store)->import_target();
    if (!target) fail(sentence(target.error()));
    const double before = cpu_seconds();
    ImportOptions options;
    options.path = file;
    const auto report = import_source(options, **target);
    if (!report) fail(sentence(report.error()));
    const double took = cpu_seconds() - before;
    return static_cast<double>(report->spans) / took;
}

} // namespace

int main(int argc, char** argv) {
    double seconds = 4;
    for (int i = 1; i + 1 < argc; ++i)
        if (std::string_view(argv[i]) == "--seconds") seconds = std::atof(argv[i + 1]);
    Bodies bodies;
    std::vector<std::string> bulk, requests;
    for (int i = 0; i < static_cast<int>(seconds * 100); ++i)
        bulk.push_back(bodies.next(kBatch));
    for (const std::string& body : bulk)
        requests.push_back(post(body));
    const double one_thread = imported(bulk);
    fmt::print("one thread imports {:.0f} spans/s (of processor time)\n", one_thread);
    const std::string path = folder() + "live.db";
    for (const auto& [durability, name] :
         {std::pair{Durability::sampled, "sampled"}, std::pair{Durability::complete, "complete"},
          std::pair{Durability::critical, "critical"}}) {
        Latencies latencies;
        {
            const Server server(path, durability);
            latencies = one_by_one(server.port(), bodies, seconds);
        }
        double rate = 0;
        {
            const Server server(path, durability);
            rate = sustained(server.port(), requests);
        }
        fmt::print(
            "{:<9} one span: p50 {:.2f} ms, p99 {:.2f} ms ({} requests); {} spans a request: {:.0f} spans/s, "
            "{:.2f} of one thread's import\n",
            name, latencies.at(0.5), latencies.at(0.99), latencies.ms.size(), kBatch, rate,
            rate / one_thread);
    }
    remove_store(path);
    return 0;
}
