#include "views/trace/details/judge_bar.h"

#include "model/base/messages.h"
#include "views/ask.h"
#include "views/text.h"
#include "views/theme/keys.h"
#include "views/trace/details/flow_document.h"
#include "views/trace/details/judge_parts.h"
#include "views/trace/details/judge_writer.h"
#include "views/trace/details/span_documents.h"

#include <QAction>
#include <QCompleter>
#include <QKeyEvent>
#include <QLineEdit>
#include <QPainter>
#include <QPointer>
#include <QPushButton>
#include <QRegularExpression>
#include <QStringListModel>
#include <QToolButton>

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

namespace clew::views {

namespace {

constexpr int kInset = 12;
constexpr int kMaxChipRows = 3;

} // namespace

class JudgeBar::Private {
public:
    enum class Entry { None, Label, Score, Note };

    Private(JudgeBar& bar, NoteBook& book, Theme& look)
        : q(bar)
        , noteBook(book)
        , theme(look)
        , up(new KeyButton(look, QStringLiteral("thumbs-up"), tr("Up"), "judge.up", &bar))
        , down(new KeyButton(look, QStringLiteral("thumbs-down"), tr("Down"), "judge.down", &bar))
        , label(new KeyButton(look, QStringLiteral("label"), tr("Label"), "judge.label", &bar))
        , note(new KeyButton(look, QStringLiteral("comment"), tr("Note"), "judge.note", &bar))
        , score(new KeyButton(look, QStringLiteral("kind-evaluator"), tr("Score"), "judge.score", &bar))
        , undo(new QToolButton(&bar))
        , edit(new QLineEdit(&bar))
        , retry(new QPushButton(tr("Try again"), &bar))
        , completer(new QCompleter(&bar))
        , labels(new QStringListModel(&bar))
        , writer(book) {}

    Judgement emptyFor(const JudgementTarget& at) const {
        Judgement out;
        out.target = at;
        out.author = author.toStdString();
        return out;
    }

    // What is being written or could not be written stands over what the note book last said.
    Judgement lookUp(const JudgementTarget& at) const {
        for (const auto* list : {&unsaved, &known})
            for (const Judgement& one : *list)
                if (one.target == at && one.author == author.toStdString()) return one;
        return emptyFor(at);
    }

    void write(Judgement next) {
        next.target = target;
        next.author = author.toStdString();
        next.time = now();
        if (!target.trace.valid()) return;
        current = next;
        keep(next);
        send(next);
        refresh();
    }

    void keep(const Judgement& judgement) {
        std::erase_if(unsaved, [&](const Judgement& one) {
            return one.target == judgement.target && one.author == judgement.author;
        });
        unsaved.push_back(judgement);
    }

    void send(const Judgement& judgement) {
        writer.judge(judgement, [this, judgement](const std::optional<Error>& wrong) {
            if (wrong) {
                fail(judgement, *wrong);
            } else {
                std::erase_if(failed, [&](const Judgement& one) {
                    return one.target == judgement.target && one.author == judgement.author;
                });
                if (failed.empty()) error.clear();
                emit q.judged(judgement.target);
            }
            refresh();
        });
    }

    void fail(const Judgement& judgement, const Error& wrong) {
        std::erase_if(failed, [&](const Judgement& one) {
            return one.target == judgement.target && one.author == judgement.author;
        });
        failed.push_back(judgement);
        error = fromUtf8(sentence(wrong));
    }

    void moved(const Result<std::optional<JudgementTarget>>& result) {
        if (!result) {
            error = fromUtf8(sentence(result.error()));
        } else if (*result) {
            const JudgementTarget at = **result;
            std::erase_if(unsaved, [&](const Judgement& one) { return one.target == at && !isFailed(one); });
            emit q.judged(at);
        }
        refresh();
    }
    bool isFailed(const Judgement& judgement) const {
        return std::ranges::any_of(failed, [&](const Judgement& one) {
            return one.target == judgement.target && one.author == judgement.author;
        });
    }

