// The fields of what was found, at the side; a drawer where the window is narrow.
import type { FieldCount } from "../../api/search";
import { FieldList } from "../../parts/FieldList";
import { Icon } from "../../parts/Icon";
import { useWords } from "../../parts/preferences";
import { ErrorBox, Loading } from "../../parts/States";
import type { Search } from "./useSearch";

interface FieldsColumnProps {
  search: Search;
  run: number;
  unasked: boolean; // the line says what is wrong
  fields: readonly FieldCount[];
  open: readonly string[];
  columns: readonly string[];
  onValue: (field: string, value: string, negated: boolean) => void;
  onColumn: (field: string) => void;
  onOpen: (field: string) => void;
  onShut: () => void;
}

export function FieldsColumn({ search, run, unasked, fields, open, columns, onValue, onColumn, onOpen, onShut }: FieldsColumnProps) {
  const { say } = useWords();
  return (
    <aside className="fields" aria-label={say("search.fields")}>
      <p className="drawerclose">
        <button type="button" className="btn sm" onClick={onShut}>
          <Icon name="close" />
          {say("search.fields.shut")}
        </button>
      </p>
      {search.fields.error && !unasked ? (
        <ErrorBox
          error={search.fields.error}
          retry={() => {
            void search.fields.refetch();
          }}
        />
      ) : null}
      {fields.length > 0 ? (
        <FieldList fields={fields} open={open} columns={columns} question={search.question} run={run} onValue={onValue} onColumn={onColumn} onOpen={onOpen} />
      ) : search.fields.isFetching ? (
        <Loading rows={8} />
      ) : null}
    </aside>
  );
}
