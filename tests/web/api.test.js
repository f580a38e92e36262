import assert from "node:assert/strict";
import { test } from "node:test";

import { ApiError, createApi, parseEvents } from "../../web/js/api.js";

async function* pieces(...texts) {
  yield* texts;
}
const collect = async (source) => {
  const items = [];
  for await (const item of source) items.push(item);
  return items;
};
const json = (body, status = 200, type = "application/json") =>
  new Response(JSON.stringify(body), { status, headers: { "content-type": type } });

/** A fetch that records its calls and answers from a list. */
function fakeFetch(...answers) {
  const calls = [];
  const fetch = async (path, options) => {
    calls.push({ path, ...options });
    const answer = answers.shift();
    if (answer instanceof Error) throw answer;
    return answer;
  };
  return { fetch, calls };
}

test("events survive any cut, and heartbeats are dropped", async () => {
  const stream = ': heartbeat\n\nevent: delta\ndata: {"text":"é"}\n\nevent: answer\r\ndata: 1\r\ndata: 2\r\n\r\n';
  const whole = [{ event: "delta", data: '{"text":"é"}' }, { event: "answer", data: "1\n2" }];
  assert.deepEqual(await collect(parseEvents(pieces(stream))), whole);
  assert.deepEqual(await collect(parseEvents(pieces(...stream))), whole);
});

test("an event without its blank line is incomplete and is not shown", async () => {
  assert.deepEqual(await collect(parseEvents(pieces("data: half"))), []);
});

test("parameters are encoded and left out when empty", async () => {
  const { fetch, calls } = fakeFetch(json([]));
  await createApi({ fetch }).findMovies("a&b é");
  assert.equal(calls[0].path, "/api/movies?query=a%26b+%C3%A9&limit=8");
});

test("a problem becomes an error with its words, status and request id", async () => {
  const problem = { title: "No such viewer", detail: "there is no viewer 'x'", status: 404, request_id: "r1" };
  const { fetch } = fakeFetch(json(problem, 404, "application/problem+json"));
  await assert.rejects(createApi({ fetch }).recommendations("x"), (error) => {
    assert.ok(error instanceof ApiError);
    assert.deepEqual([error.title, error.message, error.status, error.requestId], ["No such viewer", "there is no viewer 'x'", 404, "r1"]);
    return true;
  });
});

test("an answer that is no problem, and no answer at all, both have words", async () => {
  const gateway = fakeFetch(new Response("<html>", { status: 502, headers: { "content-type": "text/html" } }));
  await assert.rejects(createApi(gateway).tasteProfile("demo"), /answered 502/);
  const offline = fakeFetch(new TypeError("Failed to fetch"));
  await assert.rejects(createApi(offline).tasteProfile("demo"), { name: "ApiError", title: "The server cannot be reached" });
});

test("a cancelled request stays a cancellation", async () => {
  const { fetch } = fakeFetch(new DOMException("stop", "AbortError"));
  await assert.rejects(createApi({ fetch }).recommendations("demo"), { name: "AbortError" });
});

test("each interaction carries a key, so that a repeat records nothing twice", async () => {
  const { fetch, calls } = fakeFetch(json({}), json({}));
  const api = createApi({ fetch, newKey: () => "k1" });
  await api.record("demo", { movie_id: 1, kind: "watch" });
  await api.record("demo", { movie_id: 1, kind: "watch" }, { key: "mine" });
  assert.deepEqual(calls.map((call) => call.headers["Idempotency-Key"]), ["k1", "mine"]);
  assert.deepEqual(JSON.parse(calls[0].body), { viewer_id: "demo", movie_id: 1, kind: "watch" });
});

test("an event id is encoded as one path segment", async () => {
  const { fetch, calls } = fakeFetch(json({}));
  await createApi({ fetch }).forget("ml:1", "a/b c");
  assert.equal(calls[0].path, "/api/interactions/a%2Fb%20c?viewer_id=ml%3A1");
  assert.equal(calls[0].method, "DELETE");
});

const streamOf = (text) => new Response(text, { headers: { "content-type": "text/event-stream" } });

test("a chat yields parsed events and sends its thread", async () => {
  const { fetch, calls } = fakeFetch(streamOf('event: delta\ndata: {"text":"Hi"}\n\nevent: answer\ndata: {"text":"Hi."}\n\n'));
  const events = await collect(createApi({ fetch }).chat({ viewerId: "demo", threadId: "t", message: "why?" }));
  assert.deepEqual(events, [{ event: "delta", data: { text: "Hi" } }, { event: "answer", data: { text: "Hi." } }]);
  assert.deepEqual(JSON.parse(calls[0].body), { viewer_id: "demo", thread_id: "t", message: "why?" });
  assert.equal(calls[0].headers.Accept, "text/event-stream");
});

test("a problem inside a stream is an error like any other", async () => {
  const { fetch } = fakeFetch(streamOf('event: error\ndata: {"title":"Busy","detail":"try later","status":503}\n\n'));
  await assert.rejects(collect(createApi({ fetch }).chat({ viewerId: "demo", message: "why?" })), { name: "ApiError", message: "try later", status: 503 });
});
