#include "importers/sources/grpc_status.h"

#include "importers/live/printable.h"

#include <protozero/exception.hpp>
#include <protozero/pbf_reader.hpp>
#include <protozero/pbf_writer.hpp>
#include <string>

namespace clew {

namespace {

constexpr std::size_t kLongestMessage = 500; // it travels in a header

grpc::StatusCode code_of(int status) {
    switch (status) {
    case 401: return grpc::StatusCode::UNAUTHENTICATED;
    case 403:
    case 421: return grpc::StatusCode::PERMISSION_DENIED;
    case 404:
    case 405:
    case 501: return grpc::StatusCode::UNIMPLEMENTED;
    case 413: return grpc::StatusCode::RESOURCE_EXHAUSTED;
    case 429:
    case 502:
    case 503:
    case 504: return grpc::StatusCode::UNAVAILABLE;
    default:
        return status >= 400 && status < 500 ? grpc::StatusCode::INVALID_ARGUMENT
                                             : grpc::StatusCode::INTERNAL;
    }
}

// The message of the google.rpc.Status that is the reply's body.
std::string message_of(const live::Reply& reply) {
    if (reply.content_type != "application/x-protobuf") return live::printable(reply.body, kLongestMessage);
    std::string out;
    try { // protozero's way to say that it is no protobuf
        protozero::pbf_reader reader(reply.body);
        while (reader.next(2, protozero::pbf_wire_type::length_delimited))
            out = reader.get_string();
    } catch (const protozero::exception&) {
        out.clear();
    }
    if (out.size() <= kLongestMessage) return out;
    return live::printable(out, kLongestMessage);
}

std::string retry_details(grpc::StatusCode code, const std::string& message, int seconds) {
    std::string delay; // google.protobuf.Duration
    protozero::pbf_writer(delay).add_int64(1, seconds);
    std::string info; // google.rpc.RetryInfo
    protozero::pbf_writer(info).add_message(1, delay);
    std::string any;
    protozero::pbf_writer any_writer(any);
    any_writer.add_string(1, "type.googleapis.com/google.rpc.RetryInfo");
    any_writer.add_bytes(2, info);
    std::string out; // google.rpc.Status
    protozero::pbf_writer writer(out);
    writer.add_int32(1, code);
    writer.add_string(2, message);
    writer.add_message(3, any);
    return out;
}

} // namespace

grpc::Status grpc_status(const live::Reply& reply) {
    if (reply.status >= 200 && reply.status < 300) return grpc::Status::OK;
    const grpc::StatusCode code = code_of(reply.status);
    const std::string message = message_of(reply);
    if (code != grpc::StatusCode::UNAVAILABLE) return {code, message};
    return {code, message, retry_details(code, message, reply.retry_after.value_or(1))};
}

} // namespace clew
