"""Moves the times of records, in the notation that they have: move("clf", line, seconds). Everything else stays as it is."""
import datetime, re

HERE = datetime.timezone(datetime.timedelta(hours=7))     # Asia/Ho_Chi_Minh, which has no summer time
MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


def rfc3339(text, year):
    return datetime.datetime.fromisoformat(text)


def as_rfc3339(time, like):
    return time.isoformat(timespec="microseconds" if "." in like else "seconds")


def rfc3164(text, year):
    month, day, clock = text.split()
    hour, minute, second = map(int, clock.split(":"))
    return datetime.datetime(year, MONTHS.index(month) + 1, int(day), hour, minute, second, tzinfo=HERE)


def as_rfc3164(time, like):
    return f"{MONTHS[time.month - 1]} {time.day:2} {time:%H:%M:%S}"


def clf(text, year):
    day, month, rest = text.split("/", 2)
    return datetime.datetime.strptime(f"{day} {MONTHS.index(month) + 1} {rest}", "%d %m %Y:%H:%M:%S %z")


def as_clf(time, like):
    return f"{time.day:02}/{MONTHS[time.month - 1]}/{time:%Y:%H:%M:%S %z}"


def named(text, year):
    day, month, rest = text.split("-", 2)
    return datetime.datetime.strptime(f"{day} {MONTHS.index(month) + 1} {rest}", "%d %m %Y %H:%M:%S.%f").replace(tzinfo=HERE)


def as_named(time, like):
    return f"{time.day:02}-{MONTHS[time.month - 1]}-{time:%Y %H:%M:%S}.{time.microsecond // 1000:03}"


def squid(text, year):
    return datetime.datetime.fromtimestamp(float(text), HERE)


def as_squid(time, like):
    return f"{time.timestamp():.3f}"


def postgresql(text, year):
    return datetime.datetime.fromisoformat(text.replace(" +07", "+07:00"))


def as_postgresql(time, like):
    return f"{time:%Y-%m-%d %H:%M:%S}" + (f".{time.microsecond // 1000:03}" if "." in like else "") + " +07"


# Where times stand (the first is the record's own), how they are read, how they are written.
KINDS = {
    "rfc5424": (re.compile(r"(?<=>1 )\S+"), rfc3339, as_rfc3339),
    "rfc3164": (re.compile(r"(?<=>)[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d"), rfc3164, as_rfc3164),
    "clf": (re.compile(r"(?<=\[)\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d [+-]\d{4}(?=\])"), clf, as_clf),
    "nginx_json": (re.compile(r'(?<="time_iso8601":")[^"]+'), rfc3339, as_rfc3339),
    "named": (re.compile(r"^\d\d-[A-Z][a-z]{2}-\d{4} \d\d:\d\d:\d\d\.\d{3}"), named, as_named),
    "squid": (re.compile(r"^\d+\.\d{3}"), squid, as_squid),
    "postgresql": (re.compile(r'(?<=")\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d{3})? \+07(?=")'), postgresql, as_postgresql),
}


def time_of(kind, line, year):
    """The record's own time; the year is for notations that lack one. None where no time stands."""
    pattern, read, _ = KINDS[kind]
    found = pattern.search(line)
    return read(found.group(), year) if found else None


def move(kind, line, by, year):
    """The line with every time of that notation `by` (a timedelta) later, written in the recording's zone."""
    pattern, read, write = KINDS[kind]
    most = 0 if kind == "postgresql" else 1     # only these records have several
    return pattern.sub(lambda found: write((read(found.group(), year) + by).astimezone(HERE), found.group()), line, count=most)
