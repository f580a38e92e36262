/** A film that is not on the programme: search it, and see where it truly stands. */

import { byId, errorNotice, h, prose, replace } from "../dom.js";
import { drawBars } from "./bars.js";

const PAUSE_MS = 160;

/** @param {HTMLElement} body @param {{store: object, api: object, openSheet: (movieId: number) => void}} context */
export function createWhyNot(body, { store, api, openSheet }) {
  let timer = null;
  let request = null;
  let options = [];
  let active = -1;

  const input = h("input", {
    id: "why-not-query",
    class: "search",
    type: "text",
    autocomplete: "off",
    placeholder: "A title, for example Heat",
    role: "combobox",
    "aria-expanded": "false",
    "aria-controls": "why-not-options",
    "aria-autocomplete": "list",
    oninput: () => {
      clearTimeout(timer);
      timer = setTimeout(search, PAUSE_MS);
    },
    onkeydown: steer,
  });
  const list = h("ul", { id: "why-not-options", class: "options", role: "listbox", "aria-label": "Films found", hidden: true });
  const answer = h("div", { id: "why-not-answer", class: "why-not-answer", "aria-live": "polite" });
  replace(
    body,
    h("label", { class: "search-label", for: "why-not-query" }, "Film"),
    h("div", { class: "search-box" }, input, list),
    answer,
  );
  input.addEventListener("blur", () => setTimeout(close, 150));

  async function search() {
    request?.abort();
    const text = input.value.trim();
    if (!text) return close();
    request = new AbortController();
    const { signal } = request;
    try {
      options = await api.findMovies(text, { signal });
      if (!signal.aborted) show(text);
    } catch (error) {
      if (!signal.aborted) {
        close();
        replace(answer, errorNotice(error, search));
      }
    }
    return undefined;
  }

  function show(text) {
    active = -1;
    replace(
      list,
      options.length === 0 && h("li", { class: "option-none" }, `No film is called “${text}”.`),
      options.map((movie, i) =>
        h(
          "li",
          { id: `option-${i}`, role: "option", "aria-selected": "false", onmousedown: (event) => { event.preventDefault(); choose(movie); } },
          movie.title,
          movie.year && h("span", { class: "option-year" }, String(movie.year)),
        ),
      ),
    );
    list.hidden = false;
    input.setAttribute("aria-expanded", "true");
  }

  function close() {
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }

  function steer(event) {
    if (event.key === "Escape") close();
    if (event.key === "Enter") {
      event.preventDefault();
      if (!list.hidden && options.length > 0) choose(options[Math.max(active, 0)]);
      else search();
    }
    if ((event.key === "ArrowDown" || event.key === "ArrowUp") && !list.hidden && options.length > 0) {
      event.preventDefault();
      active = (active + (event.key === "ArrowDown" ? 1 : -1) + options.length) % options.length;
      options.forEach((_, i) => byId(`option-${i}`).setAttribute("aria-selected", String(i === active)));
      input.setAttribute("aria-activedescendant", `option-${active}`);
    }
  }

  async function choose(movie) {
    close();
    input.value = movie.title;
    answer.setAttribute("aria-busy", "true");
    try {
      const { viewerId, order } = store.get();
      const result = await api.whyNot(viewerId, movie.movie_id, { order });
      replace(answer, drawAnswer(result, openSheet));
    } catch (error) {
      replace(answer, errorNotice(error, () => choose(movie)));
    } finally {
      answer.removeAttribute("aria-busy");
    }
  }

  return {
    clear: () => {
      input.value = "";
      replace(answer);
    },
  };
}

function drawAnswer(result, openSheet) {
  const facts = result.evidence.find((item) => item.id === `whynot:${result.movie_id}`).data;
  const showsRank = !result.seen && !result.in_list;
  return h(
    "article",
    { class: "slip" },
    showsRank && h("p", { class: "slip-rank" }, h("span", { class: "slip-number" }, result.rank.toLocaleString("en")), h("span", { class: "small" }, "its place")),
    h(
      "div",
      { class: "slip-body" },
      h("h3", {}, facts.title),
      h("p", { class: "reason" }, prose(result.text)),
      result.in_list && h("button", { class: "button", type: "button", onclick: () => openSheet(result.movie_id) }, "See its arithmetic"),
      showsRank && pulls("Speaks for it", facts.pulls_up, "bars"),
      showsRank && pulls(`Speaks for ${facts.cut_title} instead`, facts.pulls_down, "bars bars-against"),
    ),
  );
}

/** Values here are parts and differences of scores, so they are shown as such, not as shares. */
function pulls(label, items, className) {
  if (items.length === 0) return null;
  const rows = items.map((pull) => ({ ...pull, value: Math.abs(pull.value), source: "interaction", share: 0 }));
  const bars = drawBars(rows);
  bars.className = className;
  bars.querySelectorAll(".bar-share").forEach((cell, i) => {
    cell.textContent = rows[i].value.toFixed(4);
  });
  return h("div", {}, h("h4", { class: "label" }, label), bars);
}
