import Crypto
import HandfastCore
import HandfastCrypto
import SwiftASN1
import X509

/// The roots, read once and looked up by subject.
final class TrustAnchors: Sendable {
  final class Anchor: Sendable {
    let fields: CertificateFields
    /// Nil for one that swift-certificates has no name for; it is trusted all the same, on a straight path.
    let certificate: Certificate?
    /// Nil when handshakes cannot use it; what it has signed may be usable all the same.
    let key: PublicKey?

    fileprivate init(fields: CertificateFields, certificate: Certificate?, key: PublicKey?) {
      (self.fields, self.certificate, self.key) = (fields, certificate, key)
    }
  }

  let all: [Anchor]
  let store: CertificateStore
  let fields: [Certificate: CertificateFields]
  /// One hash for the whole set.
  let scope: [UInt8]
  private let bySubject: [Encoding: [Anchor]]
  private let descriptions: [Encoding: CertificateDescription]

  /// DER to look up by. A dictionary would hash an array byte by byte, at more than the rest of the search costs; roots, which nobody
  /// but the application chooses, are told apart by their length and their end.
  private struct Encoding: Hashable {
    let bytes: [UInt8]

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    func hash(into hasher: inout Hasher) {
      hasher.combine(bytes.suffix(16).reduce(UInt64(bytes.count)) { $0 &* 31 &+ UInt64($1) })
    }
  }

  init(_ anchors: [Anchor]) {
    all = anchors
    var seen: Set<[UInt8]> = []
    subjects = anchors.map(\.fields.subject.der).filter { seen.insert($0).inserted }
    store = CertificateStore(anchors.compactMap(\.certificate))
    let known = anchors.compactMap { anchor in anchor.certificate.map { ($0, anchor.fields) } }
    fields = Dictionary(known) { first, _ in first }
    bySubject = Dictionary(grouping: anchors) { Encoding($0.fields.subject.der) }
    constraining = anchors.map(\.fields.extensions).filter { $0.constraintCount > 0 }
    descriptions = Dictionary(anchors.map { (Encoding($0.fields.der), CertificateDescription($0.fields)) }) {
      first, _ in
      first
    }
    var hash = SHA256()
    hash.update(data: Array("handfast trust scope 1".utf8))
    let digests = Set(descriptions.keys.map { Array(SHA256.hash(data: $0.bytes)) })
    for digest in digests.sorted(by: { $0.lexicographicallyPrecedes($1) }) { hash.update(data: digest) }
    scope = Array(hash.finalize())
  }

  /// The extensions of those that constrain names.
  let constraining: [CertificateExtensions]
  /// "the trusted root", "one of the 140 trusted roots".
  var phrase: String { all.count == 1 ? "the trusted root" : "one of the \(all.count) trusted roots" }
  func contains(_ der: [UInt8]) -> Bool { descriptions[Encoding(der)] != nil }
  /// The anchor's own, made once, or else a new one.
  func description(of fields: CertificateFields) -> CertificateDescription {
    descriptions[Encoding(fields.der)] ?? CertificateDescription(fields)
  }
  func name(_ subject: [UInt8]) -> CertificateFields.Name? {
    bySubject[Encoding(subject)]?.first?.fields.subject
  }
  func named(_ subject: [UInt8]) -> [Anchor] { bySubject[Encoding(subject)] ?? [] }
  /// Without repetitions, in order.
  let subjects: [[UInt8]]
}

extension TrustAnchors.Anchor {
  convenience init(der: [UInt8], position: Int) throws(TrustError) {
    let fields: CertificateFields
    do {
      fields = try CertificateFields(der: der)
    } catch {
      throw .unusableRoot(position: position, subject: nil, reason: "it is no X.509 certificate (\(plain(error)))")
    }
    if let problem = CertificateRules.keyStrength(fields).failure {
      throw .unusableRoot(position: position, subject: fields.subject.text, reason: problem)
    }
    do {
      self.init(
        fields: fields, certificate: fields.usesMLDSA ? nil : try Certificate(derEncoded: der),
        key: try? PublicKey(subjectPublicKeyInfo: fields.publicKeyInfo))
    } catch {
      throw .unusableRoot(position: position, subject: fields.subject.text, reason: plain(error))
    }
  }
}
