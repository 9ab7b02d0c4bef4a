#include "base/log.h"

#include <unistd.h>

#include <atomic>
#include <chrono>

#include "base/time.h"

namespace vg::log {

namespace {
constinit std::atomic<Level> threshold{Level::info};
constexpr std::string_view kNames[] = {"debug", "info", "warn", "error"};
}  // namespace

void set_level(Level level) { threshold = level; }

void write(Level level, std::string_view text, json::Object facts) {
    if (level < threshold.load(std::memory_order_relaxed)) return;
    // The log's own stamp is the one reading of the clock outside the server: it decides nothing.
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    std::string line = "{\"time\":\"";
    line += to_rfc3339({std::chrono::duration_cast<std::chrono::microseconds>(now).count()});
    line += "\",\"level\":\"";
    line += kNames[static_cast<std::size_t>(level)];
    line += "\",\"text\":";
    json::quote(line, text);
    for (const json::Member& fact : facts) {
        line += ',';
        json::quote(line, fact.first);
        line += ':';
        fact.second.dump_to(line);
    }
    line += "}\n";
    [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, line.data(), line.size());
}

}  // namespace vg::log
