#include "tables/xml.h"

#include <gtest/gtest.h>

#include "base/text.h"

namespace vg::tables {
namespace {

// "<a x=1>text</a>" of what comes, or "error: ..." in its place.
std::string told(std::string document, const XmlLimits& limits = {}) {
    auto xml = XmlReader::open(std::move(document), limits);
    if (!xml) return "error: " + xml.error().text;
    std::string out;
    while (true) {
        const auto token = xml->next();
        if (!token) return out + "error: " + token.error().text;
        switch (*token) {
            case XmlToken::start: out += format("<{}{} x={}>", xml->name(), xml->depth(), xml->attribute("x").value_or("-")); break;
            case XmlToken::end: out += format("</{}{}>", xml->name(), xml->depth()); break;
            case XmlToken::text: out += xml->text(); break;
            case XmlToken::done: return out;
        }
    }
}

bool is_refused(std::string document, std::string_view word, const XmlLimits& limits = {}) {
    const std::string text = told(std::move(document), limits);
    return text.find("error: ") != std::string::npos && text.find(word) != std::string::npos;
}

TEST(Xml, GivesElementsTextAndAttributes) {
    EXPECT_EQ(told("<?xml version='1.0' encoding=\"UTF-8\"?>\n<!-- c --><a x = '1&amp;2'>b<n:c n:x=\"&lt;\"/>d</a >\n"), "<a1 x=1&2>b<c2 x=<></c2>d</a1>");
    EXPECT_EQ(told("<a>&#65;&#x1ED9;&quot;<!-- - --><![CDATA[<&]]>\r\n</a>"), "<a1 x=->Aộ\"<&\n</a1>");
    EXPECT_EQ(told(std::string{"\xFF\xFE<\0a\0/\0>\0", 10}), "<a1 x=-></a1>");
    EXPECT_EQ(told("\xEF\xBB\xBF<a/>"), "<a1 x=-></a1>");
}

TEST(Xml, RefusesWhatIsNotWellFormed) {
    EXPECT_TRUE(is_refused("<a><b></a></b>", "not the element that is open"));
    EXPECT_TRUE(is_refused("<a", "not closed"));
    EXPECT_TRUE(is_refused("<a>", "ends within the element 'a'"));
    EXPECT_TRUE(is_refused("<a/><b/>", "second root"));
    EXPECT_TRUE(is_refused("<a x='1' x='2'/>", "twice"));
    EXPECT_TRUE(is_refused("<a x='1'y='2'/>", "blank"));
    EXPECT_TRUE(is_refused("<a x=1/>", "not quoted"));
    EXPECT_TRUE(is_refused("<a>&#0;</a>", "no character"));
    EXPECT_TRUE(is_refused("<a>&#xD800;</a>", "no character"));
    EXPECT_TRUE(is_refused("<a>& b</a>", "not closed"));
    EXPECT_TRUE(is_refused("text", "outside"));
    EXPECT_TRUE(is_refused("", "no element"));
    EXPECT_TRUE(is_refused("<a>\x01</a>", "control"));
    EXPECT_TRUE(is_refused("<a>\xFF</a>", "not UTF-8"));
    EXPECT_TRUE(is_refused("<?xml version='1.0' encoding='windows-1258'?><a/>", "encoding"));
}

TEST(Xml, RefusesDocumentTypesAndEntities) {
    EXPECT_TRUE(is_refused("<!DOCTYPE a [<!ENTITY b 'ha'><!ENTITY c '&b;&b;'>]><a>&c;</a>", "document type"));
    EXPECT_TRUE(is_refused("<a>&c;</a>", "entity"));
    EXPECT_TRUE(is_refused("<!DOCTYPE a SYSTEM 'file:///etc/passwd'><a/>", "document type"));
}

TEST(Xml, IsBounded) {
    EXPECT_EQ(told("<a><a/></a>", {.depth = 2}), "<a1 x=-><a2 x=-></a2></a1>");
    EXPECT_TRUE(is_refused("<a><a><a/></a></a>", "deeper than 2", {.depth = 2}));
    EXPECT_TRUE(is_refused("<a b='' c='' d=''/>", "more than 2 attributes", {.attributes = 2}));
}

TEST(Xml, SkipsAndGathersToTheEnd) {
    auto xml = XmlReader::open("<a><b>1<c>2</c>3</b><d>4</d></a>").value();
    ASSERT_EQ(xml.next().value(), XmlToken::start);
    ASSERT_EQ(xml.next().value(), XmlToken::start);
    EXPECT_EQ(xml.text_to_end(100).value(), "123");
    ASSERT_EQ(xml.next().value(), XmlToken::start);
    EXPECT_EQ(xml.name(), "d");
    ASSERT_TRUE(xml.skip());
    EXPECT_EQ(xml.next().value(), XmlToken::end);
    EXPECT_EQ(xml.next().value(), XmlToken::done);
    auto cut = XmlReader::open("<a>123456</a>").value();
    ASSERT_EQ(cut.next().value(), XmlToken::start);
    EXPECT_EQ(cut.text_to_end(3).value(), "1234");
}

}  // namespace
}  // namespace vg::tables
