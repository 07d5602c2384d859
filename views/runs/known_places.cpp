#include "views/runs/known_places.h"

#include <QCoreApplication>
#include <QDir>
#include <QDirIterator>
#include <QFileInfo>
#include <QSet>

#include <algorithm>

namespace clew::views {

namespace {

constexpr qint64 kMostFiles = 100'000; // a runaway folder is not counted to its end

struct Place {
    const char* title;
    const char* folder; // below the home folder
    bool sessions;      // Claude Code's own layout: "agent-…" files belong to another file's run
};

constexpr Place kPlaces[] = {
    {QT_TRANSLATE_NOOP("Places", "Claude Code"), ".claude/projects", true},
    {QT_TRANSLATE_NOOP("Places", "Claude Code"), ".config/claude/projects", true},
    {QT_TRANSLATE_NOOP("Places", "Traces"), "traces", false},
    {QT_TRANSLATE_NOOP("Places", "OpenTelemetry dumps"), "otel", false},
    {QT_TRANSLATE_NOOP("Places", "Agent run logs"), ".agent-telemetry", false},
    {QT_TRANSLATE_NOOP("Places", "Agent run logs"), "agent-runs", false},
};

bool isRunFile(const QString& name, bool sessions) {
    if (sessions) return name.endsWith(QLatin1String(".jsonl")) && !name.startsWith(QLatin1String("agent-"));
    QString base = name;
    for (const auto* packed : {".gz", ".zst"}) {
        if (base.endsWith(QLatin1String(packed))) base.chop(static_cast<int>(qstrlen(packed)));
    }
    for (const auto* suffix : {".jsonl", ".otlp", ".otlp.json", ".pb", ".ndjson"}) {
        if (base.endsWith(QLatin1String(suffix))) return true;
    }
    return false;
}

void count(KnownPlace& place, bool sessions, const std::stop_token& stop) {
    QDirIterator files(place.folder, QDir::Files | QDir::Hidden | QDir::NoDotAndDotDot,
                       QDirIterator::Subdirectories);
    for (qint64 seen = 0; files.hasNext() && seen < kMostFiles && !stop.stop_requested(); ++seen) {
        files.next();
        const QFileInfo file = files.fileInfo();
        if (!isRunFile(file.fileName(), sessions)) continue;
        ++place.runs;
        place.bytes += file.size();
        const QDateTime modified = file.lastModified();
        if (!place.newest.isValid() || modified > place.newest) place.newest = modified;
    }
}

} // namespace

PlacesFound findRuns(const QString& home, std::stop_token stop) {
    PlacesFound found;
    QSet<QString> seen;
    for (const Place& place : kPlaces) {
        ++found.looked;
        const QFileInfo folder(QDir(home).filePath(QLatin1String(place.folder)));
        if (!folder.isDir() || !folder.isReadable()) continue;
        const QString path = folder.canonicalFilePath();
        if (seen.contains(path)) continue;
        seen.insert(path);
        KnownPlace counted{QCoreApplication::translate("Places", place.title), path, 0, 0, {}};
        count(counted, place.sessions, stop);
        if (counted.runs > 0) found.places << counted;
    }
    std::stable_sort(found.places.begin(), found.places.end(),
                     [](const KnownPlace& a, const KnownPlace& b) { return a.newest > b.newest; });
    return found;
}

QString withTilde(const QString& path, const QString& home) {
    if (!home.isEmpty() && path.startsWith(home + QLatin1Char('/')))
        return QLatin1Char('~') + path.mid(home.size());
    return path;
}

} // namespace clew::views
