#!/usr/bin/env python3
"""Six months of the authority's lists, as a node of several organisations lives through them. Usage: tests/six_months.py PROGRAM [...]

April to September 2026: a list each month, one between them, copies that other offices forward, a list with its columns exchanged and one with
headers that nobody knows, rows that cannot be read, a network that changes hands, a bank, answers that are true and some that are not, relapses, and
laws that change in the middle. What must come of it is worked out here, by a few dictionaries, from the rows themselves; then the product is asked:
where is every row that ever came, what stands of every victim, what does every number of the accounts consist of?
"""
import csv, datetime, http.client, io, random, sys, urllib.parse

import lib

program = sys.argv[1]
chance = random.Random(20260401)
HANOI = datetime.timezone(datetime.timedelta(hours=7))
MONTHS = [4, 5, 6, 7, 8, 9]
FAMILIES = ["Mirai", "Conficker", "Qakbot", "Avalanche"]
HEADERS = ["STT", "Địa chỉ IP", "Cổng nguồn", "Thời gian", "Mã độc", "Địa chỉ C&C", "Tỉnh"]
PASSWORD = "một câu dài để nhớ trong sáu tháng"


def moment(month, day, hour=8, minute=0):
    return datetime.datetime(2026, month, day, hour, minute, tzinfo=HANOI)


