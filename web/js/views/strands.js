/** Every strand of the catalogue, from data.js alone: drawn before the API has answered. */

import { h, replace } from "../dom.js";
import { inked } from "./card.js";

const N_TITLES = 4;
const N_FIRST = 12;

/** @param {HTMLElement} body @param {{movies: object[], themes: object[]}|null} catalogue */
export function drawStrands(body, catalogue) {
  if (!catalogue) {
    replace(body, h("p", { class: "notice" }, "The catalogue could not be loaded. The programme does not need it."));
    return;
  }
  const themes = [...catalogue.themes].sort((a, b) => b.size - a.size);
  const items = themes.map((theme) => drawTheme(theme, catalogue.movies));
  const more = items.slice(N_FIRST);
  const list = h("ul", { class: "strand-index" }, items.slice(0, N_FIRST));
  const button = h(
    "button",
    {
      class: "button strand-more",
      type: "button",
      onclick: () => {
        list.append(...more);
        button.remove();
        more[0].tabIndex = -1;
        more[0].focus({ preventScroll: true });
      },
    },
    `Show the other ${more.length}`,
  );
  replace(body, list, more.length > 0 && button);
}

function drawTheme(theme, movies) {
  const titles = movies.filter((movie) => movie.theme_id === theme.theme_id).slice(0, N_TITLES);
  return h(
    "li",
    { class: "inked", ...inked(theme.theme_id) },
    h("h3", {}, theme.label),
    h("p", { class: "small" }, `${theme.size.toLocaleString("en")} films`),
    h("p", { class: "strand-titles" }, titles.map((movie) => movie.title).join(", ")),
  );
}
