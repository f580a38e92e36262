"use strict";
// The theme map: points under the pointer or the arrow keys say what they are.
(() => {
  const holder = document.getElementById("map-data");
  if (!holder) return;
  const { points, labels } = JSON.parse(holder.textContent);
  const [THEME, LIKES, X, Y, NAME] = [0, 1, 2, 3, 4];
  const svg = document.getElementById("theme-map");
  const tip = document.getElementById("map-tip");
  const said = document.getElementById("map-said");
  const select = document.getElementById("map-theme");
  const list = document.getElementById("map-list");
  const SIZE = 1000;
  const MARGIN = 40;

  const make = (name, attributes, parent) => {
    const node = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
    parent.append(node);
    return node;
  };
  const middle = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
  const spread = (axis) => {
    const values = points.map((point) => point[axis]);
    const [low, high] = [Math.min(...values), Math.max(...values)];
    return values.map((value) => MARGIN + ((value - low) / (high - low || 1)) * (SIZE - 2 * MARGIN));
  };
  const across = spread(X);
  const up = spread(Y);
  const spots = points.map((point, place) => ({
    theme: point[THEME],
    likes: point[LIKES],
    name: point[NAME],
    x: across[place],
    y: SIZE - up[place],
  }));

  let theme = null;
  let current = null;
  let scale = 1;
  let centre = { x: SIZE / 2, y: SIZE / 2 };
  const group = make("g", {}, svg);

  for (const spot of spots) {
    // The golden angle keeps the hues of neighbouring numbers apart.
    spot.node = make("circle", { cx: spot.x, style: `--hue: ${((spot.theme + 1) * 137.5) % 360}` }, group);
  }
  const numbers = Object.keys(labels).map(Number).flatMap((id) => {
    const members = spots.filter((spot) => spot.theme === id);
    if (!members.length) return [];
    const node = make("text", {}, group);
    node.textContent = String(id + 1);
    make("title", {}, node).textContent = labels[id];
    node.addEventListener("click", () => choose(id));
    return { id, node, x: middle(members.map((s) => s.x)), y: middle(members.map((s) => s.y)) };
  });

  // The map is stretched to its frame, so sizes are set apart for each axis in screen pixels.
  const frame = () => {
    const box = svg.getBoundingClientRect();
    const width = SIZE / scale;
    const height = (width * box.height) / box.width;
    return { box, width, height, pixel: width / box.width };
  };
  // Numbers that would cover each other are pushed apart, a little at a time.
  const apart = (pixel, stretch) => {
    const placed = numbers.map((number) => ({ node: number.node, x: number.x, y: number.y * stretch }));
    const [wide, tall] = [20 * pixel, 15 * pixel];
    for (let round = 0; round < 40; round += 1) {
      for (const one of placed) {
        for (const other of placed) {
          const [dx, dy] = [other.x - one.x, other.y - one.y];
          if (other === one || Math.abs(dx) >= wide || Math.abs(dy) >= tall) continue;
          const push = (tall - Math.abs(dy)) / 4;
          one.y -= dy < 0 ? -push : push;
          other.y += dy < 0 ? -push : push;
        }
      }
    }
    return placed;
  };
  const redraw = () => {
    const { box, width, height, pixel } = frame();
    if (!box.width) return;
    const stretch = box.height / box.width;
    svg.setAttribute("viewBox", `${centre.x - width / 2} ${centre.y * stretch - height / 2} ${width} ${height}`);
    for (const spot of spots) {
      spot.node.setAttribute("cy", spot.y * stretch);
      spot.node.setAttribute("r", pixel * Math.min(7, 1.3 + Math.sqrt(spot.likes) / 2.4));
    }
    for (const { node, x, y } of apart(pixel, stretch)) {
      node.setAttribute("x", x);
      node.setAttribute("y", y + pixel * 4.5);
      node.setAttribute("font-size", pixel * 13);
      node.setAttribute("stroke-width", pixel * 3);
    }
    placeTip();
  };

  const visible = () => spots.filter((spot) => theme === null || spot.theme === theme);
  const screen = (spot) => {
    const { box, width, height, pixel } = frame();
    const stretch = box.height / box.width;
    return {
      x: (spot.x - centre.x + width / 2) / pixel,
      y: (spot.y * stretch - centre.y * stretch + height / 2) / pixel,
    };
  };
  const placeTip = () => {
    tip.hidden = !current;
    if (!current) return;
    const { box } = frame();
    const { x, y } = screen(current);
    const beside = x > box.width / 2 ? x - tip.offsetWidth - 12 : x + 12;
    tip.style.left = `${Math.max(4, Math.min(box.width - tip.offsetWidth - 4, beside))}px`;
    tip.style.top = `${Math.max(4, Math.min(box.height - tip.offsetHeight - 4, y + 10))}px`;
  };
  const show = (spot) => {
    if (current) current.node.classList.remove("here");
    current = spot;
    if (!spot) return placeTip();
    spot.node.classList.add("here");
    group.append(spot.node);
    tip.textContent = spot.name;
    const where = document.createElement("span");
    where.textContent = `${spot.theme + 1}. ${labels[spot.theme]} · ${spot.likes} likes`;
    tip.append(where);
    placeTip();
  };
  const announce = () => {
    if (current) said.textContent = `${current.name}. Theme ${current.theme + 1}, ${labels[current.theme]}. ${current.likes} likes.`;
  };

  const addLine = (words, isTheme) => {
    const item = document.createElement("li");
    item.textContent = words;
    item.classList.toggle("theme", isTheme);
    list.append(item);
  };
  const fillList = () => {
    list.replaceChildren();
    const ids = theme === null ? Object.keys(labels).map(Number) : [theme];
    for (const id of ids) {
      const members = spots.filter((spot) => spot.theme === id);
      addLine(`${id + 1}. ${labels[id]}`, true);
      for (const member of theme === null ? members.slice(0, 5) : members) addLine(member.name, false);
    }
  };
  const choose = (id) => {
    theme = id;
    select.value = id === null ? "" : String(id);
    group.classList.toggle("dim", id !== null);
    for (const spot of spots) spot.node.classList.toggle("in", spot.theme === id);
    for (const number of numbers) number.node.classList.toggle("in", number.id === id);
    if (id !== null) {
      for (const spot of visible()) group.append(spot.node);
      for (const number of numbers) group.append(number.node);
      said.textContent = `${id + 1}. ${labels[id]}: ${visible().length} movies shown.`;
    }
    show(null);
    fillList();
  };

  const nearest = (event) => {
    const { box } = frame();
    const at = { x: event.clientX - box.left, y: event.clientY - box.top };
    let best = null;
    let least = 18 ** 2;
    for (const spot of visible()) {
      const { x, y } = screen(spot);
      const gap = (x - at.x) ** 2 + (y - at.y) ** 2;
      if (gap < least) [best, least] = [spot, gap];
    }
    return best;
  };
  svg.addEventListener("pointermove", (event) => show(nearest(event)));
  svg.addEventListener("pointerdown", (event) => { show(nearest(event)); announce(); });
  svg.addEventListener("pointerleave", () => { if (document.activeElement !== svg) show(null); });
  svg.addEventListener("focus", () => { if (!current) { show(visible()[0]); announce(); } });
  svg.addEventListener("blur", () => show(null));

  const directions = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  svg.addEventListener("keydown", (event) => {
    if (event.key === "Escape") { choose(null); show(visible()[0]); announce(); return; }
    const direction = directions[event.key];
    if (!direction || !current) return;
    event.preventDefault();
    let best = null;
    let least = Infinity;
    for (const spot of visible()) {
      const ahead = (spot.x - current.x) * direction[0] + (spot.y - current.y) * direction[1];
      const aside = Math.abs((spot.x - current.x) * direction[1]) + Math.abs((spot.y - current.y) * direction[0]);
      if (spot !== current && ahead > 0 && ahead + 2.5 * aside < least) [best, least] = [spot, ahead + 2.5 * aside];
    }
    if (!best) return;
    show(best);
    if (scale > 1) { centre = { x: best.x, y: best.y }; redraw(); }
    announce();
  });

  const zoom = (factor) => {
    scale = Math.min(8, Math.max(1, scale * factor));
    const about = current || (theme !== null && numbers.find((number) => number.id === theme) ? visible()[0] : null);
    centre = scale === 1 ? { x: SIZE / 2, y: SIZE / 2 } : about ? { x: about.x, y: about.y } : centre;
    redraw();
  };
  document.getElementById("map-in").addEventListener("click", () => zoom(2));
  document.getElementById("map-out").addEventListener("click", () => zoom(0.5));
  select.addEventListener("change", () => choose(select.value === "" ? null : Number(select.value)));
  for (const button of document.querySelectorAll("[data-theme]")) {
    button.addEventListener("click", () => {
      choose(Number(button.dataset.theme));
      document.getElementById("map").scrollIntoView();
      svg.focus({ preventScroll: true });
    });
  }
  new ResizeObserver(redraw).observe(svg);
  choose(null);
  redraw();
})();
