#include "intel/writers/writer.h"

namespace vg::intel {

#define MEMBER(name) extern const Writer name;
#include "intel/writers/list.inc"
#undef MEMBER

const std::vector<const Writer*>& all_writers() {
    static const std::vector<const Writer*> all{
#define MEMBER(name) &name,
#include "intel/writers/list.inc"
#undef MEMBER
    };
    return all;
}

const Writer* find_writer(std::string_view name) {
    for (const Writer* writer : all_writers())
        if (writer->name == name) return writer;
    return nullptr;
}

}  // namespace vg::intel
