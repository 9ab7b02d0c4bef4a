// What the pieces of the table of results share.
import type { Found } from "../../api/search";
import type { Reach } from "./columns";

export interface Place {
  row: number;
  cell: number; // -1: the row as a whole
}
export interface ResultsProps {
  events: readonly Found[];
  total: number | undefined;
  columns: readonly string[];
  types: ReadonlyMap<string, string>;
  sought: readonly { field: string; value: string }[];
  order: string;
  reach: Reach;
  place: Place;
  open: string;
  chosen: ReadonlySet<string>;
  more: boolean;
  loading: boolean;
  onMore: () => void;
  onPlace: (place: Place) => void;
  onOpen: (event: Found) => void;
  onChoose: (row: number, range: boolean) => void;
  onChooseAll: () => void;
  onColumns: (columns: string[]) => void;
  onOrder: (order: string) => void;
  onValue: (field: string, value: string, negated: boolean) => void;
}
