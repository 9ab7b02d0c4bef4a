// The plain evaluator: rules asked one by one, as the specification reads. It is the oracle for every faster one: clarity
// and exactness first. Pure; one Evaluator may be used by any number of threads, each with its own View and Memo.
//
// Where the specification (2.1.0) is silent or can be read in two ways, this is what holds here:
//  1. Field names are compared exactly. An event has native and ECS names, so `Image` and `process.executable` both find.
//     A native name with spaces ("Process Name") is found without them too, as "Field Usage" wants rules to write it.
//  2. A field with several values fits when any of them does; with `all`, each value of the rule may be found in another.
//  3. Case is ignored by Unicode default case folding and NFC on both sides ("STRASSE" fits "Straße"); with `cased` both
//     are compared in NFC. `?` stands for one code point of the folded value.
//  4. A number in a rule fits a field that is that number or whose text is that number in decimal ("4624", 4624, 4624.0);
//     a string in a rule is compared with the text of any field. `lt` and so on compare the same numbers; a field that is
//     no number fits no comparison.
//  5. true and false fit a boolean, or the texts "true" and "false" in any case; never 1 and 0.
//  6. `null` fits when the event has no such field or it is null. '' fits only a field that is there and empty. A null
//     field is there for `exists` (the appendix says so) and fits no string, not even `*`.
//  7. `neq` wants the field to be there and none of its values to fit any of the rule's; a missing field is not different
//     from anything. Write `not` in the condition for 'not, or missing'. With `all`, none means not all.
//  8. `fieldref` compares texts like a string, case ignored; when either field is missing or null it does not fit.
//  9. Keywords (values without a field) are looked for anywhere within the value of any field, ECS fields and `message`
//     included; with `all`, each may be in another field. Field names are not searched.
// 10. `windash` makes all of the five dashes of the value interchangeable, as the appendix says, also within words.
// 11. base64 values are compared without regard to case, as all values are, unless `cased` says otherwise.
// 12. `re` searches anywhere in the value, `^` and `$` are its ends; the expression is RE2's, which has all that the
//     specification allows. An expression never looks at null.
// 13. Parts of a time are taken in UTC; weeks are those of ISO 8601 (1 to 53). A text counts when it is an RFC 3339 time.
// 14. `cidr` fits addresses, also in text fields, with or without an IPv6 zone; IPv4 within ::ffff:0:0/96 is IPv4.
// 15. A rule's log source must not contradict what is known of the event's: see fits().
// 16. The filter of a filter document is one more condition that must hold (as pySigma does): to leave events out, it says
//     `not selection`.
#pragma once

#include <vector>

#include "detect/engine.h"
#include "detect/kinds/sigma/rule.h"
#include "detect/kinds/sigma/view.h"

namespace vg::detect::sigma {

// Whether a rule for `source` may be asked about events of `logsource`.
bool fits(const Source& source, const event::Logsource& logsource);

// What one test of one item found: the event's field, or kNone for what holds without one.
struct Found {
    std::uint32_t field = View::kNone;
    const Value* value = nullptr;
};

// All of these spend the work that the view allows (View::allow): once view.spent() their answers have no meaning, and they come
// to an end in a time that depends on the rule alone.

// Whether one test fits one field of the event. Not for null and exists, which are about fields that may be missing.
bool holds(const Test& test, TimePart part, std::uint32_t field, View& view);
bool holds(const Item& item, View& view);
bool holds(const Selection& selection, View& view);

// Answers of selections within one rule, so that each is worked out once.
using Memo = std::vector<signed char>;
bool holds(const Detection& detection, View& view, Memo& memo);

// The positive items that made a detection hold, in the order of the rule. To be asked only when it holds. What it names is true
// even when the view is spent; then some may be missing.
void collect(const Detection& detection, View& view, Memo& memo, std::vector<MatchedField>& matched);

// The whole condition with what each part found.
Explanation explain(const Detection& detection, View& view);

}  // namespace vg::detect::sigma
