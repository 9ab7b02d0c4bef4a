// ingest/frames/otlp: whatever comes in, in either encoding, each record that comes out is one JSON object within the
// bounds, and its numbers count up by one.
#include <string>

#include "base/check.h"
#include "ingest/frames/json_object.h"
#include "ingest/frames/otlp.h"

namespace {

constexpr vg::ingest::OtlpLimits kLimits{.record_bytes = 4096, .total_bytes = 65536, .depth = 8};

template <class Read>
void check(const Read& read, std::string_view text) {
    vg::ingest::JsonObjectCheck json{4096};
    std::uint64_t number = 0, total = 0;
    static_cast<void>(read(text, kLimits, [&](const vg::ingest::OtlpRecord& record) {
        CHECK(record.number == ++number, "records are counted");
        CHECK(record.refused.empty() != record.json.empty(), "a record is handed over or refused");
        if (record.json.empty()) return;
        CHECK(record.json.size() <= kLimits.record_bytes, "no record is longer than the bound");
        const auto reason = json.refuse(record.json);
        CHECK(!reason, "a record is a JSON object");
        total += record.json.size();
    }));
    CHECK(total <= kLimits.total_bytes + kLimits.record_bytes, "all records together keep the bound");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size > 16384) return 0;
    const std::string_view text{reinterpret_cast<const char*>(data), size};
    check(vg::ingest::read_otlp_protobuf, text);
    check(vg::ingest::read_otlp_json, text);
    return 0;
}
