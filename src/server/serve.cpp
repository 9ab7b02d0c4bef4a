#include "server/serve.h"

#include <poll.h>
#include <sys/signalfd.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <optional>

#include "base/log.h"
#include "base/text.h"

namespace vg::server {

namespace {

constexpr char kUsage[] =
    "vonggac serve [--config FILE] [--data DIR] [--listen ADDR:PORT]...\n"
    "  Runs the node: console, API and HTTP ingest on one listener. `vonggac config show` lists the settings.\n";

// Blocks the signals that serve() waits for, in all threads made from here on.
int open_signals() {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGHUP);
    pthread_sigmask(SIG_BLOCK, &set, nullptr);
    std::signal(SIGPIPE, SIG_IGN);
    return ::signalfd(-1, &set, SFD_CLOEXEC);
}

// Half of the watchdog interval in milliseconds; -1 when systemd wants none.
int watchdog_interval() {
    std::uint64_t micros = 0;
    return sd_watchdog_enabled(0, &micros) > 0 ? static_cast<int>(micros / 2000) : -1;
}

// Waits for SIGTERM or SIGINT; on SIGHUP reloads.
void wait_for_stop(int signals, Node& node) {
    const int interval = watchdog_interval();
    while (true) {
        pollfd poll_one{signals, POLLIN, 0};
        const int got = ::poll(&poll_one, 1, interval);
        if (interval > 0) sd_notify(0, "WATCHDOG=1");
        signalfd_siginfo signal{};
        if (got <= 0 || ::read(signals, &signal, sizeof signal) != sizeof signal) continue;
        if (signal.ssi_signo != SIGHUP) return;
        sd_notify(0, "RELOADING=1");
        if (const Status reloaded = node.reload(); !reloaded)
            log::error("reload failed; what was in force stays in force", {{"reason", reloaded.error().text}});
        else
            log::info("reloaded");
        sd_notify(0, "READY=1");
    }
}

}  // namespace

Result<Settings> settings_from(const std::vector<std::string>& arguments, std::vector<std::string>* rest) {
    Settings settings;
    std::vector<std::string> listen;
    std::optional<std::string> data;
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        const std::string& word = arguments[i];
        const bool ours = word == "--config" || word == "--data" || word == "--listen";
        if (!ours) {
            if (rest == nullptr) return fail(Code::bad_input, format("serve does not know {}\n{}", word, kUsage));
            rest->push_back(word);
            continue;
        }
        if (i + 1 == arguments.size()) return fail(Code::bad_input, format("{} needs a value\n{}", word, kUsage));
        const std::string& value = arguments[++i];
        if (word == "--data") data = value;
        if (word == "--listen") listen.push_back(value);
        if (word == "--config") {
            std::ifstream file{value, std::ios::binary};
            if (!file) return fail(Code::not_found, format("settings file {} cannot be read", value));
            settings = TRY(load_settings(std::string{std::istreambuf_iterator<char>{file}, {}}, value));
        }
    }
    if (data) settings.data = *data;
    if (!listen.empty()) settings.listen = listen;
    return settings;
}

int serve(const std::vector<std::string>& arguments, const Hooks& hooks) {
    if (!arguments.empty() && (arguments[0] == "--help" || arguments[0] == "help")) {
        std::fputs(kUsage, stdout);
        return 0;
    }
    const auto settings = settings_from(arguments, nullptr);
    if (!settings) {
        std::fprintf(stderr, "vonggac serve: %s\n", settings.error().text.c_str());
        return 2;
    }
    const int signals = open_signals();
    auto node = Node::open(*settings, hooks);
    if (!node) {
        std::fprintf(stderr, "vonggac serve: %s\n", node.error().text.c_str());
        return 2;
    }
    if (const Status served = (*node)->serve(); !served) {
        std::fprintf(stderr, "vonggac serve: %s\n", served.error().text.c_str());
        return 2;
    }
    std::printf("Vọng Gác: %s/\n", (*node)->address().c_str());
    if (const std::string fingerprint = (*node)->tls_fingerprint(); !fingerprint.empty()) std::printf("certificate SHA-256: %s\n", fingerprint.c_str());
    if (const std::string path = (*node)->first_run_path(); !path.empty())
        std::printf("Open this link once to set the administrator's password (valid for 24 hours):\n  %s%s\n", (*node)->address().c_str(), path.c_str());
    std::printf("ready\n");
    std::fflush(stdout);
    sd_notify(0, "READY=1");

    wait_for_stop(signals, **node);
    sd_notify(0, "STOPPING=1");
    (*node)->stop(seconds(3));
    ::close(signals);
    return 0;
}

}  // namespace vg::server
