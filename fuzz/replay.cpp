// Runs a fuzz target over every file of the folders and files named, without a fuzzer. Exit 1 when there were none.
// Usage: fuzz_replay NAME PATH...
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

#define FUZZ_TARGET(name) extern "C" int fuzz_##name(const std::uint8_t* data, std::size_t size);
#include "targets.inc"
#undef FUZZ_TARGET

namespace {

struct Target {
    std::string_view name;
    int (*run)(const std::uint8_t*, std::size_t);
};

#define FUZZ_TARGET(name) {#name, fuzz_##name},
constexpr Target kTargets[] = {
#include "targets.inc"
};
#undef FUZZ_TARGET

const Target* target_of(std::string_view name) {
    for (const Target& one : kTargets)
        if (one.name == name) return &one;
    return nullptr;
}

}  // namespace

int main(int argc, char** argv) {
    const Target* target = argc > 1 ? target_of(argv[1]) : nullptr;
    if (target == nullptr) {
        std::fprintf(stderr, "usage: fuzz_replay NAME PATH..., where NAME is that of a target\n");
        return 2;
    }
    std::size_t count = 0;
    auto run = [&](const std::filesystem::path& path) {
        std::ifstream file{path, std::ios::binary};
        const std::string bytes{std::istreambuf_iterator<char>{file}, {}};
        target->run(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
        ++count;
    };
    for (int i = 2; i < argc; ++i) {
        if (std::filesystem::is_directory(argv[i])) {
            for (const auto& entry : std::filesystem::recursive_directory_iterator{argv[i]})
                if (entry.is_regular_file()) run(entry.path());
        } else if (std::filesystem::exists(argv[i])) {
            run(argv[i]);
        }
    }
    std::printf("%zu inputs replayed\n", count);
    return count > 0 ? 0 : 1;
}
