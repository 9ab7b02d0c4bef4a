#include <ostream>

#include "base/text.h"
#include "cli/call_channel.h"
#include "cli/cli.h"
#include "cli/help.h"
#include "cli/output.h"
#include "cli/parse.h"

namespace vg::cli {

namespace {

int complain(Streams& streams, const Error& error) {
    streams.err << "vonggac: " << error.text << "\n";
    return 2;
}

}  // namespace

Result<std::unique_ptr<Channel>> channel_for(const Call& call) {
    ChannelOptions options;
    const auto variable = [&](const char* name) { return call.surroundings.variable ? call.surroundings.variable(name) : std::nullopt; };
    options.server = call.option("server");
    options.token = variable("VONGGAC_TOKEN");
    options.ca_file = call.option("ca");
    options.fingerprint = call.option("fingerprint");
    if (options.server && call.has("data")) return fail(Code::bad_input, "--server and --data exclude one another");
    if (const auto data = call.option("data"))
        options.data = *data;
    else if (const auto from_environment = variable("VONGGAC_DATA"))
        options.data = *from_environment;
    return open_channel(options, call.surroundings);
}

int run(const std::vector<std::string>& arguments, const Surroundings& surroundings, Streams& streams) {
    if (!arguments.empty() && arguments[0] == "serve" && surroundings.serve) return surroundings.serve({arguments.begin() + 1, arguments.end()});
    auto parsed = parse(arguments);
    if (!parsed) return complain(streams, parsed.error());
    if (parsed->help) {
        streams.out << (parsed->noun == nullptr ? help_all() : parsed->verb == nullptr ? help_of(*parsed->noun) : help_of(*parsed->noun, *parsed->verb));
        return 0;
    }
    if (parsed->noun->own != nullptr) return parsed->noun->own(parsed->arguments, streams);
    Call call{.noun = *parsed->noun, .verb = *parsed->verb, .arguments = std::move(parsed->arguments), .options = std::move(parsed->options), .surroundings = surroundings, .streams = streams};
    // Before anything is done: a wrong --format must not be found out after the change.
    if (const auto wanted = format_of(call); !wanted) return complain(streams, wanted.error());
    std::unique_ptr<Channel> channel;
    if (!call.verb.local) {
        auto opened = channel_for(call);
        if (!opened) return complain(streams, opened.error());
        channel = std::move(*opened);
        call.channel = channel.get();
    }
    const Result<int> code = call.verb.run(call);
    return code ? *code : complain(streams, code.error());
}

}  // namespace vg::cli
