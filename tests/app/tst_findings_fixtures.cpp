// What the rules find in run files as agents and SDKs write them, importers and all: every fixture that is
// labelled in tests/data/findings/expected.json, with precision and recall over all of them.
#include "app/prices.h"
#include "importers/import_job.h"
#include "tests/support/store_fixture.h"
#include "views/findings/findings_of.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTemporaryDir>
#include <QTest>

#include <set>

using namespace clew;
using namespace clew::test;

namespace {

std::set<std::string> rules_found(const std::string& path) {
    StoreOptions options;
    options.temporary = true;
    options.prices = app::user_prices();
    auto store = Store::open(options);
    if (!store) return {"no store"};
    {
        auto target = (*store)->import_target();
        if (!target) return {"no target"};
        ImportOptions import;
        import.path = path;
        if (auto read = import_path(import, **target, {}); !read) return {sentence(read.error())};
    }
    std::set<std::string> out;
    const auto page = (*store)->traces().traces({});
    if (!page) return {"no traces"};
    for (const TraceRow& row : page->rows) {
        const auto found = views::findings_of((*store)->traces(), row.id, {});
        if (!found) return {sentence(found.error())};
        for (const Finding& finding : *found)
            out.insert(finding.rule);
    }
    return out;
}

} // namespace

class TestFindingsFixtures : public QObject {
    Q_OBJECT

private slots:
    void precisionAndRecall() {
        const QTemporaryDir home;
        qputenv("XDG_DATA_HOME", home.path().toUtf8());
        QFile file(QStringLiteral(CLEW_TEST_DATA "/findings/expected.json"));
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QJsonObject labels = QJsonDocument::fromJson(file.readAll()).object();
        QVERIFY(labels.size() > 50);
        int right = 0, extra = 0, missed = 0;
        for (auto label = labels.begin(); label != labels.end(); ++label) {
            std::set<std::string> expected;
            for (const auto& rule : label.value().toArray())
                expected.insert(rule.toString().toStdString());
            for (const std::string& rule : expected)
                QVERIFY2(find_rule(rule), rule.c_str());
            const auto found = rules_found(CLEW_TEST_DATA "/" + label.key().toStdString());
            for (const std::string& rule : found) {
                expected.contains(rule) ? ++right : ++extra;
                if (!expected.contains(rule))
                    qWarning("%s: %s is too much", qPrintable(label.key()), rule.c_str());
            }
            for (const std::string& rule : expected) {
                missed += !found.contains(rule);
                if (!found.contains(rule))
                    qWarning("%s: %s is missing", qPrintable(label.key()), rule.c_str());
            }
        }
        const double precision = static_cast<double>(right) / std::max(1, right + extra);
        const double recall = static_cast<double>(right) / std::max(1, right + missed);
        qInfo("precision %.3f, recall %.3f: %d labels over %d files", precision, recall, right + missed,
              static_cast<int>(labels.size()));
        QVERIFY(precision >= 0.95);
        QVERIFY(recall >= 0.95);
    }
};

QTEST_GUILESS_MAIN(TestFindingsFixtures)
#include "tst_findings_fixtures.moc"
