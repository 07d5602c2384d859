// Title line of the trace pane: icon, name, detail; counts, tokens, cost; badges for errors and silent
// failures. GUI thread.
#pragma once

#include "model/trace/finding.h"
#include "views/theme/theme.h"
#include "views/trace/trace_picture.h"

#include <QWidget>

#include <optional>
#include <vector>

namespace clew::views {

class ThemedButton;

class TraceHeader : public QWidget {
    Q_OBJECT

public:
    explicit TraceHeader(const Theme& theme, QWidget* parent = nullptr);

    void setPicture(TracePicturePtr picture);
    // While nothing is there yet: "184k spans", in place of everything else; empty = nothing to say.
    void setLoading(const QString& text);
    // How many errors and warnings the rules found; nullopt = not known yet.
    void setFindings(std::optional<FindingCounts> counts);
    [[nodiscard]] ThemedButton* findingsButton() const { return m_findings; }
    [[nodiscard]] QString summary() const; // the same in words

    [[nodiscard]] QSize sizeHint() const override;

signals:
    void errorsClicked();
    void findingsClicked();

protected:
    bool event(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;

private:
    struct Piece {
        QString text;
        QColor colour;
        qreal gap = 0; // before it
    };
    [[nodiscard]] std::vector<Piece> pieces(int detail) const; // fewer as `detail` falls from 2 to 0
    [[nodiscard]] qreal widthOf(const std::vector<Piece>& pieces) const;
    int paintBadges(QPainter& painter, int right);
    void updateWords();
    void placeButton();

    const Theme& m_theme;
    TracePicturePtr m_picture;
    QString m_loading;
    QRect m_badges;
    ThemedButton* m_findings;
    std::optional<FindingCounts> m_counts;
};

} // namespace clew::views
