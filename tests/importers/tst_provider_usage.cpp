#include "importers/support/provider_usage.h"
#include "tests/importers/provider_usages.h"

#include <QTest>

#include <simdjson.h>

using namespace clew;
using namespace clew::test;

class TestProviderUsage : public QObject {
    Q_OBJECT

private slots:
    void readsEachProvidersWords() {
        for (const ProviderUsage& one : kProviderUsages) {
            simdjson::dom::parser parser;
            simdjson::dom::object object;
            QVERIFY2(parser.parse(one.json.data(), one.json.size()).get(object) == simdjson::SUCCESS,
                     one.name);
            QVERIFY2(usage_of_provider(object) == one.usage, one.name);
        }
    }
};

QTEST_GUILESS_MAIN(TestProviderUsage)
#include "tst_provider_usage.moc"
