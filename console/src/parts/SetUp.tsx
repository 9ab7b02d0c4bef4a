// How a machine is made to send, to be copied: the token stands in it, for it is shown only now.
import { useState } from "react";
import { CopyButton, Secret } from "./Secret";
import { useWords } from "./preferences";

const host = () => location.hostname;
const port = () => location.port || (location.protocol === "https:" ? "443" : "80");

const isTls = () => location.protocol === "https:";

type Way = (token: string) => string;
const WAYS: Record<"curl" | "winlogbeat" | "filebeat" | "rsyslog" | "syslogng" | "vector" | "fluentbit" | "otel" | "windows", Way> = {
  curl: (token) => `curl --fail --data-binary @/var/log/auth.log \\\n  -H "Authorization: Bearer ${token}" \\\n  ${location.origin}/ingest/raw`,
  winlogbeat: (token) =>
    `# winlogbeat.yml\nwinlogbeat.event_logs:\n  - name: Security\n  - name: System\n  - name: Microsoft-Windows-Sysmon/Operational\n  - name: Microsoft-Windows-PowerShell/Operational\nsetup.ilm.enabled: false\nsetup.template.enabled: false\noutput.elasticsearch:\n  hosts: ["${location.origin}"]\n  headers:\n    Authorization: "Bearer ${token}"`,
  filebeat: (token) =>
    `# filebeat.yml\nfilebeat.inputs:\n  - type: filestream\n    id: system\n    paths: [/var/log/auth.log, /var/log/syslog]\nsetup.ilm.enabled: false\nsetup.template.enabled: false\noutput.elasticsearch:\n  hosts: ["${location.origin}"]\n  headers:\n    Authorization: "Bearer ${token}"`,
  rsyslog: (token) =>
    `# /etc/rsyslog.d/vonggac.conf (rsyslog-elasticsearch)\nmodule(load="omelasticsearch")\ntemplate(name="vonggac" type="list" option.jsonf="on") {\n  property(outname="ISODATE" name="timereported" dateFormat="rfc3339" format="jsonf")\n  property(outname="HOST" name="hostname" format="jsonf")\n  property(outname="PROGRAM" name="programname" format="jsonf")\n  property(outname="PID" name="procid" format="jsonf")\n  property(outname="MESSAGE" name="msg" format="jsonf")\n}\naction(type="omelasticsearch" server="${host()}" serverport="${port()}" usehttps="${isTls() ? "on" : "off"}"\n  searchIndex="logs" searchType="" bulkmode="on" uid="writer" pwd="${token}" template="vonggac"\n  queue.type="linkedList" queue.filename="vonggac" action.resumeRetryCount="-1")`,
  syslogng: (token) =>
    `# /etc/syslog-ng/conf.d/vonggac.conf\ndestination d_vonggac {\n  http(url("${location.origin}/services/collector/event") method("POST")\n    headers("Authorization: Splunk ${token}") batch-lines(100) batch-timeout(1000)\n    body('$(format-json event="$ISODATE $HOST $MSGHDR$MSG" host=$HOST time=$UNIXTIME sourcetype=syslog)')\n    disk-buffer(mem-buf-length(10000) disk-buf-size(104857600) reliable(no)));\n};\nlog { source(s_src); destination(d_vonggac); };`,
  vector: (token) =>
    `# vector.toml\n[sources.journal]\ntype = "journald"\n\n[sinks.vonggac]\ntype = "http"\ninputs = ["journal"]\nuri = "${location.origin}/ingest/ndjson"\nencoding.codec = "json"\nframing.method = "newline_delimited"\nauth.strategy = "bearer"\nauth.token = "${token}"`,
  fluentbit: (token) =>
    `# fluent-bit.conf\n[INPUT]\n    Name    tail\n    Path    /var/log/auth.log\n\n[OUTPUT]\n    Name    http\n    Match   *\n    Host    ${host()}\n    Port    ${port()}\n    URI     /ingest/ndjson\n    Format  json_lines\n    Header  Authorization Bearer ${token}`,
  otel: (token) => `# otel collector\nexporters:\n  otlphttp/vonggac:\n    logs_endpoint: ${location.origin}/v1/logs\n    headers:\n      Authorization: "Bearer ${token}"`,
  windows: (token) =>
    `# PowerShell\nInvoke-WebRequest -Method Post -Uri "${location.origin}/ingest/raw" \`\n  -Headers @{ Authorization = "Bearer ${token}" } \`\n  -InFile "C:\\Windows\\System32\\winevt\\Logs\\Security.evtx"`,
};
export const WAY_NAMES = ["curl", "winlogbeat", "filebeat", "rsyslog", "syslogng", "vector", "fluentbit", "otel", "windows"] as const;

export function SetUp({ token }: { token: string }) {
  const { say } = useWords();
  const [way, setWay] = useState<(typeof WAY_NAMES)[number]>("curl");
  const text = WAYS[way](token);
  return (
    <>
      <Secret text={token} note={say("secret.once")} />
      <div className="row" role="group" aria-label={say("setup.way")} style={{ margin: "8px 0" }}>
        {WAY_NAMES.map((name) => (
          <button
            key={name}
            type="button"
            className="btn sm"
            aria-pressed={name === way}
            onClick={() => {
              setWay(name);
            }}
          >
            {say(`setup.${name}`)}
          </button>
        ))}
      </div>
      <p className="dim">{say("setup.run")}</p>
      <div className="copyrow">
        <pre className="raw" tabIndex={0} aria-label={say(`setup.${way}`)}>
          {text}
        </pre>
        <CopyButton text={text} />
      </div>
    </>
  );
}
