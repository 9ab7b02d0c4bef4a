import { describe, expect, it } from "vitest";
import { Live, type Message, type Notice, type Surroundings } from "./live";

// A world of tabs: one lock, one channel, a clock moved by hand, and the streams that were opened.
function world() {
  let now = 1_000_000;
  const timers = new Set<{ at: number; run: () => void }>();
  const streams: { address: string; open: boolean; event: (name: string, data: object, id?: string) => void; fail: () => void }[] = [];
  const ears = new Set<(message: Message) => void>();
  const waiting: (() => Promise<void>)[] = [];
  let held = false;
  const next = () => {
    const work = waiting.shift();
    held = work !== undefined;
    if (work) void work().then(next);
  };
  const tab = (locks = true): Live => {
    let own: ((message: Message) => void) | undefined;
    const around: Surroundings = {
      open: (address, on) => {
        const stream = {
          address,
          open: true,
          event: (name: string, data: object, id = "") => {
            if (stream.open) on.event(name, JSON.stringify(data), id);
          },
          fail: () => {
            if (stream.open) on.failed();
          },
        };
        streams.push(stream);
        return () => {
          stream.open = false;
        };
      },
      channel: locks
        ? {
            post: (message) => {
              for (const hear of ears) if (hear !== own) hear(message);
            },
            listen: (hear) => {
              own = hear;
              ears.add(hear);
              return () => {
                ears.delete(hear);
              };
            },
          }
        : undefined,
      lead: (work) => {
        if (!locks) {
          void work();
          return;
        }
        waiting.push(work);
        if (!held) next();
      },
      now: () => now,
      later: (ms, run) => {
        const timer = { at: now + ms, run };
        timers.add(timer);
        return () => {
          timers.delete(timer);
        };
      },
    };
    const live = new Live(around);
    live.start();
    return live;
  };
  const pass = (ms: number) => {
    const end = now + ms;
    for (;;) {
      const [due] = [...timers].filter((timer) => timer.at <= end).sort((one, other) => one.at - other.at);
      if (!due) break;
      timers.delete(due);
      now = due.at;
      due.run();
    }
    now = end;
  };
  const last = () => streams[streams.length - 1];
  return { tab, streams, pass, last };
}

describe("the live stream", () => {
  it("is one for all tabs, and all of them hear", () => {
    const { tab, streams, last } = world();
    const [one, other] = [tab(), tab()];
    const heard: [string, Notice][] = [];
    one.onNotice((notice) => heard.push(["one", notice]));
    other.onNotice((notice) => heard.push(["other", notice]));
    expect(streams).toHaveLength(1);
    last()?.event("hello", {}, "5");
    last()?.event("finding", { id: "f", new: true }, "6");
    expect(heard).toEqual([
      ["one", { kind: "finding", id: "f", fresh: true }],
      ["other", { kind: "finding", id: "f", fresh: true }],
    ]);
    expect([one.present.state, other.present.state]).toEqual(["up", "up"]);
  });

  it("goes on from the last event when the tab that held it is closed", async () => {
    const { tab, streams, last } = world();
    const one = tab();
    tab();
    last()?.event("hello", {}, "5");
    last()?.event("source", { id: "s" }, "9");
    one.stop();
    await Promise.resolve();
    await Promise.resolve();
    expect(streams).toHaveLength(2);
    expect(streams[0]?.open).toBe(false);
    expect(last()?.address).toBe("/api/v1/stream?after=9");
  });

  it("tells a tab that comes later how the link is", () => {
    const { tab, last } = world();
    tab();
    last()?.event("hello", {});
    expect(tab().present.state).toBe("up");
  });

  it("waits longer after each failure, and says when it tries again", () => {
    const { tab, streams, pass, last } = world();
    const live = tab();
    last()?.fail();
    expect(live.present).toMatchObject({ state: "lost", retryAt: live.present.since + 2000 });
    pass(2000);
    expect(streams).toHaveLength(2);
    last()?.fail();
    pass(3999);
    expect(streams).toHaveLength(2);
    pass(1);
    expect(streams).toHaveLength(3);
    last()?.event("hello", {});
    expect(live.present.state).toBe("up");
  });

  it("takes 40 s without a word for a lost link", () => {
    const { tab, pass, last } = world();
    const live = tab();
    last()?.event("hello", {});
    pass(39_000);
    last()?.event("ping", {});
    pass(39_000);
    expect(live.present.state).toBe("up");
    pass(1000);
    expect(live.present.state).toBe("lost");
  });

  it("tries at once when a person asks, from any tab", () => {
    const { tab, streams, last } = world();
    tab();
    const other = tab();
    last()?.fail();
    other.retry();
    expect(streams).toHaveLength(2);
  });

  it("comes again silently when the server asks for it, and with patience when another browser took its place", () => {
    const { tab, streams, pass, last } = world();
    const live = tab();
    last()?.event("hello", {}, "3");
    last()?.event("end", { reason: "again" });
    expect(streams).toHaveLength(2);
    expect(live.present.state).toBe("up");
    last()?.event("end", { reason: "replaced" });
    pass(59_000);
    expect(streams).toHaveLength(2);
    pass(1000);
    expect(streams).toHaveLength(3);
  });

  it("is one for each tab where the browser has no locks", () => {
    const { tab, streams } = world();
    tab(false);
    tab(false);
    expect(streams).toHaveLength(2);
  });

  it("takes what it does not understand for nothing", () => {
    const { tab, last } = world();
    const live = tab();
    const heard: Notice[] = [];
    live.onNotice((notice) => heard.push(notice));
    last()?.event("surprise", {});
    last()?.event("finding", { many: true });
    expect(heard).toEqual([{ kind: "finding", id: undefined, fresh: true }]);
  });
});
