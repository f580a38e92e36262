/** The programme: strands of films, one reason each, and the past films behind it. */

import { errorNotice, ghost, h, prose, replace } from "../dom.js";
import { chipsFor, describeMoves, explainsList, filmCount, groupProgramme, percent } from "../state.js";
import { titleCard } from "./card.js";

/**
 * @param {HTMLElement} body
 * @param {object} state
 * @param {{openSheet: (movieId: number) => void, retry: () => void, retryReasons: () => void, ask: (text: string) => void}} actions
 */
export function drawProgramme(body, state, actions) {
  body.setAttribute("aria-busy", String(state.loading));
  if (state.error) {
    replace(body, errorNotice(state.error, actions.retry));
    return;
  }
  if (!state.recommendations) {
    replace(body, ghostStrand(3), ghostStrand(2));
    return;
  }
  if (state.recommendations.recommendations.length === 0) {
    replace(body, h("p", { class: "notice" }, "No film is left to recommend: this viewer has met them all."));
    return;
  }
  const explanation = explainsList(state.explanation, state.recommendations) ? state.explanation : null;
  const strands = groupProgramme(state.recommendations, explanation);
  const context = { ...actions, explanation, explaining: state.explaining };
  replace(
    body,
    state.explanationError && reasonsFailed(state.explanationError, actions.retryReasons),
    strands.map((strand, i) => drawStrand(strand, i, strands.length, context)),
  );
}

const reasonsFailed = (error, retry) =>
  h(
    "div",
    { class: "notice notice-error", role: "alert" },
    h("p", {}, `The list is here, but its reasons are not: ${error.message}`),
    h("button", { class: "button", type: "button", onclick: retry }, "Try again"),
  );

function drawStrand(strand, index, count, context) {
  const headingId = `strand-${strand.themeId}`;
  return h(
    "section",
    { class: "strand", "aria-labelledby": headingId },
    h(
      "header",
      { class: "strand-head" },
      h("p", { class: "strand-count" }, `Strand ${index + 1} of ${count} · ${filmCount(strand.films.length)}`),
      h("h3", { id: headingId }, strand.label),
      strand.text && h("p", { class: "strand-text" }, prose(strand.text)),
      !strand.text && context.explaining && h("p", { class: "strand-text" }, ghost(94), ghost(60)),
    ),
    h("ol", { class: "films" }, strand.films.map((film) => drawFilm(film, context))),
  );
}

function drawFilm(film, context) {
  const open = () => context.openSheet(film.movie_id);
  return h(
    "li",
    { class: film.rank === 1 ? "film film-lead" : "film", value: film.rank, id: `film-${film.movie_id}` },
    h("button", { class: "film-card", type: "button", tabIndex: -1, "aria-hidden": "true", onclick: open }, titleCard(film)),
    h(
      "div",
      { class: "film-text" },
      h(
        "h4",
        { class: "film-title" },
        h("span", { class: "film-rank" }, String(film.rank)),
        " ",
        h("span", {}, film.title),
      ),
      h("p", { class: "film-meta" }, [film.year, ...film.genres].filter(Boolean).join(" · ")),
      movedNote(film),
      reasonOf(film, context),
      chipRow(film, open),
      h(
        "p",
        { class: "film-actions" },
        linkButton("See the arithmetic", film, open),
        linkButton("Ask about it", film, () => context.ask(`Why did you recommend ${film.title}?`)),
      ),
    ),
  );
}

const linkButton = (label, film, onclick) =>
  h("button", { class: "link", type: "button", onclick }, label, h("span", { class: "visually-hidden" }, `: ${film.title}`));

function reasonOf(film, { explaining }) {
  if (film.reason) return h("p", { class: "reason" }, prose(film.reason.text));
  if (explaining) return h("p", { class: "reason", "aria-label": "The reason is being written" }, ghost(98), ghost(70));
  return null;
}

function movedNote(film) {
  const text = describeMoves(film);
  return text && h("p", { class: "film-moved" }, text);
}

function chipRow(film, open) {
  const chips = chipsFor(film);
  if (chips.length === 0) {
    return h("p", { class: "chips-none" }, "Rests on the average viewer alone: there is no history yet.");
  }
  return h(
    "ul",
    { class: "chips", "aria-label": "Past films behind this place" },
    chips.map((item, i) =>
      h(
        "li",
        {},
        h(
          "button",
          {
            class: `chip ${item.value < 0 ? "chip-against" : i === 0 ? "chip-main" : ""}`,
            type: "button",
            onclick: open,
            "aria-label": `${item.title}, ${percent(item.share)} of the score`,
          },
          h("span", { class: "chip-title" }, item.title),
          h("span", { class: "chip-share" }, percent(item.share)),
        ),
      ),
    ),
  );
}

const ghostStrand = (count) =>
  h(
    "section",
    { class: "strand", "aria-hidden": "true" },
    h("header", { class: "strand-head" }, ghost(30), h("p", { class: "ghost-heading" }, ghost(55)), ghost(90)),
    h(
      "ol",
      { class: "films" },
      [...Array(count)].map(() =>
        h(
          "li",
          { class: "film" },
          h("div", { class: "film-card" }, h("div", { class: "card card-ghost" })),
          h("div", { class: "film-text" }, h("p", { class: "ghost-heading" }, ghost(48)), ghost(30), ghost(95), ghost(80)),
        ),
      ),
    ),
  );
