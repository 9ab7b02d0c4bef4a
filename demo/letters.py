#!/usr/bin/env python3
"""The letters of the demonstration: three monthly lists of infected addresses as CSV, and whose addresses are whose.
Usage: demo/letters.py FOLDER

Made, not recorded: addresses are those of the demonstration (README.md). The dates go back from today, and what the newest list
says of the university's proxy happens while the recording is played, so that its log tells which machine it was."""
import datetime, pathlib, sys

import scenario

ZONE = datetime.timezone(datetime.timedelta(hours=7))
RANGES = f"""Đơn vị;Dải địa chỉ;Từ ngày;Văn bản
{scenario.PROVINCE};192.0.2.0/26;01/01/2024;5/QĐ-UBND
{scenario.SCHOOL};192.0.2.64/26;01/01/2024;6/QĐ-UBND
{scenario.SCHOOL};192.0.2.128/25;01/01/2024;6/QĐ-UBND
"""
PROXY, DESK, STRANGER, OTHER = "192.0.2.72", "192.0.2.41", "203.0.113.140", "203.0.113.141"
BOT, WORM = ("Gamarue", "cap-nhat.example[.]net"), ("Conficker", "203.0.113[.]98")
# File, days since the letter, rows: address, days before the letter, family and control server. The last row of the first is no address.
LETTERS = [
    ("danh-sach-1.csv", 62, [(PROXY, 4, BOT), (PROXY, 4, BOT), (DESK, 6, WORM), (STRANGER, 5, BOT), ("517.627", 5, BOT)]),
    ("danh-sach-2.csv", 31, [(PROXY, 3, BOT), (OTHER, 2, WORM)]),
    ("danh-sach-3.csv", 0, [(PROXY, 0, BOT), (DESK, 1, WORM)]),
]


def letter(number, days, rows, now, newest):
    """`newest`: when what happened on the letter's own day was seen."""
    day = now - datetime.timedelta(days=days)
    lines = [f"Số: {number}/CQĐP-GSAT;;;;;", f"Ngày {day:%d} tháng {day:%m} năm {day:%Y};;;;;", "V/v danh sách địa chỉ IP nhiễm mã độc;;;;;",
             "STT;Địa chỉ IP;Cổng nguồn;Thời gian (GMT+7);Mã độc;Địa chỉ C&C"]
    for place, (address, before, (family, server)) in enumerate(rows, 1):
        seen = newest if before == 0 else day - datetime.timedelta(days=before)
        lines.append(f"{place};{address};{40000 + len(address)};{seen:%d/%m/%Y %H:%M:%S};{family};{server}")
    return "\n".join(lines) + "\n"


def write(folder, now=None, newest=None):
    """Writes all files. `now` and `newest` with a time zone; else now, and five minutes before."""
    now = (now or datetime.datetime.now(datetime.timezone.utc)).astimezone(ZONE)
    newest = (newest or now - datetime.timedelta(minutes=5)).astimezone(ZONE)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "dai-dia-chi.csv").write_text(RANGES)
    for number, (name, days, rows) in enumerate(LETTERS, 101):
        (folder / name).write_text(letter(number, days, rows, now, newest))


if __name__ == "__main__":
    write(pathlib.Path(sys.argv[1]))
