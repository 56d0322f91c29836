import { effect, signal } from "@preact/signals";

const THEMES = ["system", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];

const KEY = "tidemq-theme";

export const theme = signal<Theme>(storedTheme());

function storedTheme(): Theme {
  const stored = localStorage.getItem(KEY);
  return THEMES.find((each) => each === stored) ?? "system";
}

effect(() => {
  const { value } = theme;
  if (value === "system") document.documentElement.removeAttribute("data-theme");
  else document.documentElement.dataset["theme"] = value;
  localStorage.setItem(KEY, value);
});

/** The one after it, around and around. */
export function nextTheme(): void {
  theme.value = THEMES[(THEMES.indexOf(theme.value) + 1) % THEMES.length]!;
}
