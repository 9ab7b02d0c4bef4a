#include "base/id.h"

#include <sys/random.h>

#include "base/bytes.h"
#include "base/check.h"

namespace vg {

std::string to_text(const Uuid& uuid) {
    std::string hex = to_hex({reinterpret_cast<const char*>(uuid.data()), uuid.size()});
    return hex.substr(0, 8) + "-" + hex.substr(8, 4) + "-" + hex.substr(12, 4) + "-" + hex.substr(16, 4) + "-" +
           hex.substr(20);
}

Result<Uuid> parse_uuid(std::string_view text) {
    if (text.size() != 36 || text[8] != '-' || text[13] != '-' || text[18] != '-' || text[23] != '-')
        return fail(Code::bad_input, "an id has the form xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx");
    std::string hex;
    for (char c : text)
        if (c != '-') hex.push_back(c);
    std::string bytes = TRY(from_hex(hex));
    if (bytes.size() != 16) return fail(Code::bad_input, "an id has 32 hexadecimal digits");
    Uuid uuid;
    for (std::size_t i = 0; i < uuid.size(); ++i) uuid[i] = static_cast<std::uint8_t>(bytes[i]);
    return uuid;
}

void SystemRandom::fill(std::uint8_t* bytes, std::size_t count) {
    while (count > 0) {
        const ssize_t got = getrandom(bytes, count, 0);
        CHECK(got > 0, "the kernel always gives random bytes");
        bytes += got;
        count -= static_cast<std::size_t>(got);
    }
}

void SeededRandom::fill(std::uint8_t* bytes, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {  // splitmix64
        std::uint64_t z = (state_ += 0x9e3779b97f4a7c15U);
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
        z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
        bytes[i] = static_cast<std::uint8_t>(z >> 56);
    }
}

Uuid make_uuid_v7(Time now, Random& random) {
    Uuid uuid;
    random.fill(uuid.data(), uuid.size());
    const auto millis = static_cast<std::uint64_t>(now.micros / 1000);
    for (std::size_t i = 0; i < 6; ++i) uuid[i] = static_cast<std::uint8_t>(millis >> (40 - 8 * i));
    uuid[6] = static_cast<std::uint8_t>((uuid[6] & 0x0f) | 0x70);
    uuid[8] = static_cast<std::uint8_t>((uuid[8] & 0x3f) | 0x80);
    return uuid;
}

}  // namespace vg
