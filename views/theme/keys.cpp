#include "views/theme/keys.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace clew::views {

namespace {

constexpr std::array kTable = {
    KeyEntry{"file.open", "File", "Open run files…", "Ctrl+O", false},
    KeyEntry{"file.openFolder", "File", "Open a folder…", "Ctrl+Shift+O", false},
    KeyEntry{"file.export", "File", "Export…", "Ctrl+E", false},
    KeyEntry{"file.quit", "File", "Quit", "Ctrl+Q", false},
    KeyEntry{"edit.undo", "Edit", "Undo", "Ctrl+Z", false},
    KeyEntry{"edit.redo", "Edit", "Redo", "Ctrl+Shift+Z", false},
    KeyEntry{"edit.copyId", "Edit", "Copy the id", "Ctrl+Shift+C", false},
    KeyEntry{"edit.remove", "Edit", "Remove…", "Del", false},
    KeyEntry{"go.back", "Go", "Back", "Alt+Left", false},
    KeyEntry{"go.forward", "Go", "Forward", "Alt+Right", false},
    KeyEntry{"go.anything", "Go", "Go to anything", "Ctrl+K", false},
    KeyEntry{"go.filter", "Go", "Filter", "/", true},
    KeyEntry{"go.find", "Go", "Find in the details", "Ctrl+F", false},
    KeyEntry{"go.traces", "Go", "Traces", "Ctrl+1", false},
    KeyEntry{"go.costs", "Go", "Costs", "Ctrl+2", false},
    KeyEntry{"go.sessions", "Go", "Sessions", "Ctrl+7", false},
    KeyEntry{"go.live", "Go", "Live", "Ctrl+6", false},
    KeyEntry{"go.nextPane", "Go", "Next pane", "F6", false},
    KeyEntry{"costs.step", "Costs", "Previous or next bar of a chart", "← or →", true},
    KeyEntry{"costs.range", "Costs", "Choose several bars; Enter filters to them", "Shift+← or →", true},
    KeyEntry{"tree.next", "Tree", "Next row", "J", true},
    KeyEntry{"tree.previous", "Tree", "Previous row", "K", true},
    KeyEntry{"tree.nextError", "Tree", "Next error", "E", true},
    KeyEntry{"findings.next", "Tree", "Next finding", "G", true},
    KeyEntry{"findings.previous", "Tree", "Previous finding", "Shift+G", true},
    KeyEntry{"tree.nextKind", "Tree", "Next of the kind", ".", true},
    KeyEntry{"tree.previousKind", "Tree", "Previous of the kind", ",", true},
    KeyEntry{"tree.expandAll", "Tree", "Expand all", "*", true},
    KeyEntry{"time.zoomIn", "Waterfall", "Zoom in", "W", true},
    KeyEntry{"time.zoomOut", "Waterfall", "Zoom out", "S", true},
    KeyEntry{"time.panLeft", "Waterfall", "Pan left", "A", true},
    KeyEntry{"time.panRight", "Waterfall", "Pan right", "D", true},
    KeyEntry{"time.fit", "Waterfall", "Fit", "F", true},
    KeyEntry{"time.gap", "Waterfall", "Longest gap", "B", true},
    KeyEntry{"time.path", "Waterfall", "Critical path", "P", true},
    KeyEntry{"judge.up", "Judge", "Thumbs up", "Y", true},
    KeyEntry{"judge.down", "Judge", "Thumbs down", "N", true},
    KeyEntry{"judge.label", "Judge", "Label", "L", true},
    KeyEntry{"judge.score", "Judge", "Score", "I", true},
    KeyEntry{"judge.note", "Judge", "Note", "C", true},
    KeyEntry{"live.pause", "Live", "Pause or resume receiving", "Space", true},
    KeyEntry{"live.follow", "Live", "Follow the newest run", "End", true},
    KeyEntry{"live.copy", "Live", "Copy the line for an SDK", "1 to 5", true},
    KeyEntry{"help.keys", "Help", "Keys", "?", true},
};

} // namespace

std::span<const KeyEntry> keyTable() {
    return kTable;
}

const KeyEntry& keyEntry(const char* command) {
    const auto it = std::ranges::find(kTable, std::string_view(command),
                                      [](const KeyEntry& entry) { return std::string_view(entry.command); });
    Q_ASSERT_X(it != kTable.end(), "keyEntry", command);
    return *it;
}

QString keyHint(const char* command) {
    QString hint = QLatin1String(keyEntry(command).keys);
    hint = hint.section(QLatin1Char('|'), 0, 0);
    hint.replace(QLatin1String("Shift+"), QStringLiteral("⇧ "));
    if (hint.size() > 1) hint.replace(QLatin1Char('+'), QLatin1Char(' '));
    return hint;
}

} // namespace clew::views
