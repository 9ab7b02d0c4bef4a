// The ledger of papers in State: what may follow what, that each fact stands by itself, and that the coordinator's receipt closes a case.
#include "reports/papers.h"

#include <gtest/gtest.h>

#include "base/bytes.h"
#include "base/text.h"
#include "reports/paper_files.h"
#include "store/audit.h"
#include "store/fault_disk.h"
#include "store/state_fixture.h"

namespace vg::reports::papers_test {
namespace {

constexpr Time kApril{1'714'093'200'000'000};  // 2024-04-26T01:00:00Z

struct PapersTest : testing::Test {
    PapersTest() {
        const std::array schemas{store::audit_schema(), cases::schema(), schema()};
        state = *store::State::open(store::test_state(), schemas, metrics);
        a = make_id<OrganisationTag>(kApril, random);
        lead = {.name = "user:an", .role = access::Role::duty_lead, .scope = access::Scope::node(), .organisation = {}, .user = make_id<UserTag>(kApril, random), .source = {}, .session = {}};
        program = lead;
        program.name = "token:x";
        program.user.reset();
        final_report.code = "mau-04";
        final_report.satisfies = {"mau-04"};
        initial_report.code = "mau-03";
        initial_report.satisfies = {"mau-03"};
        notice.code = "notice";
        notice.satisfies = {"notice", "notice-update"};
        for (FormKind* kind : {&final_report, &initial_report, &notice}) {
            FormField field;
            field.name = "description";
            kind->fields = {field};
        }
    }
    template <class T>
    T must(Result<T> result) {
        EXPECT_TRUE(result.has_value()) << (result ? "" : result.error().text);
        return std::move(*result);
    }
    template <class Work>
    auto write(Work&& work) {
        return state->write(std::forward<Work>(work));
    }
    cases::Case open_case() {
        return must(write([&](store::Transaction& tx) { return cases::open(tx, lead, {.organisation = a, .title = "Sự cố", .kind = "malware", .detected = kApril}, random, kApril); }));
    }
    KeptPaper drafted(const FormKind& kind, const std::optional<cases::CaseId>& of) {
        Draft draft;
        draft.form = kind.code;
        draft.regime = "vn-2017";
        draft.of = of;
        draft.organisation = a;
        draft.facts["description"] = "ba máy";
        return must(write([&](store::Transaction& tx) { return create(tx, lead, "Sự cố", draft, random, kApril); }));
    }
    static Bytes bytes_of(std::string_view text) { return {sha256_hex(text), "application/pdf", static_cast<std::int64_t>(text.size())}; }
    Result<KeptPaper> signed_by(const access::Actor& who, const PaperId& id, Time now) {
        return write([&](store::Transaction& tx) { return sign(tx, who, id, {bytes_of("%PDF- signed"), {}, "", now}, std::nullopt, now); });
    }
    Result<KeptPaper> sent(const FormKind& kind, const PaperId& id, Time now, const std::string& role = "national-coordinator", std::optional<Bytes> bytes = {}, const access::Actor* who = nullptr) {
        return write([&](store::Transaction& tx) { return send(tx, who == nullptr ? lead : *who, id, kind, {Channel::letter, role, "VNCERT/CC", now, "", bytes}, remark, std::nullopt, now); });
    }
    Result<KeptPaper> acknowledged(const FormKind& kind, const PaperId& id, Time now, const std::string& role = "national-coordinator") {
        return write([&](store::Transaction& tx) { return acknowledge(tx, lead, id, kind, {role, "", "15/VNCERTCC", "2024-05-02", now, ""}, remark, std::nullopt, now); });
    }
    cases::Case file(const cases::CaseId& id) {
        return must(state->read([&](store::Transaction& tx) { return cases::find(tx, access::Scope::node(), id); }));
    }
    std::vector<PaperFact> facts(const PaperId& id) {
        return must(state->read([&](store::Transaction& tx) { return facts_of(tx, id); }));
    }

    metrics::Registry metrics;
    SeededRandom random{7};
    std::unique_ptr<store::State> state;
    OrganisationId a;
    access::Actor lead, program;
    FormKind final_report, initial_report, notice;
    std::string remark;
};

TEST_F(PapersTest, AReportIsSignedBeforeItIsSentAndNotChangedAfterwards) {
    const KeptPaper paper = drafted(initial_report, open_case().id);
    EXPECT_EQ(sent(initial_report, paper.id, kApril).error().code, Code::conflict) << "nobody signed it";
    const Words words{{"description", "bốn máy"}};
    const auto change_it = [&] { return write([&](store::Transaction& tx) { return change(tx, lead, paper.id, initial_report, words, std::nullopt, std::nullopt, kApril); }); };
    const KeptPaper changed = must(change_it());
    EXPECT_EQ(changed.draft.value("description"), "bốn máy");
    EXPECT_EQ(changed.draft.facts.at("description"), "ba máy") << "the fact stays beside it";
    EXPECT_EQ(must(signed_by(lead, paper.id, kApril)).state, PaperState::signed_);
    EXPECT_EQ(change_it().error().code, Code::conflict);
    EXPECT_EQ(signed_by(lead, paper.id, kApril).error().code, Code::conflict) << "twice";
    const KeptPaper gone = must(sent(initial_report, paper.id, kApril + hours(1)));
    EXPECT_EQ(gone.state, PaperState::sent);
    EXPECT_EQ(facts(paper.id).back().sha256, sha256_hex("%PDF- signed")) << "what was signed is what was sent";
    EXPECT_EQ(sent(initial_report, paper.id, kApril - hours(1)).error().code, Code::bad_input) << "before it was signed";
}

TEST_F(PapersTest, AProgramSignsAndSendsNothing) {
    const KeptPaper paper = drafted(initial_report, open_case().id);
    EXPECT_EQ(signed_by(program, paper.id, kApril).error().code, Code::denied);
    must(signed_by(lead, paper.id, kApril));
    EXPECT_EQ(sent(initial_report, paper.id, kApril, "owner", {}, &program).error().code, Code::denied);
}

TEST_F(PapersTest, ANoticeMayGoUnsignedAndTheSameBytesGoToTheNext) {
    const KeptPaper paper = drafted(notice, open_case().id);
    must(sent(notice, paper.id, kApril, "owner", bytes_of("%PDF- notice")));
    const KeptPaper again = must(sent(notice, paper.id, kApril + hours(1), "national-coordinator"));
    EXPECT_EQ(again.state, PaperState::sent);
    const auto all = facts(paper.id);
    ASSERT_EQ(all.size(), 3U) << "drafted, and sent twice";
    EXPECT_EQ(all[1].sha256, all[2].sha256);
}

TEST_F(PapersTest, SentIsNotClosedAndTheCoordinatorsReceiptCloses) {
    const cases::Case before = open_case();
    const KeptPaper paper = drafted(final_report, before.id);
    EXPECT_EQ(acknowledged(final_report, paper.id, kApril).error().code, Code::conflict) << "nobody sent it";
    must(signed_by(lead, paper.id, kApril));
    must(sent(final_report, paper.id, kApril + hours(1)));
    must(sent(final_report, paper.id, kApril + hours(1), "owner"));
    EXPECT_EQ(remark, "");
    EXPECT_EQ(file(before.id).stage, cases::Stage::report_sent);
    EXPECT_FALSE(file(before.id).closed);
    must(acknowledged(final_report, paper.id, kApril + hours(2), "owner"));
    EXPECT_FALSE(file(before.id).closed) << "the owner's receipt closes nothing";
    EXPECT_EQ(must(acknowledged(final_report, paper.id, kApril + hours(3))).state, PaperState::acknowledged);
    EXPECT_TRUE(file(before.id).closed);
    EXPECT_EQ(file(before.id).receipt, "15/VNCERTCC, 2024-05-02");
}

TEST_F(PapersTest, AnInitialReportClosesNothing) {
    const cases::Case before = open_case();
    const KeptPaper paper = drafted(initial_report, before.id);
    must(signed_by(lead, paper.id, kApril));
    must(sent(initial_report, paper.id, kApril));
    must(acknowledged(initial_report, paper.id, kApril));
    EXPECT_FALSE(file(before.id).closed);
    EXPECT_EQ(file(before.id).stage, cases::Stage::received);
}

TEST_F(PapersTest, AnOpenVictimKeepsTheCaseOpenWhateverWasAcknowledged) {
    const cases::Case before = open_case();
    must(write([&](store::Transaction& tx) {
        return cases::place(tx, "system", {.organisation = a, .matter = before.matter, .title = {}, .subject = "203.0.113.7", .family = "Mirai", .system = {}, .seen = kApril, .ref = "list/1"}, random, kApril);
    }));
    const KeptPaper paper = drafted(final_report, before.id);
    must(signed_by(lead, paper.id, kApril));
    must(sent(final_report, paper.id, kApril));
    EXPECT_EQ(remark, "1 items of the case are not closed");
    must(acknowledged(final_report, paper.id, kApril));
    EXPECT_EQ(remark, "1 items of the case are not closed");
    EXPECT_FALSE(file(before.id).closed);
    EXPECT_EQ(facts(paper.id).back().kind, "acknowledged") << "the receipt is a fact all the same";
}

TEST_F(PapersTest, IssuedBytesAreOutOfDateOnceTheDraftIsChanged) {
    const KeptPaper paper = drafted(initial_report, open_case().id);
    must(write([&](store::Transaction& tx) { return issue(tx, lead, paper.id, bytes_of("%PDF- 1"), std::nullopt, kApril); }));
    const auto last = [&] { return must(state->read([&](store::Transaction& tx) { return issued(tx, paper.id); })); };
    ASSERT_TRUE(last());
    EXPECT_EQ(last()->sha256, sha256_hex("%PDF- 1"));
    const Words words{{"description", "khác"}};
    must(write([&](store::Transaction& tx) { return change(tx, lead, paper.id, initial_report, words, std::nullopt, std::nullopt, kApril); }));
    EXPECT_FALSE(last());
}

TEST_F(PapersTest, AnotherOrganisationsPaperDoesNotExist) {
    const KeptPaper paper = drafted(initial_report, open_case().id);
    access::Actor stranger = lead;
    stranger.scope = access::Scope::of({make_id<OrganisationTag>(kApril, random)});
    EXPECT_EQ(signed_by(stranger, paper.id, kApril).error().code, Code::not_found);
    EXPECT_TRUE(must(state->read([&](store::Transaction& tx) { return list(tx, stranger.scope, {}, std::nullopt, 10); })).empty());
}

TEST_F(PapersTest, KeptBytesComeBackBitForBitOrNotAtAll) {
    store::FaultDisk disk{1};
    const PaperPlace place{disk, "data/evidence/papers"};
    const std::string bytes{"%PDF-\0\xff", 7};
    const std::string hash = must(keep_bytes(place, bytes));
    EXPECT_EQ(hash, sha256_hex(bytes));
    EXPECT_EQ(must(kept_bytes(place, hash)), bytes);
    ASSERT_TRUE(store::write_whole(disk, place.folder + "/" + hash, "another"));
    EXPECT_EQ(kept_bytes(place, hash).error().code, Code::corrupt);
}

}  // namespace
}  // namespace vg::reports::papers_test
