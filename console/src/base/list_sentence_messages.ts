// Sentences in which the server tells how it reads a list (src/lists): grounds, questions, remarks, and why a row was rejected where that
// has no code of its own (src/api/reasons.inc). {} stands for what differs from time to time, {1}, {2}... for the same in Vietnamese. A
// sentence that is not here is shown as it came.
export const listSentences: readonly (readonly [english: string, vietnamese: string])[] = [
  ["a person said so", "bạn đã nói vậy"],
  ['the profile "{}" says so', "hồ sơ «{1}» nói vậy"],
  ['the profile "{}" keeps it without using it', "hồ sơ «{1}» giữ mà không dùng"],
  ["the column is empty", "cột trống"],
  ["{} of {} values are addresses: who is affected and what controls them is never told by values", "{1} trong {2} giá trị là địa chỉ; ai là nạn nhân, máy nào điều khiển thì giá trị không nói được"],
  ["the header has its word", "tiêu đề có từ chỉ nó"],
  ["{} of {} values are times", "{1} trong {2} giá trị là thời điểm"],
  ["{} of {} values are names of protocols", "{1} trong {2} giá trị là tên giao thức"],
  ["{} of {} values are numbers of autonomous systems", "{1} trong {2} giá trị là số hiệu mạng"],
  ["the values count up from 1", "các giá trị đếm lên từ 1"],
  ["{} of {} values could be ports", "{1} trong {2} giá trị có thể là cổng"],
  ["no profile knows this header, and the values do not tell", "chưa hồ sơ nào biết tiêu đề này, giá trị cũng không cho biết"],
  ["{} dates have a first number above 12, {} a second one", "{1} ngày có số đầu trên 12, {2} ngày có số thứ hai trên 12"],
  ["which comes first in dates, the day or the month? {}", "{1}"],
  ["the profile says {}, and the file speaks against it ({}): which comes first, the day or the month?", "Hồ sơ nói {1}, tệp nói ngược lại: {2}"],
  ["times do not say their zone: in which are they?", "Giờ trong tệp không ghi múi giờ."],
  ["no row has the words of a header: say which line it is, or 0 if there is none", "Không dòng nào có từ của tiêu đề cột."],
  ["the only sheet with a table is hidden: say whether it is the list", "Trang tính duy nhất có bảng đang bị ẩn."],
  ["several sheets have a table: say which is the list", "Nhiều trang tính có bảng."],
  ["it was declared", "bạn đã nói vậy"],
  ["the file begins with its mark", "tệp bắt đầu bằng dấu của bảng mã này"],
  ["every byte fits", "mọi byte đều khớp"],
  ["its words are Vietnamese syllables in this encoding, those of the others are not ({} of 100)", "trong bảng mã này các từ là âm tiết tiếng Việt, trong các bảng mã khác thì không ({1} trên 100)"],
  ["{} hidden rows are read like the others", "{1} dòng ẩn vẫn được đọc như các dòng khác"],
  ["{} ranges of columns are hidden and read like the others", "{1} cụm cột ẩn vẫn được đọc như các cột khác"],
  ["{} merged cells: the text counts for the first of each", "{1} ô gộp: chữ được tính cho ô đầu"],
  ["{} more cells have remarks", "{1} ô nữa có ghi nhận"],
  ["the workbook has macros, which are passed over", "tệp có macro; macro bị bỏ qua"],
  ['the sheet "{}" is hidden', "trang tính «{1}» bị ẩn"],
  ["the header stands {} more times among the rows, which are no data", "tiêu đề cột lặp lại {1} lần giữa các dòng; các dòng đó không phải số liệu"],
  ['{} rows have {} in "{}" that could not be read and are kept beside; the first is line {}', "{1} dòng có giá trị không đọc được ở cột «{3}», vẫn được giữ bên cạnh; dòng đầu là {4}"],
  ["{} times are days alone and are taken as their beginning", "{1} thời điểm chỉ ghi ngày, được hiểu là đầu ngày"],
  ["{} bytes are no characters of {} and are shown as U+FFFD, the first is byte {}", "{1} byte không phải chữ của {2}, hiện thành U+FFFD; byte đầu là {3}"],
  ["{} members beyond the first {} names are left out", "{1} mục ngoài {2} tên đầu bị bỏ"],
  ["{} attributes are no addresses, names or pages and are passed over", "{1} thuộc tính không phải địa chỉ, tên hay trang nên bị bỏ qua"],
  ["{} attributes were deleted by their author and are passed over", "{1} thuộc tính đã bị người viết xoá nên bị bỏ qua"],
  ["this is no address", "đây không phải địa chỉ"],
  ["the cell is too long", "ô quá dài"],
  ["there are too many values in the cell", "ô có quá nhiều giá trị"],
  ['"{}" is no end of a range', "«{1}» không phải cuối của một dải"],
  ["there is no name in this page address", "địa chỉ trang này không có tên"],
  ["the length behind / is none of a network", "số sau dấu / không phải độ dài của một mạng"],
  ["the cell stands for too many addresses", "ô gồm quá nhiều địa chỉ"],
  ["there is no address", "không có địa chỉ"],
  ["the year {} is none of a sighting", "năm {1} không thể là năm quan sát"],
  ["the numbers are no date", "các số này không phải ngày"],
  ["there are two times of day", "có hai giờ trong ngày"],
  ["the minutes are missing", "thiếu phút"],
  ["the seconds are missing", "thiếu giây"],
  ["the month is missing", "thiếu tháng"],
  ["the year is missing", "thiếu năm"],
  ["the day is missing", "thiếu ngày"],
  ["a third number is missing in the date", "ngày thiếu một số"],
  ["the offset from UTC is none", "độ lệch so với UTC không hợp lệ"],
  ["the half of the day does not fit", "sáng hay chiều không khớp với giờ"],
  ["it is too long for a time", "quá dài để là thời điểm"],
  ["there is no hour 24", "không có giờ 24"],
  ["it is no object", "không phải một đối tượng"],
  ["it holds nothing", "không có gì bên trong"],
  ["the indicator's pattern names no address, name or page", "mẫu của dấu hiệu không nêu địa chỉ, tên hay trang nào"],
];

interface Known {
  pattern: RegExp;
  words: string;
}
let known: readonly Known[] | undefined;
const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
const compiled = (): readonly Known[] => (known ??= listSentences.map(([english, words]) => ({ pattern: new RegExp(`^${english.split("{}").map(escaped).join("(.+?)")}$`, "s"), words })));

function sayOne(text: string): string | undefined {
  for (const { pattern, words } of compiled()) {
    const found = pattern.exec(text);
    if (found) return words.replace(/\{(\d)\}/g, (whole, at: string) => found[Number(at)] ?? whole);
  }
  return undefined;
}

// The sentence in Vietnamese where it is known. What stands in parts is translated part by part.
export function sayReading(text: string, language: "vi" | "en"): string {
  if (language === "en" || text === "") return text;
  const whole = sayOne(text);
  if (whole !== undefined) return whole === text ? whole : text.startsWith("which comes first in dates") ? sayReading(whole, language) : whole;
  const parts = text.split("; ");
  return parts.length > 1 ? parts.map((part) => sayOne(part) ?? part).join("; ") : text;
}
