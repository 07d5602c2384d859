#include "views/trace/details/tool_definitions.h"

#include "views/trace/details/json_text.h"
#include "views/trace/details/message_part.h"
#include "views/trace/details/step_documents.h"

#include <QStringList>

#include <utility>

namespace clew::views {

namespace {

void addDefinition(FlowDocument& document, const ToolDefinition& tool, const QString& key,
                   const BuildOptions& options) {
    FlowBlock row;
    row.type = BlockType::Row;
    row.key = key;
    row.above = 4;
    row.icon = QStringLiteral("kind-tool");
    row.kindIcon = static_cast<int>(Kind::tool);
    row.cells = {caption(fromUtf8(tool.name), Face::SmallStrong, Tone::Text, true)};
    document.add(std::move(row));
    FlowBlock body;
    body.indent = 22;
    if (!tool.description.empty()) {
        body.key = key + QLatin1String("/text");
        addFolded(document, body, caption(fromUtf8(tool.description), Face::Small, Tone::Text2, true),
                  key + QLatin1String("/all"), options.fold, kInputFold,
                  static_cast<qint64>(tool.description.size()));
    }
    if (!tool.parameters_json.empty()) {
        body.key = key + QLatin1String("/json");
        addFolded(document, body, valueText(tool.parameters_json, options.columns - 4),
                  key + QLatin1String("/params"), options.fold, kInputFold,
                  static_cast<qint64>(tool.parameters_json.size()));
    }
}

} // namespace

void addToolDefinitions(FlowDocument& document, const std::vector<ToolDefinition>& tools,
                        const PromptSize& size, const BuildOptions& options) {
    if (tools.empty()) return;
    const QString key = QStringLiteral("tools");
    QStringList names;
    for (const ToolDefinition& tool : tools)
        names << fromUtf8(tool.name);
    const bool open = options.fold.isOpen(key);
    document.add(
        foldRow(options.fold, key,
                names.size() == 1 ? QStringLiteral("1 tool") : QStringLiteral("%1 tools").arg(names.size()),
                open ? QString() : names.join(QStringLiteral(", ")), promptSizeText(size)));
    if (!open) return;
    int index = 0;
    for (const ToolDefinition& tool : tools)
        addDefinition(document, tool, QStringLiteral("tools/%1").arg(index++), options);
    document.blocks.back().below = 8;
}

} // namespace clew::views
