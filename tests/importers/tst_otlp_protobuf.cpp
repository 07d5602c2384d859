#include "importers/registry.h"
#include "importers/support/otlp_zstd.h"
#include "model/trace/span_detail.h"
#include "tests/support/feed.h"

#include <QTest>

#include <zstd.h>

#include <limits>
#include <protozero/pbf_writer.hpp>

using namespace clew;
using namespace clew::test;
using protozero::pbf_writer;

namespace {

constexpr std::uint64_t kBase = 1'760'000'000'000'000'000;
const std::string kTrace("\x5b\x8e\xff\xf7\x98\x03\x81\x03\xd2\x69\xb6\x33\x81\x3f\xc6\x0c", 16);

std::string span_id(char last) {
    return std::string("\xee\xe1\x9b\x7e\xc3\xc1\xb1", 7) + last;
}

std::string any(std::string_view text) {
    std::string out;
    pbf_writer{out}.add_string(1, text.data(), text.size());
    return out;
}
std::string any(std::int64_t number) {
    std::string out;
    pbf_writer{out}.add_int64(3, number);
    return out;
}
std::string any(double number) {
    std::string out;
    pbf_writer{out}.add_double(4, number);
    return out;
}
std::string message(std::uint32_t field, const std::string& inner) {
    std::string out;
    pbf_writer{out}.add_message(field, inner);
    return out;
}
std::string attribute(std::string_view key, const std::string& value) {
    std::string out;
    pbf_writer writer{out};
    writer.add_string(1, key.data(), key.size());
    writer.add_message(2, value);
    return out;
}

// An LLM span with every kind of value.
std::string full_span() {
    std::string list;
    pbf_writer{list}.add_message(1, any("a"));
    pbf_writer{list}.add_message(1, any(std::int64_t{-7}));
    std::string bytes;
    pbf_writer{bytes}.add_bytes(7, std::string("\x00\xff\x10", 3));
    std::string truth;
    pbf_writer{truth}.add_bool(2, true);
    std::string status;
    pbf_writer status_writer{status};
    status_writer.add_string(2, "boom");
    status_writer.add_enum(3, 2);
    std::string event;
    pbf_writer event_writer{event};
    event_writer.add_fixed64(1, kBase + 3);
    event_writer.add_string(2, "retry");
    event_writer.add_message(3, attribute("n", any(std::int64_t{1})));
    std::string link;
    pbf_writer link_writer{link};
    link_writer.add_bytes(1, kTrace);
    link_writer.add_bytes(2, span_id('\x70'));

    std::string out;
    pbf_writer span{out};
    span.add_bytes(1, kTrace);
    span.add_bytes(2, span_id('\x71'));
    span.add_string(3, "a=b");
    span.add_bytes(4, span_id('\x70'));
    span.add_string(5, "chat");
    span.add_enum(6, 3);
    span.add_fixed64(7, kBase);
    span.add_fixed64(8, kBase + 5);
    span.add_message(9, attribute("gen_ai.request.model", any("small-1")));
    span.add_message(9,
                     attribute("gen_ai.usage.input_tokens", any(std::numeric_limits<std::int64_t>::max())));
    span.add_message(9, attribute("pi", any(0.1)));
    span.add_message(9, attribute("one", any(1.0)));
    span.add_message(9, attribute("nan", any(std::numeric_limits<double>::quiet_NaN())));
    span.add_message(9, attribute("inf", any(-std::numeric_limits<double>::infinity())));
    span.add_message(9, attribute("list", message(5, list)));
    span.add_message(9, attribute("map", message(6, message(1, attribute("k", any("v"))))));
    span.add_message(9, attribute("bytes", bytes));
    span.add_message(9, attribute("truth", truth));
    span.add_message(9, attribute("empty", {}));
    span.add_message(9, attribute("unclean", any("a\xff"
                                                 "b")));
    span.add_uint32(10, 2);
    span.add_message(11, event);
    span.add_message(13, link);
    span.add_message(15, status);
    span.add_fixed32(16, 257);
    span.add_string(77, "from a later version");
    return out;
}

std::string small_span(char last, std::string_view name) {
    std::string out;
    pbf_writer span{out};
    span.add_bytes(1, kTrace);
    span.add_bytes(2, span_id(last));
    span.add_string(5, name.data(), name.size());
    span.add_fixed64(7, kBase);
    return out;
}

// ResourceSpans inside a request; the scope stands behind its spans.
std::string request(const std::vector<std::string>& records) {
    std::string scope_batch;
    pbf_writer scopes{scope_batch};
    for (const auto& record : records)
        scopes.add_message(2, record);
    std::string scope;
    pbf_writer scope_writer{scope};
    scope_writer.add_string(1, "my.agent");
    scope_writer.add_string(2, "1");
    scopes.add_message(1, scope);
    scopes.add_string(3, "scope-url");
    std::string batch;
    pbf_writer batches{batch};
    batches.add_message(2, scope_batch);
    batches.add_message(1, message(1, attribute("service.name", any("demo"))));
    return message(1, batch);
}

std::string framed(const std::string& payload) {
    std::string out;
    for (int shift = 24; shift >= 0; shift -= 8)
        out += static_cast<char>(payload.size() >> shift & 0xff);
    return out + payload;
}

std::string packed(const std::string& payload) {
    std::string out(ZSTD_compressBound(payload.size()), '\0');
    out.resize(ZSTD_compress(out.data(), out.size(), payload.data(), payload.size(), 1));
    return out;
}

Fed read(const std::string& bytes) {
    return feed(otlp_protobuf_format, {{"t.pb", bytes}});
}

Confidence sniffed(const std::string& bytes) {
    Head head;
    head.bytes = std::string_view{bytes}.substr(0, 65536);
    return otlp_protobuf_format.sniff(head);
}

std::string json_of(const CollectedSpan& span, const std::string& key) {
    for (const auto& one : plain_attributes(span.attributes))
        if (one.key == key) return one.json;
    return "missing";
}

} // namespace

