#include "cases/cacao.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "base/bytes.h"
#include "base/json.h"
#include "base/text.h"
#include "base/time.h"

namespace vg::cases::cacao {

namespace {

using json::Value;

constexpr std::array<std::string_view, 8> kStepTypes = {"start", "end", "action", "playbook-action", "parallel", "if-condition", "while-condition", "switch-condition"};
// Agents and targets that the specification names; others are extensions of whoever wrote the playbook (section 7: an open vocabulary).
constexpr std::array<std::string_view, 10> kAgentTypes = {"group", "http-api", "individual", "linux", "location", "net-address", "organization", "sector", "security-category", "ssh"};
constexpr std::size_t kMostCommands = 200, kMostMembers = 2'000, kMostShown = 16'000;

bool is_hex(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

// RFC 4122: versions 1 to 5, variant 8 to b.
bool is_uuid(std::string_view text) {
    if (text.size() != 36) return false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        if (dash ? text[i] != '-' : !is_hex(text[i])) return false;
    }
    return text[14] >= '1' && text[14] <= '5' && std::string_view{"89abAB"}.find(text[19]) != std::string_view::npos;
}

// The type of an identifier, "object-type--UUID" (section 10.10); nothing when it is none.
std::optional<std::string_view> type_of(std::string_view id) {
    if (id.size() < 36 + 2 + 3 || !is_uuid(id.substr(id.size() - 36))) return std::nullopt;
    const std::string_view type = id.substr(0, id.size() - 38);
    if (id.substr(type.size(), 2) != "--") return std::nullopt;
    if (type.front() < 'a' || type.front() > 'z' || type.back() == '-') return std::nullopt;
    for (const char c : type)
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-')) return std::nullopt;
    return type;
}

bool is_timestamp(std::string_view text) {
    // RFC 3339 with Z (section 10.16); parse_time takes zones as well.
    return text.ends_with('Z') && text.size() >= 20 && text[10] == 'T' && parse_time(text).has_value();
}

bool is_variable_name(std::string_view name) {
    if (name.size() < 5 || name.size() > 204 || !name.starts_with("__") || !name.ends_with("__")) return false;
    const std::string_view inner = name.substr(2, name.size() - 4);
    if (inner.front() >= '0' && inner.front() <= '9') return false;
    return std::all_of(inner.begin(), inner.end(), [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-'; });
}

// One address, without what a shell or a mail program would take for more.
bool is_mail_address(std::string_view text) {
    const std::size_t at = text.find('@');
    if (at == 0 || at == std::string_view::npos || at + 1 == text.size() || text.find('@', at + 1) != std::string_view::npos) return false;
    return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) > ' ' && std::string_view{"`;,:<>()[]\\\"|&$"}.find(c) == std::string_view::npos; });
}

std::string joined(std::string_view where, std::string_view member) { return where.empty() ? std::string{member} : format("{}/{}", where, member); }
std::string shown_text(std::string_view text) { return shorten(text, kMostShown); }

class Reader {
public:
    Reading read(std::string_view bytes) {
        if (bytes.size() > kMostBytes) return refused(format("is larger than {} MiB", kMostBytes >> 20));
        const auto document = json::parse(bytes, {.depth = 32, .bytes = kMostBytes});
        if (!document) return refused("is no JSON: " + document.error().text);
        if (!document->is_object()) return refused("is no JSON object");
        head(*document);
        definitions(*document);
        workflow(*document);
        if (reading_.problems.empty()) connections();
        if (reading_.problems.empty()) reading_.playbook = std::move(playbook_);
        return std::move(reading_);
    }

private:
    Reading refused(std::string what) {
        problem("", std::move(what));
        return std::move(reading_);
    }
    void problem(std::string where, std::string what) {
        if (reading_.problems.size() < kMostProblems) reading_.problems.push_back({shorten(where, 300), std::move(what)});
    }
    void remark(std::string where, std::string what) {
        if (reading_.remarks.size() < kMostProblems) reading_.remarks.push_back({shorten(where, 300), std::move(what)});
    }

    enum class Need : std::uint8_t { optional, required };

