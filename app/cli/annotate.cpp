// clew annotate TRACE[/SPAN]: judge from the command line.

#include "app/cli/command_line.h"

#include <fmt/format.h>
#include <pwd.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>

namespace clew::app {

namespace {

const std::map<std::string, Thumb> kThumbs = {
    {"up", Thumb::up}, {"down", Thumb::down}, {"none", Thumb::none}};

struct Options {
    std::string target;
    std::optional<Thumb> thumb;
    std::vector<std::string> scores, labels;
    std::optional<std::string> comment;
    std::string author;
    bool clear = false;
};

std::string user_name() {
    const passwd* user = ::getpwuid(::getuid());
    return user && user->pw_name ? user->pw_name : "me";
}

Result<std::pair<std::string, double>> parse_score(const std::string& text) {
    const std::size_t equals = text.find('=');
    double value = 0;
    const char* end = text.data() + text.size();
    const char* from = text.data() + (equals == std::string::npos ? text.size() : equals + 1);
    const auto [at, error] = std::from_chars(from, end, value);
    if (equals == 0 || from == end || error != std::errc() || at != end || !std::isfinite(value))
        return Error{
            "usage", {fmt::format("“{}” is no score: write name=number, such as helpful=0.8.", text)}, {}};
    return std::pair(text.substr(0, equals), value);
}

int run(const CommandLine& line, const Options& options) {
    if (!options.thumb && options.scores.empty() && options.labels.empty() && !options.comment &&
        !options.clear)
        return failed({"usage", {"Nothing to say: give --thumbs, --score, --label or --comment."}, {}});
    auto store = open_store(line);
    if (!store) return failed(store.error());
    auto resolved = (*store)->traces().resolve(options.target);
    if (!resolved) return failed(resolved.error());
    auto known = (*store)->note_book().judgements(resolved->trace);
    if (!known) return failed(known.error());

    Judgement judgement;
    judgement.target = {resolved->trace, resolved->span};
    judgement.author = options.author.empty() ? user_name() : options.author;
    if (!options.clear)
        for (const Judgement& mine : *known)
            if (mine.target == judgement.target && mine.author == judgement.author) judgement = mine;
    judgement.time = kNoTime;
    if (options.thumb) judgement.thumb = *options.thumb;
    if (options.comment) judgement.comment = *options.comment;
    for (const std::string& label : options.labels)
        if (std::ranges::find(judgement.labels, label) == judgement.labels.end())
            judgement.labels.push_back(label);
    for (const std::string& text : options.scores) {
        auto score = parse_score(text);
        if (!score) return failed(score.error());
        std::erase_if(judgement.scores, [&](const auto& other) { return other.first == score->first; });
        judgement.scores.push_back(*score);
    }
    if (auto judged = (*store)->note_book().judge(std::move(judgement)); !judged)
        return failed(judged.error());
    return 0;
}

} // namespace

void add_annotate(CLI::App& root, CommandLine& line) {
    auto options = std::make_shared<Options>();
    CLI::App* command = root.add_subcommand("annotate", "Judge a trace or a span");
    command->add_option("TRACE[/SPAN]", options->target, "An id or a unique prefix of one")->required();
    command->add_option("--thumbs", options->thumb, "up, down or none")
        ->transform(CLI::CheckedTransformer(kThumbs));
    command->add_option("--score", options->scores, "name=number; may be repeated")->take_all();
    command->add_option("--label", options->labels, "May be repeated")->take_all();
    command->add_option("--comment", options->comment, "A remark");
    command->add_option("--author", options->author, "Who judges (default: the user's name)");
    command->add_flag("--clear", options->clear, "Take back what this author said before");
    command->callback([&line, options] { line.chosen = [&line, options] { return run(line, *options); }; });
}

} // namespace clew::app