class TestOtlpProtobuf : public QObject {
    Q_OBJECT
private slots:
    void writesEveryFieldAsOtlpJson();
    void readsEveryFraming_data();
    void readsEveryFraming();
    void tellsLogsAndMetricsFromSpans();
    void keepsWhatIsCompleteOfACutInput();
    void survivesDamageAnywhere();
    void boundsWhatItReadsAtOnce();
    void derivesIdsOfTheWrongLength();
    void goesOnBehindTheLastFrame();
    void recognisesItsFiles();
};

void TestOtlpProtobuf::writesEveryFieldAsOtlpJson() {
    const Fed fed = read(request({full_span()}));
    QCOMPARE(fed.sink.spans.size(), std::size_t(1));
    const auto& span = fed.sink.spans[0];
    QCOMPARE(to_hex(span.trace), std::string("5b8efff798038103d269b633813fc60c"));
    QCOMPARE(to_hex(span.id), std::string("eee19b7ec3c1b171"));
    QCOMPARE(to_hex(span.parent), std::string("eee19b7ec3c1b170"));
    QCOMPARE(span.start, TimeNs(kBase));
    QCOMPARE(span.end, TimeNs(kBase + 5));
    QCOMPARE(span.status, Status::error);
    QCOMPARE(span.status_message, std::string("boom"));
    QCOMPARE(span.kind, Kind::llm);
    QCOMPARE(span.model, std::string("small-1"));
    QCOMPARE(span.usage.input, std::optional(std::numeric_limits<std::int64_t>::max()));
    QCOMPARE(span.scope_name, std::string("my.agent"));
    QCOMPARE(span.scope_json, std::string(R"({"name":"my.agent","version":"1"})"));
    QCOMPARE(span.scope_schema_url, std::string("scope-url"));
    QCOMPARE(span.service_name, std::string("demo"));
    QCOMPARE(span.resource_json,
             std::string(R"({"attributes":[{"key":"service.name","value":{"stringValue":"demo"}}]})"));
    QCOMPARE(span.rest, std::string(R"("traceState":"a=b","kind":3,"droppedAttributesCount":2,"flags":257)"));
    QVERIFY(span.attributes.find(R"({"intValue":"9223372036854775807"})") != std::string::npos);
    QVERIFY(span.attributes.find(R"({"key":"pi","value":{"doubleValue":0.1}})") != std::string::npos);
    QVERIFY(span.attributes.find(R"({"key":"one","value":{"doubleValue":1.0}})") != std::string::npos);
    QVERIFY(span.attributes.find(R"({"key":"bytes","value":{"bytesValue":"AP8Q"}})") != std::string::npos);
    QVERIFY(span.attributes.find(R"({"key":"empty","value":{}})") != std::string::npos);
    QCOMPARE(json_of(span, "nan"), std::string(R"("NaN")"));
    QCOMPARE(json_of(span, "inf"), std::string(R"("-Infinity")"));
    QCOMPARE(json_of(span, "list"), std::string(R"(["a",-7])"));
    QCOMPARE(json_of(span, "map"), std::string(R"({"k":"v"})"));
    QCOMPARE(json_of(span, "truth"), std::string("true"));
    QCOMPARE(json_of(span, "unclean"), std::string("\"a\xef\xbf\xbd"
                                                   "b\""));
    QCOMPARE(span.events, std::string(R"([{"timeUnixNano":"1760000000000000003","name":"retry","attributes":)"
                                      R"([{"key":"n","value":{"intValue":"1"}}]}])"));
    QCOMPARE(span.links,
             std::string(R"([{"traceId":"5b8efff798038103d269b633813fc60c","spanId":"eee19b7ec3c1b170"}])"));
    QVERIFY(fed.sink.find_note("otlp.repaired_text") != nullptr);
    QCOMPARE(fed.sink.count(Severity::error), std::size_t(0));
}

