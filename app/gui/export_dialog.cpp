#include "app/gui/export_dialog.h"

#include "model/base/numbers.h"
#include "views/runs/message_card.h"
#include "views/runs/widgets.h"
#include "views/text.h"

#include <QButtonGroup>
#include <QComboBox>
#include <QDate>
#include <QDir>
#include <QFileDialog>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QRadioButton>
#include <QVBoxLayout>

namespace clew::app {

using views::Colours;
using views::Theme;

namespace {

QString number(std::int64_t count) {
    return QString::fromStdString(format_count(count));
}

// Every run that the list holds: an export without a filter would take the judged ones.
Result<std::vector<TraceId>> allRuns(TraceStore& traces, const std::string& filter, std::stop_token stop) {
    std::vector<TraceId> ids;
    TraceQuery query;
    query.filter = filter;
    for (;;) {
        query.offset = static_cast<std::int64_t>(ids.size());
        auto page = traces.traces(query, stop);
        if (!page) return page.error();
        if (page->rows.empty()) return ids;
        for (const TraceRow& row : page->rows)
            ids.push_back(row.id);
    }
}

} // namespace

ExportDialog::ExportDialog(views::ViewContext& context, ExportChoice choice, const QString& folder,
                           QWidget* parent)
    : QDialog(parent)
    , m_context(context)
    , m_choice(std::move(choice))
    , m_folder(folder)
    , m_format(new QComboBox)
    , m_judged(new QRadioButton(tr("Judged runs")))
    , m_path(new QLineEdit) {
    const Theme& theme = context.theme;
    setWindowTitle(tr("Export"));
    setMinimumWidth(theme.px(560));
    const int chosen = static_cast<int>(m_choice.selected.size());
    m_selected =
        new QRadioButton(chosen == 1 ? tr("The selected run") : tr("The %1 selected runs").arg(chosen));
    m_selected->setEnabled(chosen > 0);
    m_filtered = new QRadioButton(
        m_choice.filter.isEmpty() ? tr("All %1 runs").arg(number(m_choice.filtered))
                                  : tr("The %1 runs that the filter shows").arg(number(m_choice.filtered)));
    m_filtered->setEnabled(m_choice.filtered > 0);
    m_judged->setChecked(true);
    auto* group = new QButtonGroup(this);
    for (QRadioButton* button : {m_judged, m_selected, m_filtered})
        group->addButton(button);

    for (const ExportFormat* format : export_formats())
        m_format->addItem(views::fromUtf8(format->title), views::fromUtf8(format->name));
    m_format->setAccessibleName(tr("Format"));
    m_path->setAccessibleName(tr("File to write"));
    auto* browseButton = new views::ThemedButton(theme, QStringLiteral("folder"), tr("Choose…"));
    browseButton->setAccessibleName(tr("Choose the file to write"));
    m_result = new views::ThemedLabel(theme, Theme::Text::Body, &Colours::text2);
    m_result->setWordWrap(true);
    m_error = new views::MessageCard(theme);
    m_export = new views::ThemedButton(theme, {}, tr("Export"));
    m_export->setPrimary(true);
    m_export->setDefault(true);
    m_close = new views::ThemedButton(theme, {}, tr("Close"));

    const auto head = [&theme](const QString& title) {
        return new views::ThemedLabel(theme, Theme::Text::Small, &Colours::text3, title);
    };
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(16, 16, 16, 16);
    layout->setSpacing(6);
    layout->addWidget(head(tr("What")));
    for (QRadioButton* button : {m_judged, m_selected, m_filtered})
        layout->addWidget(button);
    layout->addSpacing(8);
    layout->addWidget(head(tr("As")));
    layout->addWidget(m_format);
    layout->addSpacing(8);
    layout->addWidget(head(tr("Into")));
    auto* pathRow = new QHBoxLayout;
    pathRow->addWidget(m_path, 1);
    pathRow->addWidget(browseButton);
    layout->addLayout(pathRow);
    layout->addSpacing(8);
    layout->addWidget(m_error);
    layout->addWidget(m_result);
    auto* buttons = new QHBoxLayout;
    buttons->addStretch();
    buttons->addWidget(m_close);
    buttons->addWidget(m_export);
    layout->addLayout(buttons);

    connect(m_format, &QComboBox::currentIndexChanged, this, &ExportDialog::proposeName);
    connect(m_path, &QLineEdit::textEdited, this, [this] { m_ownName = true; });
    connect(browseButton, &QPushButton::clicked, this, &ExportDialog::browse);
    connect(m_export, &QPushButton::clicked, this, &ExportDialog::start);
    connect(m_close, &QPushButton::clicked, this, [this] {
        if (!m_asker.busy()) {
            reject();
            return;
        }
        m_asker.cancel(); // nothing was put in place yet
        setBusy(false);
        m_result->setText(tr("Cancelled; nothing was written."));
    });
    proposeName();
}

void ExportDialog::setFormat(const QString& name) {
    m_format->setCurrentIndex(m_format->findData(name));
}

void ExportDialog::setScope(Scope scope) {
    (scope == Scope::Judged     ? m_judged
     : scope == Scope::Selected ? m_selected
                                : m_filtered)
        ->setChecked(true);
}

ExportDialog::Scope ExportDialog::scope() const {
    return m_selected->isChecked()   ? Scope::Selected
           : m_filtered->isChecked() ? Scope::Filtered
                                     : Scope::Judged;
}

void ExportDialog::setPath(const QString& path) {
    m_path->setText(path);
    m_ownName = true;
}

QString ExportDialog::resultText() const {
    return m_error->isHidden() ? m_result->text() : m_error->text();
}

void ExportDialog::proposeName() {
    QString suffix;
    for (const ExportFormat* format : export_formats()) {
        if (views::fromUtf8(format->name) == m_format->currentData().toString())
            suffix = views::fromUtf8(format->suffix);
    }
    if (m_ownName) { // only the ending follows the format
        const QFileInfo now(m_path->text());
        if (!now.completeBaseName().isEmpty())
            m_path->setText(QDir(now.path()).filePath(now.completeBaseName() + suffix));
        return;
    }
    m_path->setText(QDir(m_folder).filePath(
        QStringLiteral("clew-%1%2").arg(QDate::currentDate().toString(Qt::ISODate), suffix)));
}

void ExportDialog::browse() {
    const QString path = QFileDialog::getSaveFileName(this, tr("Export"), m_path->text());
    if (!path.isEmpty()) setPath(path);
}

void ExportDialog::setBusy(bool busy) {
    m_export->setEnabled(!busy);
    m_close->setText(busy ? tr("Cancel") : tr("Close"));
}

void ExportDialog::start() {
    if (m_asker.busy()) return;
    ExportOptions options;
    options.format = m_format->currentData().toString().toStdString();
    options.path = m_path->text().toStdString();
    const Scope wanted = scope();
    if (wanted == Scope::Selected)
        options.traces = std::vector<TraceId>(m_choice.selected.begin(), m_choice.selected.end());
    m_error->hide();
    m_result->setText(tr("Writing and reading back…"));
    setBusy(true);
    m_asker.ask(
        [&traces = m_context.traces, &notes = m_context.noteBook, options, all = wanted == Scope::Filtered,
         filter = m_choice.filter.toStdString()](std::stop_token stop) mutable -> Result<ExportReport> {
            if (all) {
                auto ids = allRuns(traces, filter, stop);
                if (!ids) return ids.error();
                options.traces = std::move(*ids);
            }
            return export_traces(options, traces, notes, stop);
        },
        [this, path = m_path->text()](const Result<ExportReport>& report) { finish(report, path); });
}

void ExportDialog::finish(const Result<ExportReport>& report, const QString& path) {
    setBusy(false);
    if (!report) {
        m_result->clear();
        m_error->showError(report.error());
        emit failed();
        return;
    }
    QString said = tr("Wrote %1 of %2 to %3 (%4); read back and valid.")
                       .arg(report->rows == 1 ? tr("1 row") : tr("%1 rows").arg(number(report->rows)),
                            report->traces == 1 ? tr("1 run") : tr("%1 runs").arg(number(report->traces)),
                            QFileInfo(path).fileName(), QString::fromStdString(format_bytes(report->bytes)));
    for (const auto& reason : report->left_out)
        said += QLatin1Char('\n') +
                tr("Left out: %1, %2.").arg(number(reason.second), QString::fromStdString(reason.first));
    m_result->setText(said);
    m_close->setFocus();
    emit exported(path);
}

} // namespace clew::app
