// The page “Live”: what Clew listens to, how an SDK is pointed here, what comes and who sends it. Shows a
// LiveFeed and asks it; the traces that run come from the store. GUI thread; context and feed outlive the
// page.
#pragma once

#include "model/trace/live_status.h"
#include "views/runs/widgets.h"
#include "views/view_context.h"

#include <QWidget>

class QBoxLayout;
class QScrollArea;

namespace clew::views {

class ClientTable;
class DurabilityPanel;
class EndpointTable;
class LiveFeed;
class LiveHeader;
class MessageCard;
class RateChart;
class RunningList;
class RunningModel;
class SdkPanel;
class SectionHeader;

class LivePage : public QWidget {
    Q_OBJECT

public:
    static constexpr int kBeside = 1100; // narrower than this, what comes stands below what is listened to

    LivePage(ViewContext& context, LiveFeed& feed, QWidget* parent = nullptr);
    ~LivePage() override;

    // Whether the newest run is followed is the window's to know; the page shows and changes it.
    void setFollowing(bool on);

    [[nodiscard]] LiveHeader* header() const { return m_header; }
    [[nodiscard]] MessageCard* message() const { return m_message; }
    [[nodiscard]] EndpointTable* endpoints() const { return m_endpoints; }
    [[nodiscard]] SdkPanel* sdk() const { return m_sdk; }
    [[nodiscard]] DurabilityPanel* durability() const { return m_durability; }
    [[nodiscard]] RateChart* chart() const { return m_chart; }
    [[nodiscard]] RunningList* runningList() const { return m_runningList; }
    [[nodiscard]] RunningModel* running() const { return m_running; }
    [[nodiscard]] ClientTable* clients() const { return m_clients; }
    [[nodiscard]] ThemedButton* startButton() const { return m_start; }
    [[nodiscard]] bool beside() const;

public slots:
    void togglePaused();
    void clear();
    void toggleFollowing();
    void startListening();
    void choosePorts();
    void chooseFolder();
    void follow(const QString& path);
    void refreshRunning(); // something was committed

signals:
    void traceWanted(clew::TraceId trace);
    void allRunsWanted();
    void followChanged(bool on);
    void said(const QString& sentence);

protected:
    void keyPressEvent(QKeyEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void showEvent(QShowEvent* event) override;

private:
    QWidget* makeNotice();
    QWidget* makeLeft();
    QWidget* makeRight();
    void arrange();
    void showStatus();
    void showRunning();
    void showTrouble(const QString& trouble);
    void listen(quint16 http, quint16 grpc);

    ViewContext& m_context;
    LiveFeed& m_feed;
    LiveHeader* m_header;
    MessageCard* m_message;
    QWidget* m_notice = nullptr;
    ThemedButton* m_start = nullptr;
    QScrollArea* m_scroll;
    QBoxLayout* m_columns = nullptr;
    Surface* m_left = nullptr;
    SectionHeader* m_endpointsHead = nullptr;
    EndpointTable* m_endpoints = nullptr;
    QWidget* m_noEndpoints = nullptr;
    SdkPanel* m_sdk = nullptr;
    DurabilityPanel* m_durability = nullptr;
    RateChart* m_chart = nullptr;
    SectionHeader* m_runningHead = nullptr;
    RunningModel* m_running;
    RunningList* m_runningList = nullptr;
    QWidget* m_noRuns = nullptr;
    SectionHeader* m_clientsHead = nullptr;
    ClientTable* m_clients = nullptr;
    QWidget* m_noClients = nullptr;
    quint16 m_http = 4318, m_grpc = 4317; // the last that were open
    QString m_trouble;                    // as it stands in the message card
};

} // namespace clew::views
