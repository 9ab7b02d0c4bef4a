// Formats: bytes of one record → Event. Pure and hostile: no I/O, no clock, no log, no exceptions, bounded in time and
// memory. One file a format (src/formats/NAME.cpp) and one line in list.inc, or one mapping in content/mappings.
//
//   Event event = to_event(record, library, arena);        // never fails: what cannot be parsed is an event that says why
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/arena.h"
#include "base/result.h"
#include "event/event.h"
#include "event/record.h"
#include "formats/text_table.h"

namespace vg::formats {

enum class Trust : std::uint8_t { hostile, partner, own };

// What a format is given beside the bytes.
struct Context {
    Time received;
    std::string_view zone;  // IANA zone for times without an offset; empty: UTC
};

// What a format fills in. `builder` holds the fields; the rest goes into the Event.
struct Parsed {
    event::Builder& builder;
    Time occurred;
    bool occurred_known = false;
    event::Logsource logsource;
    std::string_view format;  // set by to_event
    const TextTable* names = nullptr;  // begins as base_names() (flat.h): fields get the number of their name; nullptr: they do not
    std::string_view time_text;  // what `occurred` was read from, when that was text or a number of a JSON record; else empty
};

// A record at a glance: what sniffers look at. Made once per record.
struct Look {
    std::string_view raw;   // the whole record
    std::string_view text;  // without the syslog header that most devices and servers put before it; else the same
    std::string_view app;   // of the syslog header: "sshd", "postfix/smtpd"; empty: none
    bool syslog = false;    // there is such a header
};
Look look_at(std::string_view raw);

struct Format {
    std::string_view name;
    Trust trust = Trust::hostile;
    // How sure the format is that the bytes are its own, 0 (no) to 100. Reads at most the first 4 kB. Never wrong bytes
    // of another format with more than 50.
    int (*sniff)(const Look& look) = nullptr;
    // Fills `parsed`. An Error says why the bytes cannot be understood; fields added so far are dropped.
    Status (*parse)(std::string_view raw, const Context& context, Parsed& parsed) = nullptr;
    std::string_view raw_unit;  // what one record is, for docs: "one line", "one EVTX record"
};

// All formats written in C++, in the order of list.inc.
std::span<const Format* const> all();

// Formats and the mappings of content/mappings: an immutable value, made at start, handed to to_event.
class Library {
public:
    // `mappings`: (file name, YAML text) of each mapping. An error names file and line.
    static Result<std::shared_ptr<const Library>> make(std::span<const std::pair<std::string, std::string>> mappings);
    virtual ~Library() = default;
    [[nodiscard]] virtual std::vector<std::string> names() const = 0;  // of formats and mappings
    [[nodiscard]] virtual bool has(std::string_view name) const = 0;
};

struct Outcome {
    event::Event event;
    std::string_view unparsed;  // why the record could not be understood (in the arena or static); empty: it was
    // How sure it is that this is the format, 0 to 100: of the sniffer, 100 when the source's format is pinned; a mapping
    // whose conditions hold makes 90 of less. 0: no format understood the record.
    int sure = 0;
};

// The whole of interpretation: pinned or sniffed format, fields, ECS, times, log source. A record that no format
// understands gives an event with the field "message" (the bytes as text) and a reason. The result is valid as long as
// record and arena are; the same record and library give the same event on any machine.
Outcome to_event(const event::Record& record, const Library& library, Arena& arena);

// Splits a whole file into records, for scan and upload: lines of text, elements of a JSON array, concatenated JSON
// documents, EVTX records (each becomes one record whose raw bytes are the event as JSON, in evtx_dump's shape). Calls
// `keep` for each, with its number from 1; stops when keep returns false. Damage is reported and skipped.
struct FileReport {
    std::uint64_t records = 0;
    std::vector<std::string> damage;  // "chunk 3: checksum does not fit", at most 100
};
struct Splitter {
    virtual ~Splitter() = default;
    // Gives the next bytes of the file (decompressed); at the end call finish(). Memory is bounded: a line or document
    // longer than 16 MB is refused by name and skipped.
    virtual Status feed(std::string_view bytes) = 0;
    virtual Result<FileReport> finish() = 0;
};
using KeepRecord = std::function<bool(std::uint64_t number, std::string_view raw, std::string_view format)>;
// `format`: pinned name or empty.
std::unique_ptr<Splitter> split_file(std::string_view format, KeepRecord keep);

}  // namespace vg::formats
