// Node's `tls` as a peer. See Interop/peers/agent.py for what it reads and writes.

import { constants, randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import tls from "node:tls";

const say = (...fields) => console.log(fields.map((field) => String(field).replace(/\s+/g, " ")).join("\t"));

const curves = { x25519: "X25519", secp256r1: "P-256", secp384r1: "P-384", secp521r1: "P-521" };

function play(line) {
  const [number, role, version, suite, chain, key, roots, port, name, groups, connections, tickets, size] =
    line.split("\t");
  let over = false;
  const end = (...fields) => {
    if (!over) say(number, ...fields);
    over = true;
  };
  const order = {
    number,
    connections: Number(connections),
    size: Number(size),
    fail: (error) => end("failed", error.code ?? "", error.message),
    done: (told) => end("done", ...told),
  };
  const options = {
    ca: readFileSync(roots),
    ...(chain === "-" ? {} : { cert: readFileSync(chain), key: readFileSync(key) }),
    ...(version === "-" ? {} : { minVersion: `TLSv${version}`, maxVersion: `TLSv${version}` }),
    ...(suite === "-" ? {} : { ciphers: suite }),
    ...(groups === "-" ? {} : { ecdhCurve: groups.split(",").map((group) => curves[group] ?? group).join(":") }),
    ...(tickets === "yes" ? {} : { secureOptions: constants.SSL_OP_NO_TICKET }),
    rejectUnauthorized: true,
  };
  if (role === "server") serve(order, options);
  else connect(order, { ...options, host: "127.0.0.1", port: Number(port), servername: name });
}

function told(socket) {
  const resumed = socket.isSessionReused() ? "yes" : "no";
  // A client that resumes has no certificate to show.
  return [socket.getProtocol(), socket.getCipher().name, socket.getPeerCertificate().subject?.CN ?? "-", resumed];
}

function serve(order, options) {
  let left = order.connections;
  const server = tls.createServer({ ...options, requestCert: true, handshakeTimeout: 15_000 }, (socket) => {
    socket.setTimeout(15_000, () => socket.destroy(new Error("timeout")));
    socket.on("error", order.fail);
    socket.on("data", (data) => socket.write(data));
    if (left === 0) order.done(told(socket));
  });
  server.on("tlsClientError", order.fail);
  server.on("connection", () => {
    left -= 1;
    if (left === 0) server.close();
  });
  server.listen(0, "127.0.0.1", () => say(order.number, "listening", server.address().port));
}

function connect(order, options) {
  const data = randomBytes(order.size);
  const received = [];
  let count = 0;
  let facts = null;
  let session = options.session;
  const socket = tls.connect(options, () => socket.write(data));
  socket.setTimeout(15_000, () => socket.destroy(new Error("timeout")));
  socket.on("error", order.fail);
  socket.on("session", (newest) => (session = newest));
  socket.on("data", (more) => {
    received.push(more);
    count += more.length;
    if (count < data.length) return;
    if (!Buffer.concat(received).equals(data)) return socket.destroy(new Error("other bytes come back"));
    facts = told(socket);
    socket.end();
  });
  socket.on("close", () => {
    if (facts === null) return order.fail(new Error("closed before all bytes came back"));
    order.connections -= 1;
    if (order.connections > 0) return connect(order, { ...options, session });
    order.done(facts);
  });
}

createInterface({ input: process.stdin }).on("line", play).on("close", () => process.exit(0));