    const Value* member(const Value& object, std::string_view where, std::string_view name, Need need) {
        const Value* found = object.find(name);
        if (found == nullptr && need == Need::required) problem(joined(where, name), "is missing");
        return found;
    }
    std::string text(const Value& object, std::string_view where, std::string_view name, Need need = Need::optional) {
        const Value* found = member(object, where, name, need);
        if (found == nullptr) return {};
        if (!found->is_text()) {
            problem(joined(where, name), "is no string");
            return {};
        }
        return found->as_text();
    }
    // An identifier; of that type, when one is said.
    std::string identifier(const Value& object, std::string_view where, std::string_view name, Need need, std::string_view type = {}) {
        std::string id = text(object, where, name, need);
        if (id.empty()) {
            if (const Value* found = object.find(name); found != nullptr && found->is_text()) problem(joined(where, name), "is empty, and no identifier");
            return id;
        }
        check_identifier(id, joined(where, name), type);
        return id;
    }
    bool check_identifier(std::string_view id, const std::string& where, std::string_view type = {}) {
        const auto own = type_of(id);
        if (!own) {
            problem(where, format("'{}' is no identifier (type--UUID)", shorten(id, 80)));
            return false;
        }
        if (!type.empty() && *own != type) problem(where, format("'{}' is no identifier of a {}", shorten(id, 80), type));
        return true;
    }
    void timestamp(const Value& object, std::string_view name, Need need) {
        const std::string value = text(object, "", name, need);
        if (!value.empty() && !is_timestamp(value)) problem(std::string{name}, format("'{}' is no time such as 2026-01-31T08:00:00Z", shorten(value, 40)));
    }
    void later(const Value& object, std::string_view first, std::string_view then) {
        const auto a = object.text(first), b = object.text(then);
        if (!a || !b) return;
        const auto from = parse_time(*a), to = parse_time(*b);
        if (from && to && *to < *from) problem(std::string{then}, format("lies before {}", first));
    }
    void number(const Value& object, std::string_view where, std::string_view name, std::int64_t least, std::int64_t most) {
        const Value* found = object.find(name);
        if (found == nullptr) return;
        if (!found->is_int()) {
            problem(joined(where, name), "is no whole number");
        } else if (found->as_int() < least || found->as_int() > most) {
            problem(joined(where, name), most == INT64_MAX ? format("is less than {}", least) : format("is not from {} to {}", least, most));
        }
    }
    void flag(const Value& object, std::string_view where, std::string_view name) {
        if (const Value* found = object.find(name); found != nullptr && !found->is_bool()) problem(joined(where, name), "is neither true nor false");
    }
    std::vector<std::string> texts(const Value& object, std::string_view where, std::string_view name, std::size_t least, bool identifiers = false) {
        std::vector<std::string> out;
        const Value* found = object.find(name);
        if (found == nullptr) return out;
        const std::string place = joined(where, name);
        if (!found->is_array()) {
            problem(place, "is no list");
            return out;
        }
        if (found->as_array().size() < least) problem(place, format("has fewer than {} entries", least));
        for (std::size_t i = 0; i < std::min(found->as_array().size(), kMostMembers); ++i) {
            const Value& one = found->as_array()[i];
            if (!one.is_text()) {
                problem(format("{}/{}", place, i), "is no string");
            } else if (!identifiers || check_identifier(one.as_text(), format("{}/{}", place, i))) {
                out.push_back(one.as_text());
            }
        }
        return out;
    }
    const json::Object* dictionary(const Value& object, std::string_view where, std::string_view name) {
        const Value* found = object.find(name);
        if (found == nullptr) return nullptr;
        if (!found->is_object()) {
            problem(joined(where, name), "is no object");
            return nullptr;
        }
        if (found->as_object().size() > kMostMembers) {
            problem(joined(where, name), format("has more than {} members", kMostMembers));
            return nullptr;
        }
        return &found->as_object();
    }

