// Playbooks that are kept, and their runs: a playbook (cacao.h) that is started on a case becomes tasks in its order (tasks.h). People do them; commands that are not manual are shown with their
// kind and never executed. A playbook is the same for every organisation of the node; a version is one `modified` of it, and is never changed once it is kept. Those of the program
// (content/playbooks) are read at its start and stand beside the imported ones.
//
//   const Kept kept = TRY(keep_playbook(tx, actor, bytes, "soarca.json", now));
//   const Run run = TRY(start(tx, actor, case_id, kept.about, kept.playbook, random, now));
#pragma once

#include <map>
#include <vector>

#include "cases/cacao.h"
#include "cases/cases.h"

namespace vg::cases {

struct RunTag;
using RunId = Id<RunTag>;

struct PlaybookInfo {
    std::string id, modified, name;
    std::string kind;                      // of incident, from its label "incident-kind:phishing"; empty: of none
    std::string source, hash;              // where it came from, and the SHA-256 of its bytes
    std::optional<Time> imported;          // none: it came with the program
    std::string imported_by;
};
struct Kept {
    PlaybookInfo about;
    cacao::Playbook playbook;
    std::vector<cacao::Problem> remarks;
};
struct Run {
    RunId id;
    CaseId of;
    PlaybookInfo playbook;
    Time started;
    std::string started_by;
    std::int64_t tasks = 0, ended = 0;
};

// The problems as one sentence, at most ten of them: "workflow/…/agent: is missing; ...".
std::string told(const std::vector<cacao::Problem>& problems);

// Refused with its problems (Code::bad_input); Code::conflict where the same version is kept with other bytes. Keeping the same bytes again changes nothing.
Result<Kept> keep_playbook(store::Transaction& tx, const access::Actor& actor, std::string_view bytes, std::string_view source, Time now);
// The newest version of each that is kept, by name.
Result<std::vector<PlaybookInfo>> playbooks(store::Transaction& tx);
// `modified` empty: the newest. Code::not_found.
Result<Kept> find_playbook(store::Transaction& tx, const std::string& id, const std::string& modified);
// Of file names and texts; a file that is refused is an error that names it.
Result<std::vector<Kept>> shipped_playbooks(const std::map<std::string, std::string>& files);

// The steps become tasks of the case. Each playbook once at a time: Code::conflict while tasks of the same one are open.
Result<Run> start(store::Transaction& tx, const access::Actor& actor, const CaseId& of, const PlaybookInfo& about, const cacao::Playbook& playbook, Random& random, Time now);
// Of a case, the first first; a merge leaves them with the case where they were started, their tasks go on with the survivor.
Result<std::vector<Run>> runs(store::Transaction& tx, const access::Scope& scope, const CaseId& of);

}  // namespace vg::cases
