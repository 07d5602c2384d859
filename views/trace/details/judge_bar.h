// The bar at the bottom of the details: thumbs, labels, scores and a note on one target, one key each.
//
// A change shows at once and is written by a thread of its own, in order; what could not be written stays,
// with a sentence and "Try again". Author and labels for completion are the owner's and the note book's. GUI
// thread.
#pragma once

#include "model/store/note_book.h"
#include "model/trace/judgement.h"
#include "views/theme/theme.h"

#include <QList>
#include <QString>
#include <QWidget>

#include <memory>
#include <vector>

class QAction;

namespace clew::views {

class JudgeBar : public QWidget {
    Q_OBJECT

public:
    JudgeBar(NoteBook& noteBook, Theme& theme, QWidget* parent = nullptr);
    ~JudgeBar() override; // waits for what is being written

    // What the keys judge from now on. Invalid trace = nothing: the bar rests.
    void setTarget(const JudgementTarget& target);
    [[nodiscard]] JudgementTarget target() const;
    // As the note book has them, of the whole trace; those still being written stay on top.
    void setJudgements(const std::vector<Judgement>& judgements);
    void setAuthor(const QString& author);
    [[nodiscard]] QString author() const;

    // The author's judgement of the target, as shown.
    [[nodiscard]] const Judgement& current() const;
    // Nothing is being written and nothing failed.
    [[nodiscard]] bool saved() const;
    [[nodiscard]] QString errorText() const;
    [[nodiscard]] QList<QAction*> actions() const;

public slots:
    void thumb(clew::Thumb thumb); // pressing the same again takes it back
    void toggleLabel(const QString& label);
    void setScore(const QString& name, double value);
    void removeScore(const QString& name);
    void setComment(const QString& comment);
    void editLabel();
    void editScore();
    void editNote();
    void undo();
    void redo();
    void retry();

signals:
    void judged(clew::JudgementTarget target);

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    class Private;
    std::unique_ptr<Private> d;
};

} // namespace clew::views
