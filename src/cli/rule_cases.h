// The cases of a rule: files of records beside it, in cases/NAME, that must fire it (attack*) or must not (others). Beside
// them may stand origin.txt: how they were made, and with "also: NAME" the rules (by the name of their file) that fire on
// single records of a correlation's cases because a step is an attack by itself. What `vonggac rule test` and the tests of
// our own rules ask. One thread.
//
//   const Fired fired = fire(engine, library, path);
//   for (const detect::Said& wrong : judge(rule, fired, is_attack(path), also)) ...
#pragma once

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "api/rule_case.h"
#include "detect/engine.h"
#include "detect/lint.h"
#include "formats/format.h"

namespace vg::cli {

struct Fired {
    std::vector<std::set<std::string>> by_record;  // titles of the rules that are told
    std::vector<std::string> together;             // titles of correlations, one for each match
    std::vector<detect::Said> trouble;             // records that no format understands, damage
};

// What fires on the records of a file, as `scan` reads it. `only`: of what that rule does; else of all.
Fired fire(const std::shared_ptr<const detect::Engine>& engine, const formats::Library& library, const std::string& file, const detect::RuleInfo* only = nullptr);

bool is_attack(const std::string& file);
// Whether a file of the folder holds no records: origin.txt.
bool is_origin(const std::string& file);
// The names behind "also:" of the folder's origin.txt; none without the file.
std::vector<std::string> steps_named(const std::string& folder);

// What is not as it must be: each record of an attack fires the rule and no other; the attack of a correlation is, together,
// one match of it, and on its single records only rules of `also` (titles) fire; a benign record fires nothing. Empty: all
// is well.
std::vector<detect::Said> judge(const detect::RuleInfo& rule, const Fired& fired, bool attack, const std::set<std::string>& also = {});

// cases/NAME beside DIR/NAME.yaml.
std::string case_folder(const std::string& rule_file);
// Its files in the order of their names, without origin.txt; none when there is no such folder.
Result<std::vector<std::string>> case_files(const std::string& folder);

// For the console: the cases of one rule, and what the rule itself, among whatever else the engine holds, does with them. None
// for rules that were not read from a file, and for those that only a correlation counts. Only the largest sizes are refused:
// what stands in the folder of rules was put there by who runs the node.
Result<api::RuleCases> cases_beside(const detect::Engine& engine, const detect::RuleInfo& rule);
Result<std::vector<api::RuleCaseResult>> run_cases(const std::shared_ptr<const detect::Engine>& engine, const formats::Library& library, const detect::RuleInfo& rule);

}  // namespace vg::cli
