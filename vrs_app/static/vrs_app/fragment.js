// Fills <div data-vrs-carousel="/api/products/7/carousel/"> with the carousel that its address
// answers, when it comes near the window. What the page wrote inside stays where there is
// nothing to show. Running it again, after content was swapped in, does nothing twice.
(() => {
  "use strict";

  const started = "vrsStarted";
  const nearby = "600px 0px";

  // Unlike innerHTML, this runs the fragment's script file, as the page's policy allows.
  const parse = (html) => document.createRange().createContextualFragment(html);

  const fill = async (place) => {
    try {
      const answer = await fetch(place.dataset.vrsCarousel, { headers: { Accept: "text/html" } });
      const html = await answer.text();
      if (answer.status !== 200) return;
      place.replaceChildren(parse(html));
      place.dispatchEvent(new CustomEvent("vrs:filled", { bubbles: true }));
    } catch {
      // No network: the page goes on as it is.
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