    void open(Entry kind, const QString& text, const QString& hint, const QString& name) {
        if (!target.trace.valid()) return;
        entry = kind;
        edit->setPlaceholderText(hint);
        edit->setAccessibleName(name);
        edit->setText(text);
        edit->setCompleter(kind == Entry::Label ? completer : nullptr);
        edit->show();
        edit->setFocus(Qt::ShortcutFocusReason);
        edit->selectAll();
        refresh();
    }

    void close() {
        entry = Entry::None;
        edit->hide();
        if (focusBefore) focusBefore->setFocus(Qt::OtherFocusReason);
        refresh();
    }

    // Enter: keeps the entry open where it could not be read.
    void commit() {
        const QString text = edit->text().trimmed();
        static const QRegularExpression kScore(
            QStringLiteral(R"(^(.+?)\s*=\s*([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)$)"));
        const QRegularExpressionMatch match = kScore.match(text);
        if (entry == Entry::Note) {
            q.setComment(text);
        } else if (match.hasMatch()) {
            q.setScore(match.captured(1), match.captured(2).toDouble());
        } else if (entry == Entry::Score && !text.isEmpty()) {
            error = tr("A score is a name and a number, as in “accuracy = 0.8”.");
            refresh();
            return;
        } else if (entry == Entry::Label && !text.isEmpty()) {
            const std::string word = text.toStdString();
            if (std::ranges::find(current.labels, word) == current.labels.end()) q.toggleLabel(text);
        }
        if (failed.empty()) error.clear();
        close();
    }

    void refresh();
    void layOut();
    QString targetText() const;

    JudgeBar& q;
    NoteBook& noteBook;
    Theme& theme;
    JudgementTarget target;
    QString author;
    Judgement current;
    std::vector<Judgement> known, unsaved, failed;
    QString error;
    Entry entry = Entry::None;

