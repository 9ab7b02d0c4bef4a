// The middle of a UUID tells nobody anything; where it is shown so, the whole stands in the title.
export const shortId = (id: string): string => `${id.slice(0, 8)}…${id.slice(-4)}`;

// Text without accents, tone marks and capitals, for filters that a person types into.
export const folded = (text: string): string => text.normalize("NFD").replace(/\p{M}/gu, "").replace(/[đĐ]/g, "d").toLowerCase();
