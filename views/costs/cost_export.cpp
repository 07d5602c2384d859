#include "views/costs/cost_export.h"

#include "model/base/csv.h"

#include <QBuffer>
#include <QImage>
#include <QPainter>
#include <QSaveFile>
#include <QSvgGenerator>
#include <QWidget>

#include <fmt/format.h>

#include <algorithm>

namespace clew::views {

namespace {

const char* dimensionKey(UsageBy by) {
    switch (by) {
    case UsageBy::model: return "model";
    case UsageBy::agent: return "agent";
    case UsageBy::tool: return "tool";
    case UsageBy::prompt: return "prompt";
    case UsageBy::session: return "session";
    }
    return "";
}

std::string exactUsd(const std::optional<PicoUsd>& amount) {
    if (!amount) return {};
    std::string text = fmt::format("{}.{:012}", *amount / kUsd, *amount % kUsd);
    text.erase(text.find_last_not_of('0') + 1);
    if (text.back() == '.') text.pop_back();
    return text;
}

std::string ifKnown(const std::optional<DurationNs>& value) {
    return value ? std::to_string(*value) : std::string();
}

void addNames(std::vector<std::string>& header) {
    for (const char* name : {"calls", "errors", "input_tokens", "cache_read_tokens", "cache_write_tokens",
                             "output_tokens", "cost_reported_usd", "cost_computed_usd", "unpriced_calls"})
        header.emplace_back(name);
}

void addCells(std::vector<std::string>& cells, const UsageSums& sums) {
    for (const std::int64_t count : {sums.calls, sums.errors, sums.input_tokens, sums.cache_read_tokens,
                                     sums.cache_write_tokens, sums.output_tokens})
        cells.push_back(std::to_string(count));
    cells.push_back(exactUsd(sums.reported));
    cells.push_back(exactUsd(sums.computed));
    cells.push_back(std::to_string(sums.unpriced_calls));
}

QByteArray bytesOf(const std::string& text) {
    return {text.data(), static_cast<qsizetype>(text.size())};
}

} // namespace

QByteArray usageCsv(const UsageAnswer& answer, UsageBy by) {
    std::string out;
    std::vector<std::string> header{dimensionKey(by), "runs"};
    addNames(header);
    header.insert(header.end(), {"latency_p50_ns", "latency_p95_ns"});
    append_csv_row(out, header);
    for (const UsageGroup& group : answer.groups) {
        std::vector<std::string> cells{group.key, std::to_string(group.runs)};
        addCells(cells, group.sums);
        cells.push_back(ifKnown(group.p50));
        cells.push_back(ifKnown(group.p95));
        append_csv_row(out, cells);
    }
    return bytesOf(out);
}

QByteArray usageStepsCsv(const UsageAnswer& answer, UsageBy by) {
    std::string out;
    std::vector<std::string> header{"start", dimensionKey(by)};
    addNames(header);
    append_csv_row(out, header);
    for (const UsageBar& bar : answer.bars) {
        for (std::size_t at = 0; at < std::min(bar.groups.size(), answer.groups.size()); ++at) {
            if (bar.groups[at].calls == 0) continue;
            std::vector<std::string> cells{iso8601(bar.start), answer.groups[at].key};
            addCells(cells, bar.groups[at]);
            append_csv_row(out, cells);
        }
    }
    return bytesOf(out);
}

QByteArray pictureOf(QWidget& widget, bool svg) {
    QByteArray bytes;
    QBuffer buffer(&bytes);
    buffer.open(QIODevice::WriteOnly);
    if (svg) {
        QSvgGenerator generator;
        generator.setOutputDevice(&buffer);
        generator.setSize(widget.size());
        generator.setViewBox(QRect(QPoint(0, 0), widget.size()));
        generator.setTitle(QStringLiteral("Clew"));
        QPainter painter(&generator);
        widget.render(&painter);
        painter.end();
    } else {
        constexpr qreal kScale = 2;
        QImage image(widget.size() * kScale, QImage::Format_ARGB32_Premultiplied);
        image.setDevicePixelRatio(kScale);
        image.fill(Qt::transparent);
        widget.render(&image);
        image.save(&buffer, "PNG");
    }
    return bytes;
}

Result<void> writeWhole(const QString& path, const QByteArray& bytes) {
    QSaveFile file(path);
    if (file.open(QIODevice::WriteOnly) && file.write(bytes) == bytes.size() && file.commit()) return {};
    return Error{"file.not_writable", {path.toStdString(), file.errorString().toStdString()}, {}};
}

} // namespace clew::views