    void variables(const Value& object, std::string_view where, std::string_view name) {
        const json::Object* all = dictionary(object, where, name);
        if (all == nullptr) return;
        for (const auto& [key, value] : *all) {
            const std::string place = joined(joined(where, name), shorten(key, 80));
            if (!is_variable_name(key)) problem(place, "is no name of a variable (__name__)");
            if (!value.is_object()) {
                problem(place, "is no object");
                continue;
            }
            text(value, place, "type", Need::required);
            text(value, place, "description");
            flag(value, place, "constant");
            flag(value, place, "external");
        }
    }
    void references(const Value& object, std::string_view where) {
        const Value* found = object.find("external_references");
        if (found == nullptr) return;
        const std::string place = joined(where, "external_references");
        if (!found->is_array() || found->as_array().empty()) {
            problem(place, found->is_array() ? "has fewer than 1 entries" : "is no list");
            return;
        }
        for (std::size_t i = 0; i < std::min(found->as_array().size(), kMostMembers); ++i) {
            const Value& one = found->as_array()[i];
            const std::string at = format("{}/{}", place, i);
            if (!one.is_object()) {
                problem(at, "is no object");
                continue;
            }
            text(one, at, "name", Need::required);
            for (const std::string_view name : {"description", "source", "url", "external_id"}) text(one, at, name);
        }
    }

    void head(const Value& document) {
        if (const std::string type = text(document, "", "type", Need::required); !type.empty() && type != "playbook") problem("type", format("'{}' is no playbook", shorten(type, 40)));
        if (const std::string version = text(document, "", "spec_version", Need::required); !version.empty() && version != "cacao-2.0") problem("spec_version", format("'{}' is another version; cacao-2.0 is read", shorten(version, 40)));
        playbook_.id = identifier(document, "", "id", Need::required, "playbook");
        playbook_.name = shown_text(text(document, "", "name", Need::required));
        if (const Value* name = document.find("name"); name != nullptr && name->is_text() && trim(name->as_text()).empty()) problem("name", "is empty");
        playbook_.description = shown_text(text(document, "", "description"));
        identifier(document, "", "created_by", Need::required);
        timestamp(document, "created", Need::required);
        timestamp(document, "modified", Need::required);
        timestamp(document, "valid_from", Need::optional);
        timestamp(document, "valid_until", Need::optional);
        later(document, "created", "modified");
        later(document, "valid_from", "valid_until");
        playbook_.modified = document.text("modified").value_or("");
        flag(document, "", "revoked");
        playbook_.revoked = document.boolean("revoked").value_or(false);
        for (const std::string_view name : {"priority", "severity", "impact"}) number(document, "", name, 0, 100);
        playbook_.types = texts(document, "", "playbook_types", 0);
        texts(document, "", "playbook_activities", 1);
        texts(document, "", "industry_sectors", 1);
        playbook_.labels = texts(document, "", "labels", 1);
        for (const std::string_view name : {"derived_from", "related_to", "markings"}) texts(document, "", name, 1, true);
        references(document, "");
        variables(document, "", "playbook_variables");
    }

    void contact(const Value& agent, const std::string& where) {
        const Value* found = agent.find("contact");
        if (found == nullptr) return;
        const std::string place = joined(where, "contact");
        if (!found->is_object()) {
            problem(place, "is no object");
            return;
        }
        for (const std::string_view name : {"email", "phone"}) {
            const json::Object* all = dictionary(*found, place, name);
            if (all == nullptr) continue;
            for (const auto& [key, value] : *all) {
                const std::string at = joined(joined(place, name), shorten(key, 80));
                if (!value.is_text()) {
                    problem(at, "is no string");
                } else if (name == "email" && !is_mail_address(value.as_text())) {
                    problem(at, format("'{}' is no mail address", shorten(value.as_text(), 80)));
                }
            }
        }
    }

    // Objects by their identifiers: agents, targets, authentication, markings, extensions.
    void definitions(const Value& document) {
        for (const std::string_view name : {"agent_definitions", "target_definitions", "authentication_info_definitions", "data_marking_definitions", "extension_definitions"}) {
            const json::Object* all = dictionary(document, "", name);
            if (all == nullptr) continue;
            const bool agents = name == "agent_definitions" || name == "target_definitions";
            for (const auto& [key, value] : *all) {
                const std::string place = joined(name, shorten(key, 120));
                const auto prefix = type_of(key);
                if (!prefix) problem(place, "its key is no identifier (type--UUID)");
                if (!value.is_object()) {
                    problem(place, "is no object");
                    continue;
                }
                const std::string type = text(value, place, "type", Need::required);
                if (agents) {
                    agents_.insert(key);
                    text(value, place, "name", Need::required);
                    const bool known = prefix && std::find(kAgentTypes.begin(), kAgentTypes.end(), *prefix) != kAgentTypes.end();
                    if (known && !type.empty() && type != *prefix) problem(joined(place, "type"), format("'{}' is not the type of its identifier, {}", shorten(type, 40), *prefix));
                    if (prefix && !known) remark(place, format("an agent of the type '{}' is an extension of whoever wrote it", shorten(type, 40)));
                    if (known && (*prefix == "http-api" || *prefix == "ssh" || *prefix == "net-address") && value.find("address") == nullptr) problem(joined(place, "address"), "is missing");
                    contact(value, place);
                }
            }
        }
    }

