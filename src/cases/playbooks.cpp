#include "cases/playbooks.h"

#include <algorithm>

#include "base/bytes.h"
#include "base/text.h"
#include "base/time.h"
#include "cases/rows.h"
#include "cases/tasks.h"
#include "store/audit.h"

namespace vg::cases {

namespace {

using Int = std::int64_t;

constexpr std::string_view kKindLabel = "incident-kind:";
constexpr std::size_t kMostTold = 10, kLongestTaskText = 12'000, kLongestTaskTitle = 500;

std::string kind_of(const cacao::Playbook& playbook) {
    for (const std::string& label : playbook.labels)
        if (label.starts_with(kKindLabel)) return label.substr(kKindLabel.size());
    return {};
}

Result<Kept> kept_of(std::string_view bytes) {
    cacao::Reading read = cacao::read_playbook(bytes);
    if (!read.playbook) return fail(Code::bad_input, "the playbook is refused: " + told(read.problems));
    Kept out{.about = {}, .playbook = std::move(*read.playbook), .remarks = std::move(read.remarks)};
    out.about.id = out.playbook.id;
    out.about.modified = out.playbook.modified;
    out.about.name = out.playbook.name;
    out.about.kind = kind_of(out.playbook);
    out.about.hash = sha256_hex(bytes);
    return out;
}

std::string title_of(const cacao::Step& step) {
    if (!trim(step.name).empty()) return shorten(step.name, kLongestTaskTitle);
    for (const cacao::Command& one : step.commands)
        if (!trim(one.text).empty()) return shorten(one.text.substr(0, one.text.find('\n')), kLongestTaskTitle);
    return step.type;
}

std::string text_of_step(const cacao::Step& step) {
    std::string out = step.description;
    const auto add = [&](const std::string& more) {
        if (!more.empty()) out += (out.empty() ? "" : "\n") + more;
    };
    add(step.condition);
    for (const cacao::Command& one : step.commands) {
        add(one.description);
        add(one.type == "manual" ? one.text : format("[{}] {}", one.type, one.text));
    }
    add(step.playbook);
    return shorten(out, kLongestTaskText);
}

}  // namespace

std::string told(const std::vector<cacao::Problem>& problems) {
    std::string out;
    for (std::size_t i = 0; i < std::min(problems.size(), kMostTold); ++i) out += format("{}{}{}{}", i == 0 ? "" : "; ", problems[i].where, problems[i].where.empty() ? "" : ": ", problems[i].what);
    if (problems.size() > kMostTold) out += format("; and {} more", problems.size() - kMostTold);
    return out;
}

Result<Kept> keep_playbook(store::Transaction& tx, const access::Actor& actor, std::string_view bytes, std::string_view source, Time now) {
    Kept kept = TRY(kept_of(bytes));
    kept.about.source = TRY(text_of("source", source));
    kept.about.imported = now;
    kept.about.imported_by = actor.name;
    const auto before = TRY((tx.first<std::string>("select hash from case_playbook where id = :a and modified = :b", {kept.about.id, kept.about.modified})));
    if (before && std::get<0>(*before) == kept.about.hash) return find_playbook(tx, kept.about.id, kept.about.modified);
    if (before) return fail(Code::conflict, "this version of the playbook is kept already, with other contents; a change has another `modified`");
    TRY(tx.run("insert into case_playbook (id, modified, name, source, hash, body, imported, imported_by) values (:a, :b, :c, :d, :e, :f, :g, :h)",
               {kept.about.id, kept.about.modified, kept.about.name, kept.about.source, kept.about.hash, bytes, now.micros, actor.name}));
    TRY(store::audit::append(tx, {.time = now, .actor = actor.name, .action = "playbook:import", .object = "playbook/" + kept.about.id, .organisation = {},
                                  .details = json::object({{"name", kept.about.name}, {"modified", kept.about.modified}, {"source", kept.about.source}, {"sha256", kept.about.hash}})}));
    return kept;
}

Result<std::vector<PlaybookInfo>> playbooks(store::Transaction& tx) {
    std::vector<PlaybookInfo> out;
    // Times of the same form: the later one is the greater text, but for its fraction, which is compared below.
    std::map<std::string, std::string> newest;
    for (auto& [id, modified] : TRY((tx.query<std::string, std::string>("select id, modified from case_playbook order by id, modified")))) {
        std::string& best = newest[id];
        const auto a = parse_time(best), b = parse_time(modified);
        if (best.empty() || (a && b && *a < *b)) best = modified;
    }
    for (const auto& [id, modified] : newest) out.push_back(TRY(find_playbook(tx, id, modified)).about);
    std::sort(out.begin(), out.end(), [](const PlaybookInfo& a, const PlaybookInfo& b) { return std::pair{a.name, a.id} < std::pair{b.name, b.id}; });
    return out;
}

Result<Kept> find_playbook(store::Transaction& tx, const std::string& id, const std::string& modified) {
    std::string wanted = modified;
    if (wanted.empty()) {
        std::optional<Time> newest;
        for (auto& [one] : TRY((tx.query<std::string>("select modified from case_playbook where id = :a order by modified", {id}))))
            if (const auto time = parse_time(one); time && (!newest || *newest < *time)) newest = time, wanted = one;
    }
    const auto row = TRY((tx.first<std::string, std::string, Int, std::string>("select body, source, imported, imported_by from case_playbook where id = :a and modified = :b", {id, wanted})));
    if (!row) return fail(Code::not_found, "there is no such playbook");
    const auto& [body, source, imported, imported_by] = *row;
    Kept kept = TRY(kept_of(body));
    kept.about.source = source;
    kept.about.imported = Time{imported};
    kept.about.imported_by = imported_by;
    return kept;
}

Result<std::vector<Kept>> shipped_playbooks(const std::map<std::string, std::string>& files) {
    std::vector<Kept> out;
    for (const auto& [name, text] : files) {
        Kept kept = TRY_IN(name + ": ", kept_of(text));
        kept.about.source = "Vọng Gác";
        out.push_back(std::move(kept));
    }
    return out;
}

Result<Run> start(store::Transaction& tx, const access::Actor& actor, const CaseId& of, const PlaybookInfo& about, const cacao::Playbook& playbook, Random& random, Time now) {
    const Case file = TRY(find(tx, actor.scope, of));
    if (file.closed) return fail(Code::conflict, "the case is closed");
    if (playbook.revoked) return fail(Code::conflict, "the playbook was revoked by whoever wrote it");
    const auto open = TRY((tx.first<Int>("select count(*) from case_task t join case_run r on r.id = t.run where t.case_id = :a and t.outcome = 'open' and r.playbook = :b", {of.text(), about.id})));
    if (open && std::get<0>(*open) > 0) return fail(Code::conflict, format("the playbook runs in this case already: {} of its tasks are open", std::get<0>(*open)));
    Run run{.id = make_id<RunTag>(now, random), .of = of, .playbook = about, .started = now, .started_by = actor.name};
    TRY(tx.run("insert into case_run (id, case_id, playbook, modified, name, source, hash, started, started_by) values (:a, :b, :c, :d, :e, :f, :g, :h, :i)",
               {run.id.text(), of.text(), about.id, about.modified, about.name, about.source, about.hash, now.micros, actor.name}));
    for (const cacao::Line& line : cacao::checklist(playbook)) {
        const cacao::Step& step = playbook.steps[line.step];
        Task task;
        task.title = title_of(step);
        task.text = text_of_step(step);
        task.run = run.id.text();
        task.step = step.id;
        task.step_kind = step.type;
        task.branch = line.branch;
        task.depth = static_cast<Int>(line.depth);
        TRY(insert_task(tx, actor, file, task, random, now));
        ++run.tasks;
    }
    TRY(tell(tx, file, {.actor = actor.name, .kind = "playbook", .text = about.name, .details = json::object({{"playbook", about.id}, {"modified", about.modified}, {"sha256", about.hash}, {"tasks", run.tasks}})}, now));
    return run;
}

Result<std::vector<Run>> runs(store::Transaction& tx, const access::Scope& scope, const CaseId& of) {
    TRY(find(tx, scope, of));
    std::vector<Run> out;
    for (auto& [id, playbook, modified, name, source, hash, started, started_by] :
         TRY((tx.query<std::string, std::string, std::string, std::string, std::string, std::string, Int, std::string>("select id, playbook, modified, name, source, hash, started, started_by from case_run where case_id = :c order by started, id", {of.text()})))) {
        Run run;
        run.id = TRY(RunId::parse(id));
        run.of = of, run.started = {started}, run.started_by = started_by;
        run.playbook = {.id = playbook, .modified = modified, .name = name, .kind = {}, .source = source, .hash = hash, .imported = {}, .imported_by = {}};
        for (const auto& [outcome, count] : TRY((tx.query<std::string, Int>("select outcome, count(*) from case_task where run = :r group by outcome", {id})))) {
            run.tasks += count;
            if (outcome != "open") run.ended += count;
        }
        out.push_back(std::move(run));
    }
    return out;
}

}  // namespace vg::cases
