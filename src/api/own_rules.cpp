// Own rules: those that people write in the console. They stand in a pack of their own, one file a rule; of two rules with
// one id the own one holds, and without it the other one holds again. The same for every organisation of the node.
#include <algorithm>
#include <functional>
#include <optional>

#include "api/api.h"
#include "api/list.h"
#include "api/rule_store.h"
#include "base/bytes.h"
#include "base/id.h"
#include "base/text.h"
#include "detect/tuning.h"

namespace vg::api::of_own_rules {

namespace {

constexpr std::size_t kMostOwnRules = 2'000;

constexpr NamedSchema kSchemas[] = {
    {"OwnRule", R"({"type":"object","required":["rule","title","replaced","in_force"],"properties":{"rule":{"type":"string","description":"its id"},"title":{"type":"string"},
    "replaced":{"type":"boolean","description":"there was an own rule of that id"},"in_force":{"type":"integer","description":"rules in force now"}},"additionalProperties":false})"}};

std::string file_of(std::string_view id) { return std::string{id} + ".yml"; }

// What is kept about the pack follows from its files.
void describe(PackContent& content) {
    Sha256Stream hash;
    for (const detect::RuleFile& file : content.files) {
        hash.add(file.name);
        hash.add(file.text);
    }
    content.pack.name = kOwnPack;
    content.pack.sha256 = to_hex(as_view(hash.finish()));
    content.pack.version = "sha256:" + content.pack.sha256.substr(0, 12);
    content.pack.source = "console";
    content.pack.files = static_cast<std::int64_t>(content.files.size());
    content.pack.rules = static_cast<std::int64_t>(detect::rules_of(content.files).size());
}

using Change = std::function<Status(PackContent&)>;

// Changes the pack and puts it into force; when that fails, what was there before is there again.
Result<detect::LoadReport> changed(Ask& ask, std::string_view action, const std::string& id, json::Value details, const Change& change) {
    const Time now = ask.context.clock.now();
    std::optional<PackContent> before;
    const auto put = [&](store::Transaction& tx, const std::optional<PackContent>& content) -> Status {
        if (content && !content->files.empty()) return RuleStore::put(tx, *content, now);
        TRY(RuleStore::drop(tx, kOwnPack));
        return {};
    };
    TRY(ask.context.state.write([&](store::Transaction& tx) -> Status {
        before = TRY(RuleStore::find(tx, kOwnPack));
        PackContent content = before.value_or(PackContent{});
        TRY(change(content));
        describe(content);
        TRY(put(tx, content));
        return RuleStore::note(tx, ask.actor, action, "rule/" + id, details, now);
    }));
    auto loaded = ask.context.reload_rules();
    const auto refused = [&]() -> const detect::RefusedRule* {
        const std::string name = format("pack {}: {}", kOwnPack, file_of(id));
        const auto one = std::find_if(loaded->refused.begin(), loaded->refused.end(), [&](const detect::RefusedRule& rule) { return rule.file == name; });
        return one == loaded->refused.end() ? nullptr : &*one;
    };
    if (loaded && refused() == nullptr) return loaded;
    const Error why = loaded ? Error{Code::bad_input, format("field text: line {}: {}", refused()->line, refused()->reason)} : loaded.error();
    TRY(ask.context.state.write([&](store::Transaction& tx) -> Status {
        TRY(put(tx, before));
        return RuleStore::note(tx, ask.actor, action, "rule/" + id, json::object({{"undone", why.text}}), now);
    }));
    if (loaded) TRY(ask.context.reload_rules());
    return fail(why);
}

// The one rule of a text: its id must be written in it, so that the next version replaces this one.
Result<detect::NamedRule> only_rule(const std::string& text) {
    const std::vector<detect::RuleFile> files{{"rule", text}};
    const auto rules = detect::rules_of(files);
    if (rules.size() != 1) return fail(Code::bad_input, format("field text: it must be one rule, and it holds {}", rules.size()));
    const detect::NamedRule& rule = rules.front();
    if (!parse_uuid(rule.id)) return fail(Code::bad_input, "field text: the rule needs an id, which is a UUID");
    return rule;
}

Result<net::Response> save(Ask& ask) {
    const std::string text = ask.body.text("text").value_or("");
    const detect::NamedRule rule = TRY(only_rule(text));
    bool replaced = false;
    const auto report = TRY(changed(ask, "rule:write", rule.id, json::object({{"title", shorten(rule.title, 256)}, {"reason", ask.body.text("reason").value_or("")}, {"sha256", sha256_hex(text)}}),
                                    [&](PackContent& content) -> Status {
                                        for (detect::RuleFile& file : content.files) {
                                            if (file.name != file_of(rule.id)) continue;
                                            file.text = text;
                                            replaced = true;
                                            return {};
                                        }
                                        if (content.files.size() >= kMostOwnRules) return fail(Code::too_large, format("there are {} own rules already", kMostOwnRules));
                                        content.files.push_back({file_of(rule.id), text});
                                        return {};
                                    }));
    return json_answer(200, json::object({{"rule", rule.id}, {"title", rule.title}, {"replaced", replaced}, {"in_force", report.loaded + report.correlations}}));
}

Result<net::Response> remove(Ask& ask) {
    const std::string id = lower_ascii(ask.captures[0]);
    const auto there = TRY(ask.context.state.read([](store::Transaction& tx) { return RuleStore::find(tx, kOwnPack); }));
    const auto is_it = [&](const detect::RuleFile& file) { return file.name == file_of(id); };
    if (!there || std::none_of(there->files.begin(), there->files.end(), is_it)) return no_content();
    TRY(changed(ask, "rule:unwrite", id, json::object({{"reason", ask.text("reason").value_or("")}}), [&](PackContent& content) -> Status {
        content.files.erase(std::remove_if(content.files.begin(), content.files.end(), is_it), content.files.end());
        return {};
    }));
    return no_content();
}

constexpr std::string_view kSave = R"({"type":"object","required":["text","reason"],"additionalProperties":false,"properties":{
    "text":{"type":"string","minLength":1,"maxLength":500000,"description":"YAML of one rule, with its id"},
    "reason":{"type":"string","minLength":3,"maxLength":500,"description":"stands in the audit chain"}},
    "examples":[{"text":"title: Our own\nid: 0d9f6b0c-35a3-4f0e-8d3c-5a1d6f3f8a03\nlogsource:\n  product: windows\ndetection:\n  a:\n    f: x\n  condition: a\n","reason":"we watch this ourselves"}]})";

constexpr Route kRoutes[] = {
    {.method = "POST", .pattern = "/api/v1/own-rules", .permission = "rule:write", .holds = Holds::node,
     .summary = "Keeps a rule that somebody here wrote and puts it into force, in place of any other of its id.", .request_schema = kSave, .response_schema = "OwnRule", .answer = save},
    {.method = "DELETE", .pattern = "/api/v1/own-rules/{id}", .permission = "rule:write", .holds = Holds::node, .summary = "Takes an own rule back; another one of its id holds again. Done as well when there is none.",
     .parameters = "reason:string stands in the audit chain", .status = 204, .answer = remove},
};

}  // namespace

extern const Resource own_rules{.name = "own-rules", .about = "Rules that people here wrote.", .routes = kRoutes, .schemas = kSchemas};

}  // namespace vg::api::of_own_rules
