#include "tests/support/fake_store.h"
#include "tests/support/sample_snapshot.h"
#include "views/items/span_tree_model.h"
#include "views/trace/minimap.h"
#include "views/trace/span_tree_view.h"
#include "views/trace/trace_header.h"
#include "views/trace/trace_pane.h"

#include <QAccessible>
#include <QApplication>
#include <QClipboard>
#include <QScrollBar>
#include <QSignalSpy>
#include <QTest>
#include <QWheelEvent>

#include <memory>

using namespace clew;
using namespace clew::views;

class TestSpanTreeView : public QObject {
    Q_OBJECT

private slots:
    void init();
    void cleanup();
    void click_selects();
    void keys_move();
    void keys_collapse();
    void chevron_collapses();
    void ctrl_wheel_zooms_at_the_pointer();
    void wheel_scrolls_and_shift_pans();
    void drag_pans_and_ruler_zooms();
    void fit_span_then_all();
    void next_error_opens_what_hides_it();
    void next_of_kind();
    void newer_snapshot_keeps_the_view();
    void minimap_chooses_a_range();
    void columns_give_way();
    void every_odd_trace_paints_data();
    void every_odd_trace_paints();
    void rows_are_accessible();
    void pane_loads_from_the_store();
    void pane_says_what_failed();
    void pane_follows_the_selection();

private:
    void show(TraceSnapshotPtr snapshot);
    QPoint rowPoint(std::uint64_t id, int x) const;
    int row(std::uint64_t id) const;
    void wheel(QPoint at, QPoint angle, Qt::KeyboardModifiers modifiers);

    std::unique_ptr<Theme> m_theme;
    std::unique_ptr<SpanTreeView> m_view;
};

namespace {

struct PaneFixture {
    Theme theme{ThemeName::Dark};
    test::FakeTraceStore store;
    test::FakeNoteBook notes;
    Selection selection;
    ViewContext context{store, notes, theme, selection};
    TracePane pane{context};
};

} // namespace

void TestSpanTreeView::init() {
    m_theme = std::make_unique<Theme>(ThemeName::Light);
    m_view = std::make_unique<SpanTreeView>(*m_theme);
    m_view->resize(743, 400);
    m_view->show();
    show(test::sample_snapshot());
    m_view->setNow(test::kSnapshotStart + test::kSampleNow);
}

void TestSpanTreeView::cleanup() {
    m_view.reset();
    m_theme.reset();
}

void TestSpanTreeView::show(TraceSnapshotPtr snapshot) {
    m_view->setPicture(makeTracePicture(std::move(snapshot)));
}

int TestSpanTreeView::row(std::uint64_t id) const {
    return m_view->rows().row(m_view->picture()->snapshot->find({id}));
}

QPoint TestSpanTreeView::rowPoint(std::uint64_t id, int x) const {
    return {x, m_view->rowRect(row(id)).center().y()};
}

void TestSpanTreeView::wheel(QPoint at, QPoint angle, Qt::KeyboardModifiers modifiers) {
    QWheelEvent event(at, m_view->viewport()->mapToGlobal(at), {}, angle, Qt::NoButton, modifiers,
                      Qt::NoScrollPhase, false);
    QApplication::sendEvent(m_view->viewport(), &event);
}

void TestSpanTreeView::click_selects() {
    QSignalSpy chosen(m_view.get(), &SpanTreeView::currentSpanChanged);
    QTest::mouseClick(m_view->viewport(), Qt::LeftButton, {}, rowPoint(4, 150));
    QCOMPARE(m_view->currentSpan(), SpanId{4});
    QCOMPARE(chosen.count(), 1);
    QTest::mouseClick(m_view->viewport(), Qt::LeftButton, {},
                      rowPoint(4, 150)); // the same again says nothing
    QCOMPARE(chosen.count(), 1);
    QTest::mouseClick(m_view->viewport(), Qt::LeftButton, {}, rowPoint(5, 600)); // in the waterfall too
    QCOMPARE(m_view->currentSpan(), SpanId{5});
}

