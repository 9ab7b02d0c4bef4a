"""Ordinary life while the attacks go on. Each function is one person or machine, runs in the namespace that its name says
(record.py enters it), ends at `end` (a monotonic time), and never at the same pace as another (seeded by its name)."""
import random, subprocess, time
import client

AGENTS = ["Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36",
          "Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0",
          "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1"]


def until(end, least, most):
    """Goes on until `end`, with a pause between least and most seconds after each turn."""
    while time.monotonic() < end:
        yield
        time.sleep(min(random.uniform(least, most), max(0.0, end - time.monotonic())))


def visitor(end, source):
    """A citizen on the portal: pages with what belongs to them, now and then a paper filed."""
    agent = random.choice(AGENTS)
    for _ in until(end, 5, 16):
        page = random.choice(["/", "/tin-tuc", "/gioi-thieu", "/lien-he", "/van-ban", "/thu-tuc"])
        client.http_get(source, "192.0.2.10", 80, [("GET", page, None), ("GET", "/static/app.css", None), ("GET", "/static/logo.png", None)], agent, "www.tinh-vidu.example", 0.05)
        if random.random() < 0.3:
            client.http_get(source, "192.0.2.10", 80, [("GET", "/tai-lieu/huong-dan.pdf", None)], agent, "www.tinh-vidu.example", 0)
        if random.random() < 0.5:
            number = random.randrange(10000, 99999)
            client.http_get(source, "192.0.2.10", 80, [("GET", f"/tra-cuu?ma={number}", None), ("POST", "/nop-ho-so", f"ma={number}&ten=...")], agent, "dichvu.tinh-vidu.example", 0.3)
        if random.random() < 0.15:       # an old bookmark, a mistyped password
            client.http_get(source, "192.0.2.10", 80, [("GET", "/trang-cu.html", None), ("POST", "/dang-nhap", "t=...")], agent, "www.tinh-vidu.example", 0.2)


def browsing(end, source):
    """A machine of the school: names by dnsmasq, pages by the proxy."""
    agent = random.choice(AGENTS)
    for _ in until(end, 4, 14):
        host = random.choice(["www.example.com", "cdn.example.com", "hoc-lieu.example.org", "thu-vien.example.org", "www.tinh-vidu.example"])
        client.ask(source, "192.0.2.130", host, 1)
        if random.random() < 0.5:
            client.ask(source, "192.0.2.130", host, 28)
        if random.random() < 0.05:       # a mistyped name
            client.ask(source, "192.0.2.130", "ww.example.com", 1)
        if random.random() < 0.5:
            client.connect_through(source, "192.0.2.72", f"{host if host != 'www.tinh-vidu.example' else 'www.example.com'}:443")
        else:
            client.get_through(source, "192.0.2.72", "GET", f"http://{host if host != 'www.tinh-vidu.example' else 'cdn.example.com'}/", agent)


def letters(end, source, login, sender):
    """Somebody of the school who writes letters, and once mistypes the password."""
    mistyped = False
    for _ in until(end, 25, 70):
        to = random.choice(["giao-vu@truong-vidu.example", "phong-hc@example.com", "doi-tac@example.org", "phu-huynh@example.com"])
        if not mistyped and random.random() < 0.4:
            client.guess_mail(source, "192.0.2.70", 587, login[0], login[1] + "x")
            mistyped = True
        client.send_mail(source, "192.0.2.70", 587, login, sender, [to], "Lich hop tuan", "Kinh gui ...")


def arriving(end, source):
    """Letters that come from outside."""
    for _ in until(end, 10, 30):
        client.send_mail(source, "192.0.2.70", 25, None, random.choice(["ban-tin@example.com", "doi-tac@example.org"]),
                         [random.choice(["hoa.pham", "minh.vo", "thuvien"]) + "@truong-vidu.example"], "Ban tin", "...")


def asking_outside(end, source):
    """Resolvers of the internet that ask for the province's names."""
    for _ in until(end, 2, 8):
        client.ask(source, "192.0.2.11", random.choice(["www", "dichvu", "ns-01"]) + ".tinh-vidu.example", random.choice([1, 1, 1, 28]))


def ssh(source, user, host, command, password=None):
    options = ["-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null", "-o", "ConnectTimeout=8", "-o", f"BindAddress={source}", "-o", "LogLevel=ERROR"]
    words = ["ssh", *options, "-o", "PreferredAuthentications=publickey", "-o", "IdentitiesOnly=yes", "-i", "/run/key"]
    if password is not None:
        words = ["sshpass", "-p", password, "ssh", *options, "-o", "PreferredAuthentications=password", "-o", "PubkeyAuthentication=no", "-o", "NumberOfPasswordPrompts=1"]
    try:
        return subprocess.run([*words, f"{user}@{host}", command], capture_output=True, text=True, timeout=30, stdin=subprocess.DEVNULL).returncode == 0
    except subprocess.TimeoutExpired:
        return False


def administrator(end, source, user, password):
    """Somebody of the office who works on the servers: by key, sometimes with sudo, and once mistypes the password."""
    ssh(source, user, "192.0.2.10", "true", password + "?")
    ssh(source, user, "192.0.2.10", "true", password)
    for _ in until(end, 15, 50):
        host = random.choice(["192.0.2.10", "192.0.2.20"])
        command = random.choice(["uptime", "df -h", "tail -n 3 /etc/hostname"])
        if user == "quantri":
            command = random.choice(["sudo /usr/bin/uptime", "sudo /usr/bin/df -h", "sudo /usr/bin/systemctl status nginx", "uptime"])
        ssh(source, user, host, command)


def application(end, source, password):
    """The application of web-01 and its database."""
    for _ in until(end, 4, 12):
        subprocess.run(["psql", "-wq", f"host=192.0.2.20 user=ungdung dbname=hoso password={password} application_name=dichvu", "-c",
                        random.choice(["INSERT INTO hoso (trang_thai) VALUES ('moi')", "UPDATE hoso SET trang_thai = 'xong' WHERE id % 7 = 1", "SELECT count(*) FROM hoso"])],
                       capture_output=True, timeout=20)


def address_by_dhcp(end, source):
    """A machine that gets its address from dnsmasq, on an interface of its own."""
    for number in range(3):
        mac = f"02:00:00:00:00:{0x51 + number:02x}"
        subprocess.run(["ip", "link", "add", "link", "eth0", "name", f"may{number}", "address", mac, "type", "macvlan"], capture_output=True)
        subprocess.run(["ip", "link", "set", f"may{number}", "up"], capture_output=True)
        subprocess.run(["udhcpc", "-i", f"may{number}", "-n", "-q", "-f", "-t", "4", "-T", "2", "-s", "/bin/true", "-x", f"hostname:may-{['ketoan', 'thuvien', 'phonghoc'][number]}"],
                       capture_output=True, timeout=30)
        time.sleep(min(20, max(0, end - time.monotonic())))
