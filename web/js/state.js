/** What the page knows, and pure functions from it to what the views draw. */

export function createStore(initial) {
  let state = initial;
  const listeners = new Set();
  return {
    get: () => state,
    /** Merges a patch and tells the listeners which keys changed. */
    set(patch) {
      const changed = new Set(Object.keys(patch).filter((key) => patch[key] !== state[key]));
      if (changed.size === 0) return;
      state = { ...state, ...patch };
      for (const listener of [...listeners]) listener(state, changed);
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** `demo`, or `ml:<number>`; anything else becomes `demo`. */
export function readViewer(search) {
  const wanted = new URLSearchParams(search).get("viewer") ?? "demo";
  return /^ml:[1-9]\d{0,8}$/.test(wanted) ? wanted : "demo";
}

export const viewerName = (viewerId) =>
  viewerId === "demo" ? "the demo viewer" : `MovieLens viewer ${viewerId.slice(3)}`;

/** A share as a signed percentage; what rounds to nothing says so. */
export function percent(share) {
  const rounded = Math.round(share * 100);
  if (rounded === 0 && share !== 0) return "<1%";
  return rounded < 0 ? `\u2212${-rounded}%` : `${rounded}%`;
}

const NUMBERS = "no one two three four five six seven eight nine ten eleven twelve".split(" ");
export const inWords = (count) => NUMBERS[count] ?? String(count);
export const filmCount = (count) => `${inWords(count)} ${count === 1 ? "film" : "films"}`;

/**
 * Groups a list by theme, strands in the order of their best film.
 * Until the explanation is there, films stand without their reasons.
 */
export function groupProgramme(recommendations, explanation) {
  const explained = new Map(explanation?.recommendations.map((film) => [film.movie_id, film]));
  const written = new Map(explanation?.themes.map((theme) => [theme.theme_id, theme]));
  const strands = new Map();
  for (const film of recommendations.recommendations) {
    if (!strands.has(film.theme_id)) {
      strands.set(film.theme_id, {
        themeId: film.theme_id,
        label: written.get(film.theme_id)?.label ?? film.theme,
        text: written.get(film.theme_id)?.text ?? null,
        films: [],
      });
    }
    strands.get(film.theme_id).films.push({ ...film, ...(explained.get(film.movie_id) ?? {}) });
  }
  return [...strands.values()];
}

const MOVERS = { filters: "the filters", surprise: "the wish for less known films", diversity: "variety" };
const ORDINALS = { one: "st", two: "nd", few: "rd", other: "th" };
const ordinalRules = new Intl.PluralRules("en", { type: "ordinal" });
export const ordinal = (rank) => `${rank}${ORDINALS[ordinalRules.select(rank)]}`;
const listWords = (items) =>
  items.length < 2 ? items.join("") : `${items.slice(0, -1).join(", ")} and ${items.at(-1)}`;
const capitalise = (text) => text[0].toUpperCase() + text.slice(1);

/** What put a film at another place than its score would; empty when nothing did. */
export function describeMoves({ moves }) {
  if (!moves?.length) return "";
  const steps = moves.map((move, i) => {
    const direction = move.rank_after < move.rank_before ? "up" : "down";
    return `${MOVERS[move.by]}${i === 0 ? " moved it" : ""} ${direction} to ${ordinal(move.rank_after)}`;
  });
  return `${ordinal(moves[0].rank_before)} by score alone: ${listWords(steps)}.`;
}

/** What reorderings did to a list as a whole. */
export function describeAdjustments(adjustments) {
  const sentences = adjustments.map(({ by, entered_movie_ids: entered, n_moved: moved }) => {
    if (entered.length > 0) return `${capitalise(MOVERS[by])} brought in ${filmCount(entered.length)}.`;
    if (moved > 0) return `${capitalise(MOVERS[by])} changed the order alone.`;
    return `${capitalise(MOVERS[by])} changed nothing here.`;
  });
  return sentences.join(" ");
}

/** Whether an explanation was made for the list that is shown. */
export function explainsList(explanation, recommendations) {
  const ids = (list) => list.recommendations.map((film) => film.movie_id).join(" ");
  return Boolean(explanation && recommendations) && ids(explanation) === ids(recommendations);
}

/** The few past films that say most about a place: up to three for it, one clearly against. */
export function chipsFor(film) {
  const events = film.contributions.filter((item) => item.source === "interaction");
  const positive = events.filter((item) => item.value > 0).slice(0, 3);
  const against = events.filter((item) => item.share <= -0.02).at(-1);
  return against ? [...positive, against] : positive;
}

/**
 * Rows of a diverging bar chart. `start` and `width` are shares of the track; the line between
 * for and against stands at `axis`, at the left edge when nothing speaks against.
 */
export function barsFor(contributions) {
  const values = contributions.map((item) => item.value);
  const low = Math.min(0, ...values);
  const high = Math.max(0, ...values);
  const span = high - low || 1;
  const axis = -low / span;
  return contributions.map((item) => ({
    ...item,
    axis,
    start: item.value < 0 ? axis + item.value / span : axis,
    width: Math.abs(item.value) / span,
    sign: item.value < 0 ? "negative" : "positive",
  }));
}

/** What differs between two lists. */
export function compareLists(before, after) {
  const places = new Map(before.map((film) => [film.movie_id, film.rank]));
  const kept = new Set(after.map((film) => film.movie_id));
  return {
    entered: after.filter((film) => !places.has(film.movie_id)),
    left: before.filter((film) => !kept.has(film.movie_id)),
    moved: after
      .filter((film) => places.has(film.movie_id) && places.get(film.movie_id) !== film.rank)
      .map((film) => ({ ...film, from: places.get(film.movie_id) })),
  };
}

/**
 * Fits map coordinates into a box. Far outliers are drawn in (asinh of the distance from the
 * median), so that the crowd in the middle has room; who stands left or above of whom stays.
 * y grows upwards.
 */
export function projectPoints(movies, { width, height, padding }) {
  const across = squeeze(movies.map((movie) => movie.x));
  const up = squeeze(movies.map((movie) => movie.y));
  return movies.map((movie, i) => ({
    ...movie,
    cx: padding + across[i] * (width - 2 * padding),
    cy: height - padding - up[i] * (height - 2 * padding),
  }));
}

/** Values between 0 and 1, in the same order. */
function squeeze(values) {
  const middle = median(values);
  const spread = median(values.map((value) => Math.abs(value - middle))) || 1;
  const drawn = values.map((value) => Math.asinh((value - middle) / spread));
  const low = Math.min(...drawn);
  const span = Math.max(...drawn) - low;
  return drawn.map((value) => (span === 0 ? 0.5 : (value - low) / span));
}

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

/** Moves marks that cover each other apart until they stand `distance` from one another. */
export function spreadMarks(marks, { distance, width, height }) {
  const placed = marks.map((mark) => ({ ...mark, mx: mark.cx, my: mark.cy }));
  const inside = (value, size) => Math.min(Math.max(value, distance / 2), size - distance / 2);
  for (let round = 0; round < 60; round += 1) {
    placed.forEach((a, i) =>
      placed.slice(i + 1).forEach((b, j) => {
        // Marks in one place part in directions of their own.
        const angle = (i + 2 * j) * 2.4;
        const dx = b.mx - a.mx || Math.cos(angle) * 0.01;
        const dy = b.my - a.my || Math.sin(angle) * 0.01;
        const gap = Math.hypot(dx, dy);
        if (gap >= distance) return;
        const push = (distance - gap) / 2 / gap;
        a.mx = inside(a.mx - dx * push, width);
        a.my = inside(a.my - dy * push, height);
        b.mx = inside(b.mx + dx * push, width);
        b.my = inside(b.my + dy * push, height);
      }),
    );
  }
  return placed;
}

/** The pieces of evidence that an answer's claims cite, each once, in the order cited. */
export function citedEvidence({ claims, evidence }) {
  const byId = new Map(evidence.map((item) => [item.id, item]));
  const ids = new Set(claims.flatMap((claim) => claim.evidence_ids));
  return [...ids].map((id) => byId.get(id)).filter(Boolean);
}

export const emptyChat = () => ({ threadId: null, messages: [], busy: false, suggestions: [] });

/** A chat after one thing happened; see the cases. */
export function reduceChat(chat, action) {
  const patchLast = (patch) => [...chat.messages.slice(0, -1), { ...chat.messages.at(-1), ...patch }];
  switch (action.type) {
    case "asked":
      return {
        ...chat,
        busy: true,
        suggestions: [],
        messages: [
          ...chat.messages,
          { role: "viewer", text: action.text },
          { role: "whylens", text: "", pending: true, node: null, evidence: [] },
        ],
      };
    case "reached":
      return { ...chat, messages: patchLast({ node: action.node }) };
    case "said":
      return { ...chat, messages: patchLast({ text: chat.messages.at(-1).text + action.text }) };
    case "answered":
      return {
        ...chat,
        busy: false,
        threadId: action.threadId ?? chat.threadId,
        suggestions: action.suggestions ?? [],
        messages: patchLast({
          text: action.text,
          evidence: action.evidence ?? [],
          pending: false,
          node: null,
        }),
      };
    case "failed":
      return { ...chat, busy: false, messages: patchLast({ pending: false, error: action.text, question: action.question }) };
    case "stopped":
      return { ...chat, busy: false, messages: patchLast({ pending: false, stopped: true }) };
    case "loaded":
      return { ...emptyChat(), threadId: action.threadId, messages: action.messages };
    default:
      throw new Error(`unknown chat action ${action.type}`);
  }
}
