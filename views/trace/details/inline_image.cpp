#include "views/trace/details/inline_image.h"

#include "views/trace/details/flow_document.h"

#include <QBuffer>
#include <QByteArray>
#include <QImageReader>

namespace clew::views {

namespace {

constexpr std::size_t kMaxEncoded = 24u << 20;
constexpr qint64 kMaxPixels = 40'000'000;
constexpr int kMaxSide = 1200; // kept in memory; the pane is narrower

// By content, whatever the address claims. Vector formats may refer to other files and are not read.
const char* formatOf(const QByteArray& bytes) {
    if (bytes.startsWith("\x89PNG")) return "png";
    if (bytes.startsWith("\xFF\xD8\xFF")) return "jpeg";
    if (bytes.startsWith("GIF8")) return "gif";
    if (bytes.startsWith("BM")) return "bmp";
    if (bytes.startsWith("RIFF") && bytes.mid(8, 4) == "WEBP") return "webp";
    return nullptr;
}

} // namespace

InlineImage inlineImage(const std::string& uri, const std::string& mime) {
    const QString type =
        mime.empty() ? QStringLiteral("Image") : QStringLiteral("Image (%1)").arg(fromUtf8(mime));
    if (!uri.starts_with("data:"))
        return {{},
                uri.empty() ? QStringLiteral("%1 without content").arg(type)
                            : QStringLiteral("%1 at %2, not fetched").arg(type, fromUtf8(uri).left(500))};
    const QString size = bytesText(static_cast<qint64>(uri.size()));
    if (uri.size() > kMaxEncoded)
        return {{}, QStringLiteral("%1 of %2 is too large to show").arg(type, size)};
    const std::size_t comma = uri.find(',');
    if (comma == std::string::npos || uri.substr(0, comma).find(";base64") == std::string::npos)
        return {{}, QStringLiteral("%1 in an encoding that is not shown").arg(type)};
    QByteArray bytes = QByteArray::fromBase64(
        QByteArray::fromRawData(uri.data() + comma + 1, static_cast<qsizetype>(uri.size() - comma - 1)));
    const char* format = formatOf(bytes);
    if (!format) return {{}, QStringLiteral("%1, %2, is in a format that is not shown").arg(type, size)};
    QBuffer buffer(&bytes);
    QImageReader reader(&buffer, format);
    reader.setAutoDetectImageFormat(false);
    reader.setAutoTransform(true);
    const QSize pixels = reader.size();
    if (!pixels.isValid() || qint64(pixels.width()) * pixels.height() > kMaxPixels)
        return {{}, QStringLiteral("%1, %2, is too large to show").arg(type, size)};
    if (pixels.width() > kMaxSide || pixels.height() > kMaxSide)
        reader.setScaledSize(pixels.scaled(kMaxSide, kMaxSide, Qt::KeepAspectRatio));
    QImage image = reader.read();
    if (image.isNull())
        return {{}, QStringLiteral("%1, %2, is damaged: %3").arg(type, size, reader.errorString())};
    return {image, {}};
}

} // namespace clew::views