void TestOtlpProtobuf::readsEveryFraming_data() {
    QTest::addColumn<QByteArray>("bytes");
    const std::string one = request({small_span('\x71', "one"), small_span('\x72', "two")});
    const std::string two = request({small_span('\x73', "three")});
    const std::string json =
        R"({"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":)"
        R"("5b8efff798038103d269b633813fc60c","spanId":"eee19b7ec3c1b173","name":"three"}]}]}]})";
    const auto row = [](const char* name, const std::string& bytes) {
        QTest::newRow(name) << QByteArray(bytes.data(), static_cast<qsizetype>(bytes.size()));
    };
    row("single", one + two);
    row("length in front", framed(one) + framed("") + framed(two));
    row("zstd per message", framed(packed(one)) + framed(packed(two)));
    row("JSON in zstd per message", framed(packed(one)) + framed(packed(json)));
}

void TestOtlpProtobuf::readsEveryFraming() {
    QFETCH(QByteArray, bytes);
    const std::string text = bytes.toStdString();
    const Fed fed = read(text);
    QVERIFY(fed.result.ok());
    QCOMPARE(fed.sink.spans.size(), std::size_t(3));
    QCOMPARE(fed.sink.spans[2].name, std::string("three"));
    QVERIFY(fed.sink.notes.empty());
    QCOMPARE(split_difference(otlp_protobuf_format, {{"t.pb", text}}), std::string{});
    QCOMPARE(sniffed(text), Confidence::yes);
}

void TestOtlpProtobuf::tellsLogsAndMetricsFromSpans() {
    std::string log;
    pbf_writer writer{log};
    writer.add_fixed64(1, kBase);
    writer.add_enum(2, 9);
    writer.add_message(5, any("body text"));
    writer.add_message(6, attribute("event.name", any("gen_ai.choice")));
    writer.add_bytes(9, kTrace);
    writer.add_bytes(10, span_id('\x71'));
    std::string lonely;
    pbf_writer{lonely}.add_fixed64(1, kBase);
    std::string metric;
    pbf_writer metric_writer{metric};
    metric_writer.add_string(1, "gen_ai.tokens");
    metric_writer.add_message(7, std::string{});
    const Fed fed = read(framed(request({log, lonely})) + framed(request({metric})) +
                         framed(request({small_span('\x71', "one")})));
    QCOMPARE(fed.sink.spans.size(), std::size_t(1));
    QCOMPARE(fed.sink.logs.size(), std::size_t(1));
    QCOMPARE(fed.sink.logs[0].name, std::string("gen_ai.choice"));
    QCOMPARE(fed.sink.logs[0].event,
             std::string(R"({"timeUnixNano":"1760000000000000000","name":"gen_ai.choice","attributes":)"
                         R"([{"key":"event.name","value":{"stringValue":"gen_ai.choice"}},)"
                         R"({"key":"body","value":{"stringValue":"body text"}},)"
                         R"({"key":"severityNumber","value":{"intValue":"9"}}]})"));
    QVERIFY(fed.sink.find_note("otlp.logs_without_span") != nullptr);
    QVERIFY(fed.sink.find_note("otlp.metrics") != nullptr);
}

void TestOtlpProtobuf::keepsWhatIsCompleteOfACutInput() {
    const std::string first = request({small_span('\x71', "one"), small_span('\x72', "two")});
    const std::string second = request({small_span('\x73', "three"), small_span('\x74', "four")});
    const std::size_t in_four = second.rfind("four");
    for (const bool frames : {false, true}) {
        const std::string whole_input = frames ? framed(first) + framed(second) : first + second;
        const std::size_t cut = whole_input.size() - second.size() + in_four;
        const Fed fed = read(whole_input.substr(0, cut));
        QVERIFY(fed.result.ok());
        QCOMPARE(fed.sink.spans.size(), std::size_t(3));
        QCOMPARE(fed.sink.find_note("otlp.protobuf_cut")->severity, Severity::error);
        for (std::size_t length = 0; length < whole_input.size(); ++length)
            QVERIFY(read(whole_input.substr(0, length)).sink.spans.size() <= 4);
    }
}

