#include "views/runs/saved_filters.h"

#include "views/text.h"

#include <QInputDialog>
#include <QMenu>

namespace clew::views {

namespace {

constexpr int kLongestName = 24;

QString menuText(const QString& text) {
    QString out = text;
    return out.replace(QLatin1Char('&'), QLatin1String("&&"));
}

} // namespace

SavedFilters::SavedFilters(const Theme& theme, QWidget* parent)
    : ThemedButton(theme, QStringLiteral("pin"), {}, parent)
    , m_menu(new QMenu(this)) {
    m_menu->setToolTipsVisible(true);
    connect(this, &QPushButton::clicked, this, &SavedFilters::open);
    showName();
}

void SavedFilters::keepIn(NoteBook& book) {
    m_book = &book;
    reload();
}

void SavedFilters::showFilter(const QString& filter, bool readable) {
    m_filter = filter.trimmed();
    m_readable = readable;
    showName();
}

void SavedFilters::showName() {
    QString text = m_filter.isEmpty() ? tr("Saved filters") : tr("Save filter");
    QString tip = m_filter.isEmpty() ? tr("Filters that were kept") : tr("Keep this filter under a name");
    for (const SavedFilter& saved : m_saved) {
        if (fromUtf8(saved.filter) != m_filter || m_filter.isEmpty()) continue;
        tip = fromUtf8(saved.name);
        text = tip.size() > kLongestName ? tip.left(kLongestName - 1) + QChar(0x2026) : tip;
    }
    setText(menuText(text));
    setToolTip(tip);
    setAccessibleName(text);
}

void SavedFilters::reload() {
    if (!m_book) return;
    m_asker.ask([book = m_book](std::stop_token stop) { return book->saved_filters(std::move(stop)); },
                [this](Result<std::vector<SavedFilter>> saved) {
                    if (!saved) return;
                    m_saved = std::move(*saved);
                    showName();
                    emit changed();
                });
}

template <class Change>
void SavedFilters::change(Change change) {
    if (!m_book) return;
    m_writer.ask([book = m_book, change](const std::stop_token&) { return change(*book); },
                 [this](const Result<void>& done) {
                     if (!done) emit failed(done.error());
                     reload();
                 });
}

void SavedFilters::save(const QString& name) {
    const std::string wanted = name.trimmed().toStdString();
    if (wanted.empty() || m_filter.isEmpty()) return;
    change([wanted, filter = m_filter.toStdString()](NoteBook& book) {
        return book.save_filter(wanted, filter);
    });
}

void SavedFilters::forget(const QString& name) {
    change([name = name.toStdString()](NoteBook& book) { return book.forget_filter(name); });
}

void SavedFilters::askName() {
    auto* dialog = new QInputDialog(this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setWindowTitle(tr("Save the filter"));
    dialog->setLabelText(tr("Name of this filter; one that is there already is replaced:"));
    connect(dialog, &QInputDialog::textValueSelected, this, &SavedFilters::save);
    dialog->open();
}

void SavedFilters::open() {
    m_menu->clear();
    QAction* save = m_menu->addAction(tr("Save this filter…"), this, &SavedFilters::askName);
    save->setEnabled(!m_filter.isEmpty() && m_readable);
    m_menu->addSeparator();
    if (m_saved.empty()) m_menu->addAction(tr("No filter was saved yet"))->setEnabled(false);
    for (const SavedFilter& saved : m_saved) {
        const QString filter = fromUtf8(saved.filter);
        QAction* action = m_menu->addAction(menuText(fromUtf8(saved.name)), this,
                                            [this, filter] { emit filterWanted(filter); });
        action->setToolTip(filter);
        action->setCheckable(true);
        action->setChecked(filter == m_filter);
    }
    if (!m_saved.empty()) {
        QMenu* forget = m_menu->addMenu(tr("Forget"));
        for (const SavedFilter& saved : m_saved) {
            const QString name = fromUtf8(saved.name);
            forget->addAction(menuText(name), this, [this, name] { this->forget(name); });
        }
    }
    m_menu->popup(mapToGlobal(QPoint(0, height() + 2)));
}

} // namespace clew::views
