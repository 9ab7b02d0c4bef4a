// Icons as SVG: line icons of 16 px, filled glyphs of 12 px, state marks of 14 px. Always beside a word.
const LINES = {
  tower: "M2.8 6.2 8 2l5.2 4.2M4.2 6.2v3h7.6v-3M5.3 9.2 3.8 14.2M10.7 9.2l1.5 5M4.7 11.8h6.6M8 6.2v3",
  find: "M8 1.7 14.3 8 8 14.3 1.7 8zM8 5v3.6M8 10.9v.2",
  source: "M8 8.2v6M5 14.2h6M5.4 10.6a3.6 3.6 0 1 1 5.2 0M3.4 12.2a6.3 6.3 0 1 1 9.2 0",
  rule: "M3.2 1.8h7l2.600 2.600v9.800H3.200zM5.500 6.300h5M5.500 8.900h5M5.500 11.500h3",
  mark: "M8 1.500v3M8 11.500v3M1.500 8h3M11.500 8h3M12 8a4 4 0 1 1-8 0 4 4 0 0 1 8 0z",
  gear: "M1.8 4.6h6.8M12 4.6h2.2M1.8 11.4H4M7.4 11.4h6.8M12 4.6a1.7 1.7 0 1 1-3.4 0 1.7 1.7 0 0 1 3.4 0zM7.4 11.4a1.7 1.7 0 1 1-3.4 0 1.7 1.7 0 0 1 3.4 0z",
  units: "M2.5 14.2V3.8L8 1.8v12.4M8 6h5.5v8.2M1.5 14.2h13M5 5.8v.2M5 8.4v.2M5 11v.2M10.8 8.6v.2M10.8 11.2v.2",
  folder: "M1.800 3.500h4.400l1.500 1.800h6.500v7.700H1.800z",
  check: "M3 8.5 6.4 12 13 4.5",
  down: "M3.5 6 8 10.5 12.5 6",
  right: "M6 3.5 10.5 8 6 12.5",
  plus: "M8 3v10M3 8h10",
  clock: "M14 8A6 6 0 1 1 2 8a6 6 0 0 1 12 0zM8 4.5V8l2.5 1.6",
  up: "M8 11V2.3M4.5 5.7 8 2.2l3.5 3.5M2.5 13.8h11",
  search: "M11.5 7a4.5 4.5 0 1 1-9 0 4.5 4.5 0 0 1 9 0zM10.4 10.4 14 14",
  filter: "M2 3h12l-4.7 5.500v4.700l-2.600-1.400V8.500z",
  minus: "M3 8h10",
  download: "M8 2v8.500M4.500 7.200 8 10.700l3.500-3.500M2.500 13.800h11",
  star: "M8 1.900l1.900 3.900 4.200.6-3 3 .7 4.200L8 11.600l-3.800 2 .7-4.200-3-3 4.200-.6z",
  share:
    "M10.500 5 5.500 7.500M5.500 8.500l5 2.500M5.600 8a1.800 1.800 0 1 1-3.600 0 1.800 1.800 0 0 1 3.600 0zM14 4a1.800 1.800 0 1 1-3.600 0A1.800 1.800 0 0 1 14 4zM14 12a1.800 1.800 0 1 1-3.600 0 1.800 1.800 0 0 1 3.600 0z",
  columns: "M2 3h12v10H2zM6 3v10M10 3v10",
  mask: "M1.500 8S4 3.800 8 3.800 14.500 8 14.500 8 12 12.200 8 12.200 1.500 8 1.500 8zM2.500 13.500l11-11",
  copy: "M5.500 5.500h8v8h-8zM10.500 5.500v-3h-8v8h3",
  invert: "M3 5.500h9M9.500 3l2.500 2.500L9.500 8M13 10.500H4M6.500 8 4 10.500 6.500 13",
  list: "M5.500 3.500H14M5.500 8H14M5.500 12.500H14M2.300 3.500h.4M2.300 8h.4M2.300 12.500h.4",
  unknown: "M5.8 6a2.2 2.2 0 1 1 3.3 1.9c-.7.4-1.1.8-1.1 1.6M8 11.9v.2M14 8A6 6 0 1 1 2 8a6 6 0 0 1 12 0z",
  warn: "M8 2 14.6 13.5H1.4zM8 6.4v3.2M8 11.5v.2",
  mute: "M3.8 11.5V7A4.2 4.2 0 0 1 11 4M12.2 7v4.5M2.5 11.5h11M6.8 13.8h2.4M2.5 2.5l11 11",
  undo: "M3 6.5h6.5a3.5 3.5 0 0 1 0 7H5M5.8 3.5 2.8 6.5l3 3",
  paper: "M3.5 1.8h6l3 3v9.400h-9zM9.500 1.800v3h3M5.500 8h5M5.500 11h5",
  book: "M3 2.500h8.500a1.500 1.500 0 0 1 1.500 1.500v9.500H4.500A1.500 1.500 0 0 1 3 12zM3 12a1.500 1.500 0 0 1 1.500-1.500H13M6 5.500h4",
  close: "M3.5 3.5l9 9M12.5 3.5l-9 9",
} as const;
export type IconName = keyof typeof LINES;

