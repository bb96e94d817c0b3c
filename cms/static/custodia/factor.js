/* A key or this device as second factor: ties the form of the page to the ceremony that allauth's script leads. */
document.addEventListener("DOMContentLoaded", () => {
  const form = document.querySelector("form[data-llave]");
  if (!form) return;
  const field = form.querySelector("[name=credential]");
  const button = "llave-usar";
  window.allauth.webauthn.forms[form.dataset.llave]({
    ids: { add: button, authenticate: button, credential: field.id, data: "llave-datos" },
  });
  document.addEventListener("allauth.error", (event) => event.preventDefault()); // the person may try again
});
