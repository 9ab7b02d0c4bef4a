// Backups of a node while it works: which folder, which passphrase, one at a time, and the note of it in State. Owned by
// Node, asked by the API from threads of its requests.
#pragma once

#include <functional>
#include <mutex>
#include <string>

#include "api/api.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/metrics.h"
#include "base/result.h"
#include "store/journal.h"
#include "store/state.h"

namespace vg::server {

class Backups {
public:
    struct Parts {
        std::string data;             // the data folder
        const store::Journal& journal;
        store::State& state;
        Clock& clock;
        Random& random;
        metrics::Registry& metrics;
        std::string folder;           // the settings' own folder; empty: none
        std::string passphrase_file;  // for that folder; empty: none
    };
    // Notes runs that the end of the program broke off.
    static Result<std::unique_ptr<Backups>> open(Parts parts);

    // As api::Context::back_up says.
    Result<json::Value> run(const api::BackupAsk& ask, const std::function<bool(json::Value)>& tell);

private:
    explicit Backups(Parts parts);
    Result<json::Value> make(const api::BackupAsk& ask, const std::string& folder, const std::function<bool(json::Value)>& tell);

    // constant after construction
    Parts parts_;
    metrics::Gauge& last_good_;

    std::mutex running_;  // held while one is made
};

// The first line of a file that holds a passphrase.
Result<std::string> read_passphrase(const std::string& path);

}  // namespace vg::server
