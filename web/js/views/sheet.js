/** One film: its reason, the arithmetic of its score, and trials of another history. */

import { announce, byId, errorNotice, h, prose, replace } from "../dom.js";
import { compareLists, describeMoves, explainsList } from "../state.js";
import { drawBars } from "./bars.js";
import { titleCard } from "./card.js";

/**
 * @param {HTMLDialogElement} dialog
 * @param {{store: object, api: object, reload: () => Promise<void>, ask: (text: string) => void}} context
 */
export function createSheet(dialog, context) {
  let film = null;
  let forgotten = new Set();
  let trial = null;

  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close();
  });
  dialog.addEventListener("close", () => trial?.abort());

  function open(movieId) {
    film = findFilm(context.store.get(), movieId);
    if (!film) return;
    forgotten = new Set();
    draw();
    if (!dialog.open) dialog.showModal();
    dialog.scrollTop = 0;
  }

  function refresh() {
    if (!dialog.open || !film || forgotten.size > 0) return;
    film = findFilm(context.store.get(), film.movie_id) ?? film;
    draw();
  }

  function draw() {
    const state = context.store.get();
    replace(
      dialog,
      head(film, () => dialog.close()),
      reason(film),
      arithmetic(film, toggle),
      h("div", { id: "trial", class: "trial", "aria-live": "polite" }),
      rating(state, rate),
      reading(film, state),
      talk(film),
    );
    markToggles();
  }

  function toggle(item) {
    return h(
      "button",
      {
        class: "toggle",
        type: "button",
        "aria-pressed": "false",
        "data-event": item.event_id,
        "aria-label": `Forget ${item.title}, on trial`,
        onclick: () => flip(item.event_id),
      },
      "Forget",
    );
  }

  function flip(eventId) {
    if (!forgotten.delete(eventId)) forgotten.add(eventId);
    markToggles();
    preview();
  }

  function markToggles() {
    for (const button of dialog.querySelectorAll("[data-event]")) {
      const isOn = forgotten.has(button.dataset.event);
      button.setAttribute("aria-pressed", String(isOn));
      button.closest(".bar").classList.toggle("bar-forgotten", isOn);
    }
  }

  async function preview() {
    trial?.abort();
    const box = byId("trial");
    if (forgotten.size === 0) {
      replace(box);
      return;
    }
    trial = new AbortController();
    const { signal } = trial;
    const { viewerId, recommendations, order } = context.store.get();
    box.setAttribute("aria-busy", "true");
    try {
      const result = await context.api.preview(viewerId, [...forgotten], { n: recommendations.n, order, signal });
      if (signal.aborted) return;
      replace(box, drawTrial(result, film, recommendations.writable, { save, keep }));
      box.scrollIntoView({ block: "nearest" });
    } catch (error) {
      if (!signal.aborted) replace(box, errorNotice(error, preview));
    } finally {
      if (!signal.aborted) box.removeAttribute("aria-busy");
    }
  }

  function keep() {
    forgotten = new Set();
    markToggles();
    replace(byId("trial"));
  }

  async function save() {
    const { viewerId } = context.store.get();
    try {
      for (const eventId of [...forgotten]) {
        await context.api.forget(viewerId, eventId);
        forgotten.delete(eventId);
      }
    } catch (error) {
      replace(byId("trial"), errorNotice(error, save));
      return;
    }
    await finish("Forgotten. The programme was made again.");
  }

  async function rate(interaction) {
    try {
      await context.api.record(context.store.get().viewerId, { movie_id: film.movie_id, ...interaction });
    } catch (error) {
      replace(byId("trial"), errorNotice(error, () => rate(interaction)));
      return;
    }
    await finish(`${film.title} was noted. The programme was made again.`);
  }

  async function finish(message) {
    dialog.close();
    await context.reload();
    announce(message);
  }

  function talk(film) {
    const question = `Why did you recommend ${film.title}?`;
    return h(
      "p",
      { class: "sheet-talk" },
      h("button", { class: "button", type: "button", onclick: () => { dialog.close(); context.ask(question); } }, "Ask about this film"),
    );
  }

  return { open, refresh };
}

function findFilm(state, movieId) {
  const listed = state.recommendations?.recommendations.find((item) => item.movie_id === movieId);
  if (!listed) return null;
  const explained = explainsList(state.explanation, state.recommendations)
    ? state.explanation.recommendations.find((item) => item.movie_id === movieId)
    : null;
  return { ...listed, ...explained };
}

