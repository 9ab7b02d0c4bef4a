#include "cli/help.h"

#include <ostream>

#include "api/api.h"
#include "base/text.h"

namespace vg::cli::of_help {

namespace {

Result<int> show(Call& call) {
    std::ostream& out = call.streams.out;
    if (call.arguments.empty()) {
        out << help_all();
        return 0;
    }
    const std::string& topic = call.arguments[0];
    if (topic == "man") {
        out << man_page();
        return 0;
    }
    if (topic == "openapi") {
        out << api::openapi();
        return 0;
    }
    std::vector<std::string> known;
    for (const Noun* noun : nouns()) {
        known.emplace_back(noun->name);
        if (noun->name != topic) continue;
        out << help_of(*noun);
        return 0;
    }
    if (topic == "serve") return call.surroundings.serve({"--help"});
    const auto near = nearest(topic, known);
    return fail(Code::bad_input, format("there is no help about {}{}", shorten(topic, 64), near ? "; did you mean " + *near + "?" : std::string{}));
}

constexpr Verb kVerbs[] = {{.name = "", .arguments = "[NOUN]", .about = "Says what there is; `help man` gives the man page.", .local = true, .run = show}};

}  // namespace

extern const Noun help{.name = "help", .about = "What there is, and how to use it.", .verbs = kVerbs};

}  // namespace vg::cli::of_help
