// What a person puts into a shell so that an SDK sends here. Any thread.
#pragma once

#include <QString>

#include <span>
#include <utility>
#include <vector>

namespace clew::views {

enum class Shell { Bash, PowerShell, DotEnv };
inline constexpr Shell kShells[] = {Shell::Bash, Shell::PowerShell, Shell::DotEnv};
QString shellName(Shell shell);

struct Sdk {
    QString name;
    QString hint; // what else takes the same line; may be empty
    // Variables and values, the telling one first; %1 in a value is the endpoint.
    std::vector<std::pair<QString, QString>> variables;
};
// Five, in the order of their keys.
std::span<const Sdk> sdks();

// A line as it is copied, in pieces, so that it can be coloured: one line for a shell that can, else several.
struct SdkPiece {
    enum Role { Word, Variable, Value } role;
    QString text;
};
std::vector<SdkPiece> sdkPieces(const Sdk& sdk, Shell shell, const QString& endpoint);
QString sdkText(const Sdk& sdk, Shell shell, const QString& endpoint);

} // namespace clew::views
