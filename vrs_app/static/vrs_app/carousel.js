// Buttons and arrow keys for the carousels of similar products. Without this file they
// still scroll by touch, wheel and keyboard. Running it again does nothing twice.
(() => {
  "use strict";

  const ready = "vrsReady";

  // Right-to-left pages scroll towards negative numbers.
  const direction = (list) => (getComputedStyle(list).direction === "rtl" ? -1 : 1);

  // The distance from one product to the next: its width and the gap.
  const step = (list) => {
    const [first, second] = list.children;
    return second ? Math.abs(second.offsetLeft - first.offsetLeft) : list.clientWidth;
  };

  const page = (list) => Math.max(1, Math.floor(list.clientWidth / step(list))) * step(list);

  const scroll = (list, distance) => list.scrollBy({ left: distance * direction(list) });

  // aria-disabled, because a button that is truly disabled loses the keyboard's focus.
  const disable = (button, disabled) => button.setAttribute("aria-disabled", String(disabled));

  const show = (list, controls, previous, next) => {
    const room = list.scrollWidth - list.clientWidth;
    const position = Math.abs(list.scrollLeft);
    controls.hidden = room <= 1;
    disable(previous, position <= 1);
    disable(next, position >= room - 1);
  };

  const onArrow = (list, event) => {
    const sign = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!sign || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    list.scrollBy({ left: sign * step(list) });
  };

  // Browsers leave a product where it is as long as a strip of it can be seen.
  const onFocus = (list, { target }) => {
    const item = target.closest(".vrs-item");
    if (!item || !target.matches(":focus-visible")) return;
    const [frame, box] = [list, item].map((element) => element.getBoundingClientRect());
    if (box.left >= frame.left - 1 && box.right <= frame.right + 1) return;
    item.scrollIntoView({ block: "nearest", inline: "start" });
  };

  const start = (carousel) => {
    if (carousel.dataset[ready]) return;
    const list = carousel.querySelector(".vrs-items");
    const controls = carousel.querySelector(".vrs-controls");
    const previous = carousel.querySelector(".vrs-previous");
    const next = carousel.querySelector(".vrs-next");
    if (!list || !controls || !previous || !next) return;
    carousel.dataset[ready] = "true";

    const update = () => show(list, controls, previous, next);
    previous.addEventListener("click", () => scroll(list, -page(list)));
    next.addEventListener("click", () => scroll(list, page(list)));
    list.addEventListener("keydown", (event) => onArrow(list, event));
    list.addEventListener("focusin", (event) => onFocus(list, event));
    list.addEventListener("scroll", update, { passive: true });
    new ResizeObserver(update).observe(list);
    update();
  };

  document.querySelectorAll(".vrs-carousel").forEach(start);
})();
