// clew serve: live sources without a window.

#include "app/cli/command_line.h"
#include "app/cli/output.h"
#include "app/dialects.h"
#include "app/findings_pass.h"
#include "app/live/indexer.h"
#include "app/live/live_service.h"
#include "app/mappings.h"
#include "app/user_rules.h"
#include "importers/sources/listen_socket.h"
#include "model/base/messages.h"
#include "model/base/numbers.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <atomic>
#include <charconv>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <map>
#include <thread>

namespace clew::app {

namespace {

struct Options {
    std::string address = "127.0.0.1";
    std::string http = "4318";
    std::string grpc = "4317";
    std::string token;
    std::string durability = "complete";
    std::vector<std::string> follow;
    std::string standard_input;
};

// A signal handler may only set a flag.
std::atomic<bool> ending{false};

Result<std::optional<std::uint16_t>> port_of(const std::string& text) {
    if (text == "off") return std::optional<std::uint16_t>();
    std::uint16_t port = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    if (error != std::errc() || end != text.data() + text.size()) return Error{"live.bad_port", {text}, {}};
    return std::optional(port);
}

Durability durability_of(const std::string& name) {
    if (name == "sampled") return Durability::sampled;
    return name == "critical" ? Durability::critical : Durability::complete;
}

// What the person would type next where a port is taken.
Error with_free_port(const Error& error, const Options& options) {
    if (error.code != "live.port_taken" || error.args.size() < 2) return error;
    const bool http = error.args[1] == options.http;
    const auto free =
        free_port_from(options.address, static_cast<std::uint16_t>(std::stoi(error.args[1]) + 1));
    if (free == 0) return error;
    return {"live.port_taken_other",
            {error.args[0], error.args[1], fmt::format("--{} {}", http ? "http" : "grpc", free)},
            {}};
}

void print_start(const LiveService& service, const Options& options, Durability durability) {
    if (const auto port = service.http_port()) fmt::print("http {}:{}\n", options.address, *port);
    if (const auto port = service.grpc_port()) fmt::print("grpc {}:{}\n", options.address, *port);
    std::fflush(stdout);
    if (!is_loopback(options.address))
        fmt::print(stderr,
                   "clew: Listening beyond this machine: whoever reaches {} and knows the token can send.\n",
                   options.address);
    if (durability == Durability::sampled)
        fmt::print(stderr,
                   "clew: sampled: a request is answered once it is queued; what came within the last "
                   "500 ms is lost if this process is killed.\n");
}

// Says what changed for the worse, at most once a second.
class Watch {
public:
    void look(const LiveStatus& status) {
        if (status.trouble != trouble_) {
            trouble_ = status.trouble;
            if (!trouble_.empty())
                fmt::print(stderr, "clew: {}\n", trouble_);
            else
                fmt::print(stderr, "clew: Storing goes on.\n");
        }
        for (const LiveEndpoint& endpoint : status.endpoints) {
            std::string& known = by_endpoint_[endpoint.id];
            if (endpoint.id.starts_with("follow:") && !endpoint.trouble.empty() && endpoint.trouble != known)
                fmt::print(stderr, "clew: {}: {}\n", endpoint.address, endpoint.trouble);
            known = endpoint.trouble;
        }
        if (status.refused == refused_) return;
        for (const LiveClient& client : status.clients) {
            std::uint64_t& known = by_client_[client.name];
            if (client.refused > known)
                fmt::print(stderr, "clew: refused {} of {}: {}\n", client.refused - known, client.name,
                           client.last_refusal);
            known = client.refused;
        }
        refused_ = status.refused;
    }

private:
    std::string trouble_;
    std::uint64_t refused_ = 0;
    std::map<std::string, std::uint64_t> by_client_;
    std::map<std::string, std::string> by_endpoint_;
};

int run(const CommandLine& line, const Options& options) {
    // First: whoever starts it may end it before it listens.
    ending = false;
    std::signal(SIGINT, [](int) { ending = true; });
    std::signal(SIGTERM, [](int) { ending = true; });
    auto http = port_of(options.http);
    auto grpc = port_of(options.grpc);
    if (!http) return failed(http.error());
    if (!grpc) return failed(grpc.error());
    auto store = open_store(line);
    if (!store) return failed(store.error());

    LiveOptions how;
    how.address = options.address;
    how.http = *http;
    how.grpc = *grpc;
    how.token = options.token;
    how.durability = durability_of(options.durability);
    how.formats = user_formats();
    how.taught = read_user_dialects().taught;

    std::optional<Error> input_failed;
    std::atomic<bool> input_ended{false}; // outlives the service, whose thread sets it
    std::uint64_t lost = 0;
    {
        LiveService service(**store, how);
        if (auto listening = service.listen(); !listening)
            return failed(with_free_port(listening.error(), options));
        print_start(service, options, how.durability);
        for (const std::string& path : options.follow)
            service.follow(path);
        if (!options.standard_input.empty()) {
            service.read_standard_input([&](const Result<SourceReport>& report) {
                if (!report && report.error().code != "cancelled") input_failed = report.error();
                input_ended = true;
            });
        }
        const bool only_input = !*http && !*grpc && options.follow.empty() && !options.standard_input.empty();
        const Indexer indexer(**store);
        FindingsPass findings(**store, read_user_rules().settings);
        findings.set_source([] { return read_user_rules().settings; });
        Watch watch;
        for (int ticks = 0; !ending && !(only_input && input_ended); ++ticks) {
            std::this_thread::sleep_for(std::chrono::milliseconds(50));
            if (ticks % 20 == 0) watch.look(service.status());
        }
        service.finish();
        const LiveStatus status = service.status();
        watch.look(status);
        fmt::print(stderr, "clew: {} spans received in {} requests, {} refused.\n",
                   format_count(status.spans), format_count(status.requests), format_count(status.refused));
        lost = status.lost;
    }
    if (lost > 0) return failed(Error{"live.lost", {format_count(lost)}, {}});
    return input_failed ? failed(*input_failed) : 0;
}

} // namespace

void add_serve(CLI::App& root, CommandLine& line) {
    auto options = std::make_shared<Options>();
    CLI::App* command = root.add_subcommand(
        "serve",
        "Receive traces from SDKs (OTLP, Langfuse, LangSmith, OpenAI Agents, Zipkin, aitracer) and follow "
        "files, without a window");
    command->add_option("--http", options->http, "HTTP port; 0 = a free one, off = none")
        ->capture_default_str();
    command->add_option("--grpc", options->grpc, "gRPC port; 0 = a free one, off = none")
        ->capture_default_str();
    command
        ->add_option("--bind", options->address,
                     "Address to listen on; others than the loopback's need --token")
        ->capture_default_str();
    command->add_option("--token", options->token,
                        "What clients have to send as Bearer, Basic password or x-api-key");
    command
        ->add_option(
            "--durability", options->durability,
            "When a request is answered: sampled = queued, complete = committed, critical = on the disk "
            "and read back")
        ->check(CLI::IsMember({"sampled", "complete", "critical"}))
        ->capture_default_str();
    command->add_option("--follow", options->follow, "A file or folder that grows")->allow_extra_args(false);
    command->add_option("INPUT", options->standard_input, "- reads standard input")
        ->check(CLI::IsMember({"-"}));
    command->callback([&line, options] { line.chosen = [&line, options] { return run(line, *options); }; });
}

} // namespace clew::app
