/** The map of films on the cover: near dots are liked by the same people. */

import { h, replace, s } from "../dom.js";
import { projectPoints } from "../state.js";
import { inked } from "./card.js";

const BOX = { width: 480, height: 480, padding: 26 };

/**
 * @param {HTMLElement} figure
 * @param {{movies: object[], themes: object[]}|null} catalogue from data.js
 * @param {object[]} films the recommended ones
 */
export function drawMap(figure, catalogue, films) {
  if (!catalogue || catalogue.movies.length === 0) {
    replace(figure);
    figure.hidden = true;
    return;
  }
  const points = projectPoints(catalogue.movies, BOX);
  const chosen = new Map(films.map((film) => [film.movie_id, film]));
  const rest = points.filter((point) => !chosen.has(point.movie_id));
  const ringed = points.filter((point) => chosen.has(point.movie_id));
  const onlyStrand = homesOf(films.filter((film) => !points.some((p) => p.movie_id === film.movie_id)), points);
  figure.hidden = false;
  replace(
    figure,
    s(
      "svg",
      {
        viewBox: `0 0 ${BOX.width} ${BOX.height}`,
        role: "img",
        "aria-label": `Map of ${points.length} films in ${catalogue.themes.length} strands. The strands are listed below.`,
      },
      s("g", {}, rest.map(dot)),
      s("g", {}, onlyStrand.map(ring)),
      s("g", {}, ringed.map((point) => [dot(point), ring({ ...point, ...chosen.get(point.movie_id) })])),
    ),
    h(
      "figcaption",
      {},
      "Each dot is a film; films that the same people like stand together.",
      chosen.size > 0 && " Numbers mark your programme.",
    ),
  );
}

function dot(point) {
  return s(
    "circle",
    { class: "dot inked", cx: point.cx, cy: point.cy, r: 4.2, ...inked(point.theme_id) },
    s("title", {}, point.year ? `${point.title} (${point.year})` : point.title),
  );
}

function ring({ cx, cy, rank }) {
  return s(
    "g",
    { class: "ring" },
    s("circle", { cx, cy, r: 11.5 }),
    s("text", { x: cx, y: cy + 4.4, "text-anchor": "middle" }, String(rank)),
  );
}

/** The map shows some films of each strand; the others stand at the middle of theirs. */
function homesOf(films, points) {
  const taken = new Map();
  return films.flatMap((film) => {
    const kin = points.filter((point) => point.theme_id === film.theme_id);
    if (kin.length === 0) return [];
    const mean = (key) => kin.reduce((sum, point) => sum + point[key], 0) / kin.length;
    const nth = taken.get(film.theme_id) ?? 0;
    taken.set(film.theme_id, nth + 1);
    // Films of one strand would cover each other: they go round its middle.
    const angle = nth * 2.4;
    const away = nth === 0 ? 0 : 13 + nth * 6;
    return [{ ...film, cx: mean("cx") + away * Math.cos(angle), cy: mean("cy") + away * Math.sin(angle) }];
  });
}
