// Lint: what is wrong with rules that load, or why they do not. For those who write rules: `vonggac rule lint` and the
// route of the same name. Pure; not fast. One call works on one thread, any number of calls at once.
//
//   auto report = TRY(lint(files, {.others = in_force, .fields = {.names = seen, .complete = true}}));
//   for (const Remark& remark : report.remarks) show(remark);
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "detect/engine.h"

namespace vg::detect {

// A sentence for a person, in Vietnamese and in English. Both are always there.
struct Said {
    std::string vi, en;
};

struct Remark {
    enum class Weight : std::uint8_t { error, warning };  // an error: the rule cannot do anything as it stands
    Weight weight = Weight::warning;
    // "refused", "never-matches", "dead-part", "unused-part", "unknown-field", "look-alike", "note"
    std::string check;
    std::string file;
    int line = 0;            // 0: of no line
    std::string rule, title;  // id and title, as far as they could be read
    Said reason, remedy;
};

// Names of fields that rules may use. A name counts without its spaces too, as rules write it.
struct KnownFields {
    std::vector<std::string> names;
    // True: these are all that sources have ever sent, so another one is never there. False: what formats, mappings and
    // other rules name; of another one only what looks like a slip is told, because senders have names of their own.
    bool complete = false;
};

struct LintOptions {
    EngineOptions engine;
    std::span<const RuleFile> others;  // rules to be compared with; one that stands in the linted files too is left out
    KnownFields fields;
};

struct LintReport {
    LoadReport loaded;            // of the linted files
    std::vector<Remark> remarks;  // by file and line; at most kMostRemarks
    std::size_t left_out = 0;     // remarks beyond it
};
inline constexpr std::size_t kMostRemarks = 20'000;

// As the API and the command line tell it: "type" is refused, error or warning; both languages.
json::Value to_json(const Remark& remark);

Result<LintReport> lint(std::span<const RuleFile> files, const LintOptions& options);

}  // namespace vg::detect
