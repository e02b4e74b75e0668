/*
 * Saves a form as a draft while one types. Without it everything still works: "Save and go on" saves too.
 * It listens from the head of the page on, so that nothing is missed that somebody types while the rest is still on its way.
 */
(() => {
  const PAUSE = 700;
  let form = null;
  let timer = 0;
  let saving = null;
  let isChanged = false;

  function tell(text) {
    const line = document.querySelector("#draft-state .saved");
    if (line) line.textContent = text;
  }

  /* Each part of the answer takes the place of the part of the page that has its id. */
  function show(html) {
    const parts = new DOMParser().parseFromString(html, "text/html").body.children;
    for (const part of [...parts]) document.getElementById(part.id)?.replaceWith(part);
    const state = document.getElementById("draft-state");
    form.elements.seen.value = state.dataset.seen;
    if (state.dataset.stopped) state.scrollIntoView({ block: "start" });
  }

  /* Answers whether the server has taken it. */
  async function send() {
    isChanged = false;
    tell(form.dataset.saving);
    try {
      const answer = await fetch(form.getAttribute("action"), {
        method: "POST",
        body: new URLSearchParams(new FormData(form)),
        headers: { "HX-Request": "true" },
        keepalive: document.visibilityState === "hidden",
      });
      if (answer.headers.get("HX-Redirect")) {
        tell(form.dataset.signedOut);
      } else if (answer.ok || answer.status === 409) {
        show(await answer.text());
        return true;
      } else {
        tell(form.dataset.lost);
      }
    } catch {
      tell(form.dataset.lost);
    }
    isChanged = true;
    return false;
  }

  /* One save at a time, so that none overtakes another; none after a conflict, which people have to decide. */
  async function save() {
    clearTimeout(timer);
    if (saving) return;
    saving = send();
    const hasArrived = await saving;
    saving = null;
    if (hasArrived && isChanged && !isStopped()) later();
  }

  function isStopped() {
    return document.getElementById("draft-state").dataset.stopped === "1";
  }

  function later() {
    clearTimeout(timer);
    timer = setTimeout(save, PAUSE);
  }

  document.addEventListener("input", (event) => {
    if (!event.target.form?.matches("[data-draft-form]")) return;
    isChanged = true;
    if (form && !isStopped()) later();
  });
  /* Only the whole form is saved: half of it would take away what the other half holds. */
  document.addEventListener("DOMContentLoaded", () => {
    form = document.querySelector("[data-draft-form]");
    if (isChanged && !isStopped()) later();
  });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden" && form && isChanged && !isStopped()) save();
  });
  window.addEventListener("online", () => {
    if (form && isChanged && !isStopped()) save();
  });

  /* What is on its way arrives before the page itself is sent: otherwise it would look like somebody else's change. */
  document.addEventListener(
    "submit",
    (event) => {
      if (event.target !== form) return;
      clearTimeout(timer);
      isChanged = false;
      if (!saving) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      const { submitter } = event;
      saving.finally(() => setTimeout(() => form.requestSubmit(submitter)));
    },
    true,
  );
})();
