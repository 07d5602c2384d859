#include "views/live/sdk_lines.h"

#include <array>

namespace clew::views {

QString shellName(Shell shell) {
    switch (shell) {
    case Shell::Bash: return QStringLiteral("bash");
    case Shell::PowerShell: return QStringLiteral("PowerShell");
    case Shell::DotEnv: return QStringLiteral(".env");
    }
    return {};
}

std::span<const Sdk> sdks() {
    // SDKs that insist on keys take any: nobody checks them here. The protocol is named where an SDK's
    // default differs from release to release; the endpoint is the HTTP one.
    static const std::array<Sdk, 5> kSdks = {
        Sdk{QStringLiteral("OpenTelemetry"),
            QStringLiteral("Vercel AI SDK, OpenLLMetry, Logfire, OpenLIT and others that send OTLP"),
            {{QStringLiteral("OTEL_EXPORTER_OTLP_ENDPOINT"), QStringLiteral("%1")},
             {QStringLiteral("OTEL_EXPORTER_OTLP_PROTOCOL"), QStringLiteral("http/protobuf")}}},
        Sdk{QStringLiteral("OpenInference"),
            QStringLiteral("Phoenix clients"),
            {{QStringLiteral("PHOENIX_COLLECTOR_ENDPOINT"), QStringLiteral("%1")}}},
        Sdk{QStringLiteral("LangSmith"),
            QStringLiteral("LangChain and LangGraph"),
            {{QStringLiteral("LANGSMITH_ENDPOINT"), QStringLiteral("%1")},
             {QStringLiteral("LANGSMITH_TRACING"), QStringLiteral("true")},
             {QStringLiteral("LANGSMITH_API_KEY"), QStringLiteral("local")}}},
        Sdk{QStringLiteral("Langfuse"),
            {},
            {{QStringLiteral("LANGFUSE_BASE_URL"), QStringLiteral("%1")},
             {QStringLiteral("LANGFUSE_PUBLIC_KEY"), QStringLiteral("pk-lf-local")},
             {QStringLiteral("LANGFUSE_SECRET_KEY"), QStringLiteral("sk-lf-local")}}},
        Sdk{QStringLiteral("Claude Code"),
            {},
            {{QStringLiteral("OTEL_EXPORTER_OTLP_ENDPOINT"), QStringLiteral("%1")},
             {QStringLiteral("OTEL_EXPORTER_OTLP_PROTOCOL"), QStringLiteral("http/protobuf")},
             {QStringLiteral("OTEL_LOGS_EXPORTER"), QStringLiteral("otlp")},
             {QStringLiteral("OTEL_TRACES_EXPORTER"), QStringLiteral("otlp")},
             {QStringLiteral("CLAUDE_CODE_ENABLE_TELEMETRY"), QStringLiteral("1")},
             {QStringLiteral("CLAUDE_CODE_ENHANCED_TELEMETRY_BETA"), QStringLiteral("1")}}}};
    return kSdks;
}

std::vector<SdkPiece> sdkPieces(const Sdk& sdk, Shell shell, const QString& endpoint) {
    std::vector<SdkPiece> pieces;
    const auto word = [&](const char* text) { pieces.push_back({SdkPiece::Word, QLatin1String(text)}); };
    if (shell == Shell::Bash) word("export ");
    bool first = true;
    for (const auto& variable : sdk.variables) {
        const QString value = variable.second == QLatin1String("%1") ? endpoint : variable.second;
        if (!first) word(shell == Shell::Bash ? " " : shell == Shell::PowerShell ? "; " : "\n");
        first = false;
        if (shell == Shell::PowerShell) word("$env:");
        pieces.push_back({SdkPiece::Variable, variable.first});
        word(shell == Shell::PowerShell ? "=\"" : "=");
        pieces.push_back({SdkPiece::Value, value});
        if (shell == Shell::PowerShell) word("\"");
    }
    return pieces;
}

QString sdkText(const Sdk& sdk, Shell shell, const QString& endpoint) {
    QString text;
    for (const SdkPiece& piece : sdkPieces(sdk, shell, endpoint))
        text += piece.text;
    return text;
}

} // namespace clew::views
