// The API's documentation; a file of its own, so that no policy must allow inline scripts.
(() => {
  "use strict";

  const place = document.getElementById("vrs-api-docs");
  SwaggerUIBundle({
    domNode: place,
    url: place.dataset.schema,
    presets: [SwaggerUIBundle.presets.apis],
    deepLinking: true,
    validatorUrl: null, // no stranger's server is told of this shop
    defaultModelsExpandDepth: 0,
  });
})();