    KeyButton* up;
    KeyButton* down;
    KeyButton* label;
    KeyButton* note;
    KeyButton* score;
    QToolButton* undo;
    QLineEdit* edit;
    QPushButton* retry;
    QCompleter* completer;
    QStringListModel* labels;
    QPointer<QWidget> focusBefore;
    std::vector<Chip*> chips;
    QList<QAction*> actions;
    QRect commentRect, whoRect, hintRect, errorRect;
    QString whoText;
    Asker asker;
    // Last: its destructor waits for the writes.
    JudgeWriter writer;
};

JudgeBar::JudgeBar(NoteBook& noteBook, Theme& theme, QWidget* parent)
    : QWidget(parent)
    , d(std::make_unique<Private>(*this, noteBook, theme)) {
    setAccessibleName(tr("Judge"));
    d->up->setCheckable(true);
    d->down->setCheckable(true);
    d->undo->setProperty("flatIcon", true);
    d->undo->setToolTip(tr("Undo the last judgement (%1)").arg(keyHint("edit.undo")));
    d->undo->setAccessibleName(d->undo->toolTip());
    d->edit->hide();
    d->edit->installEventFilter(this);
    d->retry->hide();
    d->completer->setModel(d->labels);
    d->completer->setCaseSensitivity(Qt::CaseInsensitive);
    d->completer->setFilterMode(Qt::MatchContains);
    d->completer->setCompletionMode(QCompleter::PopupCompletion);

    const auto bind = [this](const char* command, auto slot) {
        const KeyEntry& entry = keyEntry(command);
        auto* action = new QAction(QLatin1String(entry.title), this);
        QList<QKeySequence> keys;
        for (const QString& one : QString::fromLatin1(entry.keys).split(QLatin1Char('|')))
            keys << QKeySequence(one);
        action->setShortcuts(keys);
        action->setObjectName(QLatin1String(command));
        connect(action, &QAction::triggered, this, slot);
        addAction(action);
        d->actions << action;
    };
    bind("judge.up", [this] { thumb(Thumb::up); });
    bind("judge.down", [this] { thumb(Thumb::down); });
    bind("judge.label", [this] { editLabel(); });
    bind("judge.score", [this] { editScore(); });
    bind("judge.note", [this] { editNote(); });
    bind("edit.undo", [this] { undo(); });
    bind("edit.redo", [this] { redo(); });
    connect(d->up, &QPushButton::clicked, this, [this] { thumb(Thumb::up); });
    connect(d->down, &QPushButton::clicked, this, [this] { thumb(Thumb::down); });
    connect(d->label, &QPushButton::clicked, this, &JudgeBar::editLabel);
    connect(d->score, &QPushButton::clicked, this, &JudgeBar::editScore);
    connect(d->note, &QPushButton::clicked, this, &JudgeBar::editNote);
    connect(d->undo, &QToolButton::clicked, this, &JudgeBar::undo);
    connect(d->retry, &QPushButton::clicked, this, &JudgeBar::retry);
    connect(d->edit, &QLineEdit::returnPressed, this, [this] { d->commit(); });
    connect(&d->theme, &Theme::changed, this, [this] { d->refresh(); });
    setAuthor(QString::fromLocal8Bit(qgetenv(qEnvironmentVariableIsSet("USER") ? "USER" : "USERNAME")));
    d->refresh();
}

JudgeBar::~JudgeBar() = default;

void JudgeBar::setTarget(const JudgementTarget& target) {
    if (target == d->target) return;
    if (d->entry != Private::Entry::None) d->close();
    d->target = target;
    d->current = d->lookUp(target);
    d->refresh();
}

JudgementTarget JudgeBar::target() const {
    return d->target;
}

void JudgeBar::setJudgements(const std::vector<Judgement>& judgements) {
    d->known = judgements;
    if (d->writer.pending() == 0)
        std::erase_if(d->unsaved, [this](const Judgement& one) { return !d->isFailed(one); });
    d->current = d->lookUp(d->target);
    d->refresh();
}

void JudgeBar::setAuthor(const QString& author) {
    d->author = author.isEmpty() ? QStringLiteral("me") : author;
    d->current = d->lookUp(d->target);
    d->refresh();
}

QString JudgeBar::author() const {
    return d->author;
}

const Judgement& JudgeBar::current() const {
    return d->current;
}

bool JudgeBar::saved() const {
    return d->writer.pending() == 0 && d->failed.empty();
}

QString JudgeBar::errorText() const {
    return d->error;
}

QList<QAction*> JudgeBar::actions() const {
    return d->actions;
}

void JudgeBar::thumb(Thumb thumb) {
    Judgement next = d->current;
    next.thumb = next.thumb == thumb ? Thumb::none : thumb;
    d->write(std::move(next));
}

void JudgeBar::toggleLabel(const QString& label) {
    const std::string word = label.trimmed().toStdString();
    if (word.empty()) return;
    Judgement next = d->current;
    if (std::erase(next.labels, word) == 0) next.labels.push_back(word);
    d->write(std::move(next));
}

void JudgeBar::setScore(const QString& name, double value) {
    if (!std::isfinite(value)) return;
    const std::string word = name.trimmed().toStdString();
    Judgement next = d->current;
    const auto at = std::ranges::find(next.scores, word, &std::pair<std::string, double>::first);
    if (at == next.scores.end())
        next.scores.emplace_back(word, value);
    else
        at->second = value;
    d->write(std::move(next));
}

void JudgeBar::removeScore(const QString& name) {
    Judgement next = d->current;
    std::erase_if(next.scores, [word = name.toStdString()](const auto& one) { return one.first == word; });
    d->write(std::move(next));
}

void JudgeBar::setComment(const QString& comment) {
    Judgement next = d->current;
    const std::string text = comment.trimmed().toStdString();
    if (text == next.comment) return;
    next.comment = text;
    d->write(std::move(next));
}

void JudgeBar::editLabel() {
    d->focusBefore = window()->focusWidget();
    d->open(Private::Entry::Label, {}, tr("Label, or a score as name = value"), tr("Label"));
    d->asker.ask([&book = d->noteBook](const std::stop_token& stop) { return book.labels(stop); },
                 [this](const Result<std::vector<std::string>>& labels) {
                     QStringList words;
                     if (labels)
                         for (const std::string& one : *labels)
                             words << fromUtf8(one);
                     d->labels->setStringList(words);
                 });
}

void JudgeBar::editScore() {
    d->focusBefore = window()->focusWidget();
    d->open(Private::Entry::Score, {}, tr("Score: name = value"), tr("Score"));
}

void JudgeBar::editNote() {
    d->focusBefore = window()->focusWidget();
    d->open(Private::Entry::Note, fromUtf8(d->current.comment), tr("What went right or wrong?"), tr("Note"));
}

void JudgeBar::undo() {
    d->writer.undo([this](const auto& result) { d->moved(result); });
}

void JudgeBar::redo() {
    d->writer.redo([this](const auto& result) { d->moved(result); });
}

void JudgeBar::retry() {
    const std::vector<Judgement> again = std::exchange(d->failed, {});
    d->error.clear();
    for (const Judgement& one : again)
        d->send(one);
    d->refresh();
}

bool JudgeBar::eventFilter(QObject* watched, QEvent* event) {
    if (watched == d->edit && event->type() == QEvent::KeyPress) {
        if (static_cast<QKeyEvent*>(event)->key() == Qt::Key_Escape) {
            if (d->failed.empty()) d->error.clear();
            d->close();
            return true;
        }
    }
    return QWidget::eventFilter(watched, event);
}

QString JudgeBar::Private::targetText() const {
    return target.span.valid() ? tr("Judging this span") : tr("Judging the trace");
}

void JudgeBar::Private::refresh() {
    const bool any = target.trace.valid();
    for (QWidget* one : {static_cast<QWidget*>(up), static_cast<QWidget*>(down), static_cast<QWidget*>(label),
                         static_cast<QWidget*>(note), static_cast<QWidget*>(score)})
        one->setEnabled(any);
    for (int i = 0; i < 5 && i < actions.size(); ++i)
        actions[i]->setEnabled(any);
    up->setChecked(any && current.thumb == Thumb::up);
    down->setChecked(any && current.thumb == Thumb::down);
    const int size = theme.px(16);
    undo->setIconSize({size, size});
    undo->setIcon(theme.icon(QStringLiteral("undo"), theme.colours().text2, size, q.devicePixelRatioF()));

    for (Chip* chip : chips)
        chip->deleteLater();
    for (Chip* chip : chips)
        chip->hide();
    chips.clear();
    const auto add = [this](const QString& text, auto remove) {
        auto* chip = new Chip(theme, text, &q);
        QObject::connect(chip, &Chip::removeRequested, &q, remove);
        chips.push_back(chip);
    };
    for (const std::string& one : current.labels) {
        const QString word = fromUtf8(one);
        add(word, [this, word] { q.toggleLabel(word); });
    }
    for (const auto& [name, value] : current.scores) {
        const QString word = fromUtf8(name);
        add(word + QStringLiteral(" = ") + shortNumber(value), [this, word] { q.removeScore(word); });
    }
    whoText.clear();
    if (!current.empty())
        whoText =
            (target.span.valid() ? tr("span · you, %1") : tr("trace · you, %1")).arg(clockText(current.time));
    retry->setVisible(!failed.empty());
    layOut();
    q.update();
}

// Row 1: buttons. Row 2 on: the entry, or chips, comment and who. Last: what went wrong.
void JudgeBar::Private::layOut() {
    const int inset = theme.px(kInset);
    const int gap = theme.px(8);
    const int right = q.width() - inset;
    int y = theme.px(10);
    const int height = theme.px(28);
    undo->setGeometry(right - height + theme.px(6), y, height, height);
    int x = inset;
    const int limit = right - height - gap;
    int need = -gap;
    for (const KeyButton* one : {up, down, label, note})
        need += one->sizeHint().width() + gap;
    const bool roomForScore = need + gap + score->sizeHint().width() <= limit - inset;
    score->setVisible(roomForScore);
    for (KeyButton* one : {up, down, label, score, note}) {
        if (one == score && !roomForScore) continue;
        const int width = std::min(one->sizeHint().width(), std::max(theme.px(36), limit - x));
        one->setGeometry(x, y, width, height);
        x += width + gap;
    }
    y += height + theme.px(6);
    commentRect = whoRect = hintRect = errorRect = {};
    const QFontMetrics small(theme.font(Theme::Text::Small));
    const int row = theme.px(20);
    if (entry != Entry::None) {
        edit->setGeometry(inset, y, right - inset, height);
        y += height;
    } else if (current.empty()) {
        hintRect = QRect(inset, y, right - inset, row);
        y += row;
    } else {
        const int who = small.horizontalAdvance(whoText) + 2;
        whoRect = QRect(right - who, y, who, row);
        x = inset;
        int rows = 1;
        int end = right - who - gap; // the first row leaves room for who and when
        for (Chip* chip : chips) {
            const int width = std::min(chip->sizeHint().width(), right - inset);
            if (x > inset && x + width > end && rows < kMaxChipRows) {
                x = inset;
                y += row + theme.px(2);
                end = right;
                ++rows;
            }
            chip->setVisible(x + width <= right);
            chip->setGeometry(x, y, width, row);
            x += width + theme.px(6);
        }
        if (!current.comment.empty()) {
            if (x > inset && end - x < theme.px(80)) {
                x = inset;
                y += row + theme.px(2);
                end = right;
            }
            commentRect = QRect(x, y, end - x, row);
        }
        y += row;
    }
    for (Chip* chip : chips)
        if (entry != Entry::None) chip->hide();
    if (!error.isEmpty()) {
        const int button = failed.empty() ? 0 : retry->sizeHint().width();
        const int width = right - inset - button - (button > 0 ? gap : 0);
        const int text =
            small.boundingRect(QRect(0, 0, width - theme.px(22), 1000), Qt::TextWordWrap, error).height();
        errorRect = QRect(inset, y + theme.px(4), width, std::max(text, theme.px(20)));
        if (button > 0) retry->setGeometry(right - button, y + theme.px(2), button, theme.px(24));
        y += errorRect.height() + theme.px(8);
    }
    const int total = y + theme.px(7);
    if (q.height() != total || q.minimumHeight() != total) q.setFixedHeight(total);
}

void JudgeBar::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    d->layOut();
}

