"""What the recording holds and what must be found in it: read by replay.py and by tests/demo.py.

A new log of the recording is one line of SOURCES (and one in record/servers.py)."""
import dataclasses

PROVINCE = "Sở Khoa học và Công nghệ tỉnh Ví Dụ"
SCHOOL = "Trường Đại học Ví Dụ"
ZONE = "Asia/Ho_Chi_Minh"


@dataclasses.dataclass(frozen=True)
class Source:
    name: str             # of the source in the program
    file: str             # of demo/recording
    organisation: str
    carrier: str          # how such a machine would send: carriers.py
    times: str            # how times stand in it: moving.py
    about: str


SOURCES = [
    Source("gw-01", "gw-01.syslog", PROVINCE, "syslog_udp", "rfc3164", "nftables, by ulogd"),
    Source("web-01", "web-01.syslog", PROVINCE, "syslog_tcp", "rfc5424", "sshd and sudo, by rsyslog"),
    Source("www", "www.access.log", PROVINCE, "file", "clf", "nginx, a followed file"),
    Source("dichvu", "dichvu.access.ndjson", PROVINCE, "ndjson", "nginx_json", "nginx, JSON"),
    Source("ns-01", "ns-01.named.log", PROVINCE, "raw", "named", "bind9, a file by HTTP"),
    Source("db-01", "db-01.syslog", PROVINCE, "syslog_tcp", "rfc5424", "sshd, by rsyslog"),
    Source("postgresql", "db-01.postgresql.ndjson", PROVINCE, "bulk", "postgresql", "PostgreSQL, JSON as Filebeat would send it"),
    Source("mail-01", "mail-01.syslog", SCHOOL, "relp", "rfc5424", "postfix, by rsyslog"),
    Source("dns-01", "dns-01.syslog", SCHOOL, "syslog_tls", "rfc5424", "unbound, by rsyslog"),
    Source("dhcp-01", "dhcp-01.syslog", SCHOOL, "syslog_udp", "rfc3164", "dnsmasq, names and leases"),
    Source("proxy-01", "proxy-01.squid.log", SCHOOL, "file", "squid", "squid, a followed file"),
]
