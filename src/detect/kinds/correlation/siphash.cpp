#include "detect/kinds/correlation/siphash.h"

#include <bit>
#include <cstring>

namespace vg::detect::correlation {

namespace {

struct SipState {
    std::uint64_t a, b, c, d;

    void round() {
        a += b;
        b = std::rotl(b, 13) ^ a;
        a = std::rotl(a, 32);
        c += d;
        d = std::rotl(d, 16) ^ c;
        a += d;
        d = std::rotl(d, 21) ^ a;
        c += b;
        b = std::rotl(b, 17) ^ c;
        c = std::rotl(c, 32);
    }
    void take(std::uint64_t word) {
        d ^= word;
        round();
        round();
        a ^= word;
    }
    std::uint64_t give() {
        for (int i = 0; i < 4; ++i) round();
        return a ^ b ^ c ^ d;
    }
};

std::uint64_t word_at(const void* bytes) {
    static_assert(std::endian::native == std::endian::little);
    std::uint64_t word = 0;
    std::memcpy(&word, bytes, sizeof word);
    return word;
}

}  // namespace

Hash128 siphash(const Seed& seed, std::string_view first, std::string_view second) {
    const std::uint64_t low = word_at(seed.data());
    const std::uint64_t high = word_at(seed.data() + 8);
    SipState state{low ^ 0x736f6d6570736575U, high ^ 0x646f72616e646f6dU ^ 0xee, low ^ 0x6c7967656e657261U, high ^ 0x7465646279746573U};
    char rest[8] = {};
    std::size_t held = 0;
    for (std::string_view piece : {first, second}) {
        if (held > 0) {
            const std::size_t some = piece.size() < 8 - held ? piece.size() : 8 - held;
            if (some > 0) std::memcpy(rest + held, piece.data(), some);
            held += some;
            piece.remove_prefix(some);
            if (held < 8) continue;
            state.take(word_at(rest));
            held = 0;
        }
        for (; piece.size() >= 8; piece.remove_prefix(8)) state.take(word_at(piece.data()));
        if (!piece.empty()) std::memcpy(rest, piece.data(), piece.size());
        held = piece.size();
    }
    std::memset(rest + held, 0, 8 - held);
    rest[7] = static_cast<char>(first.size() + second.size());
    state.take(word_at(rest));
    state.c ^= 0xee;
    const std::uint64_t one = state.give();
    state.b ^= 0xdd;
    return {one, state.give()};
}

}  // namespace vg::detect::correlation
