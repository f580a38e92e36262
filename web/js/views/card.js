/** Title cards: no posters, but type, two inks and a figure drawn from the film's own number. */

import { h, s } from "../dom.js";

/** Paper, two inks, and the colour of the type. */
const INKS = [
  ["#2436b8", "#f2e063", "#8fa0ff", "#fbfaf3"],
  ["#e9c93f", "#17191d", "#d6402b", "#17191d"],
  ["#7a1f33", "#efb8a2", "#e8574a", "#fff4ec"],
  ["#174c3c", "#bfe0a8", "#f2e063", "#f6fbf0"],
  ["#d9dfd6", "#2436b8", "#d6402b", "#17191d"],
  ["#432a66", "#e3a9c9", "#f2c14e", "#fbf5fb"],
  ["#c93a22", "#17191d", "#f8d9bd", "#fff8f0"],
  ["#0e5563", "#9fd8cd", "#f2e063", "#f2fbfa"],
  ["#1a1d23", "#e9ebe6", "#e9c93f", "#f4f5f1"],
  ["#b9c9d6", "#17191d", "#2436b8", "#17191d"],
];

/** The same strands as single colours: [on light paper, on dark paper]. */
const DOTS = [
  ["#2436b8", "#93a3ff"],
  ["#b08c0c", "#e9c93f"],
  ["#7a1f33", "#ef8f86"],
  ["#174c3c", "#7fcf9a"],
  ["#8b978a", "#d9dfd6"],
  ["#5a3a86", "#c9a3ea"],
  ["#c93a22", "#ff7d5f"],
  ["#0e7080", "#6cc5d1"],
  ["#17191d", "#8f98a3"],
  ["#6d8496", "#b9c9d6"],
];

const nth = (list, themeId) => list[((themeId % list.length) + list.length) % list.length];

/** Properties that give an element of class `inked` its strand's colour. */
export function inked(themeId) {
  const [light, dark] = nth(DOTS, themeId);
  return { "--on-light": light, "--on-dark": dark };
}

export const inkOf = (themeId) => nth(INKS, themeId);

/** Small repeatable random numbers from a seed (mulberry32). */
function random(seed) {
  let a = (seed * 2654435761) >>> 0;
  return () => {
    a = (a + 0x6d2b79f5) >>> 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const range = (count) => [...Array(count).keys()];

/** Figures on a field of 300 by 400; the type stands below y = 230. */
const FIGURES = [
  function rings(next, a, b) {
    const [cx, cy] = [60 + next() * 180, 70 + next() * 90];
    const gap = 15 + next() * 9;
    return [
      ...range(8).map((i) =>
        s("circle", { cx, cy, r: gap * (i + 1), fill: "none", stroke: a, "stroke-width": 4.5 }),
      ),
      s("circle", { cx, cy, r: gap * 0.62, fill: b }),
    ];
  },
  function beam(next, a, b) {
    const x = 20 + next() * 60;
    const spread = 50 + next() * 70;
    return [
      s("path", { d: `M${x} 40 L300 ${150 - spread} V${150 + spread} Z`, fill: a, opacity: 0.9 }),
      s("path", { d: `M${x} 40 L300 ${165} V${165 + spread} Z`, fill: b, opacity: 0.85 }),
      s("circle", { cx: x, cy: 40, r: 15, fill: b }),
    ];
  },
  function horizon(next, a, b) {
    const cx = 90 + next() * 130;
    const r = 58 + next() * 26;
    return [
      s("circle", { cx, cy: 138, r, fill: b }),
      ...range(6).map((i) =>
        s("rect", { x: 0, y: 142 + i * 15, width: 300, height: 3 + i * 1.5, fill: a }),
      ),
    ];
  },
  function grid(next, a, b) {
    const odd = Math.floor(next() * 20);
    return range(20).map((i) => {
      const [column, row] = [i % 5, Math.floor(i / 5)];
      const isOdd = i === odd;
      return s("circle", {
        cx: 46 + column * 52 + (isOdd ? 10 : 0),
        cy: 46 + row * 52 - (isOdd ? 8 : 0),
        r: isOdd ? 23 : 13,
        fill: isOdd ? b : a,
      });
    });
  },
  function doors(next, a, b) {
    const tilt = next() * 10 - 5;
    return range(4).map((i) =>
      s("rect", {
        x: 52 + i * 24,
        y: 24 + i * 22,
        width: 196 - i * 48,
        height: 190 - i * 26,
        fill: i === 3 ? b : "none",
        stroke: i === 3 ? "none" : a,
        "stroke-width": 5,
        transform: `rotate(${tilt * i} 150 120)`,
      }),
    );
  },
  function arcs(next, a, b) {
    const turns = range(6).map(() => Math.floor(next() * 4) * 90);
    return turns.map((turn, i) => {
      const [x, y] = [(i % 3) * 100, Math.floor(i / 3) * 100 + 12];
      return s("path", {
        d: `M${x} ${y} h100 a100 100 0 0 1 -100 100 z`,
        fill: i % 3 === Math.floor(i / 3) ? b : a,
        opacity: 0.95,
        transform: `rotate(${turn} ${x + 50} ${y + 50})`,
      });
    });
  },
  function stripes(next, a, b) {
    const lean = next() > 0.5 ? 1 : -1;
    const chosen = Math.floor(next() * 7);
    return range(8).map((i) =>
      s("rect", {
        x: -70 + i * 52,
        y: -40,
        width: i === chosen ? 34 : 14,
        height: 290,
        fill: i === chosen ? b : a,
        transform: `skewX(${lean * 18})`,
      }),
    );
  },
  function moons(next, a, b) {
    const shift = 26 + next() * 26;
    return [
      s("circle", { cx: 118, cy: 118, r: 84, fill: a }),
      s("circle", { cx: 118 + shift + 36, cy: 110 - shift / 3, r: 70, fill: b, opacity: 0.92 }),
    ];
  },
];

function sizeOf(title) {
  const longest = Math.max(...title.split(/\s+/).map((word) => word.length));
  if (longest > 11 || title.length > 32) return "s";
  if (longest > 8 || title.length > 17) return "m";
  return "l";
}

/**
 * A title card. It repeats what stands beside it, so it is hidden from screen readers.
 * @param {{movie_id: number, title: string, year: number|null, theme_id: number, rank?: number}} film
 */
export function titleCard(film) {
  const [paper, first, second, type] = inkOf(film.theme_id);
  const next = random(film.movie_id);
  // Strands keep to a few figures of their own; films choose among them.
  const figure = FIGURES[(film.theme_id * 3 + Math.floor(next() * 3)) % FIGURES.length];
  return h(
    "div",
    { class: "card", "--card-paper": paper, "--card-type": type, "aria-hidden": "true" },
    s(
      "svg",
      { viewBox: "0 0 300 400", preserveAspectRatio: "xMidYMin slice" },
      figure(next, first, second),
    ),
    h(
      "div",
      { class: "card-foot" },
      h("span", { class: `card-title card-title-${sizeOf(film.title)}` }, film.title),
      h("span", { class: "card-year" }, film.year ?? ""),
    ),
  );
}
