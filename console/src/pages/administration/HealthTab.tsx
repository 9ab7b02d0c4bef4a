import { formatTime } from "../../base/time";
import { readHealth } from "../../api/health";
import { useResource } from "../../api/resource";
import { Hostile } from "../../parts/Hostile";
import { Mark } from "../../parts/Icon";
import { useWords } from "../../parts/preferences";
import { Shown } from "../../parts/States";

export function HealthTab() {
  const { say, number, bytes } = useWords();
  const reading = useResource("/api/v1/health", { every: 5000 });
  return (
    <Shown reading={reading}>
      {(raw) => {
        const health = readHealth(raw);
        const good = (fine: boolean, text: string) => <span className="state"><Mark kind={fine ? "closed" : "refused"} tone={fine ? "c-ok" : "c-critical"} /><Hostile text={text} /></span>;
        return (
          <dl className="kv pad" style={{ gridTemplateColumns: "168px minmax(0, 1fr)" }}>
            <dt>{say("health.journal")}</dt><dd>{good(health.writable, health.writable ? say("health.writable") : say("health.unwritable", { why: health.reason }))}</dd>
            <dt>{say("health.size")}</dt><dd>{bytes(health.journalBytes)}</dd>
            <dt>{say("health.damage")}</dt><dd>{good(health.damage === 0, health.damage === 0 ? say("health.none") : number(health.damage))}</dd>
            <dt>{say("health.lag")}</dt><dd>{good(health.lag < 100_000, say("health.records", { n: number(health.lag) }))}</dd>
            <dt>{say("health.aside")}</dt><dd>{good(health.setAside.length === 0, health.setAside.length === 0 ? say("health.none") : health.setAside.map((record) => `${String(record.position)}: ${record.reason}`).join("; "))}</dd>
            <dt>{say("health.trouble")}</dt><dd>{good(health.trouble === "", health.trouble === "" ? say("health.none") : health.trouble)}</dd>
            <dt>{say("health.rules")}</dt><dd>{good(health.refusedRules.length === 0, say("health.loaded", { n: number(health.rules), m: number(health.refusedRules.length) }))}{health.refusedRules.slice(0, 20).map((text) => <div key={text} className="small dim"><Hostile text={text} /></div>)}</dd>
            <dt>{say("health.memory")}</dt><dd>{bytes(health.resident)}</dd>
            <dt>{say("health.started")}</dt><dd>{formatTime(health.started)}{" "}{say("app.zone")}</dd>
            <dt>{say("health.version")}</dt><dd className="mono">{health.version}</dd>
          </dl>
        );
      }}
    </Shown>
  );
}
