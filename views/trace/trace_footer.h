// Bottom line of the trace pane: length of the critical path, self time, gaps, how fast the calls answered,
// and the keys that move through the waterfall; each key cap can be clicked. GUI thread.
#pragma once

#include "views/theme/theme.h"
#include "views/trace/trace_picture.h"

#include <QWidget>

#include <vector>

namespace clew::views {

class TraceFooter : public QWidget {
    Q_OBJECT

public:
    explicit TraceFooter(const Theme& theme, QWidget* parent = nullptr);

    void setPicture(TracePicturePtr picture);
    void setPathShown(bool shown);

    [[nodiscard]] QSize sizeHint() const override;

signals:
    void commandClicked(const QString& command); // id of the key table: "time.zoomIn"

protected:
    bool event(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;

private:
    struct Cap {
        QRectF rect;
        const char* command;
    };
    [[nodiscard]] const Cap* capAt(QPointF at) const;
    [[nodiscard]] QString gapWords() const;  // empty where something always ran
    [[nodiscard]] QString rateWords() const; // first token and tokens per second; empty where not known

    const Theme& m_theme;
    TracePicturePtr m_picture;
    bool m_pathShown = true;
    qreal m_figuresEnd = 0;
    QRectF m_gapRect;        // as painted; empty = none
    std::vector<Cap> m_caps; // as painted
};

} // namespace clew::views
