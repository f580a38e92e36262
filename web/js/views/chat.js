/** The conversation: streamed answers, their evidence, suggestions, and a memory of the thread. */

import { announce, byId, h, prose, replace } from "../dom.js";
import { citedEvidence, emptyChat, reduceChat } from "../state.js";

const OPENERS = ["Why did you recommend the first one?", "What do you think I like?", "Why not Heat?"];
const NARROW = "(max-width: 68.99em)";

/**
 * @param {HTMLElement} panel
 * @param {{store: object, api: object, memory: Storage|null, onChanged: () => void}} context
 */
export function createChat(panel, { store, api, memory, onChanged }) {
  let running = null;
  const opener = byId("chat-open");
  const log = h("ol", { class: "chat-log" });
  const ideas = h("div", { class: "chat-ideas" });
  const input = h("textarea", { id: "chat-input", rows: 1, maxLength: 2000, placeholder: "Why this one?", oninput: grow, onkeydown: sendOnEnter });
  const submit = h("button", { class: "button button-strong chat-send", type: "submit" }, "Ask");
  const form = h("form", { class: "chat-form", onsubmit: (event) => { event.preventDefault(); running ? running.abort() : ask(input.value); } }, h("label", { class: "visually-hidden", for: "chat-input" }, "Your question"), input, submit);
  replace(
    panel,
    h(
      "header",
      { class: "chat-head" },
      h("h2", { id: "chat-title" }, "Ask why"),
      h("button", { id: "chat-new", class: "link", type: "button", onclick: forgetThread }, "Start over"),
      h("button", { class: "sheet-close chat-close", type: "button", "aria-label": "Close the conversation", onclick: hide }, "×"),
    ),
    h("div", { class: "chat-scroll", tabIndex: 0 },
      h("div", { role: "log", "aria-live": "polite", "aria-label": "Conversation" }, log),
      ideas,
    ),
    form,
  );
  const scroller = panel.querySelector(".chat-scroll");

  opener.addEventListener("click", show);
  panel.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && matchMedia(NARROW).matches) hide();
  });

  const chat = () => store.get().chat;
  const act = (action) => store.set({ chat: reduceChat(chat(), action) });

  async function ask(text) {
    const message = text.trim();
    if (!message || running) return;
    show({ keepFocus: true });
    input.value = "";
    grow();
    const mine = new AbortController();
    running = mine;
    // What still arrives after "start over" or another viewer belongs to no conversation any more.
    const isCurrent = () => running === mine;
    const { viewerId } = store.get();
    act({ type: "asked", text: message });
    try {
      const stream = api.chat({ viewerId, threadId: chat().threadId, message, order: store.get().order, signal: mine.signal });
      for await (const { event, data } of stream) if (isCurrent()) take(event, data, viewerId);
      if (isCurrent() && chat().busy) act({ type: "failed", text: "The answer broke off.", question: message });
    } catch (error) {
      if (!isCurrent()) return;
      if (error.name === "AbortError") act({ type: "stopped" });
      else act({ type: "failed", text: error.message, question: message });
    } finally {
      if (isCurrent()) running = null;
      draw();
    }
  }

  function drop() {
    running?.abort();
    running = null;
    store.set({ chat: emptyChat() });
  }

  function take(event, data, viewerId) {
    if (event === "status") act({ type: "reached", node: data.node });
    if (event === "delta") act({ type: "said", text: data.text });
    if (event === "answer") {
      act({
        type: "answered",
        threadId: data.thread_id,
        text: data.text,
        suggestions: data.suggestions,
        evidence: citedEvidence(data),
      });
      remember(viewerId, data.thread_id);
      announce("Answered.");
      onChanged(data);
    }
  }

  function remember(viewerId, threadId) {
    if (threadId) memory?.setItem(`thread:${viewerId}`, threadId);
    else memory?.removeItem(`thread:${viewerId}`);
  }

  async function restore() {
    drop();
    const { viewerId } = store.get();
    const threadId = memory?.getItem(`thread:${viewerId}`);
    if (!threadId) return;
    try {
      const thread = await api.thread(threadId, viewerId);
      const messages = thread.turns.flatMap(messagesOf);
      if (store.get().viewerId === viewerId) act({ type: "loaded", threadId, messages });
    } catch (error) {
      if (error.status === 404) remember(viewerId, null);
    }
  }

  async function forgetThread() {
    const { viewerId } = store.get();
    const { threadId } = chat();
    remember(viewerId, null);
    drop();
    if (threadId) await api.deleteThread(threadId, viewerId).catch(() => {});
    input.focus();
  }

  function draw() {
    const { messages, suggestions, busy } = chat();
    replace(log, messages.map((message) => drawMessage(message, ask)));
    const choices = messages.length === 0 ? OPENERS : suggestions;
    replace(
      ideas,
      messages.length === 0 && h("p", { class: "chat-hello" }, "Ask about any film on or off the programme. Every answer is worked out from your history, and checked."),
      !busy && choices.map((text) => h("button", { class: "idea", type: "button", onclick: () => ask(text) }, text)),
    );
    submit.textContent = busy ? "Stop" : "Ask";
    byId("chat-new").hidden = messages.length === 0;
    scroller.scrollTop = scroller.scrollHeight;
  }

  function grow() {
    input.style.height = "auto";
    input.style.height = `${Math.min(input.scrollHeight, 140)}px`;
  }

  function sendOnEnter(event) {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      if (!running) ask(input.value);
    }
  }

  function show({ keepFocus = false } = {}) {
    panel.classList.add("is-open");
    opener.setAttribute("aria-expanded", "true");
    cover(matchMedia(NARROW).matches);
    if (!keepFocus || matchMedia(NARROW).matches) input.focus();
  }

  function hide() {
    panel.classList.remove("is-open");
    opener.setAttribute("aria-expanded", "false");
    cover(false);
    opener.focus();
  }

  /** On a narrow page the conversation covers everything, so nothing else may take the focus. */
  function cover(isCovered) {
    byId("main").inert = isCovered;
    document.querySelector(".masthead").inert = isCovered;
    document.documentElement.classList.toggle("is-covered", isCovered);
  }
  matchMedia(NARROW).addEventListener("change", () => cover(matchMedia(NARROW).matches && panel.classList.contains("is-open")));

  return { ask, draw, restore };
}

