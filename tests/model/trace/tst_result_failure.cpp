// result_says_failure: what is a failure, and above all what is none.
#include "model/trace/dialects/messages.h"

#include <QTest>

#include <string>

class ResultFailureTest : public QObject {
    Q_OBJECT
private slots:
    void says_failure_data();
    void says_failure();
    void malformed_text_is_answered();
    void usual_results_are_cheap();
};

void ResultFailureTest::says_failure_data() {
    QTest::addColumn<QByteArray>("result");
    QTest::addColumn<bool>("failure");
    const auto yes = [](const char* text) { QTest::newRow(text) << QByteArray(text) << true; };
    const auto no = [](const char* text) { QTest::newRow(text) << QByteArray(text) << false; };

    yes(R"({"error":"no such file"})");
    yes(R"({"error":{"code":-32602,"message":"bad"}})");
    yes(R"({"error":true})");
    yes(R"({"errors":[{"message":"x"}]})");
    yes(R"({"errors":{"name":["is required"]}})");
    yes(R"({"isError":true,"content":[{"type":"text","text":"x"}]})");
    yes(R"({"is_error": true})");
    yes(R"({"success":false,"items":[]})");
    yes(R"({"ok":false})");
    yes(R"({"stdout":"","exit_code":1})");
    yes(R"({"exitCode": -1})");
    yes(R"({"returncode":127})");
    yes(R"({"status":404})");
    yes(R"({"statusCode":500,"body":""})");
    yes(R"({"status_code":599})");
    yes(R"({"code":400})");
    yes(R"({"status":"error"})");
    yes(R"({"status":"Failed"})");
    yes(R"({"result":{"error":"x"}})");
    yes(R"({"data":{"success":false}})");
    yes(R"({"output":{"exit_code":2}})");
    yes(R"({"response":{"statusCode":503}})");
    yes(R"({"structuredContent":{"error":"x"}})");
    yes(R"({"result":"{\"error\":\"x\"}"})");
    yes(R"("{\"error\":\"quota\"}")");
    yes(R"([{"type":"text","text":"Error: no such page"}])");
    yes(R"([{"type":"text","text":"{\"error\":\"x\"}"}])");
    yes("Error: no such file");
    yes("  error: unknown revision");
    yes("\"Error: no such file\"");
    yes("Error executing tool: timeout");
    yes("Exit code 1\nno such file");
    yes("exit code: 2");
    yes("ValueError: invalid literal");
    yes("requests.exceptions.HTTPError: 404");
    yes("fatal: not a git repository");
    yes("<tool_use_error>File has not been read yet</tool_use_error>");
    yes("Traceback (most recent call last):\n  File \"a.py\", line 1\nKeyError: 'x'");
    yes("starting\nTraceback (most recent call last):\n  File \"a.py\", line 1\nKeyError: 'x'");
    yes(R"("starting\nTraceback (most recent call last):\n  File \"a.py\", line 1\nKeyError: 'x'")");

    no("");
    no("   \n");
    no("null");
    no("true");
    no("0");
    no("[]");
    no("{}");
    no(R"("")");
    no(R"({"error":null})");
    no(R"({"error":""})");
    no(R"({"error":false})");
    no(R"({"error":[]})");
    no(R"({"error":{}})");
    no(R"({"error":0})");
    no(R"({"error":"none"})");
    no(R"({"error":{"code":0,"message":""}})");
    no(R"({"error":0.031,"r2":0.99})");
    no(R"({"errors":[]})");
    no(R"({"errors":0})");
    no(R"({"errors":3,"warnings":9})");
    no(R"({"isError":false,"content":[{"type":"text","text":"all good"}]})");
    no(R"({"is_error":"no"})");
    no(R"({"success":true})");
    no(R"({"exit_code":0,"stdout":"error: none"})");
    no(R"({"exitCode":null})");
    no(R"({"status":200})");
    no(R"({"status":"ok"})");
    no(R"({"status":"open"})");
    no(R"({"code":399})");
    no(R"({"code":600})");
    no(R"({"code":"404 Main Street"})");
    no(R"({"text":"\"error\":\"x\""})");
    no(R"({"rows":[{"error":"timeout"},{"error":"quota"}]})");
    no(R"({"a":{"result":{"error":"x"}}})");
    no(R"([{"error":"a row of a log"}])");
    no(R"([1,2,3])");
    no(R"([{"type":"text","text":"12 files"},{"type":"text","text":"Error: quoted"}])");
    no("Found 3 files");
    no("The error: it was late");
    no("Errors were found in none of the files");
    no("Exit code 0");
    no("exit code is stated below");
    no("Error handling in C++");
    no("errors.md: how to report");
    no("a.log:3: Traceback (most recent call last)");
    no("# Errors\nTypeError: raised when a type is wrong");
}

void ResultFailureTest::says_failure() {
    QFETCH(QByteArray, result);
    QFETCH(bool, failure);
    QCOMPARE(clew::result_says_failure(result.toStdString()), failure);
}

void ResultFailureTest::malformed_text_is_answered() {
    const std::string whole = R"({"a":[{"b":"c\\\""}],"result":{"error":"x"},"list":[1,{"d":null}]})";
    for (std::size_t n = 0; n < whole.size(); ++n) {
        clew::result_says_failure(std::string_view(whole).substr(0, n));
        clew::result_says_failure(std::string_view(whole).substr(n));
        clew::result_says_failure("\"" + whole.substr(0, n) + "\"");
    }
    QVERIFY(!clew::result_says_failure(std::string(200'000, '[')));
    QVERIFY(!clew::result_says_failure(std::string(200'000, '{')));
    std::string deep;
    for (int i = 0; i < 50'000; ++i)
        deep += R"({"error":)";
    clew::result_says_failure(deep);
    std::string lists = R"({"error":)" + std::string(100'000, '[');
    clew::result_says_failure(lists);
}

void ResultFailureTest::usual_results_are_cheap() {
    std::string json = R"({"rows":[)";
    for (int i = 0; i < 8; ++i)
        json += R"({"id":12,"name":"a name of some length","tags":["x","y"]},)";
    json += R"({}],"next":null})";
    QBENCHMARK {
        for (int i = 0; i < 1000; ++i)
            if (clew::result_says_failure(json)) QFAIL("no failure");
    }
}

QTEST_GUILESS_MAIN(ResultFailureTest)
#include "tst_result_failure.moc"
