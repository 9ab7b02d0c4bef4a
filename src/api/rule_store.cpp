#include "api/rule_store.h"

#include <algorithm>

#include "api/zip.h"
#include "base/bytes.h"
#include "base/json.h"
#include "base/text.h"
#include "detect/tuning.h"
#include "store/audit.h"
#include "store/packing.h"

namespace vg::api {

namespace {

constexpr std::int64_t kMostTunings = 100'000;

std::string base_name(std::string_view path) { return std::string{path.substr(path.rfind('/') == std::string_view::npos ? 0 : path.rfind('/') + 1)}; }

bool is_hidden(std::string_view path) {
    const auto parts = split(path, '/');
    return std::any_of(parts.begin(), parts.end(), [](std::string_view part) { return part.starts_with('.') || part == "__MACOSX"; }) ||
           std::any_of(parts.begin(), parts.end() - 1, [](std::string_view part) { return part == "cases"; });
}

// What the text of a licence is called; empty when it is none of the usual ones.
std::string licence_named(std::string_view text) {
    constexpr std::pair<std::string_view, std::string_view> kLicences[] = {
        {"Detection Rule License (DRL) 1.1", "DRL-1.1"}, {"Detection Rule License (DRL) 1.0", "DRL-1.0"}, {"Detection Rule License", "DRL"}, {"Apache License", "Apache-2.0"},
        {"MIT License", "MIT"},                          {"Elastic License", "Elastic-2.0"},              {"GNU AFFERO", "AGPL"},            {"GNU GENERAL PUBLIC LICENSE", "GPL"},
        {"BSD 3-Clause", "BSD-3-Clause"},                {"BSD 2-Clause", "BSD-2-Clause"},                {"Creative Commons", "CC"}};
    const std::string head = lower_ascii(text.substr(0, 4096));
    for (const auto& [words, name] : kLicences)
        if (head.find(lower_ascii(words)) != std::string::npos) return std::string{name};
    return {};
}

Result<std::string> packed(const std::vector<detect::RuleFile>& files) {
    json::Value all{json::Array{}};
    for (const detect::RuleFile& file : files) all.add(json::array({file.name, file.text}));
    const std::string bytes = TRY(store::zstd_packed(all.dump()));
    return to_base64(bytes);
}

Result<std::vector<detect::RuleFile>> unpacked(std::string_view name, std::string_view stored) {
    const auto damaged = [&] { return fail(Code::corrupt, format("the rule pack {} is damaged; import it again", name)); };
    const auto bytes = from_base64(stored);
    if (!bytes) return damaged();
    const auto text = store::zstd_unpacked(*bytes, 2 * kMostPackUnpacked);
    if (!text) return damaged();
    const auto all = json::parse(*text, {.depth = 4, .bytes = 2 * kMostPackUnpacked});
    if (!all || !all->is_array()) return damaged();
    std::vector<detect::RuleFile> files;
    for (const json::Value& one : all->as_array()) {
        if (!one.is_array() || one.as_array().size() != 2 || !one.as_array()[0].is_text() || !one.as_array()[1].is_text()) return damaged();
        files.push_back({one.as_array()[0].as_text(), one.as_array()[1].as_text()});
    }
    return files;
}

}  // namespace

Status RuleStore::note(store::Transaction& tx, const access::Actor& actor, std::string_view action, std::string object, json::Value details, Time now) {
    return store::audit::append(tx, {.time = now, .actor = actor.name, .action = std::string{action}, .object = std::move(object), .organisation = {}, .details = std::move(details)});
}

bool is_pack_name(std::string_view name) {
    return !name.empty() && name.size() <= 64 && name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-_") == std::string_view::npos;
}

Result<PackContent> unpack(std::string_view zip, std::string_view name) {
    if (!is_pack_name(name)) return fail(Code::bad_input, "field name: must be 1 to 64 of a-z, 0-9, - and _");
    if (zip.size() > kMostPackBytes) return fail(Code::too_large, format("a pack has at most {} MiB", kMostPackBytes >> 20));
    const ZipFiles held = TRY(read_zip(zip, {.unpacked = kMostPackUnpacked, .files = kMostPackFiles}));
    PackContent content;
    content.pack.name = name;
    content.pack.sha256 = sha256_hex(zip);
    for (const auto& [path, bytes] : held.files) {
        const std::string base = lower_ascii(base_name(path));
        if (is_hidden(path)) {
            ++content.passed_over;
            continue;
        }
        // The licence nearest to the top counts.
        if ((base.starts_with("license") || base.starts_with("licence") || base.starts_with("copying")) && content.licence_text.empty() && is_utf8(bytes)) content.licence_text = shorten(bytes, 65'536);
        if ((base == "version" || base == "version.txt") && content.pack.version.empty() && is_utf8(bytes)) content.pack.version = shorten(trim(bytes.substr(0, bytes.find('\n'))), 100);
        const bool is_yaml = base.ends_with(".yml") || base.ends_with(".yaml");
        if (!is_yaml || bytes.size() > kMostPackFile || !is_utf8(bytes) || !detect::holds_rules(bytes)) {
            ++content.passed_over;
            continue;
        }
        content.files.push_back({path, std::string{bytes}});
    }
    if (content.files.empty()) return fail(Code::bad_input, "the ZIP holds no rule: no .yml or .yaml file with detection, correlation or filter");
    if (content.pack.version.empty()) content.pack.version = "sha256:" + content.pack.sha256.substr(0, 12);
    content.pack.licence = licence_named(content.licence_text);
    content.pack.files = static_cast<std::int64_t>(content.files.size());
    content.pack.rules = static_cast<std::int64_t>(detect::rules_of(content.files).size());
    return content;
}

std::vector<std::string_view> RuleStore::tables() {
    return {
        "create table rule_pack (name text not null primary key, version text not null, licence text not null, licence_text text not null, source text not null, sha256 text not null, "
        "files bigint not null, rules bigint not null, installed bigint not null, content text not null)",
        "create table rule_tuning (rule_id text not null primary key, reason text not null, made bigint not null)",
    };
}

std::vector<std::string_view> RuleStore::later_tables() { return {"create table rule_off (rule_id text not null primary key, file text not null, body text not null)"}; }

namespace {
constexpr std::string_view kColumns = "name, version, licence, source, sha256, files, rules, installed";
using PackRow = std::tuple<std::string, std::string, std::string, std::string, std::string, std::int64_t, std::int64_t, std::int64_t>;
Pack pack_of(const PackRow& row) {
    const auto& [name, version, licence, source, sha, files, rules, installed] = row;
    return {name, version, licence, source, sha, files, rules, Time{installed}};
}
}  // namespace

Result<std::vector<Pack>> RuleStore::packs(store::Transaction& tx) {
    const auto rows = TRY((tx.query<std::string, std::string, std::string, std::string, std::string, std::int64_t, std::int64_t, std::int64_t>(
        format("select {} from rule_pack order by name", kColumns))));
    std::vector<Pack> out;
    for (const PackRow& row : rows) out.push_back(pack_of(row));
    return out;
}

Result<std::optional<PackContent>> RuleStore::find(store::Transaction& tx, std::string_view name) {
    const auto row = TRY((tx.first<std::string, std::string, std::string, std::string, std::string, std::int64_t, std::int64_t, std::int64_t>(
        format("select {} from rule_pack where name = :n", kColumns), {name})));
    if (!row) return std::nullopt;
    const auto rest = TRY((tx.first<std::string, std::string>("select licence_text, content from rule_pack where name = :n", {name})));
    if (!rest) return std::nullopt;
    PackContent content;
    content.pack = pack_of(*row);
    content.licence_text = std::get<0>(*rest);
    content.files = TRY(unpacked(name, std::get<1>(*rest)));
    return content;
}

Status RuleStore::put(store::Transaction& tx, const PackContent& content, Time now) {
    const Pack& pack = content.pack;
    const auto count = TRY((tx.first<std::int64_t>("select count(*) from rule_pack where name <> :n", {pack.name})));
    if (count && std::get<0>(*count) >= static_cast<std::int64_t>(kMostPacks)) return fail(Code::too_large, format("there are {} packs already; remove one first", kMostPacks));
    const std::string stored = TRY(packed(content.files));
    TRY(tx.run("delete from rule_pack where name = :n", {pack.name}));
    TRY(tx.run("insert into rule_pack (name, version, licence, licence_text, source, sha256, files, rules, installed, content) values (:n, :v, :l, :t, :s, :h, :f, :r, :i, :c)",
               {pack.name, pack.version, pack.licence, content.licence_text, pack.source, pack.sha256, pack.files, pack.rules, now.micros, stored}));
    return {};
}

Status RuleStore::keep(store::Transaction& tx, const access::Actor& actor, const PackContent& content, Time now) {
    const Pack& pack = content.pack;
    TRY(put(tx, content, now));
    return note(tx, actor, "rule:import", "rule-pack/" + pack.name,
                json::object({{"version", pack.version}, {"licence", pack.licence}, {"source", pack.source}, {"sha256", pack.sha256}, {"rules", pack.rules}}), now);
}

Result<bool> RuleStore::drop(store::Transaction& tx, std::string_view name) { return TRY(tx.run("delete from rule_pack where name = :n", {name})) > 0; }

Status RuleStore::remove(store::Transaction& tx, const access::Actor& actor, std::string_view name, Time now) {
    if (!TRY(drop(tx, name))) return {};
    return note(tx, actor, "rule:remove", "rule-pack/" + std::string{name}, json::object({}), now);
}

Result<std::vector<Tuning>> RuleStore::tunings(store::Transaction& tx) {
    const auto rows = TRY((tx.query<std::string, std::string, std::int64_t>("select rule_id, reason, made from rule_tuning order by rule_id")));
    std::vector<Tuning> out;
    for (const auto& [rule, reason, made] : rows) out.push_back({rule, reason, Time{made}});
    return out;
}

Status RuleStore::disable(store::Transaction& tx, const access::Actor& actor, std::string_view rule, std::string_view reason, Time now, const std::optional<detect::RuleFile>& file) {
    const auto count = TRY((tx.first<std::int64_t>("select count(*) from rule_tuning")));
    if (count && std::get<0>(*count) >= kMostTunings) return fail(Code::too_large, format("more than {} rules are switched off", kMostTunings));
    TRY(tx.run("insert into rule_tuning (rule_id, reason, made) values (:r, :w, :m) on conflict (rule_id) do update set reason = excluded.reason, made = excluded.made",
               {rule, reason, now.micros}));
    if (file)
        TRY(tx.run("insert into rule_off (rule_id, file, body) values (:r, :f, :b) on conflict (rule_id) do update set file = excluded.file, body = excluded.body",
                   {rule, file->name, file->text}));
    return note(tx, actor, "rule:disable", "rule/" + std::string{rule}, json::object({{"reason", reason}}), now);
}

Status RuleStore::enable(store::Transaction& tx, const access::Actor& actor, std::string_view rule, std::string_view reason, Time now) {
    TRY(tx.run("delete from rule_off where rule_id = :r", {rule}));
    if (TRY(tx.run("delete from rule_tuning where rule_id = :r", {rule})) == 0) return {};
    return note(tx, actor, "rule:enable", "rule/" + std::string{rule}, json::object({{"reason", reason}}), now);
}

Result<std::vector<detect::RuleFile>> RuleStore::switched_off(store::Transaction& tx) {
    const auto rows = TRY((tx.query<std::string, std::string>("select file, body from rule_off order by rule_id")));
    std::vector<detect::RuleFile> out;
    for (const auto& [file, body] : rows) out.push_back({file, body});
    return out;
}

Result<std::vector<detect::RuleFile>> RuleStore::in_force(store::Transaction& tx, std::vector<detect::RuleFile> shipped) {
    std::vector<detect::RuleFile> files = std::move(shipped);
    // Of two rules with one id the later one holds: what people here wrote themselves comes last.
    const auto rows = TRY((tx.query<std::string, std::string>("select name, content from rule_pack order by case when name = :own then 1 else 0 end, name", {kOwnPack})));
    for (const auto& [name, content] : rows) {
        auto own = TRY(unpacked(name, content));
        for (detect::RuleFile& file : own) files.push_back({format("pack {}: {}", name, file.name), std::move(file.text)});
    }
    std::set<std::string> off;
    bool by_title = false;
    const auto tuned = TRY(tunings(tx));
    for (const Tuning& tuning : tuned) {
        off.insert(tuning.rule);
        by_title = by_title || tuning.rule.find('-') == std::string::npos;  // a rule without an id of its own
    }
    if (off.empty()) return files;
    std::vector<detect::RuleFile> left;
    for (detect::RuleFile& file : files) {
        bool may_hold = by_title;
        if (!may_hold) {
            const std::string lower = lower_ascii(file.text);
            may_hold = std::any_of(off.begin(), off.end(), [&](const std::string& id) { return lower.find(id) != std::string::npos; });
        }
        if (may_hold) file.text = detect::without_rules(file.text, off);
        if (!file.text.empty()) left.push_back(std::move(file));
    }
    return left;
}

}  // namespace vg::api
