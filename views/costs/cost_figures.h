// The row of figures over the Costs page: what is known, who says so, what has no price. Reported, computed
// and unpriced are never added up into one another. GUI thread.
#pragma once

#include "model/store/usage.h"
#include "views/runs/widgets.h"

#include <array>
#include <optional>

namespace clew::views {

// One figure: its name, the amount, and a line below that may be a link.
class CostFigure : public QWidget {
    Q_OBJECT

public:
    CostFigure(const Theme& theme, const QString& title, QWidget* parent = nullptr);
    // `tip`: the exact amount.
    void setValue(const QString& value, const QString& tip, bool warns = false);
    void setNote(const QString& note);
    void setLink(const QString& text); // instead of a note; "" = none
    [[nodiscard]] QString value() const { return m_value; }
    [[nodiscard]] QString note() const { return m_note->fullText(); }
    [[nodiscard]] LinkButton* link() const { return m_link; }
    [[nodiscard]] QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    void layOut();
    void describe();

    const Theme& m_theme;
    QString m_title, m_value;
    bool m_warns = false;
    ElidedLabel* m_note;
    LinkButton* m_link;
};

class CostFigures : public QWidget {
    Q_OBJECT

public:
    enum Which { Known, Reported, Computed, Unpriced, Tokens, PerRun, kFigures };

    explicit CostFigures(const Theme& theme, QWidget* parent = nullptr);
    // `before`: known cost of as long a time before; `days`: how that time is called ("the 30 days").
    void setAnswer(const UsageAnswer& answer, std::optional<PicoUsd> before, const QString& days,
                   const QString& priceTable);
    [[nodiscard]] CostFigure* figure(Which which) const { return m_figures[which]; }
    [[nodiscard]] ThemedButton* whatIf() const { return m_whatIf; }
    [[nodiscard]] ThemedButton* exportButton() const { return m_export; }

signals:
    void priceWanted(); // for what has none

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    void layOut();

    const Theme& m_theme;
    std::array<CostFigure*, kFigures> m_figures{};
    ThemedButton* m_whatIf;
    ThemedButton* m_export;
};

// "+18 % on the 30 days before"; "" where nothing is known of what was before.
QString changeText(PicoUsd now, PicoUsd before, const QString& days);

} // namespace clew::views
