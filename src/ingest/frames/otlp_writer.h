// Writes one log record of OTLP as JSON; both decoders use it, so that both encodings give the same bytes. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "ingest/frames/otlp.h"

namespace vg::ingest {

// Appends members to an object that is under way.
class OtlpObject {
public:
    explicit OtlpObject(std::string& out) : out_(out) { out_.push_back('{'); }
    void name(std::string_view name);  // the value is to be appended by the caller
    void text(std::string_view name, std::string_view value);
    void number(std::string_view name, std::int64_t value);
    void digits(std::string_view name, std::uint64_t value);  // in quotes, as OTLP/JSON has 64-bit numbers
    void raw(std::string_view name, std::string_view json);
    void end() { out_.push_back('}'); }

private:
    std::string& out_;
    bool first_ = true;
};

// What a record has besides values; empty or 0: not sent.
struct OtlpFacts {
    std::uint64_t time = 0, observed = 0;  // nanoseconds since 1970
    std::int64_t severity = 0;
    std::string_view severity_text;
    std::string_view body, attributes;     // JSON
    std::string_view trace, span;          // hex
    std::uint32_t flags = 0;
    std::int64_t dropped = 0;
    std::string_view event_name;
    std::string_view resource, scope;      // JSON
};
void write_otlp(std::string& out, const OtlpFacts& facts);

// A double as JSON, or "NaN", "Infinity", "-Infinity" in quotes, as proto3 JSON has them.
void write_otlp_real(std::string& out, double value);

// Hands records over and holds them to the limits.
class OtlpSink {
public:
    OtlpSink(const OtlpLimits& limits, const OnOtlpRecord& on_record) : limits_(limits), on_record_(on_record) {}
    void take(const OtlpFacts& facts);
    void refuse(std::string_view why);
    [[nodiscard]] const OtlpLimits& limits() const { return limits_; }

private:
    const OtlpLimits& limits_;
    const OnOtlpRecord& on_record_;
    std::string json_;
    std::uint64_t number_ = 0, total_ = 0;
};

}  // namespace vg::ingest
