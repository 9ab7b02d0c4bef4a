// Playbooks in CACAO 2.0 (OASIS, "CACAO Security Playbooks Version 2.0"): read, checked against what the specification demands, and laid out as a checklist. Hostile bytes; pure. Nothing of a
// playbook is ever executed: commands are text that is shown.
//
//   const Reading read = read_playbook(bytes);
//   if (!read.playbook) tell(read.problems);          // each with its place: "workflow/action--…/on_completion"
//   for (const Line& line : checklist(*read.playbook)) show(read.playbook->steps[line.step], line.depth, line.branch);
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace vg::cases::cacao {

inline constexpr std::size_t kMostBytes = std::size_t{1} << 20, kMostSteps = 1'000, kMostProblems = 50;

struct Problem {
    std::string where;                     // path of members with / between; empty: the document as a whole
    std::string what;
};

struct Command {
    std::string type;                      // "manual", or another that is shown only
    std::string text;                      // decoded where it was base64
    std::string description;
};

struct Step {
    std::string id, type;                  // type: "start", "end", "action", "playbook-action", "parallel", "if-condition", "while-condition", "switch-condition"
    std::string name, description;
    std::string condition;                 // of if and while; of switch what is looked at
    std::vector<Command> commands;
    std::string playbook;                  // of playbook-action: the id of another playbook
    std::string next, on_success, on_failure;                  // ids of steps; empty: none. next: on_completion
    std::vector<std::pair<std::string, std::string>> branches; // ("true", id), ("false", id), ("2", id) of parallel, (value, id) of switch
};

struct Playbook {
    std::string id, name, description;
    std::string modified;                  // its version, as it is written
    std::vector<std::string> labels, types;
    bool revoked = false;
    std::string start;                     // id of a step
    std::vector<Step> steps;               // in the order of the document

    [[nodiscard]] const Step* find(std::string_view step) const;
};

struct Reading {
    std::optional<Playbook> playbook;      // none: it is refused
    std::vector<Problem> problems;         // why; at most kMostProblems
    std::vector<Problem> remarks;          // departures that do not hinder its being worked through
};
// Refused where a required member is missing or of another type, an id is none or is not of its object's type, a reference leads nowhere, or a step that is reached leads to no end.
Reading read_playbook(std::string_view bytes);

// A step in the order in which people go through it: what a condition, a loop or a parallel step leads to stands behind it, one deeper.
struct Line {
    std::size_t step = 0;                  // of Playbook::steps; start and end have no line
    std::size_t depth = 0;
    std::string branch;                    // of the first line of a branch: "true", "false", "2", a value, "failure"
};
std::vector<Line> checklist(const Playbook& playbook);

}  // namespace vg::cases::cacao
