// vonggac scan: the engine over files, folders or standard input, without a server and without a data folder.
#include <algorithm>
#include <chrono>
#include <fstream>
#include <ostream>
#include <thread>

#include "base/id.h"
#include "base/text.h"
#include "base/time.h"
#include "cli/content.h"
#include "cli/html_report.h"
#include "cli/noun.h"
#include "cli/output.h"
#include "cli/rule_verbs.h"
#include "cli/scan_correlation.h"
#include "cli/scan_reader.h"
#include "cli/scan_report.h"
#include "cli/scan_run.h"
#include "cli/width.h"
#include "intel/files.h"

namespace vg::cli::of_scan {

namespace {

constexpr Column kTable[] = {{"LEVEL", "rule.level"}, {"TIME", "time"}, {"RULE", "rule.title", false, "rule.title_vi"}, {"FILE", "file"}, {"RECORD", "record", true}, {"MATCHED", "matched"}, {"REASON", "reason"}};
constexpr Column kCsv[] = {{"TYPE", "type"},     {"LEVEL", "rule.level"}, {"TIME", "time"},       {"RULE", "rule.title"},     {"AUTHOR", "rule.author"}, {"ID", "rule.id"},
                           {"FILE", "file"},     {"RECORD", "record", true}, {"MATCHED", "matched"}, {"REASON", "reason"},       {"RECORDS", "records"},    {"MATCHES", "matches"}};
constexpr std::int64_t kMostThreads = 256;

using Clock = std::chrono::steady_clock;
double seconds_since(Clock::time_point begin) { return std::chrono::duration<double>(Clock::now() - begin).count(); }

struct Content {
    std::shared_ptr<const detect::Engine> engine;
    std::shared_ptr<const formats::Library> library;
    detect::LoadReport report;
};

Result<Content> load(const Call& call) {
    std::vector<std::string> folders;
    if (const auto found = call.options.find("rules"); found != call.options.end()) folders = found->second;
    const auto own = content_folder(call.surroundings.variable);
    if (folders.empty()) {
        if (!own) return fail(own.error());
        folders.push_back(*own + "/rules");
    }
    Content content;
    std::vector<detect::RuleFile> files;
    for (const std::string& folder : folders)
        for (auto& [name, text] : TRY_IN("--rules: ", yaml_texts(folder))) files.push_back({std::move(name), std::move(text)});
    content.engine = TRY(detect::Engine::make(files, TRY(engine_options(call)), content.report));
    std::vector<std::pair<std::string, std::string>> mappings;
    // Without content/ the formats written in code still work.
    if (own)
        if (auto texts = yaml_texts(*own + "/mappings")) mappings = std::move(*texts);
    content.library = TRY(formats::Library::make(mappings));
    return content;
}

Result<ScanRunOptions> run_options(const Call& call, const formats::Library& library) {
    ScanRunOptions options;
    options.threads = std::max(1U, std::thread::hardware_concurrency());
    if (const auto wanted = call.option("threads")) {
        const auto number = parse_int(*wanted);
        if (!number || *number < 1 || *number > kMostThreads) return fail(Code::bad_input, format("--threads is a number from 1 to {}, not {}", kMostThreads, shorten(*wanted, 20)));
        options.threads = static_cast<std::size_t>(*number);
    }
    options.format = call.option("log-format").value_or("");
    if (!options.format.empty() && !library.has(options.format)) {
        const auto near = nearest(options.format, library.names());
        std::string names;
        for (const std::string& name : library.names()) names += (names.empty() ? "" : ", ") + name;
        return fail(Code::bad_input, format("there is no log format {}{}; known are {}", shorten(options.format, 64), near ? format(", did you mean {}?", *near) : "", names));
    }
    options.zone = call.option("zone").value_or("");
    if (!options.zone.empty() && !is_zone(options.zone)) return fail(Code::bad_input, format("--zone is the name of a time zone such as Asia/Ho_Chi_Minh, not {}", shorten(options.zone, 64)));
    return options;
}

// Writes results as they come, and counts them.
class Output {
public:
    Output(Call& call, Printer printer, Format format, std::size_t inputs, Clock::time_point begin) : call_(call), printer_(std::move(printer)), format_(format), inputs_(inputs), begin_(begin) {}

    void follow(ScanCorrelation& correlation) { correlation_ = &correlation; }
    bool add(Done& done) {
        if (correlation_ != nullptr) correlation_->add(done);
        report.add(done);
        if (!done.matches.empty() || !done.trouble.empty()) clear_progress();
        for (ScanMatch& match : done.matches) printer_.add(match.line);
        for (const std::string& reason : done.trouble) printer_.add(json::object({{"type", "refused"}, {"file", done.file}, {"reason", reason}}));
        if (!done.matches.empty() || !done.trouble.empty()) call_.streams.out.flush();
        progress();
        return call_.streams.out.good();
    }
    void refuse_file(const std::string& file, const std::string& reason) {
        report.refuse(file, reason);
        printer_.add(json::object({{"type", "refused"}, {"file", file}, {"reason", reason}}));
    }
    void refuse_rule(const detect::RefusedRule& rule) {
        report.refuse(format("{}:{}", rule.file, rule.line), rule.reason);
        printer_.add(json::object({{"type", "refused"}, {"rule", json::object({{"title", rule.title}})}, {"file", rule.file}, {"line", rule.line}, {"reason", rule.reason}}));
    }
    // What many records are together is known when all of them were read.
    void correlate() {
        for (ScanCorrelation::Found& found : correlation_->finish()) {
            Done done;
            done.file = std::move(found.file);
            done.matches.push_back(std::move(found.match));
            add(done);
        }
    }
    void finish(const detect::LoadReport& rules) {
        clear_progress();
        report.rules_loaded = rules.loaded;
        const double seconds = static_cast<double>(static_cast<std::int64_t>(seconds_since(begin_) * 1000)) / 1000;
        if (format_ != Format::table) {
            json::Value summary = json::object({{"type", "summary"},
                                       {"files", report.files},
                                       {"records", report.records},
                                       {"unparsed", report.records_unparsed},
                                       {"matches", report.matches},
                                       {"rules", rules.loaded},
                                       {"rules_refused", rules.refused.size()},
                                       {"seconds", seconds}});
            if (indicators > 0) summary.set("indicators", indicators);
            if (rules.correlations > 0) {
                summary.set("correlations", rules.correlations);
                summary.set("left_out", correlation_->left_out());
            }
            printer_.add(summary);
        }
        printer_.finish();
        if (format_ == Format::table)
            call_.streams.out << format("\n{} files, {} records ({} not understood), {} matches of {} rules ({} refused), {} s\n", report.files, report.records, report.records_unparsed, report.matches, rules.loaded,
                                        rules.refused.size(), seconds);
        call_.streams.out.flush();
    }

