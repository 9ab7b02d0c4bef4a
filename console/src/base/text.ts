// Text without accents, tone marks and capitals, for filters that a person types into.
export const folded = (text: string): string => text.normalize("NFD").replace(/\p{M}/gu, "").replace(/[đĐ]/g, "d").toLowerCase();
