import Crypto
import HandfastCore
import HandfastCrypto
import HandfastTrust
import HandfastWire
import Testing

@Suite struct PinnedKeysTests {
  private let key: Identity
  private let other: Identity
  private let pki: DevelopmentPKI

  init() throws {
    pki = try DevelopmentPKI()
    key = try .rawPublicKey(privateKeyPEM: pki.issueWithPEM(.client("a")).privateKeyPEM)
    other = try .rawPublicKey(privateKeyPEM: pki.issueWithPEM(.client("b")).privateKeyPEM)
  }

  private func request(_ chain: [[UInt8]], _ type: CertificateType = .rawPublicKey) -> PeerVerification {
    var request = PeerVerification(peer: .server, chain: chain, reference: nil)
    request.certificateType = type
    return request
  }

  private func rejection(_ verdict: Verdict?) -> CertificateRejection? {
    if case .rejected(let peer) = verdict { peer.rejection } else { nil }
  }

  private static func pem(_ der: [UInt8]) -> String {
    (try? P256.Signing.PublicKey(derRepresentation: der).pemRepresentation) ?? ""
  }

  @Test func `let in whose key they hold, from DER and from PEM`() throws {
    let spki = key.chain[0]
    for pins in [
      try PinnedKeys(subjectPublicKeyInfos: [other.chain[0], spki]), try PinnedKeys(publicKeysPEM: Self.pem(spki)),
    ] {
      guard case .trusted(let peer) = pins.judgeInline(request([spki])) else {
        Issue.record("refused")
        continue
      }
      #expect(peer.presented.map(\.fingerprint) == [Array(SHA256.hash(data: spki))])
      #expect(peer.presented.first?.key == "ECDSA secp256r1")
      #expect(peer.checks.map(\.rule) == [.keyStrength, .anchor])
    }
  }

  @Test func `refuse other keys, and what is no key`() throws {
    let pins = try PinnedKeys(subjectPublicKeyInfos: [key.chain[0]])
    #expect(rejection(pins.judgeInline(request([other.chain[0]])))?.reason == .keyNotPinned)
    let certificate = try pki.issue(.server("localhost")).chain[0]
    for chain in [[certificate], [[0x30, 0]], [key.chain[0] + [0]], [key.chain[0], key.chain[0]]] {
      let rejection = rejection(pins.judgeInline(request(chain)))
      #expect(rejection?.reason == .unparsable)
      #expect(rejection?.alert == .decodeError)
    }
    // A point that is not on its curve.
    var damaged = key.chain[0]
    damaged[damaged.count - 1] ^= 1
    #expect(rejection(pins.judgeInline(request([damaged])))?.reason == .unparsable)
  }

  @Test func `judge certificates by another trust, or not at all`() throws {
    let server = try pki.issue(.server("localhost"))
    var request = PeerVerification(peer: .server, chain: server.chain, reference: try ServerReference("localhost"))
    request.certificateType = .x509
    let pins = try PinnedKeys(subjectPublicKeyInfos: [key.chain[0]])
    #expect(pins.certificateTypes == [.rawPublicKey])
    #expect(rejection(pins.judgeInline(request))?.reason == .unparsable)
    let both = try PinnedKeys(subjectPublicKeyInfos: [key.chain[0]], otherwise: try pki.trust)
    #expect(both.certificateTypes == [.rawPublicKey, .x509])
    #expect(both.authorities == (try pki.trust.authorities))
    guard case .trusted = both.judgeInline(request) else {
      Issue.record("refused")
      return
    }
  }

  @Test func `have a scope of their own for sessions`() throws {
    let (a, b) = (key.chain[0], other.chain[0])
    let scope = try PinnedKeys(subjectPublicKeyInfos: [a, b]).sessionScope
    #expect(scope == (try PinnedKeys(subjectPublicKeyInfos: [b, a, a]).sessionScope))
    #expect(scope != (try PinnedKeys(subjectPublicKeyInfos: [a]).sessionScope))
    let trust = try pki.trust
    #expect(scope != (try PinnedKeys(subjectPublicKeyInfos: [a, b], otherwise: trust).sessionScope))
    var asking = trust
    asking.judgesInline = false
    #expect(try PinnedKeys(subjectPublicKeyInfos: [a], otherwise: asking).sessionScope == nil)
  }

  @Test func `say what cannot be pinned`() throws {
    #expect(throws: TrustError.noPinnedKeys) { try PinnedKeys(subjectPublicKeyInfos: []) }
    #expect(throws: TrustError.noPinnedKeys) { try PinnedKeys(publicKeysPEM: "no block here") }
    #expect(throws: TrustError.self) { try PinnedKeys(publicKeysPEM: "-----BEGIN PUBLIC KEY-----") }
    do {
      _ = try PinnedKeys(subjectPublicKeyInfos: [key.chain[0], [1, 2, 3]])
      Issue.record("pinned")
    } catch {
      guard case .unusablePinnedKey(1, _) = error else {
        Issue.record("\(error)")
        return
      }
      #expect(error.description.hasPrefix("key 1 cannot be pinned"))
    }
  }

  @Test func `an identity without a certificate says which key it is`() throws {
    #expect(key.certificateType == .rawPublicKey)
    #expect(key.label.hasPrefix("raw public key SHA-256 "))
    let elsewhere = try Identity.rawPublicKey(subjectPublicKeyInfo: key.chain[0])
    #expect(elsewhere.key == nil)
    #expect(elsewhere.certificates == key.certificates)
    #expect(throws: IdentityError.self) { try Identity.rawPublicKey(subjectPublicKeyInfo: [0x30, 0]) }
    #expect(throws: IdentityError.noPrivateKey) { try Identity.rawPublicKey(privateKeyPEM: "") }
    #expect(CertificateDescription(subjectPublicKeyInfo: [1]) == nil)
    #expect(CertificateDescription(subjectPublicKeyInfo: key.chain[0]) == key.certificates[0])
    let peer = try TrustedPeer(acceptingRawPublicKey: key.chain[0])
    #expect(peer.presented == key.certificates)
    #expect(throws: TrustError.self) { try TrustedPeer(acceptingRawPublicKey: [0x30, 0]) }
  }
}
