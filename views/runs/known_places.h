// Where agents and SDKs leave their runs on this machine. Counts files by name, size and time; opens none of
// them.
#pragma once

#include <QDateTime>
#include <QList>
#include <QString>

#include <stop_token>

namespace clew::views {

struct KnownPlace {
    QString title;  // "Claude Code"
    QString folder; // as an absolute path
    qint64 runs = 0;
    qint64 bytes = 0;
    QDateTime newest;
};

struct PlacesFound {
    QList<KnownPlace> places; // those that hold runs, most recent first
    int looked = 0;           // places looked in
};

// Blocks while it walks the folders; any thread. `home` is where "~" is.
PlacesFound findRuns(const QString& home, std::stop_token stop);

// "~/.claude/projects"
QString withTilde(const QString& path, const QString& home);

} // namespace clew::views