void TestSpanTreeView::keys_move() {
    QTest::keyClick(m_view.get(), Qt::Key_J);
    QCOMPARE(m_view->currentSpan(), SpanId{2});
    QTest::keyClick(m_view.get(), Qt::Key_Down);
    QTest::keyClick(m_view.get(), Qt::Key_K);
    QCOMPARE(m_view->currentSpan(), SpanId{2});
    QTest::keyClick(m_view.get(), Qt::Key_End);
    QCOMPARE(m_view->currentSpan(), SpanId{test::kSampleOrphan});
    QVERIFY(m_view->viewport()->rect().contains(m_view->rowRect(m_view->currentRow())));
    QTest::keyClick(m_view.get(), Qt::Key_Down); // the last row is the last
    QCOMPARE(m_view->currentSpan(), SpanId{test::kSampleOrphan});
    QTest::keyClick(m_view.get(), Qt::Key_Home);
    QCOMPARE(m_view->currentRow(), 0);
    QCOMPARE(m_view->verticalScrollBar()->value(), 0);
    QTest::keyClick(m_view.get(), Qt::Key_PageDown);
    QVERIFY(m_view->currentRow() > 8);
    QTest::keyClick(m_view.get(), Qt::Key_PageUp);
    QCOMPARE(m_view->currentRow(), 0);
}

void TestSpanTreeView::keys_collapse() {
    m_view->setCurrentSpan({test::kSampleSubagent});
    const int all = m_view->rows().count();
    QTest::keyClick(m_view.get(), Qt::Key_Left);
    QCOMPARE(m_view->rows().count(), all - 5);
    QTest::keyClick(m_view.get(), Qt::Key_Right);
    QCOMPARE(m_view->rows().count(), all);
    QTest::keyClick(m_view.get(), Qt::Key_Right); // into the first child
    QCOMPARE(m_view->currentSpan(), SpanId{16});
    QTest::keyClick(m_view.get(), Qt::Key_Left); // and back to the parent
    QCOMPARE(m_view->currentSpan(), SpanId{test::kSampleSubagent});
    QTest::keyClick(m_view.get(), Qt::Key_Space);
    QTest::keyClick(m_view.get(), Qt::Key_Home);
    QTest::keyClick(m_view.get(), Qt::Key_Space);
    QCOMPARE(m_view->rows().count(), 2);
    QTest::keyClick(m_view.get(), Qt::Key_Asterisk);
    QCOMPARE(m_view->rows().count(), all);
}

void TestSpanTreeView::chevron_collapses() {
    const int all = m_view->rows().count();
    QTest::mouseClick(m_view->viewport(), Qt::LeftButton, {}, rowPoint(7, 26));
    QCOMPARE(m_view->rows().count(), all - 3);
    QCOMPARE(m_view->currentSpan(), SpanId{test::kSampleRoot}); // a chevron does not select
    QTest::mouseClick(m_view->viewport(), Qt::LeftButton, {}, rowPoint(7, 26));
    QCOMPARE(m_view->rows().count(), all);
    QTest::mouseClick(m_view->viewport(), Qt::LeftButton, Qt::ShiftModifier, rowPoint(1, 10));
    QCOMPARE(m_view->rows().count(), 2);
}

void TestSpanTreeView::ctrl_wheel_zooms_at_the_pointer() {
    const int left = m_view->columns().waterfall.x;
    const QPoint at(left + 180, 200);
    const TimeNs before = m_view->scale().timeAt(180);
    for (int notch = 0; notch < 6; ++notch)
        wheel(at, {0, 120}, Qt::ControlModifier);
    QVERIFY(!m_view->scale().showsAll());
    QVERIFY(std::abs(m_view->scale().timeAt(180) - before) < kMillisecond);
    for (int notch = 0; notch < 20; ++notch)
        wheel(at, {0, -120}, Qt::ControlModifier);
    QVERIFY(m_view->scale().showsAll());
}

