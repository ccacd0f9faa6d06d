import Crypto
import Foundation
import X509
import _CryptoExtras

/// The cryptography of a handshake and nothing else: its bare primitives, called one after the other. No message is put together or
/// read, no certificate parsed, no state held.
struct Floor: Stack {
  /// Public-key operations alone: key exchange, signatures and, with chains judged anew, those of the peer's chain. Resumption of
  /// TLS 1.2 has none.
  let isPublicKeyOnly: Bool
  let remembersChains: Bool

  var name: String {
    (isPublicKeyOnly ? "public-key operations" : "floor") + (remembersChains ? ", chains remembered" : "")
  }

  func pair(for scenario: Scenario, with credentials: Credentials) throws -> (any Pair)? {
    switch scenario.work {
    case .full: break
    case .resumed where !remembersChains && !(isPublicKeyOnly && scenario.version == .tls12): break
    case .resumed, .bulk: return nil
    }
    let symmetric =
      isPublicKeyOnly ? nil : SymmetricCalls(try HandfastStack.trace(of: scenario, with: credentials), scenario)
    return try Primitives(scenario, credentials, symmetric, remembersChains: remembersChains)
  }
}

private final class Primitives: Pair {
  private let symmetric: SymmetricCalls?
  private let group: Scenario.Group?
  private let isMutual: Bool
  private let isResumed: Bool
  private let remembersChains: Bool
  private let client: Signer
  private let server: Signer
  /// As much as CertificateVerify signs: 64 spaces, a label of 33, a separator and a hash.
  private let content = Data(repeating: 0x20, count: 130)

  init(_ scenario: Scenario, _ credentials: Credentials, _ symmetric: SymmetricCalls?, remembersChains: Bool) throws {
    (isMutual, isResumed) = (scenario.isMutual, scenario.work == .resumed)
    group = isResumed && scenario.version == .tls12 ? nil : scenario.group
    self.symmetric = symmetric
    self.remembersChains = remembersChains
    client = try Signer(scenario.keyKind, credentials.client, root: credentials.root)
    server = try Signer(scenario.keyKind, credentials.server, root: credentials.root)
  }

  func handshake(_ cost: inout Cost) throws {
    try symmetric?.run(&cost)
    if let group { try agree(in: group, &cost) }
    if isResumed { return }
    try prove(server, &cost.server, to: &cost.client)
    if isMutual { try prove(client, &cost.client, to: &cost.server) }
  }

  func transfer(size: Int, count: Int, _ cost: inout Cost) throws { throw Failed(what: "no transfer") }

  private func prove(_ signer: Signer, _ signing: inout UInt64, to verifying: inout UInt64) throws {
    let signature = try charge(&signing) { try signer.sign(content) }
    let isGood = try charge(&verifying) {
      try signer.isValid(signature, content) && (remembersChains || signer.isChainValid())
    }
    guard isGood else { throw Failed(what: "a signature of the floor's") }
  }

  private func agree(in group: Scenario.Group, _ cost: inout Cost) throws {
    switch group {
    case .x25519:
      let a = charge(&cost.client) { Curve25519.KeyAgreement.PrivateKey() }
      let toServer = charge(&cost.client) { a.publicKey.rawRepresentation }
      let toClient = try charge(&cost.server) { try Self.respond25519(toServer) }
      try charge(&cost.client) { _ = try a.sharedSecretFromKeyAgreement(with: .init(rawRepresentation: toClient)) }
    case .p256:
      let a = try charge(&cost.client) { try Self.keyP256() }
      let toServer = charge(&cost.client) { a.publicKey.x963Representation }
      let toClient = try charge(&cost.server) {
        let b = try Self.keyP256()
        _ = try b.sharedSecretFromKeyAgreement(with: .init(x963Representation: toServer))
        return b.publicKey.x963Representation
      }
      try charge(&cost.client) { _ = try a.sharedSecretFromKeyAgreement(with: .init(x963Representation: toClient)) }
    case .hybrid:
      let (a, kem) = try charge(&cost.client) { (Curve25519.KeyAgreement.PrivateKey(), try MLKEM768.PrivateKey()) }
      let toServer = charge(&cost.client) { (a.publicKey.rawRepresentation, kem.publicKey.rawRepresentation) }
      let (toClient, sealed) = try charge(&cost.server) {
        (try Self.respond25519(toServer.0), try MLKEM768.PublicKey(rawRepresentation: toServer.1).encapsulate())
      }
      try charge(&cost.client) {
        _ = try a.sharedSecretFromKeyAgreement(with: .init(rawRepresentation: toClient))
        _ = try kem.decapsulate(sealed.encapsulated)
      }
    }
  }

  private static func respond25519(_ peer: Data) throws -> Data {
    let key = Curve25519.KeyAgreement.PrivateKey()
    _ = try key.sharedSecretFromKeyAgreement(with: .init(rawRepresentation: peer))
    return key.publicKey.rawRepresentation
  }

  /// The cheap way: `PrivateKey()` runs a check of its own that costs eight times as much.
  private static func keyP256() throws -> P256.KeyAgreement.PrivateKey {
    try P256.KeyAgreement.PrivateKey(rawRepresentation: SymmetricKey(size: .bits256).withUnsafeBytes { Data($0) })
  }
}

/// One side's key, and what its peer does to check it.
private struct Signer {
  let sign: (Data) throws -> Data
  let isValid: (Data, Data) throws -> Bool
  let isChainValid: () -> Bool

  init(_ kind: Scenario.KeyKind, _ chain: Credentials.Chain, root: Certificate) throws {
    let raw = { (certificate: Certificate) in Data(certificate.publicKey.subjectPublicKeyInfoBytes) }
    let der = chain.keyDER
    let leafKey = raw(chain.leaf)
    switch kind {
    case .p256:
      let key = try P256.Signing.PrivateKey(derRepresentation: der)
      let leafKey = try P256.Signing.PublicKey(x963Representation: leafKey).x963Representation
      sign = { try key.signature(for: $0).derRepresentation }
      isValid = {
        try P256.Signing.PublicKey(x963Representation: leafKey)
          .isValidSignature(P256.Signing.ECDSASignature(derRepresentation: $0), for: $1)
      }
    case .ed25519:
      let key = try Curve25519.Signing.PrivateKey(rawRepresentation: der.suffix(32))
      sign = { try key.signature(for: $0) }
      isValid = { try Curve25519.Signing.PublicKey(rawRepresentation: leafKey).isValidSignature($0, for: $1) }
    case .rsa2048:
      let key = try _RSA.Signing.PrivateKey(derRepresentation: der)
      let leafKey = key.publicKey.derRepresentation
      sign = { try key.signature(for: SHA256.hash(data: $0), padding: .PSS).rawRepresentation }
      isValid = {
        try _RSA.Signing.PublicKey(derRepresentation: leafKey)
          .isValidSignature(.init(rawRepresentation: $0), for: SHA256.hash(data: $1), padding: .PSS)
      }
    }
    let (leaf, middle) = (chain.leaf, chain.intermediate)
    isChainValid = {
      middle.publicKey.isValidSignature(leaf.signature, for: leaf)
        && root.publicKey.isValidSignature(middle.signature, for: middle)
    }
  }
}
