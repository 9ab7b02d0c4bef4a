#include <algorithm>

#include "base/text.h"
#include "cli/help.h"
#include "cli/parse.h"

namespace vg::cli {

namespace {

constexpr std::string_view kServe = "Runs the node: console, API and HTTP ingest.";

std::string option_text(const Option& option) {
    return option.value.empty() ? format("--{}", option.name) : format("--{} {}", option.name, option.value);
}

std::string usage(const Noun& noun, const Verb& verb) {
    std::string out = "vonggac " + std::string{noun.name};
    if (!verb.name.empty()) out += " " + std::string{verb.name};
    if (!verb.arguments.empty()) out += " " + std::string{verb.arguments};
    for (const Option& option : verb.options)
        out += option.need == Need::required ? " " + option_text(option) : format(" [{}]{}", option_text(option), option.need == Need::many ? "..." : "");
    return out;
}

std::string option_lines(std::span<const Option> options) {
    std::string out;
    std::size_t widest = 0;
    for (const Option& option : options) widest = std::max(widest, option_text(option).size());
    for (const Option& option : options) out += format("  {:<{}}  {}\n", option_text(option), widest, option.about);
    return out;
}

// man(7) takes '-' for a hyphen and a '.' or ''' at the start of a line for a request.
std::string troff(std::string_view text) {
    std::string out;
    for (char c : text) {
        if (c == '-')
            out += "\\-";
        else if (c == '\\')
            out += "\\e";
        else
            out += c;
    }
    if (!out.empty() && (out.front() == '.' || out.front() == '\'')) out.insert(0, "\\&");
    return out;
}

}  // namespace

std::string help_all() {
    std::string out =
        "Vọng Gác: takes logs in, keeps them, and finds attacks.\n\n"
        "vonggac NOUN VERB [ARGUMENTS] [--options]\n\n";
    std::size_t widest = 10;
    for (const Noun* noun : nouns()) widest = std::max(widest, noun->name.size());
    out += format("  {:<{}}  {}\n", "serve", widest, kServe);
    for (const Noun* noun : nouns()) {
        std::string verbs;
        for (const Verb& verb : noun->verbs)
            if (!verb.name.empty()) verbs += (verbs.empty() ? "" : "|") + std::string{verb.name};
        out += format("  {:<{}}  {}{}\n", noun->name, widest, noun->about, verbs.empty() ? "" : " " + verbs);
    }
    out += "\nvonggac NOUN --help says more. A command speaks to the server that has the data folder open (--data DIR), opens\n"
           "the folder itself when nobody has, or speaks to a server far away (--server URL, token in VONGGAC_TOKEN).\n\n"
           "Exit codes: 0 done; 1 done, and the answer is no; 2 not done, the message says why; 3 done in part.\n";
    return out;
}

std::string help_of(const Noun& noun) {
    if (noun.own != nullptr) return std::string{noun.usage};
    if (noun.verbs.size() == 1 && noun.verbs[0].name.empty()) return help_of(noun, noun.verbs[0]);
    std::string out = std::string{noun.about} + "\n\n";
    for (const Verb& verb : noun.verbs) out += format("  {}\n      {}\n", usage(noun, verb), verb.about);
    return out + format("\nvonggac {} VERB --help says more.\n", noun.name);
}

std::string help_of(const Noun& noun, const Verb& verb) {
    std::string out = usage(noun, verb) + "\n\n" + std::string{verb.about} + "\n";
    if (!verb.options.empty()) out += "\n" + option_lines(verb.options);
    out += "\n" + option_lines(output_options());
    if (!verb.local) out += option_lines(server_options());
    return out;
}

std::string man_page() {
    std::string out = ".TH VONGGAC 1 \"\" \"vonggac " VG_VERSION "\" \"User Commands\"\n.SH NAME\nvonggac \\- takes logs in, keeps them, and finds attacks\n"
                      ".SH SYNOPSIS\n.B vonggac\n.I NOUN VERB\n[\\fIARGUMENTS\\fR] [\\-\\-options]\n.SH DESCRIPTION\n"
                      "A command speaks to the server that has the data folder open, opens the folder itself when nobody has, or speaks to a server far away.\n"
                      ".SH COMMANDS\n";
    out += ".TP\n.B vonggac serve [\\-\\-config FILE] [\\-\\-data DIR] [\\-\\-listen ADDR:PORT]\n" + troff(kServe) + "\n";
    for (const Noun* noun : nouns()) {
        if (noun->own != nullptr) {
            out += ".TP\n.B vonggac " + troff(noun->name) + "\n" + troff(noun->about) + "\n.RS\n.nf\n";
            for (std::string_view line : split(noun->usage, '\n')) out += troff(line) + "\n";
            out += ".fi\n.RE\n";
        }
        for (const Verb& verb : noun->verbs) {
            out += ".TP\n.B " + troff(usage(*noun, verb)) + "\n" + troff(verb.about) + "\n";
            for (const Option& option : verb.options) out += ".RS\n.TP\n.B " + troff(option_text(option)) + "\n" + troff(option.about) + "\n.RE\n";
        }
    }
    out += ".SH OPTIONS OF ALL COMMANDS\n";
    for (const auto& options : {output_options(), server_options()})
        for (const Option& option : options) out += ".TP\n.B " + troff(option_text(option)) + "\n" + troff(option.about) + "\n";
    out += ".SH ENVIRONMENT\n.TP\n.B VONGGAC_TOKEN\nThe token for \\-\\-server. Secrets are never arguments.\n.TP\n.B VONGGAC_DATA\nThe data folder when \\-\\-data is not given.\n"
           ".SH EXIT STATUS\n0 done; 1 done, and the answer is no; 2 not done, the message says why; 3 done in part, with the rest named.\n";
    return out;
}

std::string bash_completion() {
    std::string out = "# bash completion for vonggac; made by: vonggac completion bash\n_vonggac() {\n"
                      "    local word=\"${COMP_WORDS[COMP_CWORD]}\" words=\"\"\n"
                      "    case \"$COMP_CWORD:${COMP_WORDS[1]} ${COMP_WORDS[2]}\" in\n        1:*) words=\"serve";
    for (const Noun* noun : nouns()) out += " " + std::string{noun->name};
    out += "\";;\n";
    const auto names = [](std::span<const Option> options) {
        std::string text;
        for (const Option& option : options) text += " --" + std::string{option.name};
        return text;
    };
    for (const Noun* noun : nouns()) {
        std::string verbs;
        for (const Verb& verb : noun->verbs)
            if (!verb.name.empty()) verbs += (verbs.empty() ? "" : " ") + std::string{verb.name};
        if (!verbs.empty()) out += format("        \"2:{} \"*) words=\"{}\";;\n", noun->name, verbs);
        for (const Verb& verb : noun->verbs)
            out += format("        *\":{} {}\"*) words=\"--help{}{}{}\";;\n", noun->name, verb.name, names(verb.options), names(output_options()), verb.local ? "" : names(server_options()));
    }
    out += "    esac\n    case \"$word\" in\n        -*|\"\") COMPREPLY=($(compgen -W \"$words\" -- \"$word\"));;\n"
           "        *) COMPREPLY=($(compgen -W \"$words\" -- \"$word\") $(compgen -f -- \"$word\"));;\n    esac\n}\ncomplete -F _vonggac vonggac\n";
    return out;
}

}  // namespace vg::cli
