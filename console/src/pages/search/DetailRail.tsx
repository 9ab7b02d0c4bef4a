// The rail with the open event. It may be one that no loaded page holds: an address that a colleague sent.
import { useQuery } from "@tanstack/react-query";
import { ApiError, get } from "../../api/client";
import type { Found } from "../../api/search";
import { EventDetail } from "../../parts/EventDetail";
import type { EventActions } from "../../parts/EventFieldRow";
import { useWords } from "../../parts/preferences";
import { ErrorBox, Loading } from "../../parts/States";

interface DetailRailProps extends EventActions {
  id: string;
  events: readonly Found[];
  types: ReadonlyMap<string, string>;
  sought: readonly { field: string; value: string }[];
  columns: readonly string[];
  organisations: ReadonlyMap<string, string>;
}

export function DetailRail({ id, events, organisations, ...rest }: DetailRailProps) {
  const { say } = useWords();
  const loaded = events.find((event) => event.id === id);
  const reading = useQuery<Found, ApiError>({
    queryKey: ["event", id],
    queryFn: ({ signal }) => get("/api/v1/events/{id}", { id, signal }),
    enabled: loaded === undefined,
    retry: false,
    refetchOnWindowFocus: false,
  });
  const event = loaded ?? reading.data;
  return (
    <aside className="rail eventrail" aria-label={say("search.event")}>
      {event ? (
        <EventDetail event={event} organisation={organisations.get(event.organisation) ?? say("host.unknown")} {...rest} />
      ) : reading.error ? (
        <>
          <ErrorBox
            error={reading.error}
            retry={() => {
              void reading.refetch();
            }}
          />
          <p className="pad">
            <button type="button" className="btn" onClick={rest.onClose}>
              {say("search.shut")}
            </button>
          </p>
        </>
      ) : (
        <Loading rows={8} />
      )}
    </aside>
  );
}
