// The command line: `vonggac NOUN VERB [ARGUMENTS] [--options]`. Called once by main, on its thread. A command makes
// requests to the API, and a channel carries them: to a server far away (--server), to the server that has the data
// folder open (its control socket), or to a router in this process when nobody holds the folder.
//
//   return cli::run({argv + 1, argv + argc}, surroundings, streams);
#pragma once

#include <functional>
#include <iosfwd>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/api.h"
#include "base/json.h"
#include "base/result.h"
#include "store/backup/depot.h"

namespace vg::cli {

struct Streams {
    std::istream& in;
    std::ostream& out;
    std::ostream& err;
    bool out_is_terminal = false;
    bool err_is_terminal = false;
};

// A data folder that this process has open; the folder is given back when the object goes.
class OpenFolder {
public:
    virtual ~OpenFolder() = default;
    [[nodiscard]] virtual api::Router& router() = 0;
};

// A restore that is asked for.
struct RestoreAsk {
    std::string folder;                    // of the backup
    std::optional<std::string> snapshot;   // none: the newest
    std::string data;                      // an empty or a new folder
    std::string state;                     // "postgresql:..." for State in a database; empty: a file in `data`
    std::optional<std::string> passphrase;
    std::optional<std::string> keys;       // folder with the node's keys, when the backup holds none
    bool new_keys = false;                 // or let the node make new ones
};

// What the command line cannot see for itself: cli stands below server.
struct Surroundings {
    // Opens a data folder; Code::busy when another process holds it, Code::not_found when there is none.
    std::function<Result<std::unique_ptr<OpenFolder>>(const std::string& data)> open_folder;
    // Settings as server::describe gives them, an array of {"key", "value", "text"}, from --config FILE, --data DIR...; an error names the key and the fix.
    std::function<Result<json::Value>(const std::vector<std::string>& arguments)> settings;
    std::function<int(const std::vector<std::string>& arguments)> serve;
    std::function<std::optional<std::string>(const char* name)> variable;  // of the environment
    // What was restored; member "good" is false when the journal or the audit chain is not, with "problems".
    std::function<Result<json::Value>(const RestoreAsk&, const std::function<bool(const store::backup::Progress&)>& watch)> restore = {};
    std::function<Time()> now = {};  // the real time, for times given back from now
};

// Exit codes: 0 done; 1 done, and the answer is "no"; 2 wrong words, settings or a missing file, or it could not be done;
// 3 done in part, with the rest named.
int run(const std::vector<std::string>& arguments, const Surroundings& surroundings, Streams& streams);

}  // namespace vg::cli
