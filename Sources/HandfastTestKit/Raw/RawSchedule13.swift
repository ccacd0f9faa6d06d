package import HandfastCore
import HandfastWire

/// TLS 1.3's key schedule, written a second time from RFC 9846 §7, so that the library's is not its own witness.
package struct RawSchedule13 {
  package let suite: CipherSuite13
  private let provider: any CryptoProvider
  private var stage: [UInt8]
  /// What the directions are protected with, by stage.
  package private(set) var clientEarly: [UInt8] = []
  package private(set) var clientHandshake: [UInt8] = []
  package private(set) var serverHandshake: [UInt8] = []
  package internal(set) var clientApplication: [UInt8] = []
  package internal(set) var serverApplication: [UInt8] = []
  package private(set) var exporter: [UInt8] = []
  package private(set) var resumption: [UInt8] = []

  package init(_ suite: CipherSuite13, psk: [UInt8]?, provider: any CryptoProvider) {
    self.suite = suite
    self.provider = provider
    let zeros = [UInt8](repeating: 0, count: suite.hash.byteCount)
    stage = []
    stage = mac(zeros, psk ?? zeros)
  }

  /// `transcript` is ClientHello, for early data.
  package mutating func deriveEarly(_ transcript: [UInt8]) {
    clientEarly = derive(stage, "c e traffic", digest(transcript))
  }

  /// `transcript` is ClientHello to ServerHello.
  package mutating func enterHandshake(shared: [UInt8], _ transcript: [UInt8]) {
    stage = mac(derive(stage, "derived", digest([])), shared)
    clientHandshake = derive(stage, "c hs traffic", digest(transcript))
    serverHandshake = derive(stage, "s hs traffic", digest(transcript))
  }

  /// `transcript` is ClientHello to the server's Finished.
  package mutating func enterApplication(_ transcript: [UInt8]) {
    let zeros = [UInt8](repeating: 0, count: suite.hash.byteCount)
    stage = mac(derive(stage, "derived", digest([])), zeros)
    clientApplication = derive(stage, "c ap traffic", digest(transcript))
    serverApplication = derive(stage, "s ap traffic", digest(transcript))
    exporter = derive(stage, "exp master", digest(transcript))
  }

  /// `transcript` is ClientHello to the client's Finished.
  package mutating func finish(_ transcript: [UInt8]) { resumption = derive(stage, "res master", digest(transcript)) }

  package func psk(nonce: [UInt8]) -> [UInt8] { derive(resumption, "resumption", nonce) }

  package func binder(_ transcript: [UInt8]) -> [UInt8] {
    mac(derive(derive(stage, "res binder", digest([])), "finished", []), digest(transcript))
  }

  package func verifyData(_ secret: [UInt8], _ transcript: [UInt8]) -> [UInt8] {
    mac(derive(secret, "finished", []), digest(transcript))
  }

  package func next(_ secret: [UInt8]) -> [UInt8] { derive(secret, "traffic upd", []) }

  package func direction(_ secret: [UInt8]) -> RawDirection? {
    let key = derive(secret, "key", [], count: suite.aead.keyByteCount)
    guard let recordKey = try? provider.recordKey(suite.aead, key: key.span) else { return nil }
    return RawDirection(key: recordKey, iv: derive(secret, "iv", [], count: 12), isTLS13: true)
  }

  package func digest(_ bytes: [UInt8]) -> [UInt8] { rawDigest(provider, suite.hash, bytes) }

  private func mac(_ key: [UInt8], _ data: [UInt8]) -> [UInt8] {
    let none: [UInt8] = []
    return provider.mac(suite.hash, key: key.span).authenticate(data.span, none.span)
  }

  /// HKDF-Expand-Label for at most one block of the hash, which is all that is ever needed here.
  private func derive(_ secret: [UInt8], _ label: String, _ context: [UInt8], count: Int? = nil) -> [UInt8] {
    let count = count ?? suite.hash.byteCount
    let name = Array("tls13 ".utf8) + Array(label.utf8)
    let info = [0, UInt8(count), UInt8(name.count)] + name + [UInt8(context.count)] + context + [1]
    return Array(mac(secret, info).prefix(count))
  }
}
