// A file on its way to the desk, by the tus protocol 1.0: pieces that go on where a cut left them. Knows no page.
"use strict";

const PIECE = 8 * 1024 * 1024;
// Seconds before each new try after a cut; after the last one the person decides when.
const WAITS = [1, 2, 4, 8, 15, 30, 30, 30];
const TUS = "1.0.0";
const SESSION_ENDED = "Su sesión terminó o cambió. Lo que llegó queda guardado: vuelva a cargar la página y continúe.";
const UNREADABLE = { code: "file", sentence: "El archivo ya no se puede leer en su equipo. Quítelo y vuelva a elegirlo." };

// The answer says no for good: its sentence is for the person.
class Refusal extends Error {
  constructor(answer, status) {
    super(answer.sentence || "El servicio no lo recibió. Vuelva a intentarlo.");
    this.code = answer.code || "";
    this.status = status;
    this.draft = answer.draft || null;
  }
}

// No answer, or one that another try may change.
class Cut extends Error {}

function ask(method, url, { headers = {}, body = null, onprogress = null, onmade = null } = {}) {
  return new Promise((done, cut) => {
    const request = new XMLHttpRequest();
    request.open(method, url);
    request.setRequestHeader("Accept", "application/json");
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    if (onprogress) request.upload.addEventListener("progress", (event) => onprogress(event.loaded));
    request.addEventListener("load", () => done(request));
    for (const ending of ["error", "abort", "timeout"]) request.addEventListener(ending, () => cut(new Cut("")));
    if (onmade) onmade(request);
    request.send(body);
  });
}

function jsonOf(request) {
  try {
    return JSON.parse(request.responseText);
  } catch (_fault) {
    return {};
  }
}

// Refusals that time mends are cuts; a login's page instead of an answer is a session that ended.
function settle(request) {
  const spoken = request.getResponseHeader("Tus-Resumable");
  if (spoken && request.status < 300) return request;
  const answer = jsonOf(request);
  if (request.status >= 500 || request.status === 423 || answer.code === "wrong_offset") throw new Cut(answer.sentence || "");
  throw new Refusal(spoken ? answer : { code: "session", sentence: SESSION_ENDED }, request.status);
}

function encoded(text) {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}

function rest(seconds) {
  return new Promise((done) => setTimeout(done, seconds * 1000));
}

class Arrival {
  // `on`: progress(offset, total), waiting(sentence), paused(sentence), done(facts), refused(refusal).
  constructor(file, { token, uploads, url, batch, on }) {
    Object.assign(this, { file, token, uploads, batch, on });
    this.url = url || "";
    this.offset = null;
    this.run = 0;
    this.request = null;
    this.began = 0;
    this.beganAt = 0;
  }

  // One run at a time: a pause ends the run it finds, whatever that is waiting for.
  async start() {
    const run = ++this.run;
    const on = () => run === this.run;
    for (let tries = 0; on(); tries += 1) {
      const before = this.offset;
      try {
        const facts = await this.go(on);
        if (on()) this.on.done(facts);
        return;
      } catch (fault) {
        if (!on()) return;
        if (!(fault instanceof Cut)) return this.on.refused(fault instanceof Refusal ? fault : new Refusal(UNREADABLE, 0));
        if (this.offset !== before) tries = 0;
        this.offset = null;
        if (tries >= WAITS.length) return this.on.paused(fault.message);
        this.on.waiting(fault.message);
        await rest(WAITS[tries]);
      }
    }
  }

  async go(on) {
    if (!this.url) await this.announce(on);
    if (this.offset === null) await this.whereWasIt();
    this.began = performance.now();
    this.beganAt = this.offset;
    this.on.progress(this.offset, this.file.size);
    while (on() && this.offset < this.file.size) await this.sendPiece();
    return on() ? jsonOf(settle(await ask("GET", this.url))) : null;
  }

  async announce(on) {
    const told = `filename ${encoded(this.file.name)},batch ${encoded(this.batch)}`;
    const headers = { ...this.spoken(), "Upload-Length": String(this.file.size), "Upload-Metadata": told };
    const request = settle(await ask("POST", this.uploads, { headers }));
    this.url = request.getResponseHeader("Location");
    this.offset = 0;
    if (!on()) this.drop(); // it was taken away before the desk had said where it is
  }

  async whereWasIt() {
    const request = settle(await ask("HEAD", this.url, { headers: this.spoken() }));
    this.offset = Number(request.getResponseHeader("Upload-Offset"));
  }

  async sendPiece() {
    const from = this.offset;
    const body = this.file.slice(from, from + PIECE);
    const headers = { ...this.spoken(), "Upload-Offset": String(from), "Content-Type": "application/offset+octet-stream" };
    const onprogress = (sent) => this.on.progress(Math.min(from + sent, from + body.size), this.file.size);
    const onmade = (request) => { this.request = request; };
    const request = settle(await ask("PATCH", this.url, { headers, body, onprogress, onmade }));
    this.offset = Number(request.getResponseHeader("Upload-Offset"));
    this.on.progress(this.offset, this.file.size);
  }

  spoken() {
    return { "Tus-Resumable": TUS, "X-CSRFToken": this.token };
  }

  // Seconds that are left at the present pace; null while it is too early to say.
  left(offset) {
    const taken = (performance.now() - this.began) / 1000;
    if (taken < 2 || offset <= this.beganAt) return null;
    return Math.ceil(((this.file.size - offset) * taken) / (offset - this.beganAt));
  }

  pause() {
    this.run += 1;
    this.offset = null;
    if (this.request) this.request.abort();
  }

  // Tell the desk that it is not wanted; one that is still letting go of the last piece is asked again.
  async drop() {
    this.pause();
    for (let tries = 0; this.url && tries < 3; tries += 1) {
      const answer = await ask("DELETE", this.url, { headers: this.spoken() }).catch(() => null);
      if (answer && answer.status < 500) return;
      await rest(WAITS[tries]);
    }
  }
}

// Is this file the one of which the desk has the beginning? Compared piece by piece; unknown counts as no.
async function isTheSame(file, url) {
  if (!window.crypto || !crypto.subtle) return false;
  const answer = await ask("GET", `${url}comprobacion/`).catch(() => null);
  if (!answer || answer.status !== 200) return false;
  const { block, digests } = jsonOf(answer);
  const arrived = Number((await ask("HEAD", url, { headers: { "Tus-Resumable": TUS } })).getResponseHeader("Upload-Offset"));
  for (const [index, digest] of digests.entries()) {
    const piece = file.slice(index * block, Math.min((index + 1) * block, arrived));
    const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", await piece.arrayBuffer()));
    if (Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join("") !== digest) return false;
  }
  return true;
}
