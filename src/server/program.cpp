#include "server/program.h"

#include <cstdio>
#include <string>
#include <vector>

#include "server/serve.h"

namespace vg::server {

int program(int argc, char** argv, const Hooks& hooks) {
    const std::vector<std::string> words(argv + 1, argv + argc);
    if (!words.empty() && words[0] == "serve") return serve({words.begin() + 1, words.end()}, hooks);
    std::fputs("vonggac serve\n", stderr);
    return 2;
}

}  // namespace vg::server
