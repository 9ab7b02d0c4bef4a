// Groups: the records of one request on their way into the intake, in groups of about a megabyte, several of them in
// flight, so that one sender keeps the journal busy and holds little memory. Counts for the source. One handler thread.
//
//   Groups groups{ask};
//   groups.add(raw);                         // any number of times; see failed()
//   groups.finish();                         // now all outcomes are known
#pragma once

#include <deque>
#include <optional>
#include <string_view>
#include <vector>

#include "ingest/http_source.h"

namespace vg::ingest {

class Groups {
public:
    struct Outcome {
        std::uint64_t first_mark = 0;  // of the group's first record
        std::uint64_t records = 0;
        Status status;                 // good: durable
    };

    explicit Groups(HttpAsk& ask, std::string peer = {});

    // Takes a record; `mark` is the sender's number for it (a line). After the first failure nothing more is pushed, and
    // each further record shares that failure.
    void add(std::string_view raw, std::uint64_t mark, std::string_view format = {});
    // Pushes what has gathered and waits for all groups.
    void finish();
    // Set as soon as a group was refused or could not be made durable.
    [[nodiscard]] const std::optional<Error>& failed() const { return failed_; }
    // In the order of the records; complete after finish().
    [[nodiscard]] const std::vector<Outcome>& outcomes() const { return outcomes_; }
    [[nodiscard]] std::uint64_t durable() const { return durable_; }
    // The mark of the first record that is not durable; nothing when all are. After finish().
    [[nodiscard]] std::optional<std::uint64_t> first_lost() const;

private:
    void push();
    void settle_front();

    HttpAsk& ask_;
    Tally& tally_;
    event::Envelope envelope_;
    std::vector<event::Record> gathered_;
    std::size_t gathered_bytes_ = 0;
    std::uint64_t gathered_mark_ = 0;
    struct Flight {
        Intake::Ticket ticket;
        std::size_t outcome;
    };
    std::deque<Flight> flights_;
    std::vector<Outcome> outcomes_;
    std::optional<Error> failed_;
    std::uint64_t durable_ = 0;
};

}  // namespace vg::ingest
