#include "views/items/attribute_model.h"

#include <QAbstractItemModelTester>
#include <QTest>

using namespace clew;
using namespace clew::views;

namespace {

std::vector<AttributeSection> sections() {
    return {{QStringLiteral("Span"),
             {{"gen_ai.request.model", "\"gpt-4.1-mini\""},
              {"gen_ai.request.temperature", "0.2"},
              {"plain", "{\"a\":[1,2]}"}}},
            {QStringLiteral("Resource"), {{"service.name", "\"refund-agent\""}}},
            {QStringLiteral("Scope"), {}}};
}

} // namespace

class AttributeModelTest : public QObject {
    Q_OBJECT

private slots:
    void keepsTheRulesOfModels() {
        AttributeModel model;
        const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setSections(sections());
        model.setGroupedByPrefix(true);
        model.setFilter(QStringLiteral("gpt"));
        model.setFilter({});
        model.setGroupedByPrefix(false);
        model.setSections({});
    }
    void showsSectionsThatHaveSomething() {
        AttributeModel model;
        model.setSections(sections());
        QCOMPARE(model.rowCount(), 2);
        QCOMPARE(model.index(0, 0).data().toString(), QStringLiteral("Span"));
        QCOMPARE(model.rowCount(model.index(0, 0)), 3);
        const QModelIndex row = model.indexOfKey(QStringLiteral("gen_ai.request.model"));
        QVERIFY(row.isValid());
        QCOMPARE(row.siblingAtColumn(AttributeModel::Value).data().toString(),
                 QStringLiteral("gpt-4.1-mini"));
        QCOMPARE(row.data(AttributeModel::JsonRole).toString(), QStringLiteral("\"gpt-4.1-mini\""));
        QCOMPARE(model.totalCount(), 4);
    }
    void groupsByPrefix() {
        AttributeModel model;
        model.setSections(sections());
        model.setGroupedByPrefix(true);
        QCOMPARE(model.index(0, 0).data().toString(), QStringLiteral("Span · gen_ai"));
        QCOMPARE(model.index(0, 0, model.index(0, 0)).data().toString(), QStringLiteral("request.model"));
        QCOMPARE(model.indexOfKey(QStringLiteral("plain")).parent().data().toString(),
                 QStringLiteral("Span"));
    }
    void filtersKeysAndValues() {
        AttributeModel model;
        model.setSections(sections());
        model.setFilter(QStringLiteral("REFUND"));
        QCOMPARE(model.attributeCount(), 1);
        QCOMPARE(model.index(0, 0).data().toString(), QStringLiteral("Resource"));
        model.setFilter(QStringLiteral("temperature"));
        QCOMPARE(model.attributeCount(), 1);
        model.setFilter(QStringLiteral("nothing has this"));
        QCOMPARE(model.rowCount(), 0);
    }
};

QTEST_MAIN(AttributeModelTest)
#include "tst_attribute_model.moc"
