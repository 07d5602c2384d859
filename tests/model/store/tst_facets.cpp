#include "model/store/filter/facets.h"

#include <QTest>

using namespace clew;

class TestFacets : public QObject {
    Q_OBJECT

private slots:
    void conditionsSideBySide() {
        const auto facets = facets_of("duration>5s and not agent:eval-bot (model:gpt-4o) cost!=3 refund");
        QCOMPARE(facets.size(), std::size_t{5});
        QCOMPARE(facets[0].key, std::string("duration"));
        QCOMPARE(facets[0].value, std::string(">5s"));
        QCOMPARE(facets[1].key, std::string("agent"));
        QVERIFY(facets[1].negated);
        QCOMPARE(facets[1].value, std::string("eval-bot"));
        QCOMPARE(facets[2].value, std::string("gpt-4o"));
        QVERIFY(facets[3].negated);
        QCOMPARE(facets[3].key, std::string("cost"));
        QCOMPARE(facets[4].key, std::string());
        QCOMPARE(facets[4].value, std::string("refund"));
    }

    void structureIsOne() {
        const auto facets = facets_of("has(tool:search status:error) seq(edit, bash) score.quality<0.5");
        QCOMPARE(facets.size(), std::size_t{3});
        QCOMPARE(facets[0].key, std::string("has"));
        QCOMPARE(facets[1].key, std::string("seq"));
        QCOMPARE(facets[2].key, std::string("score.quality"));
        QCOMPARE(facets[2].value, std::string("<0.5"));
    }

    void unreadableHasNone() { QVERIFY(facets_of("modle:x (").empty()); }

    void takingOut_data() {
        QTest::addColumn<QString>("filter");
        QTest::addColumn<QString>("key");
        QTest::addColumn<QString>("left");
        QTest::newRow("only") << "agent:a"
                              << "agent"
                              << "";
        QTest::newRow("first") << "agent:a and model:m"
                               << "agent"
                               << "model:m";
        QTest::newRow("middle") << "cost>1 and agent:a and model:m"
                                << "agent"
                                << "cost>1 and model:m";
        QTest::newRow("last") << "cost>1 and not agent:a"
                              << "agent"
                              << "cost>1";
        QTest::newRow("parentheses") << "cost>1 (agent:a) model:m"
                                     << "agent"
                                     << "cost>1 model:m";
        QTest::newRow("several") << "start>=2026-11-01 start<2026-11-08 refund"
                                 << "start"
                                 << "refund";
        QTest::newRow("not there") << "cost>1"
                                   << "agent"
                                   << "cost>1";
        QTest::newRow("a group stays") << "(agent:a or agent:b) cost>1"
                                       << "agent"
                                       << "(agent:a or agent:b) cost>1";
    }
    void takingOut() {
        QFETCH(QString, filter);
        QFETCH(QString, key);
        QFETCH(QString, left);
        QCOMPARE(QString::fromStdString(without_facet(filter.toStdString(), key.toStdString())), left);
    }

    void puttingIn_data() {
        QTest::addColumn<QString>("filter");
        QTest::addColumn<QString>("term");
        QTest::addColumn<QString>("then");
        QTest::newRow("empty") << ""
                               << "agent:a"
                               << "agent:a";
        QTest::newRow("beside") << "cost>1"
                                << "agent:a"
                                << "cost>1 agent:a";
        QTest::newRow("instead") << "agent:b cost>1"
                                 << "agent:a"
                                 << "agent:a cost>1";
        QTest::newRow("instead of several") << "agent:b and cost>1 and not agent:c"
                                            << "agent:a"
                                            << "agent:a and cost>1";
        QTest::newRow("blanks before") << "  agent:b cost>1 agent:c"
                                       << "agent:a"
                                       << "agent:a cost>1";
        QTest::newRow("beside alternatives") << "cost>1 or refund"
                                             << "agent:a"
                                             << "(cost>1 or refund) agent:a";
    }
    void puttingIn() {
        QFETCH(QString, filter);
        QFETCH(QString, term);
        QFETCH(QString, then);
        QCOMPARE(QString::fromStdString(with_facet(filter.toStdString(), "agent", term.toStdString())), then);
    }

    void valuesAreQuotedWhereNeeded() {
        QCOMPARE(facet_term("agent", "eval-bot"), std::string("agent:eval-bot"));
        QCOMPARE(facet_term("agent", "two words"), std::string("agent:\"two words\""));
        const auto facets = facets_of(facet_term("agent", "two words"));
        QCOMPARE(facets.size(), std::size_t{1});
        QCOMPARE(facets[0].key, std::string("agent"));
    }
};

QTEST_GUILESS_MAIN(TestFacets)
#include "tst_facets.moc"
