// The indicators that the node knows, in State: lists, what each says about which values, what people here allow. keeper.h makes
// from them the set that detection uses. Called by api and by imports; the caller has asked whether the actor may.
//
//   indicator_list    one row for each list: who made it, and what it says of all its values
//   indicator         one row for each list and value, with when it was seen here
//   indicator_allow   values that never match, each with an owner and an end
//   indicator_change  values that changed since the base of the present set was built
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "access/access.h"
#include "base/clock.h"
#include "base/result.h"
#include "detect/kinds/indicator/set.h"
#include "intel/doubts.h"
#include "store/state.h"

namespace vg::intel {

using indicator::Value;

store::Schema schema();

struct List {
    std::string name;               // letters, digits, '-', '_', '.'; at most 64
    std::string origin;             // where it comes from: a file's name, an address
    std::string family;             // of values that name none
    int confidence = 50;
    Tlp tlp = Tlp::amber;
    int half_life_days = 0;         // 0: confidence stays
    Time created, changed;
    std::int64_t values = 0;        // in force or not
};

// One value on its way in. What is not given is the list's.
struct Item {
    Value value;
    std::string family;
    std::optional<int> confidence;
    std::optional<Tlp> tlp;
    std::optional<Time> from, until;
    std::string warning;            // why it is likely a false positive
};

// What became of the items.
struct Accounting {
    std::int64_t read = 0, added = 0, renewed = 0, same = 0, refused = 0, warned = 0, allowed = 0;
    std::vector<std::string> reasons;   // of what was refused, at most 100
    std::vector<std::string> warnings;  // what speaks against which value, at most 100
};

// A row as it is listed.
struct Listed {
    std::string list;
    Value value;
    std::string family, warning;
    int confidence = 0;
    Tlp tlp = Tlp::amber;
    Time from;
    std::optional<Time> until, first_match, last_match;
    std::int64_t matches = 0;
};

struct Allowed {
    Value value;
    std::string owner, reason;
    Time created, until;
};

struct Filter {
    std::string list;               // empty: all
    std::optional<Kind> kind;
    std::string value;              // exactly; empty: all
    std::optional<bool> matched;
};

inline constexpr std::size_t kMostItems = 10'000;      // at once
inline constexpr std::int64_t kMostIndicators = 20'000'000;

// Makes the list, or changes what it says.
Status put_list(store::Transaction& tx, const List& list, Time now);
Result<std::vector<List>> lists(store::Transaction& tx);
Result<std::optional<List>> find_list(store::Transaction& tx, std::string_view name);

// Adds the items or renews those that are there. `keep` false: only says what would become of them. `fresh` gets the values that were
// not known before. `doubts` only tells: they are put into the set when it is built, so that others are in force at once.
Result<Accounting> import(store::Transaction& tx, const List& list, std::span<const Item> items, bool keep, Time now, std::vector<Value>* fresh = nullptr, const Doubts* doubts = nullptr);
// Ends what the list says about a value, or all of it. How many.
Result<std::int64_t> end(store::Transaction& tx, std::string_view list, const std::optional<Value>& value, Time now);

// In the order of kind, value and list, from behind `after` (such a triple).
struct Place {
    std::int64_t kind = -1;
    std::string value, list;
};
Result<std::vector<Listed>> listed(store::Transaction& tx, const Filter& filter, const Place& after, std::size_t limit);

Status allow(store::Transaction& tx, const Allowed& allowed);
Result<bool> disallow(store::Transaction& tx, const Value& value);
Result<std::vector<Allowed>> allowed(store::Transaction& tx);

// What is said about one value now, ready for the set; without attributions when nothing is.
Result<indicator::Entry> entry_of(store::Transaction& tx, const Value& value);
// Since when a list in force gives the value that family; nothing: none does.
Result<std::optional<Time>> known_since(store::Transaction& tx, const Value& value, std::string_view family);
// All of them, each value once; `take` may change what it is given.
Status each_entry(store::Transaction& tx, const std::function<Status(indicator::Entry&)>& take);

// What changed since the base was built. forget() takes away what stood at that sequence and before.
struct Changes {
    std::vector<Value> values;
    std::int64_t sequence = 0;
};
Result<Changes> changes(store::Transaction& tx);
Status forget_changes(store::Transaction& tx, std::int64_t sequence);

// That a value was seen in events, in the transaction of the pipeline's batch.
struct Seen {
    Value value;
    Time first, last;
    std::int64_t events = 0;
};
Status note_seen(store::Transaction& tx, std::span<const Seen> seen);

Status check_list_name(std::string_view name);

}  // namespace vg::intel
