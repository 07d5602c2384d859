// “Point an SDK here”: the line that each SDK needs, for the shell one uses, to be copied. GUI thread.
#pragma once

#include "views/live/sdk_lines.h"
#include "views/runs/widgets.h"

#include <QWidget>

namespace clew::views {

class SectionHeader;

// A line to copy, coloured, cut at its end where there is no room.
class SdkLine : public QWidget {
    Q_OBJECT

public:
    explicit SdkLine(const Theme& theme, QWidget* parent = nullptr);
    void setPieces(std::vector<SdkPiece> pieces);
    void setMarked(bool marked); // it is what was copied
    void setSmall(bool small);   // where there is little room
    [[nodiscard]] QString text() const { return m_text; }
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    const Theme& m_theme;
    std::vector<SdkPiece> m_pieces;
    QString m_text;
    bool m_marked = false;
    bool m_small = false;
};

// A flat button that opens a menu: its word, then a chevron.
class MenuButton : public QPushButton {
    Q_OBJECT

public:
    explicit MenuButton(const Theme& theme, QWidget* parent = nullptr);
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override { return sizeHint(); }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    const Theme& m_theme;
};

class SdkPanel : public QWidget {
    Q_OBJECT

public:
    explicit SdkPanel(const Theme& theme, QWidget* parent = nullptr);
    void setEndpoint(const QString& endpoint); // "http://127.0.0.1:4318"
    void setHttpOff(bool off);                 // every line sends by HTTP
    void setShell(Shell shell);
    [[nodiscard]] Shell shell() const { return m_shell; }
    void copy(int sdk);                                   // from 0
    [[nodiscard]] int copied() const { return m_copied; } // -1 = none
    [[nodiscard]] ThemedButton* copyButton(int sdk) const {
        return m_rows[static_cast<std::size_t>(sdk)].button;
    }
    [[nodiscard]] QString line(int sdk) const { return m_rows[static_cast<std::size_t>(sdk)].line->text(); }

signals:
    void said(const QString& sentence);
    void shellChanged(int shell);

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    void fill();
    void sizeRows();
    void setCopied(int sdk);

    struct Row {
        ThemedLabel* name;
        SdkLine* line;
        ThemedButton* button;
    };
    const Theme& m_theme;
    SectionHeader* m_header;
    MenuButton* m_shellButton;
    std::vector<Row> m_rows;
    QString m_endpoint;
    Shell m_shell = Shell::Bash;
    int m_copied = -1;
    bool m_httpOff = false;
};

} // namespace clew::views
