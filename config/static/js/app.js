/* Small comforts on top of pages that work without any script. No eval, no text of its own: every word comes from the page. */
(function () {
  "use strict";
  const all = (selector, root) => Array.from((root || document).querySelectorAll(selector));
  const token = () => (document.querySelector("[name=csrfmiddlewaretoken]") || {}).value || "";

  // ---- autosave: 3 s after the last change and when a field is left; a conflict stops it and keeps the text ----
  const PAUSE = 3000;

  function autosave(form) {
    const line = document.querySelector(form.dataset.autosaveStatus || "[data-autosave-status]");
    const state = { timer: 0, dirty: form.hasAttribute("data-autosave-dirty"), busy: false, stopped: false, held: null };
    const say = (text, bad) => { if (line && text) { line.textContent = text; line.classList.toggle("tc-err", Boolean(bad)); } };

    async function save() {
      clearTimeout(state.timer);
      if (!state.dirty || state.stopped) { return; }
      if (state.busy) { state.timer = setTimeout(save, PAUSE); return; }
      state.busy = true; state.dirty = false;
      try {
        settle(await post(form));
      } catch (failure) {
        state.dirty = true; say(line && line.dataset.offline, true);
      } finally { state.busy = false; release(); }
    }

    // A save in flight brings a new version: what is pressed meanwhile waits for it, or it would collide with itself.
    function hold(event) {
      event.preventDefault();
      state.held = { button: event.submitter };
    }

    function release() {
      if (!state.held) { return; }
      const button = state.held.button;
      state.held = null;
      form.removeAttribute("aria-busy");
      form.requestSubmit(button || undefined);
    }

    function settle(answer) {
      const data = answer.data;
      if (answer.status === 409) { state.stopped = state.dirty = true; say(data.message || (line && line.dataset.conflict), true); return; }
      if (!answer.ok) { state.dirty = true; say(data.message || (line && line.dataset.failed), true); return; }
      all("[data-autosave-version]", form).forEach((input) => { if (data.version !== undefined) { input.value = data.version; } });
      say(data.message || (line && (line.dataset.saved + " " + clock())));
    }

    form.addEventListener("input", () => { state.dirty = true; clearTimeout(state.timer); state.timer = setTimeout(save, PAUSE); });
    form.addEventListener("change", () => { state.dirty = true; });
    if (state.dirty) { state.timer = setTimeout(save, PAUSE); }
    form.addEventListener("focusout", save);
    form.addEventListener("submit", (event) => {
      clearTimeout(state.timer);
      if (state.busy) { hold(event); return; }
      state.dirty = false; state.stopped = true;
    });
    window.addEventListener("beforeunload", (event) => { if (state.dirty) { event.preventDefault(); event.returnValue = ""; } });
  }

  async function post(form) {
    const body = new FormData(form);
    all("input[type=file]", form).forEach((input) => body.delete(input.name));
    const response = await fetch(form.dataset.autosave || form.action, {
      method: "POST", body, credentials: "same-origin", headers: { Accept: "application/json", "X-CSRFToken": token() },
    });
    const json = (response.headers.get("Content-Type") || "").includes("json");
    // A redirect to the sign-in page ends as a 200 in HTML: that is not a save.
    return { ok: response.ok && json, status: response.status, data: json ? await response.json() : {} };
  }

  function clock() {
    const now = new Date();
    return String(now.getHours()).padStart(2, "0") + ":" + String(now.getMinutes()).padStart(2, "0");
  }

  // ---- confirm, and no second submission of the same form ----
  document.addEventListener("submit", (event) => {
    const form = event.target;
    const button = event.submitter;
    const question = (button && button.dataset.confirm) || form.dataset.confirm;
    if (form.getAttribute("aria-busy") === "true") { event.preventDefault(); return; }
    if (question && !window.confirm(question)) { event.preventDefault(); event.stopPropagation(); return; }
    if ((form.method || "").toLowerCase() === "post" && !form.hasAttribute("data-repeatable") && !event.defaultPrevented) {
      form.setAttribute("aria-busy", "true");
      setTimeout(() => form.removeAttribute("aria-busy"), 5000);
    }
  }, true);
  window.addEventListener("pageshow", () => all("form[aria-busy]").forEach((form) => form.removeAttribute("aria-busy")));
  document.addEventListener("click", (event) => { if (event.target.closest("[aria-disabled=true]")) { event.preventDefault(); } });

  // ---- select all: <input type=checkbox data-select-all="ids">, optional [data-selected-count] and [data-needs-selection] ----
  function selectAll(master) {
    const name = master.dataset.selectAll;
    const root = master.form || document;
    const boxes = () => all('input[type=checkbox][name="' + name + '"]', root);
    const counter = root.querySelector("[data-selected-count]");
    const refresh = () => {
      const on = boxes().filter((box) => box.checked).length;
      master.checked = on > 0 && on === boxes().length;
      master.indeterminate = on > 0 && !master.checked;
      if (counter) { counter.textContent = String(on); }
      all("[data-needs-selection]", root).forEach((button) => { button.setAttribute("aria-disabled", on ? "false" : "true"); });
    };
    master.addEventListener("change", () => { boxes().forEach((box) => { box.checked = master.checked; }); refresh(); });
    root.addEventListener("change", (event) => { if (event.target.name === name) { refresh(); } });
    refresh();
  }

  // ---- formset rows: [data-rows="prefix"] > [data-rows-body], <template data-row-template>, <button data-row-add hidden> ----
  function rows(box) {
    const total = document.getElementById("id_" + box.dataset.rows + "-TOTAL_FORMS");
    const template = box.querySelector("template[data-row-template]");
    const add = box.querySelector("[data-row-add]");
    const body = box.querySelector("[data-rows-body]") || box;
    if (total && template && add) {
      add.hidden = false;
      add.addEventListener("click", () => {
        const holder = document.createElement("template");
        holder.innerHTML = template.innerHTML.split("__prefix__").join(total.value);
        total.value = String(Number(total.value) + 1);
        const row = holder.content.firstElementChild;
        body.append(holder.content);
        start(row);
        const first = row.querySelector("textarea, input:not([type=hidden]), select");
        if (first) { first.focus(); }
        body.dispatchEvent(new Event("input", { bubbles: true }));
      });
    }
    box.addEventListener("change", (event) => {
      const row = event.target.name && event.target.name.endsWith("-DELETE") && event.target.closest("[data-row]");
      if (row) { row.classList.toggle("is-removed", event.target.checked); }
    });
  }

  // ---- demo sign-in: fill both fields from the panel ----
  function fill(button) {
    button.hidden = false;
    button.addEventListener("click", () => {
      const login = document.querySelector("[name=login]");
      const password = document.querySelector("[name=password]");
      if (login && password) { login.value = button.dataset.fillLogin; password.value = button.dataset.fillPassword; password.form.querySelector("button:not([type=button])").focus(); }
    });
  }

  // ---- htmx: forms with errors (422) are swapped in; other refusals appear among the messages ----
  document.addEventListener("htmx:beforeSwap", (event) => {
    const status = event.detail.xhr.status;
    if (status === 422) { event.detail.shouldSwap = true; event.detail.isError = false; return; }
    const box = document.getElementById("messages");
    if (status >= 400 && box && event.detail.xhr.getResponseHeader("X-Refusal")) { box.innerHTML = event.detail.xhr.responseText; }
  });
  document.addEventListener("htmx:afterRequest", (event) => event.detail.elt.removeAttribute("aria-busy"));
  document.addEventListener("htmx:afterSwap", (event) => start(event.detail.elt));

  function once(selector, root, act) {
    const found = all(selector, root);
    if (root && root.matches && root.matches(selector)) { found.push(root); }
    found.filter((element) => !element.hasAttribute("data-ready")).forEach((element) => { element.setAttribute("data-ready", ""); act(element); });
  }

  function start(root) {
    once("form[data-autosave]", root, autosave);
    once("[data-select-all]", root, selectAll);
    once("[data-rows]", root, rows);
    once("[data-fill-login]", root, fill);
    once("[data-print]", root, (button) => { button.hidden = false; button.addEventListener("click", () => window.print()); });
    once("select[data-submit]", root, (select) => select.addEventListener("change", () => select.form.requestSubmit()));
  }

  function ready() {
    start(document);
    const summary = document.querySelector("[data-error-summary]");
    if (summary) { summary.focus(); }
  }
  if (document.readyState === "loading") { document.addEventListener("DOMContentLoaded", ready); } else { ready(); }
})();
