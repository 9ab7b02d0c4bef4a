import { textOfValue } from "../../base/hostile";
import { useResource } from "../../api/resource";
import { DataTable } from "../../parts/DataTable";
import { Hostile } from "../../parts/Hostile";
import { useWords } from "../../parts/preferences";
import { Shown } from "../../parts/States";

// Every setting with its value, what it is for, its bounds; read from the server's own table. They are changed in the file.
export function SettingsTab() {
  const { say, number, language } = useWords();
  const reading = useResource("/api/v1/settings");
  return (
    <>
      <p className="pad dim">
        {say("settings.note")}
        {language === "vi" ? ` ${say("settings.english")}` : ""}
      </p>
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
                show: (setting) => {
                  const changed = textOfValue(setting.value) !== textOfValue(setting.default);
                  return (
                    <span className="mono">
                      {changed ? (
                        <b>
                          <Hostile text={textOfValue(setting.value)} />
                        </b>
                      ) : textOfValue(setting.value) === "" ? (
                        <span className="faint">{say("settings.empty")}</span>
                      ) : (
                        <Hostile text={textOfValue(setting.value)} />
                      )}
                    </span>
                  );
                },
              },
              {
                id: "default",
                title: say("settings.default"),
                value: (setting) => textOfValue(setting.default),
                show: (setting) => (
                  <span className="mono dim">
                    <Hostile text={textOfValue(setting.default)} />
                  </span>
                ),
              },
              {
                id: "bounds",
                title: say("settings.bounds"),
                value: (setting) => setting.least ?? 0,
                show: (setting) => (
                  <span className="nw dim">
                    {typeof setting.least === "number" && typeof setting.most === "number"
                      ? say(setting.most > 1e15 ? "settings.atleast" : "settings.between", { a: number(setting.least), b: number(setting.most) })
                      : ""}
                  </span>
                ),
              },
              { id: "text", title: say("settings.text"), value: (setting) => setting.text, show: (setting) => <span lang="en">{setting.text}</span> },
            ]}
          />
        )}
      </Shown>
    </>
  );
}
