#include "views/findings/finding_cards.h"

#include "views/text.h"

#include <algorithm>

namespace clew::views {

namespace {

CardStyle styleOf(const Finding& finding) {
    switch (finding.severity) {
    case Severity::error: return CardStyle::Notice;
    case Severity::warning: return CardStyle::WarnNotice;
    case Severity::info: break;
    }
    return CardStyle::Plain;
}

void addCard(FlowDocument& document, const Finding& finding, std::size_t at) {
    const bool silent = finding.rule == "silent_tool_failure";
    FlowBlock head;
    head.type = BlockType::Row;
    head.key = QStringLiteral("finding/") + fromUtf8(finding.rule) + QStringLiteral("/") +
               (finding.args.empty() ? QString() : fromUtf8(finding.args.front()).left(80));
    FlowBlock gap;
    gap.type = BlockType::Space;
    gap.rule = !document.blocks.empty() && document.blocks.back().card < 0 &&
               document.blocks.back().type != BlockType::Space;
    gap.above = 9;
    document.add(gap);
    head.card = document.newCard();
    head.cardStyle = silent ? CardStyle::SilentNotice : styleOf(finding);
    head.icon = silent                                  ? QStringLiteral("status-silent-failure")
                : finding.severity == Severity::error   ? QStringLiteral("status-error")
                : finding.severity == Severity::warning ? QStringLiteral("status-warning")
                                                        : QStringLiteral("status-info");
    head.iconTone = finding.severity == Severity::error     ? Tone::Err
                    : finding.severity == Severity::warning ? Tone::Warn
                                                            : Tone::Text2;
    head.above = 7;
    head.below = 1;
    QString second = wastedText(finding.wasted);
    if (finding.spans.size() > 1) {
        const QString place = QStringLiteral("%1 of %2").arg(at + 1).arg(finding.spans.size());
        second += second.isEmpty() ? place : QStringLiteral(" · ") + place;
        // From the first to the second, from all others to the first.
        const SpanId next = finding.spans[at == 0 ? 1 : 0];
        head.linkText = at == 0 ? QStringLiteral("Go to call 2") : QStringLiteral("Go to call 1");
        head.linkAction = QStringLiteral("span:") + fromUtf8(to_hex(next));
    } else {
        head.linkText = QStringLiteral("All findings");
        head.linkAction = QStringLiteral("findings:");
    }
    head.cells = {label(ruleTitle(finding.rule), Face::SmallStrong, Tone::Text),
                  caption(second, Face::Small, Tone::Text2)};
    FlowBlock body;
    body.card = head.card;
    body.cardStyle = head.cardStyle;
    body.key = head.key + QLatin1String("/why");
    body.indent = 22;
    body.below = 7;
    document.add(std::move(head));
    addText(document, body, label(fromUtf8(evidence(finding)).left(4000), Face::Small, Tone::Text2));
    gap = {};
    gap.type = BlockType::Space;
    gap.above = 1;
    document.add(std::move(gap));
}

} // namespace

void addFindingCards(FlowDocument& document, const std::vector<Finding>& findings, SpanId span) {
    for (const Finding& finding : findings) {
        const auto at = std::ranges::find(finding.spans, span);
        if (at != finding.spans.end())
            addCard(document, finding, static_cast<std::size_t>(at - finding.spans.begin()));
    }
}

} // namespace clew::views
