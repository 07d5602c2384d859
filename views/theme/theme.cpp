#include "views/theme/theme.h"

#include "views/theme/style.h"

#include <QApplication>
#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>
#include <QPainter>
#include <QPalette>
#include <QSvgRenderer>
#include <QWidget>

namespace clew::views {

namespace {

const char* jsonKey(ThemeName name) {
    switch (name) {
    case ThemeName::Light: return "light";
    case ThemeName::Dark: return "dark";
    case ThemeName::HighContrast: return "hc";
    }
    return "light";
}

QJsonObject designTokens() {
    QFile file(QStringLiteral(":/tokens.json"));
    if (!file.open(QIODevice::ReadOnly)) return {};
    return QJsonDocument::fromJson(file.readAll()).object();
}

QPalette paletteOf(const Colours& c) {
    QPalette palette;
    palette.setColor(QPalette::Window, c.window);
    palette.setColor(QPalette::WindowText, c.text);
    palette.setColor(QPalette::Base, c.base);
    palette.setColor(QPalette::AlternateBase, c.raised);
    palette.setColor(QPalette::Text, c.text);
    palette.setColor(QPalette::PlaceholderText, c.text3);
    palette.setColor(QPalette::Button, c.base);
    palette.setColor(QPalette::ButtonText, c.text);
    palette.setColor(QPalette::BrightText, c.err);
    palette.setColor(QPalette::Highlight, c.sel);
    palette.setColor(QPalette::HighlightedText, c.text);
    palette.setColor(QPalette::Link, c.acc);
    palette.setColor(QPalette::LinkVisited, c.acc);
    palette.setColor(QPalette::ToolTipBase, c.base);
    palette.setColor(QPalette::ToolTipText, c.text);
    palette.setColor(QPalette::Light, c.raised);
    palette.setColor(QPalette::Midlight, c.line);
    palette.setColor(QPalette::Mid, c.line2);
    palette.setColor(QPalette::Dark, c.line2);
    palette.setColor(QPalette::Shadow, c.line2);
    for (const auto role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText})
        palette.setColor(QPalette::Disabled, role, c.dis);
    return palette;
}

} // namespace

Theme::Theme(ThemeName name, QObject* parent)
    : QObject(parent)
    , m_name(name) {
    load();
}

void Theme::load() {
    const QJsonObject all = designTokens();
    const QJsonObject colours = all[QLatin1String("colours")][QLatin1String(jsonKey(m_name))].toObject();
    const auto colour = [&](const char* key) { return QColor(colours[QLatin1String(key)].toString()); };
#define CLEW_COLOUR(key) m_colours.key = colour(#key)
    CLEW_COLOUR(window);
    CLEW_COLOUR(base);
    CLEW_COLOUR(raised);
    CLEW_COLOUR(hover);
    CLEW_COLOUR(sel);
    CLEW_COLOUR(sel0);
    CLEW_COLOUR(line);
    CLEW_COLOUR(line2);
    CLEW_COLOUR(ctl);
    CLEW_COLOUR(text);
    CLEW_COLOUR(text2);
    CLEW_COLOUR(text3);
    CLEW_COLOUR(dis);
    CLEW_COLOUR(acc);
    CLEW_COLOUR(onacc);
    CLEW_COLOUR(err);
    CLEW_COLOUR(errbg);
    CLEW_COLOUR(warn);
    CLEW_COLOUR(warnbg);
    CLEW_COLOUR(ok);
    CLEW_COLOUR(okbg);
    CLEW_COLOUR(add);
    CLEW_COLOUR(del);
    CLEW_COLOUR(addt);
    CLEW_COLOUR(delt);
    CLEW_COLOUR(thread);
    CLEW_COLOUR(grid);
#undef CLEW_COLOUR
    const QJsonObject kinds = all[QLatin1String("kinds")][QLatin1String(jsonKey(m_name))].toObject();
    for (int i = 0; i < kKindCount; ++i) {
        const std::string_view name = kind_name(static_cast<Kind>(i));
        m_kinds[i] =
            QColor(kinds[QLatin1String(name.data(), static_cast<qsizetype>(name.size()))].toString());
    }
    m_kinds[kKindCount] = QColor(kinds[QLatin1String("mcp")].toString());
    m_icons.clear();
}

