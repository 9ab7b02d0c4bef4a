// Keeper: the set of indicators that detection uses, made from State and kept as files. A small overlay is built at each
// change; the base anew when the overlay has grown. The set has a name; the owner puts the name into the journal, so that a
// replay asks for each record the indicators that were in force when it came.
//
//   auto keeper = TRY(Keeper::open({...}));
//   auto set = TRY(keeper->renew());            // after a change; then announce set->name()
//   auto old = keeper->named("3f..+9a..");      // for a replay
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "base/clock.h"
#include "base/id.h"
#include "base/result.h"
#include "intel/indicators.h"
#include "store/disk.h"
#include "store/state.h"

namespace vg::intel {

// A table's bytes in a file.
std::unique_ptr<indicator::Bytes> in_file(std::unique_ptr<store::File> file);

struct KeeperOptions {
    std::size_t overlay_most = 50'000;  // changed values; beyond, and beyond a tenth of the base, the base is built anew
    std::size_t files_kept = 32;        // of former sets that nobody is known to need: for a State that is put back
    std::size_t files_behind = 1'000;   // at most, for a reader of the journal that is behind
};

class Keeper {
public:
    struct Parts {
        store::State& state;
        store::Disk& disk;
        Random& random;
        std::string folder;  // data/indicators
        // What speaks against values, now; none: nothing does.
        std::function<std::shared_ptr<const Doubts>()> doubts = {};
        // The name of the set that the slowest reader of the journal is at: its files and newer ones are kept. None: nobody
        // is behind.
        std::function<Result<std::string>()> needed = {};
    };
    // Opens the files of the set that was in force last; builds them when they are missing or damaged.
    static Result<std::unique_ptr<Keeper>> open(Parts parts, KeeperOptions options = {});

    [[nodiscard]] std::shared_ptr<const indicator::Set> present() const;
    // The set of that name, from its files; empty name: the empty set.
    Result<std::shared_ptr<const indicator::Set>> named(const std::string& name);
    // Whether the set was judged by the present doubts; when not, renew() does it.
    [[nodiscard]] bool is_judged();
    // Brings the set up to what State and the doubts say. Any thread; one at a time. When it returns its files are durable.
    Result<std::shared_ptr<const indicator::Set>> renew();

private:
    Keeper(Parts parts, KeeperOptions options) : parts_(std::move(parts)), options_(options) {}
    Result<std::shared_ptr<const indicator::Table>> open_table(const std::string& name);
    Result<std::string> write(const std::function<Status(indicator::Writer&)>& fill);
    [[nodiscard]] std::shared_ptr<const Doubts> present_doubts() const;
    void remove_old(const std::string& keep_base, const std::string& keep_overlay);

    Parts parts_;
    KeeperOptions options_;
    std::mutex building_;  // one renew() at a time
    mutable std::mutex mutex_;
    // guarded by mutex_
    std::shared_ptr<const indicator::Set> present_ = indicator::Set::make("", nullptr, nullptr);
    // guarded by building_
    std::string base_;
    std::shared_ptr<const indicator::Table> base_table_;
    std::string judged_by_;  // fingerprint of the doubts
};

}  // namespace vg::intel
