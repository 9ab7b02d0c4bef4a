// Language, theme, density and whether single letters are keys: kept per person in this browser, switched without reload.
import { createContext, useContext, useEffect, useMemo, useState, type ReactNode } from "react";
import { translate, type Language, type MessageKey, type Words } from "../base/messages";
import { sayReason, type Told } from "../base/reason";
import { formatBytes, formatNumber } from "../base/numbers";
import { ruleTitleIn, type Titled } from "../base/rule_title";
import { formatSpan } from "../base/time";
import { switchLetters } from "./keys";

export const THEMES = ["machine", "light", "dark", "hc"] as const;
export type Theme = (typeof THEMES)[number];
export const DENSITIES = ["screen", "compact", "comfortable"] as const; // "screen": compact from 1,280 px
export type Density = (typeof DENSITIES)[number];

interface Preferences {
  language: Language;
  theme: Theme;
  dark: boolean;
  density: Density;
  letters: boolean; // single letters are keys (WCAG 2.1.4: they can be switched off)
  setLanguage: (language: Language) => void;
  setTheme: (theme: Theme) => void;
  setDensity: (density: Density) => void;
  setLetters: (letters: boolean) => void;
}
const none = () => undefined;
const Context = createContext<Preferences>({ language: "vi", theme: "machine", dark: false, density: "screen", letters: true, setLanguage: none, setTheme: none, setDensity: none, setLetters: none });

export const kept = (name: string): string | null => {
  try {
    return localStorage.getItem(`vonggac.${name}`);
  } catch {
    return null; // storage may be forbidden; the choice then lasts until the page closes
  }
};
export const keep = (name: string, value: string) => {
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
    const listen = () => {
      setMachineDark(query.matches);
    };
    query.addEventListener("change", listen);
    return () => {
      query.removeEventListener("change", listen);
    };
  }, []);
  const [density, setDensity] = useState<Density>(DENSITIES.find((name) => name === kept("density")) ?? "screen");
  const [letters, setLetters] = useState(kept("letters") !== "off");
  const shown = theme === "machine" ? (machineDark ? "dark" : "light") : theme;
  useEffect(() => {
    document.documentElement.dataset["theme"] = shown;
    document.documentElement.lang = language;
    keep("theme", theme);
    document.documentElement.dataset["density"] = density;
    keep("language", language);
    keep("density", density);
    keep("letters", letters ? "on" : "off");
    switchLetters(letters);
  }, [shown, theme, language, density, letters]);
  const value = useMemo(() => ({ language, theme, dark: shown !== "light", density, letters, setLanguage, setTheme, setDensity, setLetters }), [language, theme, shown, density, letters]);
  return <Context value={value}>{children}</Context>;
}

export const usePreferences = (): Preferences => useContext(Context);

// Words, reasons of the server, numbers, spans and titles of rules in the language in force.
export function useWords() {
  const { language } = usePreferences();
  return useMemo(
    () => ({
      language,
      say: (key: MessageKey, words?: Words) => translate(language, key, words),
      why: (told: Told) => sayReason(told, language),
      number: (value: number, decimals?: number) => formatNumber(value, language, decimals),
      bytes: (value: number) => formatBytes(value, language),
      span: (ms: number) => formatSpan(ms, language),
      ruleTitle: (rule: Titled) => ruleTitleIn(rule, language),
    }),
    [language],
  );
}
