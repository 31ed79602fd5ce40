/* Asks the server, and puts its answer, or why there is none, into the page. */

const PATIENCE_MS = 30_000; // a slow phone's upload and the server's own patience

export class Answer {
  #form;
  #section;
  #status;
  #region;
  #asking = null;

  constructor(form, section) {
    this.#form = form;
    this.#section = section;
    this.#status = section.querySelector("[data-status]");
    this.#region = section.querySelector("[data-region]");
  }

  /** Posts `data`; whoever asks again meanwhile gets the later answer alone. */
  async ask(data) {
    this.#asking?.abort();
    const asking = new AbortController();
    this.#asking = asking;
    this.#setBusy(true);
    const answer = await posted(this.#form.action, data, asking);
    if (this.#asking !== asking) return;
    this.#asking = null;
    this.#setBusy(false);
    if (answer.fragment) this.#show(answer.fragment);
    else this.problem(answer.problem);
  }

  /** Says in words of the page's own what went wrong. */
  problem(name) {
    const said = document.createElement("div");
    said.className = "photo-problem";
    said.dataset.announced = "";
    said.append(document.querySelector(`[data-problem="${name}"]`).content.cloneNode(true));
    this.#place(said);
  }

  clear() {
    this.#asking?.abort();
    this.#asking = null;
    this.#setBusy(false);
    this.#status.textContent = "";
    this.#region.replaceChildren();
    this.#showErrors(this.#region);
  }

  #setBusy(isBusy) {
    this.#section.setAttribute("aria-busy", `${isBusy}`);
    this.#status.classList.toggle("unseen", !isBusy);
    if (isBusy) this.#status.textContent = this.#status.dataset.busy;
  }

  #show(fragment) {
    this.#showErrors(fragment);
    this.#place(fragment);
  }

  #place(content) {
    const hadFocus = this.#region.contains(document.activeElement);
    this.#region.replaceChildren(content);
    const said = [...content.querySelectorAll("[data-announced]"), content].find(
      (each) => "announced" in each.dataset,
    );
    this.#status.textContent = textOf(said) || firstError(this.#form);
    const head = content.querySelector(".photo-head");
    if (hadFocus) head?.focus({ preventScroll: true });
    const wrong = this.#form.querySelector("[aria-invalid=true]");
    if (wrong && !head) wrong.focus();
    else this.#section.scrollIntoView({ block: isInSight(this.#section) ? "nearest" : "start" });
  }

  #showErrors(fragment) {
    for (const place of this.#form.querySelectorAll("[data-errors]")) {
      const name = place.dataset.errors;
      const errors = fragment.querySelector(`[data-errors-of="${name}"]`);
      place.replaceChildren(...(errors?.childNodes ?? []));
      const field = this.#form.querySelector(`[name="${name}"]`);
      if (!field) continue;
      field.toggleAttribute("aria-invalid", false);
      if (!errors) continue;
      field.setAttribute("aria-invalid", "true");
      if (place.firstElementChild?.id) {
        field.setAttribute("aria-describedby", place.firstElementChild.id);
      }
      const folded = place.closest("details");
      if (folded) folded.open = true;
    }
  }
}

/* What came: the server's fragment, or the name of a problem. */
async function posted(address, data, asking) {
  const timer = setTimeout(() => asking.abort("slow"), PATIENCE_MS);
  try {
    const headers = { "X-Requested-With": "fetch" };
    const options = { method: "POST", body: data, headers, signal: asking.signal };
    const response = await fetch(address, options);
    const fragment = fragmentIn(await response.text());
    return fragment ? { fragment } : { problem: problemOf(response.status) };
  } catch {
    return { problem: asking.signal.reason === "slow" ? "slow" : "offline" };
  } finally {
    clearTimeout(timer);
  }
}

function fragmentIn(html) {
  const read = new DOMParser().parseFromString(html, "text/html");
  const fragment = read.querySelector("[data-fragment]");
  return fragment && document.importNode(fragment, true);
}

function problemOf(status) {
  return { 403: "expired", 413: "large", 504: "slow" }[status] ?? "failed";
}

function firstError(form) {
  return textOf(form.querySelector("[data-errors] .errorlist"));
}

const textOf = (element) => element?.textContent.replace(/\s+/g, " ").trim() ?? "";

function isInSight(element) {
  const { top } = element.getBoundingClientRect();
  return top >= 0 && top < 0.6 * window.innerHeight;
}