void TestSpanTreeView::wheel_scrolls_and_shift_pans() {
    wheel({100, 200}, {0, -120}, {});
    QCOMPARE(m_view->verticalScrollBar()->value(), 3 * 24);
    QTest::keyClick(m_view.get(), Qt::Key_W);
    QTest::keyClick(m_view.get(), Qt::Key_W);
    const TimeNs before = m_view->scale().begin();
    QTest::keyClick(m_view.get(), Qt::Key_D);
    QVERIFY(m_view->scale().begin() > before);
    QTest::keyClick(m_view.get(), Qt::Key_A);
    QVERIFY(std::abs(m_view->scale().begin() - before) < 10);
    wheel({600, 200}, {0, -120}, Qt::ShiftModifier);
    QVERIFY(m_view->scale().begin() > before);
    QCOMPARE(m_view->verticalScrollBar()->value(), 3 * 24);
    QTest::keyClick(m_view.get(), Qt::Key_S);
    QTest::keyClick(m_view.get(), Qt::Key_S);
    QVERIFY(m_view->scale().showsAll());
}

void TestSpanTreeView::drag_pans_and_ruler_zooms() {
    const int left = m_view->columns().waterfall.x;
    const TimeNs from = m_view->scale().timeAt(50), to = m_view->scale().timeAt(150);
    QTest::mousePress(m_view->viewport(), Qt::LeftButton, {}, {left + 50, 10});
    QTest::mouseMove(m_view->viewport(), {left + 100, 10});
    QTest::mouseMove(m_view->viewport(), {left + 150, 10});
    QTest::mouseRelease(m_view->viewport(), Qt::LeftButton, {}, {left + 150, 10});
    QVERIFY(std::abs(m_view->scale().begin() - from) < kMillisecond);
    QVERIFY(std::abs(m_view->scale().end() - to) < kMillisecond);
    const TimeNs before = m_view->scale().begin();
    QTest::mousePress(m_view->viewport(), Qt::LeftButton, {}, {left + 100, 200});
    QTest::mouseMove(m_view->viewport(), {left + 60, 200});
    QTest::mouseMove(m_view->viewport(), {left + 50, 200});
    QTest::mouseRelease(m_view->viewport(), Qt::LeftButton, {}, {left + 50, 200});
    QVERIFY(m_view->scale().begin() > before);
}

void TestSpanTreeView::fit_span_then_all() {
    m_view->setCurrentSpan({4});
    QTest::keyClick(m_view.get(), Qt::Key_F);
    const SnapshotSpan& span =
        m_view->picture()->snapshot->spans[static_cast<std::size_t>(m_view->picture()->snapshot->find({4}))];
    QVERIFY(m_view->scale().begin() <= span.start && m_view->scale().end() >= span.end);
    QVERIFY(m_view->scale().end() - m_view->scale().begin() < 2 * (span.end - span.start));
    QTest::keyClick(m_view.get(), Qt::Key_F);
    QVERIFY(m_view->scale().showsAll());
}

void TestSpanTreeView::next_error_opens_what_hides_it() {
    m_view->setCurrentCollapsed(true);
    QCOMPARE(m_view->rows().count(), 2);
    QTest::keyClick(m_view.get(), Qt::Key_E);
    QCOMPARE(m_view->currentSpan(), SpanId{test::kSampleError});
    QVERIFY(m_view->rows().isRow(m_view->picture()->snapshot->find({test::kSampleError})));
    QTest::keyClick(m_view.get(), Qt::Key_E);
    QCOMPARE(m_view->currentSpan(), SpanId{test::kSampleSilent});
    QTest::keyClick(m_view.get(), Qt::Key_E); // round
    QCOMPARE(m_view->currentSpan(), SpanId{test::kSampleError});
    QTest::keyClick(m_view.get(), Qt::Key_E, Qt::ShiftModifier);
    QCOMPARE(m_view->currentSpan(), SpanId{test::kSampleSilent});
    show(test::synthetic_snapshot(2, {9, 9}));
    QSignalSpy said(m_view.get(), &SpanTreeView::statusMessage);
    QTest::keyClick(m_view.get(), Qt::Key_E);
    QCOMPARE(said.count(), 1);
}

