// The node with all that it is made of; nobody sees it but the files that make it up: node.cpp opens, serves and stops,
// node_content.cpp keeps rules, indicators and hunts in force.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <thread>

#include "api/list_desk.h"
#include "api/search_desk.h"
#include "api/stream.h"
#include "cases/attachments.h"
#include "cases/cases.h"
#include "cases/playbooks.h"
#include "directory/fact_keeper.h"
#include "hunts/runner.h"
#include "intel/keeper.h"
#include "intel/puller.h"
#include "notify/notifier.h"
#include "regime/regime.h"
#include "reports/forms.h"
#include "reports/paper_files.h"
#include "reports/papers.h"
#include "server/arrivals_keeper.h"
#include "server/backups.h"
#include "server/case_reminders.h"
#include "server/case_teller.h"
#include "server/case_watch.h"
#include "server/content_set.h"
#include "server/feed.h"
#include "server/front.h"
#include "server/in_hand.h"
#include "server/list_worker.h"
#include "server/listeners.h"
#include "server/lock.h"
#include "server/node.h"
#include "server/node_health.h"
#include "server/overflow_watch.h"
#include "server/pipeline.h"
#include "server/pulls.h"
#include "server/rates.h"
#include "server/sender_desk.h"
#include "server/source_watch.h"
#include "server/system_clock.h"

#include "store/secrets.h"

namespace vg::server {

class WiredNode final : public Node {
public:
    WiredNode(const Settings& settings, const Hooks& hooks)
        : settings_(settings), hooks_(hooks), clock_(hooks.clock != nullptr ? *hooks.clock : system_clock_) {}
    ~WiredNode() override { stop(seconds(0)); }

    Status open();
    Status serve() override;
    void stop(Span grace) override;
    Status reload() override;
    api::Router& router() override { return *router_; }
    std::string address() const override { return front_ ? front_->address() : ""; }
    std::string first_run_path() const override { return first_run_.empty() ? "" : "/ui/first-run?link=" + first_run_; }
    std::string tls_fingerprint() const override { return certificate_ ? certificate_->fingerprint : ""; }

private:
    [[nodiscard]] std::string path(std::string_view name) const { return settings_.data + "/" + std::string{name}; }
    Status open_journal();
    Status open_state();
    Status open_archive();
    void start_feed();
    Status ensure_feed();
    Status ensure_owner();
    Status ensure_certificate();
    Status start_listeners(std::optional<net::TlsFiles> tls);
    Status open_watch();
    // Records of the source "vonggac", which is made when it is first needed.
    Status keep_own(std::vector<event::Record> records);
    // More than so many records wait for detection.
    [[nodiscard]] bool is_behind(std::uint64_t records) const { return pipeline_ && journal_->end().value > pipeline_->position().value + records; }
    Result<std::shared_ptr<const ContentSet>> read_content() const;
    // What is in hand when it has that name, so that the rules are not compiled a second time; else from data/content.
    Result<std::shared_ptr<const ContentSet>> content_named(const std::string& fingerprint) const {
        if (auto present = held(content_); present->fingerprint == fingerprint) return present;
        return load_saved_content(store::system_disk(), path("content"), fingerprint);
    }
    Result<detect::LoadReport> reload_rules();
    // What speaks against indicators, as the settings and the files that they name say now.
    void open_regime();
    void open_playbooks();
    // What a crash left of imports goes, and the shipped profiles are read.
    Status open_lists();
    [[nodiscard]] Result<std::shared_ptr<const intel::Doubts>> read_doubts() const;
    // Read when they are first asked for: a command on a folder that nobody serves seldom does.
    std::shared_ptr<const intel::Doubts> doubts();
    Status reload_doubts();
    Status open_indicators();
    // That a feed is held becomes a record of the node's own source, and content/rules makes a finding of it.
    void say_held(const intel::Feed& feed);
    // Brings the indicators up to State, and puts them into force from the journal's end on.
    Status renew_indicators();
    void make_hunts();
    // What our own logs show of a victim of a case since its removal.
    Result<std::optional<cases::Observed>> observe(const cases::Item& item, Span most_time);
    void start_case_watch();
    std::string console_address() const;  // for links in messages; empty: none
    void read_reminder_policy();
    // What a feed brought that was not known is asked of the archive.
    Status hunt_for(const std::string& list, const std::string& actor, std::span<const intel::Value> fresh, bool last);
    // Rules that came into force with `is`, after `from`, are asked of what lies before that.
    void hunt_for_rules(const ContentSet& was, const ContentSet& is, event::Position from);
    // They are worked on by whoever has the folder, serving or not.
    void hunts_changed();
    // What is to be done about lists in the background; likewise.
    void make_list_worker();
    void list_jobs_changed();
    Status announce(json::Value control);
    Status announce_content(const ContentSet& content);
    Status reload_directory();
    void make_router();
    // After each commit of the pipeline: counts for the console, and word to the open ones.
    void follow(const Committed& committed);
    void tend(std::stop_token stop);

