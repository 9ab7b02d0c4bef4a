// The keys of the list of findings.
import { usePageKeys } from "../../parts/page_keys";

interface FindingsKeys {
  focus: number;
  last: number;
  onMove: (to: number) => void;
  onOpen: () => void;
  onSelect: () => void;
  onAcknowledge: () => void;
  onMute: () => void;
  onShow: () => void;
  onUnselect: () => void;
  onClear: () => void;
}

export function useFindingsKeys({ focus, last, onMove, onOpen, onSelect, onAcknowledge, onMute, onShow, onUnselect, onClear }: FindingsKeys): void {
  const move = (to: number) => () => {
    onMove(to);
  };
  usePageKeys([
    { keys: ["j", "ArrowDown"], shown: "J ↓", words: "keys.down", action: move(focus + 1) },
    { keys: ["k", "ArrowUp"], shown: "K ↑", words: "keys.up", action: move(focus - 1) },
    { keys: ["Home"], shown: "Home", words: "keys.first", action: move(0) },
    { keys: ["End"], shown: "End", words: "keys.last", action: move(last) },
    { keys: ["Enter"], shown: "Enter", words: "keys.open", action: onOpen },
    { keys: ["x"], shown: "X", words: "keys.select", action: onSelect },
    { keys: ["a"], shown: "A", words: "keys.acknowledge", action: onAcknowledge },
    { keys: ["m"], shown: "M", words: "keys.mute", action: onMute },
    { keys: [".", "u"], shown: ". U", words: "keys.show", action: onShow },
    { keys: ["Escape"], shown: "Esc", words: "keys.unselect", action: onUnselect },
    { keys: ["Shift+Escape"], shown: "Shift Esc", words: "keys.clear", action: onClear },
  ]);
}
