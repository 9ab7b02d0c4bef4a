#include "server/program.h"

#include <unistd.h>

#include <cstdlib>
#include <iostream>
#include <optional>
#include <string>
#include <vector>

#include "base/text.h"
#include "cli/cli.h"
#include "server/restore.h"
#include "server/serve.h"
#include "server/system_clock.h"
#include "server/state_place.h"
#include "store/backup.h"

namespace vg::server {

namespace {

class OpenNode final : public cli::OpenFolder {
public:
    explicit OpenNode(std::unique_ptr<Node> node) : node_(std::move(node)) {}
    api::Router& router() override { return node_->router(); }

private:
    std::unique_ptr<Node> node_;
};

Result<std::unique_ptr<cli::OpenFolder>> open_folder(const std::string& data, const Hooks& hooks) {
    TRY(store::backup::refuse_incomplete(store::system_disk(), data));
    return std::make_unique<OpenNode>(TRY(Node::open(TRY(settings_of_folder(data)), hooks)));
}

}  // namespace

int program(int argc, char** argv, const Hooks& hooks) {
    std::ios::sync_with_stdio(false);
    cli::Streams streams{std::cin, std::cout, std::cerr, ::isatty(STDOUT_FILENO) != 0, ::isatty(STDERR_FILENO) != 0};
    const cli::Surroundings surroundings{
        .open_folder = [&](const std::string& data) { return open_folder(data, hooks); },
        .settings = [](const std::vector<std::string>& arguments) { return settings_from(arguments, nullptr).map([](const Settings& settings) { return describe(settings); }); },
        .serve = [&](const std::vector<std::string>& arguments) { return serve(arguments, hooks); },
        .variable = [](const char* name) -> std::optional<std::string> {
            const char* value = std::getenv(name);
            return value == nullptr ? std::nullopt : std::optional<std::string>{value};
        },
        .restore = [](const cli::RestoreAsk& ask, const store::backup::Watch& watch) { return restore(ask, schemas_of_all_rooms(), watch); },
        .now = [&] {
            SystemClock system;
            return (hooks.clock != nullptr ? *hooks.clock : system).now();
        },
    };
    return cli::run({argv + 1, argv + argc}, surroundings, streams);
}

}  // namespace vg::server
