// What the server says is wrong with a query, in Vietnamese. The server speaks English; a sentence that is not known here
// is shown as it came.
import type { Language } from "./messages";

const F = String.raw`(.+?)`;
const SENTENCES: readonly (readonly [RegExp, string])[] = [
  [`there is no field ${F}; if a log does have it, put the name in quotes`, "không có trường $1; nếu nhật ký có thật thì đặt tên trong ngoặc kép"],
  [`there is no field ${F}`, "không có trường $1"],
  ["this bracket closes nothing", "ngoặc này không đóng ngoặc nào"],
  ["this cannot stand here", "chỗ này không đặt được"],
  ["there is nothing behind this (AND|OR|NOT)", "sau $1 chưa có gì"],
  ["there is nothing before this (AND|OR)", "trước $1 chưa có gì"],
  ["there is nothing before this bracket", "trước ngoặc này chưa có gì"],
  ["there is nothing between these brackets", "giữa hai ngoặc chưa có gì"],
  ["there is nothing behind this bracket", "sau ngoặc này chưa có gì"],
  [`brackets are nested more than ${F} deep`, "ngoặc lồng quá $1 tầng"],
  [`the bracket opened at character ${F} is not closed`, "ngoặc mở ở ký tự $1 chưa đóng"],
  [`the quote opened at character ${F} is not closed; a backslash before the last quote is written twice`, "ngoặc kép mở ở ký tự $1 chưa đóng; dấu \\ trước ngoặc kép cuối phải viết hai lần"],
  [`the quote opened at character ${F} is not closed`, "ngoặc kép mở ở ký tự $1 chưa đóng"],
  ["a blank is missing behind the quote", "sau ngoặc kép thiếu dấu cách"],
  ["a quote cannot stand inside a word; .*", 'ngoặc kép không đứng giữa một từ; viết \\" hoặc đặt cả giá trị trong ngoặc kép'],
  ["a field name is missing before the colon", "trước dấu hai chấm thiếu tên trường"],
  ["the name of a field has no wildcards", "tên trường không có ký tự đại diện"],
  [`the name of a field is missing behind ${F}`, "sau $1 thiếu tên trường"],
  [`a value is missing behind ${F}`, "sau $1 thiếu giá trị"],
  ["a value is missing before this comma", "trước dấu phẩy này thiếu giá trị"],
  ["a value is missing before this bracket", "trước ngoặc này thiếu giá trị"],
  ["a value is missing here", "chỗ này thiếu giá trị"],
  ["a comma is missing before this value", "trước giá trị này thiếu dấu phẩy"],
  ["a list stands in square brackets", "danh sách đặt trong ngoặc vuông"],
  ["a list has no ranges; write (.+)", "danh sách không chứa khoảng; viết $1"],
  ["the range has no second bound; .*", "khoảng thiếu cận thứ hai; * để ngỏ"],
  ["the range ends here, with \\] or \\}", "khoảng kết thúc ở đây, bằng ] hoặc }"],
  ["a range needs a bound on one side; .*", "khoảng cần ít nhất một cận; trường:* hỏi trường có mặt"],
  [`the range holds nothing: ${F} comes before (.+)`, "khoảng rỗng: $1 đứng trước $2"],
  [`${F} is a whole number, and (.+) is none`, "$1 là số nguyên, còn $2 thì không"],
  [`${F} is a time, and ${F} is none(?:; write .*)?`, "$1 là thời điểm, còn $2 thì không; viết 2024-04-26 hoặc 2024-04-26T08:30:00Z"],
  [`${F} is an address, and ${F} is none(?:; write .*)?`, "$1 là địa chỉ, còn $2 thì không; viết 203.0.113.7, 203.0.113.0/24 hoặc 2001:db8::/32"],
  ["an id has no wildcards", "mã không có ký tự đại diện"],
  ["an id has the form .*", "mã có dạng VỊ-TRÍ hoặc NHẬT-KÝ:VỊ-TRÍ"],
  ["a time has no wildcards; .*", "thời điểm không có ký tự đại diện; 2024-04 là cả tháng, 2024-04-26 là cả ngày"],
  [`there is no letter or digit in ${F}, so it is no word.*`, "$1 không có chữ hay số nào nên không phải từ"],
  [`there are no words in ${F}; leave out the ~`, "$1 không chứa từ; bỏ dấu ~"],
  ["a bound has no wildcards; .*", "cận không có ký tự đại diện; riêng * để ngỏ một phía"],
  ["a comparison needs a field before it", "so sánh cần tên trường ở trước"],
  ["a part of a pattern .*", "phần mẫu có ? hoặc * quá dài"],
  [`the query is longer than ${F} bytes`, "câu tìm dài quá $1 byte"],
  [`there are more than ${F} terms`, "có hơn $1 điều kiện"],
  ["this byte is not UTF-8", "byte này không phải UTF-8"],
  [`${F} holds personal data, which this account may not reveal: only (.+) can be asked`, "$1 là dữ liệu cá nhân đang che: chỉ hỏi được $2"],
].map(([pattern = "", words = ""]): readonly [RegExp, string] => [new RegExp(`^${pattern}$`, "su"), words]);

export function sayQueryError(text: string, language: Language): string {
  if (language !== "vi") return text;
  for (const [pattern, words] of SENTENCES) if (pattern.test(text)) return text.replace(pattern, words);
  return text;
}
