// Feeds: lists of indicators that are pulled from time to time, in State. Each is the list of its name; puller.h pulls them. The caller
// has asked whether the actor may.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/json.h"
#include "base/result.h"
#include "intel/indicators.h"
#include "intel/readers/reader.h"
#include "store/state.h"

namespace vg::intel {

// What people say of a feed.
struct FeedSettings {
    std::string name;           // of the list too
    std::string address;        // http://, https://, or a file or folder: an absolute path, file:///...
    std::string form;           // name of a reader; empty: by the look of it
    std::string mapping;        // of CSV, as JSON (mapping_of); empty: by the header
    std::string organisation;   // who publishes it
    std::string family;         // of values that name none
    int confidence = 50;
    Tlp tlp = Tlp::amber;
    int half_life_days = 0;
    int every_minutes = 60;
};

// What became of it.
struct FeedStanding {
    Time created, next;                     // next: when it is pulled again
    std::optional<Time> last_try, last_success, last_change;
    std::string last_error;                 // of the last try; empty: it went well
    std::int64_t failures = 0;              // one after another
    std::int64_t entries = 0, refused = 0, patterns = 0;  // of what is in force
    std::string etag, last_modified;        // of what was fetched last
    std::string fetched;                    // its hash
    // Fetched and not used until a person has looked at it: its hash; empty: nothing is held.
    std::string held;
    std::optional<Time> held_since;
    std::int64_t held_entries = 0;
    std::vector<std::string> reasons;       // why it is held
    std::vector<std::string> examples;      // "8.8.8.8: NAME OF THE WARNINGLIST"
};

struct Feed {
    FeedSettings settings;
    FeedStanding standing;
};

inline constexpr std::size_t kMostFeeds = 1'000;

// {"columns":{"values":["ip","2"],"kind","family","confidence","tlp","from","until","comment"},"separator":";","quote":"\"","comment":"#","header":true}
Result<CsvMapping> mapping_of(std::string_view json);

// Registers a feed, or changes what is said of one: it is pulled anew then. Code::conflict: a list of that name was imported by hand.
Result<Feed> put_feed(store::Transaction& tx, const FeedSettings& settings, Time now);
Result<std::vector<Feed>> feeds(store::Transaction& tx);
Result<std::optional<Feed>> find_feed(store::Transaction& tx, std::string_view name);
Status save_standing(store::Transaction& tx, std::string_view name, const FeedStanding& standing);
// The feed and all that it says; false: there was none.
Result<bool> remove_feed(store::Transaction& tx, std::string_view name, Time now);

}  // namespace vg::intel
