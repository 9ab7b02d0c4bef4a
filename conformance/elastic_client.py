"""Feeds a node through the official Python client, 7.x or 8.x. Usage: elastic_client.py URL; the token in $TOKEN.

Prints {"accepted": N, "refused": N} of what it has sent.
"""
import os, sys
import elasticsearch
from elasticsearch import Elasticsearch, helpers

url, token = sys.argv[1], os.environ["TOKEN"]
seven = elasticsearch.__version__[0] == 7
accepted = refused = 0


def connect(**options):
    if seven:
        if "basic_auth" in options:
            options["http_auth"] = options.pop("basic_auth")
        if "http_compress" not in options:
            options["http_compress"] = False
    return Elasticsearch([url], **options)


def document(number):
    return {"@timestamp": "2024-04-26T01:02:03.000Z", "message": f"câu số {number} \u2028 \"trích\"", "event": {"code": "4624"}, "number": number}


for options in ({"basic_auth": ("writer", token)}, {"api_key": ("id", token)}, {"basic_auth": ("writer", token), "http_compress": True}):
    client = connect(**options)
    assert client.ping(), "HEAD / is not answered"
    info = client.info()
    assert info["tagline"] == "You Know, for Search", info
    assert info["version"]["number"].startswith("7." if seven else "8."), info["version"]
    assert client.cluster.health()["status"] == "green"

    done, errors = helpers.bulk(client, ({"_index": "logs-python", "_op_type": "create", "_source": document(i)} for i in range(2000)), chunk_size=700)
    assert (done, errors) == (2000, []), (done, errors)
    accepted += 2000

    done, errors = helpers.bulk(client, [{"_index": "logs-python", "_id": str(i), "_source": document(i)} for i in range(10)], refresh=True)
    assert (done, errors) == (10, []), (done, errors)
    accepted += 10

# An action that no sender of ours may do is refused alone; the rest of the request is kept.
done, errors = helpers.bulk(client, [{"_index": "a", "_source": document(1)}, {"_op_type": "delete", "_index": "a", "_id": "1"}, {"_index": "a", "_source": document(2)}],
                            raise_on_error=False)
assert done == 2 and len(errors) == 1 and errors[0]["delete"]["status"] == 400, (done, errors)
accepted += 2
refused += 1

total = sum(1 for good, item in helpers.parallel_bulk(client, ({"_index": "logs-parallel", "_source": document(i)} for i in range(5000)), thread_count=4, chunk_size=250) if good)
assert total == 5000, total
accepted += total

answer = client.index(index="logs-single", document=document(3)) if not seven else client.index(index="logs-single", body=document(3))
assert answer["result"] == "created", answer
accepted += 1

wrong = connect(basic_auth=("writer", "no-such-token"))
try:
    wrong.info()
    raise AssertionError("a wrong token was let in")
except elasticsearch.AuthenticationException:
    pass

print(f'{{"accepted": {accepted}, "refused": {refused}}}')
