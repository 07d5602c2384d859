// Renders the trace pane of the sample run in every theme at several sizes. With CLEW_PICTURES=DIR the
// pictures are kept there, to be looked at.
#include "model/trace/span.h"
#include "tests/support/fake_store.h"
#include "tests/support/sample_snapshot.h"
#include "views/trace/span_tree_view.h"
#include "views/trace/trace_pane.h"

#include <QApplication>
#include <QDir>
#include <QSet>
#include <QTest>

using namespace clew;
using namespace clew::views;

class TestTracePictures : public QObject {
    Q_OBJECT

private slots:
    void pane_data();
    void pane();
    void parts_data();
    void parts();
    void states_data();
    void states();

private:
    static void keep(const QImage& image, const QString& name);
    static int coloursOf(const QImage& image);
};

void TestTracePictures::keep(const QImage& image, const QString& name) {
    const QString folder = qEnvironmentVariable("CLEW_PICTURES");
    if (folder.isEmpty()) return;
    QDir().mkpath(folder);
    QVERIFY(image.save(QDir(folder).filePath(name + QStringLiteral(".png"))));
}

int TestTracePictures::coloursOf(const QImage& image) {
    QSet<QRgb> colours;
    for (int y = 0; y < image.height(); y += 2)
        for (int x = 0; x < image.width(); x += 2)
            colours.insert(image.pixel(x, y));
    return static_cast<int>(colours.size());
}

void TestTracePictures::pane_data() {
    QTest::addColumn<int>("theme");
    QTest::addColumn<QSize>("size");
    QTest::addColumn<double>("scale");
    const std::pair<const char*, ThemeName> themes[] = {
        {"light", ThemeName::Light}, {"dark", ThemeName::Dark}, {"high-contrast", ThemeName::HighContrast}};
    // The middle pane of windows of 1440, 1280 and 1920 pixels.
    const QSize sizes[] = {{743, 735}, {582, 635}, {1222, 915}};
    for (const auto& [name, theme] : themes) {
        for (const QSize size : sizes)
            QTest::addRow("%s-%d", name, size.width()) << static_cast<int>(theme) << size << 1.0;
        QTest::addRow("%s-743-2x", name) << static_cast<int>(theme) << sizes[0] << 2.0;
    }
}

void TestTracePictures::pane() {
    QFETCH(int, theme);
    QFETCH(QSize, size);
    QFETCH(double, scale);
    Theme look(static_cast<ThemeName>(theme));
    look.applyTo(*qApp);
    test::FakeTraceStore store;
    test::FakeNoteBook notes;
    Selection selection;
    ViewContext context{store, notes, look, selection};
    TracePane pane(context);
    pane.resize(size);
    pane.show();
    pane.showSnapshot(test::sample_snapshot());
    pane.setNow(test::kSnapshotStart + test::kSampleNow);
    Judgement judgement;
    judgement.target = {test::kSampleTrace, {test::kSampleSelected}};
    judgement.thumb = Thumb::down;
    pane.setJudgements({judgement});
    pane.selectSpan({test::kSampleFolded});
    pane.tree()->setCurrentCollapsed(true);
    pane.selectSpan({test::kSampleSelected});
    pane.focusTree();
    const QRect hovered = pane.tree()->rowRect(pane.tree()->rows().row(12));
    QTest::mouseMove(pane.tree()->viewport(), QPoint(300, hovered.center().y()));
    const QImage image = pane.render(TracePane::Part::Pane, size, scale);
    QCOMPARE(image.size(), size * scale);
    QVERIFY(coloursOf(image) > 40);
    keep(image, QString::fromUtf8(QTest::currentDataTag()));
}

void TestTracePictures::parts_data() {
    QTest::addColumn<int>("part");
    QTest::newRow("tree") << static_cast<int>(TracePane::Part::Tree);
    QTest::newRow("waterfall") << static_cast<int>(TracePane::Part::Waterfall);
    QTest::newRow("minimap") << static_cast<int>(TracePane::Part::Minimap);
}

