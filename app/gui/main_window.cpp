#include "app/gui/main_window.h"

#include "app/gui/application.h"
#include "app/gui/command_palette.h"
#include "app/gui/export_dialog.h"
#include "app/gui/follow_newest.h"
#include "app/gui/mapping_dialog.h"
#include "app/gui/mapping_preview.h"
#include "app/gui/page_bar.h"
#include "app/gui/places.h"
#include "app/gui/remove_dialog.h"
#include "app/gui/trace_page.h"
#include "app/version.h"
#include "model/base/numbers.h"
#include "views/costs/costs_page.h"
#include "views/live/live_feed.h"
#include "views/live/live_page.h"
#include "views/runs/filter_bar.h"
#include "views/runs/first_run.h"
#include "views/runs/keys_page.h"
#include "views/runs/message_card.h"
#include "views/runs/runs_pane.h"
#include "views/runs/runs_view.h"
#include "views/runs/sources_dialog.h"
#include "views/runs/status_bar.h"
#include "views/runs/widgets.h"
#include "views/theme/keys.h"
#include "views/trace/details/details_pane.h"
#include "views/trace/span_tree_view.h"
#include "views/trace/trace_pane.h"

#include <QActionGroup>
#include <QApplication>
#include <QCheckBox>
#include <QClipboard>
#include <QCloseEvent>
#include <QDir>
#include <QDragEnterEvent>
#include <QFileDialog>
#include <QFileInfo>
#include <QInputDialog>
#include <QMenuBar>
#include <QMessageBox>
#include <QMimeData>
#include <QStackedWidget>
#include <QVBoxLayout>

