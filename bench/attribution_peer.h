// libmaxminddb beside Attribution: a MaxMind DB (format 2.0) of the same networks, written here, with the organisation's number
// as the value of each.
#pragma once

#ifdef VG_MAXMINDDB

#include <maxminddb.h>
#include <netinet/in.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "base/ip.h"

namespace vg::bench {

struct PeerNetwork {
    Network network;
    std::uint32_t value = 0;
};

class Peer {
public:
    Peer(std::vector<PeerNetwork> networks, const std::string& path) {
        std::stable_sort(networks.begin(), networks.end(), [](const PeerNetwork& a, const PeerNetwork& b) { return a.network.length < b.network.length; });
        for (const PeerNetwork& each : networks) insert(each);
        write(path);
        if (MMDB_open(path.c_str(), MMDB_MODE_MMAP, &database_) != MMDB_SUCCESS) {
            std::fprintf(stderr, "libmaxminddb does not open %s\n", path.c_str());
            std::exit(2);
        }
    }
    ~Peer() { MMDB_close(&database_); }
    Peer(const Peer&) = delete;
    Peer& operator=(const Peer&) = delete;

    // The value, and kNone when the address is in no network.
    static constexpr std::uint32_t kNone = 0xffff'ffff;
    [[nodiscard]] std::uint32_t of(const sockaddr* address) const {
        int error = MMDB_SUCCESS;
        return value(MMDB_lookup_sockaddr(&database_, address, &error));
    }
    [[nodiscard]] std::uint32_t of_text(const char* address) const {
        int of_names = 0, error = MMDB_SUCCESS;
        return value(MMDB_lookup_string(&database_, address, &of_names, &error));
    }
    [[nodiscard]] std::size_t bytes() const { return static_cast<std::size_t>(database_.file_size); }

private:
    static constexpr std::uint32_t kEmpty = 0xffff'ffff, kData = 0x8000'0000;

    static std::uint32_t value(MMDB_lookup_result_s found) {
        MMDB_entry_data_s data;
        if (!found.found_entry || MMDB_get_value(&found.entry, &data, nullptr) != MMDB_SUCCESS) return kNone;
        return data.uint32;
    }

    void insert(const PeerNetwork& each) {
        Address base = each.network.base;
        if (base.is_v4()) base.bytes[10] = base.bytes[11] = 0;  // the format keeps IPv4 at ::/96
        std::size_t node = 0;
        for (int bit = 0;; ++bit) {
            const bool right = (base.bytes[static_cast<std::size_t>(bit / 8)] >> (7 - bit % 8) & 1) != 0;
            if (bit + 1 == each.network.length) {
                nodes_[node][right] = kData | each.value;
                return;
            }
            const std::uint32_t below = nodes_[node][right];
            if ((below & kData) != 0) {  // data or nothing: both halves begin with it
                nodes_[node][right] = static_cast<std::uint32_t>(nodes_.size());
                nodes_.push_back({below, below});
            }
            node = nodes_[node][right];
        }
    }

    // Records of 28 bits. A value is five bytes: a control byte and a number.
    void write(const std::string& path) const {
        const auto count = static_cast<std::uint32_t>(nodes_.size());
        std::uint32_t most = 0;
        std::string out;
        const auto record = [&](std::uint32_t value) {
            if ((value & kData) == 0) return value;
            if (value == kEmpty) return count;
            most = std::max(most, value & ~kData);
            return count + 16 + (value & ~kData) * 5;
        };
        const auto put = [&](std::uint32_t value, int bytes) {
            for (int i = bytes; i-- > 0;) out.push_back(static_cast<char>(value >> (8 * i)));
        };
        for (const auto& node : nodes_) {
            const std::uint32_t left = record(node[0]), right = record(node[1]);
            put(left & 0xff'ffff, 3);
            put((left >> 24) << 4 | right >> 24, 1);
            put(right & 0xff'ffff, 3);
        }
        out.append(16, '\0');
        for (std::uint32_t value = 0; value <= most; ++value) put(0xc4, 1), put(value, 4);
        out += "\xab\xcd\xefMaxMind.com";
        const auto text = [&](std::string_view word) { put(0x40 | static_cast<std::uint32_t>(word.size()), 1), out += word; };
        put(0xe9, 1);  // a map of nine
        text("node_count"), put(0xc4, 1), put(count, 4);
        text("record_size"), put(0xa2, 1), put(28, 2);
        text("ip_version"), put(0xa2, 1), put(6, 2);
        text("database_type"), text("organisations");
        text("languages"), put(0x0004, 2);  // an array of none
        text("binary_format_major_version"), put(0xa2, 1), put(2, 2);
        text("binary_format_minor_version"), put(0xa2, 1), put(0, 2);
        text("build_epoch"), put(0x0802, 2), put(0, 4), put(1'700'000'000, 4);
        text("description"), put(0xe0, 1);
        std::FILE* file = std::fopen(path.c_str(), "wb");
        if (file == nullptr || std::fwrite(out.data(), 1, out.size(), file) != out.size() || std::fclose(file) != 0) {
            std::perror(path.c_str());
            std::exit(2);
        }
    }

    std::vector<std::array<std::uint32_t, 2>> nodes_{{kEmpty, kEmpty}};
    MMDB_s database_{};
};

}  // namespace vg::bench

#endif
