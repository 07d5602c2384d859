// Which files make one source, and which sources a folder holds.
//
// One source is a file with what belongs to it:
// - rotated pieces: `x.jsonl.2.gz`, `x.jsonl.1`, `x.jsonl` are parts of `x.jsonl`, the highest number
//   (oldest) first;
// - a Claude Code session: `<session>.jsonl`, then for each subagent, sorted by name, its `.meta.json` and
//   its `.jsonl` from `<session>/subagents/`, then `agent-*.jsonl` beside it whose records name the session;
// - an OpenHands conversation: `base_state.json`, then in the order of their numbers the files of one event
//   each, `events/event-00000-<id>.json` (before version 1 `events/0.json`), whichever of them is opened;
// - the files of an OpenAI batch: `x_input.jsonl`, `x_output.jsonl`, `x_error.jsonl` (or request(s),
//   result(s), response(s)), where both start with lines that have a custom_id.
// Every other file is a source of its own. Any thread.
#pragma once

#include "model/base/result.h"

#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <vector>

namespace clew {

struct SourcePart {
    std::string path;
    std::string name; // within the source: relative to the folder of its main file
};

struct SourceFiles {
    std::string path; // canonical, of the main file
    std::vector<SourcePart> parts;
};

// `path` is a file or a pipe.
Result<SourceFiles> files_of_source(const std::string& path);

// Every source below a folder, sorted by path. Hidden files and folders, links to folders, and files whose
// name is that of no run file are left out. "file.directory_empty" where nothing is left.
Result<std::vector<SourceFiles>> sources_in_folder(const std::string& path);

// The same for the members of an archive, by their names: which of them make one source each, the parts of a
// source in order. Where no name is that of a run file, each member is asked. `head_of` gives a member's
// first bytes.
using HeadOf = std::function<std::string(std::size_t member)>;
std::vector<std::vector<std::size_t>> sources_in_archive(std::span<const std::string> names,
                                                         const HeadOf& head_of);

} // namespace clew
