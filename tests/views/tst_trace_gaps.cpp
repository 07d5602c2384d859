// Gaps and rates as the trace pane shows them: the footer's figures, the way to the longest gap.

#include "tests/support/synthetic_snapshot.h"
#include "views/trace/span_tree_view.h"
#include "views/trace/trace_footer.h"

#include <QApplication>
#include <QHelpEvent>
#include <QSignalSpy>
#include <QTest>
#include <QToolTip>

using namespace clew;
using namespace clew::views;
using test::PlannedSpan;

namespace {

PlannedSpan planned(std::uint64_t id, std::uint64_t parent, Kind kind, std::int64_t from, std::int64_t to) {
    PlannedSpan span;
    span.id = id;
    span.parent = parent;
    span.name = "span " + std::to_string(id);
    span.kind = kind;
    span.start = from * kSecond;
    span.end = to * kSecond;
    span.output = kind == Kind::llm ? 100 : kUnknownCount;
    return span;
}

// Nothing runs from 10 to 20 and from 30 to 90.
TracePicturePtr picture() {
    const auto trace =
        test::build_snapshot({planned(1, 0, Kind::agent, 0, 100), planned(2, 1, Kind::llm, 0, 10),
                              planned(3, 1, Kind::tool, 20, 30), planned(4, 1, Kind::llm, 90, 100)});
    for (SnapshotSpan& span : trace->spans)
        if (span.kind == Kind::llm) span.first_token = span.start + 2 * kSecond;
    return makeTracePicture(trace);
}

} // namespace

class TraceGapsTest : public QObject {
    Q_OBJECT

private slots:
    void initTestCase() { m_theme.applyTo(*qApp); }

    void the_footer_tells_gaps_and_rates() {
        TraceFooter footer(m_theme);
        footer.setPicture(picture());
        const QString said = footer.accessibleDescription();
        QVERIFY2(said.contains(QStringLiteral("for 1\u00A0m\u00A010\u00A0s in all nothing ran, 2\u00A0gaps")),
                 qPrintable(said));
        QVERIFY(said.contains(QStringLiteral("between span 3 and span 4")));
        QVERIFY2(said.contains(QStringLiteral("First token: median 2.00\u00A0s")), qPrintable(said));
        QVERIFY2(said.contains(QStringLiteral("median 12.5")), qPrintable(said)); // 100 tokens in 8 s
        QVERIFY(said.contains(QStringLiteral("2 of 2 calls")));
    }
    void a_click_on_the_gaps_leads_there() {
        TraceFooter footer(m_theme);
        footer.resize(900, 24);
        footer.setPicture(picture());
        footer.grab();
        QSignalSpy clicked(&footer, &TraceFooter::commandClicked);
        for (int x = 10; x < 700 && clicked.isEmpty(); x += 8)
            QTest::mouseClick(&footer, Qt::LeftButton, {}, {x, 12});
        QCOMPARE(clicked.size(), 1);
        QCOMPARE(clicked.first().first().toString(), QStringLiteral("time.gap"));
    }
    void without_gaps_there_is_nothing_to_click() {
        TraceFooter footer(m_theme);
        footer.resize(420, 24); // no room for keys
        footer.setPicture(makeTracePicture(
            test::build_snapshot({planned(1, 0, Kind::agent, 0, 10), planned(2, 1, Kind::tool, 0, 10)})));
        footer.grab();
        QVERIFY(!footer.accessibleDescription().contains(QStringLiteral("Gaps")));
    }
    void the_key_goes_from_the_longest_to_the_next() {
        SpanTreeView tree(m_theme);
        tree.resize(1'000, 400);
        tree.setPicture(picture());
        tree.show();
        QSignalSpy said(&tree, &SpanTreeView::statusMessage);
        QTest::keyClick(&tree, Qt::Key_B);
        QCOMPARE(tree.currentSpan().value, std::uint64_t(4));
        QCOMPARE(said.last().first().toString(), QStringLiteral("Nothing ran for 1\u00A0m\u00A000\u00A0s"));
        QTest::keyClick(&tree, Qt::Key_B);
        QCOMPARE(tree.currentSpan().value, std::uint64_t(3));
        // The gap lies in the view, with what is around it.
        QVERIFY(tree.scale().begin() <= test::kSnapshotStart + 10 * kSecond);
        QVERIFY(tree.scale().end() >= test::kSnapshotStart + 20 * kSecond);
        QVERIFY(tree.scale().end() < test::kSnapshotStart + 50 * kSecond);
        QTest::keyClick(&tree, Qt::Key_B); // round and round
        QCOMPARE(tree.currentSpan().value, std::uint64_t(4));
    }
    void long_gaps_are_marked_in_the_waterfall() {
        SpanTreeView tree(m_theme);
        tree.setWantedColumns(kSpanColumn | kWaterfallColumn);
        tree.resize(1'000, 400);
        const TracePicturePtr with = picture();
        QCOMPARE(with->longGaps.size(), std::size_t(2));
        tree.setPicture(with);
        const QImage shown = tree.grab().toImage();
        auto bare = std::make_shared<TracePicture>(*with);
        bare->longGaps.clear();
        tree.setPicture(bare);
        QVERIFY(shown != tree.grab().toImage());
    }

private:
    Theme m_theme;
};

QTEST_MAIN(TraceGapsTest)
#include "tst_trace_gaps.moc"
