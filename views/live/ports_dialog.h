// Which ports are open: HTTP and gRPC, each on its own or off. GUI thread.
#pragma once

#include "model/base/result.h"
#include "views/theme/theme.h"

#include <QDialog>

class QCheckBox;
class QGridLayout;
class QLineEdit;

namespace clew::views {

class LiveFeed;
class ThemedButton;
class ThemedLabel;

class PortsDialog : public QDialog {
    Q_OBJECT

public:
    // The ports that are open, or, where none is, those that are offered.
    PortsDialog(const Theme& theme, LiveFeed& feed, quint16 http, quint16 grpc, QWidget* parent = nullptr);
    [[nodiscard]] quint16 http() const { return portOf(m_http); }
    [[nodiscard]] quint16 grpc() const { return portOf(m_grpc); }
    void setPorts(quint16 http, quint16 grpc); // 0 = off
    // What went wrong; the dialog stays open with it.
    [[nodiscard]] QString troubleText() const;

public slots:
    void apply();

private:
    struct Port {
        QCheckBox* on;
        QLineEdit* number;
    };
    static quint16 portOf(const Port& port); // 0 = off or no number
    Port addPort(QGridLayout& grid, const QString& title, const QString& what);
    void check();
    void showTrouble(const QString& text);

    const Theme& m_theme;
    LiveFeed& m_feed;
    Port m_http{}, m_grpc{};
    ThemedLabel* m_trouble;
    ThemedButton* m_listen;
    ThemedButton* m_stop;
};

} // namespace clew::views
