#include "views/trace/details/details_pane.h"

#include "model/base/messages.h"
#include "views/ask.h"
#include "views/findings/finding_cards.h"
#include "views/theme/keys.h"
#include "views/trace/details/attributes_view.h"
#include "views/trace/details/details_data.h"
#include "views/trace/details/flow_page.h"
#include "views/trace/details/flow_view.h"
#include "views/trace/details/judge_bar.h"
#include "views/trace/details/messages_document.h"
#include "views/trace/details/span_documents.h"
#include "views/trace/details/span_header.h"
#include "views/trace/details/tab_strip.h"
#include "views/trace/details/tool_card.h"

#include <QAction>
#include <QApplication>
#include <QClipboard>
#include <QStackedWidget>
#include <QVBoxLayout>

#include <algorithm>
#include <array>
#include <utility>

namespace clew::views {

namespace {

constexpr int kTabs = 7;

} // namespace

class DetailsPane::Private {
public:
    Private(DetailsPane& pane, ViewContext& with)
        : q(pane)
        , context(with)
        , header(new SpanHeader(with.theme, &pane))
        , tabs(new TabStrip(with.theme, &pane))
        , stack(new QStackedWidget(&pane))
        , attributes(new AttributesView(with.theme))
        , empty(new FlowPage(with.theme, DetailsPane::tr("Details")))
        , bar(new JudgeBar(with.noteBook, with.theme, &pane)) {}

    FlowPage* page(Tab tab) const { return pages[static_cast<std::size_t>(tab)]; }

    void ask();
    void receive(const Result<DetailsPtr>& result);
    void askStep();
    void showConversation(bool sameSubject);
    void showTabs();
    void showPages(bool sameSubject);
    void showMessage(const QString& title, const QString& why);
    void showFeedback(bool sameSubject);
    void showCurrent();
    void follow(const QString& action);
    void copy(const QString& text, const QString& sentence);
    void pickTab();
    [[nodiscard]] QString reasonAgainst(Tab tab) const;

    DetailsPane& q;
    ViewContext& context;
    SpanHeader* header;
    TabStrip* tabs;
    QStackedWidget* stack;
    std::array<FlowPage*, kTabs> pages{}; // null for Attributes
    AttributesView* attributes;
    FlowPage* empty; // instead of the tabs' pages: nothing chosen, or an error
    JudgeBar* bar;
    QAction* find = nullptr;