const head = (film, close) =>
  h(
    "header",
    { class: "sheet-head" },
    titleCard(film),
    h(
      "div",
      {},
      h("p", { class: "sheet-place" }, `No. ${film.rank} · ${film.theme}`),
      h("h2", { id: "sheet-title" }, film.title),
      h("p", { class: "film-meta" }, [film.year, ...film.genres].filter(Boolean).join(" · ")),
      describeMoves(film) && h("p", { class: "film-moved" }, describeMoves(film)),
    ),
    h("button", { class: "sheet-close", type: "button", "aria-label": "Close", onclick: close }, "×"),
  );

const reason = (film) => film.reason && h("p", { class: "reason sheet-reason" }, prose(film.reason.text));

function arithmetic(film, toggle) {
  const sum = film.contributions.reduce((total, item) => total + item.value, film.residual);
  return h(
    "section",
    { "aria-labelledby": "arithmetic-title" },
    h("h3", { id: "arithmetic-title" }, "The arithmetic"),
    h("p", { class: "small" }, "Each bar is a part of the score. Forget one on trial to see the list made again without it; nothing is saved until you say so."),
    drawBars(named(film.contributions), (item) => (item.source === "interaction" ? toggle(item) : null)),
    h(
      "p",
      { class: "sum" },
      `All parts add up to ${sum.toFixed(4)}; the score is ${film.score.toFixed(4)}.`,
    ),
  );
}

const named = (contributions) =>
  contributions.map((item) => {
    if (item.source === "profile") return { ...item, title: "What most viewers like" };
    if (item.source === "style") return { ...item, title: `Style your list shares: ${item.title.replaceAll("-", " ")}` };
    if (item.source === "rest") return { ...item, title: `Remainder: ${item.title}` };
    return item;
  });

function drawTrial(result, film, writable, { save, keep }) {
  const { entered, left, moved } = compareLists(result.before, result.after);
  const now = result.after.find((item) => item.movie_id === film.movie_id);
  const arrow = "\u2192";
  const row = (step, title) => h("dd", {}, h("span", { class: "trial-step" }, step), title);
  const change = (label, rows) => rows.length > 0 && h("div", {}, h("dt", {}, label), rows);
  return h(
    "div",
    { class: "trial-slip" },
    h("p", { class: "trial-kicker" }, "On trial, not saved"),
    h("p", { class: "trial-head" }, trialHead(film, now)),
    h("p", {}, prose(result.text)),
    h(
      "dl",
      { class: "trial-list" },
      change("Move", moved.map((item) => row(`${item.from} ${arrow} ${item.rank}`, item.title))),
      change("Come in", entered.map((item) => row(`${arrow} ${item.rank}`, item.title))),
      change("Drop out", left.map((item) => row(`${item.rank} ${arrow}`, item.title))),
    ),
    h(
      "p",
      { class: "trial-actions" },
      writable && h("button", { class: "button button-strong", type: "button", onclick: save }, "Forget for good"),
      h("button", { class: "button", type: "button", onclick: keep }, "Keep as it was"),
      !writable && h("span", { class: "small" }, "This viewer's history is read only."),
    ),
  );
}

function trialHead(film, now) {
  if (!now) return `${film.title} leaves the list.`;
  if (now.rank === film.rank) return `${film.title} stays at no. ${film.rank}.`;
  return `${film.title} goes from no. ${film.rank} to no. ${now.rank}.`;
}

function rating(state, rate) {
  if (!state.recommendations?.writable) return null;
  const stars = [1, 2, 3, 4, 5];
  return h(
    "section",
    { class: "rate", "aria-labelledby": "rate-title" },
    h("h3", { id: "rate-title" }, "Seen it?"),
    h(
      "div",
      { class: "rate-row" },
      stars.map((count) =>
        h(
          "button",
          { class: "star", type: "button", "aria-label": `${count} of 5 stars`, onclick: () => rate({ kind: "rating", rating: count }) },
          "★".repeat(count),
        ),
      ),
      h("button", { class: "star star-no", type: "button", onclick: () => rate({ kind: "not_interested" }) }, "Not for me"),
    ),
  );
}

/** Where a reading is from: the shipped film notes with their version, or a provider. */
function origin(note) {
  if (note.source !== "film-notes") return "A reading written by a machine.";
  return `From the film notes${note.version ? `, version ${note.version}` : ""}, written by a machine.`;
}

/** What a machine read in the film: shown as its reading, never as a cause. */
function reading(film, state) {
  const note = state.explanation?.evidence.find((item) => item.id === `note:${film.movie_id}`)?.data;
  if (!note) return null;
  return h(
    "section",
    { class: "reading", "aria-labelledby": "reading-title" },
    h("h3", { id: "reading-title" }, "How it feels"),
    h("p", {}, note.note),
    note.tags.length > 0 && h("ul", { class: "tags" }, note.tags.map((tag) => h("li", {}, tag.replaceAll("-", " ")))),
    h("p", { class: "small" }, `${origin(note)} It describes the film and caused nothing.`),
  );
}
