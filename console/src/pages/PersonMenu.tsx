import { Menu } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useChange } from "../api/resource";
import { Icon } from "../parts/Icon";
import { DENSITIES, THEMES, usePreferences, useWords } from "../parts/preferences";
import { setLeaving, useMe } from "../parts/session";

export function PersonMenu({ onKeys, onAccount }: { onKeys?: () => void; onAccount: () => void }) {
  const { say, language } = useWords();
  const { theme, setTheme, setLanguage, density, setDensity } = usePreferences();
  const { name } = useMe();
  const queries = useQueryClient();
  const signOut = useChange("delete", "/api/v1/session");
  return (
    <Menu position="bottom-end" width={230} transitionProps={{ duration: 0 }}>
      <Menu.Target>
        <button type="button" className="who" data-testid="person">
          <span className="ava">{name.slice(0, 2).toUpperCase()}</span>
          <bdi>{name}</bdi>
          <Icon name="down" />
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{say("me.language")}</Menu.Label>
        <Menu.CheckboxItem
          closeMenuOnClick
          checked={language === "vi"}
          onChange={() => {
            setLanguage("vi");
          }}
        >
          {say("me.vi")}
        </Menu.CheckboxItem>
        <Menu.CheckboxItem
          closeMenuOnClick
          checked={language === "en"}
          onChange={() => {
            setLanguage("en");
          }}
        >
          {say("me.en")}
        </Menu.CheckboxItem>
        <Menu.Label>{say("me.theme")}</Menu.Label>
        {THEMES.map((one) => (
          <Menu.CheckboxItem
            key={one}
            closeMenuOnClick
            checked={theme === one}
            onChange={() => {
              setTheme(one);
            }}
          >
            {say(`theme.${one}`)}
          </Menu.CheckboxItem>
        ))}
        <Menu.Label>{say("me.density")}</Menu.Label>
        {DENSITIES.map((one) => (
          <Menu.CheckboxItem
            key={one}
            closeMenuOnClick
            checked={density === one}
            onChange={() => {
              setDensity(one);
            }}
          >
            {say(`density.${one}`)}
          </Menu.CheckboxItem>
        ))}
        <Menu.Divider />
        <Menu.Item onClick={onAccount}>{say("account.title")}</Menu.Item>
        {onKeys ? <Menu.Item onClick={onKeys}>{say("me.keys")}</Menu.Item> : null}
        <Menu.Item
          onClick={() => {
            setLeaving(true);
            signOut.mutate(
              {},
              {
                onSuccess: () => {
                  queries.clear();
                  location.assign("/ui/");
                },
                onError: () => {
                  setLeaving(false);
                },
              },
            );
          }}
        >
          {say("me.out")}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
