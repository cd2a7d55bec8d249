// The page's side of the engine in the worker: loading it, asking it, ending it.

/** Thrown where the engine refuses a query; `message` is what it says. */
export class EngineError extends Error {}

/** An engine in this browser. Nothing is fetched before `load`. */
export class LocalEngine {
  #files = null;
  #worker = null;
  #ready = null;
  #waiting = new Map();
  #next = 0;

  /** The addresses of worker, program and data, and the base of relative IRIs. */
  constructor({ worker, program, data }, base) {
    this.addresses = { worker, program, data };
    this.base = base;
  }

  /** Whether the data are there. */
  get isLoaded() {
    return this.#files !== null;
  }

  /** Fetch program and data and start the engine; return the number of statements.
   *
   * Rejects where something cannot be had.
   */
  async load() {
    const { program, data } = this.addresses;
    const [wasm, dump] = await Promise.all([bytesOf(program), bytesOf(data)]);
    this.#files = { program: wasm, dump };
    try {
      return await this.#start();
    } catch (error) {
      this.#files = null;
      this.#end(error);
      throw error;
    }
  }

  /** Return type and text of the answer. When `signal` says so, the engine is ended, and begun anew. */
  async ask(query, { results, graph }, signal) {
    await this.#ready;
    if (signal?.aborted) throw signal.reason;
    const stop = () => {
      this.#end(signal.reason);
      void this.#start().catch(() => null);
    };
    signal?.addEventListener("abort", stop);
    try {
      return await this.#call("query", { query, results, graph });
    } finally {
      signal?.removeEventListener("abort", stop);
    }
  }

  #start() {
    this.#worker = new Worker(this.addresses.worker, { type: "module" });
    this.#worker.onmessage = ({ data: { id, result, error } }) => {
      const waiting = this.#waiting.get(id);
      this.#waiting.delete(id);
      if (error === undefined) waiting?.resolve(result);
      else waiting?.reject(new EngineError(error));
    };
    this.#worker.onerror = (event) => this.#end(new TypeError(event.message || "the worker failed"));
    this.#ready = this.#call("load", { ...this.#files, iri: this.base });
    return this.#ready;
  }

  #end(reason) {
    this.#worker?.terminate();
    for (const { reject } of this.#waiting.values()) reject(reason);
    this.#waiting.clear();
  }

  #call(work, values) {
    const id = this.#next++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#worker.postMessage({ id, work, ...values });
    });
  }
}

async function bytesOf(address) {
  const response = await fetch(address);
  if (!response.ok) throw new TypeError(`${response.status} ${address}`);
  return response.arrayBuffer();
}
