// The findings of the open trace over the tree, below the header's button: rule, evidence, what was wasted.
// Enter or a click goes to the finding's span, and once more to its next one; Escape closes. GUI thread.
#pragma once

#include "views/findings/finding_list_model.h"
#include "views/findings/trace_findings.h"
#include "views/view_context.h"

#include <QWidget>

class QListView;

namespace clew::views {

class FindingDelegate;
class LinkButton;
class ThemedLabel;

class FindingsPanel : public QWidget {
    Q_OBJECT

public:
    // A child of `parent`, hidden; place() moves it there.
    FindingsPanel(ViewContext& context, TraceFindings& findings, QWidget* parent);

    [[nodiscard]] QListView* list() const { return m_list; }
    [[nodiscard]] FindingListModel& model() { return m_model; }
    [[nodiscard]] QString message() const; // instead of a list; empty where there is one
    [[nodiscard]] LinkButton* offButton() const { return m_off; }

    void open();  // takes the focus
    void close(); // gives it back to the parent
    // Shows the list, and goes to the next or the former finding, round and round.
    void step(int direction);
    // Its place below `top`, at the right, as large as its content needs and the parent has room.
    void place(int top);

signals:
    void spanWanted(clew::SpanId span);
    void ruleOffWanted(const QString& rule);
    void rulesWanted();
    void closed();

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    void showFindings();
    void go(int row);
    void showChosen();

    ViewContext& m_context;
    TraceFindings& m_findings;
    FindingListModel m_model;
    QListView* m_list;
    FindingDelegate* m_delegate;
    ThemedLabel* m_title;
    ThemedLabel* m_counts;
    ThemedLabel* m_message;
    LinkButton* m_off;
    LinkButton* m_rules;
    int m_top = 0;
    int m_row = -1; // whose span was gone to last
    int m_step = 0; // which of its spans, from 1
};

} // namespace clew::views