    template <class T>
    std::shared_ptr<const T> held(const std::shared_ptr<const T>& shared) const {
        const std::lock_guard lock{mutex_};
        return shared;
    }

    // constant after open()
    Settings settings_;
    Hooks hooks_;
    SystemClock system_clock_;
    Clock& clock_;
    SystemRandom random_;
    metrics::Registry metrics_;
    std::unique_ptr<FolderLock> lock_;
    std::string shipped_;  // content folder
    cases::Policy closure_;
    std::shared_ptr<const cases::ReminderPolicy> reminders_policy_;  // null: nobody is reminded
    std::shared_ptr<const regime::Regime> regime_;  // null: its data could not be read
    std::shared_ptr<const reports::Forms> forms_;   // null: they could not be read
    std::shared_ptr<const std::vector<cases::Kept>> playbooks_;
    std::unique_ptr<store::Journal> journal_;
    std::unique_ptr<store::State> state_;
    std::optional<store::Secrets> secrets_;  // set by open_state()
    std::unique_ptr<Backups> backups_;
    std::unique_ptr<directory::FactKeeper> facts_;
    std::unique_ptr<intel::Keeper> indicators_;
    std::unique_ptr<intel::Puller> puller_;  // its thread runs while serving
    std::optional<net::NodeCertificate> certificate_;
    std::string first_run_;
    ingest::Counters counters_;
    Rates rates_;
    std::unique_ptr<store::Archive> archive_;  // null when it cannot be opened; everything else works without it
    std::string archive_trouble_;
    std::unique_ptr<NodeHealth> health_;
    std::unique_ptr<api::Stream> stream_;
    std::unique_ptr<api::Router> router_;
    std::mutex hunting_;  // one start of hunts_ at a time
    std::map<std::string, event::Position> feed_hunts_;  // guarded by hunting_; where the journal ended when a feed brought something new
    std::unique_ptr<hunts::Runner> hunts_;  // made by open(); works while serving, and when a command asks
    std::unique_ptr<api::ListDesk> list_desk_;
    std::unique_ptr<ListWorker> list_worker_;  // made by open(); works while serving, and when a command asks
    std::shared_ptr<const std::vector<lists::Profile>> list_profiles_;
    std::unique_ptr<api::SearchDesk> desk_;  // its threads use what the router has: they end first

    std::mutex doubts_mutex_;
    std::shared_ptr<const intel::Doubts> doubts_;  // guarded by doubts_mutex_

    mutable std::mutex mutex_;
    // guarded by mutex_; the values are immutable and swapped whole
    std::shared_ptr<const ContentSet> content_;
    std::shared_ptr<const directory::Snapshot> directory_;

    // while serving; each stops what it owns in its destructor, in this order reversed
    std::unique_ptr<InHand> in_hand_;
    std::unique_ptr<Pipeline> pipeline_;
    std::unique_ptr<Feed> feed_;
    std::unique_ptr<ingest::Intake> intake_;
    std::unique_ptr<ArrivalsKeeper> arrivals_;
    std::unique_ptr<SenderDesk> senders_;
    std::unique_ptr<Listeners> listeners_;
    std::unique_ptr<Pulls> pulls_;
    std::optional<OverflowWatch> overflow_watch_;
    std::unique_ptr<SourceWatch> watch_;  // calls overflow_watch_
    std::unique_ptr<CaseTeller> case_teller_;     // called by notifier_
    std::unique_ptr<notify::Notifier> notifier_;  // made by open(); its thread runs while serving
    std::unique_ptr<CaseReminders> case_reminders_;  // called by case_watch_
    std::unique_ptr<CaseWatch> case_watch_;
    std::unique_ptr<Front> front_;
    std::jthread tender_;
};

}  // namespace vg::server
