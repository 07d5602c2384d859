// Colours, fonts and icons of every view: the one place that knows how Clew looks (resources/tokens.json).
//
// Application owns one Theme and hands it out by reference (ViewContext). Views read it while painting and
// repaint on changed(). GUI thread only.
#pragma once

#include "model/trace/kind.h"

#include <QColor>
#include <QFont>
#include <QHash>
#include <QIcon>
#include <QObject>
#include <QPixmap>
#include <QString>

class QApplication;
class QPainter;
class QWidget;

namespace clew::views {

enum class ThemeName { Light, Dark, HighContrast };

// Names are those of tokens.json.
struct Colours {
    QColor window, base, raised, hover, sel, sel0, line, line2, ctl, text, text2, text3, dis, acc, onacc, err,
        errbg, warn, warnbg, ok, okbg, add, del, addt, delt, thread, grid;
};

class Theme : public QObject {
    Q_OBJECT

public:
    explicit Theme(ThemeName name = ThemeName::Light, QObject* parent = nullptr);

    [[nodiscard]] ThemeName name() const { return m_name; }
    void setName(ThemeName name);
    // 1.0 to 2.0; pixel sizes of fonts and rows are multiplied by it.
    [[nodiscard]] qreal textScale() const { return m_textScale; }
    void setTextScale(qreal scale);

    // Sets style, palette and font of the application, and again whenever the theme changes.
    void applyTo(QApplication& application);

    [[nodiscard]] const Colours& colours() const { return m_colours; }
    [[nodiscard]] QColor kind(Kind kind, bool mcp = false) const;
    [[nodiscard]] bool isHighContrast() const { return m_name == ThemeName::HighContrast; }
    // Width of lines that carry meaning: 1, in high contrast 2.
    [[nodiscard]] int lineWidth() const { return isHighContrast() ? 2 : 1; }

    enum class Text { Body, Strong, Small, SmallStrong, Mono, MonoSmall, Figure };
    [[nodiscard]] QFont font(Text text) const;
    [[nodiscard]] int px(int pixels) const { return qRound(pixels * m_textScale); }

    // An icon of resources/icons ("kind-llm", "thumbs-up") in one colour, crisp at the device pixel ratio;
    // cached.
    [[nodiscard]] QPixmap icon(const QString& name, const QColor& colour, int size,
                               qreal devicePixelRatio) const;
    // For buttons and actions: text colour, `base` when on, `dis` when disabled. Build again on changed().
    [[nodiscard]] QIcon buttonIcon(const QString& name) const;
    [[nodiscard]] static QString kindIcon(Kind kind, bool mcp = false);

signals:
    void changed();

private:
    void load();

    ThemeName m_name;
    qreal m_textScale = 1.0;
    Colours m_colours;
    QColor m_kinds[kKindCount + 1]; // the last is mcp
    QApplication* m_application = nullptr;
    mutable QHash<QString, QPixmap> m_icons;
};

} // namespace clew::views
