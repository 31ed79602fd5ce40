// Fills <div data-vrs-carousel="/api/products/7/carousel/"> with the carousel that its address
// answers, when it comes near the window. What the page wrote inside stays where there is
// nothing to show, and where no carousel of this origin answers: a redirect leads to a login or
// an error. Running it again, after content was swapped in, does nothing twice.
(() => {
  "use strict";

  const started = "vrsStarted";
  const nearby = "600px 0px";

  // Unlike innerHTML, this runs the fragment's script file, as the page's policy allows.
  const parse = (html) => document.createRange().createContextualFragment(html);

  const mayBeAsked = (address) =>
    address.origin === location.origin && address.pathname !== location.pathname;

  // Parsed apart, where nothing of it is loaded or run.
  const isCarousel = (html) =>
    new DOMParser().parseFromString(html, "text/html").querySelector(".vrs-carousel");

  const fill = async (place) => {
    try {
      const written = place.dataset.vrsCarousel.trim();
      const address = new URL(written, document.baseURI);
      if (!written || !mayBeAsked(address)) return;
      const answer = await fetch(address, { headers: { Accept: "text/html" } });
      const html = await answer.text();
      if (answer.status !== 200 || answer.redirected || !isCarousel(html)) return;
      place.replaceChildren(parse(html));
      place.dispatchEvent(new CustomEvent("vrs:filled", { bubbles: true }));
    } catch {
      // No network, or no address: the page goes on as it is.
    }
  };

  const observer = new IntersectionObserver(
    (entries) => {
      for (const { isIntersecting, target } of entries) {
        if (!isIntersecting) continue;
        observer.unobserve(target);
        fill(target);
      }
    },
    { rootMargin: nearby },
  );

  for (const place of document.querySelectorAll("[data-vrs-carousel]")) {
    if (place.dataset[started]) continue;
    place.dataset[started] = "true";
    observer.observe(place);
  }
})();
