// A playbook that somebody sends: refused with its problems, or a checklist in which every step stands once at most, no deeper than there are steps.
#include <cstdint>
#include <set>
#include <string_view>

#include "base/check.h"
#include "base/text.h"
#include "cases/cacao.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace vg::cases::cacao;
    const std::string_view input{reinterpret_cast<const char*>(data), size};
    const Reading read = read_playbook(input);
    CHECK(read.playbook.has_value() == read.problems.empty(), "what is refused says why");
    CHECK(read.problems.size() <= kMostProblems && read.remarks.size() <= kMostProblems, "they are bounded");
    if (!read.playbook) return 0;
    std::set<std::size_t> seen;
    for (const Line& line : checklist(*read.playbook)) {
        CHECK(line.step < read.playbook->steps.size() && line.depth <= read.playbook->steps.size(), "it is a step of the playbook");
        CHECK(seen.insert(line.step).second, "a step stands once");
        const std::string& type = read.playbook->steps[line.step].type;
        CHECK(type != "start" && type != "end", "start and end are nothing to do");
    }
    return 0;
}
