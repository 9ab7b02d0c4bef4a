// Writes ZIP archives for tests, by PKWARE's APPNOTE and with zlib's own checksum and compressor.
#pragma once

#include <zlib.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"

namespace vg::tables {

class ZipTestFile {
public:
    enum class Method { stored, deflated };

    ZipTestFile& add(std::string_view name, std::string_view content, Method method = Method::stored) {
        Entry entry{.name = std::string{name}, .packed = std::string{content}, .header = body_.size(), .unpacked = content.size(), .method = method};
        entry.checksum = static_cast<std::uint32_t>(crc32_z(0, reinterpret_cast<const Bytef*>(content.data()), content.size()));
        if (method == Method::deflated) entry.packed = deflated(content);
        body_ += "PK\x03\x04";
        put(body_, std::uint16_t{20});
        put_common(body_, entry);
        put(body_, std::uint16_t{0});
        body_ += entry.name + entry.packed;
        entries_.push_back(std::move(entry));
        return *this;
    }

    [[nodiscard]] std::string bytes() const {
        std::string directory;
        for (const Entry& entry : entries_) {
            directory += "PK\x01\x02";
            put(directory, std::uint16_t{20});
            put(directory, std::uint16_t{20});
            put_common(directory, entry);
            directory.append(12, '\0');
            put(directory, static_cast<std::uint32_t>(entry.header));
            directory += entry.name;
        }
        std::string out = body_ + directory + "PK\x05\x06" + std::string(4, '\0');
        put(out, static_cast<std::uint16_t>(entries_.size()));
        put(out, static_cast<std::uint16_t>(entries_.size()));
        put(out, static_cast<std::uint32_t>(directory.size()));
        put(out, static_cast<std::uint32_t>(body_.size()));
        put(out, std::uint16_t{0});
        return out;
    }

private:
    struct Entry {
        std::string name, packed;
        std::size_t header = 0, unpacked = 0;
        Method method = Method::stored;
        std::uint32_t checksum = 0;
    };

    // From the flags to the length of the name; that of the extra field, which there is none of, is the caller's.
    static void put_common(std::string& out, const Entry& entry) {
        put(out, std::uint16_t{0});
        put(out, static_cast<std::uint16_t>(entry.method == Method::deflated ? 8 : 0));
        put(out, std::uint32_t{0x00210000});  // 1980-01-01
        put(out, entry.checksum);
        put(out, static_cast<std::uint32_t>(entry.packed.size()));
        put(out, static_cast<std::uint32_t>(entry.unpacked));
        put(out, static_cast<std::uint16_t>(entry.name.size()));
    }

    static std::string deflated(std::string_view content) {
        z_stream stream{};
        deflateInit2(&stream, 9, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY);
        std::string out(deflateBound(&stream, static_cast<uLong>(content.size())), '\0');
        stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(content.data()));
        stream.avail_in = static_cast<uInt>(content.size());
        stream.next_out = reinterpret_cast<Bytef*>(out.data());
        stream.avail_out = static_cast<uInt>(out.size());
        deflate(&stream, Z_FINISH);
        out.resize(stream.total_out);
        deflateEnd(&stream);
        return out;
    }

    std::string body_;
    std::vector<Entry> entries_;
};

}  // namespace vg::tables
