/** Starts the page: draws what data.js knows at once, then what the API answers. */

import { createApi } from "./api.js";
import { announce, byId, ghost, h, prose, replace } from "./dom.js";
import { createStore, emptyChat, explainsList, filmCount, readViewer, viewerName } from "./state.js";
import { createChat } from "./views/chat.js";
import { drawMap } from "./views/map.js";
import { createOrder } from "./views/order.js";
import { drawProgramme } from "./views/programme.js";
import { createSheet } from "./views/sheet.js";
import { drawStrands } from "./views/strands.js";
import { drawTaste } from "./views/taste.js";
import { createWhyNot } from "./views/why_not.js";

const api = createApi();
const store = createStore({
  viewerId: readViewer(location.search),
  order: { diversity: 0, surprise: 0 },
  catalogue: null,
  loading: true,
  error: null,
  recommendations: null,
  explaining: true,
  explanation: null,
  explanationError: null,
  taste: null,
  tasteError: null,
  chat: emptyChat(),
});
let loadRequest = null;

const sheet = createSheet(byId("sheet"), { store, api, reload: load, ask: (text) => chat.ask(text) });
const openSheet = (movieId) => sheet.open(movieId);
const whyNot = createWhyNot(byId("why-not-body"), { store, api, openSheet });
const chat = createChat(byId("chat"), { store, api, memory: openMemory(), onChanged: refreshIfChanged });
const order = createOrder(byId("order"), { store, reload: load });
const programmeActions = { openSheet, retry: load, retryReasons: () => explain(loadRequest.signal), ask: (text) => chat.ask(text) };

store.subscribe((state, changed) => {
  const has = (...keys) => keys.some((key) => changed.has(key));
  if (has("recommendations", "explanation", "explaining", "error", "explanationError", "loading")) {
    drawProgramme(byId("programme-body"), state, programmeActions);
    drawCover(state);
    order.draw(state);
    sheet.refresh();
  }
  if (has("catalogue", "recommendations")) drawMap(byId("map"), state.catalogue, state.recommendations?.recommendations ?? []);
  if (has("catalogue")) drawStrands(byId("strands-body"), state.catalogue);
  if (has("taste", "tasteError")) drawTaste(byId("taste-body"), state, () => loadTaste(loadRequest.signal));
  if (has("chat")) chat.draw();
});

/** Loads everything about the viewer; what an earlier call still waits for is dropped. */
async function load() {
  loadRequest?.abort();
  loadRequest = new AbortController();
  const { signal } = loadRequest;
  store.set({ loading: true, error: null, explanationError: null });
  try {
    const recommendations = await api.recommendations(store.get().viewerId, { order: store.get().order, signal });
    store.set({ recommendations, loading: false });
    announce(`${filmCount(recommendations.recommendations.length)} recommended for ${viewerName(recommendations.viewer_id)}.`);
  } catch (error) {
    if (error.name !== "AbortError") store.set({ error, recommendations: null, loading: false, explaining: false });
    return;
  }
  await Promise.all([explain(signal), loadTaste(signal)]);
}

async function explain(signal) {
  const { viewerId, recommendations, order } = store.get();
  store.set({ explaining: true, explanationError: null });
  try {
    const explanation = await api.explain(viewerId, { n: recommendations.n, order, signal });
    // The list may have changed in between; the explanation's own list is then the newer one.
    if (!explainsList(explanation, recommendations)) {
      store.set({ recommendations: await api.recommendations(viewerId, { order, signal }) });
    }
    store.set({ explanation, explaining: false });
  } catch (error) {
    if (error.name !== "AbortError") store.set({ explanationError: error, explaining: false });
  }
}

async function loadTaste(signal) {
  store.set({ tasteError: null });
  try {
    store.set({ taste: await api.tasteProfile(store.get().viewerId, { signal }) });
  } catch (error) {
    if (error.name !== "AbortError") store.set({ tasteError: error });
  }
}

/** A conversation can change the history ("forget Titanic"); the programme follows. */
async function refreshIfChanged() {
  const { viewerId, recommendations, order } = store.get();
  const current = await api.recommendations(viewerId, { order }).catch(() => null);
  if (current && current.versions.user_vector !== recommendations?.versions.user_vector) await load();
}

function drawCover({ recommendations, explanation, explaining, error }) {
  const { viewerId } = store.get();
  const count = recommendations?.recommendations.length;
  byId("cover-kicker").textContent = `A programme for ${viewerName(viewerId)}`;
  byId("cover-title").textContent = count ? `${capital(filmCount(count))}, and the reason for each.` : "Films chosen for you, and the reason for each.";
  const isCurrent = explainsList(explanation, recommendations);
  replace(
    byId("cover-summary"),
    isCurrent && h("p", {}, prose(explanation.summary)),
    isCurrent && h("p", { class: "checked" }, checkedText(explanation)),
    !isCurrent && explaining && !error && [ghost(96), ghost(88), ghost(54)],
  );
  if (recommendations) {
    const { bundle, user_vector: vector } = recommendations.versions;
    const writer = isCurrent ? ` · words by ${explanation.provider.name} (${explanation.provider.model})` : "";
    byId("versions").textContent = `Bundle ${bundle} · history ${vector}${writer}`;
  }
}

const capital = (text) => text[0].toUpperCase() + text.slice(1);

function checkedText({ verification, provider }) {
  const replaced = verification.replaced > 0 ? `, ${verification.replaced} put in the evidence's own words` : "";
  const degraded = provider.degraded && provider.note ? ` ${provider.note}` : "";
  return `${verification.checked} claims checked against the evidence${replaced}.${degraded}`;
}

function openMemory() {
  try {
    return window.localStorage;
  } catch {
    return null; // storage can be forbidden; the conversation then lasts as long as the page
  }
}

function setUpViewerForm() {
  const [form, kind, number, go] = ["viewer-form", "viewer-kind", "viewer-number", "viewer-go"].map(byId);
  const show = () => {
    number.hidden = go.hidden = kind.value !== "ml";
  };
  const { viewerId } = store.get();
  kind.value = viewerId === "demo" ? "demo" : "ml";
  number.value = viewerId === "demo" ? "" : viewerId.slice(3);
  show();
  kind.addEventListener("change", () => {
    show();
    if (kind.value === "demo") choose("demo");
    else number.focus();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (kind.value === "demo") choose("demo");
    else if (number.value) choose(`ml:${Number(number.value)}`);
  });
}

function choose(viewerId, { push = true } = {}) {
  if (viewerId === store.get().viewerId) return;
  if (push) history.pushState(null, "", viewerId === "demo" ? location.pathname : `?viewer=${viewerId}`);
  store.set({ viewerId, recommendations: null, explanation: null, taste: null, explaining: true });
  whyNot.clear();
  chat.restore();
  load();
}

addEventListener("popstate", () => {
  choose(readViewer(location.search), { push: false });
  setUpViewerForm();
});

setUpViewerForm();
drawProgramme(byId("programme-body"), store.get(), programmeActions);
drawCover(store.get());
order.draw(store.get());
drawTaste(byId("taste-body"), store.get());
chat.draw();
load();
chat.restore();
import("./data.js").then(
  ({ movies, themes }) => store.set({ catalogue: { movies, themes } }),
  () => {
    drawStrands(byId("strands-body"), null);
    drawMap(byId("map"), null, []);
  },
);
