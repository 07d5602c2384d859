// The head of the details: kind, name, where it stands; then what it took; then model and sampling. GUI
// thread.
#pragma once

#include "views/theme/theme.h"
#include "views/trace/details/details_data.h"

#include <QWidget>

#include <optional>
#include <vector>

class QToolButton;

namespace clew::views {

class SpanHeader : public QWidget {
    Q_OBJECT

public:
    explicit SpanHeader(Theme& theme, QWidget* parent = nullptr);

    void setData(DetailsPtr details, const QStringList& path); // null = nothing is selected
    [[nodiscard]] QString metricsText() const;                 // the second line as text
    [[nodiscard]] QString samplingText() const;

signals:
    void copyRequested();
    void linkRequested();

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    bool event(QEvent* event) override;

private:
    enum class Look { Value, Unit, Warn, Arrow };
    struct Piece {
        QString text;
        Look look = Look::Value;
        bool joined = false; // no gap before it
    };
    struct Metric {
        std::vector<Piece> pieces;
        QString tip;
        QString extra; // shown where it fits
    };
    void compute();
    void layOut();
    [[nodiscard]] qreal widthOf(const Metric& metric) const;

    Theme& m_theme;
    DetailsPtr m_data;
    QStringList m_path;
    QString m_kindName;
    std::vector<Metric> m_metrics;
    std::vector<QRectF> m_metricRects;
    QString m_sampling;
    QToolButton* m_copy;
    QToolButton* m_link;
};

} // namespace clew::views
