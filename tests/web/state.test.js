import assert from "node:assert/strict";
import { test } from "node:test";

import {
  barsFor,
  chipsFor,
  citedEvidence,
  compareLists,
  createStore,
  describeAdjustments,
  describeMoves,
  emptyChat,
  explainsList,
  groupProgramme,
  percent,
  projectPoints,
  readViewer,
  reduceChat,
  spreadMarks,
} from "../../web/js/state.js";

const film = (movie_id, rank, theme_id, more = {}) => ({
  movie_id,
  rank,
  theme_id,
  theme: `theme ${theme_id}`,
  title: `film ${movie_id}`,
  contributions: [],
  ...more,
});
const part = (title, share, source = "interaction") => ({ title, share, value: share * 2, source });

test("listeners hear only real changes, with the keys that changed", () => {
  const store = createStore({ a: 1, b: 2 });
  const heard = [];
  const stop = store.subscribe((state, changed) => heard.push([state.a, [...changed]]));
  store.set({ a: 1 });
  store.set({ a: 3, b: 2 });
  stop();
  store.set({ a: 4 });
  assert.deepEqual(heard, [[3, ["a"]]]);
});

test("a viewer in the address is checked, and the demo viewer stands in", () => {
  assert.equal(readViewer("?viewer=ml:12"), "ml:12");
  for (const search of ["", "?viewer=ml:0", "?viewer=ml:1x", "?viewer=<b>", "?viewer=demo"]) {
    assert.equal(readViewer(search), "demo");
  }
});

test("shares keep their sign and never round a contribution to nothing", () => {
  assert.deepEqual([0.274, -0.08, 0.002, -0.002, 0].map(percent), ["27%", "\u22128%", "<1%", "<1%", "0%"]);
});

test("films are grouped by theme, strands in the order of their best film", () => {
  const recommendations = { recommendations: [film(1, 1, 7), film(2, 2, 3), film(3, 3, 7)] };
  const strands = groupProgramme(recommendations, null);
  assert.deepEqual(strands.map((strand) => [strand.themeId, strand.films.map((item) => item.rank)]), [[7, [1, 3]], [3, [2]]]);
  assert.equal(strands[0].text, null);
  assert.equal(strands[0].label, "theme 7");
});

test("the explanation adds reasons and the words of a strand", () => {
  const recommendations = { recommendations: [film(1, 1, 7)] };
  const explanation = {
    recommendations: [film(1, 1, 7, { reason: { text: "because" } })],
    themes: [{ theme_id: 7, label: "Night trains", text: "They all wait." }],
  };
  const [strand] = groupProgramme(recommendations, explanation);
  assert.equal(strand.label, "Night trains");
  assert.equal(strand.films[0].reason.text, "because");
  assert.equal(explainsList(explanation, recommendations), true);
});

test("an explanation of another list is not shown beside this one", () => {
  const list = (...ids) => ({ recommendations: ids.map((id, i) => film(id, i + 1, 0)) });
  assert.equal(explainsList(list(1, 2), list(2, 1)), false);
  assert.equal(explainsList(null, list(1)), false);
});

test("chips name three films for a place and the strongest one against it", () => {
  const contributions = [
    part("a", 0.4), part("start", 0.3, "profile"), part("b", 0.2), part("c", 0.15), part("d", 0.1),
    part("mild", -0.01), part("strong", -0.14),
  ];
  assert.deepEqual(chipsFor({ contributions }).map((item) => item.title), ["a", "b", "c", "strong"]);
  assert.deepEqual(chipsFor({ contributions: [part("start", 1, "profile")] }), []);
});

test("bars share one axis, and what speaks against ends where what speaks for begins", () => {
  const rows = barsFor([{ value: 3 }, { value: -1 }]);
  assert.deepEqual(rows.map(({ axis, start, width, sign }) => [axis, start, width, sign]), [
    [0.25, 0.25, 0.75, "positive"],
    [0.25, 0, 0.25, "negative"],
  ]);
  assert.deepEqual(barsFor([{ value: 0 }]).map((row) => row.width), [0]);
});

test("two lists differ by what enters, leaves and moves", () => {
  const before = [film(1, 1, 0), film(2, 2, 0), film(3, 3, 0)];
  const after = [film(2, 1, 0), film(4, 2, 0), film(3, 3, 0)];
  const { entered, left, moved } = compareLists(before, after);
  assert.deepEqual(entered.map((item) => item.movie_id), [4]);
  assert.deepEqual(left.map((item) => item.movie_id), [1]);
  assert.deepEqual(moved.map((item) => [item.movie_id, item.from, item.rank]), [[2, 2, 1]]);
});

