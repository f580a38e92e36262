/** Talks to the API. Every failure is an ApiError whose text can be shown. */

export class ApiError extends Error {
  /** @param {{title: string, detail?: string, status?: number, request_id?: string}} problem */
  constructor(problem) {
    super(problem.detail || problem.title);
    this.name = "ApiError";
    this.title = problem.title;
    this.status = problem.status ?? 0;
    this.requestId = problem.request_id ?? "";
  }
}

/**
 * Parses server-sent events out of text chunks, wherever the chunks are cut.
 * Comments (heartbeats) are dropped; several data lines are joined, as the format says.
 * @param {AsyncIterable<string>} chunks
 * @returns {AsyncGenerator<{event: string, data: string}>}
 */
export async function* parseEvents(chunks) {
  let rest = "";
  for await (const chunk of chunks) {
    rest += chunk;
    // A CR at the end of a chunk may be the first half of CRLF: keep it for the next one.
    const blocks = rest.split(/\r\n\r\n|\n\n|\r\r(?!\n)/);
    rest = blocks.pop();
    for (const block of blocks) {
      const parsed = parseBlock(block);
      if (parsed) yield parsed;
    }
  }
}

function parseBlock(block) {
  let event = "message";
  const data = [];
  for (const line of block.split(/\r\n|\n|\r/)) {
    const [, field, value] = /^([^:]*):? ?(.*)$/.exec(line);
    if (field === "event") event = value;
    if (field === "data") data.push(value);
  }
  return data.length > 0 ? { event, data: data.join("\n") } : null;
}

async function* decode(stream) {
  const reader = stream.getReader();
  const decoder = new TextDecoder();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      yield decoder.decode(value, { stream: true });
    }
    const last = decoder.decode();
    if (last) yield last;
  } finally {
    await reader.cancel().catch(() => {});
  }
}

async function toError(response) {
  const type = response.headers.get("content-type") ?? "";
  if (type.includes("json")) {
    const problem = await response.json().catch(() => null);
    if (problem?.title) return new ApiError(problem);
  }
  return new ApiError({
    title: "The server answered in an unexpected way",
    detail: `The server answered ${response.status}.`,
    status: response.status,
  });
}

function query(parameters) {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== undefined && value !== null && value !== "") search.append(name, value);
  }
  return search.toString();
}

/**
 * @param {{fetch?: typeof fetch, newKey?: () => string}} [edges] what the outside provides
 */
export function createApi({
  fetch = (...call) => globalThis.fetch(...call),
  newKey = () => globalThis.crypto.randomUUID(),
} = {}) {
  async function send(path, options = {}) {
    let response;
    try {
      response = await fetch(`/api${path}`, options);
    } catch (error) {
      if (error?.name === "AbortError") throw error;
      throw new ApiError({
        title: "The server cannot be reached",
        detail: "The server cannot be reached. Is it still running?",
      });
    }
    if (!response.ok) throw await toError(response);
    return response;
  }

  const read = async (path, parameters = {}, signal) =>
    (await send(`${path}?${query(parameters)}`, { signal })).json();

  const write = async (method, path, body, { headers = {}, signal } = {}) =>
    (
      await send(path, {
        method,
        signal,
        headers: { "Content-Type": "application/json", ...headers },
        body: body === undefined ? undefined : JSON.stringify(body),
      })
    ).json();

  return {
    // `order` is how the list is reordered: {diversity, surprise}, each 0 to 1.
    recommendations: (viewerId, { n = 10, order = {}, signal } = {}) =>
      read("/recommendations", { viewer_id: viewerId, n, top: 6, ...order }, signal),
    explain: (viewerId, { n = 10, top = 10, order = {}, signal } = {}) =>
      write("POST", `/explanations?${query({ top })}`, { viewer_id: viewerId, n, ...order }, { signal }),
    preview: (viewerId, eventIds, { n = 10, order = {}, signal } = {}) =>
      write(
        "POST",
        "/counterfactuals",
        { viewer_id: viewerId, n, ...order, forget_event_ids: eventIds },
        { signal },
      ),
    record: (viewerId, interaction, { key = newKey() } = {}) =>
      write(
        "POST",
        "/interactions",
        { viewer_id: viewerId, ...interaction },
        { headers: { "Idempotency-Key": key } },
      ),
    forget: (viewerId, eventId) =>
      write(
        "DELETE",
        `/interactions/${encodeURIComponent(eventId)}?${query({ viewer_id: viewerId })}`,
      ),
    whyNot: (viewerId, movieId, { order = {}, signal } = {}) =>
      read("/why-not", { viewer_id: viewerId, movie_id: movieId, ...order }, signal),
    findMovies: (text, { signal } = {}) => read("/movies", { query: text, limit: 8 }, signal),
    movie: (movieId, { signal } = {}) => read(`/movies/${movieId}`, {}, signal),
    tasteProfile: (viewerId, { signal } = {}) =>
      read("/taste-profile", { viewer_id: viewerId }, signal),
    thread: (threadId, viewerId, { signal } = {}) =>
      read(`/chat/threads/${encodeURIComponent(threadId)}`, { viewer_id: viewerId }, signal),
    deleteThread: (threadId, viewerId) =>
      send(`/chat/threads/${encodeURIComponent(threadId)}?${query({ viewer_id: viewerId })}`, {
        method: "DELETE",
      }),

    /**
     * Asks a question and yields the stream's events with their data parsed.
     * @returns {AsyncGenerator<{event: string, data: any}>}
     */
    async *chat({ viewerId, threadId, message, order = {}, signal }) {
      const response = await send("/chat", {
        method: "POST",
        signal,
        headers: { "Content-Type": "application/json", Accept: "text/event-stream" },
        body: JSON.stringify({ viewer_id: viewerId, thread_id: threadId ?? null, message, ...order }),
      });
      for await (const { event, data } of parseEvents(decode(response.body))) {
        const parsed = JSON.parse(data);
        if (event === "error") throw new ApiError(parsed);
        yield { event, data: parsed };
      }
    },
  };
}
