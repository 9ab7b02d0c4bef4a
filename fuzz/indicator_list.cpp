// Lists of indicators from strangers, in every form that is read. The first line names the form and the file; the rest is the
// list. Accounts add up, values are canonical, and what is written out is read back.
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "intel/guard.h"
#include "intel/readers/misp.h"
#include "intel/readers/reader.h"
#include "intel/writers/writer.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace vg;
    const std::string_view input{reinterpret_cast<const char*>(data), size};
    const std::string_view first = input.substr(0, input.find('\n'));
    const std::string_view bytes = first.size() < input.size() ? input.substr(first.size() + 1) : std::string_view{};
    const std::string_view form = first.substr(0, first.find(' ')), name = first.substr(std::min(first.size(), form.size() + 1));
    const intel::Reader* reader = intel::find_reader(form);
    if (!reader) reader = &intel::reader_for(input, name);
    const intel::Reading reading = reader->read({.bytes = bytes, .name = name, .limits = {.entries = 200, .refusals = 20}});
    CHECK(reading.adds_up(), "nothing is lost without being counted");
    CHECK(reading.refusals.size() <= 20, "what is told is bounded");
    for (const intel::Entry& entry : reading.entries) {
        const auto again = detect::indicator::canonical(entry.kind, entry.text);
        CHECK(again && again->kind == entry.kind && again->text == entry.text, "values are canonical");
        CHECK(entry.comment.size() <= 600 && entry.family.size() <= 200, "texts are bounded");
    }
    for (const intel::Writer* writer : intel::all_writers()) {
        const intel::Written out = writer->write(reading.entries, {.most = intel::Tlp::red, .made = {}});
        CHECK(out.written + out.withheld + out.not_valid + out.unsuited == reading.entries.size(), "each entry is written or counted");
        if (writer->name != "csv") continue;
        const intel::Reading back = intel::find_reader("csv")->read({.bytes = out.text, .name = "x.csv"});
        CHECK(back.read == out.written && back.refused == 0, "what is written is read back");
    }
    CHECK(!intel::judge(reading.entries, reading.entries, nullptr).hold, "a feed that did not change is not held");
    static_cast<void>(intel::read_misp_manifest(bytes));
    static_cast<void>(intel::read_misp_hashes(bytes));
    return 0;
}
