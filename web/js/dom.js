/** Builds elements without markup strings, so no text can ever become markup. */

const SVG = "http://www.w3.org/2000/svg";

function fill(element, properties, children) {
  for (const [name, value] of Object.entries(properties ?? {})) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name.startsWith("--")) element.style.setProperty(name, value);
    else if (name === "class") element.setAttribute("class", value);
    else if (name in element && !name.includes("-") && !(element instanceof SVGElement)) {
      element[name] = value;
    } else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** An HTML element; properties named `on…` are listeners, `--…` custom properties. */
export const h = (tag, properties, ...children) =>
  fill(document.createElement(tag), properties, children);

/** An SVG element. */
export const s = (tag, properties, ...children) =>
  fill(document.createElementNS(SVG, tag), properties, children);

/** A sentence in which a number and its percent sign stay on one line. */
export const prose = (text) => text.replaceAll(" %", "\u00a0%");

export const byId = (id) => document.getElementById(id);

export const replace = (parent, ...children) =>
  parent.replaceChildren(...children.flat(Infinity).filter(Boolean));

/** Says something to people who listen to the page instead of looking at it. */
export function announce(text) {
  byId("status").textContent = text;
}

const sentence = (text) => `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? "" : "."}`;

/** An error with a way out. */
export const errorNotice = (error, retry) =>
  h(
    "div",
    { class: "notice notice-error", role: "alert" },
    h("p", { class: "notice-title" }, error.title ?? "Something went wrong"),
    h("p", {}, sentence(error.message)),
    error.requestId && h("p", { class: "small" }, `Request ${error.requestId}`),
    retry && h("button", { class: "button", type: "button", onclick: retry }, "Try again"),
  );

/** A placeholder line of text, as wide as `width` percent. */
export const ghost = (width) => h("span", { class: "ghost", "--ghost": `${width}%`, "aria-hidden": "true" });