void JudgeBar::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    const Colours& c = d->theme.colours();
    painter.fillRect(rect(), c.raised);
    painter.fillRect(0, 0, width(), d->theme.lineWidth(), c.line);
    const QFont small = d->theme.font(Theme::Text::Small);
    painter.setFont(small);
    const QFontMetrics metrics(small);
    if (!d->hintRect.isEmpty() && d->target.trace.valid()) {
        painter.setPen(c.text3);
        painter.drawText(d->hintRect, Qt::AlignLeft | Qt::AlignVCenter, d->targetText());
    }
    if (!d->commentRect.isEmpty()) {
        painter.setPen(c.text2);
        const QString quoted = QStringLiteral("“%1”").arg(fromUtf8(d->current.comment).simplified());
        painter.drawText(d->commentRect, Qt::AlignLeft | Qt::AlignVCenter,
                         metrics.elidedText(quoted, Qt::ElideRight, d->commentRect.width()));
    }
    if (!d->whoRect.isEmpty()) {
        painter.setPen(c.text2);
        painter.drawText(d->whoRect, Qt::AlignRight | Qt::AlignVCenter, d->whoText);
    }
    if (!d->errorRect.isEmpty()) {
        const int size = d->theme.px(16);
        painter.drawPixmap(d->errorRect.left(), d->errorRect.top() + d->theme.px(2),
                           d->theme.icon(QStringLiteral("status-error"), c.err, size, devicePixelRatioF()));
        painter.setPen(c.text);
        painter.drawText(d->errorRect.adjusted(d->theme.px(22), 0, 0, 0), Qt::TextWordWrap | Qt::AlignVCenter,
                         d->error);
    }
}

} // namespace clew::views