    std::string decoded(const Value& command, const std::string& where, std::string_view name) {
        const std::string given = text(command, where, name);
        if (given.empty()) return {};
        const auto bytes = from_base64(given);
        if (!bytes) {
            problem(joined(where, name), "is no base64");
            return {};
        }
        return is_utf8(*bytes) ? *bytes : format("({} bytes)", bytes->size());
    }

    Command command(const Value& value, const std::string& where) {
        Command out;
        out.type = shorten(text(value, where, "type", Need::required), 100);
        out.description = shown_text(text(value, where, "description"));
        text(value, where, "version");
        references(value, where);
        const std::string plain = text(value, where, "command"), coded = decoded(value, where, "command_b64"), content = decoded(value, where, "content_b64");
        const auto has = [&](std::string_view name) { return value.find(name) != nullptr; };
        const auto any = [&](std::initializer_list<std::string_view> types) { return std::find(types.begin(), types.end(), out.type) != types.end(); };
        if (any({"manual", "bash", "powershell", "ssh", "caldera-cmd"}) && !has("command") && !has("command_b64")) problem(where, format("a command of the type {} has neither command nor command_b64", out.type));
        if (any({"http-api", "openc2-http"}) && !has("command")) problem(joined(where, "command"), "is missing");
        if (out.type == "openc2-http" && !has("content_b64")) problem(joined(where, "content_b64"), "is missing");
        if (any({"sigma", "yara", "elastic", "jupyter", "kestrel"}) && !has("command_b64")) problem(joined(where, "command_b64"), "is missing");
        out.text = plain;
        for (const std::string& more : {coded, content})
            if (!more.empty()) out.text += (out.text.empty() ? "" : "\n") + more;
        out.text = shown_text(out.text);
        return out;
    }

    void commands(const Value& value, const std::string& where, Step& step) {
        const Value* found = member(value, where, "commands", Need::required);
        if (found == nullptr) return;
        const std::string place = joined(where, "commands");
        if (!found->is_array() || found->as_array().empty()) {
            problem(place, found->is_array() ? "has fewer than 1 entries" : "is no list");
            return;
        }
        if (found->as_array().size() > kMostCommands) problem(place, format("has more than {} entries", kMostCommands));
        for (std::size_t i = 0; i < std::min(found->as_array().size(), kMostCommands); ++i) {
            const Value& one = found->as_array()[i];
            if (!one.is_object()) {
                problem(format("{}/{}", place, i), "is no object");
            } else {
                step.commands.push_back(command(one, format("{}/{}", place, i)));
            }
        }
    }

    void agent_of(const std::string& id, const std::string& where) {
        if (!id.empty() && type_of(id) && !agents_.contains(id)) problem(where, "names no agent or target of the playbook");
    }

    void step_of_kind(const Value& value, const std::string& where, Step& step) {
        if (step.type == "action") {
            commands(value, where, step);
            agent_of(identifier(value, where, "agent", Need::required), joined(where, "agent"));
            for (const std::string& target : texts(value, where, "targets", 1, true)) agent_of(target, joined(where, "targets"));
        } else if (step.type == "playbook-action") {
            step.playbook = identifier(value, where, "playbook_id", Need::required, "playbook");
        } else if (step.type == "parallel") {
            if (member(value, where, "next_steps", Need::required) != nullptr) {
                const auto all = texts(value, where, "next_steps", 2, true);
                for (std::size_t i = 0; i < all.size(); ++i) step.branches.emplace_back(std::to_string(i + 1), all[i]);
            }
        } else if (step.type == "if-condition" || step.type == "while-condition") {
            step.condition = shown_text(text(value, where, "condition", Need::required));
            step.branches.emplace_back("true", identifier(value, where, "on_true", Need::required));
            if (step.type == "if-condition")
                if (const std::string otherwise = identifier(value, where, "on_false", Need::optional); !otherwise.empty()) step.branches.emplace_back("false", otherwise);
        } else if (step.type == "switch-condition") {
            step.condition = shown_text(text(value, where, "switch", Need::required));
            if (member(value, where, "cases", Need::required) == nullptr) return;
            const json::Object* all = dictionary(value, where, "cases");
            if (all == nullptr) return;
            if (all->empty()) problem(joined(where, "cases"), "has no case");
            for (const auto& [key, target] : *all) {
                const std::string at = joined(joined(where, "cases"), shorten(key, 80));
                if (!target.is_text()) {
                    problem(at, "is no string");
                } else if (check_identifier(target.as_text(), at)) {
                    step.branches.emplace_back(shorten(key, 200), target.as_text());
                }
            }
        }
        if (step.type != "action") texts(value, where, "targets", 0, true);
    }

