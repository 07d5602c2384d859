// The one table of keys: what each command is bound to and what its button and the `?` page show.
#pragma once

#include <QKeySequence>
#include <QString>

#include <span>

namespace clew::views {

// `bare` keys rest while a text field has the focus.
struct KeyEntry {
    const char* command; // stable id: "judge.up"
    const char* group;   // heading on the keys page
    const char* title;   // "Thumbs up"
    const char* keys;    // "Y", "Ctrl+O"; several separated by "|"
    bool bare;
};

std::span<const KeyEntry> keyTable();
const KeyEntry& keyEntry(const char* command);
QString keyHint(const char* command); // what a key cap shows: "Y", "Ctrl O"

} // namespace clew::views
