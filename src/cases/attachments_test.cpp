// Files of cases: kept once under their hash, named harmlessly, bounded, seen by whoever sees the case, and checked when they are read.
#include "cases/attachments.h"

#include <gtest/gtest.h>

#include <random>

#include "base/bytes.h"
#include "base/text.h"
#include "store/audit.h"
#include "store/fault_disk.h"
#include "store/state_fixture.h"

namespace vg::cases::attachments_test {
namespace {

constexpr Time kMay{1'714'500'000'000'000};
// Of "abc", FIPS 180-2 appendix B.1.
constexpr std::string_view kHashOfAbc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

class Dice final : public Random {
public:
    void fill(std::uint8_t* bytes, std::size_t count) override {
        for (std::size_t i = 0; i < count; ++i) bytes[i] = static_cast<std::uint8_t>(generator_());
    }

private:
    std::mt19937_64 generator_{11};
};

struct Attachments : testing::Test {
    Attachments() {
        const std::array schemas{store::audit_schema(), schema(), attachment_schema()};
        state = *store::State::open(store::test_state(), schemas, metrics);
        a = make_id<OrganisationTag>(kMay, random);
        b = make_id<OrganisationTag>(kMay, random);
        contact = {.name = "user:hoa", .role = access::Role::contact, .scope = access::Scope::of({a}), .organisation = a, .user = {}, .source = {}, .session = {}};
        stranger = contact;
        stranger.name = "user:la", stranger.scope = access::Scope::of({b}), stranger.organisation = b;
        seen = *state->write([&](store::Transaction& tx) {
            return cases::place(tx, "system", {.organisation = a, .matter = "botnet", .title = {}, .subject = "203.0.113.7", .family = "Mirai", .system = {}, .seen = kMay - days(1), .ref = "list/1"}, random, kMay);
        });
    }
    AttachmentPlace place() { return {*state, disk, "data/evidence/cases"}; }
    Result<Attachment> attach_item(std::string_view bytes, const std::string& name = "quet.png", const access::Actor* who = nullptr) {
        return cases::attach(place(), who != nullptr ? *who : contact, {.of = {}, .item = seen.item, .name = name, .note = {}}, bytes, random, kMay);
    }
    std::size_t listed(const access::Scope& scope, const std::optional<CaseId>& of, const std::optional<ItemId>& item) {
        return state->read([&](store::Transaction& tx) { return attachments(tx, scope, of, item, "", 100); })->size();
    }

    metrics::Registry metrics;
    Dice random;
    std::unique_ptr<store::State> state;
    store::FaultDisk disk{20261130};
    OrganisationId a, b;
    access::Actor contact, stranger;
    Place seen;
};

TEST_F(Attachments, StandUnderTheirHashAndOnceOnly) {
    const auto kept = attach_item("abc");
    ASSERT_TRUE(kept) << kept.error().text;
    EXPECT_EQ(kept->sha256, kHashOfAbc);
    EXPECT_EQ(kept->bytes, 3);
    EXPECT_TRUE(disk.exists("data/evidence/cases/" + std::string{kHashOfAbc}));
    EXPECT_EQ(*bytes_of(place(), *kept), "abc");
    const auto again = attach_item("abc", "khac.png");
    ASSERT_TRUE(again);
    EXPECT_EQ(again->id.text(), kept->id.text());
    EXPECT_EQ(listed(contact.scope, std::nullopt, seen.item), 1U);
    const auto of_case = cases::attach(place(), contact, {.of = seen.of, .item = {}, .name = "bien-ban.pdf", .note = "biên bản"}, "abc", random, kMay);
    ASSERT_TRUE(of_case) << of_case.error().text;
    EXPECT_FALSE(of_case->item);
    EXPECT_EQ(listed(contact.scope, seen.of, std::nullopt), 2U) << "the case's and its items'";
    const auto entries = state->read([&](store::Transaction& tx) { return timeline(tx, contact.scope, seen.of, 0, 100); });
    ASSERT_TRUE(entries);
    EXPECT_EQ(entries->back().kind, "attached");
    EXPECT_EQ(entries->back().text, "bien-ban.pdf: biên bản");
}

TEST_F(Attachments, AreNotThereForOthers) {
    const auto kept = attach_item("abc");
    ASSERT_TRUE(kept);
    EXPECT_EQ(attach_item("x", "x", &stranger).error().code, Code::not_found);
    EXPECT_EQ(listed(stranger.scope, std::nullopt, std::nullopt), 0U);
    EXPECT_EQ(state->read([&](store::Transaction& tx) { return find_attachment(tx, stranger.scope, kept->id); }).error().code, Code::not_found);
}

TEST_F(Attachments, AreBounded) {
    EXPECT_EQ(attach_item("").error().code, Code::bad_input);
    EXPECT_EQ(attach_item(std::string(kMostAttachment + 1, 'x')).error().code, Code::too_large);
    ASSERT_TRUE(state->write([&](store::Transaction& tx) -> Status {
        for (std::int64_t i = 0; i < kMostAttachments; ++i)
            TRY(tx.run("insert into case_attachment (id, case_id, item, organisation, name, sha256, note, bytes, added_by, added) values (:a, :b, '', :c, 'x', :d, '', 1, 'x', 1)", {std::to_string(i), seen.of.text(), a.text(), std::to_string(i)}));
        return {};
    }));
    EXPECT_EQ(attach_item("one more").error().code, Code::too_large);
}

TEST_F(Attachments, WhatWasChangedOnTheDiskIsTold) {
    const auto kept = attach_item("abc");
    ASSERT_TRUE(kept);
    std::int64_t checked = 0;
    EXPECT_TRUE(check_attachments(place(), checked)->empty());
    EXPECT_EQ(checked, 1);
    ASSERT_TRUE(store::write_whole(disk, "data/evidence/cases/" + kept->sha256, "abd"));
    EXPECT_EQ(bytes_of(place(), *kept).error().code, Code::corrupt);
    EXPECT_EQ(check_attachments(place(), checked)->size(), 1U);
    ASSERT_TRUE(disk.remove("data/evidence/cases/" + kept->sha256));
    EXPECT_EQ(bytes_of(place(), *kept).error().code, Code::not_found);
}

TEST_F(Attachments, ARemovalNamesOneOfItsOwn) {
    const auto kept = attach_item("abc");
    ASSERT_TRUE(kept);
    const auto item = state->read([&](store::Transaction& tx) { return find_item(tx, contact.scope, seen.item); });
    const auto name = [&](const AttachmentId& id) { return state->write([&](store::Transaction& tx) { return name_evidence(tx, contact.scope, *item, id); }); };
    EXPECT_EQ(name(kept->id).error().code, Code::conflict) << "no removal was told";
    ASSERT_TRUE(state->write([&](store::Transaction& tx) {
        return answer(tx, contact, seen.item, {.kind = AnswerKind::removed, .text = {}, .evidence = Evidence{kMay, "", "AV", std::string(64, 'a'), Rescan::clean, ""}, .until = {}}, std::nullopt, kMay);
    }));
    ASSERT_TRUE(name(kept->id));
    EXPECT_EQ(state->read([&](store::Transaction& tx) { return find_attachment(tx, contact.scope, kept->id); })->evidence, 1);
    const auto other = state->write([&](store::Transaction& tx) {
        return cases::place(tx, "system", {.organisation = a, .matter = "botnet", .title = {}, .subject = "203.0.113.8", .family = "Mirai", .system = {}, .seen = kMay - days(1), .ref = "list/1"}, random, kMay);
    });
    const auto of_other = cases::attach(place(), contact, {.of = {}, .item = other->item, .name = "x", .note = {}}, "xyz", random, kMay);
    ASSERT_TRUE(of_other);
    EXPECT_EQ(name(of_other->id).error().code, Code::not_found) << "a file of another victim";
}

TEST(AttachmentName, HasNoFolderAndNothingThatCannotBeSeen) {
    EXPECT_EQ(file_name_of("quét lại.png"), "quét lại.png");
    EXPECT_EQ(file_name_of("../../etc/passwd"), "passwd");
    EXPECT_EQ(file_name_of("C:\\Users\\hoa\\anh.jpg"), "anh.jpg");
    EXPECT_EQ(file_name_of("..\\..\\"), "tep");
    EXPECT_EQ(file_name_of(".htaccess"), "htaccess");
    EXPECT_EQ(file_name_of("a\r\nSet-Cookie: x"), "aSet-Cookie x");
    EXPECT_EQ(file_name_of("anh\xE2\x80\xAEgnp.exe"), "anhgnp.exe") << "U+202E would show it as a picture";
    EXPECT_EQ(file_name_of("a\xFF" "b"), "a\xEF\xBF\xBD" "b");
    EXPECT_EQ(file_name_of(std::string(1000, 'x')).size(), 120U);
    EXPECT_EQ(file_name_of(""), "tep");
}

// Whatever bytes a name has.
TEST(AttachmentName, IsHarmlessWhateverItWas) {
    std::mt19937 dice{20261130};
    for (int round = 0; round < 20'000; ++round) {
        std::string given(dice() % 40, '\0');
        for (char& c : given) c = dice() % 3 == 0 ? "/\\.:\"\n\r\t <>|?*"[dice() % 14] : static_cast<char>(dice());
        const std::string name = file_name_of(given);
        ASSERT_FALSE(name.empty());
        ASSERT_EQ(name.find_first_of(std::string_view{"/\\:\"\n\r\t<>|?*\0", 13}), std::string::npos) << to_hex(given);
        ASSERT_NE(name.front(), '.') << to_hex(given);
        ASSERT_EQ(to_valid_utf8(name), name);
        ASSERT_EQ(file_name_of(name), name) << to_hex(given);
    }
}

}  // namespace
}  // namespace vg::cases::attachments_test
