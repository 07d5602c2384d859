// The line over a part of a page: its title, a word beside it, and what can be done at its right end. GUI
// thread.
#pragma once

#include "views/runs/widgets.h"

class QHBoxLayout;

namespace clew::views {

class SectionHeader : public Surface {
    Q_OBJECT

public:
    // `sides` as of Surface: the first of a column has no line above it.
    SectionHeader(const Theme& theme, const QString& title, int sides, QWidget* parent = nullptr);
    void setTitle(const QString& title) { m_title->setText(title); }
    void setSubtitle(const QString& text) { m_subtitle->setFullText(text); }
    [[nodiscard]] QString subtitle() const { return m_subtitle->fullText(); }
    void addRight(QWidget* widget);

private:
    ThemedLabel* m_title;
    ElidedLabel* m_subtitle;
    QHBoxLayout* m_row;
};

// What a part of a page says while it has nothing to show.
QWidget* emptyWords(const Theme& theme, const QString& first, const QString& second);

} // namespace clew::views
