/** Diverging bars: what speaks for a film to the right of the line, what speaks against to the left. */

import { h } from "../dom.js";
import { barsFor, percent } from "../state.js";

/**
 * @param {object[]} contributions with title, value and share
 * @param {(item: object) => Node|null} [action] a control at the end of a row
 */
export function drawBars(contributions, action = () => null) {
  return h(
    "ul",
    { class: "bars" },
    barsFor(contributions).map((item) =>
      h(
        "li",
        { class: `bar bar-${item.source} bar-${item.sign}` },
        h("span", { class: "bar-title" }, item.title),
        h(
          "span",
          { class: "bar-track", "aria-hidden": "true", "--axis": item.axis },
          h("span", { class: "bar-fill", "--start": item.start, "--width": item.width }),
        ),
        h("span", { class: "bar-share" }, percent(item.share)),
        h("span", { class: "bar-action" }, action(item)),
      ),
    ),
  );
}
