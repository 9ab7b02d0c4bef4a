// Any bytes as a file: the records must not depend on how it is cut (the first byte says how).
#include <cstdint>
#include <string>
#include <vector>

#include "base/check.h"
#include "formats/format.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace vg;
    if (size == 0) return 0;
    const std::string_view file{reinterpret_cast<const char*>(data) + 1, size - 1};
    auto split = [file](std::size_t step) {
        std::vector<std::string> all;
        const auto splitter = formats::split_file({}, [&all](std::uint64_t number, std::string_view raw, std::string_view) {
            CHECK(number == all.size() + 1, "records are numbered from 1 without a gap");
            all.emplace_back(raw);
            return true;
        });
        for (std::size_t at = 0; at < file.size(); at += step) CHECK(splitter->feed(file.substr(at, step)).has_value(), "feeding does not fail");
        const auto report = splitter->finish();
        CHECK(report && report->records == all.size(), "the report counts what was kept");
        return all;
    };
    CHECK(split(std::size_t{1} + data[0]) == split(file.size() + 1), "the cut of the bytes does not matter");
    return 0;
}
