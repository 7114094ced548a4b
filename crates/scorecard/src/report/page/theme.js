// Light or dark: as the system has it until somebody chooses. The choice is kept where the browser lets a file keep it.

const THEME = "leadcal-theme";

function themeSwitch() {
  const root = document.documentElement;
  const system = matchMedia("(prefers-color-scheme: dark)");
  const isDark = () => (root.dataset.theme ? root.dataset.theme === "dark" : system.matches);
  const button = make("button", {
    type: "button",
    class: "theme",
    onclick: () => {
      root.dataset.theme = isDark() ? "light" : "dark";
      remember(root.dataset.theme);
      show();
    },
  });
  const show = () => {
    button.textContent = isDark() ? "Light" : "Dark";
    button.setAttribute("aria-label", `Switch to ${isDark() ? "light" : "dark"} colours`);
  };
  const kept = remembered();
  if (kept === "light" || kept === "dark") root.dataset.theme = kept;
  system.addEventListener("change", show);
  show();
  return button;
}

/** Storage of a file may be forbidden: then nothing is kept. */
function remember(theme) {
  try {
    localStorage.setItem(THEME, theme);
  } catch {
    return;
  }
}

function remembered() {
  try {
    return localStorage.getItem(THEME);
  } catch {
    return null;
  }
}
