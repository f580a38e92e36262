/** The history behind the programme: themes, genres and style tags of what the viewer liked. */

import { errorNotice, ghost, h, prose, replace } from "../dom.js";
import { percent } from "../state.js";
import { inked } from "./card.js";

/** @param {HTMLElement} body @param {object} state @param {() => void} retry */
export function drawTaste(body, { taste, tasteError }, retry) {
  if (tasteError) {
    replace(body, errorNotice(tasteError, retry));
    return;
  }
  if (!taste) {
    replace(body, ghost(80), ghost(62));
    return;
  }
  replace(
    body,
    h("p", { class: "lead" }, prose(taste.text)),
    taste.n_interactions > 0 &&
      h(
        "div",
        { class: "taste" },
        column("Strands", taste.themes.map((theme) => themeRow(theme))),
        column("Genres", taste.genres.map((genre) => h("li", { class: "tally" }, h("span", {}, genre.genre), h("span", { class: "tally-count" }, String(genre.count))))),
        column("Style", taste.style_tags.slice(0, 8).map((tag) => h("li", { class: "tally" }, h("span", {}, tag.phrase), h("span", { class: "tally-count" }, String(tag.liked_count))))),
      ),
  );
}

const column = (title, rows) => rows.length > 0 && h("div", { class: "taste-column" }, h("h3", {}, title), h("ul", {}, rows));

const themeRow = (theme) =>
  h(
    "li",
    { class: "taste-theme" },
    h("span", { class: "taste-label" }, theme.label),
    h("span", { class: "tally-count" }, percent(theme.liked_share)),
    h("span", { class: "taste-track", "aria-hidden": "true" }, h("span", { class: "taste-fill inked", "--width": theme.liked_share, ...inked(theme.theme_id) })),
    h("span", { class: "small" }, theme.liked_titles.slice(0, 3).join(" · ")),
  );