test("the map fills its box, keeps the order of places and has room for one film", () => {
  const box = { width: 100, height: 50, padding: 10 };
  const points = projectPoints([{ x: -1, y: 0 }, { x: 0, y: 1 }, { x: 0.5, y: 2 }, { x: 900, y: 4 }], box);
  assert.deepEqual([points[0].cx, points[3].cx, points[0].cy, points[3].cy], [10, 90, 40, 10]);
  assert.ok(points[0].cx < points[1].cx && points[1].cx < points[2].cx);
  assert.ok(points[2].cx - points[0].cx > 5, "an outlier does not squeeze the others into a point");
  assert.deepEqual(projectPoints([{ x: 3, y: 3 }], box).map(({ cx, cy }) => [cx, cy]), [[50, 25]]);
  assert.deepEqual(projectPoints([], box), []);
});

test("marks in one place part, and stay on the map", () => {
  const marks = Array.from({ length: 6 }, (_, i) => ({ rank: i + 1, cx: 5, cy: 50 }));
  const placed = spreadMarks(marks, { distance: 20, width: 100, height: 100 });
  for (const [i, a] of placed.entries()) {
    assert.ok(a.mx >= 10 && a.mx <= 90 && a.my >= 10 && a.my <= 90);
    for (const b of placed.slice(i + 1)) assert.ok(Math.hypot(a.mx - b.mx, a.my - b.my) > 15);
  }
  assert.deepEqual([placed[0].cx, placed[0].cy], [5, 50]);
});

test("a chat grows word by word and keeps its thread", () => {
  const steps = [
    { type: "asked", text: "why?" },
    { type: "said", text: "Beca" },
    { type: "said", text: "use" },
  ];
  const during = steps.reduce(reduceChat, emptyChat());
  assert.equal(during.busy, true);
  assert.equal(during.messages.at(-1).text, "Because");
  const done = reduceChat(during, { type: "answered", threadId: "t1", text: "Because.", suggestions: ["more?"] });
  assert.deepEqual([done.busy, done.threadId, done.messages.length], [false, "t1", 2]);
  assert.equal(done.messages.at(-1).pending, false);
  assert.equal(reduceChat(done, { type: "asked", text: "more?" }).threadId, "t1");
});

test("a failed question can be asked again", () => {
  const failed = [{ type: "asked", text: "why?" }, { type: "failed", text: "gone", question: "why?" }].reduce(reduceChat, emptyChat());
  assert.equal(failed.busy, false);
  assert.deepEqual([failed.messages.at(-1).error, failed.messages.at(-1).question], ["gone", "why?"]);
  assert.throws(() => reduceChat(failed, { type: "mystery" }), /mystery/);
});

test("an answer shows the evidence it cites, and no more", () => {
  const evidence = ["a", "b", "c"].map((id) => ({ id, text: id }));
  const claims = [{ evidence_ids: ["c", "a"] }, { evidence_ids: ["a", "gone"] }];
  assert.deepEqual(citedEvidence({ claims, evidence }).map((item) => item.id), ["c", "a"]);
  assert.deepEqual(citedEvidence({ claims: [], evidence }), []);
});

test("a film that was moved says from where, by what and whereto", () => {
  const moves = [
    { by: "surprise", rank_before: 22, rank_after: 3 },
    { by: "diversity", rank_before: 3, rank_after: 11 },
  ];
  assert.equal(describeMoves({ moves: [] }), "");
  assert.equal(describeMoves({}), "");
  assert.equal(describeMoves({ moves: moves.slice(1) }), "3rd by score alone: variety moved it down to 11th.");
  assert.equal(
    describeMoves({ moves }),
    "22nd by score alone: the wish for less known films moved it up to 3rd and variety down to 11th.",
  );
});

test("what a slider did to the list is told, also when it did nothing", () => {
  const adjustment = (by, entered, moved) => ({ by, entered_movie_ids: entered, n_moved: moved });
  assert.equal(
    describeAdjustments([adjustment("surprise", [4, 5], 3), adjustment("diversity", [], 2)]),
    "The wish for less known films brought in two films. Variety changed the order alone.",
  );
  assert.equal(describeAdjustments([adjustment("diversity", [], 0)]), "Variety changed nothing here.");
});
