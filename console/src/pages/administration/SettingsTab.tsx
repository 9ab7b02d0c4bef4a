import { textOfValue } from "../../base/hostile";
import { useResource } from "../../api/resource";
import { DataTable } from "../../parts/DataTable";
import { Hostile } from "../../parts/Hostile";
import { useWords } from "../../parts/preferences";
import { Shown } from "../../parts/States";

const SHORT = 32; // characters that stay on one line
// Numbers as numbers are written, texts as they are; nothing has a word.
function Value({ of, bold = false }: { of: unknown; bold?: boolean }) {
  const { say, number } = useWords();
  const text = typeof of === "number" ? number(of) : textOfValue(of);
  if (text === "") return <span className="faint">{say("settings.empty")}</span>;
  return (
    <span className={text.length > SHORT ? "mono" : "mono nw"} style={bold ? { fontWeight: 600 } : undefined}>
      <Hostile text={text} />
    </span>
  );
}

// Every setting with its value, what it is for, its bounds; read from the server's own table. They are changed in the file.
export function SettingsTab() {
  const { say, number, language } = useWords();
  const reading = useResource("/api/v1/settings");
  const text = language === "vi" ? "text_vi" : "text";
  return (
    <>
      <p className="pad dim">{say("settings.note")}</p>
      <Shown reading={reading} rows={10}>
        {({ items }) => (
          <DataTable
            name="settings"
            rows={items}
            keyOf={(setting) => setting.key}
            columns={[
              { id: "key", title: say("settings.key"), value: (setting) => setting.key, show: (setting) => <code className="mono nw">{setting.key}</code> },
              {
                id: "value",
                title: say("settings.value"),
                value: (setting) => textOfValue(setting.value),
                show: (setting) => <Value of={setting.value} bold={textOfValue(setting.value) !== textOfValue(setting.default)} />,
              },
              { id: "default", title: say("settings.default"), value: (setting) => textOfValue(setting.default), show: (setting) => <Value of={setting.default} /> },
              {
                id: "bounds",
                title: say("settings.bounds"),
                value: (setting) => setting.least ?? 0,
                show: (setting) => (
                  <span className="nw dim">
                    {typeof setting.least === "number" && typeof setting.most === "number"
                      ? say(setting.most > 1e15 ? "settings.atleast" : "settings.between", { a: number(setting.least), b: number(setting.most) })
                      : "–"}
                  </span>
                ),
              },
              { id: "text", title: say("settings.text"), value: (setting) => setting[text], show: (setting) => setting[text] },
            ]}
          />
        )}
      </Shown>
    </>
  );
}
