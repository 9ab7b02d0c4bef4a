// A value of the whole page that parts read and are drawn anew by: one at a time, set from anywhere.
import { useSyncExternalStore } from "react";

export interface SharedValue<T> {
  get: () => T;
  set: (next: T) => void;
  use: () => T;
}

export function sharedValue<T>(initial: T): SharedValue<T> {
  let present = initial;
  const listeners = new Set<() => void>();
  const get = () => present;
  const subscribe = (listener: () => void) => {
    listeners.add(listener);
    return () => {
      listeners.delete(listener);
    };
  };
  return {
    get,
    set: (next) => {
      present = next;
      for (const listener of listeners) listener();
    },
    use: () => useSyncExternalStore(subscribe, get, get),
  };
}