void Theme::setName(ThemeName name) {
    if (name == m_name) return;
    m_name = name;
    load();
    if (m_application) applyTo(*m_application);
    emit changed();
}

void Theme::setTextScale(qreal scale) {
    scale = qBound(1.0, scale, 2.0);
    if (qFuzzyCompare(scale, m_textScale)) return;
    m_textScale = scale;
    m_icons.clear();
    if (m_application) applyTo(*m_application);
    emit changed();
}

void Theme::applyTo(QApplication& application) {
    m_application = &application;
    application.setFont(font(Text::Body));
    application.setPalette(paletteOf(m_colours));
    application.setStyle(new Style(*this)); // the application owns and replaces it
}

QColor Theme::kind(Kind kind, bool mcp) const {
    return m_kinds[mcp ? kKindCount : static_cast<int>(kind)];
}

QString Theme::kindIcon(Kind kind, bool mcp) {
    if (mcp) return QStringLiteral("kind-mcp");
    const std::string_view name = kind_name(kind);
    return QLatin1String("kind-") + QLatin1String(name.data(), static_cast<qsizetype>(name.size()));
}

QFont Theme::font(Text text) const {
    static const QStringList kUi = {"Inter",     "Segoe UI",  "SF Pro Text",
                                    "Noto Sans", "Cantarell", "DejaVu Sans"};
    static const QStringList kMono = {"JetBrains Mono", "Cascadia Mono", "SF Mono", "Noto Sans Mono",
                                      "DejaVu Sans Mono"};
    QFont font;
    const bool mono = text == Text::Mono || text == Text::MonoSmall;
    font.setFamilies(mono ? kMono : kUi);
    int pixels = 13;
    switch (text) {
    case Text::Body: break;
    case Text::Strong: font.setWeight(QFont::DemiBold); break;
    case Text::Small: pixels = 11; break;
    case Text::SmallStrong:
        pixels = 11;
        font.setWeight(QFont::DemiBold);
        break;
    case Text::Mono: pixels = 12; break;
    case Text::MonoSmall: pixels = 11; break;
    case Text::Figure:
        pixels = 20;
        font.setWeight(QFont::DemiBold);
        break;
    }
    font.setPixelSize(px(pixels));
    if (mono) font.setFixedPitch(true);
    font.setHintingPreference(QFont::PreferNoHinting);
    return font;
}

QPixmap Theme::icon(const QString& name, const QColor& colour, int size, qreal devicePixelRatio) const {
    const QString key =
        QStringLiteral("%1/%2/%3/%4").arg(name, colour.name(QColor::HexArgb)).arg(size).arg(devicePixelRatio);
    if (const auto it = m_icons.constFind(key); it != m_icons.constEnd()) return *it;

    QFile file(QStringLiteral(":/icons/%1.svg").arg(name));
    QPixmap pixmap(QSize(size, size) * devicePixelRatio);
    pixmap.setDevicePixelRatio(devicePixelRatio);
    pixmap.fill(Qt::transparent);
    if (file.open(QIODevice::ReadOnly)) {
        QByteArray bytes = file.readAll();
        bytes.replace("currentColor", colour.name().toUtf8());
        QSvgRenderer renderer(bytes);
        QPainter painter(&pixmap);
        renderer.render(&painter, QRectF(0, 0, size, size));
    }
    m_icons.insert(key, pixmap);
    return pixmap;
}

QIcon Theme::buttonIcon(const QString& name) const {
    QIcon icon;
    for (const qreal ratio : {1.0, 2.0}) {
        icon.addPixmap(this->icon(name, m_colours.text, px(16), ratio), QIcon::Normal, QIcon::Off);
        icon.addPixmap(this->icon(name, m_colours.base, px(16), ratio), QIcon::Normal, QIcon::On);
        icon.addPixmap(this->icon(name, m_colours.dis, px(16), ratio), QIcon::Disabled, QIcon::Off);
    }
    return icon;
}

} // namespace clew::views