export function Icon({ name }: { name: IconName }) {
  return (
    <svg className="i" viewBox="0 0 16 16" aria-hidden="true">
      <path d={LINES[name]} />
    </svg>
  );
}

const LEVEL_SHAPES = {
  critical: <path fillRule="evenodd" d="M6 0l6 6-6 6-6-6zM5.3 2.8l.25 4h.9l.25-4zM5.3 7.7v1.4h1.4V7.7z" />,
  high: <path d="M6 .8 11.8 11H.2z" />,
  medium: <path d="M1.5 1.5h9v9h-9z" />,
  low: <circle cx="6" cy="6" r="4.2" fill="none" stroke="currentColor" strokeWidth="2" />,
  informational: <path d="M1.5 5h9v2h-9z" />,
};
export function LevelGlyph({ level }: { level: keyof typeof LEVEL_SHAPES }) {
  return (
    <svg className={`g c-${level}`} viewBox="0 0 12 12" aria-hidden="true">
      {LEVEL_SHAPES[level]}
    </svg>
  );
}

const MARKS = {
  new: <circle cx="7" cy="7" r="5.8" />,
  acknowledged: (
    <>
      <circle cx="7" cy="7" r="5.8" />
      <circle cx="7" cy="7" r="2" fill="currentColor" stroke="none" />
    </>
  ),
  closed: (
    <>
      <circle cx="7" cy="7" r="6.3" fill="currentColor" stroke="none" />
      <path d="M4.3 7.2 6.3 9.2l3.5-4.2" stroke="var(--on-solid)" />
    </>
  ),
  unknown: (
    <>
      <circle cx="7" cy="7" r="5.8" strokeDasharray="2.2 1.7" />
      <path d="M5.5 5.6a1.5 1.5 0 1 1 2.3 1.3c-.6.3-.8.6-.8 1.2M7 9.7v.2" strokeWidth="1.3" strokeLinecap="round" />
    </>
  ),
  not: (
    <>
      <circle cx="7" cy="7" r="5.8" />
      <path d="M3 11 11 3" />
    </>
  ),
  refused: (
    <>
      <circle cx="7" cy="7" r="6.3" fill="currentColor" stroke="none" />
      <path d="M4 7h6" stroke="var(--on-solid)" />
    </>
  ),
};
export function Mark({ kind, tone }: { kind: keyof typeof MARKS; tone?: string }) {
  return (
    <svg className={`st ${tone ?? ""}`} viewBox="0 0 14 14" aria-hidden="true">
      {MARKS[kind]}
    </svg>
  );
}
