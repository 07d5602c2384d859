// What the Costs page writes to files: the numbers as CSV (all groups, also those that the table leaves out),
// the page as a picture. Pictures need the GUI thread.
#pragma once

#include "model/base/result.h"
#include "model/store/usage.h"

#include <QByteArray>
#include <QString>

class QWidget;

namespace clew::views {

// A line for each group. What is not known is empty; money in USD with every digit, times in ns.
QByteArray usageCsv(const UsageAnswer& answer, UsageBy by);
// A line for each step and group that has calls in it.
QByteArray usageStepsCsv(const UsageAnswer& answer, UsageBy by);
// The widget as it stands; PNG at twice its size.
QByteArray pictureOf(QWidget& widget, bool svg);

// Whole or not at all.
Result<void> writeWhole(const QString& path, const QByteArray& bytes);

} // namespace clew::views
