// The fields of one protobuf message, one after the other. Never throws: damage ends the message and is told.
// Views live as long as the bytes. One thread at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <protozero/pbf_reader.hpp>
#include <string_view>

namespace clew {

class PbFields {
public:
    explicit PbFields(std::string_view message)
        : reader_(message.data(), message.size())
        , begin_(message.data()) {}

    // Goes to the next field; false at the end, at damage, and behind a cut field.
    bool next() {
        if (damaged_ || cut_) return false;
        try {
            if (!reader_.next()) return false;
            tag_ = reader_.tag();
            type_ = reader_.wire_type();
            read();
        } catch (const protozero::exception&) {
            damaged_ = true;
        }
        return !damaged_;
    }

    [[nodiscard]] std::uint32_t tag() const { return tag_; }
    // A field counts only with the wire type that it has; with another it is an unknown field.
    [[nodiscard]] bool sized(std::uint32_t tag) const {
        return has(tag, protozero::pbf_wire_type::length_delimited);
    }
    [[nodiscard]] bool varint(std::uint32_t tag) const { return has(tag, protozero::pbf_wire_type::varint); }
    [[nodiscard]] bool fixed64(std::uint32_t tag) const {
        return has(tag, protozero::pbf_wire_type::fixed64);
    }
    [[nodiscard]] bool fixed32(std::uint32_t tag) const {
        return has(tag, protozero::pbf_wire_type::fixed32);
    }

    [[nodiscard]] std::string_view bytes() const { return bytes_; }
    [[nodiscard]] std::uint64_t number() const { return number_; }
    // Of `bytes()` in the message.
    [[nodiscard]] std::size_t offset() const { return static_cast<std::size_t>(bytes_.data() - begin_); }
    // Of everything up to the end of the field.
    [[nodiscard]] std::size_t size() const {
        return cut_ ? offset() + bytes_.size() : static_cast<std::size_t>(reader_.data().data() - begin_);
    }
    // The field says it is longer than what is left; `bytes()` is the rest.
    [[nodiscard]] bool cut() const { return cut_; }
    [[nodiscard]] bool damaged() const { return damaged_; }

private:
    [[nodiscard]] bool has(std::uint32_t tag, protozero::pbf_wire_type type) const {
        return tag_ == tag && type_ == type;
    }

    void read() {
        switch (type_) {
        case protozero::pbf_wire_type::varint:
            number_ = static_cast<std::uint64_t>(reader_.get_uint64());
            break;
        case protozero::pbf_wire_type::fixed64: number_ = reader_.get_fixed64(); break;
        case protozero::pbf_wire_type::fixed32: number_ = reader_.get_fixed32(); break;
        case protozero::pbf_wire_type::length_delimited: {
            const auto rest = reader_.data();
            const char* at = rest.data();
            const char* const end = at + rest.size();
            const std::uint64_t length = protozero::decode_varint(&at, end);
            const auto left = static_cast<std::size_t>(end - at);
            cut_ = length > left;
            bytes_ = {at, cut_ ? left : static_cast<std::size_t>(length)};
            if (!cut_) reader_.skip();
            break;
        }
        default: damaged_ = true;
        }
    }

    protozero::pbf_reader reader_;
    const char* begin_;
    std::uint32_t tag_ = 0;
    protozero::pbf_wire_type type_{};
    std::string_view bytes_;
    std::uint64_t number_ = 0;
    bool cut_ = false;
    bool damaged_ = false;
};

} // namespace clew
