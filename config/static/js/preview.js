/* What the capability that is being typed meets, beside the list: asked 400 ms after the last change, never twice for the same words. */
(function () {
  "use strict";
  const PAUSE = 400;
  const FIELDS = ["code", "text", "taxonomy", "domain", "service_object"];

  function preview(panel) {
    const list = document.querySelector("[data-rows]");
    const home = document.querySelector("[data-look-home]");
    const said = document.querySelector("[data-look-status]");
    const body = panel.querySelector("[data-look-body]");
    const note = panel.querySelector("[data-look-state]");
    const narrow = window.matchMedia("(max-width: 1100px)");
    const known = new WeakMap(); // row → { words, html }: what was answered last
    const state = { timer: 0, flight: null, row: null };

    const input = (row, name) => row.querySelector("[name$='-" + name + "']");
    const values = (row) => FIELDS.map((name) => (input(row, name) || {}).value || "");
    const words = (row) => values(row).slice(1).join("\n").trim();
    const numberOf = (row) => Array.from(list.querySelectorAll("[data-row]")).indexOf(row) + 1;

    function place(row) {
      const slot = narrow.matches ? row.querySelector("[data-look-slot]") : home;
      if (panel.parentNode !== slot) { slot.append(panel); }
      panel.hidden = false;
    }

    function show(row, html) {
      state.row = row; place(row);
      body.innerHTML = html;
      panel.removeAttribute("aria-busy"); note.textContent = "";
    }

    function plain(row, text) {
      const line = document.createElement("p");
      line.className = "tc-sm tc-sub"; line.textContent = text;
      show(row, line.outerHTML);
    }

    function forget(row) {
      row.querySelectorAll("[data-look-result]").forEach((old) => old.remove());
    }

    function stop() {
      clearTimeout(state.timer);
      if (state.flight) { state.flight.abort(); state.flight = null; }
    }

    function changed(row) {
      const last = known.get(row);
      if (last && last.words === words(row)) { stop(); show(row, last.html); return; }
      stop();
      if (!input(row, "text").value.trim()) { known.delete(row); plain(row, panel.dataset.blank); return; }
      state.timer = setTimeout(() => ask(row), PAUSE);
    }

    async function ask(row) {
      const asked = words(row);
      const flight = state.flight = new AbortController();
      const data = new URLSearchParams({ number: numberOf(row), csrfmiddlewaretoken: document.querySelector("[name=csrfmiddlewaretoken]").value });
      values(row).forEach((value, index) => data.append(FIELDS[index], value));
      if (state.row !== row) { plain(row, panel.dataset.blank); }
      panel.setAttribute("aria-busy", "true"); note.textContent = panel.dataset.waiting;
      try {
        const answer = await fetch(panel.dataset.address, { method: "POST", body: data, credentials: "same-origin", redirect: "error", signal: flight.signal, headers: { Accept: "text/html" } });
        const html = await answer.text();
        if (!answer.ok) { throw new Error(String(answer.status)); }
        known.set(row, { words: asked, html });
        forget(row); show(row, html);
        const result = body.querySelector("[data-look-say]");
        said.textContent = result ? result.dataset.lookSay : "";
      } catch (failure) {
        if (failure.name === "AbortError") { return; }
        plain(row, panel.dataset.failed); said.textContent = panel.dataset.failed;
      } finally { if (state.flight === flight) { state.flight = null; } }
    }

    const rowOf = (event) => event.target.name && FIELDS.slice(1).some((name) => event.target.name.endsWith("-" + name)) && event.target.closest("[data-row]");
    ["input", "change"].forEach((kind) => list.addEventListener(kind, (event) => { const row = rowOf(event); if (row) { changed(row); } }));
    list.addEventListener("focusin", (event) => { const row = rowOf(event); if (row && row !== state.row && !row.querySelector("[data-look-result]")) { changed(row); } });
    narrow.addEventListener("change", () => { if (state.row) { place(state.row); } });
    if (!narrow.matches) { const line = document.createElement("p"); line.className = "tc-sm tc-sub"; line.textContent = panel.dataset.blank; body.append(line); panel.hidden = false; }
  }

  document.querySelectorAll("[data-look-panel]").forEach(preview);
})();
