/* What JavaScript adds to pages that all work without it: appearance, focus, one submit only, menus that close, spoken messages, search, choosing all. */
(() => {
  const root = document.documentElement;

  /* Light, dark, or as the device */
  const appearance = document.querySelector("[data-appearance]");
  function showAppearance() {
    const chosen = root.dataset.bsTheme || "auto";
    for (const button of appearance.querySelectorAll("button")) button.setAttribute("aria-pressed", String(button.value === chosen));
  }
  if (appearance) {
    showAppearance();
    appearance.addEventListener("click", (event) => {
      const button = event.target.closest("button");
      if (!button) return;
      if (button.value === "auto") delete root.dataset.bsTheme;
      else root.dataset.bsTheme = button.value;
      try {
        localStorage.setItem("appearance", button.value);
      } catch {
        /* storage may be forbidden: then the choice holds for this page */
      }
      showAppearance();
    });
  }

  /* Menus close on Escape and on a click elsewhere */
  function openMenus() {
    return document.querySelectorAll("details[data-closes][open]");
  }
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of openMenus()) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });
  document.addEventListener("click", (event) => {
    for (const menu of openMenus()) if (!menu.contains(event.target)) menu.open = false;
  });

  /* One submit only; given back when the page returns from the browser's memory */
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method === "dialog" || form.target === "_blank" || form.matches("[hx-get], [hx-post], [data-hx-get]")) return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    if (form.method !== "post") return;
    form.dataset.sent = "1";
    if (event.submitter) event.submitter.setAttribute("aria-busy", "true");
    /* disabled only after the browser has read the button's own name and value */
    setTimeout(() => {
      for (const button of form.querySelectorAll("button:not([type=button])")) button.disabled = true;
    });
  });
  window.addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    for (const form of document.querySelectorAll("form[data-sent]")) {
      delete form.dataset.sent;
      for (const button of form.querySelectorAll("button")) {
        button.disabled = false;
        button.removeAttribute("aria-busy");
      }
    }
  });

  /* Messages that come with a fragment */
  const tones = { success: "ok", warning: "wait", error: "stop" };
  function speak(messages) {
    const region = document.getElementById("messages");
    region.replaceChildren();
    for (const { text, tone } of messages) {
      const line = document.createElement("p");
      line.className = `message ${tones[tone] || ""}`;
      line.textContent = text;
      region.append(line);
    }
    region.scrollIntoView({ block: "nearest" });
  }
  document.addEventListener("spoken", (event) => speak(event.detail.value));
  document.addEventListener("allauth.error", () => {
    speak([{ text: document.getElementById("messages").dataset.keyRefused, tone: "error" }]);
  });

  /* A long list of choices can be searched, and says how many are chosen */
  function addSearch(list) {
    const id = `search-${list.querySelector("input").id}`;
    const row = document.createElement("div");
    const label = document.createElement("label");
    const search = document.createElement("input");
    const count = document.createElement("span");
    row.className = "choices-search";
    label.className = "visually-hidden";
    label.htmlFor = search.id = id;
    label.textContent = search.placeholder = list.dataset.searchable;
    search.type = "search";
    search.className = "form-control";
    search.autocomplete = "off";
    count.className = "muted small";
    count.setAttribute("role", "status");
    row.append(label, search, count);
    list.before(row);
    const tell = () => (count.textContent = `${list.querySelectorAll("input:checked").length} ${list.dataset.chosen}`);
    const narrow = () => {
      const wanted = search.value.trim().toLocaleLowerCase();
      for (const choice of list.querySelectorAll(".form-check")) {
        const checked = choice.querySelector("input").checked;
        choice.hidden = !checked && !choice.textContent.toLocaleLowerCase().includes(wanted);
      }
      for (const group of list.querySelectorAll(".choices-group")) group.hidden = wanted !== "";
    };
    search.addEventListener("input", narrow);
    search.addEventListener("keydown", (event) => {
      if (event.key === "Enter") event.preventDefault();
    });
    list.addEventListener("change", tell);
    tell();
  }

  /* One box that chooses all of its form */
  document.addEventListener("change", (event) => {
    if (!event.target.matches("[data-choose-all]")) return;
    for (const box of event.target.form.querySelectorAll("[name=chosen]")) box.checked = event.target.checked;
  });

  /* What a new page, or a new fragment, needs */
  function settle(part) {
    const summary = part.querySelector(".error-summary");
    if (summary) {
      summary.focus();
      if (!document.title.startsWith(summary.dataset.title)) document.title = `${summary.dataset.title} ${document.title}`;
    }
    for (const list of part.querySelectorAll("[data-searchable]")) {
      if (!list.previousElementSibling?.matches(".choices-search")) addSearch(list);
    }
  }
  settle(document);
  document.addEventListener("htmx:afterSettle", (event) => settle(event.target));
})();
