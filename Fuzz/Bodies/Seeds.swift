import Foundation
import Handfast
import HandfastCore
import HandfastCrypto
import HandfastInspect
import HandfastTestKit
import HandfastWire

extension FuzzGroup {
  /// Inputs to begin with, from handshakes of our own.
  package func seeds() throws -> [[UInt8]] {
    switch self {
    case .decoders: try Self.decoderSeeds()
    case .records: try Self.recordSeeds()
    case .handshakes: Self.handshakeSeeds()
    case .files: try Self.fileSeeds()
    }
  }

  /// Every version and liar, with each feature and none; then lies, few of them with real cryptography, which costs more.
  private static func handshakeSeeds() -> [[UInt8]] {
    let features: [UInt8] = [0, 0x10, 1, 2, 3, 4, 5, 7, 9, 0xd, 0x11, 0x12, 0x41, 0x45, 0x61, 0x65]
    // A KeyUpdate that asks for one, data, own keys, own data, a ticket, data with padding.
    let actions: [UInt8] = [1, 1, 0, 9, 2, 0, 3, 9, 5, 0, 4, 9]
    let edit: [UInt8] = [0, 40, 0, 7]
    func header(_ kind: UInt8, _ features: UInt8, tail: UInt8) -> [UInt8] {
      let isDamaged = features & 1 != 0 && features & 0x40 != 0
      return [kind, features, tail] + (isDamaged ? edit : []) + actions.prefix(2 * Int(tail & 7))
    }
    var seeds: [[UInt8]] = []
    for kind in UInt8(0)..<8 {
      for feature in features { seeds.append(header(kind, feature, tail: 6)) }
      for feature in [UInt8(0), 1, 4] { seeds.append(header(kind | 0xf8, feature, tail: 6)) }
      for (index, feature) in features.prefix(9).enumerated() {
        let first = (index + Int(kind)) % 9
        for lie in stride(from: first, to: 80, by: 9) {
          seeds.append(header(kind, feature, tail: UInt8(lie & 1)) + [UInt8(lie), 0, 9, 0, 5, 8, 1, 2])
        }
      }
    }
    return seeds
  }

  /// Everything that four peers say in good handshakes of both versions.
  private static func messages() throws -> [WireMessage] {
    var said: [WireMessage] = []
    let listen = { (message: WireMessage) -> [WireMessage] in
      said.append(message)
      return [message]
    }
    var setup = try Setup(clientKey: .ecdsa(.secp256r1), .required)
    setup.isTracing = false
    let identity = try TestIdentities.shared.client()
    let server13 = try ServerTrial13(setup, clientIdentity: identity)
    server13.client.peer.lie = listen
    _ = try server13.handshake()
    let client13 = try ClientTrial13(setup, asks: true)
    client13.server.peer.lie = listen
    _ = try client13.handshake()
    client13.server.sendTicket()
    let server12 = try ServerTrial(setup, clientIdentity: identity)
    server12.client.peer.lie = listen
    _ = try server12.handshake()
    let client12 = try ClientTrial(setup, asks: true)
    client12.server.peer.lie = listen
    _ = try client12.handshake()
    return said
  }

  private static func decoderSeeds() throws -> [[UInt8]] {
    let bodies = try messages().map(\.body)
    let tails = bodies.filter { $0.count < 600 }.flatMap { body in
      stride(from: 0, to: body.count, by: 2).map { Array(body[$0...].prefix(2 + Int(body[$0]) % 64)) }
    }
    return (0..<Decoders.count).flatMap { index in
      (bodies.filter { Decoders.accepts(index, $0) }.prefix(4) + tails.filter { Decoders.accepts(index, $0) }.prefix(4))
        .map { [UInt8(index)] + $0 }
    }
  }

  private static func recordSeeds() throws -> [[UInt8]] {
    let messages = try messages().filter { $0.body.count < 400 }
    let whole = messages.map { WireRecord(.handshake, $0.bytes).bytes }
    let cut = messages.map { message in
      stride(from: 0, to: message.bytes.count, by: 50).flatMap {
        WireRecord(.handshake, Array(message.bytes[$0..<min($0 + 50, message.bytes.count)])).bytes
      }
    }
    return (whole + cut).map { [0] + $0 } + [1, 3].flatMap { kind in messages.map { [kind, 0, 0, 7, 0] + $0.bytes } }
  }

  private static func fileSeeds() throws -> [[UInt8]] {
    let identities = try TestIdentities.shared
    let (chain, issued) = (try identities.server().chain, try identities.pki.issueWithPEM(.server("localhost")))
    let chainPEM = Array(issued.certificateChainPEM.utf8)
    let (chainsDER, session): ([Files.Kind], [UInt8]) = ([.chainDER, .trust], try KnownSession.sample())
    var seeds = chainsDER.flatMap { kind in chain.map { [kind.rawValue] + $0 } }
    for kind in [Files.Kind.chainPEM, .arrangedChain, .roots] { seeds.append([kind.rawValue] + chainPEM) }
    let both = Array(issued.privateKeyPEM.utf8) + Array(issued.certificateChainPEM.utf8)
    seeds.append([Files.Kind.identityPEM.rawValue] + both)
    for kind in TestIdentities.kinds {
      guard let key = try identities.server(kind).key as? PrivateKey else { continue }
      seeds.append([Files.Kind.key.rawValue] + key.pkcs8)
      // RSA takes milliseconds to show that a key belongs to a certificate.
      if case .rsa = kind { continue }
      seeds.append([Files.Kind.identityDER.rawValue] + key.pkcs8)
    }
    seeds += [[Files.Kind.trace.rawValue] + Array(TraceFile.header.utf8), [Files.Kind.session.rawValue] + session]
    seeds += [0, 1].map { [Files.Kind.ticket.rawValue, $0] + session }
    seeds += [48, 80].map { [Files.Kind.ticketKey.rawValue] + [UInt8](repeating: 7, count: $0) }
    seeds += try RevocationFiles.samples.prefix(1).map { [Files.Kind.revocationList.rawValue] + $0 }
    seeds += (0..<3).map { [Files.Kind.revocationStatus.rawValue, $0, 2, 0, 40, 1, 7, 0, 90, 0, 3] }
    seeds.append([Files.Kind.encryptedKey.rawValue] + (Data(base64Encoded: encryptedKey).map { Array($0) } ?? []))
    return seeds + [[Files.Kind.identifier.rawValue] + Array("spiffe://example.org/a/b".utf8)]
  }

  /// Made with OpenSSL, one iteration of PBKDF2, for this alone. The passphrase is "handfast".
  private static let encryptedKey =
    "MIHrMFYGCSqGSIb3DQEFDTBJMCgGCSqGSIb3DQEFDDAbBAjPP0KVNBWqmAIBATAMBggqhkiG9w0CCQUAMB0GCWCGSAFlAwQBAgQQ"
    + "XExTv6Et64K7RLWTszWkdwSBkHPVzE0IErtA3ItrqlMaWb5qTgAy+ma4tZ+gZJ1NcUWY5gM2Qd+cDeWGHcAlLasbDoVo25RDAr+w"
    + "GHgnTsXqVgMYwUPuCSqpd8EaHihydbhkl9AFwOr4pmh354Xvvw0aSeBtlAQWryu3l1SgcR0OxHms28nfGx92DNvZiHYM+dLZ53tS"
    + "+yS9N5SFXWQqoBmJkA=="
}