def wire(time):
    return time.astimezone(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


class Account:
    """A person's session over HTTP, with its cookie and CSRF token."""

    def __init__(self, server, name):
        self.server, self.cookie, self.csrf = server, "", ""
        answer = self.call("POST", "/api/v1/session", {"name": name, "password": PASSWORD})
        if answer.status != 200:
            raise RuntimeError(f"{name} signs in: {answer}")
        self.cookie, self.csrf = answer.headers["set-cookie"].split(";")[0], answer.json()["csrf"]

    def call(self, method, path, body=None):
        connection = self.server.connection()
        try:
            headers = {"Content-Type": "application/json", "Cookie": self.cookie, "X-CSRF-Token": self.csrf}
            return lib.request(connection, method, path, None if body is None else lib.json.dumps(body).encode(), headers)
        finally:
            connection.close()

    def ask(self, method, path, body=None):
        answer = self.call(method, path, body)
        if answer.status >= 300:
            raise RuntimeError(f"{method} {path}: {answer}")
        return answer.json()


def everything(ask, path):
    found, after = [], ""
    while True:
        page = ask("GET", f"{path}{'&' if '?' in path else '?'}limit=500{after}")
        found += page["items"]
        if not page.get("next"):
            return found
        after = "&after=" + urllib.parse.quote(page["next"])


# ---- what is true: who holds which network, which machine is infected when ----

class Organisation:
    def __init__(self, name, network, first, last, since="2020-01-01T00:00:00+07:00", until=None):
        self.name, self.network, self.since, self.until = name, network, since, until
        self.prefix, self.hosts = network.rsplit(".", 1)[0], range(first, last + 1)
        self.id, self.account = None, None

    def addresses(self):
        return [f"{self.prefix}.{host}" for host in self.hosts]


FINANCE = Organisation("Sở Tài chính mẫu", "198.51.100.0/26", 1, 62)
BANK = Organisation("Ngân hàng mẫu", "198.51.100.64/26", 65, 126)
SCHOOL = Organisation("Trường mẫu", "203.0.113.0/28", 1, 14)
HOSPITAL = Organisation("Bệnh viện mẫu", "198.51.100.128/26", 129, 190, until="2026-07-01T00:00:00+07:00")
CENTRE = Organisation("Trung tâm mẫu", "198.51.100.128/26", 129, 190, since="2026-07-01T00:00:00+07:00")
MINISTRY = Organisation("Cục mẫu", "203.0.113.64/27", 65, 94)
ALL = [FINANCE, BANK, SCHOOL, HOSPITAL, CENTRE, MINISTRY]


def owner_of(address, time):
    for one in ALL:
        if address in one.addresses() and wire(datetime.datetime.fromisoformat(one.since)) <= wire(time) and (one.until is None or wire(time) < wire(datetime.datetime.fromisoformat(one.until))):
            return one
    return None


class Machine:
    """`answers`: month → "true" (it was cleaned at the month's end) or "untrue" (it is told so, and is infected still)."""

    def __init__(self, address, family, months, answers=None, port=None):
        self.address, self.family, self.months, self.answers, self.port = address, family, set(months), answers or {}, port


def machines():
    found = [
        Machine("198.51.100.7", "Mirai", [4, 8], {4: "true"}),                       # relapses in August
        Machine("198.51.100.8", "Conficker", [4, 5, 6], {4: "untrue", 6: "true"}),   # told removed in April, seen in May
        Machine("198.51.100.70", "Qakbot", [6], {6: "true"}),                        # the bank
        Machine("203.0.113.5", "Mirai", [5, 6], {6: "true"}, port=40001),            # two machines behind one address of the school
        Machine("203.0.113.5", "Avalanche", [5, 7], {5: "true"}, port=51877),
        Machine("198.51.100.130", "Mirai", [4, 5, 6, 7, 8, 9]),                      # the hospital's until June, the centre's from July
        Machine("203.0.113.70", "Conficker", [9]),                                   # the first of the Cục, under the new decrees
    ]
    taken = {(one.address, one.family) for one in found}
    for holder in (FINANCE, BANK, SCHOOL, HOSPITAL):
        for address in chance.sample(holder.addresses(), 10):
            family = chance.choice(FAMILIES)
            if (address, family) in taken:
                continue
            taken.add((address, family))
            months, answers, infected = [], {}, False
            for month in MONTHS:
                infected = infected or chance.random() < 0.3
                if not infected:
                    continue
                months.append(month)
                fate = chance.random()
                if fate < 0.45:
                    answers[month], infected = "true", False
                elif fate < 0.6:
                    answers[month] = "untrue"
            found.append(Machine(address, family, months, answers))
    return found


# ---- the lists ----

class Row:
    def __init__(self, cells, outcome, address=None, time=None, family=None):
        self.cells, self.outcome, self.address, self.time, self.family, self.line = cells, outcome, address, time, family, 0


def row_of(address, time, family, port=None, c2="192.0.2.66"):
    return Row([address, str(port or ""), time.strftime("%d/%m/%Y %H:%M:%S"), family, c2, "Hà Nội"], "accepted", address, time, family)


def month_rows(month, infected):
    rows = []
    for machine in infected:
        if month in machine.months:
            for _ in range(chance.randint(1, 2)):
                rows.append(row_of(machine.address, moment(month, chance.randint(2, 27), chance.randint(0, 23), chance.randint(0, 59)), machine.family, machine.port))
    for family in FAMILIES:                                                            # in networks of nobody here, and so each list names each family
        rows.append(row_of(f"192.0.2.{chance.randint(100, 200)}", moment(month, chance.randint(2, 27), 9, chance.randint(0, 59)), family))
    twice = chance.sample(range(len(rows)), 3)
    seen = set()
    out = []
    for at, one in enumerate(rows):
        out.append(one)
        if at in twice:
            out.append(Row(list(one.cells), "duplicate"))
    out.append(Row(["517.627", "", "12/%02d/2026 08:00:00" % month, "Mirai", "192.0.2.66", "Hà Nội"], "rejected"))
    out.append(Row([f"198.51.100.{month}", "", "31/%02d/2026 08:00:00" % (month if month in (4, 6, 9) else 4), "Mirai", "192.0.2.66", "Hà Nội"], "rejected"))  # 31 April
    out.append(Row(["198.51.100.9", "", "13/%02d/2026 08:00:00" % month, "Mirai", "192.0.2.66", "Hà Nội", "thừa"], "rejected"))                              # a cell too many
    # Two rows of one machine at the same minute would be one: the model says so too.
    for one in out:
        key = tuple(one.cells)
        if one.outcome == "accepted" and key in seen:
            one.outcome = "duplicate"
        seen.add(key)
    return out


def file_of(rows, headers=HEADERS):
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\n")
    writer.writerow(headers)
    for number, one in enumerate(rows, 1):
        writer.writerow([number, *one.cells])
        one.line = number + 1
    return text.getvalue().encode()


def upload(server, name, data, options):
    """(id, reading) of an upload; its bytes as they are."""
    connection = lib.UnixConnection(str(server.data / "control.sock"), 60)
    try:
        answer = lib.request(connection, "POST", "/api/v1/list-uploads?name=" + urllib.parse.quote(name), data, {"Content-Type": "application/octet-stream"})
    finally:
        connection.close()
    if answer.status != 201:
        raise RuntimeError(f"upload of {name}: {answer}")
    opened = answer.json()
    return opened["id"], server.ask("POST", f"/api/v1/list-uploads/{opened['id']}/read", options)["reading"]


def letter(number, date, issuer="Cục mẫu An toàn thông tin"):
    return {"letter": {"issuer": issuer, "number": number, "date": date, "subject": "Danh sách địa chỉ IP nhiễm mã độc"}}


kept_lists, copies = [], 2    # (id, rows); what offices forward in May


def keep(server, name, rows, options, headers=HEADERS):
    upload_id, reading = upload(server, name, file_of(rows, headers), options)
    lib.expect(reading["questions"] == [], f"{name} leaves no question open", reading["questions"])
    counts = {outcome: sum(one.outcome == outcome for one in rows) for outcome in ("accepted", "duplicate", "rejected")}
    told = {outcome: reading["counts"][outcome] for outcome in counts}
    lib.expect(told == counts and reading["counts"]["read"] == len(rows), f"{name}: every row is accounted for before anything is kept", (reading["counts"], counts))
    done = server.ask("POST", f"/api/v1/list-uploads/{upload_id}/keep", {**options, "indicators": False})
    return done["list"] if isinstance(done["list"], str) else done["list"]["id"], done


# ---- what must stand of every victim ----

class Victim:
    def __init__(self, organisation, case):
        self.organisation, self.case, self.state, self.relapses, self.removed = organisation, case, "open", 0, None


victims = {}       # (organisation, address, family) → Victim
first_case = {}    # (organisation, series) → how many items


def sight(rows, series):
    """What a list does to the victims, by the rules that docs/cases.md states. {outcome: how many}"""
    told = {name: 0 for name in ("opened", "joined", "reminded", "refuted", "relapsed", "known")}
    last = {}
    for one in rows:
        holder = one.outcome == "accepted" and owner_of(one.address, one.time)
        if holder:
            key = (holder.name, one.address, one.family)
            last[key] = max(last.get(key, one.time), one.time)
    for key, time in last.items():
        victim = victims.get(key)
        if victim is None:
            fresh = (key[0], series) not in first_case
            first_case[(key[0], series)] = first_case.get((key[0], series), 0) + 1
            victims[key] = Victim(key[0], (key[0], series))
            told["opened" if fresh else "joined"] += 1
        elif victim.removed is not None and time <= victim.removed:
            told["known"] += 1
        elif victim.state == "closed":
            victim.state, victim.removed, victim.relapses = "open", None, victim.relapses + 1
            told["relapsed"] += 1
        elif victim.state == "removed":
            victim.state, victim.removed = "open", None
            told["refuted"] += 1
        else:
            told["reminded"] += 1
    return told, set(last)


def item_of(server, key):
    """The one item of a victim, by what people see of it."""
    found = [one for one in everything(server.ask, "/api/v1/case-items") if one["subject"] == key[1] and one["family"] == key[2] and one["organisation"] == next(o.id for o in ALL if o.name == key[0])]
    lib.expect(len(found) == 1, f"{key} is one item for good", found)
    return found[0]


def answer_removed(server, key, when):
    holder = next(one for one in ALL if one.name == key[0])
    evidence = {"removed": wire(when), "tool": "Bộ quét mẫu", "hash": "%064x" % abs(hash(key) % 2**64), "rescan": "clean"}
    done = holder.account.ask("POST", f"/api/v1/case-items/{item_of(server, key)['id']}/answer", {"answer": "removed", "evidence": evidence})
    lib.expect(done["state"] == "removed", f"{key}: that it was removed is taken down", done)
    victims[key].state, victims[key].removed = "removed", when


def play(server):
    for one in ALL:
        one.id = server.ask("POST", "/api/v1/organisations", {"name": one.name})["id"]
        body = {"kind": "range", "organisation": one.id, "body": {"range": one.network}, "from": wire(datetime.datetime.fromisoformat(one.since)), "document": "QĐ mẫu 01"}
        if one.until:
            body["until"] = wire(datetime.datetime.fromisoformat(one.until))
        fact = server.ask("POST", "/api/v1/facts", body)
        lib.expect(fact["state"] == "approved", f"the range of {one.name} is approved", fact)
        name = "dau-moi-" + str(ALL.index(one))
        server.ask("POST", "/api/v1/users", {"name": name, "role": "organisation-contact", "password": PASSWORD, "organisation": one.id})
        one.account = Account(server, name)

    infected, previous, lists_of_victims = machines(), None, []
    for month in MONTHS:
        rows = month_rows(month, infected)
        options = {"series": "botnet", **letter(f"{100 + month}/VP", f"2026-{month + 1:02d}-04")}
        headers = HEADERS

        if month == 7:
            # First with two columns exchanged: what controls stands where the victims should be. It is seen before anything is kept.
            exchanged = [row for row in rows if row.outcome == "accepted"]
            wrong = [Row([one.cells[4], *one.cells[1:4], one.cells[0], one.cells[5]], "accepted") for one in exchanged]
            upload_id, reading = upload(server, "thang-7-sai-cot.csv", file_of(wrong), options)
            lib.expect(reading["attribution"]["owner"] == 0 and reading["attribution"]["gap"] + reading["attribution"]["nobody"] > 0, "exchanged columns show in that no row is ours", reading["attribution"])
            answer = server.api("DELETE", f"/api/v1/list-uploads/{upload_id}")
            lib.expect(answer.status == 204 and len(everything(server.ask, "/api/v1/lists")) == len(kept_lists) + copies, "and nothing of it was kept", answer)
            # Then with a header that nobody knows.
            headers = ["STT", "Thiết bị", *HEADERS[2:]]
            upload_id, reading = upload(server, "thang-7.csv", file_of(rows, headers), options)
            lib.expect(reading["questions"] != [], "who is affected is asked where no profile says so", reading["questions"])
            refused = server.api("POST", f"/api/v1/list-uploads/{upload_id}/keep", options)
            lib.expect(refused.status == 409 or refused.status == 400, "and before it is answered nothing is kept", refused)
            server.api("DELETE", f"/api/v1/list-uploads/{upload_id}")
            options = {**options, "zone": "Asia/Ho_Chi_Minh", "date_order": "day-first", "columns": {"stt": "ordinal", "thiet bi": "victim", "cong nguon": "victim-port", "thoi gian": "seen", "ma doc": "family", "dia chi c c": "c2", "tinh": "province"}}

        told, named = sight(rows, "botnet")
        list_id, done = keep(server, f"thang-{month}.csv", rows, options, headers)
        kept_lists.append((list_id, rows))
        lib.expect({name: done["cases"][name] for name in told} == told, f"month {month}: what becomes of our victims among the cases", (done["cases"], told))

        # The comparison with the list before.
        here = {(one.address, one.family) for one in rows if one.outcome == "accepted"}
        if previous is not None:
            before, ever = previous, set().union(*lists_of_victims)
            expected = {"new": len(here - ever), "persistent": len(here & before), "gone": len(before - here), "relapsed": len((here & ever) - before)}
            diff = server.ask("GET", f"/api/v1/lists/{list_id}/diff")
            lib.expect(diff["all"] == expected, f"month {month}: new, persistent, gone and relapsed", (diff["all"], expected))
        previous = here
        lists_of_victims.append(here)

        if month == 5:
            # Two offices forward it, shuffled and under numbers of their own.
            for number, office in (("77/STTTT", "Sở mẫu"), ("9/VPUB", "Văn phòng mẫu")):
                copy = [Row(list(one.cells), one.outcome) for one in rows]
                chance.shuffle(copy)
                seen = set()
                for one in copy:                                      # which of two equal rows is the duplicate depends on the order
                    if one.outcome != "rejected":
                        one.outcome = "duplicate" if tuple(one.cells) in seen else "accepted"
                        seen.add(tuple(one.cells))
                copy_id, copied = keep(server, f"chuyen-{number[:2]}.csv", copy, {"series": "botnet", **letter(number, "2026-06-10", office)})
                shown = server.ask("GET", f"/api/v1/lists/{list_id}")
                lib.expect(len(shown["copies"]) == (1 if number.startswith("77") else 2), f"the list that {office} forwarded is a copy of the first", shown["copies"])
                lib.expect(all(copied["cases"][name] == 0 for name in told), "and reminds nobody twice", copied["cases"])

        if month == 6:
            # Between two lists an urgent one, of another series: one victim that is known and one that is new.
            urgent = [row_of("198.51.100.130", moment(6, 20, 10, 30), "Mirai"), row_of("198.51.100.101", moment(6, 20, 11, 0), "LockBit")]
            told, _ = sight(urgent, "dot-xuat")
            urgent_id, done = keep(server, "dot-xuat.csv", urgent, {"series": "dot-xuat", **letter("", "2026-06-21")})
            kept_lists.append((urgent_id, urgent))
            lib.expect({name: done["cases"][name] for name in told} == told, "the urgent list joins what is known and opens what is new", (done["cases"], told))

        # What is absent from this list, whose period began after the removal, may be closed; nothing else.
        for key, victim in sorted(victims.items()):
            if victim.state != "removed":
                continue
            item = item_of(server, key)
            verdict = server.ask("GET", f"/api/v1/case-items/{item['id']}/verdict")
            absent = key not in named and victim.case[1] == "botnet"
            lib.expect((verdict["kind"] == "may-close") == absent, f"month {month}: {key} may {'' if absent else 'not '}be closed", verdict)
            if absent:
                done = server.ask("POST", f"/api/v1/case-items/{item['id']}/close", {})
                lib.expect(done["state"] == "closed", f"{key} is closed by evidence", done)
                victim.state = "closed"

        # The organisations answer.
        for machine in infected:
            if month not in machine.answers or month not in machine.months:
                continue
            holder = owner_of(machine.address, moment(month, 15))
            key = (holder.name, machine.address, machine.family)
            if victims[key].state == "open":
                answer_removed(server, key, moment(month, 28, 12))

    return infected


def accounts(server):
    """Every row that ever came is in one place, and every number consists of rows."""
    all_rows = 0
    for list_id, rows in kept_lists:
        shown = server.ask("GET", f"/api/v1/lists/{list_id}")
        records = everything(server.ask, f"/api/v1/lists/{list_id}/rows")
        refused = list(csv.DictReader(io.StringIO(server.api("GET", f"/api/v1/lists/{list_id}/rejected").body.decode("utf-8-sig"))))
        in_records, in_refused = {one["line"] for one in records}, {int(next(value for name, value in one.items() if name.lower() in ("line", "dòng"))) for one in refused}
        twice = {one.line for one in rows if one.outcome == "duplicate"}
        lib.expect(not in_records & in_refused and in_records | in_refused | twice == {one.line for one in rows}, f"{shown['name']}: each line is a record, a duplicate or rejected, and nothing is both", (in_records, in_refused, twice))
        lib.expect(in_refused == {one.line for one in rows if one.outcome == "rejected"}, f"{shown['name']}: the lines that cannot be read are named", refused)
        wrong = [(one.line, one.address) for one in rows if one.outcome == "accepted" for record in records
                 if record["line"] == one.line and (record["subject"] != one.address or record["seen"][:19] != wire(one.time)[:19]
                                                    or (record["organisation"] or {}).get("name") != (owner_of(one.address, one.time).name if owner_of(one.address, one.time) else None))]
        lib.expect(not wrong, f"{shown['name']}: each record is whose it was at its time", wrong)
        by = {}
        for record in records:
            if record["organisation"]:
                by[record["organisation"]["name"]] = by.get(record["organisation"]["name"], 0) + 1
        lib.expect({one["name"]: one["rows"] for one in shown["organisations"]} == by, f"{shown['name']}: the accounts by organisation are the rows", (shown["organisations"], by))
        original = server.api("GET", f"/api/v1/lists/{list_id}/original")
        lib.expect(original.status == 200 and original.body.count(b"\n") == len(rows) + 1, f"{shown['name']}: the file is there as it came", original.status)
        all_rows += shown["counts"]["read"]
    lib.expect(all_rows == sum(len(rows) for _, rows in kept_lists), "no row is lost over the six months", all_rows)
    lib.figure(f"{all_rows} rows of {len(kept_lists)} lists, {len(victims)} victims, {sum(v.relapses for v in victims.values())} relapses")

    items = everything(server.ask, "/api/v1/case-items")
    names = {one.id: one.name for one in ALL}
    told = {(names[one["organisation"]], one["subject"], one["family"]): (one["state"], one["relapses"]) for one in items}
    expected = {key: (victim.state, victim.relapses) for key, victim in victims.items()}
    lib.expect(told == expected, "every victim stands where its history puts it", {key: (told.get(key), expected.get(key)) for key in told.keys() | expected.keys() if told.get(key) != expected.get(key)})
    cases = everything(server.ask, "/api/v1/cases")
    lib.expect(sorted((names[one["organisation"]], one["matter"]) for one in cases) == sorted(first_case), "one case for each organisation and matter, relapses included", [(one["number"], one["matter"]) for one in cases])
    for one in cases:
        key = (names[one["organisation"]], one["matter"])
        own = [victim for victim in victims.values() if victim.case == key]
        lib.expect((one["items"], one["items_closed"], one["relapses"]) == (len(own), sum(v.state == "closed" for v in own), sum(v.relapses for v in own)), f"case {one['number']}: its numbers are its items", one)
    lib.expect(victims[(FINANCE.name, "198.51.100.7", "Mirai")].relapses == 1, "the machine of April came back in August (else this script proves less than it says)")
    lib.expect({HOSPITAL.name, CENTRE.name} <= {key[0] for key in victims if key[1] == "198.51.100.130"}, "what changed hands is each holder's for its own time")

    for one in ALL:
        own = everything(one.account.ask, "/api/v1/case-items")
        lib.expect(own and {item["organisation"] for item in own} == {one.id}, f"{one.name} sees its own victims and nobody else's", len(own))
    return cases, names


def clocks(server, cases, names):
    """The law is that of the day of detection. Ends are reckoned by hand for the first hour of each day, to whole days in Viet Nam."""
    def of(holder, circumstances=""):
        case = next(one for one in cases if names[one["organisation"]] == holder.name and one["matter"] == "botnet")
        told = server.ask("GET", f"/api/v1/cases/{case['id']}/deadlines" + (f"?circumstances={circumstances}" if circumstances else ""))
        return case, told, {one["id"]: one for one in told["items"]}

    def later(text, **span):
        return wire(datetime.datetime.fromisoformat(text.replace("Z", "+00:00")) + datetime.timedelta(**span))

    def midnight_after(text, days):
        """24:00 in Viet Nam of the day that lies so many days behind the moment's."""
        day = datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).astimezone(HANOI).replace(hour=0, minute=0, second=0)
        return wire(day + datetime.timedelta(days=days + 1))

    case, told, items = of(FINANCE)
    lib.expect(told["regime"] == "vn-2017" and items["vn-2017-notice"]["strict"] == midnight_after(case["detected"], 5), "five days for the notice, under TT 20/2017", told)
    case, told, items = of(BANK, "bank")
    lib.expect(items["banking-2020-notice"]["strict"] == later(case["detected"], hours=24) and "vn-2017-notice" in items, "a bank has 24 hours besides", told)
    for holder, in_force in ((CENTRE, False), (MINISTRY, True)):
        case, told, items = of(holder)
        server.ask("POST", f"/api/v1/cases/{case['id']}/serious", {"serious": True, "reason": "mất kiểm soát hệ thống cấp độ 4"})
        case, told, items = of(holder)
        ends = {one.get("strict") for one in items.values()}
        lib.expect(told["regime"] == "vn-2026" and "vn-2017-notice" not in items, f"{holder.name}: the law of 1 July", told)
        wanted = {later(case["detected"], hours=24), later(case["detected"], hours=72)}
        lib.expect(wanted <= ends if in_force else not wanted & ends, f"{holder.name}: 24 and 72 hours are counted {'under' if in_force else 'not before'} the decrees of 19 August", (wanted, told["items"]))


