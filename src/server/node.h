// Node: a data folder and everything that lives on it, wired together. The one place that knows every room.
//
//   auto node = TRY(Node::open(settings, hooks));      // takes the folder's lock; enough for the command line
//   TRY(node->serve());                                 // intake, pipeline, listeners
//   node->stop(seconds(3));
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "api/api.h"
#include "base/clock.h"
#include "base/result.h"
#include "event/record.h"
#include "server/settings.h"
#include "store/state.h"

namespace vg::server {

// What a test build may put in place of the real thing.
struct Hooks {
    Clock* clock = nullptr;                                       // null: the system's
    std::function<void(const event::Record&)> before_parse;
};

// The tables of State, for who opens it without a node: restore.
std::vector<store::Schema> schemas_of_all_rooms();

class Node {
public:
    // Opens the folder and takes its lock; Code::busy when another process holds it. Makes what is missing at first start.
    static Result<std::unique_ptr<Node>> open(const Settings& settings, const Hooks& hooks);
    virtual ~Node() = default;

    // Starts intake, pipeline and listeners. Returns when they stand.
    virtual Status serve() = 0;
    // Graceful: no new requests; what was taken is made durable and acknowledged; the batch in hand is committed.
    virtual void stop(Span grace) = 0;

    [[nodiscard]] virtual api::Router& router() = 0;
    // "http://127.0.0.1:7300": where a person finds the console; empty before serve().
    [[nodiscard]] virtual std::string address() const = 0;
    // The path and query of the one-time link, when no administrator has set a password yet; empty otherwise.
    [[nodiscard]] virtual std::string first_run_path() const = 0;
    [[nodiscard]] virtual std::string tls_fingerprint() const = 0;  // empty: plain HTTP
    // Reads rules, mappings and certificates again (SIGHUP).
    virtual Status reload() = 0;
};

}  // namespace vg::server
