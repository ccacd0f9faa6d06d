import HandfastCore
import HandfastCrypto
import HandfastTestKit
import HandfastWire
import Synchronization

/// Cryptography that protects nothing and costs next to nothing, so that many more handshakes are tried in the same time: key
/// exchange by XOR, signatures by a hash that anybody can make. What depends on it holds all the same: who changes a share gets
/// other keys, who changes what is signed gets a bad signature. Hashes, MACs and records are the real ones.
struct CheapProvider: CryptoProvider {
  private let base = DefaultCryptoProvider()
  private let stream: Stream

  init(seed: UInt64) { stream = Stream(seed) }

  var cipherSuites: [CipherSuite] { base.cipherSuites }
  var groups: [NamedGroup] { [.x25519, .secp256r1] }
  var signatureSchemes: [SignatureScheme] { base.signatureSchemes }

  func randomBytes(_ count: Int) -> [UInt8] { stream.next(count) }
  func runningHash(_ algorithm: HashAlgorithm) -> any RunningHash { base.runningHash(algorithm) }
  func mac(_ algorithm: HashAlgorithm, key: Span<UInt8>) -> any MessageAuthenticationKey {
    base.mac(algorithm, key: key)
  }
  func extract(_ algorithm: HashAlgorithm, salt: Span<UInt8>, material: Span<UInt8>) -> Secret {
    base.extract(algorithm, salt: salt, material: material)
  }
  func expand(_ algorithm: HashAlgorithm, key: Span<UInt8>, info: Span<UInt8>, count: Int) -> Secret {
    base.expand(algorithm, key: key, info: info, count: count)
  }
  func recordKey(_ algorithm: AEADAlgorithm, key: Span<UInt8>) throws(CryptoError) -> any RecordKey {
    try base.recordKey(algorithm, key: key)
  }

  func ephemeralKey(in group: NamedGroup) throws(CryptoError) -> any EphemeralKey { try CheapKey(group, stream) }

  func respond(to peerValue: Span<UInt8>, in group: NamedGroup) throws(CryptoError) -> KeyExchangeResponse {
    let key = try CheapKey(group, stream)
    return KeyExchangeResponse(publicValue: key.publicValue, secret: try key.sharedSecret(with: peerValue))
  }

  fileprivate final class Stream: Sendable {
    private let generator: Mutex<SplitMix>
    init(_ seed: UInt64) { generator = Mutex(SplitMix(seed: seed)) }

    func next(_ count: Int) -> [UInt8] {
      generator.withLock { generator in (0..<count).map { _ in UInt8(truncatingIfNeeded: generator.next()) } }
    }
  }

  private final class CheapKey: EphemeralKey {
    let publicValue: [UInt8]

    init(_ group: NamedGroup, _ stream: Stream) throws(CryptoError) {
      switch group {
      case .x25519: publicValue = stream.next(32)
      case .secp256r1: publicValue = [4] + stream.next(64)
      default: throw .unsupported
      }
    }

    func sharedSecret(with peerValue: Span<UInt8>) throws(CryptoError) -> Secret {
      guard peerValue.count == publicValue.count else { throw .invalidPublicValue }
      let shared = publicValue.indices.map { publicValue[$0] ^ peerValue[$0] }
      guard shared.contains(where: { $0 != 0 }) else { throw .invalidPublicValue }
      return Secret(Array(shared.suffix(32)))
    }
  }
}

/// Both halves of a key: its name stands for it.
struct CheapSigner: SigningKey, PeerKey {
  let name: String
  var kind: KeyKind { .ecdsa(.secp256r1) }

  func sign(_ message: [UInt8], scheme: SignatureScheme) throws(CryptoError) -> [UInt8] {
    let hash = DefaultCryptoProvider().runningHash(.sha256)
    let header = Array(name.utf8) + [UInt8(scheme.rawValue >> 8), UInt8(truncatingIfNeeded: scheme.rawValue)]
    hash.update(header.span)
    hash.update(message.span)
    return hash.digest()
  }

  func isValid(_ signature: [UInt8], over message: [UInt8], scheme: SignatureScheme) -> Bool {
    (try? sign(message, scheme: scheme)) == signature
  }

  func decryptPreMasterSecret(_ ciphertext: [UInt8], replacement: consuming Secret) -> Secret? { nil }
  func encryptPreMasterSecret(_ secret: borrowing Secret) throws(CryptoError) -> [UInt8] { throw .unsupported }

  /// The same certificates with this key.
  func identity(like other: Identity) -> Identity {
    Identity(
      chain: other.chain, certificates: other.certificates, keyKind: kind, issuerNames: other.issuerNames,
      dnsNames: other.dnsNames, key: self)
  }

  /// This key without a certificate.
  func rawIdentity(like other: Identity) -> Identity {
    let bytes = Array(name.utf8)
    return Identity(
      certificateType: .rawPublicKey, chain: [[0x30, UInt8(bytes.count)] + bytes],
      certificates: Array(other.certificates.prefix(1)), keyKind: kind, issuerNames: [], dnsNames: [], key: self)
  }
}

/// Trusts one chain, byte for byte, and takes its key to be that one.
struct CheapTrust: PeerTrust {
  let identity: Identity
  let key: any PeerKey
  var authorities: [[UInt8]] { [] }
  var certificateTypes: [CertificateType] { [identity.certificateType] }

  func judgeInline(_ request: PeerVerification) -> Verdict? {
    guard request.chain == identity.chain else {
      let rejection = CertificateRejection(
        reason: .unknownIssuer, position: 0, subject: nil, detail: "It is another chain.")
      return .rejected(RejectedPeer(rejection: rejection, presented: [], checks: []))
    }
    return .trusted(
      TrustedPeer(presented: identity.certificates, path: identity.certificates, checks: [], key: key))
  }
}

extension Setup {
  /// A server with this identity, and a client with that one if it is mutual.
  static func cheap(
    _ client: Identity, _ clientKey: any PeerKey, _ server: Identity, _ serverKey: any PeerKey, isMutual: Bool
  ) throws -> Setup {
    var setup = try Setup()
    setup.client = ClientConfiguration(trust: CheapTrust(identity: server, key: serverKey))
    if isMutual { setup.client.identities = .these([client]) }
    setup.server = ServerConfiguration(
      identities: .these([server]),
      clientAuthentication: isMutual ? .required(CheapTrust(identity: client, key: clientKey)) : .none)
    (setup.client.groups, setup.server.groups) = ([.x25519, .secp256r1], [.x25519, .secp256r1])
    setup.use([.tls12])
    setup.client.sessionStore = nil
    setup.server.sessionTickets = .off
    setup.server.sessionCache = nil
    setup.clientProvider = CheapProvider(seed: 1)
    setup.serverProvider = CheapProvider(seed: 2)
    return setup
  }
}
