// A FlowView with its find bar and its fold states. The document is built on a pool thread whenever the
// source, a fold or the width in characters changes; the old one stays until the new one is there. GUI
// thread.
#pragma once

#include "views/ask.h"
#include "views/theme/theme.h"
#include "views/trace/details/flow_document.h"

#include <QTimer>
#include <QWidget>

#include <functional>

class QLabel;
class QLineEdit;

namespace clew::views {

class FlowView;

class FlowPage : public QWidget {
    Q_OBJECT

public:
    // Called on a pool thread; captures what it needs by value.
    using Builder = std::function<FlowDocument(const BuildOptions&)>;

    FlowPage(Theme& theme, const QString& accessibleName, QWidget* parent = nullptr);

    // Builds at once if the page is visible, else when it is shown. `sameSubject` keeps what is unfolded.
    void setBuilder(Builder builder, bool sameSubject);
    [[nodiscard]] FlowView* view() const { return m_view; }
    [[nodiscard]] bool settled() const { return !m_dirty && !m_asker.busy(); }

    void startFind();
    void endFind();
    [[nodiscard]] bool isFinding() const;
    // After the next document, this block's key is brought to the top.
    void goTo(const QString& key);

signals:
    void activated(const QString& action); // what is not a fold
    void built();

protected:
    void showEvent(QShowEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void build();
    void onActivated(const QString& action);
    void findNow();
    void step(int by);
    void showCount();
    [[nodiscard]] BuildOptions options() const;

    Theme& m_theme;
    FlowView* m_view;
    QWidget* m_findBar;
    QLineEdit* m_findEdit;
    QLabel* m_findCount;
    Builder m_builder;
    FoldState m_fold;
    Asker m_asker;
    QTimer m_resized;
    QString m_goTo;
    int m_builtColumns = 0;
    int m_hits = 0;
    bool m_builtEverything = false;
    bool m_dirty = false;
};

} // namespace clew::views
