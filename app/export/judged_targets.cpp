#include "app/export/judged_targets.h"

#include <algorithm>

namespace clew::app {

std::vector<TargetJudgement> judged_targets(const ExportItem& item) {
    std::vector<Judgement> judgements = item.judgements;
    std::ranges::stable_sort(judgements, {}, &Judgement::time);
    std::map<SpanId, TargetJudgement> targets;
    for (const Judgement& judgement : judgements) {
        TargetJudgement& target = targets[judgement.target.span];
        target.span = judgement.target.span;
        if (judgement.thumb != Thumb::none) target.thumb = judgement.thumb;
        if (!judgement.comment.empty()) target.comment = judgement.comment;
        for (const std::string& label : judgement.labels)
            if (std::ranges::find(target.labels, label) == target.labels.end())
                target.labels.push_back(label);
        for (const auto& [name, value] : judgement.scores)
            target.scores[name] = value;
    }
    if (targets.empty()) targets[SpanId{}];
    std::vector<TargetJudgement> out;
    for (auto& [span, target] : targets)
        out.push_back(std::move(target));
    return out;
}

const char* thumb_name(Thumb thumb) {
    return thumb == Thumb::up ? "up" : thumb == Thumb::down ? "down" : "";
}

} // namespace clew::app
