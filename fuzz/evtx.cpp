// Any bytes as the chunks of an .evtx file (the file's header is put before them): what is read must be JSON that the
// format for Windows events understands or refuses, and must not depend on how the bytes are cut.
#include <cstdint>
#include <string>
#include <vector>

#include "base/check.h"
#include "base/json.h"
#include "formats/evtx.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace vg;
    std::string file(4096, '\0');
    file.replace(0, 8, "ElfFile\0", 8);
    file.append(reinterpret_cast<const char*>(data), size);
    auto read = [&file](std::size_t step) {
        std::vector<std::string> records;
        formats::EvtxReader reader{[&records](std::string_view json) {
                                       records.emplace_back(json);
                                       return true;
                                   },
                                   [](const std::string&) {}};
        for (std::size_t at = 0; at < file.size(); at += step) reader.feed(std::string_view{file}.substr(at, step));
        reader.finish();
        return records;
    };
    const std::vector<std::string> whole = read(file.size());
    for (const std::string& record : whole) CHECK(json::parse(record, {.depth = 200}).has_value(), "a record is written as JSON");
    CHECK(read(1000) == whole, "the cut of the bytes does not matter");
    return 0;
}
