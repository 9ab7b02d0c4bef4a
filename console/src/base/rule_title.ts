// The title of a rule in the language of who reads. A rule without a Vietnamese title (others' rules have none, and one that is
// in force no more) goes by the one that it has.
import type { Language } from "./messages";

export interface Titled {
  readonly title: string;
  readonly title_vi?: string | undefined;
}

export const ruleTitleIn = (rule: Titled, language: Language): string => (language === "vi" && rule.title_vi) || rule.title;

// All that a person may look for a rule by, whatever the language.
export const titleWords = (rule: Titled): string => (rule.title_vi ? `${rule.title_vi} ${rule.title}` : rule.title);