void TestOtlpProtobuf::survivesDamageAnywhere() {
    const std::string good = request({full_span(), small_span('\x72', "two")});
    std::mt19937 random{7};
    for (int i = 0; i < 3000; ++i) {
        std::string bad = framed(good) + framed(packed(good)) + good;
        for (int n = 0; n < 1 + i % 4; ++n)
            bad[random() % bad.size()] = static_cast<char>(random());
        read(bad);
    }
    // Values inside values without end.
    std::string deep = any("x");
    for (int i = 0; i < 5000; ++i)
        deep = message(5, message(1, deep));
    std::string span = small_span('\x71', "deep");
    pbf_writer{span}.add_message(9, attribute("k", deep));
    const Fed fed = read(request({span, small_span('\x72', "two")}));
    QCOMPARE(fed.sink.spans.size(), std::size_t(2));
    QVERIFY(fed.sink.find_note("otlp.protobuf_damaged") != nullptr);
}

void TestOtlpProtobuf::boundsWhatItReadsAtOnce() {
    const std::string good = framed(request({small_span('\x71', "one")}));
    const Fed fed = read(good + std::string("\x7f\xff\xff\xff", 4) + good);
    QCOMPARE(fed.sink.spans.size(), std::size_t(1));
    QVERIFY(fed.sink.find_note("otlp.protobuf_too_large") != nullptr);

    std::string single = "\x0a\xff\xff\xff\xff\x0f";
    QVERIFY(read(single + "abc").sink.find_note("otlp.protobuf_too_large") != nullptr);

    const UnpackedFrame bomb = unpack_zstd_frame(packed(std::string(10'000'000, '\0')), 1'000'000);
    QVERIFY(bomb.too_large);
    QVERIFY(bomb.bytes.size() <= 1'000'000);
}

void TestOtlpProtobuf::derivesIdsOfTheWrongLength() {
    std::string parent;
    pbf_writer parent_writer{parent};
    parent_writer.add_bytes(1, kTrace);
    parent_writer.add_bytes(2, "abc");
    parent_writer.add_fixed64(7, kBase);
    std::string child = small_span('\x72', "two");
    pbf_writer{child}.add_bytes(4, "abc");
    const Fed fed = read(request({parent, child}));
    QCOMPARE(fed.sink.spans.size(), std::size_t(2));
    QCOMPARE(fed.sink.spans[1].parent, fed.sink.spans[0].id);
    QVERIFY((fed.sink.spans[0].flags & kDerivedId) != 0);
    QVERIFY(fed.sink.find_note("otlp.derived_id") != nullptr);
}

void TestOtlpProtobuf::goesOnBehindTheLastFrame() {
    const std::string first = framed(request({small_span('\x71', "one")}));
    const std::string second = framed(request({small_span('\x72', "two")}));
    const auto importer = otlp_protobuf_format.create();
    CollectingSink sink;
    QVERIFY(importer->begin(Part{"x", {}, kNoTime}, sink).ok());
    QVERIFY(importer->push(first + second.substr(0, 9)).ok());
    const auto saved = importer->save();
    QVERIFY(saved.has_value());
    QCOMPARE(saved->consumed, std::uint64_t(first.size()));
    const auto next = otlp_protobuf_format.create();
    QVERIFY(next->restore(*saved));
    CollectingSink rest;
    QVERIFY(next->begin(Part{"x", {}, kNoTime}, rest).ok());
    QVERIFY(next->push(second).ok());
    QVERIFY(next->end().ok());
    QCOMPARE(rest.spans.size(), std::size_t(1));
    QVERIFY(rest.notes.empty());
}

void TestOtlpProtobuf::recognisesItsFiles() {
    const std::string good = request({full_span()});
    QCOMPARE(sniffed(good.substr(0, 120)), Confidence::yes);
    QCOMPARE(sniffed(framed(good).substr(0, 120)), Confidence::yes);
    QCOMPARE(sniffed("\n{\"resourceSpans\":[]}\n"), Confidence::no);
    QCOMPARE(sniffed("\n\n\n\n\n\n\n\n\n\n\n\n"), Confidence::no);
    QCOMPARE(sniffed(std::string(4096, '\0')), Confidence::no);
    QCOMPARE(sniffed(std::string("SQLite format 3\0abcd", 20)), Confidence::no);
}

QTEST_GUILESS_MAIN(TestOtlpProtobuf)
#include "tst_otlp_protobuf.moc"
