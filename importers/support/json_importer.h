// The part that formats made of JSON records share: cutting the input into documents, mending what no parser
// takes, keeping the good part of a cut document, and notes that name the place. A format reads one parsed
// document at a time.
//
// Restoring is not offered here: such files are read again from the start, which upserts make harmless.
#pragma once

#include "importers/importer.h"
#include "importers/support/json_documents.h"
#include "importers/support/json_reader.h"
#include "importers/support/json_values.h"
#include "importers/support/span_draft.h"

#include <cstdint>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace clew {

class JsonImporter : public Importer {
public:
    void teach(std::shared_ptr<const TaughtKeys> taught) override { out.teach(std::move(taught)); }
    Result<void> begin(const Part& part, SpanSink& sink) final;
    Result<void> push(std::string_view bytes) final;
    Result<void> end() final;
    Result<void> finish(SpanSink& sink) final;
    Result<void> settle(SpanSink& sink) final;

protected:
    using Layout = JsonDocuments::Layout;

    // `service`: see SpanOutput. `whole`: names of arrays whose elements are kept whole or not at all where a
    // document is cut; "" is the document itself where it is an array.
    explicit JsonImporter(std::string service, Layout layout = Layout::automatic,
                          std::span<const std::string_view> whole = {}, std::uint64_t largest = 1ull << 30)
        : out(std::move(service))
        , layout_(layout)
        , whole_(whole)
        , largest_(largest) {}

    // One document: a line, or a whole file. `root` lives until it returns. An error ends the source.
    virtual Result<void> read(json::Element root) = 0;
    // A document that is neither an object nor an array, which no JSON record is. false = say so.
    virtual bool other_text(std::string_view) { return false; }
    virtual Result<void> begin_part(const Part&) { return {}; }
    virtual Result<void> end_part() { return {}; }
    virtual Result<void> finish_source() { return {}; }
    virtual Result<void> settle_source() { return {}; }

    // Names the document that is being read.
    void note(Severity severity, std::string_view code, std::vector<std::string> args = {});
    // Once a source, however often it happens.
    void note_once(Severity severity, std::string_view code, std::vector<std::string> args = {});
    [[nodiscard]] std::uint64_t line() const { return line_; }
    [[nodiscard]] std::uint64_t offset() const { return offset_; } // byte in the part
    [[nodiscard]] const Part& part() const { return part_; }
    // The input ended inside the document, of which only the complete part is read.
    [[nodiscard]] bool cut() const { return cut_; }
    // The document's own text.
    [[nodiscard]] std::string_view raw() const { return raw_; }

    SpanOutput out;

private:
    Result<void> read_document(const JsonDocument& document);

    Layout layout_;
    std::span<const std::string_view> whole_;
    std::uint64_t largest_;
    Part part_;
    JsonDocuments documents_;
    JsonReader reader_;
    std::string_view raw_;
    std::uint64_t offset_ = 0;
    std::uint64_t line_ = 0;
    bool cut_ = false;
    std::set<std::string, std::less<>> said_;
};

} // namespace clew
