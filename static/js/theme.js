/* Runs before the first paint: the person's choice of light or dark. Without a choice, or without JavaScript, the system's own decides. */
(() => {
  const root = document.documentElement;
  root.classList.add("scripted");
  try {
    const choice = localStorage.getItem("appearance");
    if (choice === "light" || choice === "dark") root.dataset.bsTheme = choice;
  } catch {
    /* storage may be forbidden: then the system's own stands */
  }
})();
