import { useEffect, useState } from "react";
import { useWords } from "../../parts/preferences";

// What was done on the spot and matters little (copied, linked): told for a few seconds, in the language of the moment.
export function useTold(): [string, (text: string) => void] {
  const { say } = useWords();
  const [told, setTold] = useState("");
  useEffect(() => {
    setTold("");
  }, [say]); // what was told in one language does not stand in another
  useEffect(() => {
    if (!told) return;
    const timer = setTimeout(() => {
      setTold("");
    }, 4000);
    return () => {
      clearTimeout(timer);
    };
  }, [told]);
  return [told, setTold];
}
