// Data rows become records, one after another, and each row gets its outcome. One Reading's; one thread.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <map>
#include <unordered_map>
#include <vector>

#include "lists/cells.h"
#include "lists/columns.h"
#include "lists/reading.h"
#include "lists/source.h"
#include "lists/when.h"

namespace vg::lists {

class RowReader {
public:
    // The columns of `reading` are chosen, its zone and order of dates known or empty. All outlive this. `rows`: about how many there
    // are. `normalise`: texts are not NFC yet.
    RowReader(const ReadOptions& options, const Profile* profile, Reading& reading, std::size_t rows, bool normalise);

    // A data row; false when a limit is reached: see failure().
    bool take(const RawRow& row);
    [[nodiscard]] const Status& failure() const { return failure_; }
    // Columns get their counts, what was left unread is remarked.
    void finish();

    [[nodiscard]] bool lacked_zone() const { return lacked_zone_; }
    [[nodiscard]] bool lacked_order() const { return lacked_order_; }
    [[nodiscard]] const std::vector<ColumnEvidence>& evidence() const { return evidence_; }

private:
    struct Refusal {
        std::size_t column = 0;
        std::string reason;
    };
    struct Unread {
        std::size_t count = 0, first_line = 0;
    };
    struct TextHash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
    };
    struct Slot {
        std::uint64_t hash = 0;
        std::uint32_t record = 0;  // from 1; 0: free
    };

    void look(const RawRow& row);
    Status fill(Record& record, Refusal& why);
    Status fill_victims(Refusal& why);
    Status fill_time(std::size_t first_column, std::string_view cell, std::optional<Time>& into, Refusal& why);
    Status fill_seen(Record& record, Refusal& why);
    void fill_ports(Record& record);
    void fill_rest(Record& record);
    const std::vector<Peer>* peers_of(std::string_view cell);
    // The first cell of the role that says something; empty: none. `column` becomes its number.
    std::string_view first_of(Role role, std::size_t& column) const;
    void set_text(Role role, std::string& into) const;
    void leave_unread(Record& record, std::size_t column, std::string_view what);
    void add_peers(Record& base);
    // True when the last record is the first of its kind; its line otherwise.
    bool is_new(std::size_t& duplicate_of);
    void grow();
    void reject(const RawRow& row, Refusal why);
    void show(const RawRow& row, Outcome outcome, std::size_t duplicate_of, const Refusal* why);
    [[nodiscard]] std::vector<std::string> written(const RawRow& row) const;
    [[nodiscard]] std::vector<std::string> read_as(const Record& first, std::size_t records) const;

    const ReadOptions& options_;
    const Profile* profile_;
    Reading& reading_;
    bool normalise_;
    Times times_;
    std::array<std::vector<std::size_t>, kRoles> by_role_;
    std::vector<std::size_t> kept_;              // columns that go to `others`
    std::vector<ColumnEvidence> evidence_;
    std::vector<std::string_view> cells_;        // tidy; of the row in hand; empty where nothing is said
    std::vector<Victim> victims_;
    std::unordered_map<std::string, std::vector<Peer>, TextHash, std::equal_to<>> known_peers_;
    std::vector<Slot> slots_;
    std::string key_;                            // of a record, built anew for each
    std::uint64_t seed_ = 0;
    std::map<std::string, Unread> unread_;
    Status failure_;
    std::size_t day_only_ = 0, rejected_views_ = 0;
    bool lacked_zone_ = false, lacked_order_ = false;
};

}  // namespace vg::lists
