// The API's documentation; a file of its own, so that no policy must allow inline scripts.
(() => {
  "use strict";

  const place = document.getElementById("vrs-api-docs");
  SwaggerUIBundle({
    domNode: place,
    url: place.dataset.schema,
    presets: [SwaggerUIBundle.presets.apis],
    deepLinking: true,
    requestInterceptor: (request) => {
      // Who is logged in here tries a POST out as a page of the shop would send it.
      if (new URL(request.url, location.href).origin === location.origin) {
        request.headers[place.dataset.csrfHeader] = place.dataset.csrfToken;
      }
      return request;
    },
    validatorUrl: null, // no stranger's server is told of this shop
    defaultModelsExpandDepth: 0,
  });
})();
