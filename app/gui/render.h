// Pictures without a screen: what `clew render` and the tests write. Needs a QGuiApplication (offscreen will
// do).
//
// Blocks until the answers it shows have come; GUI thread.
#pragma once

#include "model/base/result.h"
#include "model/store/store.h"
#include "views/theme/theme.h"

#include <QImage>
#include <QSize>

#include <string>

class QWidget;

namespace clew::views {
class LiveFeed;
}

namespace clew::app {

enum class RenderView { Trace, Tree, Waterfall, Details, Runs, Minimap, FirstRun, Costs, Live };

struct RenderOptions {
    RenderView view = RenderView::Trace;
    TraceId trace; // invalid = the newest
    SpanId span;   // invalid = the root
    QSize size{1280, 800};
    double scale = 1.0; // device pixels per pixel
    views::ThemeName theme = views::ThemeName::Light;
    std::string filter;              // of the runs
    views::LiveFeed* live = nullptr; // what the Live page shows; null = one that does not listen
};

// "trace", "tree" … as in `clew render --view`; nullopt for others.
std::optional<RenderView> renderViewFromName(std::string_view name);

// The picture as an image.
Result<QImage> renderImage(Store& store, const RenderOptions& options);
// Writes PNG or, where `path` ends in .svg, SVG.
Result<void> renderToFile(Store& store, const RenderOptions& options, const std::string& path);

} // namespace clew::app
