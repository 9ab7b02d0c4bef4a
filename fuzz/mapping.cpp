// Any text as a mapping, and a record read with it when it is one. What stands behind a line of three dots is the record.
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "formats/format.h"
#include "formats/mapping.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace vg;
    const std::string_view all{reinterpret_cast<const char*>(data), size};
    const std::size_t end = all.find("\n...\n");
    const auto mapping = formats::Mapping::make("", all.substr(0, end));
    if (!mapping) return 0;
    const std::vector<std::pair<std::string, std::string>> files{{(*mapping)->name + ".yaml", std::string{all.substr(0, end)}}};
    const auto library = formats::Library::make(files);
    if (!library) return 0;
    event::Record record;
    record.raw = end == std::string_view::npos ? std::string{R"({"a":"b","time":"2024-04-26T01:02:03Z"})"} : std::string{all.substr(end + 5)};
    record.envelope.format = (*mapping)->name;
    Arena arena;
    static_cast<void>(formats::to_event(record, **library, arena));
    return 0;
}