namespace clew::app {

namespace {

QStringList pathsOf(const QMimeData* data) {
    QStringList paths;
    for (const QUrl& url : data->urls()) {
        if (url.isLocalFile()) paths << url.toLocalFile();
    }
    return paths;
}

} // namespace

MainWindow::MainWindow(Application& application, Session& session, views::LiveFeed* live, QWidget* parent)
    : QMainWindow(parent)
    , m_application(application)
    , m_session(session)
    , m_live(live) {
    setWindowTitle(session.temporary() ? tr("Clew: nothing here is kept") : tr("Clew"));
    setWindowIcon(QIcon(QStringLiteral(":/icons/clew.svg")));
    setAcceptDrops(true);
    setMinimumSize(640, 420);
    buildMenus();
    buildBody();
    connectSession();
    resize(1280, 800);
    const QSettings& settings = application.settings();
    if (!session.temporary()) {
        restoreGeometry(settings.value(QStringLiteral("window/geometry")).toByteArray());
        m_page->restore(settings);
    }
    m_filter->hide();
    showContent();
    showInfo();
    showHistory();
}

MainWindow::~MainWindow() = default;

QAction* MainWindow::add(QMenu* menu, const char* command, std::function<void()> does) {
    const views::KeyEntry& entry = views::keyEntry(command);
    auto* action = new QAction(QCoreApplication::translate("Keys", entry.title), this);
    QList<QKeySequence> keys;
    for (const QString& key : QString::fromLatin1(entry.keys).split(QLatin1Char('|')))
        keys << QKeySequence(key);
    action->setShortcuts(keys);
    action->setProperty("keys", views::keyHint(command));
    connect(action, &QAction::triggered, this, std::move(does));
    menu->addAction(action);
    m_actions.insert(QLatin1String(command), action);
    return action;
}

void MainWindow::buildMenus() {
    menuBar()->setNativeMenuBar(false);
    menuBar()->setAccessibleName(tr("Menus"));
    buildFileMenu(menuBar()->addMenu(tr("&File")));
    buildEditMenu(menuBar()->addMenu(tr("&Edit")));
    buildViewMenu(menuBar()->addMenu(tr("&View")));
    buildGoMenu(menuBar()->addMenu(tr("&Go")));
    QMenu* judge = menuBar()->addMenu(tr("&Judge"));
    judge->setObjectName(QStringLiteral("judgeMenu"));
    buildHelpMenu(menuBar()->addMenu(tr("&Help")));
}

void MainWindow::buildFileMenu(QMenu* menu) {
    add(menu, "file.open", [this] { chooseFiles(); });
    add(menu, "file.openFolder", [this] { chooseFolder(); });
    QAction* throwaway =
        menu->addAction(tr("Open without keeping…"), this, &MainWindow::chooseWithoutKeeping);
    m_actions.insert(QStringLiteral("file.openWithoutKeeping"), throwaway);
    m_recent = menu->addMenu(tr("Recent files"));
    fillRecent();
    menu->addSeparator();
    add(menu, "file.export", [this] { exportRuns(); });
    QAction* sources = menu->addAction(tr("Sources and import notes…"), this, &MainWindow::showSources);
    m_actions.insert(QStringLiteral("file.sources"), sources);
    menu->addSeparator();
    menu->addAction(tr("Close window"), QKeySequence(QStringLiteral("Ctrl+W")), this, &QWidget::close);
    add(menu, "file.quit", [] { QApplication::closeAllWindows(); });
}

void MainWindow::buildEditMenu(QMenu* menu) {
    add(menu, "edit.undo", [this] { m_session.history().undo(); });
    add(menu, "edit.redo", [this] { m_session.history().redo(); });
    menu->addSeparator();
    add(menu, "edit.copyId", [this] { copyIds(); });
    add(menu, "edit.remove", [this] { removeRuns(); });
    menu->addSeparator();
    m_actions.insert(QStringLiteral("findings.rules"),
                     menu->addAction(tr("Findings rules…"), this, &MainWindow::showRules));
}

void MainWindow::buildViewMenu(QMenu* menu) {
    auto* themes = new QActionGroup(this);
    const std::pair<QString, QString> choices[] = {{tr("As the system"), QStringLiteral("system")},
                                                   {tr("Light"), QStringLiteral("light")},
                                                   {tr("Dark"), QStringLiteral("dark")},
                                                   {tr("High contrast"), QStringLiteral("high-contrast")}};
    for (const auto& choice : choices) {
        QAction* action = menu->addAction(choice.first);
        action->setCheckable(true);
        action->setChecked(m_application.themeChoice() == choice.second);
        themes->addAction(action);
        m_actions.insert(QStringLiteral("view.") + choice.second, action);
        connect(action, &QAction::triggered, this,
                [this, name = choice.second] { m_application.setThemeChoice(name); });
    }
    menu->addSeparator();
    const auto scale = [this](qreal by) {
        m_application.setTextScale(by == 0 ? 1.0 : m_application.theme().textScale() + by);
    };
    menu->addAction(tr("Larger text"), QKeySequence::ZoomIn, this, [scale] { scale(0.1); });
    menu->addAction(tr("Smaller text"), QKeySequence::ZoomOut, this, [scale] { scale(-0.1); });
    menu->addAction(tr("Normal text"), QKeySequence(QStringLiteral("Ctrl+0")), this, [scale] { scale(0); });
    menu->addSeparator();
    QAction* table = menu->addAction(tr("Runs as a table"), QKeySequence(QStringLiteral("Ctrl+T")), this,
                                     [this] { m_page->toggleRunsTable(); });
    m_actions.insert(QStringLiteral("view.runsTable"), table);
    menu->addSeparator();
    add(menu, "time.path", [this] { m_page->trace()->toggleCriticalPath(); });
    add(menu, "time.fit", [this] { m_page->trace()->fit(); });
    add(menu, "time.gap", [this] { m_page->trace()->nextGap(); });
    add(menu, "time.zoomIn", [this] { m_page->trace()->tree()->zoomIn(); });
    add(menu, "time.zoomOut", [this] { m_page->trace()->tree()->zoomOut(); });
    add(menu, "time.panLeft", [this] { m_page->trace()->tree()->panLeft(); });
    add(menu, "time.panRight", [this] { m_page->trace()->tree()->panRight(); });
    add(menu, "tree.expandAll", [this] { m_page->trace()->tree()->expandAll(); });
}

void MainWindow::buildGoMenu(QMenu* menu) {
    add(menu, "go.back", [this] { m_session.trail().back(); });
    add(menu, "go.forward", [this] { m_session.trail().forward(); });
    menu->addSeparator();
    add(menu, "go.traces", [this] { showPage(Page::Traces); });
    add(menu, "go.costs", [this] { showPage(Page::Costs); });
    add(menu, "go.sessions", [this] { showPage(Page::Sessions); });
    if (m_live) add(menu, "go.live", [this] { showPage(Page::Live); });
    menu->addSeparator();
    add(menu, "go.anything", [this] { showPalette(); });
    add(menu, "go.filter", [this] {
        m_filter->field()->setFocus(Qt::ShortcutFocusReason);
        m_filter->field()->selectAll();
    });
    add(menu, "go.nextPane", [this] { m_page->nextPane(); });
    menu->addSeparator();
    add(menu, "tree.nextError", [this] { m_page->trace()->nextError(); });
    add(menu, "findings.next", [this] { m_page->trace()->nextFinding(); });
    add(menu, "findings.previous", [this] { m_page->trace()->previousFinding(); });
    add(menu, "tree.nextKind", [this] { m_page->trace()->tree()->nextOfKind(1); });
    add(menu, "tree.previousKind", [this] { m_page->trace()->tree()->nextOfKind(-1); });
}

void MainWindow::buildHelpMenu(QMenu* menu) {
    add(menu, "help.keys", [this] { showKeys(); });
    menu->addSeparator();
    menu->addAction(tr("About Clew"), this, &MainWindow::showAbout);
}

void MainWindow::buildBody() {
    const views::Theme& theme = m_application.theme();
    auto* body = new QWidget;
    auto* layout = new QVBoxLayout(body);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    m_filter = new views::FilterBar(theme, m_session.runs());
    m_filter->completeFrom(m_session.context().traces);
    m_filter->keepIn(m_session.context().noteBook);
    m_message = new views::MessageCard(theme);
    m_page = new TracePage(m_session.context(), m_session.runs());
    m_firstRun = new views::FirstRun(theme);
    m_stack = new QStackedWidget;
    m_stack->addWidget(new views::Surface(theme, &views::Colours::base, views::Surface::NoSide));
    m_stack->addWidget(m_firstRun);
    m_stack->addWidget(m_page);
    m_status = new views::StatusBar(theme);
    m_pageBar = new PageBar(theme, action("go.back"), action("go.forward"), action("go.anything"),
                            action("file.open"));
    connect(m_pageBar, &PageBar::pageWanted, this, &MainWindow::showPage);
    connect(&m_session.trail(), &Trail::pageWanted, this,
            [this](int page) { showPage(static_cast<Page>(page)); });
    layout->addWidget(m_pageBar);
    layout->addWidget(m_filter);
    layout->addWidget(m_message);
    layout->addWidget(m_stack, 1);
    layout->addWidget(m_status);
    setCentralWidget(body);
    connectPanes();
    connectFindings();
    buildSessions();
    buildCosts();
    buildLive();
}

void MainWindow::connectPanes() {
    m_page->details()->setAuthor(m_application.author());
    connect(&m_application, &Application::authorChanged, m_page->details(), &views::DetailsPane::setAuthor);
    m_firstRun->setSampleAvailable(!m_application.samplePath().isEmpty());
    m_firstRun->setRecentFiles(m_application.recentFiles());
    connect(m_firstRun, &views::FirstRun::openFilesWanted, this, &MainWindow::chooseFiles);
    connect(m_firstRun, &views::FirstRun::openFolderWanted, this, &MainWindow::chooseFolder);
    connect(m_firstRun, &views::FirstRun::sampleWanted, this, &MainWindow::openSample);
    connect(m_firstRun, &views::FirstRun::pathsWanted, this, &MainWindow::openPaths);
    connect(m_firstRun, &views::FirstRun::paletteWanted, this, &MainWindow::showPalette);
    connect(m_firstRun, &views::FirstRun::keysWanted, this, &MainWindow::showKeys);

    views::RunsPane* runs = m_page->runs();
    connect(runs, &views::RunsPane::filterWanted, m_filter, &views::FilterBar::setFilter);
    connect(runs, &views::RunsPane::removeWanted, this, &MainWindow::removeRuns);
    connect(runs, &views::RunsPane::exportWanted, this, &MainWindow::exportRuns);
    connect(runs, &views::RunsPane::copyIdWanted, this, &MainWindow::copyIds);
    connect(runs, &views::RunsPane::tableToggled, m_page, &TracePage::toggleRunsTable);
    connect(m_filter, &views::FilterBar::left, runs->view(), [runs] { runs->view()->setFocus(); });
    connect(m_page->trace(), &views::TracePane::statusMessage, m_status, &views::StatusBar::say);
    connect(m_page->trace(), &views::TracePane::keysRequested, this, &MainWindow::showKeys);
    connect(m_page->details(), &views::DetailsPane::said, m_status, &views::StatusBar::say);
    connect(m_page->details(), &views::DetailsPane::judged, &m_session.history(), &History::judged);
    connect(m_status, &views::StatusBar::notesWanted, this, &MainWindow::showSources);
    connect(m_status, &views::StatusBar::cancelWanted, &m_session.imports(), &ImportJobs::cancel);

    // The judge bar's own actions stand in the menu; undo and redo are those of Edit, which cover removals
    // too.
    auto* judge = menuBar()->findChild<QMenu*>(QStringLiteral("judgeMenu"));
    QList<QAction*> actions = m_page->details()->judgeActions();
    if (actions.size() >= 2) {
        QAction* redo = actions.takeLast();
        QAction* undo = actions.takeLast();
        for (QAction* own : {undo, redo})
            own->setShortcuts(QList<QKeySequence>());
        m_session.history().setJudgements([undo] { undo->trigger(); }, [redo] { redo->trigger(); });
    }
    judge->addActions(actions);
    judge->addSeparator();
    judge->addAction(tr("Your name on judgements…"), this, &MainWindow::askAuthor);
}

void MainWindow::showPage(Page page) {
    if (page == Page::Live && !m_livePage) return;
    m_pageShown = page;
    m_pageBar->setPage(page);
    if (m_follow) m_follow->setShown(page == Page::Traces);
    m_session.trail().showPage(static_cast<int>(page));
    showContent();
}

void MainWindow::lookAt(TraceId trace) {
    showPage(Page::Traces);
    m_session.selection().selectTrace(trace);
}

void MainWindow::connectSession() {
    connect(&m_session, &Session::committed, m_page, &TracePage::applyCommitted);
    connect(&m_session, &Session::infoChanged, this, &MainWindow::showInfo);
    connect(&m_session, &Session::said, m_status, &views::StatusBar::say);
    connect(&m_session, &Session::failed, this, [this](const Error& error) { m_message->showError(error); });
    connect(&m_session, &Session::unknownFormat, this, &MainWindow::meetUnknownFormat);
    connect(&m_session.runs(), &views::TraceListModel::merged, this, &MainWindow::showContent);
    connect(&m_session.selection(), &views::Selection::traceChanged, m_page->trace(),
            &views::TracePane::showTrace);
    connect(&m_session.history(), &History::changed, this, &MainWindow::showHistory);
    connect(&m_session.trail(), &Trail::changed, this, &MainWindow::showHistory);
    connect(&m_application, &Application::recentFilesChanged, this, &MainWindow::fillRecent);
    ImportJobs& imports = m_session.imports();
    connect(&imports, &ImportJobs::started, this, [this](const QString& path) {
        m_status->showImport({path, 0, 0, 0, 0, 0});
    });
    connect(&imports, &ImportJobs::progressed, this,
            [this](const ImportProgress& progress, double rate, int waiting) {
                m_status->showImport({QString::fromStdString(progress.path), progress.bytes_read,
                                      progress.bytes_total, progress.spans, rate, waiting});
            });
    connect(&imports, &ImportJobs::idle, m_status, &views::StatusBar::showIdle);
    connect(&imports, &ImportJobs::indexing, this, [this](bool busy) {
        if (m_session.imports().running()) return;
        if (busy && m_session.info().unindexed_traces > 0)
            m_status->showIndexing();
        else
            m_status->showIdle();
    });
    connect(&imports, &ImportJobs::indexFailed, this,
            [this](const Error& error) { m_message->showError(error); });
}

void MainWindow::fillRecent() {
    m_recent->clear();
    for (const QString& path : m_application.recentFiles())
        m_recent->addAction(views::withTilde(path, QDir::homePath()), this,
                            [this, path] { openPaths({path}); });
    m_recent->setEnabled(!m_recent->isEmpty());
    if (m_recent->isEmpty()) return;
    m_recent->addSeparator();
    m_recent->addAction(tr("Forget these"), this, [this] { m_application.clearRecentFiles(); });
}

void MainWindow::openPaths(const QStringList& paths) {
    if (paths.isEmpty()) return;
    for (const QString& path : paths) {
        if (!m_session.temporary()) m_application.addRecentFile(QFileInfo(path).absoluteFilePath());
    }
    m_message->clear();
    m_session.open(paths);
}

void MainWindow::chooseFiles() {
    const QString folder =
        m_application.settings().value(QStringLiteral("folder"), QDir::homePath()).toString();
    const QStringList paths = QFileDialog::getOpenFileNames(this, tr("Open run files"), folder);
    if (paths.isEmpty()) return;
    m_application.settings().setValue(QStringLiteral("folder"), QFileInfo(paths.front()).absolutePath());
    openPaths(paths);
}

void MainWindow::chooseFolder() {
    const QString folder =
        m_application.settings().value(QStringLiteral("folder"), QDir::homePath()).toString();
    const QString path = QFileDialog::getExistingDirectory(this, tr("Open a folder"), folder);
    if (!path.isEmpty()) openPaths({path});
}

void MainWindow::chooseWithoutKeeping() {
    const QString folder =
        m_application.settings().value(QStringLiteral("folder"), QDir::homePath()).toString();
    const QStringList paths = QFileDialog::getOpenFileNames(this, tr("Open without keeping"), folder);
    if (paths.isEmpty()) return;
    if (auto opened = m_application.openWithoutKeeping(paths); !opened) m_message->showError(opened.error());
}

void MainWindow::openSample() {
    const QString sample = m_application.samplePath();
    if (sample.isEmpty()) return;
    if (auto opened = m_application.openWithoutKeeping({sample}); !opened)
        m_message->showError(opened.error());
}

void MainWindow::exportRuns() {
    const views::TraceListModel& runs = m_session.runs();
    ExportChoice choice{m_page->runs()->selectedTraces(), runs.filter(), runs.matching()};
    const QString folder =
        m_application.settings().value(QStringLiteral("exportFolder"), QDir::homePath()).toString();
    auto* dialog = new ExportDialog(m_session.context(), std::move(choice), folder, this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &ExportDialog::exported, this, [this](const QString& path) {
        m_application.settings().setValue(QStringLiteral("exportFolder"), QFileInfo(path).absolutePath());
        m_status->say(tr("Exported to %1").arg(path));
    });
    dialog->open();
}

void MainWindow::askRemoval(const QString& what, qint64 runs, const std::function<void(bool)>& remove) {
    auto* dialog = new RemoveDialog(m_application.theme(), what, this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    if (runs != 1) dialog->judgementsBox()->setText(tr("Also their judgements"));
    connect(dialog, &QDialog::accepted, this, [dialog, remove] { remove(dialog->withJudgements()); });
    dialog->open();
}

void MainWindow::removeRuns() {
    const QList<TraceId> traces = m_page->runs()->selectedTraces();
    if (traces.isEmpty()) return;
    const int row = m_session.runs().find(traces.front());
    const QString what = traces.size() == 1 && row >= 0
                             ? tr("the run “%1”").arg(views::runName(m_session.runs().traceRow(row)))
                             : tr("%1 runs").arg(traces.size());
    askRemoval(what, traces.size(),
               [this, traces](bool judgements) { m_session.remove(traces, judgements); });
}

void MainWindow::copyIds() {
    QStringList ids;
    for (const TraceId trace : m_page->runs()->selectedTraces())
        ids << QString::fromStdString(to_hex(trace));
    if (ids.isEmpty()) return;
    QApplication::clipboard()->setText(ids.join(QLatin1Char('\n')));
    m_status->say(ids.size() == 1 ? tr("Copied the trace id") : tr("Copied %1 trace ids").arg(ids.size()));
}

void MainWindow::showPalette() {
    QList<QAction*> commands;
    for (const views::KeyEntry& entry : views::keyTable()) {
        QAction* known = action(entry.command);
        if (known && known != action("go.anything")) commands << known;
    }
    for (const char* more : {"file.openWithoutKeeping", "file.sources", "findings.rules", "view.runsTable",
                             "view.system", "view.light", "view.dark", "view.high-contrast"})
        commands << action(more);
    commands += m_page->details()->judgeActions();
    delete m_palette;
    m_palette = new CommandPalette(m_session.context(), commands, this);
    connect(m_palette, &CommandPalette::runChosen, this,
            [this](TraceId trace, SpanId span) { m_session.selection().selectTrace(trace, span); });
    m_palette->show();
}

void MainWindow::showKeys() {
    auto* page = new views::KeysPage(m_application.theme(), this);
    page->setAttribute(Qt::WA_DeleteOnClose);
    page->open();
}

void MainWindow::showSources() {
    if (!m_sources) {
        m_sources = new views::SourcesDialog(m_session.context(), this);
        connect(&m_session, &Session::infoChanged, m_sources, &views::SourcesDialog::refresh);
        connect(m_sources, &views::SourcesDialog::removeWanted, this,
                [this](SourceId source, const QString& path) {
                    askRemoval(tr("the source “%1” and its runs").arg(QFileInfo(path).fileName()), 0,
                               [this, source, path](bool judgements) {
                                   m_session.removeSource(source, path, judgements);
                               });
                });
    }
    m_sources->refresh();
    m_sources->show();
    m_sources->raise();
}

void MainWindow::showAbout() {
    QMessageBox::about(
        this, tr("About Clew"),
        tr("<b>Clew %1</b><p>The ball of thread that leads through the labyrinth: follow what an agent "
           "did, judge it, and turn what you judged into datasets.</p><p>Nothing leaves this "
           "machine.</p><p>Licence: GPL-3.0-or-later.</p>")
            .arg(QLatin1String(kVersion)));
}

void MainWindow::askAuthor() {
    bool given = false;
    const QString name = QInputDialog::getText(this, tr("Your name on judgements"), tr("Name"),
                                               QLineEdit::Normal, m_page->details()->author(), &given);
    if (given) m_application.setAuthor(name.trimmed());
}

// A log of JSON records can be read once somebody says which field is which; a single document is rather the
// wrong file, and only offers it.
void MainWindow::meetUnknownFormat(const QString& path, const Error& error) {
    std::string head = head_of_file(path.toStdString());
    const std::size_t records = first_records(head, {}, 2).size();
    if (records == 0) {
        m_message->showError(error);
        return;
    }
    m_message->showError(error, tr("Map its fields…"), [this, path, head] { mapFields(path, head); });
    if (records > 1 && !findChild<MappingDialog*>()) mapFields(path, std::move(head));
}

void MainWindow::mapFields(const QString& path, std::string head) {
    auto* dialog = new MappingDialog(m_application.theme(), path, std::move(head), this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &MappingDialog::saveWanted, this, [this, dialog, path](const Mapping& mapping) {
        if (auto kept = m_application.addMapping(mapping); !kept) {
            dialog->showError(kept.error());
            return;
        }
        dialog->accept();
        openPaths({path});
    });
    dialog->open();
}

void MainWindow::showContent() {
    if (m_pageShown == Page::Live) {
        m_filter->hide();
        if (m_stack->currentWidget() == m_livePage) return;
        m_stack->setCurrentWidget(m_livePage);
        m_livePage->setFocus();
        return;
    }
    const views::TraceListModel& runs = m_session.runs();
    if (!runs.answered() && !runs.error()) return; // what to show is not known yet
    const bool empty = runs.all() == 0 && !runs.error();
    m_filter->setVisible(!empty);
    QWidget* page = empty ? static_cast<QWidget*>(m_firstRun) : pageWidget(m_pageShown);
    if (m_stack->currentWidget() == page) return;
    m_stack->setCurrentWidget(page);
    if (empty) {
        const QString home = QDir::homePath();
        m_firstRun->lookForRuns([home](std::stop_token stop) { return placesWithRuns(home, stop); }, home);
        m_firstRun->setFocus();
    } else {
        (page == m_page ? m_page->runs()->view() : page)->setFocus();
    }
}

void MainWindow::showInfo() {
    const StoreInfo& info = m_session.info();
    m_status->showNotes(m_session.noteWarnings(), m_session.noteErrors());
    const QString path = views::withTilde(QString::fromStdString(info.path), QDir::homePath());
    if (info.spans == 0)
        m_status->showStore(
            m_session.temporary() ? tr("Empty temporary store") : tr("Empty store · %1").arg(path), path);
    else
        m_status->showStore(tr("%1 spans · %2")
                                .arg(QString::fromStdString(format_short_count(info.spans)),
                                     QString::fromStdString(format_bytes(info.bytes))),
                            path);
    m_status->showSaved(info.spans == 0         ? QString()
                        : m_session.temporary() ? tr("Nothing here is kept")
                                                : tr("All changes saved"));
}

void MainWindow::showHistory() {
    const History& history = m_session.history();
    const auto show = [](QAction* action, const QString& text, const QString& resting) {
        action->setText(text.isEmpty() ? resting : text);
        action->setEnabled(!text.isEmpty());
    };
    show(action("edit.undo"), history.undoText(), tr("Undo"));
    show(action("edit.redo"), history.redoText(), tr("Redo"));
    action("go.back")->setEnabled(m_session.trail().canGoBack());
    action("go.forward")->setEnabled(m_session.trail().canGoForward());
}

void MainWindow::closeEvent(QCloseEvent* event) {
    if (!m_session.temporary()) {
        m_application.settings().setValue(QStringLiteral("window/geometry"), saveGeometry());
        m_page->save(m_application.settings());
    }
    event->accept();
    emit closed();
}

void MainWindow::dragEnterEvent(QDragEnterEvent* event) {
    if (pathsOf(event->mimeData()).isEmpty()) return;
    event->acceptProposedAction();
    m_firstRun->setDropping(true);
}

void MainWindow::dragLeaveEvent(QDragLeaveEvent*) {
    m_firstRun->setDropping(false);
}

void MainWindow::dropEvent(QDropEvent* event) {
    m_firstRun->setDropping(false);
    const QStringList paths = pathsOf(event->mimeData());
    if (paths.isEmpty()) return;
    event->acceptProposedAction();
    openPaths(paths);
}

} // namespace clew::app