void TestSpanTreeView::next_of_kind() {
    m_view->setCurrentSpan({4});
    QTest::keyClick(m_view.get(), Qt::Key_Period);
    QCOMPARE(m_view->currentSpan(), SpanId{11});
    QTest::keyClick(m_view.get(), Qt::Key_Comma);
    QCOMPARE(m_view->currentSpan(), SpanId{4});
}

void TestSpanTreeView::newer_snapshot_keeps_the_view() {
    show(test::synthetic_snapshot(400, {3, 3}));
    m_view->setCurrentSpan({300});
    const SpanId folded = m_view->picture()->snapshot->spans[1].id;
    QTest::mouseClick(m_view->viewport(), Qt::LeftButton, {}, QPoint(3, 3)); // leaves everything
    m_view->showTimes(m_view->scale().timeAt(20), m_view->scale().timeAt(80));
    const TimeNs begin = m_view->scale().begin(), end = m_view->scale().end();
    const int y = m_view->rowRect(row(300)).top();
    QSignalSpy chosen(m_view.get(), &SpanTreeView::currentSpanChanged);
    show(test::synthetic_snapshot(900, {3, 3}));
    QCOMPARE(m_view->currentSpan(), SpanId{300});
    QCOMPARE(m_view->rowRect(row(300)).top(), y);
    QCOMPARE(m_view->scale().begin(), begin);
    QCOMPARE(m_view->scale().end(), end);
    QCOMPARE(chosen.count(), 0);
    m_view->setCurrentSpan(folded);
    m_view->setCurrentCollapsed(true);
    show(test::synthetic_snapshot(1200, {3, 3}));
    QVERIFY(m_view->rows().isCollapsed(m_view->picture()->snapshot->find(folded)));
}

void TestSpanTreeView::minimap_chooses_a_range() {
    Minimap map(*m_theme);
    map.resize(708, 48);
    map.setPicture(m_view->picture());
    map.setScale(m_view->scale(), m_view->now());
    map.show();
    QSignalSpy chosen(&map, &Minimap::rangeChosen);
    QTest::mousePress(&map, Qt::LeftButton, {}, {200, 24});
    QTest::mouseMove(&map, {250, 24});
    QTest::mouseRelease(&map, Qt::LeftButton, {}, {300, 24});
    QCOMPARE(chosen.count(), 1);
    m_view->showTimes(chosen[0][0].value<TimeNs>(), chosen[0][1].value<TimeNs>());
    map.setScale(m_view->scale(), m_view->now());
    const QRectF frame = map.frame();
    QVERIFY(std::abs(frame.left() - 200) <= 2);
    // Its right handle makes it wider, its middle moves it.
    QTest::mousePress(&map, Qt::LeftButton, {}, {static_cast<int>(frame.right()), 24});
    QTest::mouseMove(&map, {static_cast<int>(frame.right()) + 60, 24});
    QTest::mouseRelease(&map, Qt::LeftButton, {}, {static_cast<int>(frame.right()) + 60, 24});
    QCOMPARE(chosen.last()[0].value<TimeNs>(), m_view->scale().begin());
    QVERIFY(chosen.last()[1].value<TimeNs>() > m_view->scale().end());
    QTest::mousePress(&map, Qt::LeftButton, {}, frame.center().toPoint());
    QTest::mouseMove(&map, frame.center().toPoint() + QPoint(30, 0));
    QTest::mouseRelease(&map, Qt::LeftButton, {}, frame.center().toPoint() + QPoint(30, 0));
    QVERIFY(chosen.last()[0].value<TimeNs>() > m_view->scale().begin());
}

