// Draws one finding: its severity, its rule, what was wasted, and the evidence in up to two lines. GUI
// thread.
#pragma once

#include "views/theme/theme.h"

#include <QStyledItemDelegate>

namespace clew::views {

struct SeverityLook {
    QString icon;
    QColor colour;
};
SeverityLook severityLook(const Theme& theme, int severity, bool silent);

class FindingDelegate : public QStyledItemDelegate {
    Q_OBJECT

public:
    explicit FindingDelegate(const Theme& theme, QObject* parent = nullptr)
        : QStyledItemDelegate(parent)
        , m_theme(theme) {}

    // Of the chosen finding: which of its spans was gone to last.
    void setStep(int step) { m_step = step; }

    void paint(QPainter* painter, const QStyleOptionViewItem& option,
               const QModelIndex& index) const override;
    [[nodiscard]] QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;

private:
    [[nodiscard]] QStringList evidenceLines(const QString& text, int width) const;

    const Theme& m_theme;
    int m_step = 0;
};

} // namespace clew::views