def papers(server, names):
    """The statistics of the time in which all of it came, each number counted here from the rows; and the answer to a letter."""
    root = next(one for one in everything(server.ask, "/api/v1/organisations") if not one.get("parent"))
    now = datetime.datetime.now(datetime.timezone.utc)
    made = server.ask("POST", "/api/v1/papers", {"form": "statistics", "organisation": root["id"], "from": wire(now - datetime.timedelta(days=1)), "until": wire(now + datetime.timedelta(days=1))})
    told = server.ask("GET", f"/api/v1/papers/{made['id']}/fields")
    figures = {one["name"]: one for one in told["figures"]}
    owned = [(list_id, one) for list_id, rows in kept_lists for one in rows if one.outcome == "accepted" and owner_of(one.address, one.time)]
    state = lambda *wanted: sum(one.state in wanted for one in victims.values())
    expected = {"lists/received/count": len(kept_lists), "lists/copies/count": copies, "lists/rows/count": len(owned), "lists/victims/count": len({one.address for _, one in owned}),
                "lists/unowned/count": sum(one.outcome == "accepted" and not owner_of(one.address, one.time) for _, rows in kept_lists for one in rows),
                "lists/rejected/count": sum(one.outcome == "rejected" for _, rows in kept_lists for one in rows),
                "work/opened/count": len(first_case), "work/items/count": len(victims), "work/relapsed/count": sum(one.relapses > 0 for one in victims.values()), "work/verified/count": state("closed"),
                "work/left/count": len(victims) - state("closed")}
    counted = {name: figures[name]["value"] if name in figures else None for name in expected}
    lib.expect(counted == expected, "every number of the statistics is what the rows say", {name: (counted[name], expected[name]) for name in expected if counted[name] != expected[name]})
    lib.expect(all(one["value"] == len(one["ids"]) == len(set(one["ids"])) for one in figures.values() if one["all_ids"]), "and names its rows, each once", [name for name, one in figures.items() if one["value"] != len(one["ids"])])
    rows = {f"{list_id}/{record['number']}" for list_id, _ in kept_lists for record in everything(server.ask, f"/api/v1/lists/{list_id}/rows?kind=owner")}
    lib.expect(set(figures["lists/rows/count"]["ids"]) == rows, "those of the lists are the rows of the lists", len(rows))
    items = {one["id"] for one in everything(server.ask, "/api/v1/case-items")}
    lib.expect(set(figures["work/items/count"]["ids"]) == items, "those of the victims are the items of the cases")
    in_table = {row["key"]: row["cells"] for table in told["tables"] for row in table["rows"]}
    lib.expect(str(len(owned)) in in_table["rows"], "and the same number stands in the table", in_table.get("rows"))
    pdf = server.api("GET", f"/api/v1/papers/{made['id']}/document?format=pdf")
    lib.expect(pdf.status == 200 and pdf.body.startswith(b"%PDF-"), "it is a document", pdf.status)

    holder, first = FINANCE, kept_lists[0][0]
    reply = server.ask("POST", "/api/v1/papers", {"form": "reply", "organisation": holder.id, "list": first})
    table = next(one for one in server.ask("GET", f"/api/v1/papers/{reply['id']}/fields")["tables"] if one["rows"])
    named = {(one.address, one.family) for one in kept_lists[0][1] if one.outcome == "accepted" and owner_of(one.address, one.time) is holder}
    cells = [row["cells"] for row in table["rows"]]
    lib.expect(len(cells) == len(named) and all(any(address in " ".join(row) and family in " ".join(row) for row in cells) for address, family in named), "the reply to the first letter has a row for each of its victims", (cells, named))


with lib.Server(program) as server:
    play(server)
    cases, names = accounts(server)
    clocks(server, cases, names)
    papers(server, names)
    before = sorted((one["id"], one["state"], one["version"]) for one in everything(server.ask, "/api/v1/case-items"))
    server.kill()
    server.start()
    lib.expect(sorted((one["id"], one["state"], one["version"]) for one in everything(server.ask, "/api/v1/case-items")) == before, "and all of it stands after kill -9")
lib.finish()
