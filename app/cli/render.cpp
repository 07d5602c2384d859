// clew render --view V FILE|TRACE -o OUT: a picture without a screen.

#include "app/gui/render.h"

#include "app/cli/command_line.h"
#include "app/version.h"

#include <QApplication>

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <map>

namespace clew::app {

namespace {

const std::map<std::string, views::ThemeName> kThemes = {{"light", views::ThemeName::Light},
                                                         {"dark", views::ThemeName::Dark},
                                                         {"high-contrast", views::ThemeName::HighContrast}};

struct Options {
    std::vector<std::string> targets;
    std::string output, size = "1280x800", span, filter;
    std::string view = "trace";
    views::ThemeName theme = views::ThemeName::Light;
    double scale = 1;
};

Result<RenderOptions> render_options(const Options& options) {
    RenderOptions out;
    const auto view = renderViewFromName(options.view);
    if (!view)
        return Error{
            "usage",
            {fmt::format("“{}” is no view: trace, tree, waterfall, details, runs, minimap, costs or live.",
                         options.view)},
            {}};
    out.view = *view;
    int width = 0, height = 0;
    char x = 0, rest = 0;
    if (std::sscanf(options.size.c_str(), "%d%c%d%c", &width, &x, &height, &rest) != 3 || x != 'x' ||
        width < 16 || height < 16 || width > 16384 || height > 16384)
        return Error{"usage", {fmt::format("“{}” is no size: write 1280x800.", options.size)}, {}};
    out.size = QSize(width, height);
    if (!(options.scale >= 0.5 && options.scale <= 4))
        return Error{"usage", {"--scale takes a number from 0.5 to 4."}, {}};
    out.scale = options.scale;
    out.theme = options.theme;
    out.filter = options.filter;
    return out;
}

// The pages that show many runs take any number of files, or the store; the others one file or id.
Result<Target> open_all(const CommandLine& line, const Options& options, RenderView view) {
    if (view != RenderView::Costs) {
        if (options.targets.size() != 1) return Error{"usage", {"This view takes one FILE or TRACE."}, {}};
        return open_target(line, options.targets.front());
    }
    Target target;
    auto store = open_store_for(line, options.targets);
    if (!store) return store.error();
    target.store = std::move(*store);
    if (options.targets.empty()) return target;
    auto imported = import_files(*target.store, options.targets, {});
    if (!imported) return imported.error();
    if (imported->sources.empty())
        return Error{"format.nothing_read", {options.targets.front(), "it holds no trace"}, {}};
    return target;
}

int run(const CommandLine& line, const Options& options) {
    auto request = render_options(options);
    if (!request) return failed(request.error());
    auto target = open_all(line, options, request->view);
    if (!target) return failed(target.error());
    request->trace = target->trace;
    request->span = target->span;
    if (!options.span.empty()) {
        auto span = target->store->traces().resolve(to_hex(target->trace) + "/" + options.span);
        if (!span) return failed(span.error());
        request->span = span->span;
    }

    ::setenv("QT_QPA_PLATFORM", "offscreen", 1);
    // The offscreen platform warns of what a window would want of a screen.
    qInstallMessageHandler([](QtMsgType type, const QMessageLogContext&, const QString& text) {
        if (type == QtCriticalMsg || type == QtFatalMsg) fmt::print(stderr, "clew: {}\n", text.toStdString());
    });
    int argc = 1;
    char name[] = "clew";
    char* argv[] = {name, nullptr};
    QApplication application(argc, argv);
    QApplication::setApplicationName(QStringLiteral("clew"));
    if (auto rendered = renderToFile(*target->store, *request, options.output); !rendered)
        return failed(rendered.error());
    return 0;
}

} // namespace

void add_render(CLI::App& root, CommandLine& line) {
    auto options = std::make_shared<Options>();
    CLI::App* command = root.add_subcommand("render", "Write a picture of a trace or of the runs");
    command->add_option(
        "FILE|TRACE", options->targets,
        "A file, an id, or a unique prefix of one; of the costs any number of files, or none");
    command->add_option("--view", options->view,
                        "trace, tree, waterfall, details, runs, minimap, costs or live");
    command->add_option("-o,--output", options->output, "OUT.png or OUT.svg")->required();
    command->add_option("--span", options->span, "The selected span");
    command->add_option("--size", options->size, "Width x height in pixels (1280x800)");
    command->add_option("--scale", options->scale, "Device pixels per pixel (1)");
    command->add_option("--filter", options->filter, "Of the runs");
    command->add_option("--theme", options->theme, "light, dark or high-contrast")
        ->transform(CLI::CheckedTransformer(kThemes));
    command->callback([&line, options] { line.chosen = [&line, options] { return run(line, *options); }; });
}

} // namespace clew::app
