#include "views/runs/nothing_found.h"

#include "model/base/numbers.h"
#include "model/store/filter.h"
#include "views/runs/filter_text.h"
#include "views/runs/widgets.h"

#include <QVBoxLayout>

namespace clew::views {

NothingFound::NothingFound(ViewContext& context, QWidget* parent)
    : QWidget(parent)
    , m_context(context) {
    auto* title = new ThemedLabel(context.theme, Theme::Text::Strong, &Colours::text, tr("No run matches"));
    m_sentence = new ThemedLabel(context.theme, Theme::Text::MonoSmall, &Colours::text2);
    m_sentence->setWordWrap(true);
    m_reason = new ThemedLabel(context.theme, Theme::Text::Body, &Colours::text2);
    m_reason->setWordWrap(true);
    m_drop = new ThemedButton(context.theme, QStringLiteral("close"), {});
    m_drop->setAccessibleName(tr("Drop the term"));
    m_clear = new LinkButton(context.theme, tr("Show all runs"), Theme::Text::Body);
    connect(m_drop, &QPushButton::clicked, this, [this] { emit filterWanted(m_offer.without); });
    connect(m_clear, &QPushButton::clicked, this, [this] { emit filterWanted({}); });

    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(12, 12, 12, 12);
    layout->setSpacing(8);
    layout->addWidget(title);
    layout->addWidget(m_sentence);
    layout->addSpacing(4);
    layout->addWidget(m_reason);
    layout->addWidget(m_drop, 0, Qt::AlignLeft);
    layout->addWidget(m_clear, 0, Qt::AlignLeft);
    layout->addStretch();
    m_drop->hide();
    m_reason->hide();
}

void NothingFound::showFilter(const QString& filter) {
    if (filter == m_filter) return;
    m_filter = filter;
    m_sentence->setText(filter);
    m_drop->hide();
    m_reason->hide();
    auto parsed = parse_filter(filter.toStdString());
    if (!parsed || conditions_of(*parsed).size() < 2) return;
    m_asker.ask(
        [&traces = m_context.traces, conditions = conditions_of(*parsed),
         all = filter.toStdString()](std::stop_token stop) {
            Offer best;
            for (const auto& condition : conditions) {
                if (stop.stop_requested()) break;
                TraceQuery query;
                query.filter = filterWithout(all, condition->place);
                query.limit = 1;
                const auto page = traces.traces(query, stop);
                const auto term =
                    std::string_view(all).substr(condition->place.offset, condition->place.length);
                if (page && page->count > best.runs)
                    best = {QString::fromUtf8(term.data(), static_cast<qsizetype>(term.size())),
                            QString::fromStdString(query.filter), page->count};
            }
            return best;
        },
        [this](Offer offer) {
            m_offer = std::move(offer);
            m_reason->setVisible(true);
            if (m_offer.runs == 0) {
                m_reason->setText(
                    tr("No single term is to blame: without any one of them there is still no run."));
                return;
            }
            m_reason->setText(tr("Without %1 there would be %2.")
                                  .arg(m_offer.term, m_offer.runs == 1
                                                         ? tr("1 run")
                                                         : tr("%1 runs").arg(QString::fromStdString(
                                                               format_count(m_offer.runs)))));
            m_drop->setText(tr("Drop %1").arg(m_offer.term));
            m_drop->setAccessibleName(m_drop->text());
            m_drop->show();
        });
}

} // namespace clew::views
