#include "importers/import_job.h"

#include "importers/import_look.h"
#include "importers/sources/file.h"
#include "importers/sources/folder.h"
#include "importers/sources/source_parts.h"
#include "importers/sources/stdin.h"
#include "model/base/messages.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <memory>
#include <utility>

namespace clew {

namespace {

using Clock = std::chrono::steady_clock;
constexpr std::chrono::milliseconds kBetweenReports{50};
constexpr std::chrono::milliseconds kBetweenSettling{500};
constexpr std::uint64_t kSpansBetweenLooks = 1024;

std::string known_formats(const Formats& all) {
    std::string out;
    for (const Format* format : all.all())
        (out += out.empty() ? "" : ", ") += format->id;
    return out;
}

Result<const Format*> named_format(const ImportOptions& options) {
    const std::string& id = options.format;
    if (id.empty()) return static_cast<const Format*>(nullptr);
    if (const Format* format = options.formats.find(id)) return format;
    return Error{"format.unknown_name", {id, known_formats(options.formats)}, {}};
}

bool written_lately(TimeNs modified) {
    if (modified == kNoTime) return false;
    const DurationNs age = now() - modified; // negative where a clock has jumped
    return age >= 0 && age < std::chrono::duration_cast<std::chrono::nanoseconds>(kQuietAfter).count();
}

// Keeps back what follows the last line end, where that is asked for.
class WholeLines {
public:
    explicit WholeLines(bool hold)
        : hold_(hold) {}
    Result<void> push(std::string_view bytes, Importer& importer) {
        if (!hold_) return importer.push(bytes);
        const auto end = bytes.rfind('\n');
        if (end == std::string_view::npos) {
            rest_ += bytes;
            return {};
        }
        if (!rest_.empty()) {
            if (auto done = importer.push(rest_); !done) return done;
        }
        rest_ = bytes.substr(end + 1);
        return importer.push(bytes.substr(0, end + 1));
    }
    [[nodiscard]] bool held() const { return !rest_.empty(); }

private:
    bool hold_;
    std::string rest_;
};

// Reads one source into a target. Counts what goes through, reports progress, ends at a stop.
class Job final : public SpanSink {
public:
    Job(const ImportOptions& options, SourceFiles files, ImportTarget& target, std::stop_token stop)
        : options_(options)
        , parts_(std::move(files), options.path, stop)
        , target_(target)
        , stop_(std::move(stop)) {
        progress_.path = parts_.path();
    }

    // Instead of a file: a pipe that is open already.
    void use(ByteReader reader) { parts_.use(std::move(reader)); }

    Result<SourceReport> run();

    bool add(Span&& span) override {
        if (refused_) return false;
        ++spans_;
        if (spans_ % kSpansBetweenLooks == 0) report_progress(false);
        refused_ = stop_.stop_requested() || !target_.add(std::move(span));
        return !refused_;
    }
    bool add_log(LogRecord&& record) override {
        if (refused_) return false;
        ++logs_;
        refused_ = stop_.stop_requested() || !target_.add_log(std::move(record));
        return !refused_;
    }
    std::optional<TraceElsewhere> elsewhere(TraceId trace) override { return target_.elsewhere(trace); }
    void note(Note&& note) override {
        if (note.part.empty() && parts_.size() > 1) note.part = part_;
        if (note.severity == Severity::error && !first_error_) {
            first_error_ = sentence(note.code, note.args);
            if (first_error_->ends_with('.')) first_error_->pop_back();
            if (note.line) *first_error_ += fmt::format(" (line {})", *note.line);
        }
        target_.note(std::move(note));
    }

private:
    [[nodiscard]] const std::string& subject() const { return options_.path; }
    Result<SourceHead> look();
    Result<void> look_at_files(SourceHead& head);
    Result<void> look_into_archive(SourceHead& head);
    const Format* format_of_archive(std::span<const std::string> names) const;
    const Format* format_of_member(std::size_t part, std::optional<Error>& why);
    [[nodiscard]] Error empty_part(const std::optional<Error>& damage) const;
    Result<void> read_group(const Group& group);
    Result<void> read_part(Importer& importer, std::size_t part, std::uint64_t skip);
    Result<void> settle(Importer& importer);
    Result<SourceReport> close();
    void report_progress(bool at_once);

