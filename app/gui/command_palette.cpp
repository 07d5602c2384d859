#include "app/gui/command_palette.h"

#include "model/base/numbers.h"
#include "model/store/filter.h"
#include "views/items/trace_list_model.h"
#include "views/runs/widgets.h"
#include "views/theme/style.h"

#include <QAction>
#include <QDateTime>
#include <QKeyEvent>
#include <QLineEdit>
#include <QListWidget>
#include <QPainter>
#include <QStyledItemDelegate>
#include <QVBoxLayout>

namespace clew::app {

using views::Colours;
using views::Theme;

namespace {

constexpr int kMostRuns = 8;
enum Role { kCommand = Qt::UserRole, kTrace, kSpan, kSecond, kKeys, kIcon };

class PaletteDelegate : public QStyledItemDelegate {
public:
    PaletteDelegate(const Theme& theme, QObject* parent)
        : QStyledItemDelegate(parent)
        , m_theme(theme) {}

    QSize sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const override {
        return {200, m_theme.px(32)};
    }

    void paint(QPainter* painter, const QStyleOptionViewItem& option,
               const QModelIndex& index) const override {
        const Colours& c = m_theme.colours();
        const bool selected = option.state & QStyle::State_Selected;
        painter->save();
        painter->fillRect(option.rect, selected                                 ? c.sel
                                       : option.state & QStyle::State_MouseOver ? c.hover
                                                                                : c.base);
        const int side = m_theme.px(16);
        QRect line = option.rect.adjusted(m_theme.px(12), 0, -m_theme.px(12), 0);
        painter->drawPixmap(QPoint(line.left(), line.center().y() - side / 2 + 1),
                            m_theme.icon(index.data(kIcon).toString(), c.text2, side,
                                         painter->device()->devicePixelRatioF()));
        line.setLeft(line.left() + m_theme.px(26));
        if (const QString keys = index.data(kKeys).toString(); !keys.isEmpty()) {
            const int width = static_cast<int>(views::keyCapWidth(keys, m_theme));
            views::drawKeyCap(*painter,
                              QPointF(line.right() - width, line.center().y() - m_theme.px(18) / 2 + 1), keys,
                              m_theme);
            line.setRight(line.right() - width - m_theme.px(8));
        }
        const QFontMetrics metrics(m_theme.font(Theme::Text::Body));
        const QString title = metrics.elidedText(index.data().toString(), Qt::ElideRight, line.width());
        painter->setFont(m_theme.font(Theme::Text::Body));
        painter->setPen(c.text);
        painter->drawText(line, Qt::AlignVCenter | Qt::AlignLeft, title);
        line.setLeft(line.left() + metrics.horizontalAdvance(title) + m_theme.px(8));
        if (line.width() > m_theme.px(24)) {
            painter->setFont(m_theme.font(Theme::Text::Small));
            painter->setPen(c.text3);
            painter->drawText(line, Qt::AlignVCenter | Qt::AlignLeft,
                              QFontMetrics(painter->font())
                                  .elidedText(index.data(kSecond).toString(), Qt::ElideRight, line.width()));
        }
        painter->restore();
    }

private:
    const Theme& m_theme;
};

QString plain(const QAction* action) {
    return action->text().remove(QLatin1Char('&'));
}

bool matches(const QString& title, const QString& typed) {
    for (const QString& word : typed.split(QLatin1Char(' '), Qt::SkipEmptyParts)) {
        if (!title.contains(word, Qt::CaseInsensitive)) return false;
    }
    return true;
}

} // namespace

CommandPalette::CommandPalette(views::ViewContext& context, QList<QAction*> commands, QWidget* parent)
    : QDialog(parent, Qt::Popup | Qt::FramelessWindowHint)
    , m_context(context)
    , m_commands(std::move(commands))
    , m_field(new QLineEdit)
    , m_list(new QListWidget) {
    const Theme& theme = context.theme;
    setAccessibleName(tr("Go to anything"));
    m_field->setPlaceholderText(tr("A run, an id, or a command"));
    m_field->setAccessibleName(tr("Go to anything"));
    m_field->installEventFilter(this);
    m_list->setAccessibleName(tr("Found"));
    m_list->setItemDelegate(new PaletteDelegate(theme, m_list));
    m_list->setFrameShape(QFrame::NoFrame);
    m_list->setFocusPolicy(Qt::NoFocus);
    m_list->setMouseTracking(true);
    m_list->setUniformItemSizes(true);
    auto* card = new views::Surface(theme, &Colours::base, views::Surface::Card);
    card->setBorder(&Colours::line2);
    auto* inside = new QVBoxLayout(card);
    inside->setContentsMargins(8, 8, 8, 8);
    inside->setSpacing(8);
    inside->addWidget(m_field);
    inside->addWidget(m_list);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(card);
    const int width = std::min(theme.px(640), parent->width() - 40);
    resize(width, std::min(theme.px(460), parent->height() - 80));
    move(parent->mapToGlobal(QPoint((parent->width() - width) / 2, theme.px(72))));
    connect(m_field, &QLineEdit::textChanged, this, &CommandPalette::search);
    connect(m_list, &QListWidget::itemClicked, this, &CommandPalette::choose);
    m_field->setFocus();
    search();
}

void CommandPalette::search() {
    showFound({});
    m_asker.ask(
        [&traces = m_context.traces, typed = m_field->text().trimmed().toStdString()](std::stop_token stop) {
            Found found;
            TraceQuery query;
            query.limit = kMostRuns;
            query.filter = parse_filter(typed) ? typed : std::string();
            if (auto page = traces.traces(query, stop)) found.rows = std::move(page->rows);
            if (typed.size() >= 4 && typed.find(' ') == std::string::npos)
                found.id = traces.resolve(typed, stop).value_or(Resolved{});
            return found;
        },
        [this](const Found& found) { showFound(found); });
}

void CommandPalette::showFound(const Found& found) {
    const QString typed = m_field->text().trimmed();
    m_list->clear();
    const auto add = [this](const QString& title, const QString& second, const QString& icon) {
        auto* item = new QListWidgetItem(title, m_list);
        item->setData(kSecond, second);
        item->setData(kIcon, icon);
        return item;
    };
    if (found.id.trace.valid()) {
        const bool span = found.id.span.valid();
        auto* item = add(span ? tr("Go to the span %1").arg(QString::fromStdString(to_hex(found.id.span)))
                              : tr("Go to the run %1").arg(QString::fromStdString(to_hex(found.id.trace))),
                         {}, QStringLiteral("arrow-right"));
        item->setData(kTrace, QVariant::fromValue(found.id.trace));
        item->setData(kSpan, QVariant::fromValue(found.id.span));
    }
    const auto runs = [&] {
        for (const TraceRow& row : found.rows) {
            QStringList second;
            if (!row.detail.empty()) second << QString::fromStdString(row.detail);
            second << views::runTime(row, QDateTime::currentMSecsSinceEpoch());
            auto* item =
                add(views::runName(row), second.join(QStringLiteral(" · ")), QStringLiteral("trace"));
            item->setData(kTrace, QVariant::fromValue(row.id));
        }
    };
    if (typed.isEmpty()) runs();
    for (qsizetype i = 0; i < m_commands.size(); ++i) {
        const QAction* action = m_commands[i];
        if (!action->isEnabled() || !matches(plain(action), typed)) continue;
        auto* item = add(plain(action), {}, QStringLiteral("keyboard"));
        item->setData(kCommand, static_cast<int>(i));
        QString keys = action->property("keys").toString();
        if (keys.isEmpty()) keys = action->shortcut().toString().replace(QLatin1Char('+'), QLatin1Char(' '));
        item->setData(kKeys, keys);
    }
    if (!typed.isEmpty()) runs();
    m_list->setCurrentRow(0);
}

void CommandPalette::choose() {
    const QListWidgetItem* item = m_list->currentItem();
    if (!item) return;
    const QVariant command = item->data(kCommand);
    const auto trace = item->data(kTrace).value<TraceId>();
    const auto span = item->data(kSpan).value<SpanId>();
    accept();
    if (command.isValid())
        m_commands[command.toInt()]->trigger();
    else if (trace.valid())
        emit runChosen(trace, span);
}

bool CommandPalette::eventFilter(QObject* watched, QEvent* event) {
    if (watched == m_field && event->type() == QEvent::KeyPress) {
        const auto* key = static_cast<QKeyEvent*>(event);
        const int step = key->key() == Qt::Key_Down ? 1 : key->key() == Qt::Key_Up ? -1 : 0;
        if (step != 0 && m_list->count() > 0) {
            m_list->setCurrentRow((m_list->currentRow() + step + m_list->count()) % m_list->count());
            return true;
        }
        if (key->key() == Qt::Key_Return || key->key() == Qt::Key_Enter) {
            choose();
            return true;
        }
    }
    return QDialog::eventFilter(watched, event);
}

} // namespace clew::app
