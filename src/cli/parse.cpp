#include "cli/parse.h"

#include <algorithm>

#include "base/text.h"

namespace vg::cli {

namespace {

constexpr Option kServer[] = {
    {"data", "DIR", "data folder; without it VONGGAC_DATA, else data"},
    {"server", "URL", "a server far away, with its token in VONGGAC_TOKEN"},
    {"ca", "FILE", "PEM file of the CA that signed the server's certificate"},
    {"fingerprint", "HEX", "SHA-256 of the server's certificate, instead of a CA"},
};
constexpr Option kOutput[] = {
    {"format", "FORMAT", "table, json, ndjson or csv; without it a table on a terminal and NDJSON otherwise"},
};

std::string did_you_mean(std::string_view word, const std::vector<std::string>& known) {
    const auto near = nearest(word, known);
    return near ? format("; did you mean {}?", *near) : std::string{};
}

const Option* find_option(const Verb& verb, std::string_view name) {
    const auto in = [&](std::span<const Option> options) -> const Option* {
        const auto found = std::find_if(options.begin(), options.end(), [&](const Option& one) { return one.name == name; });
        return found == options.end() ? nullptr : &*found;
    };
    if (const Option* own = in(verb.options)) return own;
    if (const Option* output = in(kOutput)) return output;
    return verb.local ? nullptr : in(kServer);
}

std::vector<std::string> option_names(const Verb& verb) {
    std::vector<std::string> names;
    for (const Option& option : verb.options) names.push_back("--" + std::string{option.name});
    for (const Option& option : kOutput) names.push_back("--" + std::string{option.name});
    if (!verb.local)
        for (const Option& option : kServer) names.push_back("--" + std::string{option.name});
    return names;
}

std::string full_name(const Parsed& parsed) {
    return format("vonggac {}{}{}", parsed.noun->name, parsed.verb->name.empty() ? "" : " ", parsed.verb->name);
}

// How many arguments "NAME", "[NAME]", "DIR...", "NAME VALUE" stand for.
struct Bounds {
    std::size_t least = 0, most = 0;
};
Bounds bounds_of(std::string_view arguments) {
    Bounds bounds;
    for (std::string_view part : split(arguments, ' ')) {
        if (part.empty()) continue;
        if (part.front() != '[') ++bounds.least;
        ++bounds.most;
        if (part.find("...") != std::string_view::npos) bounds.most = 100'000;
    }
    return bounds;
}

Result<Parsed> parse_rest(Parsed parsed, const std::vector<std::string>& words, std::size_t at) {
    const std::string name = full_name(parsed);
    bool only_arguments = false;
    for (; at < words.size(); ++at) {
        const std::string& word = words[at];
        if (only_arguments || word.size() < 2 || word.front() != '-') {
            parsed.arguments.push_back(word);
            continue;
        }
        if (word == "--") {
            only_arguments = true;
            continue;
        }
        if (word == "--help" || word == "-h") {
            parsed.help = true;
            return parsed;
        }
        const std::size_t equals = word.find('=');
        const std::string given = word.substr(0, equals);
        const Option* option = given.starts_with("--") ? find_option(*parsed.verb, std::string_view{given}.substr(2)) : nullptr;
        if (option == nullptr)
            return fail(Code::bad_input, format("{} has no option {}{}\nTry: {} --help", name, shorten(given, 64), did_you_mean(given, option_names(*parsed.verb)), name));
        auto& values = parsed.options[std::string{option->name}];
        if (!values.empty() && option->need != Need::many) return fail(Code::bad_input, format("{} stands twice", given));
        if (option->value.empty()) {
            if (equals != std::string::npos) return fail(Code::bad_input, format("{} takes no value", given));
            values.emplace_back("true");
        } else if (equals != std::string::npos) {
            values.push_back(word.substr(equals + 1));
        } else if (at + 1 < words.size()) {
            values.push_back(words[++at]);
        } else {
            return fail(Code::bad_input, format("{} needs a value: {} {}", given, given, option->value));
        }
    }
    const Bounds bounds = bounds_of(parsed.verb->arguments);
    if (parsed.arguments.size() < bounds.least)
        return fail(Code::bad_input, format("{} needs {}\nTry: {} --help", name, parsed.verb->arguments, name));
    if (parsed.arguments.size() > bounds.most)
        return fail(Code::bad_input, format("{} does not know what to do with {}\nTry: {} --help", name, shorten(parsed.arguments[bounds.most], 64), name));
    for (const Option& option : parsed.verb->options)
        if (option.need == Need::required && parsed.options.find(option.name) == parsed.options.end())
            return fail(Code::bad_input, format("{} needs --{} {}", name, option.name, option.value));
    return parsed;
}

bool asks_for_help(const std::string& word) { return word == "--help" || word == "-h"; }

}  // namespace

std::span<const Option> server_options() { return kServer; }
std::span<const Option> output_options() { return kOutput; }

Result<Parsed> parse(const std::vector<std::string>& words) {
    Parsed parsed;
    if (words.empty() || asks_for_help(words[0])) {
        parsed.help = true;
        return parsed;
    }
    std::vector<std::string> known{"serve"};
    for (const Noun* noun : nouns()) {
        known.emplace_back(noun->name);
        if (noun->name == words[0]) parsed.noun = noun;
    }
    if (words[0] == "--version") return parse({"version"});
    if (parsed.noun == nullptr)
        return fail(Code::bad_input, format("vonggac does not know {}{}\nTry: vonggac help", shorten(words[0], 64), did_you_mean(words[0], known)));
    const Noun& noun = *parsed.noun;
    if (noun.own != nullptr) {
        parsed.arguments.assign(words.begin() + 1, words.end());
        return parsed;
    }
    if (noun.verbs.size() == 1 && noun.verbs[0].name.empty()) {
        parsed.verb = &noun.verbs[0];
        return parse_rest(std::move(parsed), words, 1);
    }
    // A noun that stands alone and has verbs beside that: `backup DIR`, `backup list DIR`.
    const Verb* alone = nullptr;
    for (const Verb& verb : noun.verbs)
        if (verb.name.empty()) alone = &verb;
    if ((words.size() < 2 && alone == nullptr) || (words.size() >= 2 && asks_for_help(words[1]))) {
        parsed.help = true;
        if (words.size() >= 2) return parsed;
        std::string verbs;
        for (const Verb& verb : noun.verbs) verbs += (verbs.empty() ? "" : ", ") + std::string{verb.name};
        return fail(Code::bad_input, format("vonggac {} needs a verb: {}", noun.name, verbs));
    }
    known.clear();
    for (const Verb& verb : noun.verbs) {
        known.emplace_back(verb.name);
        if (words.size() >= 2 && verb.name == words[1] && !verb.name.empty()) parsed.verb = &verb;
    }
    if (parsed.verb == nullptr && alone != nullptr) {
        parsed.verb = alone;
        return parse_rest(std::move(parsed), words, 1);
    }
    if (parsed.verb == nullptr)
        return fail(Code::bad_input, format("vonggac {} has no verb {}{}\nTry: vonggac {} --help", noun.name, shorten(words[1], 64), did_you_mean(words[1], known), noun.name));
    return parse_rest(std::move(parsed), words, 2);
}

}  // namespace vg::cli
