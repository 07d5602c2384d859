// The bar that shows what filled a call's prompt: parts in hues, a bracket under what came from the cache, a
// legend that wraps. One block of a FlowDocument (BlockType::Composition); laid out and painted here. GUI
// thread.
#pragma once

#include "views/trace/details/flow_document.h"

#include <QPointF>
#include <QRectF>

#include <vector>

class QPainter;

namespace clew::views {

class Theme;

// Rectangles from the block's top left.
struct PromptBar {
    std::vector<QRectF> parts; // of the bar, as the block's shares
    std::vector<QRectF> items; // of the legend, likewise
    QRectF bracket;            // empty where nothing is cached
    QRectF note;
    qreal height = 0; // from the block's content top

    // Which share stands at a point, in the bar or the legend; -1 = none.
    [[nodiscard]] int shareAt(QPointF point) const;
    // What a focus ring goes around.
    [[nodiscard]] QRectF shareRect(int share) const;
};

PromptBar layPromptBar(const Theme& theme, const FlowBlock& block, qreal left, qreal right, qreal top);

// `marked`: the share under the pointer or with the focus, -1 = none.
void paintPromptBar(QPainter& painter, const Theme& theme, const FlowBlock& block, const PromptBar& bar,
                    QPointF at, int marked);

} // namespace clew::views
