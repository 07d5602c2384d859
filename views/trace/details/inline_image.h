// Images that came with a message. Only data: addresses are read, within limits; nothing is ever fetched.
// Pure.
#pragma once

#include <QImage>
#include <QString>

#include <string>

namespace clew::views {

struct InlineImage {
    QImage image;   // null where it is not shown
    QString reason; // then: why, as text in its place
};

InlineImage inlineImage(const std::string& uri, const std::string& mime);

} // namespace clew::views
