/** The map of films on the cover: near dots are liked by the same people. */

import { h, replace, s } from "../dom.js";
import { projectPoints, spreadMarks } from "../state.js";
import { inked } from "./card.js";

const BOX = { width: 480, height: 480, padding: 26 };

/**
 * @param {HTMLElement} figure
 * @param {{movies: object[], themes: object[]}|null} catalogue from data.js
 * @param {object[]} films the recommended ones
 */
export function drawMap(figure, catalogue, films) {
  figure.hidden = !catalogue || catalogue.movies.length === 0;
  if (figure.hidden) return;
  const points = projectPoints(catalogue.movies, BOX);
  const marks = spreadMarks(
    films.map((film) => homeOf(film, points)).filter(Boolean),
    { distance: 25, ...BOX },
  );
  replace(
    figure,
    s(
      "svg",
      {
        viewBox: `0 0 ${BOX.width} ${BOX.height}`,
        role: "img",
        "aria-label": `Map of ${points.length} films in ${catalogue.themes.length} strands. The strands are listed below.`,
      },
      s("g", {}, points.map(dot)),
      s("g", { class: "leaders" }, marks.map(({ cx, cy, mx, my }) => s("line", { x1: cx, y1: cy, x2: mx, y2: my }))),
      s("g", {}, marks.map(ring)),
    ),
    h(
      "figcaption",
      {},
      "Each dot is a film; films that the same people like stand together.",
      marks.length > 0 && " Numbers mark your programme.",
    ),
  );
}

const dot = (point) =>
  s(
    "circle",
    { class: "dot inked", cx: point.cx, cy: point.cy, r: 4.2, ...inked(point.theme_id) },
    s("title", {}, point.year ? `${point.title} (${point.year})` : point.title),
  );

const ring = ({ mx, my, rank }) =>
  s(
    "g",
    { class: "ring" },
    s("circle", { cx: mx, cy: my, r: 11.5 }),
    s("text", { x: mx, y: my + 4.4, "text-anchor": "middle" }, String(rank)),
  );

/** The map shows some films of each strand; any other film stands in the middle of its strand. */
function homeOf(film, points) {
  const own = points.find((point) => point.movie_id === film.movie_id);
  if (own) return { rank: film.rank, cx: own.cx, cy: own.cy };
  const kin = points.filter((point) => point.theme_id === film.theme_id);
  if (kin.length === 0) return null;
  const mean = (key) => kin.reduce((sum, point) => sum + point[key], 0) / kin.length;
  return { rank: film.rank, cx: mean("cx"), cy: mean("cy") };
}