void TestTracePictures::parts() {
    QFETCH(int, part);
    Theme look(ThemeName::Light);
    look.applyTo(*qApp);
    test::FakeTraceStore store;
    test::FakeNoteBook notes;
    Selection selection;
    ViewContext context{store, notes, look, selection};
    TracePane pane(context);
    pane.showSnapshot(test::sample_snapshot());
    pane.setNow(test::kSnapshotStart + test::kSampleNow);
    const QSize size(900, static_cast<TracePane::Part>(part) == TracePane::Part::Minimap ? 48 : 700);
    const QImage image = pane.render(static_cast<TracePane::Part>(part), size);
    QCOMPARE(image.size(), size);
    QVERIFY(coloursOf(image) > 10);
    keep(image, QStringLiteral("part-") + QString::fromUtf8(QTest::currentDataTag()));
}

namespace {

test::PlannedSpan plan(std::uint64_t id, std::uint64_t parent, const char* name, Kind kind,
                       std::int64_t start, std::int64_t end) {
    test::PlannedSpan span;
    span.id = id;
    span.parent = parent;
    span.name = name;
    span.kind = kind;
    span.start = start * kMillisecond;
    span.end = end * kMillisecond;
    return span;
}

TraceSnapshotPtr besideTrace() {
    std::vector<test::PlannedSpan> spans = {plan(1, 0, "research-agent", Kind::agent, 0, 9000),
                                            plan(2, 1, "plan", Kind::llm, 0, 900),
                                            plan(3, 1, "searcher", Kind::agent, 900, 6000),
                                            plan(4, 3, "gpt-4.1", Kind::llm, 950, 2500),
                                            plan(5, 3, "web_search", Kind::retriever, 2500, 5900),
                                            plan(6, 1, "reader", Kind::agent, 1000, 8000),
                                            plan(7, 6, "fetch", Kind::tool, 1100, 3000),
                                            plan(8, 6, "gpt-4.1", Kind::llm, 3000, 7900),
                                            plan(9, 1, "late clock", Kind::tool, -700, 400),
                                            plan(10, 1, "backwards", Kind::tool, 5000, 4200),
                                            plan(11, 1, "after the end", Kind::tool, 9400, 9600)};
    spans[2].flags |= kSubagent;
    spans[5].flags |= kSubagent;
    return test::build_snapshot(spans, {7, 7});
}

TraceSnapshotPtr deepTrace() {
    std::vector<test::PlannedSpan> spans;
    for (std::uint64_t id = 1; id <= 30; ++id) {
        const auto n = static_cast<std::int64_t>(id);
        spans.push_back(
            plan(id, id - 1, "graph_node", id % 3 == 0 ? Kind::llm : Kind::workflow, 10 * n, 900 - 10 * n));
    }
    return test::build_snapshot(spans, {7, 8});
}

} // namespace

void TestTracePictures::states_data() {
    QTest::addColumn<QString>("state");
    for (const char* name : {"beside", "deep", "zoomed", "empty", "failed", "million", "one"})
        QTest::newRow(name) << QString::fromLatin1(name);
}

void TestTracePictures::states() {
    QFETCH(QString, state);
    Theme look(ThemeName::Light);
    look.applyTo(*qApp);
    test::FakeTraceStore store;
    test::FakeNoteBook notes;
    Selection selection;
    ViewContext context{store, notes, look, selection};
    TracePane pane(context);
    const QSize size(743, 500);
    pane.resize(size);
    pane.show();
    if (state == QLatin1String("beside")) pane.showSnapshot(besideTrace());
    if (state == QLatin1String("deep")) pane.showSnapshot(deepTrace());
    if (state == QLatin1String("one"))
        pane.showSnapshot(test::build_snapshot({plan(1, 0, "ping", Kind::tool, 0, 12)}));
    if (state == QLatin1String("empty")) pane.showSnapshot(test::build_snapshot({}));
    if (state == QLatin1String("million")) pane.showSnapshot(test::synthetic_snapshot(50'000));
    if (state == QLatin1String("zoomed")) {
        pane.showSnapshot(test::sample_snapshot());
        pane.setNow(test::kSnapshotStart + test::kSampleNow);
        pane.selectSpan({test::kSampleError});
        pane.tree()->showTimes(test::kSnapshotStart + 6 * kSecond, test::kSnapshotStart + 16 * kSecond);
        pane.focusTree();
        QTest::keyClick(pane.tree(), Qt::Key_J);
    }
    if (state == QLatin1String("failed")) {
        pane.showTrace({1, 2});
        QTest::qWait(100);
    }
    const QImage image = pane.render(TracePane::Part::Pane, size);
    QVERIFY(coloursOf(image) > 3);
    keep(image, QStringLiteral("state-") + state);
}

QTEST_MAIN(TestTracePictures)
#include "tst_trace_pictures.moc"