    void workflow(const Value& document) {
        playbook_.start = identifier(document, "", "workflow_start", Need::required);
        exception_ = identifier(document, "", "workflow_exception", Need::optional);
        if (member(document, "", "workflow", Need::required) == nullptr) return;
        const json::Object* all = dictionary(document, "", "workflow");
        if (all == nullptr) return;
        if (all->empty()) problem("workflow", "has no step");
        if (all->size() > kMostSteps) {
            problem("workflow", format("has more than {} steps", kMostSteps));
            return;
        }
        for (const auto& [key, value] : *all) {
            const std::string where = joined("workflow", shorten(key, 120));
            if (places_.contains(key)) {
                problem(where, "stands there twice");
                continue;
            }
            const auto prefix = type_of(key);
            if (!prefix) problem(where, "its key is no identifier (type--UUID)");
            if (!value.is_object()) {
                problem(where, "is no object");
                continue;
            }
            Step step;
            step.id = key;
            step.type = text(value, where, "type", Need::required);
            if (!step.type.empty() && std::find(kStepTypes.begin(), kStepTypes.end(), step.type) == kStepTypes.end()) {
                problem(joined(where, "type"), format("'{}' is no kind of step", shorten(step.type, 40)));
            } else if (prefix && !step.type.empty() && *prefix != step.type) {
                problem(joined(where, "type"), format("'{}' is not the type of its identifier, {}", step.type, shorten(*prefix, 40)));
            }
            step.name = shown_text(text(value, where, "name"));
            step.description = shown_text(text(value, where, "description"));
            references(value, where);
            number(value, where, "delay", 1, INT64_MAX);
            number(value, where, "timeout", 0, INT64_MAX);
            variables(value, where, "step_variables");
            identifier(value, where, "owner", Need::optional);
            step.next = identifier(value, where, "on_completion", Need::optional);
            step.on_success = identifier(value, where, "on_success", Need::optional);
            step.on_failure = identifier(value, where, "on_failure", Need::optional);
            if (step.type == "end" && !(step.next.empty() && step.on_success.empty() && step.on_failure.empty())) problem(where, "an end leads nowhere");
            if (step.type == "start" && !(step.on_success.empty() && step.on_failure.empty())) problem(where, "a start has neither on_success nor on_failure");
            if (!step.next.empty() && !step.on_success.empty()) problem(joined(where, "on_success"), "does not stand beside on_completion");
            step_of_kind(value, where, step);
            places_.emplace(step.id, playbook_.steps.size());
            playbook_.steps.push_back(std::move(step));
        }
    }

    static std::vector<std::pair<std::string, std::string>> ways_of(const Step& step) {
        std::vector<std::pair<std::string, std::string>> out;
        for (const auto& [label, target] : step.branches) out.emplace_back(label, target);
        for (const auto& [name, target] : {std::pair{"on_completion", step.next}, std::pair{"on_success", step.on_success}, std::pair{"on_failure", step.on_failure}})
            if (!target.empty()) out.emplace_back(name, target);
        return out;
    }

