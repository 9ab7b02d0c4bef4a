// A pack of rules as a ZIP, and two of them compared. The same pack taken apart twice gives the same.
#include <cstdint>
#include <set>
#include <string>
#include <string_view>

#include "api/rule_store.h"
#include "base/check.h"
#include "detect/tuning.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes{reinterpret_cast<const char*>(data), size};
    const auto pack = vg::api::unpack(bytes, "fuzzed");
    if (!pack) return 0;
    const auto again = vg::detect::compare(pack->files, pack->files);
    CHECK(again.added.empty() && again.changed.empty() && again.removed.empty(), "a pack is no different from itself");
    std::set<std::string> ids;
    for (const vg::detect::NamedRule& rule : vg::detect::rules_of(pack->files)) ids.insert(rule.id);
    for (const vg::detect::RuleFile& file : pack->files) {
        const std::string left = vg::detect::without_rules(file.text, ids);
        CHECK(left.empty() || left.size() == file.text.size(), "lines stay where they are");
    }
    return 0;
}
