// Which colour is whose, in lines that break where the chart ends. GUI thread.
#pragma once

#include "views/theme/theme.h"

#include <QWidget>

#include <vector>

namespace clew::views {

class ChartLegend : public QWidget {
    Q_OBJECT

public:
    struct Entry {
        QString text;
        int place = -1; // seriesColour()
        bool hatched = false;
        bool operator==(const Entry&) const = default;
    };

    explicit ChartLegend(const Theme& theme, QWidget* parent = nullptr);
    void setEntries(std::vector<Entry> entries);
    [[nodiscard]] const std::vector<Entry>& entries() const { return m_entries; }
    [[nodiscard]] bool hasHeightForWidth() const override { return true; }
    [[nodiscard]] int heightForWidth(int width) const override;
    [[nodiscard]] QSize sizeHint() const override { return {m_theme.px(320), heightForWidth(width())}; }

protected:
    bool event(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    struct Place {
        QRect rect;
        QString text; // elided
    };
    [[nodiscard]] std::vector<Place> places(int width) const;

    const Theme& m_theme;
    std::vector<Entry> m_entries;
};

} // namespace clew::views
