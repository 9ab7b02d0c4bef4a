// The live stream (Server-Sent Events): one connection for all tabs of a browser. The tabs agree by a Web Lock on one that
// holds it; the others hear of it by a BroadcastChannel. Where the browser has no locks (plain HTTP off this machine) each
// tab holds its own. A notice says what changed, never its contents: the reader asks the ordinary routes again.
import { addressOf } from "./client";

export type Notice =
  | { kind: "finding" | "source"; id: string; fresh: boolean }
  | { kind: "finding" | "source"; id: undefined; fresh: boolean } // many at once
  | { kind: "health" }
  | { kind: "refetch" }; // something was missed: read everything again

export interface Link {
  state: "opening" | "up" | "lost";
  since: number; // when it came to be so
  retryAt: number; // of a lost link: when it is tried again
}

// What Live needs of the browser; tests hand in their own.
export interface Surroundings {
  open: (address: string, on: { event: (name: string, data: string, id: string) => void; failed: () => void }) => () => void;
  channel: { post: (message: Message) => void; listen: (hear: (message: Message) => void) => () => void } | undefined;
  lead: (work: () => Promise<void>) => void; // runs `work` once this tab leads
  now: () => number;
  later: (ms: number, run: () => void) => () => void;
}
export type Message = { type: "notice"; notice: Notice; id: string } | { type: "link"; link: Link } | { type: "ask" } | { type: "retry" };

const SILENCE = 40_000; // the server says something at least every 15 s
const FIRST_RETRY = 2_000;
const LAST_RETRY = 30_000;
const REPLACED_RETRY = 60_000; // another browser of this account took its place: no quarrel

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;
function dataOf(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : {};
  } catch {
    return {};
  }
}

export class Live {
  private link: Link;
  private lastId = "";
  private leads = false;
  private stopped = false;
  private tries = 0;
  private replaced = false;
  private closeStream: (() => void) | undefined;
  private timers: { retry?: () => void; silence?: () => void } = {};
  private readonly listeners = new Set<(notice: Notice) => void>();
  private readonly watchers = new Set<(link: Link) => void>();
  private unlisten: () => void = () => undefined;
  private release: () => void = () => undefined;

  constructor(private readonly around: Surroundings) {
    this.link = { state: "opening", since: around.now(), retryAt: 0 };
  }

  start(): void {
    this.unlisten =
      this.around.channel?.listen((message) => {
        this.hear(message);
      }) ?? this.unlisten;
    this.around.channel?.post({ type: "ask" });
    this.around.lead(
      () =>
        new Promise((resolve) => {
          if (this.stopped) {
            resolve();
            return;
          }
          this.leads = true;
          this.release = resolve;
          this.open();
        }),
    );
  }
  stop(): void {
    this.stopped = true;
    this.close();
    this.timers.retry?.();
    this.unlisten();
    this.release();
  }

  get present(): Link {
    return this.link;
  }
  onNotice(listen: (notice: Notice) => void): () => void {
    this.listeners.add(listen);
    return () => {
      this.listeners.delete(listen);
    };
  }
  onLink(watch: (link: Link) => void): () => void {
    this.watchers.add(watch);
    return () => {
      this.watchers.delete(watch);
    };
  }

  // Tries again now; in a tab that does not lead, asks the one that does.
  retry(): void {
    if (!this.leads) {
      this.around.channel?.post({ type: "retry" });
      return;
    }
    if (this.link.state === "up") return;
    this.timers.retry?.();
    this.open();
  }
  // The browser knows that there is no network.
  cut(): void {
    if (this.leads && this.link.state !== "lost") this.lost();
  }

