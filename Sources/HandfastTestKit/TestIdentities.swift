package import HandfastCore
import HandfastCrypto
package import HandfastTrust
import HandfastWire

/// A root, and identities of every kind for either side: made once per process, since RSA keys take their time.
package struct TestIdentities: Sendable {
  package let pki: DevelopmentPKI
  package let trust: Trust
  private let servers: [KeyKind: Identity]
  private let clients: [KeyKind: Identity]

  package static let kinds: [KeyKind] = [
    .ecdsa(.secp256r1), .ecdsa(.secp384r1), .ecdsa(.secp521r1), .ed25519, .rsa(bits: 2048),
  ]

  private static let made = Result { try TestIdentities() }

  package static var shared: TestIdentities { get throws { try made.get() } }

  private init() throws {
    pki = try DevelopmentPKI(name: "Test")
    trust = try pki.trust
    var servers: [KeyKind: Identity] = [:]
    var clients: [KeyKind: Identity] = [:]
    for kind in Self.kinds {
      servers[kind] = try pki.issue(.server("localhost", keyKind: kind))
      clients[kind] = try pki.issue(.client("client", keyKind: kind))
    }
    (self.servers, self.clients) = (servers, clients)
  }

  /// For "localhost".
  package func server(_ kind: KeyKind = .ecdsa(.secp256r1)) throws -> Identity { try find(kind, in: servers) }
  package func client(_ kind: KeyKind = .ecdsa(.secp256r1)) throws -> Identity { try find(kind, in: clients) }

  /// The public half of an identity's key.
  package func publicKey(of identity: Identity) throws -> any PeerKey {
    guard let key = identity.key as? PrivateKey else { throw CryptoError.unsupported }
    return key.publicKey
  }

  private func find(_ kind: KeyKind, in identities: [KeyKind: Identity]) throws -> Identity {
    guard let identity = identities[kind] else { throw IssuingError.unsupportedKey(kind) }
    return identity
  }
}
