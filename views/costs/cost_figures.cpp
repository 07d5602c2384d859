#include "views/costs/cost_figures.h"

#include "model/base/numbers.h"
#include "views/costs/usage_words.h"
#include "views/text.h"
#include "views/theme/digits.h"

#include <QPainter>

#include <algorithm>
#include <cmath>

namespace clew::views {

namespace {

constexpr int kFigurePad = 16, kStripRow = 76, kLongestNote = 200;

} // namespace

CostFigure::CostFigure(const Theme& theme, const QString& title, QWidget* parent)
    : QWidget(parent)
    , m_theme(theme)
    , m_title(title)
    , m_note(new ElidedLabel(theme, Theme::Text::Small, &Colours::text3, Qt::ElideRight, this))
    , m_link(new LinkButton(theme, {}, Theme::Text::Small, this)) {
    m_link->hide();
    describe();
}

void CostFigure::setValue(const QString& value, const QString& tip, bool warns) {
    setToolTip(tip);
    m_value = value;
    m_warns = warns;
    describe();
    updateGeometry();
    update();
}

void CostFigure::setNote(const QString& note) {
    m_note->setFullText(note);
    m_note->show();
    m_link->hide();
    describe();
    layOut();
}

void CostFigure::setLink(const QString& text) {
    const QFontMetrics metrics(m_theme.font(Theme::Text::Small));
    m_link->setText(metrics.elidedText(text, Qt::ElideMiddle, m_theme.px(kLongestNote)));
    m_link->setAccessibleName(text);
    m_link->setToolTip(text);
    m_link->setVisible(!text.isEmpty());
    m_note->setVisible(text.isEmpty());
    if (!text.isEmpty()) m_note->setFullText(text);
    describe();
    layOut();
}

void CostFigure::describe() {
    setAccessibleName(QStringLiteral("%1: %2, %3").arg(m_title, m_value, m_note->fullText()));
}

QSize CostFigure::sizeHint() const {
    const qreal icon = m_warns ? m_theme.px(20 + 6) : 0;
    const qreal value = digitsWidth(m_value, m_theme.font(Theme::Text::Figure)) + icon;
    const QFontMetrics small(m_theme.font(Theme::Text::Small));
    const int note = m_link->isHidden() ? m_note->sizeHint().width() : m_link->sizeHint().width();
    const qreal wide = std::max<qreal>(
        {value, double(small.horizontalAdvance(m_title)), double(std::min(note, m_theme.px(kLongestNote)))});
    return {static_cast<int>(std::ceil(wide)) + m_theme.px(2 * kFigurePad), m_theme.px(kStripRow)};
}

void CostFigure::layOut() {
    const int pad = m_theme.px(kFigurePad), top = m_theme.px(52);
    m_note->setGeometry(pad, top, std::max(0, width() - 2 * pad + 2), m_theme.px(16));
    m_link->setGeometry(pad - 2, top - 1, std::min(m_link->sizeHint().width(), width() - pad),
                        m_theme.px(18));
}

void CostFigure::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    layOut();
}

void CostFigure::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    const Colours& c = m_theme.colours();
    const int pad = m_theme.px(kFigurePad);
    painter.setFont(m_theme.font(Theme::Text::Small));
    painter.setPen(c.text3);
    painter.drawText(QRect(pad, m_theme.px(8), width() - pad, m_theme.px(16)),
                     Qt::AlignLeft | Qt::AlignVCenter, m_title);
    qreal x = pad;
    const int side = m_theme.px(20);
    if (m_warns) {
        painter.drawPixmap(QPointF(x, m_theme.px(28)),
                           m_theme.icon(QStringLiteral("status-warning"), c.warn, side,
                                        painter.device()->devicePixelRatioF()));
        x += side + m_theme.px(6);
    }
    painter.setFont(m_theme.font(Theme::Text::Figure));
    painter.setPen(m_value == fromUtf8(kUnknown) ? c.text3 : c.text);
    drawDigits(painter, QRectF(x, m_theme.px(24), width() - x, m_theme.px(28)), m_value, true);
}

CostFigures::CostFigures(const Theme& theme, QWidget* parent)
    : QWidget(parent)
    , m_theme(theme)
    , m_whatIf(new ThemedButton(theme, {}, tr("What if…"), this))
    , m_export(new ThemedButton(theme, QStringLiteral("export"), tr("Export"), this)) {
    const QString titles[kFigures] = {tr("Known cost"),    tr("Reported by source"),
                                      tr("Computed here"), tr("Unpriced"),
                                      tr("Tokens"),        tr("Cost per run")};
    for (int at = 0; at < kFigures; ++at)
        m_figures[static_cast<std::size_t>(at)] = new CostFigure(theme, titles[at], this);
    m_whatIf->setToolTip(tr("The same traffic at another model's prices"));
    m_export->setToolTip(tr("A picture, or the numbers as CSV"));
    connect(m_figures[Unpriced]->link(), &QPushButton::clicked, this, &CostFigures::priceWanted);
    connect(&theme, &Theme::changed, this, &CostFigures::layOut);
}

QString changeText(PicoUsd now, PicoUsd before, const QString& days) {
    if (before <= 0) return {};
    const double change = static_cast<double>(now) / static_cast<double>(before) - 1;
    const double percent = std::abs(change) * 100;
    if (percent < 0.05) return CostFigures::tr("as much as in %1 before").arg(days);
    if (change > 9) // "+4,300 %" says less
        return CostFigures::tr("%1 times %2 before").arg(QString::number(change + 1, 'f', 0), days);
    return CostFigures::tr("%1%2\u00a0% on %3 before")
        .arg(change < 0 ? QStringLiteral("−") : QStringLiteral("+"),
             QString::number(percent, 'f', percent < 9.95 ? 1 : 0), days);
}