  private hear(message: Message): void {
    if (message.type === "notice") {
      this.lastId = message.id || this.lastId;
      this.tell(message.notice);
    } else if (message.type === "link") {
      if (!this.leads) this.show(message.link);
    } else if (this.leads) {
      if (message.type === "ask") this.around.channel?.post({ type: "link", link: this.link });
      else this.retry();
    }
  }
  private tell(notice: Notice): void {
    for (const listen of this.listeners) listen(notice);
  }
  private show(link: Link): void {
    this.link = link;
    for (const watch of this.watchers) watch(link);
  }
  private become(link: Link): void {
    this.show(link);
    this.around.channel?.post({ type: "link", link });
  }
  private close(): void {
    this.closeStream?.();
    this.closeStream = undefined;
    this.timers.silence?.();
    delete this.timers.silence;
  }

  private open(): void {
    this.close();
    this.replaced = false;
    this.hush();
    this.closeStream = this.around.open(addressOf("/api/v1/stream", { query: { after: this.lastId } }), {
      event: (name, data, id) => {
        this.event(name, data, id);
      },
      failed: () => {
        if (!this.stopped) this.lost();
      },
    });
  }
  // Nothing for too long is a lost link, whatever the socket believes.
  private hush(): void {
    this.timers.silence?.();
    this.timers.silence = this.around.later(SILENCE, () => {
      this.lost();
    });
  }
  private lost(): void {
    this.close();
    const wait = this.replaced ? REPLACED_RETRY : Math.min(LAST_RETRY, FIRST_RETRY * 2 ** this.tries);
    this.tries += 1;
    this.timers.retry?.();
    this.timers.retry = this.around.later(wait, () => {
      this.open();
    });
    const since = this.link.state === "lost" ? this.link.since : this.around.now();
    this.become({ state: "lost", since, retryAt: this.around.now() + wait });
  }

  private event(name: string, text: string, id: string): void {
    this.hush();
    const data = dataOf(text);
    if (id) this.lastId = id;
    if (name === "hello") {
      this.tries = 0;
      if (this.link.state !== "up") this.become({ state: "up", since: this.around.now(), retryAt: 0 });
    } else if (name === "end") {
      // The server wants this client to come again, and says why; only a replaced one waits.
      this.replaced = data["reason"] === "replaced";
      if (data["reason"] === "again") this.open();
      else this.lost();
    } else if (name === "finding" || name === "source") {
      const one = typeof data["id"] === "string" ? data["id"] : undefined;
      this.pass({ kind: name, id: one, fresh: data["new"] === true || one === undefined }, id);
    } else if (name === "health" || name === "refetch") {
      this.pass({ kind: name }, id);
    }
  }
  private pass(notice: Notice, id: string): void {
    this.tell(notice);
    this.around.channel?.post({ type: "notice", notice, id });
  }
}

const NAMES = ["hello", "ping", "finding", "source", "health", "refetch", "end"] as const;
const NAME = "vonggac.live";

// The browser's own.
export function browserSurroundings(): Surroundings {
  const channel = typeof BroadcastChannel === "undefined" ? undefined : new BroadcastChannel(NAME);
  return {
    open: (address, on) => {
      const source = new EventSource(address);
      const listen = (event: MessageEvent<string>) => {
        on.event(event.type, event.data, event.lastEventId);
      };
      for (const name of NAMES) source.addEventListener(name, listen);
      source.addEventListener("error", () => {
        source.close();
        on.failed();
      });
      return () => {
        source.close();
      };
    },
    channel:
      "locks" in navigator && channel
        ? {
            post: (message) => {
              channel.postMessage(message);
            },
            listen: (hear) => {
              const listen = (event: MessageEvent<Message>) => {
                hear(event.data);
              };
              channel.addEventListener("message", listen);
              return () => {
                channel.removeEventListener("message", listen);
                channel.close();
              };
            },
          }
        : undefined,
    lead: (work) => {
      if ("locks" in navigator) navigator.locks.request(NAME, work).catch(() => undefined);
      else void work();
    },
    now: () => Date.now(),
    later: (ms, run) => {
      const timer = setTimeout(run, ms);
      return () => {
        clearTimeout(timer);
      };
    },
  };
}
