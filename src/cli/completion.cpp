#include <ostream>

#include "base/text.h"
#include "cli/help.h"

namespace vg::cli::of_completion {

namespace {

Result<int> show(Call& call) {
    if (call.arguments[0] != "bash") return fail(Code::bad_input, format("there is completion for bash only, not for {}", shorten(call.arguments[0], 64)));
    call.streams.out << bash_completion();
    return 0;
}

constexpr Verb kVerbs[] = {{.name = "", .arguments = "SHELL", .about = "Prints completion for a shell: bash.", .local = true, .run = show}};

}  // namespace

extern const Noun completion{.name = "completion", .about = "Completion of these words in a shell.", .verbs = kVerbs};

}  // namespace vg::cli::of_completion
