"""Starts the servers of the recording, each on its machine, with the settings of servers/, and tells where their logs stand."""
import os, pathlib, shutil
import hosts
from hosts import must, start, wait, wait_port

CONFIGS = pathlib.Path(__file__).resolve().parent / "servers"
PEOPLE = {"an.le": "Thuyen-Giay-7702", "binh.tran": "Cay-Da-Dau-Lang-31", "vanthu": "vanthu123", "quantri": "Cau-Tre-Lac-Leo-58"}
MAIL = {"hoa.pham": "hoa2024", "minh.vo": "Bo-De-Vuon-Sau-19", "thuvien": "Sach-Cu-Trang-Vang-4"}
DATABASE = {"ungdung": "Nuoc-Chay-Da-Mon-12", "baocao": "baocao1", "postgres": "Kho-Doan-Lam-Day-90"}


def start_all():
    for host in ("gw", "web", "db", "mail", "dns", "dhcp"):
        hosts.start_syslog(host)
    firewall()
    ssh()
    web()
    names()
    mail()
    proxy()
    database()


def firewall():
    hosts.inside("gw", ["nft", "-f", CONFIGS / "nftables.conf"])
    start("gw", ["/usr/sbin/ulogd", "-c", CONFIGS / "ulogd.conf"])


def ssh():
    for name, password in PEOPLE.items():
        must("useradd", "--create-home", "--shell", "/bin/bash", name)
        must("chpasswd", input=f"{name}:{password}\n")
    pathlib.Path("/etc/ssh/ssh_host_ed25519_key").unlink(missing_ok=True)
    must("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", "/etc/ssh/ssh_host_ed25519_key")
    must("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "quantri", "-f", "/run/key")
    for name in ("an.le", "binh.tran", "quantri"):
        folder = pathlib.Path(f"/home/{name}/.ssh")
        folder.mkdir(mode=0o700)
        (folder / "authorized_keys").write_text(pathlib.Path("/run/key.pub").read_text())
        must("chown", "-R", f"{name}:{name}", folder)
    # quantri may do everything; the web server may run find, by somebody's mistake.
    pathlib.Path("/etc/sudoers.d/demo").write_text("quantri ALL=(ALL) NOPASSWD: ALL\nwww-data ALL=(root) NOPASSWD: /usr/bin/find\n")
    os.chmod("/etc/sudoers.d/demo", 0o440)
    pathlib.Path("/etc/hosts").write_text("127.0.0.1 localhost\n" + "".join(
        f"{addresses[0].split('/')[0]} {name}\n" for name, _, addresses in hosts.HOSTS.values()))
    pathlib.Path("/run/sshd").mkdir(exist_ok=True)
    for host in ("web", "db"):
        start(host, ["/usr/sbin/sshd", "-D", "-f", CONFIGS / "sshd_config"])
        wait_port(host, "sshd", 22)


def web():
    (pathlib.Path("/srv/tai-lieu")).mkdir(parents=True)
    pathlib.Path("/srv/tai-lieu/huong-dan.pdf").write_bytes(b"%PDF-1.4 " + b"0" * 20000)
    pathlib.Path("/srv/cau-hinh.ini").write_text("[db]\nhost=db-01\nuser=baocao\npassword=...\n")
    pathlib.Path("/var/log/nginx").mkdir(exist_ok=True)
    for log in ("access.log", "dichvu.json"):
        pathlib.Path("/var/log/nginx", log).unlink(missing_ok=True)
    start("web", ["/usr/bin/python3", CONFIGS / "app.py", "127.0.0.1", 8081])
    wait_port("web", "the application", 8081)
    start("web", ["/usr/sbin/nginx", "-c", CONFIGS / "nginx.conf"])
    wait_port("web", "nginx", 80)
    # What the outside of the network has: web servers that the school's people visit.
    for address in ("203.0.113.80", "203.0.113.99", "198.51.100.80"):
        for port in (80, 443, 8443):
            start("net", ["/usr/bin/python3", CONFIGS / "app.py", address, port])
            hosts.wait(lambda: f"{address}:{port} " in hosts.run("net", ["ss", "-Hltn"]).stdout, f"{address}:{port}")


def names():
    shutil.copy(CONFIGS / "tinh-vidu.zone", "/etc/bind/tinh-vidu.zone")
    for folder in ("/var/log/named", "/run/named", "/var/cache/bind"):
        pathlib.Path(folder).mkdir(exist_ok=True)
        must("chown", "bind:bind", folder)
    start("ns", ["/usr/sbin/named", "-f", "-u", "bind", "-c", CONFIGS / "named.conf"])
    wait_port("ns", "named", 53)
    start("dns", ["/usr/sbin/unbound", "-d", "-c", CONFIGS / "unbound.conf"])
    wait_port("dns", "unbound", 53)
    start("dhcp", ["/usr/sbin/dnsmasq", "--keep-in-foreground", "-C", CONFIGS / "dnsmasq.conf"])
    wait_port("dhcp", "dnsmasq", 53)


def mail():
    must("useradd", "--system", "sink")
    for name, password in MAIL.items():
        must("saslpasswd2", "-p", "-c", "-u", "truong-vidu.example", name, input=password)
    must("chown", "postfix", "/etc/sasldb2")
    pathlib.Path("/etc/postfix/sasl").mkdir(exist_ok=True)
    pathlib.Path("/etc/postfix/sasl/smtpd.conf").write_text("pwcheck_method: auxprop\nauxprop_plugin: sasldb\nmech_list: PLAIN LOGIN\n")
    shutil.copy(CONFIGS / "main.cf", "/etc/postfix/main.cf")
    shutil.copy(CONFIGS / "transport", "/etc/postfix/transport")
    master = pathlib.Path("/etc/postfix/master.cf")
    master.write_text(master.read_text() + "587 inet n - n - - smtpd -o syslog_name=postfix/submission -o smtpd_sasl_auth_enable=yes\n")
    must("postconf", "-F", "*/*/chroot=n")
    # smtp-sink takes everything for example.com and example.org; the one for example.net refuses all recipients.
    start("net", ["/usr/sbin/smtp-sink", "-u", "sink", "198.51.100.25:25", "50"])
    start("net", ["/usr/sbin/smtp-sink", "-u", "sink", "-r", "RCPT", "198.51.100.26:25", "50"])
    start("mail", ["/usr/sbin/postfix", "start-fg"])
    wait_port("mail", "postfix", 25)


def proxy():
    pathlib.Path("/var/log/squid").mkdir(exist_ok=True)
    must("chown", "-R", "proxy:proxy", "/var/log/squid", "/var/spool/squid")
    pathlib.Path("/var/log/squid/access.log").unlink(missing_ok=True)
    start("proxy", ["/usr/sbin/squid", "-N", "-f", CONFIGS / "squid.conf"])
    wait_port("proxy", "squid", 3128)


def database():
    folder, programs = pathlib.Path("/var/lib/demo-db"), pathlib.Path("/usr/lib/postgresql/15/bin")
    folder.mkdir(mode=0o700)
    must("chown", "postgres:postgres", folder)
    as_postgres = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
    hosts.inside("db", [*as_postgres, programs / "initdb", "-D", folder, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8"])
    (folder / "postgresql.auto.conf").write_text(
        "listen_addresses = '192.0.2.20'\nunix_socket_directories = '/run/hosts/db'\nlogging_collector = on\nlog_destination = 'jsonlog'\nlog_directory = '/var/log/demo-db'\n"
        "log_filename = 'postgresql.log'\nlog_connections = on\nlog_disconnections = off\nlog_statement = 'mod'\nlog_timezone = 'Asia/Ho_Chi_Minh'\nlog_file_mode = 0644\n")
    pathlib.Path("/var/log/demo-db").mkdir()
    must("chown", "postgres:postgres", "/var/log/demo-db", "/run/hosts/db")
    (folder / "pg_hba.conf").write_text("local all postgres trust\nhost all all 192.0.2.0/24 scram-sha-256\n")
    start("db", [*as_postgres, programs / "postgres", "-D", folder])
    wait_port("db", "postgres", 5432)
    roles = "".join(f"CREATE ROLE {name} LOGIN PASSWORD '{password}'{' SUPERUSER' if name == 'baocao' else ''};" if name != "postgres"
                    else f"ALTER ROLE postgres PASSWORD '{password}';" for name, password in DATABASE.items())
    sql = f"SET log_statement = 'none'; {roles} CREATE DATABASE hoso; "
    for statement in [part for part in sql.split(";") if part.strip()]:
        hosts.inside("db", ["psql", "-h", "/run/hosts/db", "-U", "postgres", "-c", "SET log_statement = 'none'", "-c", statement])
    hosts.inside("db", ["psql", "-h", "/run/hosts/db", "-U", "postgres", "-d", "hoso", "-c",
                        "CREATE TABLE hoso (id serial PRIMARY KEY, ngay timestamptz DEFAULT now(), trang_thai text); GRANT ALL ON hoso, hoso_id_seq TO ungdung"])


# Where each log of the recording is in the end.
LOGS = {
    "gw-01.syslog": hosts.RUN / "gw" / "traditional",
    "web-01.syslog": hosts.RUN / "web" / "standard",
    "db-01.syslog": hosts.RUN / "db" / "standard",
    "mail-01.syslog": hosts.RUN / "mail" / "standard",
    "dns-01.syslog": hosts.RUN / "dns" / "standard",
    "dhcp-01.syslog": hosts.RUN / "dhcp" / "traditional",
    "www.access.log": pathlib.Path("/var/log/nginx/access.log"),
    "dichvu.access.ndjson": pathlib.Path("/var/log/nginx/dichvu.json"),
    "ns-01.named.log": pathlib.Path("/var/log/named/queries.log"),
    "proxy-01.squid.log": pathlib.Path("/var/log/squid/access.log"),
    "db-01.postgresql.ndjson": pathlib.Path("/var/log/demo-db/postgresql.json"),
}
