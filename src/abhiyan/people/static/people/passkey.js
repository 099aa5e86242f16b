// Passkeys: gives the browser what the server asked, and sends back what it signed. Needs no library.
// A form with data-passkey="get" or "create", data-options (JSON) and a hidden field named credential.

const bytes = (text) =>
  Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=/g, "");

const read = (options) => {
  const known = { ...options, challenge: bytes(options.challenge) };
  if (known.user) known.user = { ...known.user, id: bytes(known.user.id) };
  for (const list of ["excludeCredentials", "allowCredentials"]) {
    if (known[list]) known[list] = known[list].map((each) => ({ ...each, id: bytes(each.id) }));
  }
  return known;
};

const written = (credential) => {
  const response = { clientDataJSON: text(credential.response.clientDataJSON) };
  for (const name of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (credential.response[name]) response[name] = text(credential.response[name]);
  }
  return {
    id: credential.id,
    rawId: text(credential.rawId),
    type: credential.type,
    response,
    clientExtensionResults: credential.getClientExtensionResults(),
    authenticatorAttachment: credential.authenticatorAttachment ?? undefined,
  };
};

for (const form of document.querySelectorAll("form[data-passkey]")) {
  const trouble = form.querySelector("[data-trouble]");
  if (!window.PublicKeyCredential) {
    form.querySelector("[data-missing]")?.removeAttribute("hidden");
    form.querySelector("button[type=submit]")?.setAttribute("disabled", "");
    continue;
  }
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = form.querySelector("button[type=submit]");
    trouble?.setAttribute("hidden", "");
    button.setAttribute("aria-busy", "true");
    try {
      const publicKey = read(JSON.parse(form.dataset.options));
      const credential = await navigator.credentials[form.dataset.passkey]({ publicKey });
      form.elements.credential.value = JSON.stringify(written(credential));
      form.submit(); // does not fire this listener again
    } catch {
      button.removeAttribute("aria-busy");
      trouble?.removeAttribute("hidden");
    }
  });
}
