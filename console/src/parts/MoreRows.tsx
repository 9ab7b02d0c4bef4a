// The button under a list that goes on: the next page of it. Nothing when there is none.
import { useWords } from "./preferences";

interface Props {
  list: { hasNextPage: boolean; isFetchingNextPage: boolean; fetchNextPage: () => Promise<unknown> };
  bare?: boolean; // where what is around has its own space
}

export function MoreRows({ list, bare = false }: Props) {
  const { say } = useWords();
  if (!list.hasNextPage) return null;
  return (
    <div className={bare ? undefined : "pad"}>
      <button
        type="button"
        className="btn"
        disabled={list.isFetchingNextPage}
        onClick={() => {
          void list.fetchNextPage();
        }}
      >
        {say("do.more")}
      </button>
    </div>
  );
}
