// Node's `tls` as a peer. See Interop/peers/agent.py for what it reads and writes.

import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import tls from "node:tls";

const say = (...fields) => console.log(fields.map((field) => String(field).replace(/\s+/g, " ")).join("\t"));

function play(line) {
  const [number, role, suite, chain, key, roots, port, name] = line.split("\t");
  let over = false;
  const end = (...fields) => {
    if (!over) say(number, ...fields);
    over = true;
  };
  const fail = (error) => end("failed", error.code ?? "", error.message);
  const done = (socket) => {
    const peer = socket.getPeerCertificate();
    end("done", socket.getProtocol(), socket.getCipher().name, peer.subject.CN);
  };
  const options = {
    ca: readFileSync(roots),
    ...(chain === "-" ? {} : { cert: readFileSync(chain), key: readFileSync(key) }),
    minVersion: "TLSv1.2",
    maxVersion: "TLSv1.2",
    ciphers: suite,
    rejectUnauthorized: true,
  };
  if (role === "server") serve(number, options, done, fail);
  else connect(options, Number(port), name, done, fail);
}

function serve(number, options, done, fail) {
  const server = tls.createServer({ ...options, requestCert: true, handshakeTimeout: 15_000 }, (socket) => {
    socket.setTimeout(15_000, () => socket.destroy(new Error("timeout")));
    socket.on("error", fail);
    socket.on("data", (data) => socket.write(data));
    done(socket);
  });
  server.on("tlsClientError", fail);
  server.on("connection", () => server.close());
  server.listen(0, "127.0.0.1", () => say(number, "listening", server.address().port));
}

function connect(options, port, name, done, fail) {
  const data = randomBytes(40_000);
  const received = [];
  let count = 0;
  const socket = tls.connect({ ...options, host: "127.0.0.1", port, servername: name }, () => socket.write(data));
  socket.setTimeout(15_000, () => socket.destroy(new Error("timeout")));
  socket.on("error", fail);
  socket.on("data", (more) => {
    received.push(more);
    count += more.length;
    if (count < data.length) return;
    if (!Buffer.concat(received).equals(data)) return socket.destroy(new Error("other bytes come back"));
    done(socket);
    socket.end();
  });
  socket.on("close", () => fail(new Error("closed before all bytes came back")));
}

createInterface({ input: process.stdin }).on("line", play).on("close", () => process.exit(0));
