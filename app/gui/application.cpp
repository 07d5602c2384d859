#include "app/gui/application.h"

#include "app/cli/command_line.h"
#include "app/gui/live_source.h"
#include "app/gui/main_window.h"
#include "app/gui/session.h"
#include "app/mappings.h"
#include "app/prices.h"
#include "app/user_rules.h"
#include "model/base/messages.h"
#include "views/runs/message_card.h"

#include <QApplication>
#include <QDir>
#include <QFileInfo>
#include <QPalette>

#include <algorithm>
#include <cstdio>

namespace clew::app {

namespace {

constexpr int kMostRecent = 12;

// Asked before the theme sets a palette of its own.
bool systemIsDark() {
    return QApplication::palette().window().color().lightness() < 128;
}

views::ThemeName themeOf(const QString& choice, bool systemDark) {
    if (choice == QLatin1String("dark")) return views::ThemeName::Dark;
    if (choice == QLatin1String("high-contrast")) return views::ThemeName::HighContrast;
    if (choice == QLatin1String("light")) return views::ThemeName::Light;
    return systemDark ? views::ThemeName::Dark : views::ThemeName::Light;
}

} // namespace

Application::Application(WindowOptions options, QObject* parent)
    : QObject(parent)
    , m_options(std::move(options))
    , m_settings(m_options.ownSettings
                     ? std::make_unique<QSettings>(QSettings::IniFormat, QSettings::UserScope,
                                                   QStringLiteral("clew"), QStringLiteral("clew"))
                     : std::make_unique<QSettings>(m_scratch.filePath(QStringLiteral("clew.ini")),
                                                   QSettings::IniFormat))
    , m_systemDark(systemIsDark())
    , m_theme(std::make_unique<views::Theme>(themeOf(themeChoice(), m_systemDark)))
    , m_rules(std::make_unique<views::FindingRules>(m_options.ownSettings ? read_user_rules().settings
                                                                          : RuleSettings{}))
    , m_mappings(m_options.mappings.empty() ? mappings_folder() : m_options.mappings)
    , m_formats(read_mappings(m_mappings).mappings) {
    if (m_options.ownSettings)
        connect(m_rules.get(), &views::FindingRules::changed, this,
                [this] { static_cast<void>(keep_user_rules(m_rules->settings())); });
    m_theme->setTextScale(m_settings->value(QStringLiteral("textScale"), 1.0).toReal());
    if (auto* application = qobject_cast<QApplication*>(QCoreApplication::instance()))
        m_theme->applyTo(*application);
}

Application::~Application() {
    while (!m_windows.empty()) {
        // A window goes before what it shows.
        m_windows.back().window.reset();
        m_windows.back().live.reset();
        m_windows.back().session.reset();
        m_windows.pop_back();
    }
    // The application's style draws with the theme, which ends here.
    if (qobject_cast<QApplication*>(QCoreApplication::instance()))
        QApplication::setStyle(QStringLiteral("Fusion"));
}

Result<void> Application::start() {
    const std::string path = m_options.temporary       ? std::string()
                             : m_options.store.empty() ? default_store_path()
                                                       : m_options.store;
    auto opened = addWindow(path, m_options.temporary);
    if (!opened) return opened.error();
    QStringList paths;
    for (const std::string& file : m_options.files)
        paths << QDir::current().absoluteFilePath(QString::fromStdString(file));
    if (!paths.isEmpty()) (*opened)->session().open(paths);
    return {};
}

Result<MainWindow*> Application::addWindow(const std::string& path, bool temporary) {
    StoreOptions options;
    options.path = path;
    options.temporary = temporary;
    options.watch_others = !temporary;
    options.prices = user_prices();
    if (!path.empty()) QDir().mkpath(QFileInfo(QString::fromStdString(path)).absolutePath());
    auto store = Store::open(options);
    if (!store) return store.error();
    Open open;
    open.store = std::move(*store);
    open.session = std::make_unique<Session>(*open.store, *m_theme, *m_rules, temporary);
    open.session->imports().setFormats(m_formats);
    if (m_options.ownSettings) open.session->findings().set_source([] { return read_user_rules().settings; });
    open.live = std::make_unique<LiveSource>(*open.store, *m_settings);
    open.live->setFormats(m_formats);
    open.window = std::make_unique<MainWindow>(*this, *open.session, open.live.get());
    MainWindow* window = open.window.get();
    connect(
        window, &MainWindow::closed, this, [this, window] { close(window); }, Qt::QueuedConnection);
    m_windows.push_back(std::move(open));
    window->show();
    if (m_options.ownSettings)
        if (const auto problem = read_user_rules().problem) window->message()->showError(*problem);
    window->session().imports().index();
    // One window listens: the person's own store.
    if (!temporary && m_windows.size() == 1) m_windows.back().live->resume();
    return window;
}

void Application::close(MainWindow* window) {
    const auto it = std::find_if(m_windows.begin(), m_windows.end(),
                                 [window](const Open& open) { return open.window.get() == window; });
    if (it == m_windows.end()) return;
    it->window.reset();
    it->live.reset();
    it->session.reset();
    m_windows.erase(it);
    if (m_windows.empty()) QCoreApplication::quit();
}

MainWindow* Application::firstWindow() const {
    return m_windows.empty() ? nullptr : m_windows.front().window.get();
}

Result<void> Application::openWithoutKeeping(const QStringList& paths) {
    auto opened = addWindow({}, true);
    if (!opened) return opened.error();
    (*opened)->session().open(paths);
    return {};
}

QString Application::themeChoice() const {
    return m_settings->value(QStringLiteral("theme"), QStringLiteral("system")).toString();
}

void Application::setThemeChoice(const QString& choice) {
    m_settings->setValue(QStringLiteral("theme"), choice);
    m_theme->setName(themeOf(choice, m_systemDark));
}

void Application::setTextScale(qreal scale) {
    m_theme->setTextScale(scale);
    m_settings->setValue(QStringLiteral("textScale"), m_theme->textScale());
}

QString Application::author() const {
    return m_settings->value(QStringLiteral("author")).toString();
}

void Application::setAuthor(const QString& author) {
    m_settings->setValue(QStringLiteral("author"), author);
    emit authorChanged(author);
}

QStringList Application::recentFiles() const {
    return m_settings->value(QStringLiteral("recentFiles")).toStringList();
}

void Application::addRecentFile(const QString& path) {
    QStringList recent = recentFiles();
    recent.removeAll(path);
    recent.prepend(path);
    while (recent.size() > kMostRecent)
        recent.removeLast();
    m_settings->setValue(QStringLiteral("recentFiles"), recent);
    emit recentFilesChanged();
}

void Application::clearRecentFiles() {
    m_settings->remove(QStringLiteral("recentFiles"));
    emit recentFilesChanged();
}

Result<void> Application::addMapping(const Mapping& mapping) {
    if (auto saved = save_mapping(mapping, m_mappings); !saved) return saved.error();
    m_formats = Formats(read_mappings(m_mappings).mappings);
    for (const Open& open : m_windows) {
        open.session->imports().setFormats(m_formats);
        open.live->setFormats(m_formats);
    }
    return {};
}

QString Application::samplePath() const {
    const QDir here(QCoreApplication::applicationDirPath());
    QStringList places{QString::fromStdString(m_options.sample)};
    // Installed; beside the program; in the source tree that the program was built in.
    for (const char* place : {"../share/clew/samples", "../../resources/samples"})
        places << here.filePath(QLatin1String(place) + QLatin1String("/refund-agent.jsonl"));
    for (const QString& place : places) {
        if (!place.isEmpty() && QFileInfo::exists(place)) return QFileInfo(place).canonicalFilePath();
    }
    return {};
}

int runWindow(const WindowOptions& options) {
    Application application(options);
    if (auto started = application.start(); !started) {
        const std::string text = sentence(started.error());
        std::fprintf(stderr, "clew: %s\n", text.c_str());
        return 1;
    }
    return QApplication::exec();
}

} // namespace clew::app