void CostFigures::setAnswer(const UsageAnswer& answer, std::optional<PicoUsd> before, const QString& days,
                            const QString& priceTable) {
    const UsageSums& sums = answer.sums;
    const CostKinds costs = sums.costs();
    const QString unknown = fromUtf8(kUnknown);
    const auto cost = [&](const std::optional<PicoUsd>& amount) { return fromUtf8(format_cost(amount)); };
    const auto exact = [&](const std::optional<PicoUsd>& amount) {
        return amount ? exactCost(*amount) : QString();
    };

    const auto known = costs.sum();
    m_figures[Known]->setValue((known && costs.unpriced > 0 ? QStringLiteral("≥\u00a0") : QString()) +
                                   cost(known),
                               exactCosts(costs));
    const QString change = known && before ? changeText(*known, *before, days) : QString();
    m_figures[Known]->setNote(!change.isEmpty()    ? change
                              : !known             ? tr("no call has a known cost")
                              : !days.isEmpty()    ? tr("nothing in %1 before").arg(days)
                              : costs.unpriced > 0 ? tr("without unpriced calls")
                                                   : tr("reported and computed"));
    m_figures[Reported]->setValue(cost(costs.reported), exact(costs.reported));
    m_figures[Reported]->setNote(
        answer.runs_reported == 0 ? tr("no run says its own")
        : answer.runs_reported == 1
            ? tr("1 run says its own")
            : tr("%1 runs say their own").arg(fromUtf8(format_count(answer.runs_reported))));
    m_figures[Computed]->setValue(cost(costs.computed), exact(costs.computed));
    m_figures[Computed]->setNote(priceTable.isEmpty() ? tr("from the price table") : priceTable);

    const auto& models = answer.unpriced_models;
    m_figures[Unpriced]->setValue(costs.unpriced > 0 ? callsText(costs.unpriced) : tr("none"),
                                  costs.unpriced > 0 ? tr("Calls with neither a reported nor a computed cost")
                                                     : QString(),
                                  costs.unpriced > 0);
    if (costs.unpriced == 0)
        m_figures[Unpriced]->setNote(sums.calls > 0 ? tr("every call has a cost") : QString());
    else if (models.empty() || (models.size() == 1 && models[0].first.empty()))
        m_figures[Unpriced]->setNote(tr("they name no model"));
    else
        m_figures[Unpriced]->setLink(
            models.size() == 1
                ? tr("%1 · add a price").arg(fromUtf8(models[0].first))
                : tr("%1 and %2 more · add a price").arg(fromUtf8(models[0].first)).arg(models.size() - 1));
    const bool tokens = sums.input_tokens > 0 || sums.output_tokens > 0;
    m_figures[Tokens]->setValue(tokens ? tr("↑%1 ↓%2").arg(fromUtf8(format_tokens(sums.input_tokens)),
                                                           fromUtf8(format_tokens(sums.output_tokens)))
                                       : unknown,
                                tr("%1 in, %2 out, %3 read from cache, %4 written to it")
                                    .arg(fromUtf8(format_count(sums.input_tokens)),
                                         fromUtf8(format_count(sums.output_tokens)),
                                         fromUtf8(format_count(sums.cache_read_tokens)),
                                         fromUtf8(format_count(sums.cache_write_tokens))));
    m_figures[Tokens]->setNote(sums.input_tokens == 0 ? tr("no usage is stated")
                               : sums.cache_read_tokens == 0
                                   ? tr("nothing from cache")
                                   : tr("%1 of input from cache")
                                         .arg(percentText(static_cast<double>(sums.cache_read_tokens) /
                                                          static_cast<double>(sums.input_tokens))));
    m_figures[PerRun]->setValue(cost(answer.run_p50), exact(answer.run_p50));
    m_figures[PerRun]->setNote(answer.run_p95 ? tr("median · p95 %1").arg(cost(answer.run_p95))
                                              : tr("no run has a known cost"));
    layOut();
}

void CostFigures::layOut() {
    const int row = m_theme.px(kStripRow);
    const int gap = 8, pad = m_theme.px(kFigurePad);
    const QSize whatIf = m_whatIf->sizeHint(), out = m_export->sizeHint();
    const int buttons = whatIf.width() + gap + out.width() + pad;
    int x = 0, y = 0;
    for (CostFigure* figure : m_figures) {
        const int wide = figure->sizeHint().width();
        const int room = y == 0 ? width() - buttons - pad : width();
        if (x > 0 && x + wide > room) {
            x = 0;
            y += row;
        }
        figure->setGeometry(x, y, std::min(wide, std::max(0, width())), row);
        x += wide;
    }
    m_export->setGeometry(width() - pad - out.width(), (row - out.height()) / 2, out.width(), out.height());
    m_whatIf->setGeometry(m_export->x() - gap - whatIf.width(), (row - whatIf.height()) / 2, whatIf.width(),
                          whatIf.height());
    setFixedHeight(y + row);
    update();
}

void CostFigures::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    layOut();
}

void CostFigures::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    const Colours& c = m_theme.colours();
    const int line = m_theme.lineWidth();
    painter.fillRect(rect(), c.base);
    for (std::size_t at = 1; at < m_figures.size(); ++at) {
        const QRect figure = m_figures[at]->geometry();
        if (figure.left() > 0)
            painter.fillRect(figure.left() - line, figure.top(), line, figure.height(), c.line);
        if (figure.left() == 0 && figure.top() > 0)
            painter.fillRect(0, figure.top() - line, width(), line, c.line);
    }
    painter.fillRect(0, height() - line, width(), line, c.line);
}

} // namespace clew::views
