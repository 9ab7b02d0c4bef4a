#include <ostream>

#include "cli/noun.h"

namespace vg::cli::of_version {

namespace {

Result<int> show(Call& call) {
    call.streams.out << "vonggac " VG_VERSION "\n";
    return 0;
}

constexpr Verb kVerbs[] = {{.name = "", .about = "Says which version this is.", .local = true, .run = show}};

}  // namespace

extern const Noun version{.name = "version", .about = "Which version this is.", .verbs = kVerbs};

}  // namespace vg::cli::of_version
