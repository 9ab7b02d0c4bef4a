#include "cli/scan_run.h"

#include <algorithm>
#include <thread>

#include "base/text.h"
#include "base/time.h"
#include "intel/sightings.h"

namespace vg::cli {

namespace {

constexpr std::size_t kMostWaiting = 256;       // results of later inputs, each of one batch
constexpr std::size_t kMostValueBytes = 4096;   // of a matched field in the output

json::Value line_of(const detect::Match& match, const event::Event& event, const Batch& batch, std::uint64_t number) {
    json::Value matched{json::Object{}};
    for (const detect::MatchedField& field : match.matched) {
        json::Value value{shorten(field.value, kMostValueBytes)};
        const std::string name = field.field.empty() ? "message" : std::string{field.field};
        const json::Value* known = matched.find(name);
        if (known == nullptr) {
            matched.set(name, std::move(value));
        } else if (!known->is_array()) {
            if (*known != value) matched.set(name, json::array({*known, std::move(value)}));
        } else if (std::find(known->as_array().begin(), known->as_array().end(), value) == known->as_array().end()) {
            json::Value more = *known;
            more.add(std::move(value));
            matched.set(name, std::move(more));
        }
    }
    // Records of an .evtx file are counted in chunk order: what the event viewer shows is the Windows number.
    if (batch.format == "windows")
        if (const event::Field* id = event.find("EventRecordID"); id != nullptr && id->type == event::Type::integer) matched.set("EventRecordID", id->integer);
    const detect::RuleInfo& rule = *match.rule;
    return json::object({{"type", "match"},
                         {"rule", rule_json(rule)},
                         {"file", batch.file},
                         {"record", number},
                         {"time", event.occurred_known ? json::Value{to_rfc3339(event.occurred)} : json::Value{}},
                         {"matched", std::move(matched)}});
}

json::Value line_of(const detect::indicator::Hit& hit, const event::Event& event, const Batch& batch, std::uint64_t number) {
    return json::object({{"type", "match"},
                         {"rule", rule_json(*hit.rule)},
                         {"file", batch.file},
                         {"record", number},
                         {"time", event.occurred_known ? json::Value{to_rfc3339(event.occurred)} : json::Value{}},
                         {"matched", intel::matched_of(hit)}});
}

std::string host_of(const event::Event& event) {
    for (const event::Ecs field : {event::Ecs::host_name, event::Ecs::winlog_computer_name, event::Ecs::host_hostname, event::Ecs::log_syslog_hostname})
        if (const std::string_view text = event.text(field); !text.empty()) return lower_ascii(shorten(text, 255));
    return {};
}

}  // namespace

json::Value rule_json(const detect::RuleInfo& rule) {
    json::Value out = json::object({{"id", rule.id}, {"title", rule.title}, {"level", detect::name_of(rule.level)}, {"kind", rule.kind}, {"author", rule.author}});
    if (!rule.title_vi.empty()) out.set("title_vi", rule.title_vi);
    return out;
}

// What one thread needs, used again for each event.
struct ScanRun::Worker {
    Arena arena;
    event::Record record;
    detect::Scratch scratch;
    std::vector<detect::Match> matches;
    std::vector<detect::indicator::Hit> hits;
    std::vector<detect::correlation::Occurrence> occurrences;
};

ScanRun::ScanRun(ScanRunOptions options, const detect::Engine& engine, const formats::Library& library, OnDone on_done)
    : options_(std::move(options)), engine_(engine), library_(library), on_done_(std::move(on_done)), most_tasks_(2 * options_.threads + 2) {}

void ScanRun::all(const std::vector<Input>& inputs) {
    inputs_ = &inputs;
    std::vector<std::jthread> helpers;
    for (std::size_t i = 1; i < options_.threads; ++i) helpers.emplace_back([this] { work(); });
    work();
}

// Each thread reads, asks or hands out, whatever is there to do: asking goes first as long as enough waits to be asked.
void ScanRun::work() {
    Worker worker;
    std::unique_lock lock{mutex_};
    for (;;) {
        open_lanes();
        if (stopped_ || (lanes_.empty() && next_input_ == inputs_->size())) break;
        Lane* const lane = lane_to_read();
        if (lane != nullptr && tasks_.size() < options_.threads) {
            read(*lane, lock);
        } else if (!tasks_.empty()) {
            Task task = std::move(tasks_.front());
            tasks_.pop_front();
            lock.unlock();
            Done done = ask(task.batch, worker);
            lock.lock();
            task.lane->waiting.emplace(task.sequence, std::move(done));
            ++waiting_;
            hand_out(lock);
        } else if (lane != nullptr) {
            read(*lane, lock);
        } else {
            changed_.wait(lock);
        }
        changed_.notify_all();
    }
    changed_.notify_all();
}

// As many inputs are open as there are threads, so that a folder of small files keeps all cores busy.
void ScanRun::open_lanes() {
    std::size_t open = 0;
    for (const auto& lane : lanes_) open += lane->ended ? 0 : 1;
    for (; open < options_.threads && next_input_ < inputs_->size() && waiting_ < kMostWaiting; ++open) {
        const Input& input = (*inputs_)[next_input_++];
        auto lane = std::make_unique<Lane>();
        lane->reader = std::make_unique<Reader>(input.path, options_.format, input.name);
        lanes_.push_back(std::move(lane));
    }
}

// Later inputs stand back when too many results wait for the first one; the first one is always read on.
ScanRun::Lane* ScanRun::lane_to_read() {
    if (tasks_.size() >= most_tasks_) return nullptr;
    for (const auto& lane : lanes_)
        if (!lane->ended && !lane->reading && (lane == lanes_.front() || waiting_ < kMostWaiting)) return lane.get();
    return nullptr;
}

void ScanRun::read(Lane& lane, std::unique_lock<std::mutex>& lock) {
    lane.reading = true;
    lock.unlock();
    std::vector<Batch> batches = lane.reader->step();
    const bool ended = lane.reader->ended();
    lock.lock();
    lane.reading = false;
    lane.ended = ended;
    if (ended) lane.reader.reset();
    for (Batch& batch : batches) tasks_.push_back({&lane, lane.made++, std::move(batch)});
    if (ended) hand_out(lock);  // an input without a single batch must not stand in the way
}

// One thread at a time hands out what is next in order.
void ScanRun::hand_out(std::unique_lock<std::mutex>& lock) {
    if (handing_out_) return;
    handing_out_ = true;
    while (!lanes_.empty() && !stopped_) {
        Lane& lane = *lanes_.front();
        if (lane.ended && lane.written == lane.made) {
            lanes_.pop_front();
            continue;
        }
        const auto found = lane.waiting.find(lane.written);
        if (found == lane.waiting.end()) break;
        Done done = std::move(found->second);
        lane.waiting.erase(found);
        ++lane.written;
        --waiting_;
        lock.unlock();
        const bool go_on = on_done_(done);
        lock.lock();
        if (!go_on) stopped_ = true;
    }
    handing_out_ = false;
}

Done ScanRun::ask(const Batch& batch, Worker& worker) const {
    Done done;
    done.file = batch.file;
    done.trouble = batch.trouble;
    done.ends_file = batch.ends_file;
    done.records = batch.items.size();
    event::Envelope& envelope = worker.record.envelope;
    envelope.received = batch.changed;
    envelope.format = batch.format;
    envelope.zone = options_.zone;
    for (const Batch::Item& item : batch.items) {
        worker.record.raw.assign(batch.raw(item));
        worker.arena.reset();
        worker.matches.clear();
        const formats::Outcome outcome = formats::to_event(worker.record, library_, worker.arena);
        if (!outcome.unparsed.empty() && ++done.unparsed == 1) {
            done.first_unparsed = item.number;
            done.why_unparsed = shorten(outcome.unparsed, 300);
        }
        if (options_.indicators) {
            worker.hits.clear();
            if (const Status asked = options_.indicators->match(outcome.event, worker.hits); !asked) done.trouble.push_back(asked.error().text);
            for (const detect::indicator::Hit& hit : worker.hits)
                done.matches.push_back({hit.rule, item.number, outcome.event.occurred, outcome.event.occurred_known, host_of(outcome.event), line_of(hit, outcome.event, batch, item.number)});
        }
        engine_.match(outcome.event, worker.scratch, worker.matches);
        if (worker.matches.empty()) continue;
        worker.occurrences.clear();
        detect::correlation::occurrences(engine_.plan(), outcome.event, worker.matches, {}, options_.seed, worker.occurrences);
        if (!worker.occurrences.empty()) {
            if (outcome.event.occurred_known)
                done.occurrences.push_back({item.number, outcome.event.occurred, host_of(outcome.event), std::move(worker.occurrences)});
            else
                ++done.untimed;
        }
        for (const detect::Match& match : worker.matches)
            if (detect::correlation::is_told_alone(engine_.plan(), *match.rule))
                done.matches.push_back({match.rule, item.number, outcome.event.occurred, outcome.event.occurred_known, host_of(outcome.event), line_of(match, outcome.event, batch, item.number)});
    }
    return done;
}

}  // namespace vg::cli
