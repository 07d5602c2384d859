// Multipart bodies: what clients send, and what they never should.

#include "importers/live/multipart.h"
#include "model/base/messages.h"

#include <QtTest>

#include <random>

using namespace clew;
using namespace clew::live;

namespace {

const std::string kBoundary = "----b-17";

std::string part(const std::string& headers, const std::string& bytes) {
    return "--" + kBoundary + "\r\n" + headers + "\r\n\r\n" + bytes + "\r\n";
}

std::string named(const std::string& name, const std::string& bytes) {
    return part("Content-Disposition: form-data; name=\"" + name + "\"\r\nContent-Type: application/json",
                bytes);
}

const std::string kEnd = "--" + kBoundary + "--\r\n";

// The body lives as long as what was found in it.
struct Parsed {
    explicit Parsed(std::string text)
        : body(std::move(text))
        , parts(form_parts(body, kBoundary)) {}
    [[nodiscard]] bool ok() const { return parts.ok(); }
    [[nodiscard]] const FormPart& at(std::size_t i) const { return parts->at(i); }
    [[nodiscard]] std::size_t size() const { return parts->size(); }
    std::string body;
    Result<std::vector<FormPart>> parts;
};

std::string trouble(std::string_view body, std::string_view boundary = kBoundary) {
    const auto parts = form_parts(body, boundary);
    return parts ? "none" : sentence(parts.error());
}

} // namespace

class LiveMultipartTest : public QObject {
    Q_OBJECT

private slots:
    void parts() {
        const std::string body = named("post.1", "{}") +
                                 part("content-disposition:form-data;name=plain; filename=\"a "
                                      "b.png\"\r\ncontent-type: Image/PNG; length=4\r\n"
                                      "Content-Encoding: GZIP\r\nX-Other: name=\"no\"",
                                      std::string("\0\r\n\xff", 4)) +
                                 named("empty", "") + named("lines", "-" + kBoundary + "\r\n-- no boundary") +
                                 kEnd;
        const auto parts = form_parts(body, kBoundary);
        QVERIFY(parts.ok());
        QCOMPARE(parts->size(), std::size_t{4});
        QCOMPARE((*parts)[0].name, std::string("post.1"));
        QCOMPARE((*parts)[0].content_type, std::string("application/json"));
        QCOMPARE((*parts)[0].bytes, std::string_view("{}"));
        QCOMPARE((*parts)[1].name, std::string("plain"));
        QCOMPARE((*parts)[1].file_name, std::string("a b.png"));
        QCOMPARE((*parts)[1].content_type, std::string("image/png"));
        QCOMPARE((*parts)[1].encoding, std::string("gzip"));
        QVERIFY((*parts)[1].bytes == std::string_view("\0\r\n\xff", 4));
        QVERIFY((*parts)[2].bytes.empty());
        QVERIFY((*parts)[3].bytes.ends_with("no boundary"));
    }

    void aroundTheParts() {
        QCOMPARE(form_parts("a preamble\r\n" + named("a", "1") + kEnd + "an epilogue", kBoundary)->size(),
                 std::size_t{1});
        QCOMPARE(form_parts(kEnd, kBoundary)->size(), std::size_t{0});
        // Without any header, and without one that names it.
        const Parsed bare("--" + kBoundary + "\r\n\r\nx\r\n" + part("X: y", "z") + kEnd);
        QVERIFY(bare.ok());
        QCOMPARE(bare.at(0).bytes, std::string_view("x"));
        QCOMPARE(bare.at(1).bytes, std::string_view("z"));
        QCOMPARE(bare.at(1).name, std::string());
    }

    void aNameMayHoldASemicolon() {
        const Parsed parts(
            part("Content-Disposition: form-data; filename=\"x; name=y\"; name=\"attachment.1.a;b\"", "") +
            kEnd);
        QVERIFY(parts.ok());
        QCOMPARE(parts.at(0).name, std::string("attachment.1.a;b"));
        QCOMPARE(parts.at(0).file_name, std::string("x; name=y"));
    }

    void cutAtEveryByte() {
        const std::string body = named("a", "{\"x\":1}") + named("b", "two") + kEnd;
        const std::size_t whole = body.size() - 2; // the last line end may be missing
        for (std::size_t size = 0; size < whole; ++size) {
            const Parsed parts(body.substr(0, size));
            QVERIFY2(!parts.ok(), std::to_string(size).c_str());
            QCOMPARE(parts.parts.error().code, std::string_view("live.multipart"));
        }
        QVERIFY(Parsed(body.substr(0, whole)).ok());
    }

    void sentences() {
        QCOMPARE(trouble("x", ""),
                 std::string("The multipart body could not be read: the content type names no boundary."));
        QCOMPARE(
            trouble(""),
            std::string("The multipart body could not be read: the boundary does not occur in the body."));
        QCOMPARE(
            trouble("--" + kBoundary + "x"),
            std::string("The multipart body could not be read: a boundary is not followed by a line end."));
        QCOMPARE(trouble("--" + kBoundary + "\r\n" + std::string(9000, 'x') + "\r\n\r\n" + kEnd),
                 std::string("The multipart body could not be read: the header of a part does not end."));
    }

    void hostileBoundaries() {
        // Long, of line ends, of dashes, of zeros, the whole body.
        const std::string body = named("a", "1") + kEnd;
        for (const std::string& boundary :
             {std::string(70'000, 'b'), std::string("\r\n"), std::string("-"), std::string("--"),
              std::string(3, '\0'), body, std::string("\r\n--"), kBoundary.substr(0, 3)})
            (void)form_parts(body, boundary).ok();
        // A boundary that is nearly there at every byte costs no more than its length.
        const std::string nearly = "--" + kBoundary + "\r\n\r\n" + [] {
            std::string out;
            for (int i = 0; i < 100'000; ++i)
                out += "\r\n--" + kBoundary.substr(0, 7);
            return out;
        }() + "\r\n" + kEnd;
        QCOMPARE(form_parts(nearly, kBoundary)->size(), std::size_t{1});
    }

    void tooManyParts() {
        std::string body;
        for (int i = 0; i < 100'001; ++i)
            body += "--b\r\n\r\n\r\n";
        QVERIFY(!form_parts(body + "--b--", "b").ok());
    }

    void noise() {
        std::mt19937 random(5);
        const std::string good = named("a", "{\"x\":1}") + named("b", "two") + kEnd;
        for (int round = 0; round < 3000; ++round) {
            std::string body = good;
            for (int change = 0; change < 4; ++change)
                body[random() % body.size()] = static_cast<char>("\r\n-:;\"=\0x"[random() % 9]);
            if (const auto parts = form_parts(body, kBoundary))
                for (const FormPart& one : *parts)
                    QVERIFY(one.bytes.size() <= body.size());
        }
    }
};

QTEST_GUILESS_MAIN(LiveMultipartTest)
#include "tst_live_multipart.moc"
