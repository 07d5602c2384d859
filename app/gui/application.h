// Application: the composition root of the window. Builds theme, store, selection, view context and window in
// this order, and destroys them in the opposite one.
//
// main() makes the QApplication, then calls runWindow(). GUI thread.
#pragma once

#include "importers/known_formats.h"
#include "model/base/result.h"
#include "model/store/store.h"
#include "views/findings/finding_rules.h"
#include "views/theme/theme.h"

#include <QObject>
#include <QSettings>
#include <QStringList>
#include <QTemporaryDir>

#include <memory>
#include <string>
#include <vector>

namespace clew::app {

class LiveSource;
class MainWindow;
class Session;

struct WindowOptions {
    std::string store;              // path of the store; "" = the user's data folder
    bool temporary = false;         // a store of its own, deleted when the window closes
    std::vector<std::string> files; // to open: files and folders
    std::string sample;             // folder of the bundled sample run; "" = where it is installed
    std::string mappings;           // folder of the user's mappings; "" = in the user's data folder
    bool ownSettings = true;        // false: settings are neither read nor kept (pictures, tests)
};

class Application : public QObject {
    Q_OBJECT

public:
    explicit Application(WindowOptions options, QObject* parent = nullptr);
    ~Application() override;

    // Opens the first window; the error says why the store could not be opened.
    Result<void> start();

    [[nodiscard]] views::Theme& theme() { return *m_theme; }
    [[nodiscard]] QSettings& settings() { return *m_settings; }
    [[nodiscard]] MainWindow* firstWindow() const;

    // The files in a temporary store with a window of its own.
    Result<void> openWithoutKeeping(const QStringList& paths);

    // Of all windows; kept in the user's folder, where the command line reads them too.
    [[nodiscard]] views::FindingRules& rules() { return *m_rules; }

    // "light", "dark", "high-contrast" or "system"; kept in the settings.
    void setThemeChoice(const QString& choice);
    [[nodiscard]] QString themeChoice() const;
    void setTextScale(qreal scale);
    // Who judges; "" = the user's login name.
    [[nodiscard]] QString author() const;
    void setAuthor(const QString& author);

    [[nodiscard]] QStringList recentFiles() const;
    void addRecentFile(const QString& path);
    void clearRecentFiles();

    // Keeps the mapping in the user's folder; every window reads by it from now on.
    Result<void> addMapping(const Mapping& mapping);

    // Path of the bundled sample run, or "" where it is not installed.
    [[nodiscard]] QString samplePath() const;

signals:
    void recentFilesChanged();
    void authorChanged(const QString& author);

private:
    struct Open {
        std::unique_ptr<Store> store;
        std::unique_ptr<Session> session;
        std::unique_ptr<LiveSource> live;
        std::unique_ptr<MainWindow> window; // goes first
    };
    Result<MainWindow*> addWindow(const std::string& path, bool temporary);
    void close(MainWindow* window);

    WindowOptions m_options;
    QTemporaryDir m_scratch;
    std::unique_ptr<QSettings> m_settings;
    bool m_systemDark;
    std::unique_ptr<views::Theme> m_theme;
    std::unique_ptr<views::FindingRules> m_rules;
    std::vector<Open> m_windows;
    std::string m_mappings; // folder of the user's mappings
    Formats m_formats;
};

// Runs the window until it is closed; prints a sentence on stderr and returns 1 where the store cannot be
// opened.
int runWindow(const WindowOptions& options);

} // namespace clew::app
