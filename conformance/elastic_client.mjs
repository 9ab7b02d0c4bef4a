// Feeds a node through the official JavaScript client, 7.x or 8.x. Usage: node elastic_client.mjs URL; the token in $TOKEN.
// Prints {"accepted": N, "refused": N} of what it has sent.
import assert from "node:assert/strict";
import elasticsearch from "@elastic/elasticsearch";

const { Client, errors } = elasticsearch;
const node = process.argv[2];
const token = process.env.TOKEN;
const document = (number) => ({ "@timestamp": "2024-04-26T01:02:03.000Z", message: `câu số ${number}`, number });
const body = (answer) => answer.body ?? answer; // 7.x wraps it
const seven = "ConnectionPool" in elasticsearch; // 8.x has it in its transport package
let accepted = 0;
let refused = 0;

const ways = [
  { auth: { username: "writer", password: token } },
  { auth: { apiKey: { id: "id", api_key: token } } },
  { auth: { username: "writer", password: token }, compression: "gzip" },
];
for (const way of ways) {
  const client = new Client({ node, ...way });
  const info = body(await client.info());
  assert.equal(info.tagline, "You Know, for Search");

  const result = await client.helpers.bulk({
    datasource: Array.from({ length: 2000 }, (_, i) => document(i)),
    onDocument: () => ({ create: { _index: "logs-javascript" } }),
    flushBytes: 100_000,
    concurrency: 3,
  });
  assert.equal(result.successful, 2000);
  assert.equal(result.failed, 0);
  accepted += 2000;

  const operations = [{ index: { _index: "a" } }, document(1), { delete: { _index: "a", _id: "1" } }, { index: { _index: "a" } }, document(2)];
  const answer = body(await client.bulk(seven ? { body: operations } : { operations }));
  assert.equal(answer.errors, true);
  assert.deepEqual(answer.items.map((item) => Object.values(item)[0].status), [201, 400, 201]);
  accepted += 2;
  refused += 1;
  await client.close();
}

const wrong = new Client({ node, auth: { username: "writer", password: "no-such-token" } });
await assert.rejects(wrong.info(), (error) => error instanceof errors.ResponseError && error.statusCode === 401);
console.log(JSON.stringify({ accepted, refused }));
