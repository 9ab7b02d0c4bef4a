// Packs of rules and rules that were switched off, in State. A pack is one row, replaced whole; what people tuned stands
// apart from it and stays when it is replaced. Used by the rule-packs resource, and by the server when it reads its rules.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "access/access.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/result.h"
#include "detect/engine.h"
#include "store/state.h"

namespace vg::api {

inline constexpr std::size_t kMostPackBytes = std::size_t{64} << 20;      // as it is sent
inline constexpr std::size_t kMostPackUnpacked = std::size_t{256} << 20;  // all files of it
inline constexpr std::size_t kMostPackFiles = 50'000;
inline constexpr std::size_t kMostPackFile = std::size_t{4} << 20;
inline constexpr std::size_t kMostPacks = 50;
// The pack of what people wrote in the console; of two rules with one id its own holds.
inline constexpr std::string_view kOwnPack = "own";

struct Pack {
    std::string name;     // "sigmahq": a-z, 0-9, - and _, at most 64
    std::string version;  // as the pack says it, else "sha256:" and 12 digits
    std::string licence;  // "DRL-1.1", else what its file is called, else empty
    std::string source;   // where it came from, as who installed it said
    std::string sha256;   // of what was sent, hex
    std::int64_t files = 0, rules = 0;
    Time installed;
};
struct PackContent {
    Pack pack;
    std::vector<detect::RuleFile> files;
    std::string licence_text;
    std::int64_t passed_over = 0;  // files that are no rules
};

// What a ZIP holds: its rule files (outside folders "cases" and those that begin with a dot), licence and version. Hostile.
Result<PackContent> unpack(std::string_view zip, std::string_view name);
bool is_pack_name(std::string_view name);

// A rule that was switched off.
struct Tuning {
    std::string rule, reason;
    Time made;
};

struct RuleStore {
    // Tables of this file; part of api::schema().
    static std::vector<std::string_view> tables();
    static std::vector<std::string_view> later_tables();

    static Result<std::vector<Pack>> packs(store::Transaction& tx);
    static Result<std::optional<PackContent>> find(store::Transaction& tx, std::string_view name);
    // Replaces the pack of that name; whoever calls it writes the audit line.
    static Status put(store::Transaction& tx, const PackContent& content, Time now);
    static Result<bool> drop(store::Transaction& tx, std::string_view name);  // false: there was none
    // The same with an audit line.
    static Status keep(store::Transaction& tx, const access::Actor& actor, const PackContent& content, Time now);
    // Does nothing when there is no such pack.
    static Status remove(store::Transaction& tx, const access::Actor& actor, std::string_view name, Time now);

    static Result<std::vector<Tuning>> tunings(store::Transaction& tx);  // by rule
    // `file`: the rule as it stands, so that it can still be shown; without it, it is known by its id alone.
    static Status disable(store::Transaction& tx, const access::Actor& actor, std::string_view rule, std::string_view reason, Time now, const std::optional<detect::RuleFile>& file = {});
    // The rules that are switched off, as they stood then; by id.
    static Result<std::vector<detect::RuleFile>> switched_off(store::Transaction& tx);
    // Does nothing when it is not switched off.
    static Status enable(store::Transaction& tx, const access::Actor& actor, std::string_view rule, std::string_view reason, Time now);

    // A line of the audit chain.
    static Status note(store::Transaction& tx, const access::Actor& actor, std::string_view action, std::string object, json::Value details, Time now);

    // The rules that shall hold: `shipped` and all packs, those that are switched off left out. Files of packs are called
    // "pack NAME: PATH".
    static Result<std::vector<detect::RuleFile>> in_force(store::Transaction& tx, std::vector<detect::RuleFile> shipped);
};

}  // namespace vg::api
