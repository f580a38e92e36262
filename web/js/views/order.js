/** The two sliders over the programme: variety, and less known films. */

import { announce } from "../dom.js";
import { describeAdjustments, percent } from "../state.js";

const PAUSE_MS = 250;
const OFF = "Both off: the programme is in the order of the scores.";

/**
 * @param {HTMLFormElement} form
 * @param {{store: object, reload: () => Promise<void>}} context
 */
export function createOrder(form, { store, reload }) {
  const sliders = [...form.querySelectorAll("input[type=range]")];
  const note = form.querySelector("p");
  let timer = 0;

  function show() {
    for (const slider of sliders) {
      const said = Number(slider.value) === 0 ? "off" : percent(Number(slider.value));
      slider.setAttribute("aria-valuetext", said);
      slider.nextElementSibling.textContent = said;
    }
  }

  async function apply() {
    store.set({ order: Object.fromEntries(sliders.map((slider) => [slider.name, Number(slider.value)])) });
    await reload();
    announce(note.textContent);
  }

  // A slider that is dragged, or walked with the arrow keys, asks once, when it rests.
  form.addEventListener("input", () => {
    show();
    clearTimeout(timer);
    timer = setTimeout(apply, PAUSE_MS);
  });
  form.addEventListener("submit", (event) => event.preventDefault());

  const { order } = store.get();
  // A browser may bring back old positions when the page is loaded again.
  for (const slider of sliders) slider.value = order[slider.name];
  show();

  return {
    draw({ recommendations }) {
      const adjustments = recommendations?.adjustments ?? [];
      note.textContent = adjustments.length > 0 ? `${describeAdjustments(adjustments)} Scores stay as they are.` : OFF;
    },
  };
}
