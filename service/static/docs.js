"use strict";

const container = document.getElementById("docs");
const dark = window.matchMedia("(prefers-color-scheme: dark)");

function followScheme() {
  document.documentElement.classList.toggle("dark-mode", dark.matches);
}

dark.addEventListener("change", followScheme);
followScheme();

window.ui = SwaggerUIBundle({
  domNode: container,
  url: container.dataset.document,
  deepLinking: true,
  displayRequestDuration: true,
  tryItOutEnabled: true,
  // The validator's badge would send the document to another server.
  validatorUrl: null,
});
