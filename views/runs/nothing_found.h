// What the runs pane shows where the filter lets nothing through: the filter, and the term whose loss helps
// most.
#pragma once

#include "views/ask.h"
#include "views/view_context.h"

#include <QWidget>

namespace clew::views {

class LinkButton;
class ThemedButton;
class ThemedLabel;

class NothingFound : public QWidget {
    Q_OBJECT

public:
    explicit NothingFound(ViewContext& context, QWidget* parent = nullptr);
    // Asks the store which single term could be dropped; offers it when the answer has come.
    void showFilter(const QString& filter);

signals:
    void filterWanted(const QString& filter);

private:
    struct Offer {
        QString term;    // as it would be written
        QString without; // the filter without it
        qint64 runs = 0; // that it lets through
    };
    ViewContext& m_context;
    Asker m_asker;
    QString m_filter;
    Offer m_offer;
    ThemedLabel* m_sentence;
    ThemedLabel* m_reason;
    ThemedButton* m_drop;
    LinkButton* m_clear;
};

} // namespace clew::views