    // Every reference is a step, the start leads to an end, and so does whatever is reached from it.
    void connections() {
        if (!places_.contains(playbook_.start)) {
            problem("workflow_start", "names no step of the workflow");
            return;
        }
        if (playbook_.steps[places_.at(playbook_.start)].type != "start") remark("workflow_start", "is no step of the type start; it begins there all the same");
        if (!exception_.empty() && !places_.contains(exception_)) remark("workflow_exception", "names no step of the workflow");
        std::vector<std::vector<std::size_t>> before(playbook_.steps.size());
        std::vector<std::size_t> ends;
        for (std::size_t i = 0; i < playbook_.steps.size(); ++i) {
            const Step& step = playbook_.steps[i];
            for (const auto& [label, target] : ways_of(step)) {
                const auto found = places_.find(target);
                if (found == places_.end()) {
                    problem(joined(joined("workflow", step.id), label), format("'{}' names no step of the workflow", shorten(target, 80)));
                } else {
                    before[found->second].push_back(i);
                }
            }
            if (step.type == "end") ends.push_back(i);
        }
        if (!reading_.problems.empty()) return;
        if (ends.empty()) problem("workflow", "has no step of the type end");
        if (std::none_of(playbook_.steps.begin(), playbook_.steps.end(), [](const Step& step) { return step.type == "action" || step.type == "playbook-action"; })) problem("workflow", "has neither an action nor a playbook-action");
        std::vector<bool> reached(playbook_.steps.size()), finishing(playbook_.steps.size());
        for (std::vector<std::size_t> waiting{places_.at(playbook_.start)}; !waiting.empty();) {
            const std::size_t at = waiting.back();
            waiting.pop_back();
            if (reached[at]) continue;
            reached[at] = true;
            for (const auto& way : ways_of(playbook_.steps[at])) waiting.push_back(places_.at(way.second));
        }
        for (std::vector<std::size_t> waiting = ends; !waiting.empty();) {
            const std::size_t at = waiting.back();
            waiting.pop_back();
            if (finishing[at]) continue;
            finishing[at] = true;
            for (const std::size_t from : before[at]) waiting.push_back(from);
        }
        for (std::size_t i = 0; i < playbook_.steps.size(); ++i) {
            const std::string where = joined("workflow", playbook_.steps[i].id);
            if (reached[i] && !finishing[i]) problem(where, "leads to no end");
            if (!reached[i] && playbook_.steps[i].id != exception_) remark(where, "is never reached from the start");
        }
    }

    Reading reading_;
    Playbook playbook_;
    std::string exception_;
    std::set<std::string, std::less<>> agents_;
    std::map<std::string, std::size_t, std::less<>> places_;
};

}  // namespace

const Step* Playbook::find(std::string_view step) const {
    const auto found = std::find_if(steps.begin(), steps.end(), [&](const Step& one) { return one.id == step; });
    return found == steps.end() ? nullptr : &*found;
}

Reading read_playbook(std::string_view bytes) { return Reader{}.read(bytes); }

std::vector<Line> checklist(const Playbook& playbook) {
    std::map<std::string_view, std::size_t> places;
    for (std::size_t i = 0; i < playbook.steps.size(); ++i) places.emplace(playbook.steps[i].id, i);
    // What waits: a step with where it stands. The last one is next, so branches are put on in reverse.
    struct Waiting {
        std::string_view step;
        std::size_t depth = 0;
        std::string branch;
    };
    std::vector<Line> out;
    std::vector<bool> told(playbook.steps.size());
    std::vector<Waiting> waiting;
    waiting.push_back({playbook.start, 0, {}});
    while (!waiting.empty()) {
        const Waiting now = std::move(waiting.back());
        waiting.pop_back();
        const auto place = places.find(now.step);
        if (place == places.end() || told[place->second]) continue;
        // Where a branch comes back to what goes on above it, it stands there.
        if (std::any_of(waiting.begin(), waiting.end(), [&](const Waiting& other) { return other.step == now.step && other.depth < now.depth; })) continue;
        told[place->second] = true;
        const Step& step = playbook.steps[place->second];
        if (step.type == "end") continue;
        const bool shown = step.type != "start";
        if (shown) out.push_back({place->second, now.depth, now.branch});
        const std::string carried = shown ? std::string{} : now.branch;
        if (!step.on_success.empty()) waiting.push_back({step.on_success, now.depth, carried});
        if (!step.next.empty()) waiting.push_back({step.next, now.depth, carried});
        if (!step.on_failure.empty()) waiting.push_back({step.on_failure, now.depth + 1, "failure"});
        for (auto branch = step.branches.rbegin(); branch != step.branches.rend(); ++branch) waiting.push_back({branch->second, now.depth + 1, branch->first});
    }
    return out;
}

}  // namespace vg::cases::cacao