void TestSpanTreeView::columns_give_way() {
    const TreeColumns wide = TreeColumns::layout(743, *m_theme);
    QCOMPARE(wide.span.width, 268);
    QCOMPARE(wide.waterfall.width, 267);
    const TreeColumns narrow = TreeColumns::layout(582, *m_theme);
    QVERIFY(!narrow.cost.shown());
    QVERIFY(narrow.tokens.shown() && narrow.duration.shown());
    QVERIFY(narrow.waterfall.width >= 160);
    const TreeColumns wider = TreeColumns::layout(943, *m_theme);
    QCOMPARE(wider.waterfall.width, 367);
    for (int width = 0; width < 2000; width += 7) {
        const TreeColumns c = TreeColumns::layout(width, *m_theme);
        QCOMPARE(c.waterfall.right(), width);
        QVERIFY(c.span.width >= 0 && c.waterfall.width >= 0);
    }
}

namespace {

test::PlannedSpan plan(std::uint64_t id, std::uint64_t parent, DurationNs start, DurationNs end) {
    test::PlannedSpan span;
    span.id = id;
    span.parent = parent;
    span.name = "span " + std::to_string(id);
    span.start = start;
    span.end = end;
    return span;
}

TraceSnapshotPtr oddTrace(const QString& which) {
    std::vector<test::PlannedSpan> spans;
    if (which == QLatin1String("one")) spans = {plan(1, 0, 0, 0)};
    if (which == QLatin1String("running only")) spans = {plan(1, 0, 0, kNoTime)};
    if (which == QLatin1String("backwards"))
        spans = {plan(1, 0, 0, 100), plan(2, 1, 90, 10), plan(3, 1, 500, 600)};
    if (which == QLatin1String("instants")) spans = {plan(1, 0, 5, 5), plan(2, 1, 5, 5), plan(3, 1, 5, 5)};
    if (which == QLatin1String("wide in time"))
        spans = {plan(1, 0, 0, 4'000'000'000LL * kSecond), plan(2, 1, 1, 2),
                 plan(3, 1, 3'000'000'000LL * kSecond, kNoTime)};
    if (which == QLatin1String("deep"))
        for (std::uint64_t id = 1; id <= 3000; ++id)
            spans.push_back(
                plan(id, id - 1, static_cast<DurationNs>(id), static_cast<DurationNs>(7000 - id)));
    if (which == QLatin1String("long names"))
        for (std::uint64_t id = 1; id <= 4; ++id) {
            spans.push_back(plan(id, id - 1, 0, 100));
            spans.back().name = std::string(100'000, 'x');
            spans.back().detail = std::string(80, 'y');
        }
    if (which == QLatin1String("synthetic")) return test::synthetic_snapshot(5000);
    auto trace = test::build_snapshot(spans);
    if (which == QLatin1String("no times"))
        for (std::uint64_t id = 1; id <= 3; ++id)
            spans.push_back(plan(id, id / 2, 0, kNoTime));
    if (which == QLatin1String("no times")) {
        trace = test::build_snapshot(spans);
        for (SnapshotSpan& span : trace->spans)
            span.start = span.end = kNoTime;
        trace->start = trace->end = kNoTime;
    }
    return trace;
}

} // namespace

void TestSpanTreeView::every_odd_trace_paints_data() {
    QTest::addColumn<QString>("which");
    for (const char* name : {"empty", "one", "running only", "backwards", "instants", "wide in time", "deep",
                             "long names", "no times", "synthetic"})
        QTest::newRow(name) << QString::fromLatin1(name);
}

// Whatever a store may hold: no crash, no assertion, no endless loop; at every zoom.
void TestSpanTreeView::every_odd_trace_paints() {
    QFETCH(QString, which);
    PaneFixture f;
    const TraceSnapshotPtr trace = oddTrace(which);
    f.pane.resize(600, 400);
    f.pane.show();
    f.pane.showSnapshot(trace);
    SpanTreeView& tree = *f.pane.tree();
    for (int round = 0; round < 4; ++round) {
        QVERIFY(!f.pane.grab().isNull());
        QTest::keyClick(&tree, Qt::Key_End);
        QTest::keyClick(&tree, Qt::Key_F);
        QVERIFY(!f.pane.grab().isNull());
        for (int step = 0; step < 30; ++step)
            tree.zoomIn();
        QVERIFY(!f.pane.grab().isNull());
        for (int step = 0; step < 60; ++step)
            tree.zoomOut();
        QTest::keyClick(&tree, Qt::Key_Home);
        QTest::keyClick(&tree, Qt::Key_Space);
        tree.panRight();
    }
    for (const auto part : {TracePane::Part::Tree, TracePane::Part::Waterfall, TracePane::Part::Minimap})
        QVERIFY(!f.pane.render(part, {400, 300}).isNull());
}

void TestSpanTreeView::rows_are_accessible() {
    QAccessibleInterface* tree = QAccessible::queryAccessibleInterface(m_view.get());
    QVERIFY(tree);
    QCOMPARE(tree->role(), QAccessible::Tree);
    QVERIFY(!tree->text(QAccessible::Name).isEmpty());
    QCOMPARE(tree->childCount(), m_view->rows().count());
    m_view->setCurrentSpan({test::kSampleError});
    QAccessibleInterface* current = tree->focusChild();
    QVERIFY(current);
    QCOMPARE(current->role(), QAccessible::TreeItem);
    QVERIFY(current->text(QAccessible::Name).contains(QStringLiteral("get_payment")));
    QVERIFY(current->text(QAccessible::Name).contains(QStringLiteral("error")));
    QVERIFY(current->state().selected);
    QVERIFY(tree->child(0)->state().expanded);
    QVERIFY(!tree->child(m_view->rows().count()));
    QCOMPARE(tree->indexOfChild(current), m_view->currentRow());
    QCOMPARE(m_view->model()->rowCount(), 2);
}

void TestSpanTreeView::pane_loads_from_the_store() {
    PaneFixture f;
    f.store.put(test::sample_snapshot());
    QSignalSpy loaded(&f.pane, &TracePane::loaded);
    f.selection.selectTrace(test::kSampleTrace);
    f.pane.showTrace(test::kSampleTrace);
    QTRY_COMPARE(loaded.count(), 1);
    QVERIFY(f.pane.snapshot());
    QCOMPARE(f.selection.span(), SpanId{test::kSampleRoot}); // the page chose the root
    const auto* header = f.pane.findChild<TraceHeader*>();
    QVERIFY(header->summary().contains(QStringLiteral("1\u00a0error")));
    f.pane.refresh();
    QTRY_COMPARE(loaded.count(), 2);
    f.pane.showTrace({});
    QVERIFY(!f.pane.snapshot());
}

void TestSpanTreeView::pane_says_what_failed() {
    PaneFixture f;
    QSignalSpy failed(&f.pane, &TracePane::loadFailed);
    f.pane.showTrace({1, 2});
    QTRY_COMPARE(failed.count(), 1);
    QVERIFY(!f.pane.snapshot());
    f.store.put(test::sample_snapshot());
    QSignalSpy loaded(&f.pane, &TracePane::loaded);
    f.pane.showTrace(test::kSampleTrace);
    f.pane.showTrace({1, 2}); // superseded at once: only the newest is delivered
    f.pane.showTrace(test::kSampleTrace);
    QTRY_COMPARE(loaded.count(), 1);
    QTest::qWait(50);
    QCOMPARE(failed.count(), 1);
}

void TestSpanTreeView::pane_follows_the_selection() {
    PaneFixture f;
    f.pane.showSnapshot(test::sample_snapshot());
    f.selection.selectTrace(test::kSampleTrace, {test::kSampleSilent});
    QCOMPARE(f.pane.tree()->currentSpan(), SpanId{test::kSampleSilent});
    QTest::keyClick(f.pane.tree(), Qt::Key_J);
    QCOMPARE(f.selection.span(), SpanId{18});
}

QTEST_MAIN(TestSpanTreeView)
#include "tst_span_tree_view.moc"