    TraceId trace;
    SpanId span;
    TraceSnapshotPtr snapshot;
    QStringList path;
    bool ownPath = false;
    DetailsPtr data;
    FindingsPtr findings = std::make_shared<const std::vector<Finding>>();
    Tab wanted = Tab::Messages; // what the user chose last; shown where the span has it
    bool picking = false;
    StepPtr step; // of `data`; null until it is known
    Asker asker, judgementAsker, stepAsker;
};

DetailsPane::DetailsPane(ViewContext& context, QWidget* parent)
    : QWidget(parent)
    , d(std::make_unique<Private>(*this, context)) {
    setAccessibleName(tr("Details"));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(d->header);
    column->addWidget(d->tabs);
    column->addWidget(d->stack, 1);
    column->addWidget(d->bar);

    const std::array<QString, kTabs> names = {tr("Messages"), tr("Input/Output"), tr("Attributes"),
                                              tr("Events"),   tr("Prompt"),       tr("Feedback"),
                                              tr("Raw")};
    d->tabs->setAccessibleName(tr("Details of the span"));
    for (std::size_t i = 0; i < names.size(); ++i) {
        d->tabs->addTab(names[i]);
        if (static_cast<Tab>(i) == Tab::Attributes) {
            d->stack->addWidget(d->attributes);
            continue;
        }
        auto* page = new FlowPage(context.theme, names[i]);
        d->pages[i] = page;
        d->stack->addWidget(page);
        connect(page, &FlowPage::activated, this, [this](const QString& action) { d->follow(action); });
        connect(page, &FlowPage::built, this, &DetailsPane::loaded);
    }
    d->stack->addWidget(d->empty);
    connect(d->empty, &FlowPage::built, this, &DetailsPane::loaded);
    connect(d->tabs, &QTabBar::currentChanged, this, [this](int index) {
        if (index >= 0 && !d->picking) d->wanted = static_cast<Tab>(index);
        d->showCurrent();
    });
    connect(d->header, &SpanHeader::copyRequested, this, [this] { d->follow(QStringLiteral("copy:raw")); });
    connect(d->header, &SpanHeader::linkRequested, this, [this] { d->follow(QStringLiteral("copy:id")); });
    connect(d->bar, &JudgeBar::judged, this, [this](const JudgementTarget& target) {
        reloadJudgements();
        emit judged(target);
    });

    d->find = new QAction(QLatin1String(keyEntry("go.find").title), this);
    d->find->setShortcut(QKeySequence(QLatin1String(keyEntry("go.find").keys)));
    d->find->setObjectName(QStringLiteral("go.find"));
    addAction(d->find);
    connect(d->find, &QAction::triggered, this, [this] {
        if (!d->data) return;
        if (tab() == Tab::Attributes)
            d->attributes->startFind();
        else
            d->page(tab())->startFind();
    });
    showSpan({}, {});
    d->showMessage(tr("Nothing is selected"),
                   tr("Select a span to see what was said, what it took and how it ended."));
}

DetailsPane::~DetailsPane() = default;

void DetailsPane::showSpan(TraceId trace, SpanId span) {
    if (trace == d->trace && span == d->span && span.valid()) return;
    if (trace != d->trace && d->snapshot && d->snapshot->id != trace) d->snapshot.reset();
    d->trace = trace;
    d->span = span;
    d->ownPath = false;
    d->path.clear();
    if (!span.valid()) {
        d->asker.cancel();
        d->stepAsker.cancel();
        d->data.reset();
        d->step.reset();
        d->header->setData({}, {});
        d->bar->setTarget({});
        d->showMessage(tr("Nothing is selected"),
                       tr("Select a span to see what was said, what it took and how it ended."));
        return;
    }
    d->ask();
}

TraceId DetailsPane::trace() const {
    return d->trace;
}

SpanId DetailsPane::span() const {
    return d->span;
}

void DetailsPane::reload() {
    if (d->span.valid()) d->ask();
}

void DetailsPane::reloadJudgements() {
    if (!d->trace.valid()) return;
    d->judgementAsker.ask(
        [&book = d->context.noteBook, trace = d->trace](const std::stop_token& stop) {
            return book.judgements(trace, stop);
        },
        [this, trace = d->trace](Result<std::vector<Judgement>> result) {
            if (!result || trace != d->trace) return;
            d->bar->setJudgements(*result);
            if (!d->data) return;
            auto next = std::make_shared<DetailsData>(*d->data);
            next->judgements = std::move(*result);
            for (const Judgement& one : next->judgements) {
                const std::int32_t at = d->snapshot ? d->snapshot->find(one.target.span) : kNoSpan;
                if (at != kNoSpan)
                    next->names[one.target.span] =
                        fromUtf8(d->snapshot->text(d->snapshot->spans[static_cast<std::size_t>(at)].name));
            }
            d->data = std::move(next);
            d->showFeedback(true);
        });
}

void DetailsPane::setSnapshot(TraceSnapshotPtr snapshot) {
    const bool news = snapshot != d->snapshot;
    d->snapshot = std::move(snapshot);
    // The bread crumb, the runs beside the calls and the root are known only now.
    if (news && d->snapshot && d->snapshot->id == d->trace && d->span.valid()) reload();
}

void DetailsPane::setPath(const QStringList& names) {
    d->path = names;
    d->ownPath = true;
    if (d->data) d->header->setData(d->data, names);
}

void DetailsPane::setFindings(FindingsPtr findings) {
    if (findings == d->findings) return;
    const auto ofThis = [this](const FindingsPtr& all) {
        std::vector<Finding> out;
        for (const Finding& one : *all)
            if (std::ranges::find(one.spans, d->span) != one.spans.end()) out.push_back(one);
        return out;
    };
    const bool same = ofThis(d->findings) == ofThis(findings);
    d->findings = std::move(findings);
    if (d->data && !same) d->showPages(true);
}

void DetailsPane::setAuthor(const QString& author) {
    d->bar->setAuthor(author);
}

QString DetailsPane::author() const {
    return d->bar->author();
}

void DetailsPane::setTab(Tab tab) {
    d->wanted = tab;
    if (d->data) d->pickTab();
}

DetailsPane::Tab DetailsPane::tab() const {
    return static_cast<Tab>(std::max(0, d->tabs->currentIndex()));
}

JudgeBar* DetailsPane::judgeBar() const {
    return d->bar;
}

QList<QAction*> DetailsPane::judgeActions() const {
    return d->bar->actions();
}

QAction* DetailsPane::findAction() const {
    return d->find;
}

bool DetailsPane::settled() const {
    if (d->asker.busy() || d->stepAsker.busy()) return false;
    if (!d->data) return d->empty->settled();
    return tab() == Tab::Attributes ? d->attributes->settled() : d->page(tab())->settled();
}

void DetailsPane::Private::ask() {
    stepAsker.cancel();
    asker.ask(
        [&store = context.traces, &book = context.noteBook, trace = trace, span = span, snapshot = snapshot](
            const std::stop_token& stop) { return loadDetails(store, book, trace, span, snapshot, stop); },
        [this](Result<DetailsPtr> result) { receive(result); });
}

void DetailsPane::Private::receive(const Result<DetailsPtr>& result) {
    if (!result) {
        if (result.error().code == "cancelled") return;
        data.reset();
        step.reset();
        header->setData({}, {});
        bar->setTarget({});
        showMessage(tr("This span could not be read"), fromUtf8(sentence(result.error())));
        return;
    }
    const bool same = data && data->span.id == span && data->span.trace == trace;
    // Commits to a live run ask for the same call again and again: what is new in it is read anew only
    // where the call itself has changed.
    const bool unchanged =
        same && step && step->previous && data->span.attributes == (*result)->span.attributes &&
        data->span.events == (*result)->span.events && data->span.usage == (*result)->span.usage;
    data = *result;
    if (!unchanged) step.reset();
    header->setData(data, ownPath ? path : data->path);
    bar->setJudgements(data->judgements);
    bar->setTarget({trace, data->isRoot ? SpanId{} : span});
    showTabs();
    pickTab();
    showPages(same);
    if (!unchanged) askStep();
    emit q.loaded();
}

// The calls before this one are read when its messages are on their way to the screen, never before.
void DetailsPane::Private::askStep() {
    if (data->span.kind != Kind::llm || !snapshot || snapshot->id != trace) return;
    stepAsker.ask([&store = context.traces, data = data, snapshot = snapshot](
                      const std::stop_token& stop) { return loadStep(store, data, snapshot, stop); },
                  [this](StepPtr found) {
                      if (!found || !data) return;
                      step = std::move(found);
                      showConversation(true);
                      emit q.loaded();
                  });
}

void DetailsPane::Private::showConversation(bool sameSubject) {
    page(Tab::Messages)
        ->setBuilder(
            [data = data, step = step, all = findings](const BuildOptions& options) {
                FlowDocument document = messagesDocument(*data, options, step.get());
                addFindingCards(document, *all, data->span.id);
                return document;
            },
            sameSubject);
}

QString DetailsPane::Private::reasonAgainst(Tab tab) const {
    switch (tab) {
    case Tab::Messages: return noMessagesReason(*data);
    case Tab::InputOutput: return noInputOutputReason(*data);
    case Tab::Attributes:
        return data->attributes.empty() && data->resource.empty() && data->scope.empty()
                   ? tr("This span has no attributes")
                   : QString();
    case Tab::Events: return noEventsReason(*data);
    case Tab::Prompt:
    case Tab::Feedback:
    case Tab::Raw: break;
    }
    return {};
}

void DetailsPane::Private::showTabs() {
    tabs->show();
    picking = true;
    for (int i = 0; i < kTabs; ++i) {
        const QString reason = reasonAgainst(static_cast<Tab>(i));
        tabs->setTabEnabled(i, reason.isEmpty());
        tabs->setTabToolTip(i, reason);
    }
    tabs->setTabVisible(static_cast<int>(Tab::Prompt), hasPrompt(*data));
    picking = false;
}

// The tab the user chose where this span has it, else the first that says something.
void DetailsPane::Private::pickTab() {
    picking = true;
    auto usable = [this](Tab tab) {
        return tabs->isTabEnabled(static_cast<int>(tab)) && tabs->isTabVisible(static_cast<int>(tab));
    };
    Tab pick = wanted;
    if (!usable(pick))
        for (const Tab other : {Tab::Messages, Tab::InputOutput, Tab::Attributes, Tab::Events, Tab::Raw})
            if (usable(other)) {
                pick = other;
                break;
            }
    tabs->setCurrentIndex(static_cast<int>(pick));
    picking = false;
    showCurrent();
}

void DetailsPane::Private::showCurrent() {
    if (data) stack->setCurrentIndex(tabs->currentIndex());
}

void DetailsPane::Private::showPages(bool sameSubject) {
    const auto set = [&](Tab tab, auto make) {
        page(tab)->setBuilder(
            [data = data, make](const BuildOptions& options) { return make(*data, options); }, sameSubject);
    };
    showConversation(sameSubject);
    set(Tab::InputOutput, [all = findings](const DetailsData& one, const BuildOptions& options) {
        FlowDocument document = ioDocument(one, options);
        addFindingCards(document, *all, one.span.id);
        return document;
    });
    set(Tab::Events,
        [](const DetailsData& one, const BuildOptions& options) { return eventsDocument(one, options); });
    set(Tab::Prompt,
        [](const DetailsData& one, const BuildOptions& options) { return promptDocument(one, options); });
    set(Tab::Raw,
        [](const DetailsData& one, const BuildOptions& options) { return rawDocument(one, options); });
    showFeedback(sameSubject);
    std::vector<AttributeSection> sections;
    sections.push_back({tr("Span"), data->attributes});
    sections.push_back({tr("Resource"), data->resource});
    sections.push_back({tr("Scope"), data->scope});
    attributes->setSections(std::move(sections));
}

void DetailsPane::Private::showFeedback(bool sameSubject) {
    page(Tab::Feedback)
        ->setBuilder([data = data, author = bar->author()](
                         const BuildOptions& options) { return feedbackDocument(*data, options, author); },
                     sameSubject);
}

void DetailsPane::Private::showMessage(const QString& title, const QString& why) {
    tabs->hide();
    stack->setCurrentWidget(empty);
    const bool wrong = span.valid();
    empty->setBuilder(
        [title, why, wrong](const BuildOptions&) {
            FlowDocument document;
            if (wrong) {
                addNotice(document, title, why, {}, {}, false, 8);
                return document;
            }
            FlowBlock block;
            block.above = 8;
            FlowText text;
            text.text = title;
            text.face = Face::Strong;
            addText(document, block, text);
            block.above = 2;
            text.text = why;
            text.face = Face::Body;
            text.tone = Tone::Text2;
            addText(document, block, std::move(text));
            return document;
        },
        false);
}

void DetailsPane::Private::copy(const QString& text, const QString& sentence) {
    QGuiApplication::clipboard()->setText(text);
    emit q.said(sentence);
}

// "kind:argument", as the documents write it.
void DetailsPane::Private::follow(const QString& action) {
    const QString kind = action.section(QLatin1Char(':'), 0, 0);
    const QString argument = action.section(QLatin1Char(':'), 1);
    if (kind == QLatin1String("span")) {
        if (const auto id = span_id_from_hex(argument.toStdString()))
            context.selection.selectTrace(trace, *id);
    } else if (kind == QLatin1String("root")) {
        if (snapshot && !snapshot->spans.empty())
            context.selection.selectTrace(trace, snapshot->spans.front().id);
    } else if (kind == QLatin1String("link")) {
        const auto id = trace_id_from_hex(argument.section(QLatin1Char('/'), 0, 0).toStdString());
        const auto at = span_id_from_hex(argument.section(QLatin1Char('/'), 1, 1).toStdString());
        if (id) context.selection.selectTrace(*id, at.value_or(SpanId{}));
    } else if (kind == QLatin1String("tab")) {
        q.setTab(Tab::Events);
        page(Tab::Events)->goTo(QStringLiteral("exception"));
    } else if (kind == QLatin1String("findings")) {
        emit q.findingsWanted();
    } else if (action == QLatin1String("copy:id")) {
        copy(fromUtf8(to_hex(trace) + "/" + to_hex(span)), tr("Copied the id of the span"));
    } else if (action == QLatin1String("copy:raw") && data) {
        copy(fromUtf8(rawJson(data->span)), tr("Copied the span as OTLP/JSON"));
    }
}

} // namespace clew::views