const messagesOf = (turn) => [
  { role: "viewer", text: turn.question },
  { role: "whylens", text: turn.answer, evidence: [] },
];

/** What is going on after each node of the conversation. */
const NEXT_STEPS = {
  read_message: "Measuring",
  act: "Putting it into words",
  write: "Checking every word",
};

function drawMessage(message, ask) {
  if (message.role === "viewer") return h("li", { class: "said said-viewer" }, h("span", { class: "visually-hidden" }, "You: "), message.text);
  return h(
    "li",
    { class: "said said-whylens" },
    h("span", { class: "visually-hidden" }, "Whylens: "),
    message.text && message.text.split(/\n{2,}|\n/).map((paragraph) => h("p", {}, prose(paragraph))),
    message.pending && h("p", { class: "said-pending" }, message.text ? "" : (NEXT_STEPS[message.node] ?? "Reading your question"), h("span", { class: "pulse", "aria-hidden": "true" })),
    message.stopped && h("p", { class: "small" }, "Stopped."),
    message.error && h("div", { class: "notice notice-error", role: "alert" }, h("p", {}, message.error), message.question && h("button", { class: "button", type: "button", onclick: () => ask(message.question) }, "Try again")),
    message.evidence?.length > 0 && drawEvidence(message.evidence),
  );
}

const drawEvidence = (evidence) =>
  h(
    "details",
    { class: "said-evidence" },
    h("summary", {}, `Rests on ${evidence.length} ${evidence.length === 1 ? "fact" : "facts"}`),
    h("ul", {}, evidence.map((item) => h("li", {}, prose(item.text)))),
  );