    ScanReport report;
    std::size_t indicators = 0;  // that are asked for

private:
    void progress() {
        if (!call_.streams.err_is_terminal || Clock::now() - shown_ < std::chrono::milliseconds{200}) return;
        shown_ = Clock::now();
        on_screen_ = true;
        call_.streams.err << format("\r{} of {} files, {} records, {} matches\033[K", report.files, inputs_, report.records, report.matches) << std::flush;
    }

    void clear_progress() {
        if (on_screen_) call_.streams.err << "\r\033[K" << std::flush;
        on_screen_ = false;
    }

    Call& call_;
    Printer printer_;
    const Format format_;
    const std::size_t inputs_;
    const Clock::time_point begin_;
    ScanCorrelation* correlation_ = nullptr;
    Clock::time_point shown_{};
    bool on_screen_ = false;
};

Result<int> look(Call& call) {
    const Clock::time_point begin = Clock::now();
    std::vector<std::pair<std::string, std::string>> unentered;
    const std::vector<Input> inputs = TRY(find_inputs(call.arguments, unentered));
    const Content content = TRY(load(call));
    ScanRunOptions options = TRY(run_options(call, *content.library));
    SystemRandom{}.fill(options.seed.data(), options.seed.size());
    intel::FileSet indicators;
    if (const auto files = call.options.find("indicators"); files != call.options.end()) {
        std::uint64_t seed = 0;
        SystemRandom{}.fill(reinterpret_cast<std::uint8_t*>(&seed), sizeof seed);
        indicators = TRY_IN("--indicators: ", intel::read_files(files->second, seed));
        options.indicators = indicators.set;
    }
    std::ofstream html;
    if (const auto path = call.option("html")) {  // opened first: an hour's scan must not end on a folder that is not there
        html.open(*path, std::ios::binary | std::ios::trunc);
        if (!html) return fail(Code::unavailable, format("--html: {} cannot be written", *path));
    }
    const Format shape = TRY(format_of(call));
    Output output{call, TRY(Printer::make(call, shape == Format::csv ? std::span<const Column>{kCsv} : std::span<const Column>{kTable})), shape, inputs.size(), begin};
    for (const detect::RefusedRule& rule : content.report.refused) output.refuse_rule(rule);
    for (const auto& [file, reason] : indicators.refused) output.refuse_file(file, reason);
    output.indicators = indicators.values;
    for (const auto& [folder, reason] : unentered) output.refuse_file(folder, reason);
    ScanCorrelation correlation{content.engine, options.seed};
    output.follow(correlation);
    ScanRun run{options, *content.engine, *content.library, [&](Done& done) { return output.add(done); }};
    run.all(inputs);
    output.correlate();
    output.finish(content.report);
    if (!call.streams.out.good()) {
        call.streams.err << "vonggac: the output cannot be written; the scan was broken off\n";
        return 3;
    }
    if (html.is_open()) {
        html << html_report(output.report);
        html.flush();
        if (!html) return fail(Code::unavailable, format("--html: {} cannot be written", *call.option("html")));
    }
    return output.report.refused_count > 0 ? 3 : 0;
}

constexpr Option kOptions[] = {
    {"rules", "DIR", "rule files or folders of them; without it content/rules", Need::many},
    {"pipeline", "PATH", "processing pipeline that adapts the rules, or a folder of them", Need::many},
    {"indicators", "FILE", "list of indicators, one a line, or a folder of them; its name is the family", Need::many},
    {"log-format", "NAME", "what every record is; without it each is looked at"},
    {"zone", "ZONE", "of times that stand without an offset, such as Asia/Ho_Chi_Minh; without it UTC"},
    {"threads", "N", "without it one for each core; the output is the same for any number"},
    {"html", "FILE", "also writes a page to read and to pass on"},
};
constexpr Verb kVerbs[] = {{.name = "",
                            .arguments = "FILE...",
                            .about = "Looks for attacks in log files and folders, packed (.gz, .zst, .tar) or not, or in standard input (-), with no server. Exit code 3 when a file or rule could not be read.",
                            .options = kOptions,
                            .local = true,
                            .run = look}};

}  // namespace

extern const Noun scan{.name = "scan", .about = "Looks for attacks in log files, without a server.", .verbs = kVerbs};

}  // namespace vg::cli::of_scan
