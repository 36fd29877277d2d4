/* Keys for the daily loop, and phrases for opinions. No text of its own: every word comes from the page.
   Single keys are off while somebody types, and a person may switch them off (WCAG 2.1.4). */
(function () {
  "use strict";
  const all = (selector, root) => Array.from((root || document).querySelectorAll(selector));
  const KEY = "tc-shortcuts-off";
  const remembered = () => { try { return localStorage.getItem(KEY); } catch (refused) { return null; } };
  const QUIET = ["checkbox", "radio", "button", "submit", "reset"]; // nobody types into these

  function typing(target) {
    const control = target.closest("input, textarea, select, [contenteditable]");
    return Boolean(control) && !(control.matches("input") && QUIET.includes(control.type));
  }

  // ---- the switch, and the list of keys ----
  function shortcuts(toggle) {
    const show = () => { toggle.textContent = remembered() ? toggle.dataset.on : toggle.dataset.off; };
    toggle.hidden = false; show();
    toggle.addEventListener("click", () => {
      try { if (remembered()) { localStorage.removeItem(KEY); } else { localStorage.setItem(KEY, "1"); } } catch (refused) { return; }
      show();
    });
  }

  function list() {
    const dialog = document.querySelector("dialog[data-keys]");
    if (dialog && dialog.showModal && !dialog.open) { dialog.showModal(); }
  }

  // ---- rows: j and k go through them, x ticks the one in focus ----
  function move(by) {
    const links = all("[data-row-link]");
    const row = document.activeElement.closest("tr");
    const here = row ? links.findIndex((link) => row.contains(link)) : links.indexOf(document.activeElement);
    const next = links[Math.max(0, here + by)];
    if (next) { next.focus(); }
  }

  function tick() {
    const row = document.activeElement.closest("tr");
    const box = row && row.querySelector("input[type=checkbox][name]");
    if (box) { box.click(); }
  }

  // ---- Ctrl+Enter sends an opinion; where several outcomes are offered it only leads to them: nobody decides by accident ----
  function send(form) {
    const buttons = all("button:not([type=button]):not([type=reset]), input[type=submit]", form)
      .filter((button) => !button.disabled && button.getAttribute("aria-disabled") !== "true");
    const outcomes = buttons.filter((button) => button.hasAttribute("formaction"));
    if (outcomes.length > 1) { outcomes[0].focus(); return; }
    if (outcomes.length === 1) { form.requestSubmit(outcomes[0]); return; }
    form.requestSubmit();
  }

  // ---- g, then the letter of a list ----
  let going = 0;
  function go(key) {
    const link = Date.now() - going < 1500 && document.querySelector('[data-go="' + CSS.escape(key) + '"]');
    going = 0;
    if (link) { link.click(); }
    return Boolean(link);
  }

  const SINGLE = {
    "/": () => {
      const search = document.querySelector("[data-search], input[type=search]");
      if (search) { search.focus(); search.select(); }
    },
    j: () => move(1),
    k: () => move(-1),
    x: tick,
    g: () => { going = Date.now(); },
    p: () => { const select = document.querySelector("[data-phrases-tool]:not([hidden]) select"); if (select) { select.focus(); } },
    "?": list,
  };

  document.addEventListener("keydown", (event) => {
    const target = event.target;
    if (event.isComposing || !target.closest) { return; }
    if (event.key === "Enter" && event.ctrlKey && target.form && (target.matches("textarea") || target.form.hasAttribute("data-submit-key"))) {
      event.preventDefault(); send(target.form); return;
    }
    if (typing(target) || target.closest("dialog[open]") || event.ctrlKey || event.metaKey || event.altKey || remembered()) { return; }
    if (going && go(event.key)) { event.preventDefault(); return; }
    if (Object.prototype.hasOwnProperty.call(SINGLE, event.key)) { event.preventDefault(); SINGLE[event.key](); }
  });

  // ---- phrases: <div data-phrases="id of the field"> with a hidden [data-phrases-tool] (select, button) and a list to copy from ----
  function phrases(box) {
    const field = document.getElementById(box.dataset.phrases);
    const tool = box.querySelector("[data-phrases-tool]");
    if (!field || !tool) { return; }
    const select = tool.querySelector("select");
    const copied = box.querySelector("[data-phrases-list]");
    tool.hidden = false;
    if (copied) { copied.hidden = true; }
    tool.querySelector("button").addEventListener("click", () => {
      if (!select.value) { select.focus(); return; }
      field.setRangeText(select.value, field.selectionStart, field.selectionEnd, "end");
      field.dispatchEvent(new Event("input", { bubbles: true }));
      select.selectedIndex = 0;
      field.focus();
    });
  }

  // ---- notes that a person has read: hidden on this computer from then on ----
  function dismiss(note) {
    const name = "tc-" + note.dataset.dismiss;
    const button = note.querySelector("[data-dismiss-button]");
    try { if (localStorage.getItem(name)) { note.hidden = true; return; } } catch (refused) { return; }
    button.hidden = false;
    button.addEventListener("click", () => {
      try { localStorage.setItem(name, "1"); } catch (refused) { /* it comes back next time */ }
      note.hidden = true;
      document.getElementById("main").focus();
    });
  }

  // ---- focus is not lost when a part of the page is replaced ----
  let held = null;
  document.addEventListener("htmx:beforeSwap", (event) => {
    const active = document.activeElement;
    held = event.detail.target && event.detail.target.contains(active) ? active.id : null;
  });
  document.addEventListener("htmx:afterSettle", (event) => {
    if (held === null || document.activeElement !== document.body) { return; }
    const again = (held && document.getElementById(held)) || document.getElementById(event.detail.target.id) || document.getElementById("main");
    if (!again.matches("a, button, input, select, textarea, [tabindex]")) { again.tabIndex = -1; }
    again.focus();
    held = null;
  });
  document.addEventListener("htmx:afterSwap", (event) => start(event.detail.elt));

  function once(selector, root, act) {
    all(selector, root).filter((element) => !element.hasAttribute("data-set")).forEach((element) => { element.setAttribute("data-set", ""); act(element); });
  }

  function start(root) {
    once("[data-shortcuts]", root, shortcuts);
    once("[data-keys-open]", root, (button) => { button.hidden = false; button.addEventListener("click", list); });
    once("[data-phrases]", root, phrases);
    once("[data-dismiss]", root, dismiss);
  }
  if (document.readyState === "loading") { document.addEventListener("DOMContentLoaded", () => start(document)); } else { start(document); }
})();
