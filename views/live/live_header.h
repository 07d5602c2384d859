// The strip under the page bar: whether Clew listens, what came so far, and Follow, Pause and Clear. GUI
// thread.
#pragma once

#include "views/live/live_words.h"
#include "views/runs/widgets.h"

#include <vector>

namespace clew::views {

class Switch;

// Figures in one line; the less telling ones go where there is no room, never half of one.
class FigureStrip : public QWidget {
    Q_OBJECT

public:
    explicit FigureStrip(const Theme& theme, QWidget* parent = nullptr);
    void setFigures(std::vector<LiveFigure> figures);
    [[nodiscard]] QStringList shown() const; // those that have room
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override { return {0, 0}; }

protected:
    bool event(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;

private:
    struct Place {
        const LiveFigure* figure;
        QRectF rect;
    };
    [[nodiscard]] qreal widthOf(const LiveFigure& figure) const;
    [[nodiscard]] std::vector<Place> places() const;

    const Theme& m_theme;
    std::vector<LiveFigure> m_figures;
};

class LiveHeader : public Surface {
    Q_OBJECT

public:
    explicit LiveHeader(const Theme& theme, QWidget* parent = nullptr);
    void setStatus(const LiveStatus& status);
    void setFollowing(bool on);

    [[nodiscard]] QString headline() const { return m_headline->fullText(); }
    [[nodiscard]] FigureStrip* figures() const { return m_figures; }
    [[nodiscard]] Switch* followSwitch() const { return m_follow; }
    [[nodiscard]] ThemedButton* pauseButton() const { return m_pause; }
    [[nodiscard]] ThemedButton* clearButton() const { return m_clear; }

signals:
    void followToggled(bool on);
    void pauseToggled(bool paused);
    void clearWanted();

private:
    void restyle();

    const Theme& m_theme;
    QLabel* m_icon;
    ElidedLabel* m_headline;
    FigureStrip* m_figures;
    Switch* m_follow;
    ThemedButton* m_pause;
    ThemedButton* m_clear;
    bool m_listening = false, m_paused = false, m_loopback = true;
};

} // namespace clew::views
