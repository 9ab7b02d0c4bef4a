// Language and theme: kept per person in this browser, switched without reload.
import { createContext, useContext, useEffect, useMemo, useState, type ReactNode } from "react";
import { translate, type Language, type MessageKey, type Words } from "../base/messages";
import { formatBytes, formatNumber } from "../base/numbers";
import { formatSpan } from "../base/time";

export const THEMES = ["machine", "light", "dark", "hc"] as const;
export type Theme = (typeof THEMES)[number];

interface Preferences {
  language: Language;
  theme: Theme;
  dark: boolean;
  setLanguage: (language: Language) => void;
  setTheme: (theme: Theme) => void;
}
const Context = createContext<Preferences>({ language: "vi", theme: "machine", dark: false, setLanguage: () => undefined, setTheme: () => undefined });

const kept = (name: string): string | null => {
  try {
    return localStorage.getItem(`vonggac.${name}`);
  } catch {
    return null; // storage may be forbidden; the choice then lasts until the page closes
  }
};
const keep = (name: string, value: string) => {
  try {
    localStorage.setItem(`vonggac.${name}`, value);
  } catch {
    return;
  }
};

export function PreferencesProvider({ children }: { children: ReactNode }) {
  const [language, setLanguage] = useState<Language>(kept("language") === "en" ? "en" : "vi");
  const [theme, setTheme] = useState<Theme>(THEMES.find((name) => name === kept("theme")) ?? "machine");
  const [machineDark, setMachineDark] = useState(() => matchMedia("(prefers-color-scheme: dark)").matches);
  useEffect(() => {
    const query = matchMedia("(prefers-color-scheme: dark)");
    const listen = () => { setMachineDark(query.matches); };
    query.addEventListener("change", listen);
    return () => { query.removeEventListener("change", listen); };
  }, []);
  const shown = theme === "machine" ? (machineDark ? "dark" : "light") : theme;
  useEffect(() => {
    document.documentElement.dataset["theme"] = shown;
    document.documentElement.lang = language;
    keep("theme", theme);
    keep("language", language);
  }, [shown, theme, language]);
  const value = useMemo(() => ({ language, theme, dark: shown !== "light", setLanguage, setTheme }), [language, theme, shown]);
  return <Context value={value}>{children}</Context>;
}

export const usePreferences = (): Preferences => useContext(Context);

// Words, numbers and spans in the language in force.
export function useWords() {
  const { language } = usePreferences();
  return useMemo(
    () => ({
      language,
      say: (key: MessageKey, words?: Words) => translate(language, key, words),
      number: (value: number, decimals?: number) => formatNumber(value, language, decimals),
      bytes: (value: number) => formatBytes(value, language),
      span: (ms: number) => formatSpan(ms, language),
    }),
    [language],
  );
}
