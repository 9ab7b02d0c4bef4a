// Windows event log files (.evtx): the file's chunks, their records, each as JSON in evtx_dump's shape. Reads a stream,
// 64 kB at a time; believes nothing it reads. Used by split_file.
// Sources: MS-EVEN6 section 3.1.4.7 (BinXml), and J. Metz, "Windows XML Event Log (EVTX) format" (file and chunk).
//
//   EvtxReader reader{keep, damage};
//   reader.feed(bytes); ...; reader.finish();
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace vg::formats {

class EvtxReader {
public:
    // Gives one record as JSON, valid during the call; false: read no further.
    using KeepEvent = std::function<bool(std::string_view json)>;
    // Says what could not be read, and where.
    using Damage = std::function<void(std::string reason)>;

    EvtxReader(KeepEvent keep, Damage damage);
    ~EvtxReader();
    EvtxReader(const EvtxReader&) = delete;
    EvtxReader& operator=(const EvtxReader&) = delete;

    void feed(std::string_view bytes);
    void finish();
    [[nodiscard]] bool stopped() const { return stopped_; }

private:
    void read_header();
    void read_chunk();

    KeepEvent keep_;
    Damage damage_;
    std::string held_;          // header or chunk in hand
    std::string json_;          // of the record in hand
    std::uint64_t chunk_ = 0;   // number of the chunk in hand, from 1; 0: the file's header
    bool stopped_ = false;
};

}  // namespace vg::formats