    const ImportOptions& options_;
    SourceParts parts_;
    ImportTarget& target_;
    std::stop_token stop_;
    LookedAt source_;
    KnownSource known_;
    std::unique_ptr<Importer> importer_; // the last one
    std::string part_;                   // the name of the one that is read
    std::uint64_t spans_ = 0;
    std::uint64_t logs_ = 0;
    bool refused_ = false; // the target takes no more
    bool whole_ = true;
    std::optional<std::string> first_error_;
    ImportProgress progress_;
    std::uint64_t bytes_before_ = 0; // of the parts that were read
    Clock::time_point reported_;
    Clock::time_point settled_ = Clock::now();
};

Result<SourceReport> Job::run() {
    auto format = named_format(options_);
    if (!format) return format.error();
    auto looked = look_at(parts_, subject(), options_.formats, *format, stop_);
    if (!looked) return looked.error();
    source_ = std::move(*looked);
    whole_ = source_.whole;
    progress_.format = source_.head.format;
    progress_.bytes_total = source_.head.size;
    auto known = target_.begin_source(source_.head);
    if (!known) return known.error();
    known_ = std::move(*known);
    if (known_.state == SourceState::unchanged && !options_.again && !source_.pipe) {
        return target_.end_source(known_.offset, known_.importer_state, true);
    }
    if (known_.state == SourceState::rewritten) {
        note({.severity = Severity::info, .code = "file.changed", .args = {subject()}});
    }
    for (Note& one : source_.notes)
        note(std::move(one));
    for (const Group& group : source_.groups) {
        auto done = read_group(group);
        if (done) continue;
        whole_ = false;
        if (refused_ || done.error().code == "cancelled") break;
        note(note_of(done.error(), Severity::error, part_));
    }
    return close();
}

Result<void> Job::read_group(const Group& group) {
    importer_ = group.format->create();
    if (options_.taught) importer_->teach(options_.taught);
    std::uint64_t skip = 0;
    if (known_.state == SourceState::grown && !options_.again && parts_.size() == 1 &&
        parts_.archive() == nullptr && !known_.importer_state.empty() &&
        importer_->restore({known_.offset, known_.importer_state})) {
        skip = known_.offset;
    }
    Result<void> done;
    for (std::size_t i = 0; i < group.parts.size() && done; ++i) {
        const std::size_t part = group.parts[i];
        part_ = parts_.name(part);
        done = read_part(*importer_, part, skip);
        if (!done) break;
        const PartStream* stream = parts_.stream(part);
        bytes_before_ += stream != nullptr ? stream->position() : 0;
        parts_.close(part);
        if (refused_ || stop_.stop_requested()) done = Error{"cancelled", {}, {}};
    }
    // What was read before an error is told, too.
    if (!done && !refused_ && done.error().code != "cancelled") {
        whole_ = false;
        note(note_of(done.error(), Severity::error, part_));
        done = {};
    }
    auto finished = importer_->finish(*this);
    if (!finished && !refused_) part_.clear();
    return done ? finished : done;
}

Result<void> Job::read_part(Importer& importer, std::size_t part, std::uint64_t skip) {
    auto stream = parts_.open(part);
    if (!stream) {
        whole_ = false;
        note(note_of(stream.error(), Severity::error, part_));
        return {};
    }
    auto peek = (*stream)->peek();
    if (!peek) {
        whole_ = false;
        note(note_of(peek.error(), Severity::error, part_));
        return {};
    }
    const ByteSource& reader = (*stream)->reader();
    Part begun{.name = std::filesystem::path(part_).generic_string(), .modified = reader.modified()};
    if (peek->container.container == Container::none) begun.size = reader.content_size();
    if (auto done = importer.begin(begun, *this); !done) return done;
    WholeLines lines(options_.following && !source_.pipe && written_lately(reader.modified()));
    const auto done = (*stream)->run(skip, [&](std::string_view bytes) -> Result<void> {
        progress_.bytes_read = bytes_before_ + (*stream)->position();
        report_progress(false);
        if (refused_ || stop_.stop_requested()) return Error{"cancelled", {}, {}};
        auto pushed = lines.push(bytes, importer);
        return pushed && source_.pipe ? settle(importer) : pushed;
    });
    if (!done) return done;
    if (lines.held()) whole_ = false; // to be read on
    if (const auto& broken = (*stream)->broken()) {
        if (broken->code == "cancelled") return *broken;
        whole_ = false;
        note(note_of(*broken, Severity::error, part_));
    }
    return importer.end();
}

// A pipe may go on for hours: what waits for its end is shown as far as it is known.
Result<void> Job::settle(Importer& importer) {
    if (Clock::now() - settled_ < kBetweenSettling) return {};
    auto done = importer.settle(*this);
    settled_ = Clock::now();
    return done;
}

Result<SourceReport> Job::close() {
    progress_.bytes_read = bytes_before_;
    report_progress(true);
    const bool nothing = spans_ == 0 && logs_ == 0 && known_.state != SourceState::grown;
    const bool stopped = refused_ || stop_.stop_requested();
    if (nothing && !stopped && !first_error_) {
        note({.severity = Severity::warning,
              .code = "format.no_spans",
              .args = {subject(), std::string(source_.groups.front().format->title)}});
    }
    std::optional<Importer::Saved> saved;
    if (parts_.size() == 1 && parts_.archive() == nullptr && !source_.pipe && !stopped)
        saved = importer_->save();
    auto report = saved ? target_.end_source(saved->consumed, saved->state, whole_ && !stopped)
                        : target_.end_source(0, {}, whole_ && !stopped);
    if (!report) return report;
    if (stopped) return Error{"cancelled", {}, {}};
    if (nothing && first_error_) return Error{"format.nothing_read", {subject(), *first_error_}, {}};
    return report;
}

void Job::report_progress(bool at_once) {
    if (!options_.progress) return;
    const auto time = Clock::now();
    if (!at_once && time - reported_ < kBetweenReports) return;
    reported_ = time;
    progress_.spans = spans_;
    options_.progress(progress_);
}

Result<SourceReport> import_files(const ImportOptions& options, SourceFiles files, ImportTarget& target,
                                  std::stop_token stop) {
    return Job(options, std::move(files), target, std::move(stop)).run();
}

bool is_folder(const std::string& path) {
    std::error_code ignored;
    return std::filesystem::is_directory(path, ignored);
}

SourceReport report_of_failure(const std::string& path, const Error& error) {
    // A file of a folder that is no run file at all is left aside; everything else that fails is an error.
    const bool unknown =
        error.code == "format.unknown" || error.code == "file.empty" || error.code == "file.blank";
    SourceReport report{.path = path};
    report.notes.push_back(note_of(error, unknown ? Severity::warning : Severity::error, {}));
    report.notes_error = unknown ? 0 : 1;
    report.notes_warning = unknown ? 1 : 0;
    return report;
}

} // namespace

Result<SourceReport> import_source(const ImportOptions& options, ImportTarget& target, std::stop_token stop) {
    if (options.path == kStdinPath) {
        Job job(
            options,
            {.path = std::string(kStdinName), .parts = {{std::string(kStdinName), std::string(kStdinName)}}},
            target, stop);
        job.use(standard_input(stop));
        return job.run();
    }
    if (is_folder(options.path)) return Error{"file.is_folder", {options.path}, {}};
    auto files = files_of_source(options.path);
    if (!files) return files.error();
    return import_files(options, std::move(*files), target, std::move(stop));
}

Result<std::vector<SourceReport>> import_path(const ImportOptions& options, ImportTarget& target,
                                              std::stop_token stop) {
    std::vector<SourceReport> out;
    if (options.path == kStdinPath || !is_folder(options.path)) {
        auto report = import_source(options, target, std::move(stop));
        if (!report) return report.error();
        out.push_back(std::move(*report));
        return out;
    }
    if (auto format = named_format(options); !format) return format.error();
    auto sources = sources_in_folder(options.path);
    if (!sources) return sources.error();
    for (SourceFiles& files : *sources) {
        ImportOptions one = options;
        one.path = files.path;
        auto report = import_files(one, std::move(files), target, stop);
        if (stop.stop_requested()) return Error{"cancelled", {}, {}};
        out.push_back(report ? std::move(*report) : report_of_failure(one.path, report.error()));
    }
    return out;
}

const Note* failure_of(const SourceReport& report) {
    if (report.spans > 0 || report.notes_error == 0) return nullptr;
    const auto it = std::ranges::find(report.notes, Severity::error, &Note::severity);
    return it == report.notes.end() ? nullptr : &*it;
}

} // namespace clew
