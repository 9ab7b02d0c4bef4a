// Regime: which law holds on a date: clocks, authorities, forms and terms, all dated data (content/regimes). Law and authority are two
// axes with dates of their own. Pure, immutable after load, any thread; it reads no clock, the caller hands in what happened.
//
//   const Regime regime = TRY(regime::load(folder));
//   for (const Deadline& one : regime.deadlines({.matter = Matter::incident, .events = {{"detected", t}}, .circumstances = {"serious"}}))
//       show(one.clock->title_vi, one.strict, one.extended);
//
// How time is counted (Civil Code 91/2015 Điều 147-148, and what the rules say themselves):
//   - an event is taken to the minute, seconds are dropped; N hours end at that minute;
//   - of days, the day of the event is not counted, and the last one ends at 24:00;
//   - a last day that is a weekend or holiday moves the end to that of the next working day where the clock `extends`: whether this
//     helps in a duty towards the state is not certain, so `strict` is the target and `extended` a note;
//   - 'before 20 June' is done by 24:00 of the 19th, and is not moved.
// Which clocks hold is decided by the day of detection (of an order: of receipt). What comes into force later does not change it.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "regime/calendar.h"

namespace vg::regime {

enum class Matter : std::uint8_t { incident, order, period, change };
enum class Unit : std::uint8_t { immediately, hour, day, working_day, date };

// The event by whose day the law is chosen: "detected", of an order "received", of a change "changed".
std::string_view deciding_event(Matter matter);

// From the first day on, and before `until`; none: until further notice.
struct Validity {
    Day from;
    std::optional<Day> until;
    [[nodiscard]] bool holds(Day day) const { return from <= day && (!until || day < *until); }
};

struct Clock {
    std::string id;                            // "vn-2017-notice"
    std::string regime;                        // "vn-2017", "vn-2026", "banking", "personal-data"
    std::string title, title_vi;
    std::string basis;                         // the article
    Matter matter = Matter::incident;
    Validity valid;
    std::string starts;                        // name of an event: "detected", "ended", "fixed", "received"...
    std::vector<std::string> when, unless;     // circumstances that must all hold, and of which none may
    Unit unit = Unit::immediately;
    int count = 0;                             // of hours or days
    int month = 0, day = 0;                    // of Unit::date: done before that day of each year
    bool extends = false;
    std::vector<std::string> to;               // roles of the addressees
    std::vector<std::string> satisfied_by;     // forms and documents
    std::string note, note_vi;
    bool checked = false;                      // held against the official text
    bool practice = false;                     // no rule says so, people do
};

// What happened. Events by name; "detected" (of an order "received", of a change "changed") decides which clocks hold.
struct Facts {
    Matter matter = Matter::incident;
    std::map<std::string, Time, std::less<>> events;
    std::set<std::string, std::less<>> circumstances;
    // Minutes that the order itself gives: it may shorten the legal time, not lengthen it.
    std::optional<Span> ordered_within;
    std::string regime;   // a person's choice of regime instead of the day's; overlays (banking, personal data) are not touched
};

struct Deadline {
    const Clock* clock = nullptr;              // of the Regime
    std::optional<Time> start;                 // none: what starts it has not happened, and there is no end yet
    bool immediately = false;                  // then strict is the start
    std::optional<Time> strict;                // the first moment that is too late
    std::optional<Time> extended;              // where it differs from strict
    std::vector<Day> passed_over;              // weekends and holidays because of which
    bool calendar_unknown = false;             // a year without a calendar was met: what depends on it is not told
    bool shortened = false;                    // by the order
};

// A role in a period: who it was then.
struct Authority {
    std::string role;                          // "state_authority", "national_coordinator"...
    std::string name, name_vi;
    Validity valid;
    std::string source;
    bool checked = false;
};

// Words that change with the regime: "security" → "an toàn thông tin mạng" or "an ninh mạng".
struct Term {
    std::string key, vi, en;
    Validity valid;
};

class Regime {
public:
    // Of the texts of content/regimes, by file name ("calendar.yaml", "clocks/vn-2017.yaml"). Errors name the file and the clock.
    static Result<Regime> read(const std::map<std::string, std::string>& files);

    // The regime of incidents that day: "vn-2017", "vn-2026".
    [[nodiscard]] std::string regime_of(Time time) const;
    // All clocks that hold, those without an end last, then by their strict end and id. Code::bad_input: no deciding event, an unknown
    // circumstance, event or regime.
    Result<std::vector<Deadline>> deadlines(const Facts& facts) const;
    // Reports that are due each year, whose last moment lies in [from, until).
    [[nodiscard]] std::vector<Deadline> periods(Time from, Time until, const std::set<std::string, std::less<>>& circumstances) const;

    [[nodiscard]] const Authority* authority(std::string_view role, Time time) const;  // null: nobody is known
    [[nodiscard]] const Term* term(std::string_view key, Time time) const;
    [[nodiscard]] const std::vector<Clock>& clocks() const { return clocks_; }
    [[nodiscard]] const std::vector<Authority>& authorities() const { return authorities_; }
    [[nodiscard]] const Calendar& calendar() const { return calendar_; }
    [[nodiscard]] const std::set<std::string, std::less<>>& circumstances() const { return circumstances_; }

    // The day, in the zone of the law (Asia/Ho_Chi_Minh in the data), and the first moment of a day.
    [[nodiscard]] Day day_of(Time time) const;
    [[nodiscard]] Time begin_of(Day day) const;

private:
    void count_to_end(Deadline& deadline) const;

    std::string zone_;
    Calendar calendar_;
    std::vector<Clock> clocks_;
    std::vector<Authority> authorities_;
    std::vector<Term> terms_;
    std::vector<std::pair<std::string, Validity>> regimes_;
    std::set<std::string, std::less<>> circumstances_, events_;
};

// The folder content/regimes. Errors: unavailable, bad_input.
Result<Regime> load(const std::filesystem::path& folder);

}  // namespace vg::regime
